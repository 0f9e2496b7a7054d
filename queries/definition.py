"""A cohort definition as values: what a cohort file means once its parameters are filled in.

Semantics, tested against an independent interpreter:

- Days are calendar days; both bounds of a window belong to it; day 0 is the anchor's own day.
- An index event is one (person, date, encounter): several codes on one day are one event.
- An unknown date, age or anchor never meets a criterion; a column on an unknown anchor is null.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ehrkit.core.errors import DataError
from ehrkit.queries.codesets import CodeSet

KEEPS = ("first", "last", "every")
SCOPES = ("history", "eligible")
ANCHORS = ("index", "discharge")
VALUES = ("any", "count", "first_date", "days_to")
GROUPS = ("any", "all", "none")
ENDS = ("death", "last-contact", "end-of-data")
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
_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")


@dataclass(frozen=True)
class Parameter:
    """A named value of a cohort file, after `--set`."""

    name: str
    type: str
    default: object
    value: object


@dataclass(frozen=True)
class Window:
    """Days relative to an anchor, both bounds included; None is unbounded."""

    first: int | None = None
    last: int | None = None

    def __post_init__(self) -> None:
        if self.first is not None and self.last is not None and self.first > self.last:
            raise DataError(f"the window is upside down: {self.first} is after {self.last}")


@dataclass(frozen=True)
class Events:
    """Events of one relation: a code set's, or encounters of some kinds."""

    relation: str
    codes: CodeSet | None = None
    kinds: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.codes is None) == (not self.kinds):
            raise DataError("events are told by a code set or by encounter kinds")

    @property
    def name(self) -> str:
        """What people call these events."""
        return self.codes.name if self.codes else " or ".join(self.kinds)


@dataclass(frozen=True)
class Age:
    """Whole years at the index date, bounds included."""

    at_least: int | None
    at_most: int | None

    def __post_init__(self) -> None:
        if self.at_least is None and self.at_most is None:
            raise DataError("an age needs at_least, at_most or both")
        if self.at_least is not None and self.at_most is not None:
            Window(self.at_least, self.at_most)


@dataclass(frozen=True)
class Sex:
    """One of the named sexes."""

    allowed: tuple[str, ...]


@dataclass(frozen=True)
class Happened:
    """At least n distinct events in a window."""

    events: Events
    anchor: str = "index"
    window: Window = Window()
    at_least: int = 1

    def __post_init__(self) -> None:
        if self.at_least < 1:
            raise DataError("at_least starts at 1; forbid the event to ask for none")


@dataclass(frozen=True)
class Group:
    """Criteria joined: any, all, or none of them."""

    how: str
    parts: tuple[Criterion, ...]

    def __post_init__(self) -> None:
        if not self.parts:
            raise DataError(f"{self.how} needs at least one criterion")


Criterion = Age | Sex | Happened | Group


@dataclass(frozen=True)
class Rule:
    """A labelled criterion that index events must meet, or must not."""

    label: str
    forbid: bool
    criterion: Criterion


@dataclass(frozen=True)
class Index:
    """The events that start follow-up.

    Attributes:
        keep: first, last or every.
        of: history keeps before dates and rules are looked at, eligible afterwards.
        between: first and last calendar date, both included.
    """

    events: Events
    keep: str
    of: str
    between: tuple[date, date] | None

    def __post_init__(self) -> None:
        if self.between and self.between[0] > self.between[1]:
            raise DataError("the dates of between are upside down")


@dataclass(frozen=True)
class Column:
    """One output column per index event."""

    name: str
    happened: Happened
    value: str

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise DataError("a column name is a-z, 0-9 and _, at most 30 characters")
        if self.name in STANDARD_COLUMNS:
            raise DataError("every cohort has a column of this name already")

    @property
    def type(self) -> str:
        """Type of the output column, as in `relations.TYPES`."""
        return "date" if self.value == "first_date" else "integer"


@dataclass(frozen=True)
class FollowUp:
    """When observation ends: the earliest of the named ends.

    Attributes:
        until: some of death, last-contact, end-of-data. A recorded death outlasts the last contact.
        end_of_data: the extract's last day; None is the latest day of any encounter.
        days: a fixed maximum of days after the index date.
    """

    until: tuple[str, ...] = ENDS
    end_of_data: date | None = None
    days: int | None = None

    def __post_init__(self) -> None:
        if not self.until and self.days is None:
            raise DataError("follow-up needs an end")
        if self.days is not None and self.days < 0:
            raise DataError("follow-up days cannot be negative")


@dataclass(frozen=True)
class Cohort:
    """A whole definition; `source` is the file it came from."""

    id: str
    title: str
    index: Index
    rules: tuple[Rule, ...] = ()
    columns: tuple[Column, ...] = ()
    follow_up: FollowUp = FollowUp()
    parameters: tuple[Parameter, ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        for name in names:
            if names.count(name) > 1:
                raise DataError(f"two columns are named {name}", where=self.source)

    def all_events(self) -> list[Events]:
        """Return every kind of event that the definition looks at, without repeats."""
        found = [self.index.events]
        for rule in self.rules:
            found += [leaf.events for leaf in leaves(rule.criterion)]
        found += [column.happened.events for column in self.columns]
        distinct: list[Events] = []
        for events in found:
            if events not in distinct:
                distinct.append(events)
        return distinct

    def relations(self) -> set[str]:
        """Return the logical relations that the definition needs."""
        return {"person", "encounter"} | {events.relation for events in self.all_events()}


def leaves(criterion: Criterion) -> Iterator[Happened]:
    """Yield the event criteria inside a criterion, in file order."""
    if isinstance(criterion, Group):
        for part in criterion.parts:
            yield from leaves(part)
    elif isinstance(criterion, Happened):
        yield criterion
