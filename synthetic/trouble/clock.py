"""Emergency visits over midnight, and over the two changes of the clock.

A visit over the change in March is an hour shorter than its times say, one over the change
in November an hour longer.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ehrkit.synthetic.care.encounters import DAY, HOUR, Encounters
from ehrkit.synthetic.care.vocabulary import Kind
from ehrkit.synthetic.clock import autumn_changes, spring_changes
from ehrkit.synthetic.people.people import People
from ehrkit.synthetic.rows import Array, stable_order
from ehrkit.synthetic.spec import CHART_START, EXTRACT, Spec

MINUTE = np.timedelta64(60, "s")
# Candidates drawn per visit to move: some people have something else on that night.
TRIES = 3


def over_midnight(encounters: Encounters) -> Array:
    """Return a mask of treat-and-release emergency visits that end on a later day."""
    day = encounters.start.astype("datetime64[D]")
    left = encounters.ed_departure.astype("datetime64[D]")
    mask: Array = short_visits(encounters) & (left > day)
    return mask


def over_spring(encounters: Encounters) -> Array:
    """Return a mask of treat-and-release emergency visits during which an hour was skipped."""
    return _around(encounters, spring_changes)


def over_autumn(encounters: Encounters) -> Array:
    """Return a mask of such visits during which an hour was repeated, and that end after it."""
    return _around(encounters, autumn_changes)


def short_visits(encounters: Encounters) -> Array:
    """Return a mask of treat-and-release emergency visits of this hospital."""
    mask: Array = (encounters.kind == Kind.EMERGENCY) & ~encounters.outside
    return mask


def _around(encounters: Encounters, changes: Callable[[Array], Array]) -> Array:
    rows = np.flatnonzero(short_visits(encounters))
    start = encounters.start[rows]
    change = changes(start.astype("datetime64[Y]"))
    mask: Array = np.zeros(len(encounters.start), bool)
    mask[rows] = (start < change) & (encounters.ed_departure[rows] > change)
    return mask


def plant_clock(
    encounters: Encounters, people: People, spec: Spec, rng: np.random.Generator
) -> None:
    """Move emergency visits, in place, until the stated shares cross midnight and the changes."""
    _leave_the_gap(encounters)
    visits = int(short_visits(encounters).sum())
    changes = ((over_spring, spring_changes), (over_autumn, autumn_changes))
    for kind, change in changes:
        wanted = round(spec.clock_change_visits / len(changes) * visits)
        missing = max(wanted - int(kind(encounters).sum()), 0)
        rows = rng.permutation(_movable(encounters))[: TRIES * missing]
        at = change(encounters.start[rows].astype("datetime64[Y]"))
        # An hour and a half before at the least: what is ordered then is back before the gap.
        start = at - rng.integers(95, 150, len(rows)) * MINUTE
        end = at + rng.integers(65, 260, len(rows)) * MINUTE
        _move(encounters, people, rows, start, end, missing)
    _cross_midnight(encounters, people, spec, rng)


def _cross_midnight(
    encounters: Encounters, people: People, spec: Spec, rng: np.random.Generator
) -> None:
    """Bring the share of visits over midnight to the stated one, on the same days."""
    visits, crossing = short_visits(encounters), over_midnight(encounters)
    missing = round(spec.midnight_visits * int(visits.sum())) - int(crossing.sum())
    movable = _movable(encounters, any_surgery=True)
    rows = movable[crossing[movable] == (missing < 0)]
    rows = rng.permutation(rows)[: TRIES * abs(missing)]
    length = encounters.end[rows] - encounters.start[rows]
    day = encounters.start[rows].astype("datetime64[D]").astype("datetime64[s]")
    late = day + DAY - np.minimum(length - 5 * MINUTE, rng.integers(30, 170, len(rows)) * MINUTE)
    early = day + rng.integers(7 * 60, 11 * 60, len(rows)) * MINUTE
    start = late if missing > 0 else early
    fits = (start + length < day + DAY) == (missing < 0)
    _move(encounters, people, rows[fits], start[fits], (start + length)[fits], abs(missing))


def _leave_the_gap(encounters: Encounters) -> None:
    """Put times of the hour that did not exist an hour later."""
    rows = np.flatnonzero(encounters.emergency())
    for times in (encounters.start, encounters.end, encounters.ed_departure):
        change = spring_changes(times[rows].astype("datetime64[Y]"))
        lost = (times[rows] >= change) & (times[rows] < change + HOUR)
        times[rows[lost]] += HOUR


def _movable(encounters: Encounters, *, any_surgery: bool = False) -> Array:
    """Return visits that may move: those after surgery stay on their day."""
    free = (encounters.surgery < 0) | any_surgery
    crossing = over_spring(encounters) | over_autumn(encounters)
    left = ~np.isnat(encounters.end)
    return np.flatnonzero(short_visits(encounters) & free & left & ~crossing)


def _move(
    encounters: Encounters, people: People, rows: Array, start: Array, end: Array, wanted: int
) -> None:
    """Move the first `wanted` visits that fit into the life of their person."""
    fits = np.flatnonzero(_fits(encounters, people, rows, start, end))
    fits = fits[np.sort(np.unique(encounters.person[rows[fits]], return_index=True)[1])][:wanted]
    for times, new in ((encounters.start, start), (encounters.end, end)):
        times[rows[fits]] = new[fits]
    encounters.ed_departure[rows[fits]] = end[fits]


def _fits(encounters: Encounters, people: People, rows: Array, start: Array, end: Array) -> Array:
    """Return a mask of moves within life and chart that meet no other encounter."""
    person = encounters.person[rows]
    death = people.death[person].astype("datetime64[s]") + DAY
    alive = np.isnat(death) | (end <= death)
    inside = (start > people.birth[person]) & (start > CHART_START) & (end < EXTRACT)
    others = np.flatnonzero(np.isin(encounters.person, person) & (encounters.kind != Kind.SYSTEM))
    others = others[stable_order(encounters.person[others])]
    first, last = (
        np.searchsorted(encounters.person[others], person, side=side) for side in ("left", "right")
    )
    move = np.repeat(np.arange(len(rows)), last - first)
    offset = np.arange(len(move)) - np.repeat(
        np.cumsum(last - first) - (last - first), last - first
    )
    other = others[first[move] + offset]
    until = np.where(np.isnat(encounters.end[other]), EXTRACT, encounters.end[other])
    meets = (encounters.start[other] < end[move] + HOUR) & (until > start[move] - HOUR)
    meets &= other != rows[move]
    clashes = np.bincount(move[meets], minlength=len(rows))
    mask: Array = alive & inside & (clashes == 0)
    return mask
