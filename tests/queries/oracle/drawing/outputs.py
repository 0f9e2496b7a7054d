"""Named events, columns, outcomes and follow-up."""

from __future__ import annotations

from tests.queries.oracle.drawing.chance import maybe, one_of, some
from tests.queries.oracle.drawing.criteria import numbers
from tests.queries.oracle.drawing.places import placement
from tests.queries.oracle.drawing.selectors import selector
from tests.queries.oracle.drawing.words import DEFAULT_FIELDS, NUMBER, fields, has, relations

VALUES = ("any", "count", "first_date", "last_date", "days_to")
AGGREGATES = ("sum", "min", "max", "mean")
PICKED = ("first", "last", "nearest")
COMMON = ("date", "encounter", "code", "vocabulary")
ENDS = ("death", "last-contact", "end-of-data", "observation-end")


def named_event(draw, study, name):
    """Draw a named event and add it, and its end, to the anchors of the study."""
    look = selector(draw, study)
    table = {"name": name} | look | placement(draw, look, study.anchors) | _kept(draw)
    instants, ends, end_instants = has(look)
    study.anchors[name] = instants
    if ends:
        study.anchors[f"{name}-end"] = end_instants
    return table


def _kept(draw):
    keep = one_of(draw, ("not said", "first", "last", "nearest", "nearest", "nth", "nth"))
    if keep == "not said":
        return {}
    return {"keep": keep} | ({"nth": one_of(draw, (1, 2, 3, "few"))} if keep == "nth" else {})


def column(draw, study, name):
    if maybe(draw, 8):
        return {"name": name, "person": one_of(draw, ("race", "ethnicity", "birth_date"))}
    value = one_of(draw, (*VALUES, *AGGREGATES, *PICKED, *PICKED, "text"))
    look = selector(draw, study, only="measurement" if value == "text" else None)
    # Nearest of all tells more than nearest in a window.
    free = value == "nearest" and maybe(draw, 75)
    place = {} if free else placement(draw, look, study.anchors)
    return {"name": name} | look | place | _value(draw, look, value)


def _value(draw, look, value):
    known = fields(look)
    if value in ("any", "count"):
        return ({} if value == "any" and maybe(draw, 50) else {"value": value}) | (
            numbers(draw, look) if value == "any" else _counting(numbers(draw, look))
        )
    if value in AGGREGATES:
        known = [one for one, kind in known.items() if kind == NUMBER]
        if not known:
            return {"value": "last_date"}
    if value in (*AGGREGATES, *PICKED):
        return {"value": value} | _field(draw, look, value, list(known))
    return {"value": value}


def _counting(table):
    return {key: one for key, one in table.items() if key == "counting"}


def _field(draw, look, value, known):
    default = {DEFAULT_FIELDS.get(one) for one in relations(look)}
    if len(default) == 1 and None not in default and maybe(draw, 40):
        return {}
    rare = [one for one in known if one not in COMMON]
    return {"field": one_of(draw, [*rare, *rare, *known, "days"] if value in PICKED else known)}


def outcome(draw, study, name):
    look = selector(draw, study)
    anchors = {key: one for key, one in study.anchors.items() if key != "follow-up-end"}
    table = {"name": name} | look | placement(draw, look, anchors)
    if maybe(draw, 50):
        table["days"] = [one_of(draw, (-1, 0, 1)), one_of(draw, (1, 2, 30, "window", "window"))]
    return table


def follow_up(draw, study):
    """Draw the ends of observation; at least one."""
    table = {}
    if maybe(draw, 70):
        table["until"] = some(draw, ENDS, 0, 4)
    if maybe(draw, 55):
        table["days"] = one_of(draw, (1, 2, 30, "window", "window"))
    if maybe(draw, 40):
        table["end_of_data"] = one_of(
            draw, ("2020-02-15", "2020-01-31", "as-of - 4 years", "as-of - 49 months", "start")
        )
    anchors = {"index": True, "discharge": True}
    censors = [_censor(draw, study, anchors, name) for name in some(draw, ("stop", "next"), 0, 2)]
    table |= {"censor": censors} if censors else {}
    if table.get("until") == [] and not censors:
        table["days"] = 30
    return table


def _censor(draw, study, anchors, name):
    look = selector(draw, study)
    return {"name": name} | look | placement(draw, look, anchors)
