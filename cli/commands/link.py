"""`ehrkit link`: people across sources, by keyed tokens."""

from __future__ import annotations

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
    from ehrkit.core.keys import ProjectKey
    from ehrkit.linkage.sides import Pairs, Sides

LEFT = click.argument("left", type=TABLE)
RIGHT = click.argument("right", type=TABLE)
CAP = click.option(
    "--cap", default=4000, show_default=True, help="Most pairs per block; larger ones are dropped."
)


@click.group()
def link() -> None:
    """Link people across sources by keyed tokens, one to one.

    Encode both sides with one key, match the encoded files, and turn the matches
    into a crosswalk of ids where the key and both tables are at hand. Encoded
    files hold no clear identifier; keep them inside the site that owns the key.
    """


@link.command()
@table_input
@click.option("--id", "id_column", required=True, metavar="COLUMN", help="Column of record ids.")
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="A column that has no standard name, such as first_name=FIRST; repeat as needed.",
)
@key_option
@table_output
def encode(
    source: TableInput,
    id_column: str,
    fields: tuple[str, ...],
    key: ProjectKey,
    output: TableOutput,
) -> None:
    """Turn people into references and keyed tokens.

    Fields: first_name, last_name, birth_date, sex, zip, phone, email, address;
    columns of these names are found by themselves. Write Parquet or Arrow: CSV
    loses the header that `match` needs.

    \b
    Example:
      ehrkit link encode ehrkit-demo/wearables/profiles.csv --id device_user_id \\
        --key-file ehrkit-demo/project.key -o devices.parquet
    """
    from ehrkit.linkage.encoded import encode as encode_people

    encoded = encode_people(
        source.open(),
        id_column=id_column,
        key=key,
        columns=dict(_assignment(text) for text in fields),
        where=source.name,
    )
    output.write(encoded.table)
    say(f"{source.name}: {encoded.table.num_rows:,} records")
    for count in encoded.counts:
        lost = count.present - count.usable
        note = f", {lost:,} of no usable form" if lost else ""
        say(f"  {count.field}: {count.usable:,} tokens{note}")


@link.command()
@LEFT
@RIGHT
@click.option(
    "--threshold",
    default=0.5,
    show_default=True,
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="Lowest probability of a link; raise it where a false link costs more than a missed one.",
)
@CAP
@table_output
def match(
    left: TableInput, right: TableInput, threshold: float, cap: int, output: TableOutput
) -> None:
    """Link two encoded files one to one, without the key.

    \b
    Example:
      ehrkit link match ehrkit-demo/people.tokens.parquet ehrkit-demo/devices.tokens.parquet \\
        -o matches.parquet
    """
    from ehrkit.linkage.matching import match as match_sides

    found = match_sides(
        left.open().read_all(), right.open().read_all(), threshold=threshold, cap=cap
    )
    output.write(found.table)
    capped = sum(count.capped for count in found.candidates.counts)
    say(f"{found.table.num_rows:,} links of {len(found.candidates.pairs):,} pairs compared")
    say(f"  about {found.model.expected:,.0f} people seem to be on both sides")
    if capped:
        say(f"  {capped:,} blocks above the cap of {cap:,} pairs; see `ehrkit link block`")


@link.command()
@click.argument("matches", type=TABLE)
@click.option("--left", "left", type=TABLE, required=True, help="The people of the left side.")
@click.option("--right", "right", type=TABLE, required=True, help="The people of the right side.")
@click.option("--left-id", metavar="COLUMN", help="Id column of the left people.")
@click.option("--right-id", metavar="COLUMN", help="Id column of the right people.")
@key_option
@table_output
def resolve(
    matches: TableInput,
    left: TableInput,
    right: TableInput,
    left_id: str | None,
    right_id: str | None,
    key: ProjectKey,
    output: TableOutput,
) -> None:
    """Turn matches into a crosswalk: left id, right id, probability.

    The id columns are those that the sides were encoded by, unless named.

    \b
    Example:
      ehrkit link resolve ehrkit-demo/matches.parquet --left ehrkit-demo/people.parquet \\
        --right ehrkit-demo/wearables/profiles.csv --key-file ehrkit-demo/project.key \\
        -o crosswalk.parquet
    """
    from ehrkit.linkage.resolve import People
    from ehrkit.linkage.resolve import resolve as resolve_matches

    crosswalk = resolve_matches(
        matches.open().read_all(),
        People(left.open(), left_id, left.name),
        People(right.open(), right_id, right.name),
        key,
    )
    output.write(crosswalk)


