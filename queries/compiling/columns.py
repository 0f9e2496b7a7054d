"""Output columns and outcomes: the CTEs that they need, and what the last SELECT says."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from ehrkit.queries.canonical.build import parse
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.compiling.build import KEY, Build
from ehrkit.queries.compiling.counting import FIRST, LAST, add_counts, met, number_of
from ehrkit.queries.compiling.picking import add_pick
from ehrkit.queries.compiling.selecting import FIELD, EventTables
from ehrkit.queries.compiling.windows import anchor_of, known, matches
from ehrkit.queries.language.cohort import PICKED, Column, Outcome, PersonColumn, Pick
from ehrkit.queries.language.criteria import Look
from ehrkit.queries.language.windows import Window

SUMMED = ("sum", "mean")


@dataclass
class Output:
    """The columns of the last SELECT, and the CTEs that it joins to the members `s`."""

    build: Build
    tables: EventTables
    items: list[Node] = field(default_factory=list)
    joined: dict[str, None] = field(default_factory=dict)
    counts: dict[Look, str] = field(default_factory=dict)

    def item(self, name: str, text: str) -> None:
        """Add a column."""
        self.items.append(exp.alias_(parse(text), name, copy=False))

    def join(self, table: str | None) -> None:
        """Join a CTE by the index event's key, once."""
        if table:
            self.joined[table] = None

    def joins(self) -> str:
        """Return the joins as text."""
        return "".join(
            f" LEFT JOIN {table} ON {KEY.format(left=table, right='s')}" for table in self.joined
        )


def add_columns(output: Output) -> None:
    """Add all columns and outcomes of the cohort; columns that look for the same share a CTE."""
    cohort = output.build.cohort
    _add_counts(output)
    for column in cohort.columns:
        if isinstance(column, PersonColumn):
            output.item(column.name, f"s.{column.attribute}")
        else:
            _add_column(output, column)
    for outcome in cohort.outcomes:
        _add_outcome(output, outcome)


def _add_counts(output: Output) -> None:
    wanted: dict[Look, dict[str, None]] = {}
    names: dict[Look, list[str]] = {}
    for column in output.build.cohort.columns:
        if isinstance(column, Column) and (needed := _counted(column)):
            wanted.setdefault(column.look, {})[needed] = None
            names.setdefault(column.look, []).append(column.name)
    for outcome in output.build.cohort.outcomes:
        wanted.setdefault(outcome.look, {})[FIRST] = None
        names.setdefault(outcome.look, []).append(outcome.name)
    for look, columns in wanted.items():
        name = f"of_{names[look][0]}"
        source = output.build.members
        output.counts[look] = add_counts(output.build, output.tables, look, source, name, columns)


def _counted(column: Column) -> str | None:
    if column.value in ("any", "count"):
        return number_of(column.count) if column.value == "any" else f"n_{column.count.counting}"
    if column.value in ("min", "max"):
        return f"{column.value}:{column.field}"
    return {"first_date": FIRST, "days_to": FIRST, "last_date": LAST}.get(column.value)


def _add_column(output: Output, column: Column) -> None:
    anchor = anchor_of(output.build, column.look.placement)
    output.join(anchor.table)
    if column.value in PICKED:
        value = _picked(output, column)
    elif column.value in SUMMED:
        value = _summed(output, column)
    else:
        table = output.counts[column.look]
        output.join(table)
        value = _of_counts(output, column, table)
    output.item(column.name, value)


def _of_counts(output: Output, column: Column, table: str) -> str:
    placement = column.look.placement
    anchor = anchor_of(output.build, placement)
    if column.value in ("first_date", "last_date"):
        return f"{table}.{column.value}"
    if column.value == "days_to":
        return f"EHR_DAY_DIFF({anchor.date}, {table}.{FIRST})"
    if column.value in ("min", "max"):
        return f"{table}.{column.value}_{column.field}"
    if column.value == "count":
        value = f"COALESCE({table}.n_{column.count.counting}, 0)"
    else:
        text, _ = met(output.build, column.look, column.count, table)
        value = f"CASE WHEN {text} THEN 1 ELSE 0 END"
    return f"CASE WHEN {known(anchor, placement)} THEN {value} END"


def _summed(output: Output, column: Column) -> str:
    """Sum over different (event, code, value): a row that stands twice counts once."""
    build, look = output.build, column.look
    value = f"{FIELD}{column.field}"
    code = f"{FIELD}code" if look.events.coded else None
    wanted = [value, *([code] if code else [])]
    matched = matches(build, output.tables, look, build.members, *wanted)
    selected = "".join(f", e.{one} AS {one}" for one in wanted)
    values = build.add(
        f"values_of_{column.name}",
        f"The different values of {look.events.name}",
        "SELECT DISTINCT s.person_id AS person_id, s.event_number AS event_number, "
        f"e.event_id AS event_id{selected} FROM {matched}",
    )
    total = f"SUM(v.{value})"
    result = total if column.value == "sum" else f"EHR_DIVIDE({total}, COUNT(v.{value}))"
    table = build.add(
        f"of_{column.name}",
        f"Their {column.value}",
        "SELECT v.person_id AS person_id, v.event_number AS event_number, "
        f"{result} AS result FROM {values} AS v GROUP BY v.person_id, v.event_number",
    )
    output.join(table)
    return f"{table}.result"


def _picked(output: Output, column: Column) -> str:
    build, look = output.build, column.look
    field_ = column.field or "date"
    own = field_ not in ("date", "days", "encounter")
    wanted = [f"{FIELD}{field_}"] if own else []
    ties = wanted or (["encounter_id"] if field_ == "encounter" else [])
    table = add_pick(
        build,
        output.tables,
        look,
        Pick(column.value),
        f"of_{column.name}",
        build.members,
        wanted,
        ties,
    )
    output.join(table)
    if field_ == "days":
        return f"EHR_DAY_DIFF({anchor_of(build, look.placement).date}, {table}.event_date)"
    named = {"date": "event_date", "encounter": "encounter_id"}
    return f"{table}.{named.get(field_, FIELD + field_)}"


def _add_outcome(output: Output, outcome: Outcome) -> None:
    build = output.build
    anchor = anchor_of(build, outcome.look.placement)
    counts, follow_ups = output.counts[outcome.look], build.follow_ups
    output.join(anchor.table)
    output.join(counts)
    output.join(follow_ups)
    followed = f"{follow_ups}.end_date"
    window = outcome.look.placement.days or Window()
    end, reason = followed, f"{follow_ups}.reason"
    if window.last is not None:
        limit = f"EHR_ADD_DAYS({anchor.date}, {window.last})"
        end = f"EHR_LEAST({followed}, {limit})"
        early = f"{followed} IS NULL OR {limit} < {followed}"
        reason = f"CASE WHEN {early} THEN 'window' ELSE {reason} END"
    start = known(anchor, outcome.look.placement)
    happened = f"{counts}.{FIRST} <= COALESCE({end}, {counts}.{FIRST})"
    watched = f"{start} AND {end} >= {anchor.date}"
    event = f"CASE WHEN {start} AND {happened}"
    name, days, why = outcome.columns
    output.item(name, f"{event} THEN 1 WHEN {watched} THEN 0 END")
    output.item(
        days,
        f"{event} THEN EHR_DAY_DIFF({anchor.date}, {counts}.{FIRST}) "
        f"WHEN {watched} THEN EHR_DAY_DIFF({anchor.date}, {end}) END",
    )
    output.item(why, f"{event} THEN 'event' WHEN {watched} THEN {reason} END")
