"""Which events: a relation's, narrowed; or the union of several; or eras of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ehrkit.core.errors import DataError
from ehrkit.queries.language.fields import (
    CODED_RELATIONS,
    ERA,
    EVENT_RELATIONS,
    EventRelation,
    Field,
)
from ehrkit.queries.language.windows import Bounds
from ehrkit.queries.vocabulary.codesets import CodeSet

if TYPE_CHECKING:
    from ehrkit.queries.language.cohort import Cohort


@dataclass(frozen=True)
class NumberFilter:
    """A number field within bounds."""

    field: str
    bounds: Bounds


@dataclass(frozen=True)
class TextFilter:
    """A text field that is like one of the patterns, where `*` and `?` stand for any.

    Case and blanks around do not count.
    """

    field: str
    patterns: tuple[str, ...]


@dataclass(frozen=True)
class Selection:
    """Events of one relation.

    Attributes:
        relation: a key of `fields.EVENT_RELATIONS`.
        codes: the sets whose codes are meant, for coded relations.
        kinds: of encounters or notes, or `valid` of device days; none means any.
        unit: what measured values are converted to.
        during: kinds of encounters, in one of which the event happened.
        cohort: whose index events these are, for the relation cohort.
    """

    relation: str
    codes: tuple[CodeSet, ...] = ()
    kinds: tuple[str, ...] = ()
    where: tuple[NumberFilter | TextFilter, ...] = ()
    unit: str | None = None
    during: tuple[str, ...] = ()
    cohort: Cohort | None = None

    @property
    def name(self) -> str:
        """What people call these events, without their relation."""
        if self.codes:
            return " or ".join(one.name for one in self.codes)
        if self.cohort:
            return self.cohort.id
        return " or ".join(self.kinds) or "any"

    @property
    def has(self) -> EventRelation:
        """What these events have."""
        return EVENT_RELATIONS[self.relation]


@dataclass(frozen=True)
class Events:
    """The union of selections, merged to eras where `gap` (days) is given."""

    parts: tuple[Selection, ...]
    gap: int | None = None

    def __post_init__(self) -> None:
        if self.gap is not None and self.gap < 0:
            raise DataError("the gap of eras cannot be negative")

    @property
    def name(self) -> str:
        """What people call these events."""
        return " or ".join(dict.fromkeys(part.name for part in self.parts))

    @property
    def relations(self) -> tuple[str, ...]:
        """The different relations of the parts."""
        return tuple(dict.fromkeys(part.relation for part in self.parts))

    @property
    def coded(self) -> bool:
        """Whether every event has a code."""
        return self.gap is None and set(self.relations) <= set(CODED_RELATIONS)

    @property
    def some_have(self) -> EventRelation:
        """What some of these events have, by which events are put in order."""
        if self.gap is not None:
            return ERA
        return EventRelation(
            {name: one for part in self.parts for name, one in part.has.fields.items()},
            any(part.has.instant for part in self.parts),
            any(part.has.end_date for part in self.parts),
            any(part.has.end_time for part in self.parts),
        )

    @property
    def has(self) -> EventRelation:
        """What all of these events have."""
        if self.gap is not None:
            return ERA
        first, *others = [part.has for part in self.parts]
        shared: dict[str, Field] = {
            name: one
            for name, one in first.fields.items()
            if all(name in other.fields for other in others)
        }
        return EventRelation(
            shared,
            all(part.has.instant for part in self.parts),
            all(part.has.end_date for part in self.parts),
            all(part.has.end_time for part in self.parts),
            first.default if first.default in shared else None,
        )