@link.command()
@click.argument("crosswalk", type=TABLE)
@click.option("--truth", type=TABLE, required=True, help="Known true pairs, same two id columns.")
@click.option("--min-precision", type=click.FloatRange(0, 1), help="Exit 5 below this precision.")
@click.option("--min-recall", type=click.FloatRange(0, 1), help="Exit 5 below this recall.")
@table_output
def evaluate(
    crosswalk: TableInput,
    truth: TableInput,
    min_precision: float | None,
    min_recall: float | None,
    output: TableOutput,
) -> None:
    """Precision, recall and F1 of a crosswalk against known true pairs.

    The first row is the crosswalk as it is, the others are it cut at higher
    probabilities. Recall counts against all pairs of the truth that have both ids.

    \b
    Example:
      ehrkit link evaluate ehrkit-demo/crosswalk.parquet --truth ehrkit-demo/truth/links.csv
    """
    from ehrkit.linkage.evaluate import evaluate as evaluate_crosswalk
    from ehrkit.linkage.evaluate import require

    report = evaluate_crosswalk(crosswalk.open().read_all(), truth.open().read_all())
    output.write(report)
    require(report, precision=min_precision, recall=min_recall)


@link.command()
@table_input
@table_output
def inspect(source: TableInput, output: TableOutput) -> None:
    """Show what an encoded file gives away without the key.

    Per token: missing share, distinct values, share unique, smallest and largest
    group, and the share of records whose token a public frequency table would name.

    \b
    Example:
      ehrkit link inspect ehrkit-demo/devices.tokens.parquet
    """
    from ehrkit.linkage.leakage import inspect as inspect_encoded

    output.write(inspect_encoded(source.open().read_all(), where=source.name))


@link.command()
@LEFT
@RIGHT
@click.option("--truth", type=TABLE, help="Known true pairs, to measure recall; needs the key.")
@click.option("--key-file", type=click.Path(path_type=Path), help="Project key, with --truth.")
@CAP
@table_output
def block(
    left: TableInput,
    right: TableInput,
    truth: TableInput | None,
    key_file: Path | None,
    cap: int,
    output: TableOutput,
) -> None:
    """Report what each blocking key brings: pairs, capped blocks, recall.

    \b
    Example:
      ehrkit link block ehrkit-demo/people.tokens.parquet ehrkit-demo/devices.tokens.parquet
      ehrkit link block ehrkit-demo/people.tokens.parquet ehrkit-demo/devices.tokens.parquet \\
        --truth ehrkit-demo/truth/links.csv --key-file ehrkit-demo/project.key
    """
    from ehrkit.linkage.blocking import blocking_report
    from ehrkit.linkage.sides import load_sides

    sides = load_sides(left.open().read_all(), right.open().read_all())
    known = None if truth is None else _true_pairs(sides, truth, key_file)
    output.write(blocking_report(sides, known, cap=cap))


@link.command()
@LEFT
@RIGHT
@click.option("--on", required=True, metavar="COLUMN", help="The shared identifier.")
@click.option("--right-on", metavar="COLUMN", help="Its column on the right, if named otherwise.")
@click.option("--left-id", required=True, metavar="COLUMN", help="Id column of the left table.")
@click.option("--right-id", required=True, metavar="COLUMN", help="Id column of the right table.")
@click.option(
    "--kind",
    type=click.Choice(["code", "luhn", "email"]),
    default="code",
    show_default=True,
    help="code: letters and digits; luhn: with a Luhn check digit; email.",
)
@key_option
@table_output
def ids(
    left: TableInput,
    right: TableInput,
    on: str,
    right_on: str | None,
    left_id: str,
    right_id: str,
    kind: str,
    key: ProjectKey,
    output: TableOutput,
) -> None:
    """Link exactly on one shared identifier: study ID, e-mail or serial.

    Several right records may belong to one left record; an identifier that two
    left records hold links nobody. The identifier leaves only as a keyed token.

    \b
    Example:
      ehrkit link ids ehrkit-demo/people.parquet ehrkit-demo/wearables/profiles.csv --on email \\
        --kind email --left-id person_id --right-id device_user_id \\
        --key-file ehrkit-demo/project.key
    """
    from ehrkit.linkage.ids import Side, link_ids

    found = link_ids(
        Side(left.open(), left_id, on, left.name),
        Side(right.open(), right_id, right_on or on, right.name),
        key,
        kind=kind,
    )
    output.write(found.table)
    say(f"{found.table.num_rows:,} links")
    say(f"  no usable identifier: {found.unusable[0]:,} left, {found.unusable[1]:,} right")
    if found.ambiguous:
        say(f"  {found.ambiguous:,} left records share an identifier and are not linked")


def _assignment(text: str) -> tuple[str, str]:
    name, equals, column = text.partition("=")
    if not equals or not name or not column:
        raise UsageError(
            "--field takes FIELD=COLUMN", hint="For example --field first_name=PAT_FIRST_NAME"
        )
    return name, column


def _true_pairs(sides: Sides, truth: TableInput, key_file: Path | None) -> Pairs:
    from ehrkit.cli.options import ask_passphrase
    from ehrkit.core.keys import read_key
    from ehrkit.linkage.truth import locate

    if key_file is None:
        raise UsageError("--truth holds ids, and finding them needs --key-file")
    key = read_key(key_file, passphrase=ask_passphrase)
    return locate(sides, truth.open().read_all(), key)
