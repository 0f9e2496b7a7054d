"""`ehrkit cohort test` and `ehrkit cohort diff`: does a definition say what was meant?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import click

from ehrkit.cli.cohorts import AS_OF, CODES, SCHEMA, SET, read
from ehrkit.cli.database import Database, database_options
from ehrkit.cli.options import TableInput, TableOutput, say, table_output
from ehrkit.core.errors import UsageError


@click.command()
@click.argument("name", metavar="COHORT")
@click.option(
    "--tests",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The file of invented patients; else NAME.test.toml beside the cohort.",
)
@SET
@CODES
@table_output
def test(
    name: str,
    tests: Path | None,
    pairs: tuple[str, ...],
    codes: tuple[Path, ...],
    output: TableOutput,
) -> None:
    """Test a cohort on invented patients, in memory. Exit code 5 where one differs.

    Where a check is missed, a table says what was expected and what was found.

    \b
    Example:
      ehrkit cohort test lumbar-fusion-ed-30d
    """
    from ehrkit.core.errors import UsageError, VerificationError
    from ehrkit.queries.proving.expectations import MISSED, check_expectations, expectations_beside
    from ehrkit.queries.reading import find_cohort, overrides
    from ehrkit.queries.vocabulary.codesets import load_code_sets

    file = tests or expectations_beside(find_cohort(name))
    if not file.is_file():
        raise UsageError(
            "the cohort has no such file of tests",
            where=file.name,
            hint="Name another with --tests; `ehrkit cohort new` writes an example.",
        )
    checks = check_expectations(name, file, overrides(pairs), load_code_sets(codes))
    missed = checks.column("result").to_pylist().count(MISSED)
    if missed:
        output.write(checks)
        raise VerificationError(f"{missed} of {checks.num_rows} checks are missed", where=file.name)
    patients = len(set(checks.column("patient").to_pylist()))
    say(f"{file.name}: {patients} patients, {checks.num_rows} checks, all met")


@click.command()
@click.argument("first")
@click.argument("second")
@SET
@click.option(
    "--set-second", "others", multiple=True, metavar="NAME=VALUE", help="Set one of SECOND."
)
@CODES
@AS_OF
@click.option(
    "--exit-code",
    "judged",
    is_flag=True,
    help="Exit 5 where anything differs, 0 where nothing does.",
)
@database_options(required=False)
@SCHEMA
@table_output
def diff(
    first: str,
    second: str,
    pairs: tuple[str, ...],
    others: tuple[str, ...],
    codes: tuple[Path, ...],
    as_of: date | None,
    judged: bool,
    database: Database | None,
    schema: str,
    output: TableOutput,
) -> None:
    """Compare two cohorts on a database, or the saved rows of two runs, row by row.

    With --db, FIRST and SECOND are cohorts, and `decided` names the step that keeps an event
    out of one of them. Without it they are tables that `cohort run` wrote. A difference is an
    answer, so the exit code is 0; --exit-code makes it 5, for scripts (1 would mean a bug).

    \b
    Example:
      ehrkit cohort diff lumbar-fusion-ed-30d lumbar-fusion-ed-30d --set-second window=90 \\
        --db ehrkit-demo/clarity | head -5
      ehrkit cohort diff lumbar-fusion-ed-30d lumbar-fusion-ed-30d --set-second window=30 \\
        --db ehrkit-demo/clarity --exit-code && echo the same
    """
    from ehrkit.core.errors import VerificationError
    from ehrkit.queries.adapting.adapters import load_adapter
    from ehrkit.queries.proving.comparing import compare_cohorts, compare_runs

    if database is None:
        day = (as_of,) if as_of else ()
        given = {"--set": pairs, "--set-second": others, "--codes": codes, "--as-of": day}
        _need_tables((first, second), given)
        one, other = (TableInput(path).open().read_all() for path in (first, second))
        found = compare_runs(one, other, names=(first, second))
    else:
        cohorts = read(first, pairs, codes, as_of), read(second, others, codes, as_of)
        with database.open() as engine:
            found = compare_cohorts(*cohorts, load_adapter(schema), engine)
    output.write(found)
    if judged and found.num_rows:
        raise VerificationError(f"they differ: {found.num_rows} rows", where=f"{first}, {second}")


def _need_tables(names: tuple[str, ...], given: Mapping[str, tuple[object, ...]]) -> None:
    """Refuse cohorts, and what is said of cohorts, where nothing says on which database."""
    from ehrkit.queries.reading import library

    idle = next((option for option, values in given.items() if values), None)
    cohort = next((one for one in names if one.endswith(".toml") or one in library()), None)
    if idle is not None or cohort is not None:
        raise UsageError(
            "cohorts are compared on a database",
            where=idle or cohort,
            hint="Give --db; without it FIRST and SECOND are tables that `cohort run` wrote.",
        )
