"""Reading named events, columns, outcomes and follow-up."""

from __future__ import annotations

from ehrkit.core.spelling import suggest
from ehrkit.queries.language.cohort import (
    AGGREGATES,
    DEFAULT_ENDS,
    ENDS,
    PICKED,
    PICKS,
    VALUES,
    Censor,
    Column,
    FollowUp,
    NamedEvent,
    Outcome,
    PersonColumn,
    Pick,
)
from ehrkit.queries.language.criteria import Count, Look
from ehrkit.queries.reading.criteria import read_count, read_look
from ehrkit.queries.reading.scope import Scope, choices, read_nth
from ehrkit.queries.sections import Section, placed

PERSON_COLUMNS = ("race", "ethnicity", "birth_date")


def read_named_event(table: Section, scope: Scope) -> NamedEvent:
    """Read one `[[event]]` and add it to the names of the scope."""
    name = table.need("name", str)
    if name in scope.events:
        raise table.error(f"two events are named {name}", key="name")
    order = table.one_of("keep", PICKS, "first")
    with placed(table.where):
        pick = Pick(order, read_nth(table, order, scope))
        event = NamedEvent(name, read_look(table, scope), pick)
    table.finish()
    scope.events[name] = event
    return event


def read_column(table: Section, scope: Scope) -> Column | PersonColumn:
    """Read one `[[column]]`."""
    name = table.need("name", str)
    if "person" in table.table:
        attribute = table.one_of("person", PERSON_COLUMNS, "")
        table.finish()
        with placed(table.where):
            return PersonColumn(name, attribute)
    value = table.one_of("value", VALUES, "any")
    look = read_look(table, scope)
    field = _field(table, look, value)
    count = _count(table, look, value, scope)
    table.finish()
    with placed(table.where):
        return Column(name, look, PICKED[-1] if value == "text" else value, count, field)


def _count(table: Section, look: Look, value: str, scope: Scope) -> Count:
    if value not in ("any", "count"):
        return Count()
    given = [key for key in ("at_least", "at_most", "exactly") if key in table.table]
    if value == "count" and given:
        raise table.error("count gives every number; value = any has bounds", key=given[0])
    return read_count(table, look, scope)


def _field(table: Section, look: Look, value: str) -> str | None:
    has = look.events.has
    fields = ["days", *has.fields]
    if value in AGGREGATES:
        fields = [name for name, one in has.fields.items() if one.type in ("integer", "number")]
    if value == "text":
        if "text" not in has.fields:
            raise table.error("these events have no text", key="value")
        return "text"
    if value not in (*AGGREGATES, *PICKED):
        return None
    name = table.take("field", str, has.default)
    if name is None:
        raise table.error("the key field is missing", hint=f"One of {', '.join(fields)}.")
    if name not in fields:
        near = suggest(name, fields) or f"They have {', '.join(fields)}."
        raise table.error("these events have no such field", key="field", hint=near)
    return str(name)


def read_outcome(table: Section, scope: Scope) -> Outcome:
    """Read one `[[outcome]]`."""
    with placed(table.where):
        outcome = Outcome(table.need("name", str), read_look(table, scope))
    table.finish()
    return outcome


def read_follow_up(table: Section | None, scope: Scope) -> FollowUp:
    """Read `[follow_up]`, or its defaults."""
    if table is None:
        return FollowUp()
    until = _until(table, scope)
    end = scope.take(table, "end_of_data", "date", "a date, YYYY-MM-DD,")
    censors = tuple(_censor(one, scope) for one in table.subs("censor"))
    with placed(table.where):
        follow_up = FollowUp(until, end, scope.whole(table, "days"), censors)
    table.finish()
    return follow_up


def _until(table: Section, scope: Scope) -> tuple[str, ...]:
    table.offer(["until"])
    if "until" not in table.table:
        return DEFAULT_ENDS
    if table.table["until"] == []:
        return table.texts("until")
    return choices(table, "until", ENDS, scope)


def _censor(table: Section, scope: Scope) -> Censor:
    with placed(table.where):
        censor = Censor(table.need("name", str), read_look(table, scope))
    table.finish()
    return censor
