"""The way through spine surgery: clinic, admission, operation, discharge, follow-up."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.destinations import destinations
from ehrkit.synthetic.care.encounters import CALENDAR_DAY, HOUR, Encounters, new_encounters
from ehrkit.synthetic.care.surgeries import Surgeries, is_neurosurgery
from ehrkit.synthetic.care.traits import Traits
from ehrkit.synthetic.care.vocabulary import SPINE_KINDS, Disposition, Kind, Status, SurgeryKind
from ehrkit.synthetic.care.workdays import workday
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.people.people import YEAR, People
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.streams import Streams

# Days from surgery of planned visits, and the share of patients who come; design choice.
VISITS = (
    (-75, 1.0), (-30, 0.7), (-8, 0.95), (15, 0.95), (43, 0.9), (92, 0.8), (183, 0.6), (365, 0.5),
    (730, 0.25),
)  # fmt: skip
# Visits before surgery are left out where it follows another within so many days, and
# after a washout the wound is looked at on these.
RECENT = np.timedelta64(90, "D")
WOUND_VISITS = (15, 43)
# Calls for a refill: first day after surgery, last, and days between; share that calls.
REFILL_DAYS, REFILLED = (66, 330, 30), 0.75


def surgical_encounters(
    people: People, traits: Traits, surgeries: Surgeries, streams: Streams
) -> list[Encounters]:
    """Return the encounters around each surgery: stays, surgery contacts, clinic, calls."""
    rng = streams.of("pathway")
    return [
        _stays(people, surgeries, rng),
        _contacts(surgeries),
        _clinic(surgeries, rng),
        Encounters.joined([_calls(surgeries, rng), _refills(traits, surgeries, rng)]),
    ]


def _stays(people: People, surgeries: Surgeries, rng: np.random.Generator) -> Encounters:
    """Return one hospital contact per scheduled surgery, but for those in the stay of another."""
    rows = np.flatnonzero(~surgeries.same_stay)
    surgeries = surgeries.take(rows)
    kind = np.where(surgeries.same_day, int(Kind.OUTPATIENT_SURGERY), int(Kind.STAY))
    kind = np.where(surgeries.performed, kind, int(Kind.PREADMISSION))
    unit = catalogue().department("SPINE_UNIT")
    age = (surgeries.date - people.birth[surgeries.person]).astype(int) / YEAR
    leaving = surgeries.discharge.astype("datetime64[D]")
    arrival = surgeries.incision - rng.integers(90, 151, len(surgeries)).astype("timedelta64[m]")
    return new_encounters(
        surgeries.person,
        kind,
        arrival,
        surgeries.discharge,
        department=unit,
        surgery=rows,
        reason=surgeries.indication,
        disposition=np.where(
            surgeries.performed & (people.death[surgeries.person] == leaving),
            int(Disposition.EXPIRED),
            _dispositions(age, surgeries, rng),
        ),
    )


def _dispositions(age: Array, surgeries: Surgeries, rng: np.random.Generator) -> Array:
    """Draw dispositions: facilities for the old, the sick and large surgery; design choice."""
    places = destinations(age, 0.06 * surgeries.severity + 0.03 * (surgeries.levels - 1), rng)
    return np.where(surgeries.same_day, int(Disposition.HOME), places)


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


def _clinic(surgeries: Surgeries, rng: np.random.Generator) -> Encounters:
    """Return planned visits before and after each performed surgery."""
    rows = np.flatnonzero(surgeries.performed & ~surgeries.same_stay)
    parent = np.maximum(surgeries.follows, 0)
    recent = (surgeries.follows >= 0) & (surgeries.date - surgeries.date[parent] < RECENT)
    wound = surgeries.kind == SurgeryKind.WASHOUT
    clinics = surgeon_clinics(surgeries)
    parts = []
    for position, (offset, share) in enumerate(VISITS):
        chosen = rows[rng.random(len(rows)) < share]
        expected = ~recent if offset < 0 else ~wound | (offset in WOUND_VISITS)
        chosen = chosen[expected[chosen]]
        start = clinic_time(
            surgeries.date[chosen] + offset * CALENDAR_DAY + rng.integers(-5, 6, len(chosen)), rng
        )
        kind = Kind.CONSULT if position == 0 else Kind.OFFICE
        where: int | Array = clinics[chosen]
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
    rows = np.repeat(np.flatnonzero(surgeries.performed & ~surgeries.same_stay), 2)
    rows = rows[rng.random(len(rows)) < 0.45]
    day = surgeries.discharge[rows].astype("datetime64[D]") + rng.integers(1, 35, len(rows))
    return _telephone(surgeries, rows, day, rng)


def _refills(traits: Traits, surgeries: Surgeries, rng: np.random.Generator) -> Encounters:
    """Return monthly calls for a prescription by those who use opioids for long."""
    planned = surgeries.performed & (surgeries.follows < 0) & np.isin(surgeries.kind, SPINE_KINDS)
    rows = np.flatnonzero(planned & traits.long_use[surgeries.person])
    each = np.tile(np.arange(*REFILL_DAYS), len(rows))
    rows = np.repeat(rows, len(range(*REFILL_DAYS)))
    kept = rng.random(len(rows)) < REFILLED
    day = surgeries.date[rows[kept]] + (each[kept] + rng.integers(-4, 5, int(kept.sum())))
    return _telephone(surgeries, rows[kept], day, rng)


def _telephone(
    surgeries: Surgeries, rows: Array, day: Array, rng: np.random.Generator
) -> Encounters:
    start = clinic_time(day, rng)
    return new_encounters(
        surgeries.person[rows],
        Kind.TELEPHONE,
        start,
        start + HOUR // 6,
        department=surgeon_clinics(surgeries)[rows],
        surgery=rows,
        reason=surgeries.indication[rows],
    )


def surgeon_clinics(surgeries: Surgeries) -> Array:
    """Return the department in which the surgeon of each surgery sees patients."""
    clinics = [catalogue().department(name) for name in ("ORTHOPEDICS", "NEUROSURGERY")]
    departments: Array = np.array(clinics)[is_neurosurgery(surgeries).astype(int)]
    return departments


def clinic_time(day: Array, rng: np.random.Generator) -> Array:
    """Return a quarter hour of clinic time on the working day at or after each day."""
    weekday = workday(day, "forward")
    quarter = rng.integers(32, 66, len(day)) * 900
    time: Array = weekday.astype("datetime64[s]") + quarter.astype("timedelta64[s]")
    return time
