"""Named windows of days around an anchor.

Both bounds are included, and day 0 is the anchor itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ehrkit.core.errors import UsageError

BASELINE = "baseline"
SPELLING = re.compile(r"([A-Za-z][A-Za-z0-9_-]*)=([+-]?\d{1,5}):([+-]?\d{1,5})")


@dataclass(frozen=True)
class Window:
    """Days `first_day` to `last_day` from the anchor, both included."""

    name: str
    first_day: int
    last_day: int

    def __post_init__(self) -> None:
        """Refuse a window that ends before it starts."""
        if self.first_day > self.last_day:
            raise UsageError("a window ends before it starts", where=f"window {self.name}")


def week(number: int) -> Window:
    """Return the window of a week after the anchor; week 1 is days 1 to 7."""
    return Window(f"week{number}", 7 * number - 6, 7 * number)


DEFAULT_WINDOWS = (
    Window("early", -365, -91),
    Window(BASELINE, -90, -29),
    Window("pre", -14, -1),
    Window("day0", 0, 0),
    *(week(number) for number in (1, 2, 4, 8, 12, 26)),
)
"""Activity declines before spine surgery: in 10 of 14 patients, from 11.8 weeks on (Chauhan 2024,
10.1227/neu.0000000000002808, read in abstract). So `pre` holds the decline itself, `baseline`
leaves the last four weeks out but can hold its start, and `early` is free of it: compare with
`--baseline early`. Day 0 is a window of its own, in neither baseline nor week 1."""


def parse_window(text: str) -> Window:
    """Return the window written as `name=first:last`, such as `week6=36:42`.

    Raises:
        UsageError: it is not written so, or ends before it starts.
    """
    match = SPELLING.fullmatch(text)
    if match is None:
        raise UsageError(
            "a window is written name=first:last", where="--window", hint="For example week6=36:42."
        )
    return Window(match[1], int(match[2]), int(match[3]))


def check_windows(windows: tuple[Window, ...], baseline: str) -> None:
    """Refuse windows with one name twice, or without the baseline.

    Raises:
        UsageError: either is so.
    """
    names = [window.name for window in windows]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError("a window name is given twice", where=f"window {twice[0]}")
    if baseline not in names:
        raise UsageError(
            "the baseline is not one of the windows",
            where=f"window {baseline}",
            hint=f"The windows are: {', '.join(names)}.",
        )
