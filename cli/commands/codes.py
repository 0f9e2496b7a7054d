"""`ehrkit codes`: code sets."""

from __future__ import annotations

from pathlib import Path

import click

from ehrkit.cli.database import Database, database_options
from ehrkit.cli.options import TableOutput, table_output

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
    """Show the patterns of a code set.

    \b
    Example:
      ehrkit codes show lumbar-fusion
    """
    from ehrkit.queries.listing import show_code_set
    from ehrkit.queries.vocabulary.codesets import load_code_sets, pick

    output.write(show_code_set(pick(load_code_sets(codes), name)))


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
    """Count how often each code of a set occurs in a database.

    \b
    Example:
      ehrkit codes count lumbar-fusion --db ehrkit-demo/clarity
    """
    from ehrkit.queries.adapting.adapters import load_adapter
    from ehrkit.queries.counting import count_codes
    from ehrkit.queries.vocabulary.codesets import load_code_sets, pick

    code_set, adapter = pick(load_code_sets(codes), name), load_adapter(schema)
    with database.open() as engine:
        output.write(count_codes(code_set, adapter, engine))
