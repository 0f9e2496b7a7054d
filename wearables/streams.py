"""Sort the records of many exports into compact arrays per metric.

These are then summed by person and day.

A stream is one source of one device user in one vendor's export; a series is all streams
of one device user at one vendor. Time is whole numbers since 1970 on the wearer's own
wall clock: microseconds, minutes, or days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ehrkit.core.errors import DataError
from ehrkit.wearables import records as r

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Arrays = dict[str, npt.NDArray[Any]]

MINUTE_US = 60_000_000
DAY_US = 1440 * MINUTE_US
QUARTER_US = 15 * MINUTE_US
NO_OFFSET = -32_768
SOURCE_RANK = {"merged": 0, "watch": 1, "tracker": 2, "other": 3, "phone": 4}
"""Which source is believed where several cover one minute: a worn device before one that lies on
a table."""
BY_DAY = (r.STEPS, r.SEDENTARY, r.RESTING_HEART_RATE, r.SLEEP, r.SYNC)


@dataclass(frozen=True, order=True)
class Stream:
    """One source of one device user; the order is the order of belief within a person."""

    rank: int
    device_user_id: str
    vendor: str
    source: str
    zero_semantics: str


@dataclass
class Streams:
    """What has been collected: a number per stream, and parts of arrays per kind of record."""

    people: Mapping[str, str] | None
    numbers: dict[Stream, int] = field(default_factory=dict)
    parts: dict[str, list[Arrays]] = field(default_factory=dict)
    unmatched: set[str] = field(default_factory=set)

    def person(self, stream: Stream) -> str:
        """Return whose device it is.

        The person of the crosswalk, or the device user where there is none.
        """
        device = stream.device_user_id
        return device if self.people is None else self.people[device]

    def table(self, kind: str, *names: str) -> Arrays:
        """Return the joined arrays of one kind; empty ones where nothing was collected."""
        parts = self.parts.get(kind, [])
        return {
            name: np.concatenate([part[name] for part in parts])
            if parts
            else np.zeros(0, np.float64 if name == "value" else np.int64)
            for name in names
        }


def collect(readers: Iterable[pa.RecordBatchReader], people: Mapping[str, str] | None) -> Streams:
    """Read every record once. Devices that the crosswalk does not name are counted and left out.

    Raises:
        DataError: a table does not have the shape of records.
    """
    streams = Streams(people)
    for reader in readers:
        for batch in reader:
            if batch.num_rows:
                table = r.conform(batch, r.RECORDS, r.OPTIONAL, "the records")
                _sort_in(streams, table)
    return streams


def _sort_in(streams: Streams, table: pa.Table) -> None:
    """Split one batch by metric and grain."""
    stream = _number(streams, table)
    start, end = (_whole(table[name]) for name in ("start_local", "end_local"))
    value = table["value"].to_numpy()
    metric, grain = (
        np.array(table[name].to_pylist(), dtype=object) for name in ("metric", "grain")
    )
    known = stream >= 0
    whole_day = grain == r.DAY
    if (end < start).any():
        raise DataError("a record ends before it starts", where="the records")
    for name in BY_DAY:
        chosen = known & (metric == name) & (whole_day | (name != r.STEPS))
        moment = np.where(whole_day, start, end) if name == r.SLEEP else start
        short = whole_day & (end - start < DAY_US)
        _keep(streams, name, chosen, stream=stream, day=moment // DAY_US, value=value, short=short)
    fine = known & (metric == r.STEPS) & ~whole_day
    offset = table["utc_offset_minutes"].fill_null(NO_OFFSET).to_numpy().astype(np.int64)
    _keep(streams, "fine", fine, stream=stream, start=start, end=end, offset=offset, value=value)
    rate = known & (metric == r.HEART_RATE)
    sample = grain == r.SAMPLE
    for name, chosen, unit in (
        ("quarter", rate & sample, QUARTER_US),
        ("minute", rate & ~sample, MINUTE_US),
    ):
        keys = np.unique(np.stack([stream[chosen], start[chosen] // unit]), axis=1)
        _keep(streams, name, slice(None), stream=keys[0], at=keys[1])
    timed = known & ~whole_day & (offset != NO_OFFSET)
    _keep(streams, "offset", timed, stream=stream, start=start, offset=offset)


def _keep(streams: Streams, kind: str, chosen: Any, **arrays: npt.NDArray[Any]) -> None:
    part = {name: array[chosen] for name, array in arrays.items()}
    if len(part["stream"]):
        streams.parts.setdefault(kind, []).append(part)


def _whole(column: pa.ChunkedArray) -> Ints:
    result: Ints = column.cast(pa.int64()).to_numpy()
    return result


def _number(streams: Streams, table: pa.Table) -> Ints:
    """Return each row's stream number, or -1 where the crosswalk does not name its device."""
    names = ("device_user_id", "vendor", "source", "zero_semantics")
    encoded = [table[name].combine_chunks().dictionary_encode() for name in names]
    code = np.zeros(table.num_rows, np.int64)
    for column in encoded:
        code = code * len(column.dictionary) + column.indices.to_numpy()
    _, first, inverse = np.unique(code, return_index=True, return_inverse=True)
    numbers = np.array(
        [
            _stream_number(streams, *(column[int(row)].as_py() for column in encoded))
            for row in first
        ]
    )
    result: Ints = numbers[inverse]
    return result


def _stream_number(
    streams: Streams, device: str, vendor: str, source: str, zero_semantics: str
) -> int:
    if streams.people is not None and device not in streams.people:
        streams.unmatched.add(device)
        return -1
    if zero_semantics not in (r.AMBIGUOUS, r.TRUE_ZERO):
        raise DataError(
            f"zero_semantics is neither {r.AMBIGUOUS} nor {r.TRUE_ZERO}", where="the records"
        )
    rank = SOURCE_RANK.get(source.partition("-")[0], SOURCE_RANK["other"])
    stream = Stream(rank, device, vendor, source, zero_semantics)
    return streams.numbers.setdefault(stream, len(streams.numbers))
