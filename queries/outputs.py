"""The output of a cohort as SQL: its columns, its follow-up, and the final rows."""

from __future__ import annotations

from collections.abc import Iterator

from ehrkit.queries.build import parse
from ehrkit.queries.definition import Column, Happened
from ehrkit.queries.functions import Node
from ehrkit.queries.matching import ANCHOR, KEY, count_matches
from ehrkit.queries.plan import Plan


def column_cte(place: int) -> str:
    """Return the CTE name of the n-th output column."""
    return f"column_{place}"


def column_ctes(plan: Plan) -> Iterator[tuple[str, str, Node]]:
    """One CTE per distinct look: columns that differ in value alone share it."""
    for place, happened in enumerate(looks(plan), 1):
        names = ", ".join(c.name for c in plan.cohort.columns if c.happened == happened)
        cte = column_cte(place)
        yield cte, f"For {names}", count_matches(plan, happened, plan.members)


def looks(plan: Plan) -> list[Happened]:
    """Return the distinct events-in-a-window of the output columns."""
    return list(dict.fromkeys(column.happened for column in plan.cohort.columns))


def follow_up_ctes(plan: Plan) -> Iterator[tuple[str, str, Node]]:
    """Return how each person's observation ends, step by step."""
    follow_up = plan.cohort.follow_up
    if "last-contact" in follow_up.until:
        yield (
            "last_contacts",
            "The last day on which each person was seen",
            parse(
                "SELECT e.person_id AS person_id, "
                "MAX(EHR_GREATEST(e.event_date, e.end_date)) AS last_contact "
                "FROM encounters AS e GROUP BY e.person_id"
            ),
        )
    if "end-of-data" in follow_up.until and follow_up.end_of_data is None:
        yield (
            "data_end",
            "The latest day of any encounter: the end of the data",
            parse(
                "SELECT MAX(EHR_GREATEST(e.event_date, e.end_date)) AS last_day "
                "FROM encounters AS e"
            ),
        )
    yield "follow_up_ends", "The days on which observation could end", _follow_up_ends(plan)
    yield (
        "follow_up_halves",
        "The earlier of each two; a missing day does not count",
        parse(
            "SELECT f.*, EHR_LEAST(f.death, f.last_contact) AS seen_until, "
            "EHR_LEAST(f.data_end, f.day_limit) AS counted_until FROM follow_up_ends AS f"
        ),
    )
    yield (
        "follow_ups",
        "When observation ends: the earliest",
        parse(
            "SELECT f.*, EHR_LEAST(f.seen_until, f.counted_until) AS end_date "
            "FROM follow_up_halves AS f"
        ),
    )


def _follow_up_ends(plan: Plan) -> Node:
    """Candidate ends side by side; a known death takes the place of the last contact."""
    follow_up = plan.cohort.follow_up
    nothing = "EHR_NO_DATE()"
    ends = {"death": nothing, "last_contact": nothing, "data_end": nothing, "day_limit": nothing}
    joins = ""
    if "death" in follow_up.until:
        ends["death"] = "s.death_date"
    if "last-contact" in follow_up.until:
        seen = "EHR_GREATEST(l.last_contact, s.index_date)"
        known = "death" in follow_up.until
        ends["last_contact"] = f"CASE WHEN s.death_date IS NULL THEN {seen} END" if known else seen
        joins += " LEFT JOIN last_contacts AS l ON l.person_id = s.person_id"
    if "end-of-data" in follow_up.until:
        ends["data_end"] = "d.last_day" if follow_up.end_of_data is None else ":final_day"
        joins += " CROSS JOIN data_end AS d" if follow_up.end_of_data is None else ""
    if follow_up.days is not None:
        ends["day_limit"] = "EHR_ADD_DAYS(s.index_date, :span)"
    columns = ", ".join(f"{value} AS {name}" for name, value in ends.items())
    return parse(
        "SELECT s.person_id AS person_id, s.event_number AS event_number, "
        f"{columns} FROM {plan.members} AS s{joins}",
        final_day=follow_up.end_of_data or 0,
        span=follow_up.days or 0,
    )


def final_select(plan: Plan) -> Node:
    """Return the rows of the cohort: the standard columns, then its own."""
    places = {happened: column_cte(n) for n, happened in enumerate(looks(plan), 1)}
    columns = [_column(column, places[column.happened]) for column in plan.cohort.columns]
    joins = [f"LEFT JOIN {cte} ON {KEY.format(left=cte, right='s')}" for cte in places.values()]
    reason = (
        "CASE f.end_date WHEN f.death THEN 'death' WHEN f.day_limit THEN 'day-limit' "
        "WHEN f.data_end THEN 'end-of-data' WHEN f.last_contact THEN 'last-contact' END"
    )
    parts = [
        "s.person_id AS person_id",
        "s.encounter_id AS encounter_id",
        "s.index_date AS index_date",
        "s.discharge_date AS discharge_date",
        "s.death_date AS death_date",
        "f.end_date AS follow_up_end",
        f"{reason} AS follow_up_reason",
        "s.age AS age",
        "s.sex AS sex",
        *columns,
    ]
    return parse(
        f"SELECT {', '.join(parts)} FROM {plan.members} AS s "
        f"JOIN follow_ups AS f ON {KEY.format(left='f', right='s')} "
        f"{' '.join(joins)} ORDER BY s.person_id, s.event_number"
    )


def _column(column: Column, cte: str) -> str:
    anchor = ANCHOR[column.happened.anchor]
    if column.value == "first_date":
        value = f"{cte}.first_date"
    elif column.value == "days_to":
        value = f"EHR_DAY_DIFF({anchor}, {cte}.first_date)"
    elif column.value == "count":
        value = f"CASE WHEN {anchor} IS NULL THEN NULL ELSE COALESCE({cte}.n, 0) END"
    else:
        enough = f"COALESCE({cte}.n, 0) >= {column.happened.at_least}"
        value = f"CASE WHEN {anchor} IS NULL THEN NULL WHEN {enough} THEN 1 ELSE 0 END"
    return f"{value} AS {column.name}"
