"""What comes after `ehrkit cohort run`: Table 1, matched controls, incidence rates."""

from __future__ import annotations

import click

from ehrkit.cli.options import TABLE, TableInput, TableOutput, say, table_input, table_output
from ehrkit.core.errors import UsageError


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(",") if name.strip()]


@click.command("table-one")
@table_input
@click.option("--by", metavar="COLUMN", help="Groups to compare.")
@click.option("--columns", metavar="NAMES", help="Columns to describe, separated by commas.")
@click.option("--continuous", metavar="NAMES", help="Columns to read as numbers.")
@click.option("--smallest", type=click.IntRange(min=0), default=0, help="Hide counts below this.")
@table_output
def table_one(
    source: TableInput,
    by: str | None,
    columns: str | None,
    continuous: str | None,
    smallest: int,
    output: TableOutput,
) -> None:
    """Describe a cohort's rows: counts, means, medians, missing values, standardised differences.

    Give Arrow or Parquet, whose columns have types; of CSV every column is a text, so name the
    numbers with --continuous. `smd` is the largest difference of any two groups.

    \b
    Example:
      ehrkit cohort run lumbar-fusion-ed-30d --db ehrkit-demo/clarity --to arrow |
        ehrkit cohort table-one - --by sex --smallest 11
    """
    from ehrkit.queries.analysis.table_one import table_one as described

    names, numbers = _names(columns), _names(continuous)
    data = source.open().read_all()
    output.write(described(data, by=by, columns=names, continuous=numbers, smallest=smallest))


@click.command("match")
@click.argument("cases", type=TABLE)
@click.argument("controls", type=TABLE)
@click.option("--exact", metavar="NAMES", help="Columns that are equal, separated by commas.")
@click.option(
    "--within", multiple=True, metavar="NAME=BOUND", help="Largest difference (dates: days)."
)
@click.option("--ratio", type=click.IntRange(min=1), default=1, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True, help="Orders cases, settles ties.")
@table_output
def match(
    cases: TableInput,
    controls: TableInput,
    exact: str | None,
    within: tuple[str, ...],
    ratio: int,
    seed: int,
    output: TableOutput,
) -> None:
    """Choose matched controls for cases: nearest first, without replacement, in rounds.

    A person among the cases is never a control. Cases without a control are left out, and
    how many cases got how many controls is said on stderr.

    \b
    Example:
      ehrkit cohort run lumbar-fusion-ed-30d --db ehrkit-demo/clarity -o cases.parquet
      ehrkit cohort run any-surgery-ed-30d --db ehrkit-demo/clarity -o controls.parquet
      ehrkit cohort match cases.parquet controls.parquet --exact sex --within age=5 --ratio 2
    """
    from ehrkit.queries.analysis.matching import match_controls

    bounds = dict(_bound(pair) for pair in within)
    matched = match_controls(
        cases.open().read_all(),
        controls.open().read_all(),
        exact=_names(exact),
        within=bounds,
        ratio=ratio,
        seed=seed,
    )
    for number, count in matched.cases.items():
        say(f"{count:,} cases with {number} controls")
    output.write(matched.rows)


def _bound(pair: str) -> tuple[str, float]:
    name, found, bound = pair.partition("=")
    try:
        return name.strip(), float(bound)
    except ValueError:
        what = "the bound is no number" if found else "must be NAME=BOUND"
        raise UsageError(what, where=f"--within {name}") from None


@click.command("rates")
@table_input
@click.option("--outcome", required=True, metavar="NAME", help="An [[outcome]] of the cohort.")
@click.option("--by", metavar="NAMES", help="Columns of strata, separated by commas.")
@click.option(
    "--per",
    type=click.FloatRange(min=0, min_open=True),
    default=1000,
    show_default=True,
    help="Person-years.",
)
@click.option(
    "--confidence", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.95
)
@table_output
def rates(
    source: TableInput,
    outcome: str,
    by: str | None,
    per: float,
    confidence: float,
    output: TableOutput,
) -> None:
    """Count events and person-years, and give rates with exact Poisson limits (Garwood 1936).

    \b
    Example:
      ehrkit cohort run reoperation-free-survival --db ehrkit-demo/clarity --to arrow |
        ehrkit cohort rates - --outcome reoperation --by sex
    """
    from ehrkit.queries.analysis.rates import incidence

    data = source.open().read_all()
    output.write(incidence(data, outcome, by=_names(by), per=per, confidence=confidence))
