"""Does a database have what a schema's SQL reads? The answer comes from parsing that SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import DataError
from ehrkit.queries.adapting.adapters import Adapter, load_adapter, schemas
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.canonical.sources import tables_read
from ehrkit.queries.engines import Engine
from ehrkit.queries.relations import ADDED_RELATIONS

# The share of its tables by which a schema is known; others share a few names at most.
MOST = 0.5
SCHEMA = pa.schema(
    [
        field(name, pa.string(), Phi.NONE)
        for name in ("table", "column", "missing", "about", "relations")
    ]
)


def missing(adapter: Adapter, engine: Engine, relations: Iterable[str] | None = None) -> pa.Table:
    """List what the relations read and the database lacks.

    By default all relations, but none for which the user has yet to add a table.

    Returns:
        One row per missing table or column: table, column (null for a whole table),
        missing (`table` or `column`), about (what it means, where the schema is
        described), and the relations that need it.
    """
    asked = list(adapter.relations if relations is None else relations)
    present = engine.columns(adapter.tables(asked))
    if relations is None:
        asked = [one for one in asked if not _to_be_added(adapter, one, present)]
    lacks: dict[tuple[str, str | None], list[str]] = {}
    for relation in asked:
        for table, columns in adapter.tables([relation]).items():
            if table not in present:
                lacks.setdefault((table, None), []).append(relation)
                continue
            for column in sorted(columns):
                if column.upper() not in present[table]:
                    lacks.setdefault((table, column), []).append(relation)
    rows = [
        {
            "table": table,
            "column": column,
            "missing": "column" if column else "table",
            "about": _meaning(adapter, table, column) or ADDED_RELATIONS.get(names[0]),
            "relations": ", ".join(names),
        }
        for (table, column), names in sorted(lacks.items(), key=lambda one: str(one[0]))
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _to_be_added(adapter: Adapter, relation: str, present: Mapping[str, set[str]]) -> bool:
    own = adapter.tables([relation]) if relation in ADDED_RELATIONS else {}
    return bool(own) and not any(table.upper() in present for table in own)


def _meaning(adapter: Adapter, table: str, column: str | None) -> str | None:
    described = adapter.shape.tables.get(table) if adapter.shape else None
    if described is None or column is None:
        return described.about if described else None
    return next((one.about for one in described.columns if one.name == column), None)


def require(adapter: Adapter, engine: Engine, statement: Node) -> None:
    """Refuse to run a statement on a database that lacks something which it reads.

    Raises:
        DataError: tables or columns are missing; the first ones are named, or the schema
            whose tables are there.
    """
    read = tables_read(statement)
    present = engine.columns(read)
    if read and not present:
        raise DataError(
            f"the database has none of the tables that {adapter.name} reads",
            where=engine.name,
            hint=_elsewhere(engine),
        )
    names = [
        f"{table}.{column}" if table in present else table
        for table, columns in sorted(read.items())
        for column in (sorted(columns) if table in present else [""])
        if table not in present or column.upper() not in present[table]
    ]
    if names:
        added = [one for one in _added_tables(adapter) if one in names]
        see = (
            f"{added[0]} is yours to add: --table {added[0]}=FILE, or"
            if added
            else f"See all: ehrkit schema check {adapter.name} --db DATABASE; or"
        )
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        raise DataError(
            f"the database lacks {', '.join(names[:5])}{more}, which {adapter.name} reads",
            where=engine.name,
            hint=f"{see} overlay the schema with --schema FOLDER",
        )


def _elsewhere(engine: Engine) -> str:
    """Return a hint at the shipped schema most of whose tables a database has, if any."""
    shares = {}
    for name in schemas():
        other = load_adapter(name)
        tables = other.tables(other.relations)
        # Rounded, so that of a schema and what extends it the schema itself is named.
        shares[name] = round(len(engine.columns(tables)) / len(tables), 1)
    likeliest = max(shares, key=lambda name: shares[name])
    if shares[likeliest] < MOST:
        return "Are they in another place? See --catalog and --db-schema."
    return f"They look like those of {likeliest}: --schema {likeliest}"


def _added_tables(adapter: Adapter) -> list[str]:
    relations = [one for one in adapter.relations if one in ADDED_RELATIONS]
    return [table for one in relations for table in adapter.tables([one])]
