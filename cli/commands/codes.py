"""`ehrkit codes`: code sets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ehrkit.cli.database import Database, database_options
from ehrkit.cli.options import TableOutput, table_output

if TYPE_CHECKING:
    from ehrkit.queries.vocabulary.codesets import CodeSet

OWN = click.option(
    "--codes",
    "codes",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="Code set file or folder of your own.",
)


@click.group()
def codes() -> None:
    """List, show and count code sets."""


@codes.command("list")
@OWN
@table_output
def list_(codes: tuple[Path, ...], output: TableOutput) -> None:
    """List the code sets.

    \b
    Example:
      ehrkit codes list
    """
    from ehrkit.queries.listing import list_code_sets
    from ehrkit.queries.vocabulary.codesets import load_code_sets

    output.write(list_code_sets(load_code_sets(codes)))


@codes.command()
@click.argument("name", metavar="CODES")
@OWN
@table_output
def show(name: str, codes: tuple[Path, ...], output: TableOutput) -> None:
    """Show the patterns of a code set. CODES is a name or a path to .toml.

    \b
    Example:
      ehrkit codes show lumbar-fusion
    """
    from ehrkit.queries.listing import show_code_set

    output.write(show_code_set(_read(name, codes)))


@codes.command()
@click.argument("name", metavar="CODES")
@database_options()
@click.option(
    "--schema",
    default="epic-clarity",
    show_default=True,
    help="A schema by name (ehrkit schema list), or a folder of your own.",
)
@OWN
@table_output
def count(
    name: str, database: Database, schema: str, codes: tuple[Path, ...], output: TableOutput
) -> None:
    """Count how often each code of a set occurs in a database. CODES is a name or a path.

    \b
    Example:
      ehrkit codes count lumbar-fusion --db ehrkit-demo/clarity
    """
    from ehrkit.queries.adapting.adapters import load_adapter
    from ehrkit.queries.counting import count_codes

    code_set, adapter = _read(name, codes), load_adapter(schema)
    with database.open() as engine:
        output.write(count_codes(code_set, adapter, engine))


def _read(name: str, codes: tuple[Path, ...]) -> CodeSet:
    from ehrkit.queries.vocabulary.codesets import load_code_sets, pick

    own = [Path(name)] if name.endswith(".toml") else []
    return pick(load_code_sets([*codes, *own]), own[0].stem if own else name)
