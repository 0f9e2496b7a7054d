"""`ehrkit wear`: device exports to records, days, windows, trajectories, and who wears."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ehrkit.cli.options import TABLE, TableInput, TableOutput, say, table_output
from ehrkit.core.errors import UsageError

if TYPE_CHECKING:
    from ehrkit.wearables.anchors import Anchors
    from ehrkit.wearables.windows import Window

STDIN = TableInput("-")


@click.group()
def wear() -> None:
    """Read wearables, summarise days, align them with visits."""


@wear.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--vendor", required=True, help="google-health, fitbit, apple-health or fitabase.")
@table_output
def ingest(source: Path, vendor: str, output: TableOutput) -> None:
    """Read a vendor's export into records: a file, a zip, or a folder with one per device user.

    \b
    Example:
      ehrkit wear ingest ehrkit-demo/wearables/fitbit --vendor fitbit -o fitbit.parquet
    """
    from ehrkit.wearables.records import Tally
    from ehrkit.wearables.vendors import ingest as read

    tally: Tally = Tally()
    output.write(read(source, vendor, tally))
    for what, count in sorted(tally.items()):
        if count:
            say(f"{what}: {count:,}")


@wear.command()
@click.argument("sources", type=TABLE, nargs=-1)
@click.option("--crosswalk", type=TABLE, help="Table of person_id and device_user_id.")
@click.option("--person", default="person_id", show_default=True, help="Its column of people.")
@click.option("--min-wear-hours", type=float, default=10.0, show_default=True)
@click.option("--min-steps", type=int, default=100, show_default=True)
@click.option("--max-steps", type=int, default=45_000, show_default=True)
@click.option(
    "--need-resting-heart-rate", is_flag=True, help="Without one, a day is taken for short wear."
)
@table_output
def daily(
    sources: tuple[TableInput, ...],
    crosswalk: TableInput | None,
    person: str,
    min_wear_hours: float,
    min_steps: int,
    max_steps: int,
    need_resting_heart_rate: bool,
    output: TableOutput,
) -> None:
    """Summarise records of one or several vendors to one row per person and local date.

    \b
    Example:
      ehrkit wear ingest ehrkit-demo/wearables/fitbit --vendor fitbit --to arrow \\
        | ehrkit wear daily | head -3
    """
    from ehrkit.wearables.crosswalk import read_crosswalk
    from ehrkit.wearables.daily import summarise_days
    from ehrkit.wearables.validity import ValidDay

    rule = ValidDay(min_wear_hours, min_steps, max_steps, need_resting_heart_rate)
    people = read_crosswalk(crosswalk.open(), person, crosswalk.name) if crosswalk else None
    readers = (source.open() for source in sources or (STDIN,))
    result = summarise_days(readers, rule, people, person)
    output.write(result.table)
    if result.unmatched_devices:
        say(
            f"device users that the crosswalk does not name, left out: {result.unmatched_devices:,}"
        )
    if any(result.table["spliced"].unique().to_pylist()):
        say("Some people's series mix two meanings of zero; see the column spliced.")


def anchor_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add the daily table, the anchors and what bounds their observation."""
    for option in reversed(
        [
            click.argument("days", metavar="DAILY", type=TABLE, default="-"),
            click.option("--anchors", type=TABLE, required=True, help="Table of anchors."),
            click.option("--anchor", required=True, help="Its date that is day 0."),
            click.option("--person", default="person_id", show_default=True),
            click.option("--censor", multiple=True, help="A last day of observation. Repeatable."),
            click.option("--entry", multiple=True, help="A first day of observation. Repeatable."),
            click.option("--data-cut", type=click.DateTime(["%Y-%m-%d"]), help="Last day of data."),
            click.option("--baseline", default="baseline", show_default=True),
            click.option("--min-baseline-days", type=int, default=7, show_default=True),
            click.option("--window", "windows", multiple=True, help="name=first:last. Repeatable."),
        ]
    ):
        function = option(function)
    return function


