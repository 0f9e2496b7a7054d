"""`ehrkit synth`: a synthetic site to try everything on, and how good it is."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

import click

from ehrkit.cli.options import TableOutput, counting, say, table_output

SITE = click.Path(path_type=Path, file_okay=False)


class MakeUnlessNamed(click.Group):
    """A group whose first command runs where no other is named: `ehrkit synth OUT` makes."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `make` before anything that is no command and no request for help."""
        first = args[0] if args else ""
        if first not in (*self.commands, "--help", "-h"):
            near = difflib.get_close_matches(first, self.commands, n=1, cutoff=0.8)
            if near and not Path(first).exists():
                ctx.fail(f"Did you mean '{near[0]}'? For a folder of that name: ./{first}")
            args = ["make", *args]
        return super().parse_args(ctx, args)


@click.group(cls=MakeUnlessNamed)
def synth() -> None:
    """Make a synthetic site, and show how good it is.

    Without a verb it makes one: `ehrkit synth OUT` is `ehrkit synth make OUT`.

    \b
    Example:
      ehrkit synth --patients 500 --seed 8
    """


@synth.command()
@click.argument("out", default="ehrkit-demo", type=SITE)
@click.option("--patients", type=int, default=2000, show_default=True, help="How many patients.")
@click.option(
    "--seed", type=int, default=7, show_default=True, help="The same seed, the same bytes."
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
@click.option("--minutes", is_flag=True, help="Write steps and heart rate by minute as well.")
@click.option("--jobs", type=int, help="Processes; the cores that may be used if not given.")
@click.option("--force", is_flag=True, help="Replace OUT even if it holds something.")
def make(
    out: Path,
    patients: int,
    seed: int,
    shapes: tuple[str, ...],
    notes: bool,
    device_users: int,
    minutes: bool,
    jobs: int | None,
    force: bool,
) -> None:
    """Make a synthetic chart, device exports and an answer key.

    OUT will hold a folder per shape (clarity/: a Parquet table per Epic Clarity table),
    wearables/ (the portal's profiles.csv and one export per device user, by vendor) and
    truth/ (who is who, what happened, and every error that was planted). The same
    people and events are in every shape. Above 20,000 patients a table is a folder of
    parts under the same name.

    \b
    Example:
      ehrkit synth make --patients 500 --seed 8 --shape clarity --shape omop
      ehrkit schema check epic-clarity --db ehrkit-demo/clarity
    """
    from ehrkit.synthetic.generate import generate
    from ehrkit.synthetic.spec import Spec

    spec = Spec(patients, seed, device_users=device_users, notes=notes, minutes=minutes)
    with counting("patients", patients) as advance:
        made = generate(
            out,
            spec,
            shapes,
            jobs=available_cores() if jobs is None else jobs,
            force=force,
            advance=advance,
        )
    for shape, tables in made.chart_rows.items():
        say(f"{out / shape}: {len(tables)} tables with {sum(tables.values()):,} rows")
    say(
        f"{out}: {patients:,} patients; {sum(made.users.values()):,} device users; "
        f"{made.truth_rows['planted']:,} planted errors in the answer key."
    )


@synth.command()
@click.argument("site", default="ehrkit-demo", type=SITE)
@table_output
def check(site: Path, output: TableOutput) -> None:
    """Check that time makes sense: nothing before birth or long after death, and so on.

    Every rule of every shape is a row: how many rows broke it, and how many of those the
    answer key names as planted. Exit code 5 where a failure was not planted.

    \b
    Example:
      ehrkit synth check ehrkit-demo
    """
    from ehrkit.core.errors import VerificationError
    from ehrkit.synthetic.quality.temporal import check_times

    checks = check_times(site)
    output.write(checks)
    broken = checks.num_rows - sum(checks["passed"].to_pylist())
    if broken:
        raise VerificationError(f"{broken} checks fail beyond what was planted", where=str(site))


@synth.command()
@click.argument("site", default="ehrkit-demo", type=SITE)
@table_output
def realism(site: Path, output: TableOutput) -> None:
    """Put each published figure that the site aims at beside what was generated.

    Counted on the files: rates after surgery, stays by DRG, appointment outcomes, scores.
    Figures that contradict each other are shown with the reason why they are not aimed
    at. Exit code 5 where a figure lies outside its band.

    \b
    Example:
      ehrkit synth --patients 6000 --no-notes --device-users 0 realistic
      ehrkit synth realism realistic
    """
    from ehrkit.core.errors import VerificationError
    from ehrkit.synthetic.quality.realism import measure_realism

    figures = measure_realism(site)
    output.write(figures)
    missed = figures["within"].to_pylist().count(False)
    if missed:
        raise VerificationError(f"{missed} figures lie outside their bands", where=str(site))


@synth.command()
@click.argument("site", default="ehrkit-demo", type=SITE)
@table_output
def rates(site: Path, output: TableOutput) -> None:
    """Put the trouble in the answer key beside the rates at which it was to be planted.

    A row per kind: its rate, of what, how many rows could have it, how many were to be
    expected, how many the key names. Exit code 5 where that differs by more than four
    standard deviations.

    \b
    Example:
      ehrkit synth rates ehrkit-demo
    """
    from ehrkit.core.errors import VerificationError
    from ehrkit.synthetic.trouble.rates import planted_rates

    compared = planted_rates(site)
    output.write(compared)
    missed = compared["within"].to_pylist().count(False)
    if missed:
        raise VerificationError(f"{missed} kinds are off their rates", where=str(site))


def available_cores() -> int:
    """Return how many cores this process may use: on a cluster, fewer than there are."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1
