"""One event of several: the first, last, nearest or nth around an anchor, per index event."""

from __future__ import annotations

from ehrkit.queries.compiling.build import Build
from ehrkit.queries.compiling.selecting import FIELD, EventTables
from ehrkit.queries.compiling.windows import anchor_of, matches
from ehrkit.queries.language.cohort import NamedEvent, Pick
from ehrkit.queries.language.criteria import Look


def add_named_event(build: Build, tables: EventTables, event: NamedEvent) -> None:
    """Add the CTE of a named event, at most one row per index event, and name it in `build`."""
    has = event.look.events.some_have
    columns = [
        *(["event_time"] if has.instant else []),
        *(["end_date"] if has.end_date else []),
        *(["end_time"] if has.end_time else []),
    ]
    ties = [*(column for column in columns if column.startswith("end_")), "encounter_id"]
    build.events[event.name] = add_pick(
        build, tables, event.look, event.pick, event.name, build.base, columns, ties
    )


def add_pick(
    build: Build,
    tables: EventTables,
    look: Look,
    pick: Pick,
    name: str,
    source: str,
    columns: list[str],
    ties: list[str],
) -> str:
    """Add the CTEs that pick one event, and return the last of them.

    It has the key of the index event, and the event's date, id, encounter and `columns`.
    `ties` are the columns that decide between rows of one event.
    """
    has = look.events.some_have
    extra = list(dict.fromkeys([*columns, *(["event_time"] if has.instant else [])]))
    coded = [f"{FIELD}code"] if "code" in has.fields else []
    matched = matches(build, tables, look, source, *extra, *coded)
    order = _order(build, look, pick, [*coded, *ties])
    wanted = ["encounter_id", "event_id", "event_date", *extra]
    selected = ", ".join(f"e.{column} AS {column}" for column in wanted)
    nth = pick.order == "nth"
    first_row = ""
    if nth:
        first_row = (
            ", ROW_NUMBER() OVER (PARTITION BY s.person_id, s.event_number, e.event_id "
            f"ORDER BY {order}) AS row_of_event"
        )
    ranked = build.add(
        f"{name}_ranked",
        f"Events that may be {name}, in order",
        f"SELECT s.person_id AS person_id, s.event_number AS event_number, {selected}, "
        f"ROW_NUMBER() OVER (PARTITION BY s.person_id, s.event_number ORDER BY {order}) AS place"
        f"{first_row} FROM {matched}",
    )
    if nth:
        ranked = build.add(
            f"{name}_numbered",
            "Different events, numbered",
            "SELECT r.*, ROW_NUMBER() OVER (PARTITION BY r.person_id, r.event_number "
            f"ORDER BY r.place) AS number_of FROM {ranked} AS r WHERE r.row_of_event = 1",
        )
    kept = f"r.number_of = {pick.nth}" if nth else "r.place = 1"
    return build.add(name, f"The {_which(pick)}", f"SELECT r.* FROM {ranked} AS r WHERE {kept}")


def _which(pick: Pick) -> str:
    return f"number {pick.nth}" if pick.order == "nth" else pick.order


def _order(build: Build, look: Look, pick: Pick, ties: list[str]) -> str:
    back = " DESC" if pick.order == "last" else ""
    terms = []
    if pick.order == "nearest":
        distance = f"EHR_DAY_DIFF({anchor_of(build, look.placement).date}, e.event_date)"
        terms.append(f"EHR_ABS({distance})")
    terms.append(f"e.event_date{back}")
    if look.events.some_have.instant:
        terms += ["CASE WHEN e.event_time IS NULL THEN 1 ELSE 0 END", f"e.event_time{back}"]
    terms.append(f"EHR_ORDER(e.event_id){back}")
    for column in ties:
        terms.append(f"CASE WHEN e.{column} IS NULL THEN 1 ELSE 0 END")
        terms.append(f"EHR_ORDER(e.{column})" if _is_text(look, column) else f"e.{column}")
    return ", ".join(terms)


def _is_text(look: Look, column: str) -> bool:
    if column.startswith(FIELD):
        return look.events.some_have.fields[column.removeprefix(FIELD)].type == "text"
    return column == "encounter_id"
