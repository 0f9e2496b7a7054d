"""What the chart holds for the contacts that get a note, in the order of the notes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sized
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import numpy as np

from ehrkit.synthetic.care.clinical import Scores, Vitals
from ehrkit.synthetic.care.surgeries import Surgeries
from ehrkit.synthetic.care.theatre import asa_class, blood_loss
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import INJECTIONS, Place, Service
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.notes.cast import Cast, draw_cast
from ehrkit.synthetic.notes.earlier import latest
from ehrkit.synthetic.notes.levels import DISCS, Pair, coded, operated_levels
from ehrkit.synthetic.notes.site import Site, draw_site, note_teams
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.staff import emergency_doctors

if TYPE_CHECKING:
    from ehrkit.synthetic.history import History

# A prescription for so many days is for the long term.
LONG_TERM = 90
# Drug (catalogue position), days, tablets.
Order = tuple[int, int, int]


@dataclass(frozen=True)
class SurgeryFacts:
    """One entry per surgery, so that all of its notes agree.

    `disc` tells that a disc was taken out or replaced, `freed` that nerves were decompressed.
    `pain` is before surgery, on a scale of 0-10; `asa` a place in ASA_CLASSES, `blood` the
    estimated loss in mL; `team` is told in site.py. `complications` holds (Complication,
    catalogue position) of those during the stay.
    """

    date: list[date]
    admitted: list[datetime]
    discharged: list[datetime | None]
    levels: list[Pair]
    disc: list[bool]
    freed: list[bool]
    left: list[bool]
    pain: list[int]
    asa: list[int]
    blood: list[int]
    team: list[list[int]]
    digits: list[int]
    complications: dict[int, list[tuple[int, int]]]


@dataclass(frozen=True)
class Chart:
    """The truth, who is around the patients, and what was recorded at each noted contact.

    `start`, `end`, `bmi`, `labs`, `vitals`, `scores`, `orders`, `smoking` and the days of
    `image`, `injection` and `therapy` go by the place of the note, as does `doctor`, who
    sees the patient if it is an emergency; `home_drugs` by person;
    `account` and `csn` by encounter; `log` by surgery. NaN: not taken.
    """

    truth: Truth
    site: Site
    cast: Cast
    surgery: SurgeryFacts
    birth: list[date]
    rows: list[int]
    start: list[datetime]
    end: list[datetime | None]
    bmi: list[float]
    labs: list[list[float]]
    vitals: list[list[float]]
    scores: list[list[float]]
    smoking: list[int]
    image: list[date | None]
    injection: list[date | None]
    therapy: list[date | None]
    orders: dict[int, list[Order]]
    doctor: list[int]
    home_drugs: dict[int, list[tuple[datetime, tuple[int, int]]]]
    account: Array
    csn: Array
    log: Array


def read_chart(history: History, rows: Array) -> Chart:
    """Collect what the notes of the encounters at `rows` may tell."""
    truth, streams = history.truth, history.streams
    encounters = truth.encounters
    place = np.full(len(encounters), -1)
    place[rows] = np.arange(len(rows))
    return Chart(
        truth=truth,
        site=draw_site(streams),
        cast=draw_cast(truth, streams),
        surgery=_surgery_facts(history),
        birth=truth.people.birth.tolist(),
        rows=rows.tolist(),
        start=encounters.start[rows].tolist(),
        end=encounters.end[rows].tolist(),
        bmi=history.measures.bmi[rows].tolist(),
        labs=_labs(history, place, len(rows)),
        vitals=_by_kind(history.vitals, history.vitals.kind, catalogue().vitals, place, len(rows)),
        scores=_by_kind(
            history.scores, history.scores.instrument, catalogue().instruments, place, len(rows)
        ),
        smoking=truth.traits.smoking(encounters.person[rows], encounters.start[rows]).tolist(),
        image=latest(truth, rows, [Service.MRI_SPINE]),
        injection=latest(truth, rows, INJECTIONS),
        therapy=latest(truth, rows, [Service.PHYSICAL_THERAPY]),
        orders=_orders(history, place),
        doctor=emergency_doctors(rows, streams).tolist(),
        home_drugs=_home_drugs(history, rows),
        account=history.booking.account,
        csn=history.booking.csn,
        log=history.booking.log,
    )


def _surgery_facts(history: History) -> SurgeryFacts:
    truth, rng = history.truth, history.streams.of("note surgeries")
    surgeries, size = truth.surgeries, len(truth.surgeries)
    stay = truth.stay_of
    return SurgeryFacts(
        date=surgeries.date.astype("datetime64[D]").tolist(),
        admitted=np.where(stay >= 0, truth.encounters.start[stay], surgeries.incision).tolist(),
        discharged=np.where(stay >= 0, truth.encounters.end[stay], surgeries.discharge).tolist(),
        levels=operated_levels(surgeries, history.procedures, rng),
        disc=coded(surgeries, history.procedures, DISCS).tolist(),
        freed=surgeries.decompressed.tolist(),
        left=_sides(surgeries, rng).tolist(),
        pain=rng.integers(5, 11, size).tolist(),
        asa=asa_class(surgeries).tolist(),
        blood=blood_loss(surgeries, history.streams).astype(int).tolist(),
        team=note_teams(surgeries, history.streams),
        digits=rng.integers(100_000_000, 1_000_000_000, size).tolist(),
        complications=_in_stay(truth),
    )


def _sides(surgeries: Surgeries, rng: np.random.Generator) -> Array:
    """Return a mask of surgeries with the worse side left; a later one keeps the side."""
    left = rng.random(len(surgeries)) < 0.5
    for surgery in np.flatnonzero(surgeries.follows >= 0).tolist():
        left[surgery] = left[int(surgeries.follows[surgery])]
    return left


def _in_stay(truth: Truth) -> dict[int, list[tuple[int, int]]]:
    """Return the complications of the stay by surgery."""
    rows = np.flatnonzero(truth.complications.place == Place.STAY)
    had = truth.complications.take(rows)
    found = defaultdict(list)
    columns = (had.surgery.tolist(), had.kind.tolist(), had.concept.tolist())
    for surgery, kind, concept in zip(*columns, strict=True):
        found[surgery].append((kind, concept))
    return dict(found)


def _labs(history: History, place: Array, notes: int) -> list[list[float]]:
    """Return the numeric results of each noted contact by analyte; NaN: none."""
    results = history.results
    mine = np.flatnonzero((place[results.encounter] >= 0) & results.numeric)
    values = np.full((notes, len(catalogue().labs)), np.nan)
    values[place[results.encounter[mine]], results.analyte[mine]] = results.value[mine]
    return values.tolist()


def _by_kind(
    taken: Vitals | Scores, kind: Array, kinds: Sized, place: Array, notes: int
) -> list[list[float]]:
    """Return the measurements of each noted contact by kind; NaN: none."""
    mine = np.flatnonzero(place[taken.encounter] >= 0)
    values = np.full((notes, len(kinds)), np.nan)
    values[place[taken.encounter[mine]], kind[mine]] = taken.value[mine]
    return values.tolist()


def _orders(history: History, place: Array) -> dict[int, list[Order]]:
    """Return what was prescribed to take home at each noted contact."""
    drugs = history.prescriptions
    mine = np.flatnonzero((place[drugs.encounter] >= 0) & ~drugs.inpatient)
    columns = (place[drugs.encounter], drugs.drug, drugs.days, drugs.quantity)
    found = defaultdict(list)
    for at, *order in zip(*(column[mine].tolist() for column in columns), strict=True):
        found[at].append((order[0], order[1], order[2]))
    return dict(found)


def _home_drugs(history: History, rows: Array) -> dict[int, list[tuple[datetime, tuple[int, int]]]]:
    """Return the long-term drugs that noted people got at contacts that belong to no surgery.

    Each is (time, (drug, units a day)).
    """
    drugs, encounters = history.prescriptions, history.truth.encounters
    noted = np.zeros(len(history.truth.people), bool)
    noted[encounters.person[rows]] = True
    person = encounters.person[drugs.encounter]
    other = (encounters.surgery[drugs.encounter] < 0) & (drugs.days >= LONG_TERM)
    mine = np.flatnonzero(noted[person] & other)
    columns = (person[mine], drugs.time[mine], drugs.drug[mine], drugs.per_day[mine])
    found = defaultdict(list)
    for one, time, drug, often in zip(*(column.tolist() for column in columns), strict=True):
        found[one].append((time, (drug, often)))
    return dict(found)
