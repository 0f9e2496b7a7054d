"""What many commands share: tables in, a table out, the project key. One object each.

Nothing heavy is imported here: the work happens when a command opens or writes.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, ParamSpec, TypeVar, cast

import click

from ehrkit.core.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from ehrkit.core.keys import ProjectKey
    from ehrkit.core.tables import Written

P = ParamSpec("P")
R = TypeVar("R")

FORMAT_VARIABLE = "EHRKIT_FORMAT"
FORMATS = ("csv", "tsv", "ndjson", "arrow", "arrow-file", "parquet")
_BINARY = ("arrow", "arrow-file", "parquet")


@dataclass(frozen=True)
class Settings:
    """How much the command line says."""

    quiet: bool = False
    verbose: bool = False
    debug: bool = False

    @property
    def shows_progress(self) -> bool:
        """Progress is for a person who watches the terminal."""
        return not self.quiet and sys.stderr.isatty()


def settings() -> Settings:
    """Return the settings of the running command."""
    context = click.get_current_context(silent=True)
    found = context.find_object(Settings) if context else None
    return found or Settings()


def say(message: str) -> None:
    """Tell the person something on stderr, unless they asked for quiet."""
    if not settings().quiet:
        click.echo(message, err=True)


@dataclass(frozen=True)
class TableInput:
    """A table to read: a path or `-` for standard input, and its format where one was given."""

    path: str
    format: str | None = None

    @property
    def name(self) -> str:
        """The file name without folder, or `standard input`: what a run record may say."""
        return "standard input" if self.path == "-" else Path(self.path).name

    @property
    def stem(self) -> str:
        """The file name without folder and extensions: the table's name in a policy."""
        return self.name.split(".", 1)[0]

    def open(self) -> pa.RecordBatchReader:
        """Open the table as a stream of record batches."""
        from ehrkit.core.tables import open_table

        return open_table(self.path, self.format)


@dataclass(frozen=True)
class TableOutput:
    """Where a table goes: a file, a pipe, or a terminal."""

    path: Path | None
    format: str | None

    def write(self, data: pa.Table | pa.RecordBatchReader) -> Written | None:
        """Write a table; return what was written, or None where it was shown on a terminal.

        Raises:
            UsageError: a binary format would go to a terminal.
        """
        from ehrkit.core.tables import write_table

        if self.path is not None:
            written = write_table(_watched(data), self.path, self.format)
            if settings().verbose or sys.stderr.isatty():
                say(f"{self.path}: {written.rows:,} rows")
            return written
        chosen = self.format or os.environ.get(FORMAT_VARIABLE)
        if sys.stdout.isatty():
            return self._show(data, chosen)
        return write_table(data, cast(BinaryIO, sys.stdout.buffer), chosen or "csv")

    def _show(self, data: pa.Table | pa.RecordBatchReader, chosen: str | None) -> Written | None:
        from ehrkit.core.tables import write_table

        if self.format in _BINARY:
            raise UsageError(f"{self.format} does not go to a terminal", hint="Give -o FILE.")
        if self.format is None:
            from ehrkit.cli.display import show_table

            show_table(data)
            return None
        return write_table(data, cast(BinaryIO, sys.stdout.buffer), chosen)


class _TableType(click.ParamType[TableInput]):
    """Turn an argument into a TableInput."""

    name = "table"

    def convert(self, value: Any, param: object, ctx: object) -> TableInput:
        return value if isinstance(value, TableInput) else TableInput(str(value))


TABLE = _TableType()


def table_input(function: Callable[..., R]) -> Callable[..., R]:
    """Add the argument SOURCE and --from; the command gets `source: TableInput`."""

    @click.argument("source", required=False)
    @click.option("--from", "from_", type=click.Choice(FORMATS), help="Format of the input.")
    @click.pass_context
    @functools.wraps(function)
    def command(
        ctx: click.Context, /, *args: Any, source: str | None, from_: str | None, **kwargs: Any
    ) -> R:
        if source in (None, "-") and sys.stdin.isatty():
            click.echo(ctx.get_help(), err=True)
            ctx.exit(2)
        return ctx.invoke(function, *args, source=TableInput(source or "-", from_), **kwargs)

    return command


def table_output(function: Callable[..., R]) -> Callable[..., R]:
    """Add -o/--output and --to; the command gets `output: TableOutput`."""

    @click.option(
        "-o",
        "--output",
        "output_path",
        type=click.Path(path_type=Path),
        help="Write to this file; its extension names the format.",
    )
    @click.option("--to", type=click.Choice(FORMATS), help="Format of the output.")
    @functools.wraps(function)
    def command(*args: Any, output_path: Path | None, to: str | None, **kwargs: Any) -> R:
        if output_path is not None and to is None:
            from ehrkit.core.tables.formats import from_name

            from_name(output_path)
        return function(*args, output=TableOutput(output_path, to), **kwargs)

    return command


def key_option(function: Callable[..., R]) -> Callable[..., R]:
    """Add --key-file and --key-fd; the command gets `key: ProjectKey`, read and checked."""

    @click.option(
        "--key-file",
        type=click.Path(path_type=Path),
        help="Project key (mode 0600), from `ehrkit key new`.",
    )
    @click.option("--key-fd", type=click.IntRange(min=0), help="Read the key from this descriptor.")
    @functools.wraps(function)
    def command(*args: Any, key_file: Path | None, key_fd: int | None, **kwargs: Any) -> R:
        return function(*args, key=_load_key(key_file, key_fd), **kwargs)

    return command


def _load_key(key_file: Path | None, key_fd: int | None) -> ProjectKey:
    from ehrkit.core.keys import read_key, read_key_stream

    if (key_file is None) == (key_fd is None):
        raise UsageError(
            "give the project key by --key-file or --key-fd, one of them",
            hint="A secret never goes on the command line itself.",
        )
    if key_file is not None:
        return read_key(key_file, passphrase=ask_passphrase)
    with os.fdopen(cast(int, key_fd), "rb", closefd=False) as stream:
        return read_key_stream(stream, "key descriptor", passphrase=ask_passphrase)


def ask_passphrase() -> str:
    """Ask for a passphrase on the terminal, unseen."""
    if not sys.stderr.isatty():
        raise UsageError("the key needs its passphrase, and there is no terminal to ask on")
    return str(click.prompt("Passphrase", hide_input=True, err=True))


@contextmanager
def counting(unit: str, total: int) -> Iterator[Callable[[int], None] | None]:
    """Yield what to call with each advance, or None where nobody watches."""
    if not settings().shows_progress:
        yield None
        return
    from ehrkit.cli import display

    with display.counting(unit, total) as advance:
        yield advance


def _watched(data: pa.Table | pa.RecordBatchReader) -> pa.Table | pa.RecordBatchReader:
    if not settings().shows_progress:
        return data
    from ehrkit.cli.display import with_progress

    return with_progress(data)
