"""Where DuckDB puts what does not fit into memory: a private folder that goes when it closes.

By itself DuckDB spills rows beside the database, or into the working folder, where others on a
shared machine may read them.
"""

from __future__ import annotations

import os
import re
from tempfile import TemporaryDirectory

import duckdb

from ehrkit.core.errors import UsageError

VARIABLE = "EHRKIT_MEMORY"
_SIZE = re.compile(r"\d+(\.\d+)? ?[KMGT]i?B", re.IGNORECASE)


def limit_memory(connection: duckdb.DuckDBPyConnection) -> TemporaryDirectory[str]:
    """Let DuckDB keep what EHRKIT_MEMORY says in memory, and spill the rest into a new folder.

    The folder is in TMPDIR, and its owner's alone. Without the variable DuckDB's own limit
    holds: 80 % of the memory of the machine or of its control group.

    Raises:
        UsageError: the variable holds no size.
    """
    limit = os.environ.get(VARIABLE)
    if limit is not None:
        if not _SIZE.fullmatch(limit):
            raise UsageError(f"{VARIABLE} must be a size", hint="Such as 8GB or 500MB.")
        connection.execute(f"SET memory_limit = '{limit}'")
    folder = TemporaryDirectory(prefix="ehrkit-")
    quoted = folder.name.replace("'", "''")
    connection.execute(f"SET temp_directory = '{quoted}'")
    return folder
