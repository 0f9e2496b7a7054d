"""Table streams in and out: recognise, read and write the formats that commands exchange.

A table is a `pyarrow.RecordBatchReader`: a schema and batches that are read as
they are needed, so memory is bounded by the batch and not by the file.
"""

from ehrkit.core.tables.formats import Format
from ehrkit.core.tables.read import open_table
from ehrkit.core.tables.write import Written, write_table

__all__ = ["Format", "Written", "open_table", "write_table"]
