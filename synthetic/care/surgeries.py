"""Surgeries: who has which one when, how it is done, and how long the stay lasts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.care.vocabulary import SurgeryKind
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.people.people import NO_ROLE, YEAR, People
from ehrkit.synthetic.rows import Array, Rows
from ehrkit.synthetic.spec import CHART_START, EXTRACT, Spec
from ehrkit.synthetic.streams import Streams

POSTERIOR, COMBINED, ANTERIOR, INTERBODY = range(4)
TECHNIQUE_SHARES = (0.30, 0.40, 0.15, 0.15)
NO_CC, CC, MCC = range(3)
# MS-DRG groups of fusions changed on this day (fiscal year 2025).
NEW_GROUPS = np.datetime64("2024-10-01")
LONGEST_STAY = 25
# Shares of same-day surgery by kind; the rest stay overnight. Design choice.
SAME_DAY = {
    SurgeryKind.LUMBAR_FUSION: 0.0,
    SurgeryKind.CERVICAL_FUSION: 0.15,
    SurgeryKind.DECOMPRESSION: 0.55,
    SurgeryKind.SACROILIAC_FUSION: 0.9,
    SurgeryKind.JOINT_FUSION: 0.7,
}
PRIOR_DECOMPRESSION, LATE_REVISION, LATER_CERVICAL = 0.06, 0.05, 0.03


@dataclass(frozen=True)
class Surgeries(Rows):
    """One row per scheduled surgery; `performed` is false for a cancelled case.

    `incision` and `close` are local times; `same_day` surgeries have no night in hospital.
    `region` indexes REGIONS of procedures.py; `drg` is empty where none is assigned;
    `redone_by` is the row of the surgery that replaced a cancelled case, or -1.
    """

    person: Array
    kind: Array
    date: Array
    performed: Array
    redone_by: Array
    indication: Array
    levels: Array
    technique: Array
    severity: Array
    same_day: Array
    drg: Array
    incision: Array
    close: Array
    discharge: Array


def plan_surgeries(people: People, spec: Spec, streams: Streams) -> Surgeries:
    """Return every surgery, performed ones first, then the cancelled cases before them."""
    rng = streams.of("surgeries")
    person, kind, date = _schedule(people, spec, rng)
    size = len(person)
    levels = np.where(kind <= 1, 1 + np.minimum(rng.geometric(0.6, size) - 1, 4), 1)
    technique = rng.choice(4, size, p=TECHNIQUE_SHARES)
    technique = np.where(
        kind == SurgeryKind.CERVICAL_FUSION,
        rng.choice((ANTERIOR, POSTERIOR), size, p=(0.85, 0.15)),
        technique,
    )
    age = (date - people.birth[person]).astype(int) / YEAR
    severity = _severity(age, levels, rng)
    same_day = rng.random(size) < np.array([SAME_DAY[k] for k in SurgeryKind])[kind]
    incision, close = _operate(date, kind, levels, rng)
    drg, nights = _stay(kind, levels, technique, severity, date, rng)
    leave = (date + nights).astype("datetime64[s]") + rng.integers(9 * 3600, 18 * 3600, size)
    done = Surgeries(
        person=person,
        kind=kind,
        date=date,
        performed=np.ones(size, bool),
        redone_by=np.full(size, -1),
        indication=_indications(kind, rng),
        levels=levels,
        technique=technique,
        severity=severity,
        same_day=same_day,
        drg=np.where(same_day, "", drg).astype(object),
        incision=incision,
        close=close,
        discharge=np.where(same_day, close + rng.integers(2 * 3600, 5 * 3600, size), leave),
    )
    return Surgeries.joined([done, _cancelled(done, spec, rng)])


def _schedule(people: People, spec: Spec, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Return person, kind and weekday of first surgeries and of those before or after them."""
    first = np.flatnonzero(people.role != NO_ROLE)
    role, date = people.role[first].astype(np.int64), people.index_date[first]
    fusion = role == SurgeryKind.LUMBAR_FUSION
    parts = [(first, role, date)]

    def more(share: float, kind: SurgeryKind, low: int, high: int) -> None:
        chosen = np.flatnonzero(fusion & (rng.random(len(first)) < share))
        days = rng.integers(low, high, len(chosen)).astype("timedelta64[D]")
        parts.append((first[chosen], np.full(len(chosen), int(kind)), date[chosen] + days))

    more(spec.reoperation_first_year, SurgeryKind.LUMBAR_FUSION, 60, 365)
    more(LATE_REVISION, SurgeryKind.LUMBAR_FUSION, 400, 1800)
    more(PRIOR_DECOMPRESSION, SurgeryKind.DECOMPRESSION, -900, -90)
    more(LATER_CERVICAL, SurgeryKind.CERVICAL_FUSION, 120, 1500)
    person, kind, day = (np.concatenate(column) for column in zip(*parts, strict=True))
    day = np.busday_offset(day.astype("datetime64[D]"), 0, roll="forward")
    alive = np.isnat(people.death[person]) | (day + np.timedelta64(45, "D") < people.death[person])
    inside = (day > CHART_START + np.timedelta64(90, "D")) & (
        day < EXTRACT - np.timedelta64(60, "D")
    )
    keep = np.flatnonzero(alive & inside)
    order = keep[np.lexsort((day[keep], person[keep]))]
    apart = np.r_[True, (np.diff(person[order]) > 0) | (np.diff(day[order]).astype(int) > 45)]
    order = order[apart[: len(order)]]
    return person[order], kind[order], day[order]


