"""Index events up to the rules: found, entered, washed out, kept of the history, within dates."""

from __future__ import annotations

from functools import reduce

from sqlglot import exp

from ehrkit.queries.canonical.build import condition, parse
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.compiling.build import KEY, Build
from ehrkit.queries.compiling.needs import Needs
from ehrkit.queries.compiling.selecting import EventTables
from ehrkit.queries.language.cohort import Cohort

# Which encounter row tells the discharge, where one encounter has several.
STAY_ORDER = ("inpatient", "observation", "outpatient", "emergency")
Step = tuple[str, str]


def entry_steps(cohort: Cohort) -> list[Step]:
    """Return (kind, label) of the steps before the rules, in order."""
    index = cohort.index
    if index.events is None:
        what = f"{len(index.calendar)} calendar dates" if index.calendar[1:] else "a calendar date"
        found = f"Index events: everybody on {what}"
    else:
        found = f"Index events: {' and '.join(index.events.relations)} {index.events.name}"
    steps = [("found", found), ("entered", "Has a date, and the person is known")]
    if index.washout is not None:
        label = f"No other index event in the {index.washout} days before"
        steps.append(("washout", label))
    if index.keep != "every" and index.of == "history":
        steps.append(("keep", f"The {_which(cohort)} of the person's history"))
    if index.between:
        first, last = index.between
        steps.append(("between", f"Index date from {first} to {last}"))
    return steps


def eligible_step(cohort: Cohort) -> Step | None:
    """Return the step after the rules that keeps one event of each person, if there is one."""
    if cohort.index.keep == "every" or cohort.index.of == "history":
        return None
    return ("keep", f"The {_which(cohort)} of the eligible events")


def _which(cohort: Cohort) -> str:
    index = cohort.index
    return f"event number {index.nth}" if index.keep == "nth" else index.keep


def add_entry(build: Build, tables: EventTables, needs: Needs) -> str:
    """Add the CTEs from the found events to those that rules are applied to.

    Returns:
        The CTE of all found events, with the number of the last step that each passed
        as `reached`; `build.base` is the CTE of those that passed all.
    """
    found = _found(build, tables, needs)
    stays = "" if build.cohort.index.events is None else _stays(build, found, needs)
    table = _entered(build, found, stays, needs)
    steps = [kind for kind, _ in entry_steps(build.cohort)]
    if "washout" in steps:
        table = _washed(build, table)
    if "keep" in steps:
        table = _placed(build, table, "washout" in steps)
    reached = build.add("index_steps", "How far each index event comes", _reached(build, table))
    build.base = build.add(
        "index_events",
        "Index events that the rules are applied to",
        f"SELECT s.* FROM {reached} AS s WHERE s.reached = {len(steps) - 1}",
    )
    return reached


def _found(build: Build, tables: EventTables, needs: Needs) -> str:
    index = build.cohort.index
    label = entry_steps(build.cohort)[0][1]
    if index.events is None:
        selects: list[Node] = [
            parse(
                "SELECT p.person_id AS person_id, :d AS index_date, "
                "EHR_NO_TEXT() AS encounter_id FROM persons AS p",
                d=day,
            )
            for day in index.calendar
        ]
        union = reduce(lambda a, b: exp.Union(this=a, expression=b, distinct=False), selects)
        return build.add("index_found", label, union)
    time, wanted = "", []
    if needs.index_time and index.events.some_have.instant:
        time, wanted = ", MIN(x.event_time) AS index_time", ["event_time"]
    elif needs.index_time:
        time = ", EHR_NO_TIME() AS index_time"
    events = tables.name(index.events, *wanted)
    return build.add(
        "index_found",
        label,
        "SELECT x.person_id AS person_id, x.event_date AS index_date, "
        f"x.encounter_id AS encounter_id{time} FROM {events} AS x "
        "GROUP BY x.person_id, x.event_date, x.encounter_id",
    )


def _stays(build: Build, found: str, needs: Needs) -> str:
    order = " ".join(f"WHEN '{kind}' THEN {rank}" for rank, kind in enumerate(STAY_ORDER, 1))
    time = ", e.end_time AS end_time" if needs.discharge_time else ""
    last = ""
    if needs.discharge_time:
        last = ", CASE WHEN e.end_time IS NULL THEN 1 ELSE 0 END, e.end_time DESC"
    return build.add(
        "index_stays",
        "The encounter row that tells the discharge",
        "SELECT f.person_id AS person_id, f.encounter_id AS encounter_id, "
        f"f.index_date AS index_date, e.end_date AS end_date{time}, "
        "ROW_NUMBER() OVER (PARTITION BY f.person_id, f.encounter_id, f.index_date "
        f"ORDER BY CASE e.kind {order} ELSE {len(STAY_ORDER) + 1} END, "
        f"CASE WHEN e.end_date IS NULL THEN 1 ELSE 0 END, e.end_date DESC{last}) AS choice "
        f"FROM {found} AS f JOIN encounters AS e ON e.person_id = f.person_id "
        "AND e.encounter_id = f.encounter_id",
    )


