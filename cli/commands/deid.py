"""`ehrkit deid`: scan, check, apply, risk, scrub, reidentify."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ehrkit.cli.options import (
    TABLE,
    TableInput,
    TableOutput,
    key_option,
    say,
    table_input,
    table_output,
)
from ehrkit.core.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from ehrkit.core.keys import ProjectKey
    from ehrkit.deid.evidence import Evidence
    from ehrkit.deid.policy import Policy
    from ehrkit.deid.release import Beside

STANDARDS = ("safe-harbor", "limited", "expert")
POLICY = click.Path(path_type=Path)


@click.group()
def deid() -> None:
    """De-identify tables by policy, with evidence."""


@deid.command()
@click.argument("files", nargs=-1, required=True, type=TABLE)
@click.option("--standard", type=click.Choice(STANDARDS), default="limited", show_default=True)
@click.option("--last-year", type=int, help="Year of the latest date in the data; default: now.")
@click.option("--columns", is_flag=True, help="Show the classes instead of drafting a policy.")
@table_output
def scan(
    files: tuple[TableInput, ...],
    standard: str,
    last_year: int | None,
    columns: bool,
    output: TableOutput,
) -> None:
    """Classify the columns of tables and draft a policy (TOML, on standard output).

    Each file's name without its extensions is the table's name in the policy.

    \b
    Example:
      ehrkit deid scan ehrkit-demo/wearables/profiles.csv > policy.toml
    """
    import pyarrow as pa

    from ehrkit.deid.draft import draft_policy
    from ehrkit.deid.scan import scan, scan_table
    from ehrkit.deid.standards import Standard

    scans = {source.stem: scan(source.open()) for source in files}
    if columns:
        output.write(pa.concat_tables(map(scan_table, scans.values())))
        return
    if output.path or output.format:
        raise UsageError("a drafted policy goes to standard output", hint="Write: > policy.toml")
    year = last_year or dt.datetime.now(dt.UTC).year
    click.echo(draft_policy(scans, Standard(standard), last_year=year), nl=False)


@deid.command()
@click.argument("policy", type=POLICY)
@click.argument("files", nargs=-1, type=TABLE)
@table_output
def check(policy: Path, files: tuple[TableInput, ...], output: TableOutput) -> None:
    """Compute what a policy meets, column by column, and match it with FILES where given.

    Exits 4 when the claimed standard does not hold.

    \b
    Example:
      ehrkit deid scan ehrkit-demo/wearables/profiles.csv > policy.toml
      ehrkit deid check policy.toml ehrkit-demo/wearables/profiles.csv
    """
    from ehrkit.core.keys import ProjectKey
    from ehrkit.deid.apply import apply_policy
    from ehrkit.deid.explain import explain_policy
    from ehrkit.deid.policy_toml import read_policy
    from ehrkit.deid.transforms import RunState

    read = read_policy(policy)
    output.write(explain_policy(read))
    strongest = read.check()
    for source in files:
        # Any key will do: nothing is read but the schema.
        run = RunState(ProjectKey.generate(), read)
        apply_policy(source.open(), read.table(source.stem), run)
    say(f"{policy.name}: claims {read.standard}, meets {strongest}")


@deid.command()
@click.argument("files", nargs=-1, type=TABLE)
@click.option("--policy", "policy_path", type=POLICY, required=True, help="The policy, TOML.")
@click.option("--out-dir", type=POLICY, help="Write every table and a signed run record here.")
@click.option("--force", is_flag=True, help="Replace an --out-dir that holds something.")
@click.option("--table", help="The policy's table, where the file name is not it.")
@click.option("--crosswalk", type=POLICY, help="Also write the way back, encrypted, to this file.")
@click.option("--quarantine", type=POLICY, help="List the rows left out: table, row, column.")
@key_option
@table_output
def apply(
    files: tuple[TableInput, ...],
    policy_path: Path,
    out_dir: Path | None,
    force: bool,
    table: str | None,
    crosswalk: Path | None,
    quarantine: Path | None,
    key: ProjectKey,
    output: TableOutput,
) -> None:
    """De-identify tables by a policy; columns without a line, and false claims, are refused.

    With --out-dir all tables and their signed record appear together, or nothing
    does. Without it, one table goes from standard input (or FILE) to standard
    output (or -o), and no record is written.

    \b
    Example:
      ehrkit deid scan ehrkit-demo/wearables/profiles.csv > policy.toml
      ehrkit deid apply --policy policy.toml --key-file ehrkit-demo/project.key \\
        --out-dir released --crosswalk crosswalk.bin ehrkit-demo/wearables/profiles.csv
    """
    from ehrkit.deid.policy_toml import read_policy
    from ehrkit.deid.release import Beside, release_folder

    policy = read_policy(policy_path)
    beside = Beside(crosswalk, quarantine)
    if out_dir is None:
        if len(files) > 1:
            raise UsageError("several tables need --out-dir")
        if not files and sys.stdin.isatty():
            raise UsageError("no table: name FILES, or give one on standard input")
        source = files[0] if files else TableInput("-")
        _apply_stream(source, output, policy, key, table, beside)
        return
    if output.path or output.format:
        raise UsageError("--out-dir and -o or --to do not go together")
    if not files or any(source.path == "-" for source in files):
        raise UsageError("--out-dir needs files, not standard input")
    paths = [Path(source.path) for source in files]
    for evidence in release_folder(
        paths, out_dir, policy, key, table=table, beside=beside, force=force
    ):
        _tell(evidence)


def _apply_stream(
    source: TableInput,
    output: TableOutput,
    policy: Policy,
    key: ProjectKey,
    table: str | None,
    beside: Beside,
) -> None:
    """De-identify one table from a file or pipe to another; there is no record."""
    from ehrkit.deid.apply import apply_policy
    from ehrkit.deid.release import noting

    policy.check()
    left_out: list[tuple[str, int, str]] = []
    run = beside.start(policy, key)
    rules = policy.table(table or (source.stem if source.stem in policy.tables else None))
    applied = apply_policy(source.open(), rules, run, on_bad_row=noting(left_out, rules.name))
    if output.write(applied.reader) is not None:
        _tell(applied.evidence())
        beside.finish(run, left_out)


def _tell(evidence: Evidence) -> None:
    left_out = f", {evidence.rows_quarantined:,} quarantined" if evidence.rows_quarantined else ""
    say(
        f"{evidence.table}: {evidence.rows_in:,} rows in, {evidence.rows_out:,} out{left_out}; "
        f"claims {evidence.standard}, meets {evidence.strongest}"
    )


@deid.command()
@table_input
@click.option("--quasi", required=True, help="Quasi-identifiers, separated by commas.")
@click.option("--population", type=TABLE, help="Everybody the table could be drawn from.")
@click.option("--after", type=TABLE, help="The same table de-identified, to compare with.")
@click.option("--threshold", type=float, default=0.09, show_default=True, help="Risk of a record.")
@click.option("--histogram", is_flag=True, help="Show class sizes instead of measures.")
@table_output
def risk(
    source: TableInput,
    quasi: str,
    population: TableInput | None,
    after: TableInput | None,
    threshold: float,
    histogram: bool,
    output: TableOutput,
) -> None:
    """Measure re-identification risk: k, uniques, prosecutor, journalist, marketer.

    \b
    Example:
      ehrkit deid risk ehrkit-demo/wearables/profiles.csv --quasi sex,zip,birth_date
    """
    import pyarrow as pa

    from ehrkit.deid.risk import measure_risk

    names = [name.strip() for name in quasi.split(",") if name.strip()]
    stages = [("before", source), ("after", after)] if after else [("table", source)]
    tables: list[pa.Table] = []
    for stage, each in stages:
        people = population.open() if population else None
        measured = measure_risk(
            each.open() if each else source.open(), names, population=people, threshold=threshold
        )
        tables.append(measured.histogram_table(stage) if histogram else measured.as_table(stage))
    output.write(pa.concat_tables(tables))


@deid.command()
@table_input
@click.option("--column", "columns", multiple=True, required=True, help="A text column. Repeat.")
@click.option("--known", multiple=True, help="A column of the person's identifiers. Repeat.")
@table_output
def scrub(
    source: TableInput, columns: tuple[str, ...], known: tuple[str, ...], output: TableOutput
) -> None:
    """Scrub identifiers from text columns. The result is safer, not de-identified.

    \b
    Example:
      ehrkit deid scrub ehrkit-demo/wearables/profiles.csv --column address --known last_name
    """
    from ehrkit.deid.scrub import scrub_columns

    reader, counts = scrub_columns(source.open(), columns, known)
    output.write(reader)
    say("scrubbed: " + (", ".join(f"{n} {c}" for c, n in sorted(counts.items())) or "nothing"))


@deid.command()
@table_input
@click.option("--crosswalk", type=POLICY, required=True, help="Written by apply --crosswalk.")
@click.option("--column", default="person_id", show_default=True, help="The column of tokens.")
@click.option("--purpose", default="person", show_default=True, help="Of the tokens, see policy.")
@key_option
@table_output
def reidentify(
    source: TableInput,
    crosswalk: Path,
    column: str,
    purpose: str,
    key: ProjectKey,
    output: TableOutput,
) -> None:
    """Put the original identifiers back, with the project key and a crosswalk.

    \b
    Example:
      ehrkit deid apply --policy ehrkit-demo/policy.toml --key-file ehrkit-demo/project.key \\
        --crosswalk crosswalk.bin -o cohort.parquet ehrkit-demo/cohort.parquet
      ehrkit deid reidentify cohort.parquet --crosswalk crosswalk.bin \\
        --key-file ehrkit-demo/project.key --column person_id --purpose person
    """
    from ehrkit.deid.crosswalk import read_crosswalk, reidentify

    table = read_crosswalk(crosswalk, key)
    output.write(reidentify(source.open(), column, table, purpose))