def _severity(age: Array, levels: Array, rng: np.random.Generator) -> Array:
    """Draw complication or comorbidity: more with age and levels; about 5 % major, 25 % other."""
    risk = rng.random(len(age)) - (age - 60) / 300 - (levels - 1) / 40
    return np.where(risk < 0.05, MCC, np.where(risk < 0.30, CC, NO_CC))


def _operate(
    date: Array, kind: Array, levels: Array, rng: np.random.Generator
) -> tuple[Array, Array]:
    start = date.astype("datetime64[s]") + rng.integers(88, 170, len(date)) * 300
    fusion = kind <= SurgeryKind.CERVICAL_FUSION
    minutes = np.where(fusion, 110 + 55 * levels, 75) * rng.lognormal(0, 0.2, len(date))
    return start, start + (minutes * 60).astype("timedelta64[s]")


def _stay(
    kind: Array,
    levels: Array,
    technique: Array,
    severity: Array,
    date: Array,
    rng: np.random.Generator,
) -> tuple[Array, Array]:
    """Return DRG numbers and nights from the DRG's geometric and arithmetic mean stay."""
    rows = zip(
        kind.tolist(),
        levels.tolist(),
        technique.tolist(),
        severity.tolist(),
        (date >= NEW_GROUPS).tolist(),
        strict=True,
    )
    drg = np.array([_drg(*row) for row in rows], dtype=object)
    table = catalogue().drgs
    geometric = np.array([table[d][1] if d else 1.3 for d in drg], dtype=float)
    arithmetic = np.array([table[d][2] if d else 1.5 for d in drg], dtype=float)
    spread = np.sqrt(2 * np.log(arithmetic / geometric))
    nights = np.round(geometric * np.exp(spread * rng.standard_normal(len(drg))))
    return drg, np.clip(nights, 1, LONGEST_STAY).astype("timedelta64[D]")


def _drg(kind: int, levels: int, technique: int, severity: int, new: bool) -> str:
    """Return the MS-DRG of a surgery (CMS IPPS FY2026 Table 5; before FY2025 its predecessors)."""
    if kind == SurgeryKind.CERVICAL_FUSION:
        return ("473", "472", "471")[severity]
    if kind == SurgeryKind.DECOMPRESSION:
        return ("520", "519", "518")[severity]
    if kind != SurgeryKind.LUMBAR_FUSION:
        return ""
    if not new:
        groups = ("455", "454", "453") if technique == COMBINED else ("460", "460", "459")
    elif technique == COMBINED:
        groups = ("402", "402", "402") if levels == 1 else ("428", "427", "426")
    else:
        groups = ("451", "451", "450") if levels == 1 else ("448", "448", "447")
    return groups[severity]


def _indications(kind: Array, rng: np.random.Generator) -> Array:
    """Draw the principal diagnosis; 5 % of lumbar fusions are for fracture, infection or tumour."""
    groups = ("lumbar", "cervical", "decompression", "sacroiliac", "joint")
    diagnoses, size = catalogue().diagnoses, len(kind)
    drawn = np.stack([diagnoses.draw(rng, group, size) for group in groups])
    indication = drawn[kind, np.arange(size)]
    other = (kind == SurgeryKind.LUMBAR_FUSION) & (rng.random(size) < 0.05)
    return np.where(other, diagnoses.draw(rng, "excluded", size), indication)


def _cancelled(done: Surgeries, spec: Spec, rng: np.random.Generator) -> Surgeries:
    """Return the cases that were cancelled one to six weeks before they were redone."""
    chosen = np.flatnonzero(rng.random(len(done)) < spec.cancelled_case)
    cases = done.take(chosen)
    shift = rng.integers(7, 43, len(chosen)).astype("timedelta64[D]")
    date = np.busday_offset(cases.date - shift, 0, roll="backward")
    move = (date - cases.date).astype("timedelta64[s]")
    return Surgeries(
        **{
            **{name: getattr(cases, name) for name in cases.__dataclass_fields__},
            "date": date,
            "performed": np.zeros(len(chosen), bool),
            "redone_by": chosen,
            "incision": cases.incision + move,
            "close": cases.close + move,
            "discharge": cases.discharge + move,
        }
    )
