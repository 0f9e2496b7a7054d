"""Reading `[index]`."""

from __future__ import annotations

from datetime import date

from ehrkit.queries.language.cohort import KEEPS, SCOPES, Index
from ehrkit.queries.reading.scope import Scope, read_nth
from ehrkit.queries.reading.selecting import SELECTORS, read_events
from ehrkit.queries.sections import Section, placed

# Who had surgery before the study, or before they were 18, is in one cohort and not in the other.
OF = (
    'Say of = "history" for all that the chart holds, whatever the dates and rules say, '
    'or of = "eligible" for what passes them.'
)


def read_index(section: Section, scope: Scope) -> Index:
    """Take the index of a file.

    Raises:
        DataError: the table is missing, or what it says is no index.
    """
    table = section.sub("index")
    if table is None:
        raise section.error("the table [index] is missing")
    with placed(table.where):
        index = _calendar(table, scope) if "calendar" in table.table else _events(table, scope)
    table.finish()
    return index


def _calendar(table: Section, scope: Scope) -> Index:
    other = next((key for key in SELECTORS if key in table.table), None)
    if other is not None:
        raise table.error(f"calendar and {other} exclude each other", key=other)
    raw = table.take("calendar", object)
    days = [scope.value("date", one) for one in (raw if isinstance(raw, list) else [raw])]
    if not days or None in days:
        raise table.error("must be a date or a list of dates, YYYY-MM-DD", key="calendar")
    table.one_of("keep", ("every",), "every")
    between = _between(table, scope)
    if between and not any(between[0] <= day <= between[1] for day in days):
        raise table.error("no date of calendar lies between these", key="between")
    return Index(None, tuple(dict.fromkeys(days)), "every", between=between)


def _events(table: Section, scope: Scope) -> Index:
    keep = table.one_of("keep", KEEPS, "first")
    return Index(
        read_events(table, scope),
        keep=keep,
        nth=read_nth(table, keep, scope),
        of=_of(table, keep),
        washout=scope.take(table, "washout", "days", "a number of days"),
        between=_between(table, scope),
    )


def _of(table: Section, keep: str) -> str:
    if keep != "every" and "of" not in table.table:
        raise table.error(f"must say of what to keep the {keep}", key="of", hint=OF)
    return table.one_of("of", SCOPES, "history")


def _between(table: Section, scope: Scope) -> tuple[date, date] | None:
    bounds = table.take("between", object)
    if bounds is None:
        return None
    dates = [scope.value("date", one) for one in (bounds if isinstance(bounds, list) else ())]
    if len(dates) != 2 or None in dates:
        near = [scope.near(one) for one, day in zip(bounds, dates, strict=False) if day is None]
        hint = next(filter(None, near), None)
        raise table.error("must be two dates, YYYY-MM-DD, or parameters", key="between", hint=hint)
    if dates[0] > dates[1]:
        raise table.error("the dates are upside down", key="between")
    return (dates[0], dates[1])
