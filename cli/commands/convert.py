"""`ehrkit convert`: any supported table format to any other."""

from __future__ import annotations

import click

from ehrkit.cli.options import TableInput, TableOutput, table_input, table_output


@click.command()
@table_input
@table_output
def convert(source: TableInput, output: TableOutput) -> None:
    """Convert a table to another format.

    CSV and TSV stay text: nothing is guessed. An empty field is null, "" an
    empty string. PHI tags travel in Arrow and Parquet.

    \b
    Example:
      ehrkit convert ehrkit-demo/wearables/profiles.csv -o profiles.parquet
      ehrkit convert ehrkit-demo/truth/links.csv --to ndjson | head -3
    """
    output.write(source.open())
