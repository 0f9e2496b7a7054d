"""Readers of vendor exports, by the name of the vendor's format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa

from ehrkit.core.errors import UsageError
from ehrkit.core.spelling import suggest
from ehrkit.wearables.records import Record, Tally, as_batches, as_reader
from ehrkit.wearables.vendors import apple_health, fitabase, fitbit, google_health

Reader = Callable[[Path, Tally], Iterator[Record]]

RECORD_READERS: dict[str, Reader] = {
    apple_health.VENDOR: apple_health.read,
    fitbit.VENDOR: fitbit.read,
    google_health.VENDOR: google_health.read,
}
VENDORS = tuple(sorted([*RECORD_READERS, fitabase.VENDOR]))


def ingest(path: Path, vendor: str, tally: Tally) -> pa.RecordBatchReader:
    """Return the records of an export as one stream; `tally` fills while the stream is read.

    Raises:
        UsageError: the vendor is unknown, or there is nothing to read at the path.
        DataError: a file is malformed (raised while the stream is read).
    """
    if vendor == fitabase.VENDOR:
        return as_reader(fitabase.read(path, tally))
    if vendor not in RECORD_READERS:
        raise UsageError(
            "there is no reader for this vendor", where="--vendor", hint=suggest(vendor, VENDORS)
        )
    return as_reader(as_batches(RECORD_READERS[vendor](path, tally)))
