"""Joining index events (`s`) with events (`e`) around an anchor."""

from __future__ import annotations

from dataclasses import dataclass

from ehrkit.queries.compiling.build import KEY, Build
from ehrkit.queries.compiling.selecting import EventTables
from ehrkit.queries.language.criteria import Look
from ehrkit.queries.language.windows import END_SUFFIX, Placement, Window

SECONDS_OF_AN_HOUR = 3600


@dataclass(frozen=True)
class Anchor:
    """An anchor as SQL: day, instant, encounter; `table` is a CTE to join by its own name."""

    date: str
    time: str
    encounter: str
    table: str | None = None

    def join(self, how: str) -> str:
        """Return the join of the anchor's own CTE, if it has one."""
        if self.table is None:
            return ""
        return f" {how} {self.table} ON {KEY.format(left=self.table, right='s')}"


def anchor_of(build: Build, placement: Placement) -> Anchor:
    """Return the anchor of a placement."""
    if placement.anchor == "index":
        return Anchor("s.index_date", "s.index_time", "s.encounter_id")
    if placement.anchor == "discharge":
        return Anchor("s.discharge_date", "s.discharge_time", "s.encounter_id")
    if placement.event is None:
        table = build.follow_ups
        return Anchor(f"{table}.end_date", "EHR_NO_TIME()", "s.encounter_id", table)
    table = build.events[placement.event]
    side = "end" if placement.anchor.endswith(END_SUFFIX) else "event"
    return Anchor(f"{table}.{side}_date", f"{table}.{side}_time", f"{table}.encounter_id", table)


def known(anchor: Anchor, placement: Placement) -> str:
    """Return the condition that what windows are measured from is known."""
    return f"NOT {anchor.time if placement.needs_instant else anchor.date} IS NULL"


def matches(build: Build, tables: EventTables, look: Look, source: str, *columns: str) -> str:
    """Return what stands after FROM for the pairs of index events (`source`) and events.

    The events' CTE gets `columns` beside the base ones.
    """
    placement = look.placement
    anchor = anchor_of(build, placement)
    needs = [*columns, *_needs(placement)]
    events = tables.name(look.events, *needs)
    tests = " AND ".join(["e.person_id = s.person_id", *_tests(anchor, placement)])
    return f"{source} AS s{anchor.join('JOIN')} JOIN {events} AS e ON {tests}"


def _needs(placement: Placement) -> list[str]:
    needs = {"hours": "event_time", "end_days": "end_date", "end_hours": "end_time"}
    return [column for window, column in needs.items() if getattr(placement, window) is not None]


def _tests(anchor: Anchor, placement: Placement) -> list[str]:
    days = f"EHR_DAY_DIFF({anchor.date}, {{}})"
    seconds = f"EHR_SECONDS({anchor.time}, {{}})"
    tests = [
        *_within(days.format("e.event_date"), placement.days, 1),
        *_within(seconds.format("e.event_time"), placement.hours, SECONDS_OF_AN_HOUR),
        *_within(days.format("e.end_date"), placement.end_days, 1),
        *_within(seconds.format("e.end_time"), placement.end_hours, SECONDS_OF_AN_HOUR),
    ]
    if placement.days is None or placement.days == Window():
        tests += ["NOT e.event_date IS NULL", f"NOT {anchor.date} IS NULL"]
    if placement.same_encounter is True:
        tests.append(f"e.encounter_id = {anchor.encounter}")
    elif placement.same_encounter is False:
        tests.append(
            f"(e.encounter_id IS NULL OR {anchor.encounter} IS NULL "
            f"OR e.encounter_id <> {anchor.encounter})"
        )
    return tests


def _within(difference: str, window: Window | None, unit: int) -> list[str]:
    if window is None:
        return []
    if window.first is not None and window.last is not None:
        return [f"{difference} BETWEEN {window.first * unit} AND {window.last * unit}"]
    if window.first is not None:
        return [f"{difference} >= {window.first * unit}"]
    if window.last is not None:
        return [f"{difference} <= {window.last * unit}"]
    return [f"NOT {difference} IS NULL"]
