"""Criteria: what an index event must meet, or must not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ehrkit.core.errors import DataError
from ehrkit.queries.language.events import Events
from ehrkit.queries.language.windows import (
    AT_ANY_TIME,
    AT_LEAST_ONE,
    UNBOUNDED,
    Bounds,
    Placement,
)

COUNTINGS = ("events", "days", "codes", "encounters")
GROUPS = ("any", "all", "none", "of")
ATTRIBUTES = ("sex", "race", "ethnicity")


@dataclass(frozen=True)
class Age:
    """Whole years on the index date."""

    bounds: Bounds


@dataclass(frozen=True)
class Attribute:
    """The person's sex, race or ethnicity is one of the allowed."""

    name: str
    allowed: tuple[str, ...]


@dataclass(frozen=True)
class Observed:
    """One observation period holds the days before and after the index date."""

    before: int = 0
    after: int = 0

    def __post_init__(self) -> None:
        if self.before < 0 or self.after < 0:
            raise DataError("days of observation cannot be negative")


@dataclass(frozen=True)
class Followed:
    """Days from the index date to the end of follow-up."""

    bounds: Bounds


@dataclass(frozen=True)
class Look:
    """Events around an anchor."""

    events: Events
    placement: Placement = AT_ANY_TIME


@dataclass(frozen=True)
class Count:
    """How many, and of what: different events, days, codes or encounters."""

    bounds: Bounds = AT_LEAST_ONE
    counting: str = "events"

    def __post_init__(self) -> None:
        if (self.bounds.low or 0) < 0 or (self.bounds.high or 0) < 0:
            raise DataError("a number of events cannot be negative")

    @property
    def is_any(self) -> bool:
        """Whether one event is enough, whatever is counted."""
        return self.bounds == AT_LEAST_ONE and self.counting in ("events", "days", "codes")

    @property
    def allows_none(self) -> bool:
        """Whether no event at all is right, too."""
        return not self.bounds.low


ANY_EVENT = Count()


@dataclass(frozen=True)
class Happened:
    """A number of events around an anchor."""

    look: Look
    count: Count = ANY_EVENT


@dataclass(frozen=True)
class Group:
    """Criteria joined: any, all or none of them, or (`of`) a number of them."""

    how: str
    parts: tuple[Criterion, ...]
    bounds: Bounds = UNBOUNDED

    def __post_init__(self) -> None:
        if not self.parts:
            raise DataError(f"{self.how} needs at least one criterion")


Criterion = Age | Attribute | Observed | Followed | Happened | Group


@dataclass(frozen=True)
class Rule:
    """A labelled criterion that index events must meet, or must not."""

    label: str
    forbid: bool
    criterion: Criterion


def leaves(criterion: Criterion) -> Iterator[Criterion]:
    """Yield the criteria inside a criterion that are no groups, in file order."""
    if isinstance(criterion, Group):
        for part in criterion.parts:
            yield from leaves(part)
    else:
        yield criterion
