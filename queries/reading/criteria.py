"""Reading criteria and rules."""

from __future__ import annotations

from collections.abc import Iterator

from ehrkit.core.spelling import suggest
from ehrkit.queries.language.criteria import (
    ATTRIBUTES,
    COUNTINGS,
    GROUPS,
    Age,
    Attribute,
    Count,
    Criterion,
    Followed,
    Group,
    Happened,
    Look,
    Observed,
    Rule,
)
from ehrkit.queries.language.windows import AT_ANY_TIME, Bounds, Placement
from ehrkit.queries.reading.impossible import (
    check_age,
    check_count,
    check_parts,
    check_whole,
    check_windows,
)
from ehrkit.queries.reading.placing import KEYS as PLACEMENT_KEYS
from ehrkit.queries.reading.placing import check_placement, read_placement
from ehrkit.queries.reading.scope import Scope, choices
from ehrkit.queries.reading.selecting import SELECTORS, read_events
from ehrkit.queries.relations import ETHNICITIES, RACES, SEXES
from ehrkit.queries.sections import Section, placed

KNOWN = {"sex": SEXES, "race": RACES, "ethnicity": ETHNICITIES}
CRITERIA = ("age", *ATTRIBUTES, "observed", "followed", *SELECTORS, *GROUPS)
_NUMBERS = ("at_least", "at_most", "exactly", "counting")
_MODIFIERS = ("where", "unit", "during", "gap", "set", "label", *_NUMBERS, *PLACEMENT_KEYS)


def read_rules(section: Section, scope: Scope) -> Iterator[Rule]:
    """Yield the rules of a file: all requires, then all forbids."""
    for key in ("require", "forbid"):
        for table in section.subs(key):
            label = table.need("label", str)
            criterion = read_criterion(table, scope, AT_ANY_TIME)
            table.finish()
            yield Rule(label, key == "forbid", criterion)


def read_criterion(table: Section, scope: Scope, outer: Placement) -> Criterion:
    """Take one criterion; `outer` is the placement of the group that holds it.

    Raises:
        DataError: no criterion or several, or a key that it does not have.
    """
    kind = _kind(table)
    with placed(table.where):
        if kind == "age":
            age = Age(scope.need_bounds(table, "age"))
            check_age(table, age.bounds)
            return age
        if kind in ATTRIBUTES:
            return Attribute(kind, choices(table, kind, KNOWN[kind], scope))
        if kind == "observed":
            return _observed(table, scope)
        if kind == "followed":
            followed = Followed(scope.need_bounds(table, "followed"))
            check_whole(table, "followed", followed.bounds)
            return followed
        if kind in GROUPS:
            return _group(table, kind, scope, outer)
        look = read_look(table, scope, outer)
        return Happened(look, read_count(table, look, scope))


def _kind(table: Section) -> str:
    found = [key for key in CRITERIA if key in table.table]
    if len(found) == 1:
        return found[0]
    if found:
        what = f"{found[0]} and {found[1]} exclude each other"
        raise table.error(what, hint="Join criteria in all or any, events in events.")
    for key in table.table:
        if key not in (*CRITERIA, *_MODIFIERS):
            near = suggest(key, (*CRITERIA, *_MODIFIERS))
            raise table.error("the key is not known", key=key, hint=near)
    raise table.error(f"needs exactly one of {', '.join(CRITERIA)}")


def read_look(table: Section, scope: Scope, outer: Placement = AT_ANY_TIME) -> Look:
    """Take a selector and where its events must lie."""
    placement = read_placement(table, scope, outer)
    events = read_events(table, scope)
    check_placement(table, placement, events, scope)
    check_windows(table, placement)
    return Look(events, placement)


def read_count(table: Section, look: Look, scope: Scope) -> Count:
    """Take at_least, at_most or exactly, and what of the events is counted."""
    counting = table.one_of("counting", COUNTINGS, "events")
    if counting == "codes" and not look.events.coded:
        raise table.error("these events have no codes to count", key="counting")
    with placed(table.where):
        count = Count(_numbers(table, scope) or Bounds(low=1), counting)
    check_count(table, look, count)
    return count


def _numbers(table: Section, scope: Scope) -> Bounds | None:
    low, high, exactly = (scope.whole(table, key) for key in ("at_least", "at_most", "exactly"))
    if exactly is not None:
        if low is not None or high is not None:
            raise table.error("exactly stands alone, without at_least and at_most", key="exactly")
        return Bounds(exactly, exactly)
    return None if low is None and high is None else Bounds(low, high)


def _observed(table: Section, scope: Scope) -> Observed:
    sub = table.need_sub("observed")
    before, after = (scope.whole(sub, key) or 0 for key in ("before", "after"))
    sub.finish()
    with placed(sub.where):
        return Observed(before, after)


def _group(table: Section, how: str, scope: Scope, outer: Placement) -> Group:
    inner = read_placement(table, scope, outer)
    bounds = _numbers(table, scope) if how == "of" else None
    if how == "of" and bounds is None:
        raise table.error("needs at_least, at_most or exactly", key="of")
    parts = []
    for part in table.subs(how):
        parts.append(read_criterion(part, scope, inner))
        part.finish()
    if bounds is not None:
        check_parts(table, bounds, len(parts))
    return Group(how, tuple(parts), bounds or Bounds())