@wear.command()
@anchor_options
@table_output
def align(days: TableInput, output: TableOutput, windows: tuple[str, ...], **options: Any) -> None:
    """Count expected, recorded and valid days in windows around an anchor, with mean steps.

    A --window adds to the default windows, or replaces the one of its name.

    \b
    Example:
      ehrkit wear align ehrkit-demo/daily.parquet --anchors ehrkit-demo/cohort.parquet \\
        --anchor index_date --censor follow_up_end -o windows.parquet
    """
    from ehrkit.wearables.align import Alignment
    from ehrkit.wearables.align import align as compute
    from ehrkit.wearables.windows import DEFAULT_WINDOWS

    chosen = _windows(DEFAULT_WINDOWS, windows)
    plan = Alignment(chosen, options["baseline"], options["min_baseline_days"])
    output.write(compute(days.open(), _anchors(**options), plan))


@wear.command()
@anchor_options
@click.option("--by", type=click.Choice(["day", "week"]), default="week", show_default=True)
@click.option("--horizon", type=int, default=182, show_default=True, help="Days after the anchor.")
@click.option("--lead", type=int, default=0, show_default=True, help="Days before the anchor.")
@click.option("--time-to", type=float, help="Give the time to this percent of baseline instead.")
@click.option("--consecutive", type=int, default=2, show_default=True, help="Valid days in a row.")
@table_output
def trajectory(
    days: TableInput,
    output: TableOutput,
    windows: tuple[str, ...],
    by: str,
    horizon: int,
    lead: int,
    time_to: float | None,
    consecutive: int,
    **options: Any,
) -> None:
    """Follow each person's percent of own baseline, or the time until it is reached.

    \b
    Example:
      ehrkit wear trajectory ehrkit-demo/daily.parquet --anchors ehrkit-demo/cohort.parquet \\
        --anchor index_date --censor follow_up_end --time-to 90 | head -5
    """
    from ehrkit.wearables.align import Alignment
    from ehrkit.wearables.align import align as compute
    from ehrkit.wearables.trajectory import Recovery, periods, time_to_recovery
    from ehrkit.wearables.windows import DEFAULT_WINDOWS

    name, enough = options["baseline"], options["min_baseline_days"]
    base = [window for window in _windows(DEFAULT_WINDOWS, windows) if window.name == name]
    if not base:
        raise UsageError("the baseline is not one of the windows", where="--baseline")
    plan = Alignment((base[0], *periods(by, horizon, lead)), name, enough)
    anchors = _anchors(**options)
    if time_to is None:
        output.write(compute(days.open(), anchors, plan))
    else:
        recovery = Recovery(base[0], time_to, consecutive, horizon, enough)
        output.write(time_to_recovery(days.open(), anchors, recovery))


@wear.command()
@click.argument("cohort", type=TABLE)
@click.argument("wearers", type=TABLE)
@click.option("--person", default="person_id", show_default=True)
@table_output
def who(cohort: TableInput, wearers: TableInput, person: str, output: TableOutput) -> None:
    """Compare cohort members with and without device data by age and sex.

    WEARERS is a daily table or a crosswalk.

    \b
    Example:
      ehrkit wear who ehrkit-demo/cohort.parquet ehrkit-demo/daily.parquet
    """
    from ehrkit.wearables.who import compare_wearers, wearers_of

    found = wearers_of(wearers.open(), person, wearers.name)
    output.write(compare_wearers(cohort.open().read_all(), found, person))


def _windows(defaults: tuple[Window, ...], texts: tuple[str, ...]) -> tuple[Window, ...]:
    """Return the default windows with the given ones added, or put in the place of their name."""
    from ehrkit.wearables.windows import check_windows, parse_window

    given = tuple(parse_window(text) for text in texts)
    if given:
        check_windows(given, given[0].name)
    chosen = {window.name: window for window in (*defaults, *given)}
    return tuple(chosen.values())


def _anchors(
    *,
    anchors: TableInput,
    anchor: str,
    person: str,
    censor: tuple[str, ...],
    entry: tuple[str, ...],
    data_cut: datetime | None,
    **_rest: Any,
) -> Anchors:
    """Read the anchors and say how many rows have no date."""
    from ehrkit.wearables.anchors import AnchorColumns, read_anchors

    columns = AnchorColumns(anchor, person, censor, entry)
    found = read_anchors(anchors.open(), columns, data_cut.date() if data_cut else None)
    if found.without_date:
        say(f"anchors without a person or date, left out: {found.without_date:,}")
    return found
