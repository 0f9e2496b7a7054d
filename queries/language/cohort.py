"""A cohort: its index, rules, columns, outcomes and follow-up, once parameters are filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ehrkit.core.errors import DataError
from ehrkit.queries.language.criteria import (
    ANY_EVENT,
    Count,
    Criterion,
    Happened,
    Look,
    Rule,
    leaves,
)
from ehrkit.queries.language.events import Events
from ehrkit.queries.language.parameters import Parameter
from ehrkit.queries.language.windows import ANCHORS, END_SUFFIX

KEEPS = ("first", "last", "nth", "every")
SCOPES = ("history", "eligible")
PICKS = ("first", "last", "nth", "nearest")
AGGREGATES = ("sum", "min", "max", "mean")
PICKED = ("first", "last", "nearest")
VALUES = ("any", "count", "first_date", "last_date", "days_to", *AGGREGATES, *PICKED, "text")
ENDS = ("death", "last-contact", "end-of-data", "observation-end")
DEFAULT_ENDS = ENDS[:3]
STANDARD_COLUMNS = (
    "person_id",
    "encounter_id",
    "index_date",
    "discharge_date",
    "death_date",
    "follow_up_end",
    "follow_up_reason",
    "age",
    "sex",
)
_COLUMN = re.compile(r"[a-z][a-z0-9_]{0,29}")
_NAME = re.compile(r"[a-z][a-z0-9-]{0,29}")


@dataclass(frozen=True)
class Index:
    """The events that start follow-up.

    Attributes:
        events: what is found; None for calendar dates.
        calendar: dates that are index dates of everybody, instead of events.
        keep: first, last, nth or every; `nth` counts from 1.
        of: history keeps before dates and rules are looked at, eligible afterwards.
        washout: days before an index event without another.
        between: first and last calendar date, both included.
    """

    events: Events | None
    calendar: tuple[date, ...] = ()
    keep: str = "first"
    nth: int = 1
    of: str = "history"
    washout: int | None = None
    between: tuple[date, date] | None = None

    def __post_init__(self) -> None:
        if (self.events is None) == (not self.calendar):
            raise DataError("an index is told by events or by calendar dates")
        if self.nth < 1:
            raise DataError("nth counts from 1")
        if self.washout is not None and self.washout < 1:
            raise DataError("a washout is at least one day")
        if self.events is not None and self.events.gap is not None:
            raise DataError("an index event cannot be an era")


@dataclass(frozen=True)
class Pick:
    """Which of several events: first, last, nearest to the anchor, or the nth."""

    order: str = "first"
    nth: int = 1

    def __post_init__(self) -> None:
        if self.nth < 1:
            raise DataError("nth counts from 1")


@dataclass(frozen=True)
class NamedEvent:
    """At most one event per index event, that others may take as their anchor."""

    name: str
    look: Look
    pick: Pick

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise DataError("the name of an event is a-z, 0-9 and -, at most 30 characters")
        if self.name in ANCHORS or self.name.endswith(END_SUFFIX):
            raise DataError(f"an event cannot be named {self.name}: this is an anchor already")


def _check_column(name: str) -> None:
    if not _COLUMN.fullmatch(name):
        raise DataError("a column name is a-z, 0-9 and _, at most 30 characters")
    if name in STANDARD_COLUMNS:
        raise DataError("every cohort has a column of this name already")


@dataclass(frozen=True)
class Column:
    """An output column about events; `field` is set for aggregates and picked values."""

    name: str
    look: Look
    value: str
    count: Count = ANY_EVENT
    field: str | None = None

    def __post_init__(self) -> None:
        _check_column(self.name)


@dataclass(frozen=True)
class PersonColumn:
    """An output column of the person's own."""

    name: str
    attribute: str

    def __post_init__(self) -> None:
        _check_column(self.name)


@dataclass(frozen=True)
class Outcome:
    """A time-to-event outcome: NAME, NAME_days and NAME_reason."""

    name: str
    look: Look

    def __post_init__(self) -> None:
        _check_column(self.name)
        if len(self.columns[-1]) > 30:
            raise DataError("the name of an outcome has at most 23 characters")
        if self.look.placement.anchor == "follow-up-end":
            raise DataError("an outcome cannot start at the end of follow-up")

    @property
    def columns(self) -> tuple[str, str, str]:
        """The names of its three columns."""
        return (self.name, f"{self.name}_days", f"{self.name}_reason")


@dataclass(frozen=True)
class Censor:
    """An event that ends follow-up."""

    name: str
    look: Look

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or self.name in (*ENDS, "day-limit", "event", "window"):
            raise DataError("a censoring event needs a name of its own: a-z, 0-9 and -")
        if self.look.placement.anchor not in ("index", "discharge"):
            raise DataError("a censoring event is looked for after index or discharge")


@dataclass(frozen=True)
class FollowUp:
    """When observation ends: the earliest of the named ends.

    Attributes:
        until: some of `ENDS`. A recorded death outlasts the last contact.
        end_of_data: the extract's last day; None is the latest day of any encounter.
        days: a fixed maximum of days after the index date.
        censors: events that end it, too.
    """

    until: tuple[str, ...] = DEFAULT_ENDS
    end_of_data: date | None = None
    days: int | None = None
    censors: tuple[Censor, ...] = ()

    def __post_init__(self) -> None:
        if not self.until and self.days is None and not self.censors:
            raise DataError("follow-up needs an end")
        if self.days is not None and self.days < 0:
            raise DataError("follow-up days cannot be negative")


@dataclass(frozen=True)
class Cohort:
    """A whole definition; `source` is its citation and `file` where it came from."""

    id: str
    title: str
    index: Index
    events: tuple[NamedEvent, ...] = ()
    rules: tuple[Rule, ...] = ()
    columns: tuple[Column | PersonColumn, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    follow_up: FollowUp = FollowUp()
    parameters: tuple[Parameter, ...] = ()
    source: str = ""
    conventions: tuple[str, ...] = ()
    file: str = ""

    def __post_init__(self) -> None:
        _refuse_repeats([one.name for one in self.events], "events", self.file)
        _refuse_repeats([one.name for one in self.follow_up.censors], "censoring events", self.file)
        names = [column.name for column in self.columns]
        names += [name for outcome in self.outcomes for name in outcome.columns]
        _refuse_repeats(names, "columns", self.file)

    def looks(self) -> Iterator[Look]:
        """Yield everything that the definition looks for, with repeats."""
        yield from (event.look for event in self.events)
        for criterion in self.criteria():
            if isinstance(criterion, Happened):
                yield criterion.look
        yield from (one.look for one in self.columns if isinstance(one, Column))
        yield from (outcome.look for outcome in self.outcomes)
        yield from (censor.look for censor in self.follow_up.censors)

    def criteria(self) -> Iterator[Criterion]:
        """Yield the criteria of all rules that are no groups."""
        for rule in self.rules:
            yield from leaves(rule.criterion)

    def all_events(self) -> list[Events]:
        """Return every kind of event that the definition names, without repeats."""
        own = [self.index.events] if self.index.events else []
        return list(dict.fromkeys([*own, *(look.events for look in self.looks())]))


def _refuse_repeats(names: list[str], what: str, where: str) -> None:
    for name in names:
        if names.count(name) > 1:
            raise DataError(f"two {what} are named {name}", where=where)
