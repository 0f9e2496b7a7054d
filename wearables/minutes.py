"""Union of intervals by minute: each minute counts once, from the best source that has data for it.

A plain sum counts steps twice where a watch and a phone were both carried; one source
alone, or the larger of the two, loses what only the other saw.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from ehrkit.core.errors import DataError
from ehrkit.wearables.streams import MINUTE_US, Arrays, Floats, Ints

FINE = ("stream", "start", "end", "offset", "value")
MINUTES_PER_CHUNK = 2_000_000
LONGEST = 7 * 1440
"""Minutes of one interval; a longer one is not a recording of steps."""


def union_by_minute(fine: Arrays, person: Ints, belief: Ints) -> Iterator[Arrays]:
    """Yield arrays `person, minute, belief, value` with one entry per person and minute.

    Each yield holds a few people.

    `fine` holds the arrays named in FINE; `person` and `belief` are looked up by stream, and
    the lowest belief wins a minute. A record's value is spread evenly over its span.

    Raises:
        DataError: an interval is longer than a week.
    """
    fine = _without_repeats(fine)
    order = np.argsort(person[fine["stream"]], kind="stable")
    fine = {name: array[order] for name, array in fine.items()}
    who = person[fine["stream"]]
    first, count = _span(fine)
    for piece in _pieces(who, count):
        row = np.repeat(np.arange(piece.start, piece.stop), count[piece])
        begin = np.cumsum(count[piece]) - count[piece]
        minute = first[row] + np.arange(len(row)) - np.repeat(begin, count[piece])
        value = fine["value"][row] * _share(fine, row, minute)
        yield _best(who[row], minute, belief[fine["stream"][row]], value)


def _without_repeats(fine: Arrays) -> Arrays:
    """Drop the same span of the same stream sent again.

    Of two values the larger is the later, fuller one. The hour that the clock repeats in
    autumn is no repeat: its offset differs.
    """
    span = ("stream", "start", "end", "offset")
    order = np.lexsort((fine["value"], *(fine[name] for name in reversed(span))))
    fine = {name: array[order] for name, array in fine.items()}
    last = _starts(*(fine[name][::-1] for name in span))
    keep = len(order) - 1 - last[::-1]
    return {name: array[keep] for name, array in fine.items()}


def _starts(*keys: npt.NDArray[np.int64]) -> Ints:
    """Return where a new combination of keys begins in sorted arrays."""
    if not len(keys[0]):
        return np.zeros(0, np.int64)
    new = np.zeros(len(keys[0]), bool)
    new[0] = True
    for key in keys:
        new[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(new)


def _span(fine: Arrays) -> tuple[Ints, Ints]:
    """Return the first minute that each record touches, and how many it touches.

    A sample touches one.
    """
    first = fine["start"] // MINUTE_US
    count = np.maximum(-(-fine["end"] // MINUTE_US) - first, 1)
    if len(count) and count.max() > LONGEST:
        raise DataError("an interval of steps is longer than a week", where="the records")
    return first, count


def _share(fine: Arrays, row: Ints, minute: Ints) -> Floats:
    """Return the part of each record's time that falls into the minute."""
    start, end = fine["start"][row], fine["end"][row]
    overlap = np.minimum(end, (minute + 1) * MINUTE_US) - np.maximum(start, minute * MINUTE_US)
    length = end - start
    share: Floats = np.where(length > 0, overlap / np.maximum(length, 1), 1.0)
    return share


def _pieces(who: Ints, count: Ints) -> Iterator[slice]:
    """Cut between people: a piece unfolds to about `MINUTES_PER_CHUNK` minutes, or is a person."""
    edges = np.append(_starts(who), len(who))
    total = np.append(0, np.cumsum(count))
    begin = 0
    for edge, following in zip(edges[1:], np.append(edges[2:], edges[-1:]), strict=False):
        if edge == len(who) or total[following] - total[begin] > MINUTES_PER_CHUNK:
            yield slice(begin, int(edge))
            begin = int(edge)


def _best(who: Ints, minute: Ints, belief: Ints, value: Floats) -> Arrays:
    """Sum within person, minute and source, then keep the best source of each minute."""
    order = np.lexsort((belief, minute, who))
    who, minute, belief, value = who[order], minute[order], belief[order], value[order]
    at = _starts(who, minute, belief)
    value = np.add.reduceat(value, at)
    who, minute, belief = who[at], minute[at], belief[at]
    best = _starts(who, minute)
    return {
        "person": who[best],
        "minute": minute[best],
        "belief": belief[best],
        "value": value[best],
    }
