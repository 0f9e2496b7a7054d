"""`ehrkit schema`: the schemas that cohorts run on."""

from __future__ import annotations

import click

from ehrkit.cli.database import Database, database_options
from ehrkit.cli.options import TableOutput, say, table_output


@click.group()
def schema() -> None:
    """List, show and check the schemas that cohorts run on."""


@schema.command("list")
@table_output
def list_(output: TableOutput) -> None:
    """List the schemas and the relations that each supplies.

    \b
    Example:
      ehrkit schema list
    """
    from ehrkit.queries.listing import list_schemas

    output.write(list_schemas())


@schema.command()
@click.argument("name", metavar="SCHEMA")
@click.argument("relation", required=False)
def show(name: str, relation: str | None) -> None:
    """Print the canonical SQL of a schema, or of one RELATION with the helpers that it uses.

    \b
    Example:
      ehrkit schema show epic-clarity encounter
    """
    from ehrkit.queries.adapting.adapters import load_adapter
    from ehrkit.queries.relations import RELATIONS
    from ehrkit.queries.spelling import unknown

    adapter = load_adapter(name)
    if relation is not None and relation not in RELATIONS:
        raise unknown("relation", relation, adapter.relations)
    for part in adapter.need([relation] if relation else adapter.relations):
        click.echo(f"-- {part.path.name}\n{part.text.strip()}\n")


@schema.command()
@click.argument("name", metavar="SCHEMA")
@click.argument("table", required=False)
@table_output
def tables(name: str, table: str | None, output: TableOutput) -> None:
    """Describe the tables of a schema, or one TABLE: columns, types, PHI, meaning.

    The last column names the logical relations that read it.

    \b
    Example:
      ehrkit schema tables epic-clarity PAT_ENC_HSP
    """
    from ehrkit.queries.adapting.adapters import load_adapter
    from ehrkit.queries.listing import describe_tables

    output.write(describe_tables(load_adapter(name), table))


@schema.command()
@click.argument("name", metavar="SCHEMA", default="epic-clarity")
@database_options()
@click.option("--relation", "relations", multiple=True, help="Check this relation alone.")
@table_output
def check(name: str, database: Database, relations: tuple[str, ...], output: TableOutput) -> None:
    """List the tables and columns that a schema reads and a database lacks.

    Exit code 3 where something is missing.

    \b
    Example:
      ehrkit schema check epic-clarity --db ehrkit-demo/clarity
    """
    from ehrkit.core.errors import DataError
    from ehrkit.queries.adapting.adapters import load_adapter
    from ehrkit.queries.adapting.checking import missing
    from ehrkit.queries.relations import RELATIONS
    from ehrkit.queries.spelling import unknown

    adapter = load_adapter(name)
    for relation in relations:
        if relation not in RELATIONS:
            raise unknown("relation", relation, adapter.relations)
    with database.open() as engine:
        lacks = missing(adapter, engine, relations or None)
    if lacks.num_rows == 0:
        say(f"{name}: the database has all that it reads")
        return
    output.write(lacks)
    raise DataError(
        f"lacks {lacks.num_rows} tables or columns that {name} reads",
        where=engine.name,
        hint="Replace the relations that need them in a folder of your own: --schema FOLDER",
    )