def _entered(build: Build, found: str, stays: str, needs: Needs) -> str:
    columns = [
        "f.person_id AS person_id",
        "f.encounter_id AS encounter_id",
        "f.index_date AS index_date",
        f"{'t.end_date' if stays else 'EHR_NO_DATE()'} AS discharge_date",
        "p.death_date AS death_date",
        "EHR_AGE(p.birth_date, f.index_date) AS age",
        "COALESCE(p.sex, 'unknown') AS sex",
    ]
    if needs.index_time:
        columns.append(f"{'f.index_time' if stays else 'EHR_NO_TIME()'} AS index_time")
    if needs.discharge_time:
        columns.append(f"{'t.end_time' if stays else 'EHR_NO_TIME()'} AS discharge_time")
    columns += [
        f"COALESCE(p.{name}, 'unknown') AS {name}" for name in sorted(needs.attributes - {"sex"})
    ]
    if needs.birth_date:
        columns.append("p.birth_date AS birth_date")
    join = ""
    if stays:
        join = (
            f" LEFT JOIN {stays} AS t ON t.person_id = f.person_id AND t.choice = 1 "
            "AND t.encounter_id = f.encounter_id AND t.index_date = f.index_date"
        )
    return build.add(
        "index_entered",
        "With the person, the discharge, and a number in order of time",
        f"SELECT {', '.join(columns)}, "
        "CASE WHEN f.index_date IS NULL OR p.person_id IS NULL THEN 0 ELSE 1 END AS entered, "
        f"ROW_NUMBER() OVER (PARTITION BY f.person_id ORDER BY {_order('', 'f')}) AS event_number "
        f"FROM {found} AS f LEFT JOIN persons AS p ON p.person_id = f.person_id{join}",
    )


def _order(direction: str, alias: str) -> str:
    """Order index events of a person: by date, a known encounter first, then its id."""
    return (
        f"CASE WHEN {alias}.index_date IS NULL THEN 1 ELSE 0 END, {alias}.index_date{direction}, "
        f"CASE WHEN {alias}.encounter_id IS NULL THEN 1 ELSE 0 END, "
        f"EHR_ORDER({alias}.encounter_id){direction}"
    )


def _washed(build: Build, entered: str) -> str:
    crowded = build.add(
        "index_crowded",
        "Index events with another one shortly before",
        "SELECT s.person_id AS person_id, s.event_number AS event_number, COUNT(*) AS n "
        f"FROM {entered} AS s JOIN {entered} AS o ON o.person_id = s.person_id "
        "AND EHR_DAY_DIFF(o.index_date, s.index_date) BETWEEN 1 AND :n "
        "GROUP BY s.person_id, s.event_number",
        n=build.cohort.index.washout,
    )
    return build.add(
        "index_washed",
        "Without those",
        "SELECT s.*, CASE WHEN s.entered = 1 AND w.n IS NULL THEN 1 ELSE 0 END AS washed "
        f"FROM {entered} AS s LEFT JOIN {crowded} AS w ON {KEY.format(left='w', right='s')}",
    )


def _placed(build: Build, table: str, washed: bool) -> str:
    still = "washed" if washed else "entered"
    direction = " DESC" if build.cohort.index.keep == "last" else ""
    return build.add(
        "index_placed",
        "Each person's events in the order that one is kept by",
        f"SELECT s.*, ROW_NUMBER() OVER (PARTITION BY s.person_id, s.{still} "
        f"ORDER BY {_order(direction, 's')}) AS place FROM {table} AS s",
    )


def _reached(build: Build, table: str) -> Node:
    index = build.cohort.index
    lost = {
        "entered": "s.entered = 0",
        "washout": "s.washed = 0",
        "keep": f"s.place <> {index.nth if index.keep == 'nth' else 1}",
        "between": "NOT s.index_date BETWEEN :low AND :high",
    }
    steps = [kind for kind, _ in entry_steps(build.cohort)]
    cases = [f"WHEN {lost[kind]} THEN {n}" for n, kind in enumerate(steps[1:])]
    low, high = index.between or (0, 0)
    return parse(
        f"SELECT s.*, CASE {' '.join(cases)} ELSE {len(steps) - 1} END AS reached "
        f"FROM {table} AS s",
        low=low,
        high=high,
    )


def add_eligible(build: Build, passed: str) -> str:
    """Add the CTEs that keep one event of each person among those that passed all rules."""
    direction = " DESC" if build.cohort.index.keep == "last" else ""
    ranked = build.add(
        "index_ranked",
        "Ranked for the next step",
        f"SELECT s.*, ROW_NUMBER() OVER (PARTITION BY s.person_id "
        f"ORDER BY {_order(direction, 's')}) AS rank_of FROM {passed} AS s",
    )
    wanted = build.cohort.index.nth if build.cohort.index.keep == "nth" else 1
    query = parse(f"SELECT s.* FROM {ranked} AS s")
    query.set("where", exp.Where(this=condition("s.rank_of = :n", n=wanted)))
    step = eligible_step(build.cohort)
    return build.add("index_kept", step[1] if step else "", query)
