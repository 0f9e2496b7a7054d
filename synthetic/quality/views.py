"""The tables of a written site as views, for plain SQL on its files."""

from __future__ import annotations

from pathlib import Path

import duckdb


def view_tables(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Make a view per table of one folder; a table is a file, or a folder of parts."""
    for path in sorted(folder.glob("*.parquet")):
        source = str(path / "*.parquet" if path.is_dir() else path).replace("'", "''")
        connection.execute(f"CREATE OR REPLACE VIEW {path.stem} AS FROM read_parquet('{source}')")
