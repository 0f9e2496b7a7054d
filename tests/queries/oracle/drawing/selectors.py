"""Selectors: single ones with where, unit, during; unions; eras; other cohorts."""

from __future__ import annotations

from tests.queries.oracle.drawing.chance import maybe, one_of, one_or_list, some
from tests.queries.oracle.drawing.words import (
    BOUNDS,
    CODED,
    FIELDS,
    KINDS_TOLD,
    NOTES,
    NUMBER,
    PATTERNS,
    SETS,
    TEXT,
    relation,
)

SINGLE = (*CODED, *CODED, "encounter", "encounter", "encounter", "note", "device_day", "death",
          "cohort")  # fmt: skip
UNITS = ("mg/dL", "g/L", "mmol/L", "kg", "[lb_av]", "Cel", "%", "mmol/mol", "umol/L")


def selector(draw, study, *, index=False, nested=True, only=None):
    """Draw one relation's events or a union; `study` knows what may be named."""
    narrowed = 12 if index else 25
    if only:
        return single(draw, study, nested, narrowed, only)
    if maybe(draw, 18):
        items = [single(draw, study, nested, narrowed) for _ in range(one_of(draw, (2, 2, 3)))]
        table = {"events": items}
    else:
        table = single(draw, study, nested, narrowed)
    if not index and maybe(draw, 16):
        table["gap"] = one_of(draw, (0, 1, 1, 2, 28, 29, "few"))
    return table


def single(draw, study, nested, narrowed, only=None):
    """Draw events of one relation, in so many of a hundred draws with `where`."""
    name = only or one_of(draw, [one for one in SINGLE if nested or one != "cohort"])
    table = _named(draw, study, name)
    if maybe(draw, narrowed):
        _filter(draw, table, name)
    if name == "measurement" and maybe(draw, 40):
        table["unit"] = one_of(draw, UNITS)
    if maybe(draw, narrowed // 2):
        table["during"] = one_or_list(draw, KINDS_TOLD)
    return table


def _named(draw, study, name):
    if name in CODED:
        known = (*SETS[name], *SETS[name], *study.sets[name])
        if maybe(draw, 15):
            return {name: some(draw, known)}
        return {name: one_of(draw, known)}
    if name == "encounter":
        return {name: "any" if maybe(draw, 20) else one_or_list(draw, KINDS_TOLD)}
    if name == "note":
        return {name: "any" if maybe(draw, 30) else one_or_list(draw, NOTES)}
    if name == "device_day":
        return {name: one_of(draw, ("any", "valid"))}
    if name == "death":
        return {name: True}
    table = {name: "other.toml"}
    if maybe(draw, 50):
        table["set"] = {"many": one_of(draw, (1, 2, "few"))}
    return table


def _filter(draw, table, name):
    known = [one for one, kind in FIELDS[name].items() if kind in (TEXT, NUMBER)]
    table["where"] = {
        field: _number(draw, field)
        if FIELDS[relation(table)][field] == NUMBER
        else one_or_list(draw, PATTERNS[field])
        for field in some(draw, known, 1, 2)
    }


def _number(draw, field):
    low, high = one_of(draw, ("at_least", "above")), one_of(draw, ("at_most", "below"))
    bounds = [*BOUNDS[field], "limit"] if maybe(draw, 10) else BOUNDS[field]
    if maybe(draw, 15):
        return one_of(draw, bounds)
    if maybe(draw, 50):
        return {one_of(draw, (low, high)): one_of(draw, bounds)}
    numbers = sorted(BOUNDS[field])
    return {low: numbers[0], high: numbers[-1]}
