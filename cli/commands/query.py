"""`ehrkit query`: the kit of named, parameterised queries."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ehrkit.cli.database import Database, database_options, place_options
from ehrkit.cli.options import TableOutput, table_output

if TYPE_CHECKING:
    from ehrkit.queries.kit.named import NamedQuery

R = TypeVar("R")
SCHEMA_HELP = "A schema by name (ehrkit schema list), or a folder of your own."


def query_argument(function: Callable[..., R]) -> Callable[..., R]:
    """Add QUERY, --set and --codes; the command gets `loaded`, read and checked."""

    @click.argument("name", metavar="QUERY")
    @click.option("--set", "pairs", multiple=True, metavar="NAME=VALUE", help="Set a parameter.")
    @click.option(
        "--codes",
        "codes",
        multiple=True,
        type=click.Path(path_type=Path, exists=True),
        help="Code set file or folder of your own.",
    )
    @functools.wraps(function)
    def command(
        *args: Any, name: str, pairs: tuple[str, ...], codes: tuple[Path, ...], **kwargs: Any
    ) -> R:
        return function(*args, loaded=_load(name, pairs, codes), **kwargs)

    return command


def _load(name: str, pairs: tuple[str, ...], codes: tuple[Path, ...]) -> NamedQuery:
    from ehrkit.queries.kit.named import load_query
    from ehrkit.queries.reading import overrides
    from ehrkit.queries.vocabulary.codesets import load_code_sets

    return load_query(name, overrides(pairs), load_code_sets(codes))


@click.group()
def query() -> None:
    """Run named, parameterised queries over the logical relations."""


@query.command("list")
@table_output
def list_(output: TableOutput) -> None:
    """List the queries of the kit.

    \b
    Example:
      ehrkit query list
    """
    from ehrkit.queries.listing import list_queries

    output.write(list_queries())


@query.command()
@click.argument("name", metavar="QUERY")
def show(name: str) -> None:
    """Print a query with its parameters and conventions. QUERY is a name or a path to .sql.

    \b
    Example:
      ehrkit query show length-of-stay
    """
    from ehrkit.queries.kit.named import load_query

    click.echo(load_query(name).text, nl=False)


@query.command()
@query_argument
@click.option("--schema", default="epic-clarity", show_default=True, help=SCHEMA_HELP)
@click.option("--dialect", default="duckdb", show_default=True, help="SQL dialect.")
@place_options
def render(
    loaded: NamedQuery, schema: str, dialect: str, catalog: str | None, db_schema: str | None
) -> None:
    """Print the SQL of a query in a dialect.

    \b
    Example:
      ehrkit query render length-of-stay --schema omop-5.4 --dialect postgres
    """
    from ehrkit.queries.adapting.adapters import load_adapter
    from ehrkit.queries.dialects import render as rendered
    from ehrkit.queries.engines import Place, qualify
    from ehrkit.queries.kit.named import compile_query

    tree = compile_query(loaded, load_adapter(schema))
    click.echo(rendered(qualify(tree, Place(catalog, db_schema), dialect), dialect))


@query.command()
@query_argument
@database_options()
@click.option("--schema", default="epic-clarity", show_default=True, help=SCHEMA_HELP)
@table_output
def run(loaded: NamedQuery, database: Database, schema: str, output: TableOutput) -> None:
    """Run a query. QUERY is a name of the kit or a path to .sql.

    \b
    Example:
      ehrkit query run encounters --db ehrkit-demo/clarity --set kind=emergency
    """
    from ehrkit.queries.adapting.adapters import load_adapter
    from ehrkit.queries.kit.named import run_query

    adapter = load_adapter(schema)
    with database.open() as engine:
        output.write(run_query(loaded, adapter, engine))
