"""What ehrkit ships, as tables: cohorts, queries, code sets, schemas."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import UsageError
from ehrkit.queries.adapting.adapters import Adapter, load_adapter, schemas
from ehrkit.queries.kit.named import kit, load_query
from ehrkit.queries.reading import library, load_cohort
from ehrkit.queries.spelling import unknown
from ehrkit.queries.vocabulary.codesets import CodeSet


def _table(rows: list[dict[str, str]], names: tuple[str, ...]) -> pa.Table:
    schema = pa.schema([field(name, pa.string(), Phi.NONE) for name in names])
    return pa.Table.from_pylist(rows, schema=schema)


def list_cohorts() -> pa.Table:
    """Return name, title and parameters of the shipped cohorts."""
    rows = []
    for name in library():
        cohort = load_cohort(name)
        parameters = ", ".join(f"{one.name}={one.default}" for one in cohort.parameters)
        rows.append({"cohort": name, "title": cohort.title, "parameters": parameters})
    return _table(rows, ("cohort", "title", "parameters"))


def list_queries() -> pa.Table:
    """Return name, title, parameters, relations and source of the kit."""
    rows = []
    for name in kit():
        query = load_query(name)
        parameters = ", ".join(f"{one.name}={one.default}" for one in query.parameters)
        row = {"query": name, "title": query.title, "parameters": parameters}
        row |= {"relations": ", ".join(sorted(query.relations)), "source": query.source}
        rows.append(row)
    return _table(rows, ("query", "title", "parameters", "relations", "source"))


def list_code_sets(code_sets: Mapping[str, CodeSet]) -> pa.Table:
    """Return name, title, vocabularies and source of code sets."""
    rows = [
        {
            "codes": name,
            "title": one.title,
            "vocabularies": ", ".join(one.include),
            "source": one.source,
        }
        for name, one in code_sets.items()
    ]
    return _table(rows, ("codes", "title", "vocabularies", "source"))


def show_code_set(code_set: CodeSet) -> pa.Table:
    """Return one row per pattern: vocabulary, pattern, and whether it includes or excludes."""
    rows = [
        {"vocabulary": vocabulary, "pattern": str(entry), "part": part}
        for part, listed in (("include", code_set.include), ("exclude", code_set.exclude))
        for vocabulary, entries in listed.items()
        for entry in entries
    ]
    return _table(rows, ("vocabulary", "pattern", "part"))


def describe_tables(adapter: Adapter, table: str | None = None) -> pa.Table:
    """Return one row per described column: type, PHI kind, meaning, and who reads it.

    Raises:
        UsageError: nothing describes the schema, or it has no such table.
    """
    if adapter.shape is None:
        raise UsageError("nothing describes the tables of this schema", where=adapter.name)
    tables = adapter.shape.tables
    if table is not None and table not in tables:
        raise unknown("table", table, tables)
    readers: dict[tuple[str, str], list[str]] = {}
    for relation in adapter.relations:
        for name, columns in adapter.tables([relation]).items():
            for column in columns:
                readers.setdefault((name.upper(), column.upper()), []).append(relation)
    rows = [
        {
            "table": one.name,
            "column": column.name,
            "type": column.type,
            "phi": column.phi.value,
            "about": column.about,
            "refers": column.refers or column.category or "",
            "relations": ", ".join(readers.get((one.name.upper(), column.name.upper()), ())),
        }
        for one in tables.values()
        if table in (None, one.name)
        for column in one.columns
    ]
    return _table(rows, ("table", "column", "type", "phi", "about", "refers", "relations"))


def list_schemas() -> pa.Table:
    """Return name, title and relations of the shipped schemas."""
    rows = []
    for name in schemas():
        adapter = load_adapter(name)
        relations = ", ".join(adapter.relations)
        rows.append({"schema": name, "title": adapter.title, "relations": relations})
    return _table(rows, ("schema", "title", "relations"))
