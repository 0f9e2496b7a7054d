"""The way through spine surgery: clinic, admission, operation, discharge, emergency, follow-up."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.encounters import CALENDAR_DAY, DAY, HOUR, Encounters, new_encounters
from ehrkit.synthetic.care.surgeries import Surgeries
from ehrkit.synthetic.care.vocabulary import Disposition, Kind, Status, SurgeryKind
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.people.people import YEAR, People
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.spec import Spec
from ehrkit.synthetic.streams import Streams

# Days from surgery of planned visits, and the share of patients who come; design choice.
VISITS = (
    (-75, 1.0), (-30, 0.7), (-8, 0.95), (15, 0.95), (43, 0.9), (92, 0.8), (183, 0.6), (365, 0.5),
    (730, 0.25),
)  # fmt: skip
OBSERVED = 0.08
LEFT_UNSEEN = 0.03


def surgical_encounters(
    people: People, surgeries: Surgeries, spec: Spec, streams: Streams
) -> list[Encounters]:
    """Return the encounters around each surgery: stays first, then contacts, ED visits, clinic."""
    rng = streams.of("pathway")
    return [
        _stays(people, surgeries, rng),
        _contacts(surgeries),
        emergency_after(surgeries, spec, rng),
        _clinic(surgeries, rng),
        _calls(surgeries, rng),
    ]


def _stays(people: People, surgeries: Surgeries, rng: np.random.Generator) -> Encounters:
    """Return one hospital contact per scheduled surgery, in the order of surgeries."""
    kind = np.where(surgeries.same_day, int(Kind.OUTPATIENT_SURGERY), int(Kind.STAY))
    kind = np.where(surgeries.performed, kind, int(Kind.PREADMISSION))
    unit = catalogue().department("SPINE_UNIT")
    age = (surgeries.date - people.birth[surgeries.person]).astype(int) / YEAR
    arrival = surgeries.incision - rng.integers(90, 151, len(surgeries)).astype("timedelta64[m]")
    return new_encounters(
        surgeries.person,
        kind,
        arrival,
        surgeries.discharge,
        department=unit,
        surgery=np.arange(len(surgeries)),
        reason=surgeries.indication,
        disposition=dispositions(age, ~surgeries.same_day, rng),
    )


def dispositions(age: Array, overnight: Array, rng: np.random.Generator) -> Array:
    """Draw dispositions: facilities more often for the old, home after day surgery."""
    facility = np.clip((age - 45) / 160, 0.03, 0.3)
    draw = rng.random(len(age))
    places = np.select(
        [draw < facility * 0.65, draw < facility, draw < facility + 0.27],
        [
            int(Disposition.SKILLED_NURSING),
            int(Disposition.REHABILITATION),
            int(Disposition.HOME_HEALTH),
        ],
        int(Disposition.HOME),
    )
    return np.where(overnight, places, int(Disposition.HOME))


def _contacts(surgeries: Surgeries) -> Encounters:
    """Return the surgery contact (one more serial number) of each scheduled surgery."""
    done = surgeries.performed
    return new_encounters(
        surgeries.person,
        Kind.SURGERY_CONTACT,
        surgeries.incision,
        surgeries.close,
        department=catalogue().department("OPERATING_ROOM"),
        surgery=np.arange(len(surgeries)),
        reason=surgeries.indication,
        status=np.where(done, int(Status.COMPLETED), int(Status.CANCELED)),
    )


def emergency_after(surgeries: Surgeries, spec: Spec, rng: np.random.Generator) -> Encounters:
    """Return emergency visits in the 90 days after discharge, most of them early."""
    fusion = surgeries.kind != SurgeryKind.DECOMPRESSION
    share = np.where(fusion, spec.emergency_30_days, spec.emergency_after_decompression)
    early = np.flatnonzero(surgeries.performed & (rng.random(len(surgeries)) < share))
    late = np.flatnonzero(
        surgeries.performed & (rng.random(len(surgeries)) < spec.emergency_31_to_90_days)
    )
    days = np.r_[
        1 + np.minimum(rng.exponential(8.5, len(early)).astype(int), 29),
        rng.integers(31, 91, len(late)),
    ]
    rows = np.r_[early, late]
    day = surgeries.discharge[rows].astype("datetime64[D]") + days.astype("timedelta64[D]")
    reason = catalogue().diagnoses.draw(rng, "emergency_after_surgery", len(rows))
    visits = emergency_visits(surgeries.person[rows], day, reason, spec, rng)
    visits.surgery[:] = rows
    return visits


def emergency_visits(
    person: Array, day: Array, reason: Array, spec: Spec, rng: np.random.Generator
) -> Encounters:
    """Return emergency visits on given days: hours, outcome, and stay where admitted."""
    size = len(person)
    hour = np.clip(rng.normal(15, 4.5, size), 0.1, 23.9)
    arrival = day.astype("datetime64[s]") + (hour * 3600).astype("timedelta64[s]")
    departure = arrival + (3600 * (1 + rng.gamma(2.2, 1.9, size))).astype("timedelta64[s]")
    draw = rng.random(size)
    kind = np.select(
        [draw < spec.emergency_admitted, draw < spec.emergency_admitted + OBSERVED],
        [int(Kind.EMERGENCY_ADMITTED), int(Kind.EMERGENCY_OBSERVED)],
        int(Kind.EMERGENCY),
    )
    nights = np.clip(np.round(rng.lognormal(1.1, 0.7, size)), 1, 30).astype(int) * DAY
    end = np.select(
        [kind == Kind.EMERGENCY_ADMITTED, kind == Kind.EMERGENCY_OBSERVED],
        [arrival + nights, departure + rng.integers(8, 30, size) * HOUR],
        departure,
    )
    end = np.maximum(end, departure)
    unseen = (kind == Kind.EMERGENCY) & (rng.random(size) < LEFT_UNSEEN)
    disposition = np.where(unseen, int(Disposition.LEFT_AGAINST_ADVICE), int(Disposition.HOME))
    where = rng.choice(
        [catalogue().department("ED_MAIN"), catalogue().department("ED_EAST")], size, p=(0.75, 0.25)
    )
    return new_encounters(
        person,
        kind,
        arrival,
        end,
        department=where,
        disposition=disposition,
        reason=reason,
        ed_departure=departure,
        outside=rng.random(size) < spec.outside_emergency,
    )


def _clinic(surgeries: Surgeries, rng: np.random.Generator) -> Encounters:
    """Return planned visits before and after each performed surgery."""
    rows = np.flatnonzero(surgeries.performed)
    clinics = [catalogue().department(name) for name in ("NEUROSURGERY", "ORTHOPEDICS")]
    parts = []
    for position, (offset, share) in enumerate(VISITS):
        chosen = rows[rng.random(len(rows)) < share]
        start = clinic_time(
            surgeries.date[chosen] + offset * CALENDAR_DAY + rng.integers(-5, 6, len(chosen)), rng
        )
        kind = Kind.CONSULT if position == 0 else Kind.OFFICE
        where: int | Array = np.array(clinics)[surgeries.person[chosen] % 2]
        if offset == -8:
            where = catalogue().department("PREOP_CLINIC")
        parts.append(
            new_encounters(
                surgeries.person[chosen],
                kind,
                start,
                start + HOUR // 2,
                department=where,
                surgery=chosen,
                reason=surgeries.indication[chosen],
            )
        )
    return Encounters.joined(parts)


def _calls(surgeries: Surgeries, rng: np.random.Generator) -> Encounters:
    """Return telephone contacts in the weeks after surgery."""
    rows = np.repeat(np.flatnonzero(surgeries.performed), 2)
    rows = rows[rng.random(len(rows)) < 0.45]
    day = surgeries.discharge[rows].astype("datetime64[D]") + rng.integers(1, 35, len(rows))
    start = clinic_time(day, rng)
    return new_encounters(
        surgeries.person[rows],
        Kind.TELEPHONE,
        start,
        start + HOUR // 6,
        department=catalogue().department("NEUROSURGERY"),
        surgery=rows,
        reason=surgeries.indication[rows],
    )


def clinic_time(day: Array, rng: np.random.Generator) -> Array:
    """Return a quarter hour of clinic time on the weekday at or after each day."""
    weekday = np.busday_offset(day.astype("datetime64[D]"), 0, roll="forward")
    quarter = rng.integers(32, 66, len(day)) * 900
    time: Array = weekday.astype("datetime64[s]") + quarter.astype("timedelta64[s]")
    return time
