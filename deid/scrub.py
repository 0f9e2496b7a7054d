"""Scrub chosen text columns of a stream and pass the others on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import UsageError
from ehrkit.core.spelling import suggest
from ehrkit.deid.transforms.kernel import is_text, plain_type, require_type
from ehrkit.deid.transforms.notes import Scrub


def scrub_columns(
    reader: pa.RecordBatchReader, columns: Sequence[str], known: Sequence[str] = ()
) -> tuple[pa.RecordBatchReader, Counter[str]]:
    """Scrub text columns of a stream.

    Args:
        reader: the table.
        columns: the text columns to scrub.
        known: columns that hold identifiers of each row's own person, such as names.

    Returns:
        The stream, and counts by category that grow while it is read.

    Raises:
        UsageError: no such column.
        DataError: a column that is not text.
    """
    schema = reader.schema
    for name in (*columns, *known):
        if name not in schema.names:
            raise UsageError(f"the table has no column '{name}'", hint=suggest(name, schema.names))
    kernels = {}
    for name in columns:
        type_ = plain_type(schema.field(name).type)
        require_type(name, type_, is_text(type_), "text")
        output = field(name, pa.string(), Phi.FREE_TEXT)
        kernels[name] = Scrub(name, output, tuple(known))
        schema = schema.set(schema.get_field_index(name), output)
    counts: Counter[str] = Counter()

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in reader:
            made = {name: kernel(batch) for name, kernel in kernels.items()}
            for result in made.values():
                counts.update(result.tallies)
            arrays = [
                made[name].values if name in made else batch.column(name) for name in schema.names
            ]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    return pa.RecordBatchReader.from_batches(schema, batches()), counts
