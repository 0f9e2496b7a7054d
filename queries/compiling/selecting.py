"""Events as CTEs: the rows of the relations that a selector means, and eras of them.

What a CTE has to hold is known only when the whole cohort is compiled, so names are
given first and the queries are written at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce

from sqlglot import exp

from ehrkit.queries.canonical.build import any_of, condition, parse
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.compiling.build import Cte, Names
from ehrkit.queries.compiling.eras import era_ctes
from ehrkit.queries.compiling.expressions import column_of, field_of
from ehrkit.queries.compiling.membership import code_condition, in_values, like
from ehrkit.queries.language.cohort import Cohort
from ehrkit.queries.language.events import Events, NumberFilter, Selection, TextFilter
from ehrkit.queries.language.fields import CODED_RELATIONS
from ehrkit.queries.relations import RELATIONS
from ehrkit.queries.vocabulary.codesets import CodeSet

BASE = ("person_id", "encounter_id", "event_id", "event_date")
TIMES = ("event_time", "end_date", "end_time")
FIELD = "v_"


class EventTables:
    """The event CTEs of a statement; nested cohorts are compiled when they are first named."""

    def __init__(self, names: Names, compile_members: Callable[[Cohort], str]) -> None:
        """Start empty; `compile_members` returns the CTE of a cohort's index events."""
        self._names = names
        self._members = compile_members
        self._tables: dict[Events, tuple[str, set[str]]] = {}
        self._cohorts: dict[Cohort, str] = {}
        self._narrowed: dict[str, str] = {}

    def name(self, events: Events, *columns: str) -> str:
        """Return the CTE of events, which will hold these columns beside the base ones.

        Columns are `TIMES`, or fields after `FIELD`.
        """
        if events not in self._tables:
            for part in events.parts:
                if part.cohort is not None and part.cohort not in self._cohorts:
                    self._cohorts[part.cohort] = self._members(part.cohort)
            relation = events.relations[0] if len(events.relations) == 1 else ""
            noun = RELATIONS[relation].cte if relation in RELATIONS else relation or "event"
            plural = "_eras" if events.gap is not None else f"_{noun}"
            self._tables[events] = (self._names.new(events.name, suffix=plural), set())
        name, needs = self._tables[events]
        needs |= set(columns)
        return name

    def ctes(self) -> list[Cte]:
        """Return the queries of all events that were named."""
        narrowed = self._narrow()
        tables = self._tables.items()
        return [*narrowed, *(cte for events, named in tables for cte in self._ctes(events, *named))]

    def _narrow(self) -> list[Cte]:
        """Read a relation once where several code sets are looked for in it.

        The largest tables of a chart are the coded ones, and an engine that does not keep
        the rows of a CTE would read them for each set.
        """
        parts = [part for events in self._tables for part in events.parts]
        found: list[Cte] = []
        for relation in CODED_RELATIONS:
            own = [part for part in parts if part.relation == relation]
            sets = dict.fromkeys(codes for part in own for codes in part.codes)
            different = {part.codes for part in own}
            if len(different) > 1:
                name = self._names.new(f"{RELATIONS[relation].cte}_wanted")
                query = parse(f"SELECT x.* FROM {RELATIONS[relation].cte} AS x")
                query.set("where", exp.Where(this=any_of(_memberships(relation, sets))))
                found.append((name, f"Every {relation} that is looked for", query))
                self._narrowed[relation] = name
        return found

    def _ctes(self, events: Events, name: str, needs: set[str]) -> list[Cte]:
        if events.gap is None:
            return [(name, _about(events), self._union(events, sorted(needs)))]
        ends = ["end_date"] if any(part.has.end_date for part in events.parts) else []
        spans = self._names.new(f"{name}_of")
        source = (spans, _about(events), self._union(events, ends))
        return [source, *era_ctes(self._names, spans, name, events.gap, bool(ends), needs)]

    def _union(self, events: Events, columns: list[str]) -> Node:
        keyed = len(events.relations) > 1
        parts = [self._select(part, columns, keyed) for part in events.parts]
        return reduce(lambda a, b: exp.Union(this=a, expression=b, distinct=False), parts)

    def _select(self, part: Selection, columns: list[str], keyed: bool) -> Node:
        items = [_item(parse(column_of(part, column)), column) for column in BASE]
        if keyed:
            key = parse(f"EHR_KEY('{part.relation}', {column_of(part, 'event_id')})")
            items[BASE.index("event_id")] = _item(key, "event_id")
        items += [_item(_value(part, column), column) for column in columns]
        query = parse(f"SELECT 1 AS one FROM {self._source(part)} AS x")
        query.set("expressions", items)
        if tests := list(_tests(part)):
            query.set("where", exp.Where(this=_and(tests)))
        return query

    def _source(self, part: Selection) -> str:
        if part.cohort is not None:
            return self._cohorts[part.cohort]
        if part.relation in self._narrowed:
            return self._narrowed[part.relation]
        return RELATIONS["person" if part.relation == "death" else part.relation].cte


