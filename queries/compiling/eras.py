"""Eras: a person's events merged where the next starts soon after what came before has ended."""

from __future__ import annotations

from ehrkit.queries.canonical.build import parse
from ehrkit.queries.compiling.build import Cte, Names
from ehrkit.queries.language.fields import ERA

_FIELDS = {"v_date": "x.event_date", "v_encounter": "EHR_NO_TEXT()"}


def era_ctes(
    names: Names, source: str, name: str, gap: int, has_end: bool, needs: set[str]
) -> list[Cte]:
    """Return the CTEs from the events of `source` to the eras `name`.

    Rows are numbered first, for two windows that order equal rows differently would
    cut an era in two.
    """
    end = "x.event_date"
    if has_end:
        end = "CASE WHEN x.end_date > x.event_date THEN x.end_date ELSE x.event_date END"
    spans, opened, counted, merged = (
        names.new(f"{name}_{step}") for step in ("spans", "opened", "counted", "merged")
    )
    before = (
        "MAX(s.end_date) OVER (PARTITION BY s.person_id ORDER BY s.place "
        "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    )
    return [
        (
            spans,
            "Their days, in order of the start",
            parse(
                "SELECT x.person_id AS person_id, x.event_date AS start_date, "
                f"{end} AS end_date, ROW_NUMBER() OVER (PARTITION BY x.person_id "
                f"ORDER BY x.event_date) AS place FROM {source} AS x "
                "WHERE NOT x.event_date IS NULL"
            ),
        ),
        (
            opened,
            f"An era opens more than {gap} days after all before it have ended",
            parse(
                "SELECT s.person_id AS person_id, s.start_date AS start_date, "
                "s.end_date AS end_date, s.place AS place, "
                f"CASE WHEN EHR_DAY_DIFF({before}, s.start_date) <= :gap THEN 0 ELSE 1 END "
                f"AS opens FROM {spans} AS s",
                gap=gap,
            ),
        ),
        (
            counted,
            "The number of each event's era",
            parse(
                "SELECT s.person_id AS person_id, s.start_date AS start_date, "
                "s.end_date AS end_date, SUM(s.opens) OVER (PARTITION BY s.person_id "
                "ORDER BY s.place ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS era "
                f"FROM {opened} AS s"
            ),
        ),
        (
            merged,
            "First and last day of each era",
            parse(
                "SELECT s.person_id AS person_id, s.era AS era, MIN(s.start_date) AS event_date, "
                f"MAX(s.end_date) AS end_date FROM {counted} AS s GROUP BY s.person_id, s.era"
            ),
        ),
        (name, f"Eras: at most {gap} days between", parse(_eras(merged, needs))),
    ]


def _eras(merged: str, needs: set[str]) -> str:
    columns = [
        "x.person_id AS person_id",
        "EHR_NO_TEXT() AS encounter_id",
        "EHR_TEXT(EHR_INTEGER(x.era)) AS event_id",
        "x.event_date AS event_date",
    ]
    for need in sorted(needs):
        value = {"end_date": "x.end_date"} | _FIELDS
        text = value.get(need) or ERA.fields[need.removeprefix("v_")].expression
        columns.append(f"{text} AS {need}")
    return f"SELECT {', '.join(columns)} FROM {merged} AS x"
