"""`ehrkit synth`: a synthetic site to try everything on."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ehrkit.cli.options import say


@click.command()
@click.argument("out", default="ehrkit-demo", type=click.Path(path_type=Path))
@click.option("--patients", type=int, default=2000, show_default=True, help="How many patients.")
@click.option(
    "--seed", type=int, default=7, show_default=True, help="The same seed, the same data."
)
@click.option(
    "--shape",
    "shapes",
    type=click.Choice(["clarity", "omop", "cerner"]),
    multiple=True,
    default=["clarity"],
    show_default=True,
    help="Shape of the tables; may be given several times.",
)
@click.option("--notes/--no-notes", default=True, help="Write clinical notes (default: yes).")
@click.option(
    "--device-users", type=int, default=1000, show_default=True, help="Device users at most."
)
@click.option("--jobs", type=int, help="Processes; the cores that may be used if not given.")
@click.option("--force", is_flag=True, help="Replace OUT even if it holds something.")
def synth(
    out: Path,
    patients: int,
    seed: int,
    shapes: tuple[str, ...],
    notes: bool,
    device_users: int,
    jobs: int | None,
    force: bool,
) -> None:
    """Make a synthetic chart, device exports and an answer key.

    OUT will hold clarity/ (a Parquet table per Epic Clarity table), wearables/ (the
    portal's profiles.csv and one export per device user, by vendor) and truth/ (who is
    who, what happened, and every error that was planted).

    \b
    Example:
      ehrkit synth --patients 500 --seed 8
      ehrkit schema check epic-clarity --db ehrkit-demo/clarity
    """
    from ehrkit.synthetic.generate import generate
    from ehrkit.synthetic.spec import Spec

    spec = Spec(patients, seed, device_users=device_users, notes=notes)
    made = generate(out, spec, shapes, jobs=jobs or available_cores(), force=force)
    for shape, tables in made.chart_rows.items():
        say(f"{out / shape}: {len(tables)} tables with {sum(tables.values()):,} rows")
    say(
        f"{out}: {patients:,} patients; {sum(made.users.values()):,} device users; "
        f"{made.truth_rows['planted']:,} planted errors in the answer key."
    )


def available_cores() -> int:
    """Return how many cores this process may use: on a cluster, fewer than there are."""
    return len(os.sched_getaffinity(0))
