"""What a person sees on a terminal: the first rows of a table, and progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice

import pyarrow as pa
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from ehrkit.core.progress import counted

SHOWN_ROWS = 20
# A column is folded to this width before others are left out.
FOLDED_WIDTH = 32
_GAP = 3


def show_table(data: pa.Table | pa.RecordBatchReader) -> None:
    """Print the first rows as a table, and say what is not shown and how to get it."""
    reader = data.to_reader() if isinstance(data, pa.Table) else data
    head, more = _first_rows(reader)
    columns = [[_cell(row[name]) for row in head] for name in reader.schema.names]
    console = Console()
    shown = _fitting(reader.schema.names, columns, console.width)
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for column in list(reader.schema)[:shown]:
        right = pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
        table.add_column(column.name, justify="right" if right else "left", overflow="fold")
    for row in zip(*columns[:shown], strict=True):
        table.add_row(*row)
    console.print(table)
    _say_what_is_left_out(console, reader.schema.names[shown:], more)


def _fitting(names: list[str], columns: list[list[Text]], width: int) -> int:
    """Return how many columns fit the width, long text folded; at least one."""
    room = width
    for number, (name, cells) in enumerate(zip(names, columns, strict=True)):
        longest = max([len(cell) for cell in cells], default=0)
        room -= max(len(name), min(longest, FOLDED_WIDTH)) + _GAP
        if room + _GAP < 0:
            return max(number, 1)
    return len(names)


def _say_what_is_left_out(console: Console, columns: list[str], more: bool) -> None:
    left_out = [f"columns {', '.join(columns)}"] if columns else []
    left_out += [f"rows after the first {SHOWN_ROWS}"] if more else []
    if left_out:
        told = f"not shown: {'; '.join(left_out)}. A pipe or -o FILE gives all."
        console.print(told, style="dim", highlight=False)


def with_progress(data: pa.Table | pa.RecordBatchReader) -> pa.RecordBatchReader:
    """Return the same rows as a stream that shows on stderr how many have passed."""
    total = data.num_rows if isinstance(data, pa.Table) else None
    reader = data.to_reader() if isinstance(data, pa.Table) else data
    progress = _progress("rows")
    task = progress.add_task("rows", total=total)
    watched = counted(reader, lambda rows: progress.advance(task, rows))

    def batches() -> Iterator[pa.RecordBatch]:
        with progress:
            yield from watched

    return pa.RecordBatchReader.from_batches(reader.schema, batches())


@contextmanager
def counting(unit: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a bar on stderr inside the block, and yield what moves it on."""
    with _progress(unit) as progress:
        task = progress.add_task(unit, total=total)
        yield lambda done: progress.advance(task, done)


def _progress(unit: str) -> Progress:
    return Progress(
        SpinnerColumn(),
        BarColumn(),
        TextColumn(f"{{task.completed:,.0f}} {unit}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )


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
