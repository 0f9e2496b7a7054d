"""What a person sees on a terminal: the first rows of a table, and progress."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pyarrow as pa
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from ehrkit.core.progress import counted

SHOWN_ROWS = 20


def show_table(data: pa.Table | pa.RecordBatchReader) -> None:
    """Print the first rows as a table; dim text says null, and how to get the rest."""
    reader = data.to_reader() if isinstance(data, pa.Table) else data
    head, more = _first_rows(reader)
    table = Table(header_style="bold", show_edge=False, pad_edge=False)
    for column in reader.schema:
        right = pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
        table.add_column(column.name, justify="right" if right else "left", overflow="fold")
    for row in head:
        table.add_row(*[_cell(value) for value in row.values()])
    console = Console()
    console.print(table)
    if more:
        console.print(f"first {SHOWN_ROWS} rows; -o FILE or a pipe gives all", style="dim")


def with_progress(data: pa.Table | pa.RecordBatchReader) -> pa.RecordBatchReader:
    """Return the same rows as a stream that shows on stderr how many have passed."""
    total = data.num_rows if isinstance(data, pa.Table) else None
    reader = data.to_reader() if isinstance(data, pa.Table) else data
    progress = Progress(
        SpinnerColumn(),
        BarColumn(),
        TextColumn("{task.completed:,.0f} rows"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = progress.add_task("rows", total=total)
    watched = counted(reader, lambda rows: progress.advance(task, rows))

    def batches() -> Iterator[pa.RecordBatch]:
        with progress:
            yield from watched

    return pa.RecordBatchReader.from_batches(reader.schema, batches())


def _first_rows(reader: pa.RecordBatchReader) -> tuple[list[dict[str, object]], bool]:
    rows = (row for batch in reader for row in batch.to_pylist())
    head = list(islice(rows, SHOWN_ROWS))
    return head, next(rows, None) is not None


def _cell(value: object) -> Text:
    if value is None:
        return Text("null", style="dim")
    if isinstance(value, float):
        return Text(f"{value:.6g}")
    return Text(str(value))
