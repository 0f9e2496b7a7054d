"""`ehrkit cohort`: define, explain, render and run cohorts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ehrkit.cli.cohorts import SCHEMA, SCHEMA_HELP, cohort_argument
from ehrkit.cli.commands.analysis import match, rates, table_one
from ehrkit.cli.commands.proof import diff, test
from ehrkit.cli.database import Database, database_options, place_options
from ehrkit.cli.options import TableOutput, say, table_output
from ehrkit.core.errors import UsageError

if TYPE_CHECKING:
    from ehrkit.queries.language.cohort import Cohort


@click.group()
def cohort() -> None:
    """Define, explain, render and run cohorts."""


@cohort.command("list")
@table_output
def list_(output: TableOutput) -> None:
    """List the cohorts that ehrkit ships.

    \b
    Example:
      ehrkit cohort list
    """
    from ehrkit.queries.listing import list_cohorts

    output.write(list_cohorts())


@cohort.command()
@click.argument("name", metavar="COHORT")
def show(name: str) -> None:
    """Print a cohort file.

    \b
    Example:
      ehrkit cohort show lumbar-fusion-ed-30d
    """
    from ehrkit.queries.reading import find_cohort, load_cohort

    load_cohort(name)
    click.echo(find_cohort(name).read_text(encoding="utf-8"), nl=False)


@cohort.command()
@cohort_argument
@click.option("--schema", "schema", help=SCHEMA_HELP)
def check(cohort: Cohort, schema: str | None) -> None:
    """Check a cohort file, and whether a schema supplies what it needs.

    \b
    Example:
      ehrkit cohort check lumbar-fusion-ed-30d --schema epic-clarity
    """
    if schema is not None:
        from ehrkit.queries.adapting.adapters import load_adapter
        from ehrkit.queries.compiling.needs import relations_of

        load_adapter(schema).need(relations_of(cohort))
    parts = {"rule": cohort.rules, "column": cohort.columns, "outcome": cohort.outcomes}
    found = [f"{len(one)} {word}{'' if len(one) == 1 else 's'}" for word, one in parts.items()]
    say(f"{cohort.id}: {', '.join(found)}, no error")


@cohort.command()
@cohort_argument
def explain(cohort: Cohort) -> None:
    """Say in plain English what a cohort is, with its conventions.

    \b
    Example:
      ehrkit cohort explain lumbar-fusion-ed-30d --set window=90
    """
    from ehrkit.queries.explaining import explain as explained

    click.echo(explained(cohort), nl=False)


@cohort.command()
@cohort_argument
@SCHEMA
@click.option("--dialect", default="duckdb", show_default=True, help="SQL dialect.")
@place_options
def render(
    cohort: Cohort, schema: str, dialect: str, catalog: str | None, db_schema: str | None
) -> None:
    """Print the SQL of a cohort in a dialect.

    \b
    Example:
      ehrkit cohort render lumbar-fusion-ed-30d --schema epic-clarity --dialect tsql
    """
    from ehrkit.queries.adapting.adapters import load_adapter
    from ehrkit.queries.dialects import DIALECTS
    from ehrkit.queries.engines import Place
    from ehrkit.queries.running import render_cohort

    place = Place(catalog, db_schema)
    click.echo(render_cohort(cohort, load_adapter(schema), dialect, place))
    if DIALECTS[dialect].level == "checked":
        say(f"{dialect}: rendered and statically checked, not executed by ehrkit's tests")


@cohort.command()
@cohort_argument
@database_options()
@SCHEMA
@table_output
def run(cohort: Cohort, database: Database, schema: str, output: TableOutput) -> None:
    """Run a cohort: one row per index event.

    \b
    Example:
      ehrkit cohort run lumbar-fusion-ed-30d --db ehrkit-demo/clarity | head -5
    """
    from ehrkit.queries.adapting.adapters import load_adapter
    from ehrkit.queries.running import run_cohort

    adapter = load_adapter(schema)
    with database.open() as engine:
        output.write(run_cohort(cohort, adapter, engine))


@cohort.command()
@cohort_argument
@database_options()
@SCHEMA
@table_output
def attrition(cohort: Cohort, database: Database, schema: str, output: TableOutput) -> None:
    """Count the persons, events and encounters that each step leaves out.

    \b
    Example:
      ehrkit cohort attrition lumbar-fusion-ed-30d --db ehrkit-demo/clarity
    """
    from ehrkit.queries.adapting.adapters import load_adapter
    from ehrkit.queries.attrition import attrition as counted

    adapter = load_adapter(schema)
    with database.open() as engine:
        output.write(counted(cohort, adapter, engine))


@cohort.command()
@click.argument("name")
def new(name: str) -> None:
    """Write NAME.toml, a working cohort file to change, and NAME.test.toml, its tests.

    \b
    Example:
      ehrkit cohort new my-cohort
      ehrkit cohort test my-cohort.toml
    """
    from ehrkit.core.files import atomic_file
    from ehrkit.queries.proving.expectations import expectations_beside
    from ehrkit.queries.template import check_name, new_cohort, new_tests

    path = Path(f"{name.removesuffix('.toml')}.toml")
    check_name(path.stem)
    texts = {path: new_cohort(path.stem), expectations_beside(path): new_tests(path.stem)}
    for file in texts:
        if file.exists():
            raise UsageError(
                "the file exists already", where=str(file), hint="Choose another name."
            )
    for file, text in texts.items():
        with atomic_file(file) as handle:
            handle.write(text.encode())
    say(f"{path}: written; next: ehrkit cohort explain {path}")


for later in (test, diff, table_one, match, rates):
    cohort.add_command(later)
