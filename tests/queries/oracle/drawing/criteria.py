"""Criteria and numbers."""

from __future__ import annotations

from tests.queries.oracle.drawing.chance import maybe, one_of, one_or_list
from tests.queries.oracle.drawing.places import group_placement, placement
from tests.queries.oracle.drawing.selectors import selector
from tests.queries.oracle.drawing.words import CODED, ETHNICITIES, RACES, SEXES_TOLD, relations

TRAITS = {"sex": SEXES_TOLD, "race": RACES, "ethnicity": ETHNICITIES}
OTHERS = ("age", "age", "sex", "race", "ethnicity", "observed", "followed")


def criterion(draw, study, depth=0):
    """Draw a criterion; groups hold up to three of them."""
    if depth < 2 and maybe(draw, 35 if depth == 0 else 20):
        return group(draw, study, depth)
    if maybe(draw, 35):
        return _other(draw, one_of(draw, OTHERS))
    return happened(draw, study)


def happened(draw, study):
    """Draw a selector, where its events must lie, and how many there must be."""
    table = selector(draw, study)
    table |= placement(draw, table, study.anchors)
    return table | numbers(draw, table)


def numbers(draw, look):
    """Draw at_least, at_most, exactly, and what is counted."""
    table = _bounds(draw) if maybe(draw, 50) else {}
    if maybe(draw, 30):
        coded = set(relations(look)) <= set(CODED)
        known = ("events", "days", "encounters", *(("codes",) * 4 if coded else ()))
        table["counting"] = one_of(draw, known)
    return table


def _bounds(draw):
    low, high = sorted((one_of(draw, (0, 1, 2)), one_of(draw, (0, 1, 2, 3))))
    return one_of(
        draw,
        ({"at_least": low}, {"at_least": "few"}, {"at_most": high}, {"exactly": high},
         {"exactly": low}, {"at_least": low, "at_most": high}),
    )  # fmt: skip


def group(draw, study, depth):
    how = one_of(draw, ("all", "any", "none", "of"))
    parts = [criterion(draw, study, depth + 1) for _ in range(one_of(draw, (1, 2, 2, 3)))]
    table = {how: parts} | group_placement(draw, parts, study.anchors)
    return table | _bounds(draw) if how == "of" else table


def _other(draw, kind):
    if kind in TRAITS:
        return {kind: one_or_list(draw, TRAITS[kind])}
    if kind == "age":
        return {kind: _range(draw, (17, 18, 19, 20, 69))}
    if kind == "followed":
        return {kind: _range(draw, (0, 1, 29, 30, 60))}
    days = {key: one_of(draw, (0, 1, 29, 30, "few")) for key in ("before", "after")}
    return {kind: {key: one for key, one in days.items() if maybe(draw, 70)}}


def _range(draw, values):
    low, high = sorted((one_of(draw, values), one_of(draw, values)))
    if low == high:
        return {"at_least": low, "at_most": high}
    lower, upper = one_of(draw, ("at_least", "above")), one_of(draw, ("at_most", "below"))
    return one_of(draw, ({lower: low}, {upper: high}, {lower: low, upper: high}))
