"""Back after surgery: emergency visits, readmissions, and visits for complications."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.complications import Complications
from ehrkit.synthetic.care.emergency import emergency_visits
from ehrkit.synthetic.care.encounters import (
    CALENDAR_DAY,
    DAY,
    HOUR,
    Encounters,
    new_encounters,
)
from ehrkit.synthetic.care.pathway import clinic_time, surgeon_clinics
from ehrkit.synthetic.care.schedule import relative
from ehrkit.synthetic.care.surgeries import Surgeries
from ehrkit.synthetic.care.traits import Traits
from ehrkit.synthetic.care.vocabulary import Disposition, Kind, Place, SurgeryKind
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.spec import Spec
from ehrkit.synthetic.streams import Streams

# What each condition that complicates surgery, and each further level, adds to the chance of
# coming back; readmission without an emergency after decompression, as a share of that after
# fusion. Design choice.
PER_CONDITION, PER_LEVEL, DECOMPRESSION = 0.25, 0.15, 0.4
# Days from discharge to an emergency visit within 30 days, and to a readmission within 90.
EMERGENCY_DAY, READMISSION_DAY, LAST_DAY = 8.5, 26.0, 90
# Admitted from an emergency visit for a complication that need not be.
ADMITTED_FOR_COMPLICATION = 0.5


def returns_after(
    surgeries: Surgeries,
    complications: Complications,
    traits: Traits,
    spec: Spec,
    streams: Streams,
) -> list[Encounters]:
    """Return visits for complications, other emergency visits, other readmissions."""
    rng = streams.of("returns")
    rows = np.flatnonzero(surgeries.performed & ~surgeries.same_stay)
    risk = 1 + PER_CONDITION * traits.burden[surgeries.person[rows]]
    risk = relative(risk * (1 + PER_LEVEL * (surgeries.levels[rows] - 1)))
    return [
        _for_complications(surgeries, complications, spec, rng),
        _emergencies(surgeries, rows, risk, spec, rng),
        _readmissions(surgeries, rows, risk, spec, rng),
    ]


def _for_complications(
    surgeries: Surgeries, complications: Complications, spec: Spec, rng: np.random.Generator
) -> Encounters:
    """Return one encounter per complication that is not seen during a surgical stay."""

    def where(places: tuple[Place, ...]) -> tuple[Array, Array]:
        rows = np.flatnonzero(np.isin(complications.place, places))
        surgery = complications.surgery[rows]
        day = surgeries.date[surgery] + complications.after[rows]
        home = surgeries.discharge[surgery].astype("datetime64[D]") + CALENDAR_DAY
        return rows, np.maximum(day, home)

    rows, day = where((Place.EMERGENCY, Place.READMISSION))
    serious = complications.place[rows] == Place.READMISSION
    admitted = np.where(serious, 1.0, ADMITTED_FOR_COMPLICATION)
    person = surgeries.person[complications.surgery[rows]]
    urgent = emergency_visits(person, day, complications.concept[rows], admitted, spec, rng)
    urgent.outside[:] &= ~serious
    # A readmission to this hospital leaves the traces of one.
    for signal in (urgent.ed_record, urgent.base_class, urgent.revenue):
        signal[:] |= serious
    rows_seen, day = where((Place.CLINIC,))
    start = clinic_time(day, rng)
    clinic = new_encounters(
        surgeries.person[complications.surgery[rows_seen]],
        Kind.OFFICE,
        start,
        start + HOUR // 2,
        department=surgeon_clinics(surgeries)[complications.surgery[rows_seen]],
        reason=complications.concept[rows_seen],
    )
    visits = Encounters.joined([urgent, clinic])
    visits.complication[:] = np.r_[rows, rows_seen]
    visits.surgery[:] = complications.surgery[visits.complication]
    return visits


def _emergencies(
    surgeries: Surgeries, rows: Array, risk: Array, spec: Spec, rng: np.random.Generator
) -> Encounters:
    """Return emergency visits in the 90 days after discharge, most of them early."""
    fusion = surgeries.kind[rows] != SurgeryKind.DECOMPRESSION
    share = np.where(fusion, spec.emergency_30_days, spec.emergency_after_decompression)
    early = rows[rng.random(len(rows)) < share * risk]
    late = rows[rng.random(len(rows)) < spec.emergency_31_to_90_days * risk]
    days = np.r_[
        1 + np.minimum(rng.exponential(EMERGENCY_DAY, len(early)).astype(int), 29),
        rng.integers(31, LAST_DAY + 1, len(late)),
    ]
    chosen = np.r_[early, late]
    day = surgeries.discharge[chosen].astype("datetime64[D]") + days.astype("timedelta64[D]")
    reason = catalogue().diagnoses.draw(rng, "emergency_after_surgery", len(chosen))
    person = surgeries.person[chosen]
    visits = emergency_visits(person, day, reason, spec.emergency_admitted, spec, rng)
    visits.surgery[:] = chosen
    return visits


def _readmissions(
    surgeries: Surgeries, rows: Array, risk: Array, spec: Spec, rng: np.random.Generator
) -> Encounters:
    """Return admissions within 90 days that do not come through the emergency department."""
    small = surgeries.kind[rows] == SurgeryKind.DECOMPRESSION
    share = spec.direct_readmission * np.where(small, DECOMPRESSION, 1) * risk
    chosen = rows[rng.random(len(rows)) < share]
    days = 2 + np.minimum(rng.exponential(READMISSION_DAY, len(chosen)).astype(int), LAST_DAY - 2)
    start = surgeries.discharge[chosen].astype("datetime64[D]") + days.astype("timedelta64[D]")
    start = start.astype("datetime64[s]") + rng.integers(9, 19, len(chosen)) * HOUR
    nights = np.clip(np.round(rng.lognormal(1.2, 0.6, len(chosen))), 1, 30).astype(int) * DAY
    return new_encounters(
        surgeries.person[chosen],
        Kind.ADMISSION,
        start,
        start + nights,
        department=catalogue().department("SPINE_UNIT"),
        surgery=chosen,
        disposition=Disposition.HOME,
        reason=catalogue().diagnoses.draw(rng, "readmission", len(chosen)),
    )
