"""The servers that ehrkit knows: dialect, driver, what to install, and how a session starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Backend:
    """A kind of server, by SQLAlchemy's name for it.

    Attributes:
        dialect: the SQL that it reads.
        driver: SQLAlchemy's driver where the address names none; None leaves it the choice.
        install: what to install for it with pip.
        names: how it finds names, as in `Engine`.
        session: statements that a new session starts with.
        catalogs: one session can look into several catalogs by `catalog.schema`.
    """

    dialect: str
    driver: str | None
    install: str
    names: Literal["folded", "exact"]
    session: tuple[str, ...] = ()
    catalogs: bool = False


# A slow reader of a pipe may let a result wait for a day (design choice; the default is 60 s).
_MYSQL = Backend(
    "mysql",
    "pymysql",
    "ehrkit[mysql]",
    "exact",
    (
        "SET SESSION TRANSACTION READ ONLY",
        # MariaDB joins by hash only where it is told to; MySQL 8 reads this as a comment.
        "SET SESSION net_write_timeout = 86400 /*M!100000 , SESSION join_cache_level = 8 */",
        # A text that is no date is NULL in a SELECT, but an error where a SELECT fills a table.
        "SET SESSION sql_mode = REPLACE(REPLACE(@@sql_mode, 'STRICT_TRANS_TABLES', ''), "
        "'STRICT_ALL_TABLES', '')",
        # Texts that the statement makes compare letter by letter, as on all other databases.
        "SET NAMES utf8mb4 COLLATE utf8mb4_bin",
    ),
)
BACKENDS = {
    "postgresql": Backend(
        "postgres",
        "psycopg",
        "ehrkit[postgres]",
        "folded",
        (
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
            # Compiling a statement of 40 CTEs takes longer than running it: measured, 18 s
            # against 1 s on a chart of 1,200 patients.
            "SELECT set_config(name, 'off', false) FROM pg_settings WHERE name = 'jit'",
        ),
    ),
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    "mssql": Backend("tsql", None, "pyodbc", "exact", catalogs=True),
    "oracle": Backend("oracle", "oracledb", "oracledb", "folded"),
    "snowflake": Backend("snowflake", None, "snowflake-sqlalchemy", "folded", catalogs=True),
    "bigquery": Backend("bigquery", None, "sqlalchemy-bigquery", "exact", catalogs=True),
    "redshift": Backend("redshift", None, "sqlalchemy-redshift", "folded"),
    "trino": Backend("trino", None, "trino[sqlalchemy]", "exact"),
    "databricks": Backend("databricks", None, "databricks-sqlalchemy", "exact"),
}
