"""Reading `[index]`."""

from __future__ import annotations

from datetime import date

from ehrkit.queries.language.cohort import KEEPS, SCOPES, Index
from ehrkit.queries.reading.scope import Scope, placed
from ehrkit.queries.reading.selecting import read_events
from ehrkit.queries.sections import Section


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
    raw = table.take("calendar", object)
    days = [scope.value("date", one) for one in (raw if isinstance(raw, list) else [raw])]
    if not days or None in days:
        raise table.error("must be a date or a list of dates, YYYY-MM-DD", key="calendar")
    table.one_of("keep", ("every",), "every")
    return Index(None, tuple(dict.fromkeys(days)), "every", between=_between(table, scope))


def _events(table: Section, scope: Scope) -> Index:
    keep = table.one_of("keep", KEEPS, "first")
    nth = scope.whole(table, "nth") if keep == "nth" else 1
    if nth is None:
        raise table.error("the key nth is missing", key="keep")
    return Index(
        read_events(table, scope),
        keep=keep,
        nth=nth,
        of=table.one_of("of", SCOPES, "history"),
        washout=scope.take(table, "washout", "days", "a number of days"),
        between=_between(table, scope),
    )


def _between(table: Section, scope: Scope) -> tuple[date, date] | None:
    bounds = table.take("between", list)
    if bounds is None:
        return None
    dates = [scope.value("date", bound) for bound in bounds]
    if len(dates) != 2 or None in dates:
        raise table.error("must be two dates, YYYY-MM-DD", key="between")
    return (dates[0], dates[1])
