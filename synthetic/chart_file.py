"""The chart as a DuckDB file: tables created from their description, filled from Arrow."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from ehrkit.core.errors import EngineError
from ehrkit.synthetic.clarity_spec import Table, tables


def write_chart(path: Path, chart: Mapping[str, pa.Table]) -> None:
    """Write every described table to a new DuckDB file, with comments that tell meaning and PHI.

    Raises:
        EngineError: the database cannot be written.
    """
    try:
        with duckdb.connect(str(path)) as connection:
            connection.execute("BEGIN")
            for name, rows in chart.items():
                _write(connection, tables()[name], rows)
            connection.execute("COMMIT")
    except duckdb.Error:
        raise EngineError(
            "the database could not be written", where=str(path), hint="Is there room on the disk?"
        ) from None


def _write(connection: duckdb.DuckDBPyConnection, table: Table, rows: pa.Table) -> None:
    columns = ", ".join(f"{column.name} {column.type}" for column in table.columns)
    connection.execute(f"CREATE TABLE {table.name} ({columns})")
    connection.register("incoming", rows)
    connection.execute(f"INSERT INTO {table.name} SELECT * FROM incoming")
    connection.unregister("incoming")
    connection.execute(f"COMMENT ON TABLE {table.name} IS {_text(table.about)}")
    for column in table.columns:
        about = _text(f"{column.about} [phi: {column.phi.value}]")
        connection.execute(f"COMMENT ON COLUMN {table.name}.{column.name} IS {about}")


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
