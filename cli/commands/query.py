"""`ehrkit query`: the kit of named, parameterised queries."""

from __future__ import annotations

import click

from ehrkit.cli.database import Database, database_options, place_options
from ehrkit.cli.options import TableOutput, table_output

SCHEMA_HELP = "A schema by name (ehrkit schema list), or a folder of your own."


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
    from ehrkit.queries.named import load_query

    click.echo(load_query(name).text, nl=False)


@query.command()
@click.argument("name", metavar="QUERY")
@click.option("--set", "pairs", multiple=True, metavar="NAME=VALUE", help="Set a parameter.")
@click.option("--schema", default="epic-clarity", show_default=True, help=SCHEMA_HELP)
@click.option("--dialect", default="duckdb", show_default=True, help="SQL dialect.")
@place_options
def render(
    name: str,
    pairs: tuple[str, ...],
    schema: str,
    dialect: str,
    catalog: str | None,
    db_schema: str | None,
) -> None:
    """Print the SQL of a query in a dialect.

    \b
    Example:
      ehrkit query render length-of-stay --schema omop-5.4 --dialect postgres
    """
    from ehrkit.queries.adapters import load_adapter
    from ehrkit.queries.dialects import render as rendered
    from ehrkit.queries.engines import Place, qualify
    from ehrkit.queries.named import compile_query, load_query
    from ehrkit.queries.reading import overrides

    tree = compile_query(load_query(name, overrides(pairs)), load_adapter(schema))
    click.echo(rendered(qualify(tree, Place(catalog, db_schema), dialect), dialect))


@query.command()
@click.argument("name", metavar="QUERY")
@database_options
@click.option("--set", "pairs", multiple=True, metavar="NAME=VALUE", help="Set a parameter.")
@click.option("--schema", default="epic-clarity", show_default=True, help=SCHEMA_HELP)
@table_output
def run(
    name: str, database: Database, pairs: tuple[str, ...], schema: str, output: TableOutput
) -> None:
    """Run a query. QUERY is a name of the kit or a path to .sql.

    \b
    Example:
      ehrkit query run encounters --db ehrkit-demo/clarity --set kind=emergency
    """
    from ehrkit.queries.adapters import load_adapter
    from ehrkit.queries.named import load_query, run_query
    from ehrkit.queries.reading import overrides

    loaded, adapter = load_query(name, overrides(pairs)), load_adapter(schema)
    with database.open() as engine:
        output.write(run_query(loaded, adapter, engine))
