"""`ehrkit audit`: verify and read run records with the public key alone."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ehrkit.cli.options import TableOutput, table_output
from ehrkit.core.errors import UsageError, VerificationError

FOLDER = click.argument("folder", type=click.Path(path_type=Path))


@click.group()
def audit() -> None:
    """Verify and read run records.

    A record is signed evidence, without data values, of what a run did. To
    verify one takes the folder and the project's public key, nothing else.
    """


@audit.command()
@FOLDER
@click.option(
    "--public-key",
    type=click.Path(path_type=Path),
    required=True,
    help="The project's public key, had from its owner.",
)
@click.option("--head", help="Last record's SHA-256 as noted earlier: shows a cut-off end.")
def verify(folder: Path, public_key: Path, head: str | None) -> None:
    """Check every record and every file that the records of FOLDER name.

    Exit code 0 says that all match; 5 names what does not.

    \b
    Example:
      ehrkit audit verify ehrkit-demo/deid --public-key ehrkit-demo/project.key.pub
    """
    from ehrkit.core.records import verify_folder

    verdict = verify_folder(folder, _read(public_key), head=head)
    for finding in verdict.findings:
        click.echo(f"{finding.file}: {finding.what}", err=True)
    if verdict.findings:
        raise VerificationError(
            f"{len(verdict.findings)} of the checks failed: do not rely on these files",
            where=str(folder),
        )
    click.echo(
        f"verified: {len(verdict.files)} files, {verdict.records} records, head {verdict.head}"
    )


@audit.command()
@FOLDER
@click.argument("number", type=click.IntRange(min=1), required=False)
def show(folder: Path, number: int | None) -> None:
    """Print a record of FOLDER as JSON: the last, or the one of that NUMBER.

    It is shown as it stands; `verify` tells whether to believe it.

    \b
    Example:
      ehrkit audit show ehrkit-demo/deid
    """
    from ehrkit.core.records import read_records

    records = list(read_records(folder))
    if number and number > len(records):
        raise UsageError(f"there are {len(records)} records", where=str(folder))
    _, record = records[(number or len(records)) - 1]
    click.echo(json.dumps(record, indent=2, ensure_ascii=False))


@audit.command()
@FOLDER
@table_output
def log(folder: Path, output: TableOutput) -> None:
    """List the records of FOLDER, one row each.

    \b
    Example:
      ehrkit audit log ehrkit-demo/deid
    """
    import pyarrow as pa

    from ehrkit.core.columns import Phi, field
    from ehrkit.core.records import read_records

    columns = ("sequence", "command", "started", "finished", "retain_until")
    records = [record["predicate"] for _, record in read_records(folder)]
    schema = pa.schema(
        [field(n, pa.int64() if n == "sequence" else pa.string(), Phi.NONE) for n in columns]
    )
    output.write(pa.Table.from_pylist([{n: r[n] for n in columns} for r in records], schema))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise UsageError("cannot be read", where=str(path)) from None
