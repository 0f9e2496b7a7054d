"""How many events a look finds per index event, and their first and last days."""

from __future__ import annotations

from collections.abc import Iterable

from ehrkit.queries.compiling.build import Build
from ehrkit.queries.compiling.selecting import FIELD, EventTables
from ehrkit.queries.compiling.windows import Anchor, anchor_of, known, matches
from ehrkit.queries.language.criteria import Count, Look

FIRST, LAST = "first_date", "last_date"
_COUNTED = {
    "n": "COUNT(*)",
    "n_events": "COUNT(DISTINCT e.event_id)",
    "n_days": "COUNT(DISTINCT e.event_date)",
    "n_codes": f"COUNT(DISTINCT EHR_KEY(e.{FIELD}vocabulary, e.{FIELD}code))",
    "n_encounters": "COUNT(DISTINCT e.encounter_id)",
    FIRST: "MIN(e.event_date)",
    LAST: "MAX(e.event_date)",
}


def number_of(count: Count) -> str:
    """Return the column that holds what is counted; rows will do where one event is enough."""
    return "n" if count.is_any else f"n_{count.counting}"


def add_counts(
    build: Build, tables: EventTables, look: Look, source: str, name: str, wanted: Iterable[str]
) -> str:
    """Add the CTE of a look: one row per index event that finds something.

    `wanted` are some of n, n_events, n_days, n_codes, n_encounters, first_date, last_date,
    or `min:FIELD` and `max:FIELD`, which become `min_FIELD` and `max_FIELD`.
    """
    columns, fields = [], []
    for one in sorted(wanted):
        function, sign, field = one.partition(":")
        if sign:
            fields.append(f"{FIELD}{field}")
            columns.append(f"{function.upper()}(e.{FIELD}{field}) AS {function}_{field}")
        else:
            columns.append(f"{_COUNTED[one]} AS {one}")
    if "n_codes" in set(wanted):
        fields += [f"{FIELD}code", f"{FIELD}vocabulary"]
    matched = matches(build, tables, look, source, *fields)
    return build.add(
        name,
        f"Matches of {look.events.name}",
        f"SELECT s.person_id AS person_id, s.event_number AS event_number, {', '.join(columns)} "
        f"FROM {matched} GROUP BY s.person_id, s.event_number",
    )


def met(build: Build, look: Look, count: Count, cte: str) -> tuple[str, Anchor]:
    """Return the condition that the number is right, and the anchor that it is measured from."""
    anchor = anchor_of(build, look.placement)
    number = f"COALESCE({cte}.{number_of(count)}, 0)"
    low, high = count.bounds.low, count.bounds.high
    tests = []
    if low:
        tests.append(f"{number} >= {int(low)}")
    if high is not None:
        tests.append(f"{number} <= {int(high)}")
    if count.allows_none:
        tests.append(known(anchor, look.placement))
    return " AND ".join(tests), anchor
