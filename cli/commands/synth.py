"""`ehrkit synth`: a synthetic site to try everything on."""

from __future__ import annotations

from pathlib import Path

import click

from ehrkit.cli.options import say


@click.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--patients", type=int, default=2000, show_default=True, help="How many patients.")
@click.option(
    "--seed", type=int, default=7, show_default=True, help="The same seed, the same data."
)
@click.option("--force", is_flag=True, help="Replace OUT even if it holds something.")
def synth(out: Path, patients: int, seed: int, force: bool) -> None:
    """Make a synthetic chart, device exports and an answer key.

    OUT will hold chart.duckdb (tables shaped like Epic Clarity), wearables/ (the
    portal's profiles.csv and one export per device user, by vendor) and truth/ (who is
    who, what happened, and every error that was planted).

    \b
    Example:
      ehrkit synth demo --patients 2000 --seed 7
      ehrkit schema check epic-clarity --db demo/chart.duckdb
    """
    from ehrkit.synthetic.generate import generate

    made = generate(out, patients, seed, force=force)
    tables, rows = len(made.chart_rows), sum(made.chart_rows.values())
    say(
        f"{out}: {patients:,} patients; {tables} tables with {rows:,} rows; "
        f"{sum(made.users.values()):,} device users; "
        f"{made.truth_rows['planted']:,} planted errors in the answer key."
    )
