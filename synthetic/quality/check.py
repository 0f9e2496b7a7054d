"""One rule of time about one column, as SQL that counts the rows that break it."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from ehrkit.core.shapes import Table


@dataclass(frozen=True)
class Check:
    """One rule about one column.

    Attributes:
        source: what follows FROM; the rows of the table are `x`.
        fails: the condition of a broken row.
        allowed: kinds of planted trouble that may break it; each excuses the rows of this
            table that the answer key names under it, and no others.
    """

    shape: str
    name: str
    table: Table
    column: str
    source: str
    fails: str
    allowed: tuple[str, ...] = ()

    def sql(self) -> str:
        """Return a query for one row: rows looked at, failed, and failed as planted."""
        kinds = ", ".join(f"'{kind}'" for kind in self.allowed)
        planted = (
            f"{self._key()} IN (SELECT key FROM planted "
            f"WHERE \"table\" = '{self.shape}.{self.table.name}' AND kind IN ({kinds}))"
            if kinds
            else "false"
        )
        return (
            f"SELECT count(*), count(*) FILTER (WHERE {self.fails}), "
            f"count(*) FILTER (WHERE ({self.fails}) AND {planted}) "
            f"FROM {self.source} WHERE x.{self.column} IS NOT NULL"
        )

    def _key(self) -> str:
        """Return the key as the answer key spells it: whole numbers, parts joined by a dash."""
        types = {name: self.table.schema.field(name).type for name in self.table.key}
        whole = (
            f"CAST(x.{name} AS BIGINT)" if kind == pa.float64() else f"x.{name}"
            for name, kind in types.items()
        )
        return " || '-' || ".join(f"CAST({part} AS VARCHAR)" for part in whole)
