"""Numbers within bounds, and where events lie relative to an anchor."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

from ehrkit.core.errors import DataError

ANCHORS = ("index", "discharge", "follow-up-end")
END_SUFFIX = "-end"
OPEN = "above and below leave out the number itself; at_least and at_most do not."


@dataclass(frozen=True)
class Bounds:
    """A range of numbers; None is unbounded, and bounds belong to it unless they are open."""

    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise DataError(f"the bounds are upside down: {self.low} is above {self.high}")
        if self.low is not None and self.low == self.high and (self.low_open or self.high_open):
            raise DataError(
                f"no number lies within: {self.low} itself does not belong to it", hint=OPEN
            )

    @property
    def holds_a_whole_number(self) -> bool:
        """Whether any whole number lies within."""
        if self.low is None or self.high is None:
            return True
        least = floor(self.low) + 1 if self.low_open else ceil(self.low)
        most = ceil(self.high) - 1 if self.high_open else floor(self.high)
        return least <= most


@dataclass(frozen=True)
class Window:
    """Days or hours relative to an anchor, both bounds included; None is unbounded."""

    first: int | None = None
    last: int | None = None

    def __post_init__(self) -> None:
        if self.first is not None and self.last is not None and self.first > self.last:
            raise DataError(f"the window is upside down: {self.first} is after {self.last}")

    @property
    def length(self) -> int | None:
        """How many days or hours belong to it; None where it is unbounded."""
        return None if self.first is None or self.last is None else self.last - self.first + 1


UNBOUNDED = Bounds()
AT_LEAST_ONE = Bounds(low=1)
WINDOWS = ("days", "hours", "end_days", "end_hours")


@dataclass(frozen=True)
class Placement:
    """Where events must lie.

    Attributes:
        anchor: index, discharge, follow-up-end, the name of an event, or NAME-end.
        days, hours: of the event's start; hours are elapsed, between instants.
        end_days, end_hours: of the event's end.
        same_encounter: the event's encounter is the anchor's (True), is not (False), or may be.
    """

    anchor: str = "index"
    days: Window | None = None
    hours: Window | None = None
    end_days: Window | None = None
    end_hours: Window | None = None
    same_encounter: bool | None = None

    @property
    def needs_instant(self) -> bool:
        """Whether the anchor's instant has to be known."""
        return self.hours is not None or self.end_hours is not None

    @property
    def event(self) -> str | None:
        """The named event that the anchor is, or whose end it is."""
        return None if self.anchor in ANCHORS else self.anchor.removesuffix(END_SUFFIX)


AT_ANY_TIME = Placement()