def _about(events: Events) -> str:
    return f"{' and '.join(events.relations)}: {events.name}"


def _item(value: Node, name: str) -> Node:
    return exp.alias_(value, name, copy=False)


def _and(tests: list[Node]) -> Node:
    return exp.and_(*tests, copy=False)


def _value(part: Selection, column: str) -> Node:
    if column == f"{FIELD}code" and "code" not in part.has.fields:
        return parse("EHR_NO_TEXT()")
    if column.startswith(FIELD):
        return field_of(part, column.removeprefix(FIELD))
    if column in TIMES and not getattr(part.has, _OWN[column]):
        return parse(_NOTHING[column])
    return parse(column_of(part, column))


_OWN = {"event_time": "instant", "end_date": "end_date", "end_time": "end_time"}
_NOTHING = {
    "event_time": "EHR_NO_TIME()",
    "end_date": "EHR_NO_DATE()",
    "end_time": "EHR_NO_TIME()",
}


def _tests(part: Selection) -> list[Node]:
    tests: list[Node] = []
    if part.codes:
        tests.append(any_of(_memberships(part.relation, part.codes)))
    if part.relation == "device_day" and part.kinds:
        tests.append(condition("x.valid = 1"))
    elif part.relation == "note" and part.kinds:
        tests.append(
            any_of([like("LOWER(TRIM(x.kind))", kind.lower().strip(" ")) for kind in part.kinds])
        )
    elif part.kinds:
        tests.append(in_values("x.kind", part.kinds))
    if part.relation == "death":
        tests.append(condition("NOT x.death_date IS NULL"))
    tests += [_filter(part, one) for one in part.where]
    if part.during:
        tests.append(_during(part))
    return tests


def _memberships(relation: str, sets: Iterable[CodeSet]) -> list[Node]:
    return [code_condition(codes, RELATIONS[relation].vocabularies) for codes in sets]


def _filter(part: Selection, one: NumberFilter | TextFilter) -> Node:
    value = field_of(part, one.field)
    if isinstance(one, TextFilter):
        lower = parse("LOWER(TRIM(:x))", x=value)
        return any_of([_with(like("x.y", pattern), lower) for pattern in one.patterns])
    bounds = one.bounds
    tests = []
    if bounds.low is not None:
        sign = ">" if bounds.low_open else ">="
        tests.append(condition(f":x {sign} :n", x=value, n=bounds.low))
    if bounds.high is not None:
        sign = "<" if bounds.high_open else "<="
        tests.append(condition(f":x {sign} :n", x=value, n=bounds.high))
    return _and(tests)


def _with(test: Node, value: Node) -> Node:
    test.set("this", value.copy())
    return test


def _during(part: Selection) -> Node:
    found = parse(
        "SELECT 1 AS one FROM encounters AS d WHERE d.person_id = x.person_id "
        f"AND d.encounter_id = {column_of(part, 'encounter_id')} AND :kind",
        kind=in_values("d.kind", part.during),
    )
    return exp.Exists(this=found)
