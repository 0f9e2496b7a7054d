"""Surgeries: how each is done, what goes wrong, how long the stay lasts, what is redone."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ehrkit.synthetic.care.complications import Complications, draw_complications
from ehrkit.synthetic.care.encounters import HOUR
from ehrkit.synthetic.care.indications import Operation, decide
from ehrkit.synthetic.care.schedule import Schedule, make_schedule
from ehrkit.synthetic.care.stays import CC, MCC, NO_CC, groups, nights
from ehrkit.synthetic.care.traits import ADULT, Traits
from ehrkit.synthetic.care.vocabulary import Complication, Place, SurgeryKind
from ehrkit.synthetic.people.people import YEAR, People
from ehrkit.synthetic.rows import Array, Rows
from ehrkit.synthetic.spec import Spec
from ehrkit.synthetic.streams import Streams

# Shares of same-day surgery by kind; the rest stay overnight. Design choice.
SAME_DAY = {
    SurgeryKind.LUMBAR_FUSION: 0.0,
    SurgeryKind.CERVICAL_FUSION: 0.15,
    SurgeryKind.DECOMPRESSION: 0.55,
    SurgeryKind.SACROILIAC_FUSION: 0.9,
    SurgeryKind.JOINT_FUSION: 0.7,
    SurgeryKind.WASHOUT: 0.0,
}
# Complications that count as major ones for the DRG; design choice after the CMS lists.
MAJOR = (
    Complication.PULMONARY_EMBOLISM, Complication.PNEUMONIA, Complication.MYOCARDIAL_INFARCTION,
    Complication.STROKE, Complication.RESPIRATORY_FAILURE, Complication.SEPSIS,
)  # fmt: skip
MINOR = (
    Complication.ANAEMIA, Complication.ILEUS, Complication.URINARY_INFECTION,
    Complication.KIDNEY_INJURY, Complication.HAEMATOMA,
)  # fmt: skip


@dataclass(frozen=True)
class Surgeries(Rows):
    """One row per scheduled surgery; `performed` is false for a cancelled case.

    `incision` and `close` are local times; `same_day` surgeries have no night in hospital;
    `drg` is empty where none is assigned. `redone_by` is the row of the surgery that
    replaced a cancelled case. `follows` is the row of the surgery that this one revises or
    washes out; `same_stay` says that it was done before the patient left from that one.
    Either row is -1 for none: a cancelled case that none replaced was given up.
    """

    person: Array
    kind: Array
    date: Array
    performed: Array
    redone_by: Array
    follows: Array
    same_stay: Array
    indication: Array
    levels: Array
    technique: Array
    lumbosacral: Array
    decompressed: Array
    severity: Array
    same_day: Array
    drg: Array
    incision: Array
    close: Array
    discharge: Array


def is_neurosurgery(surgeries: Surgeries) -> Array:
    """Return a mask of surgeries that neurosurgeons do: half of those on the spine."""
    spine = surgeries.kind != SurgeryKind.JOINT_FUSION
    mask: Array = spine & (surgeries.person % 2 == 0)
    return mask


def plan_surgeries(
    people: People, traits: Traits, spec: Spec, streams: Streams
) -> tuple[People, Surgeries, Complications]:
    """Return planned surgeries by person and day, and their complications.

    The people come back with the deaths that follow from surgery.
    """
    rng = streams.of("surgeries")
    people, plan = make_schedule(people, traits, spec, streams)
    age = (plan.day - people.birth[plan.person]).astype(int) / YEAR
    operation = decide(plan.kind, plan.revision, age < ADULT, rng)
    same_day = rng.random(len(plan)) < np.array([SAME_DAY[k] for k in SurgeryKind])[plan.kind]
    complications = draw_complications(plan, operation, same_day, traits, spec, rng)
    severity = _severity(people, plan, operation, complications, rng)
    surgeries = operate(plan, operation, severity, same_day, rng)
    surgeries = replace(surgeries, follows=_revised(plan))
    return people, _leave_dead(surgeries, people), complications


def _revised(plan: Schedule) -> Array:
    """Return the last lumbar fusion of the person before each revision, or -1."""
    lumbar = plan.kind == SurgeryKind.LUMBAR_FUSION
    last = np.maximum.accumulate(np.where(lumbar, np.arange(len(plan)), -1))
    before = np.r_[-1, last[:-1]][: len(plan)]
    found = plan.revision & (before >= 0) & (plan.person[before] == plan.person)
    return np.where(found, before, -1)


def operate(
    plan: Schedule, operation: Operation, severity: Array, same_day: Array, rng: np.random.Generator
) -> Surgeries:
    """Return performed surgeries with their times, DRG and discharge."""
    size = len(plan)
    incision, close = _times(plan, operation, rng)
    drg = groups(plan.kind, operation, severity, plan.day)
    leave = (plan.day + nights(plan.kind, drg, rng)).astype("datetime64[s]")
    leave += rng.integers(9 * 3600, 18 * 3600, size).astype("timedelta64[s]")
    home = close + rng.integers(2 * 3600, 5 * 3600, size).astype("timedelta64[s]")
    return Surgeries(
        person=plan.person,
        kind=plan.kind,
        date=plan.day,
        performed=np.ones(size, bool),
        redone_by=np.full(size, -1),
        follows=np.full(size, -1),
        same_stay=np.zeros(size, bool),
        indication=operation.indication,
        levels=operation.levels,
        technique=operation.technique,
        lumbosacral=operation.lumbosacral,
        decompressed=operation.decompressed,
        severity=severity,
        same_day=same_day,
        drg=np.where(same_day, "", drg).astype(object),
        incision=incision,
        close=close,
        discharge=np.where(same_day, home, leave),
    )


def _severity(
    people: People,
    plan: Schedule,
    operation: Operation,
    complications: Complications,
    rng: np.random.Generator,
) -> Array:
    """Return complication or comorbidity of each stay: by age and size, or by what happened."""
    age = (plan.day - people.birth[plan.person]).astype(int) / YEAR
    risk = rng.random(len(plan)) - (age - 60) / 300 - (operation.levels - 1) / 40
    severity = np.where(risk < 0.03, MCC, np.where(risk < 0.22, CC, NO_CC))
    inside = complications.place == Place.STAY
    for kinds, level in ((MINOR, CC), (MAJOR, MCC)):
        rows = complications.surgery[inside & np.isin(complications.kind, kinds)]
        severity[rows] = np.maximum(severity[rows], level)
    return severity


def _times(plan: Schedule, operation: Operation, rng: np.random.Generator) -> tuple[Array, Array]:
    start = plan.day.astype("datetime64[s]") + rng.integers(88, 170, len(plan)) * 300
    fusion = plan.kind <= SurgeryKind.CERVICAL_FUSION
    minutes = np.where(fusion, 110 + 55 * operation.levels, 75)
    minutes = minutes * rng.lognormal(0, 0.2, len(plan))
    return start, start + (minutes * 60).astype("timedelta64[s]")


def _leave_dead(surgeries: Surgeries, people: People) -> Surgeries:
    """Return the surgeries; who dies in hospital leaves on the day of death."""
    death = people.death[surgeries.person].astype("datetime64[s]")
    died = death < surgeries.discharge
    return replace(
        surgeries,
        discharge=np.where(died, death + 14 * HOUR, surgeries.discharge),
        same_day=surgeries.same_day & ~died,
    )
