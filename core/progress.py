"""Progress without a screen: count rows as they pass, and let the caller show them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyarrow as pa

Advance = Callable[[int], None]


def counted(reader: pa.RecordBatchReader, advance: Advance) -> pa.RecordBatchReader:
    """Return the same stream; `advance` is called with the rows of each batch as it passes."""

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in reader:
            yield batch
            advance(batch.num_rows)

    return pa.RecordBatchReader.from_batches(reader.schema, batches())
