"""How often each code of a set occurs in a database."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import Any

import pyarrow as pa
from sqlglot import exp

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import UsageError
from ehrkit.queries.adapting.adapters import Adapter
from ehrkit.queries.adapting.checking import require
from ehrkit.queries.canonical.build import assemble, parse
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.compiling.membership import code_condition
from ehrkit.queries.engines import Engine
from ehrkit.queries.relations import RELATIONS
from ehrkit.queries.vocabulary.codesets import CodeSet

SCHEMA = pa.schema(
    [field(name, pa.string(), Phi.NONE) for name in ("relation", "vocabulary", "code")]
    + [field(name, pa.int64(), Phi.NONE) for name in ("events", "persons")]
    + [field("entry", pa.string(), Phi.NONE)]
)


def count_codes(code_set: CodeSet, adapter: Adapter, engine: Engine) -> pa.Table:
    """Count each code that occurs, and name the entries that match none.

    Returns:
        One row per relation, vocabulary and code, the most frequent first: events, persons,
        and the entry of the set that the code is of. Then one row for each entry that
        matches no code of the database: no relation and no code, 0 events.

    Raises:
        UsageError: the schema supplies no relation that the set's vocabularies occur in.
        DataError, EngineError: as for cohorts.
    """
    relations = [
        name
        for name in adapter.relations
        if set(RELATIONS[name].vocabularies) & set(code_set.include)
    ]
    if not relations:
        raise UsageError(
            f"the schema {adapter.name} has no relation with such codes", where=code_set.name
        )
    statement = compile_counts(code_set, adapter, relations)
    require(adapter, engine, statement)
    counted = engine.run(statement, SCHEMA.remove(SCHEMA.get_field_index("entry")))
    rows = [row | {"entry": _entry_of(code_set, row)} for row in counted.read_all().to_pylist()]
    return pa.Table.from_pylist([*rows, *_unmatched(code_set, rows)], schema=SCHEMA)


def _entry_of(code_set: CodeSet, row: dict[str, Any]) -> str:
    entries = code_set.include[row["vocabulary"]]
    hit = next((one for one in entries if one.matches(row["code"])), None)
    # What is in the set without matching an entry is below a concept.
    return str(hit) if hit else " or ".join(str(one) for one in entries if one.descendants)


def _unmatched(code_set: CodeSet, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    seen = {(row["vocabulary"], row["code"]) for row in rows}
    for vocabulary, entries in code_set.include.items():
        codes = [code for system, code in seen if system == vocabulary]
        for entry in entries:
            if not any(entry.matches(code) for code in codes):
                unmatched = {"vocabulary": vocabulary, "entry": str(entry)}
                yield unmatched | {"events": 0, "persons": 0}


def compile_counts(code_set: CodeSet, adapter: Adapter, relations: list[str]) -> Node:
    """Return the statement that counts codes in the relations."""
    selects = [_count(code_set, relation) for relation in relations]
    union = reduce(
        lambda left, right: exp.Union(this=left, expression=right, distinct=False), selects
    )
    ctes = adapter.ctes(relations)
    final = parse("SELECT c.* FROM counts AS c ORDER BY c.events DESC, c.vocabulary, c.code")
    return assemble([*ctes, ("counts", "Events and persons per code", union)], final)


def _count(code_set: CodeSet, relation: str) -> Node:
    one = RELATIONS[relation]
    query = parse(
        f"SELECT '{relation}' AS relation, x.vocabulary AS vocabulary, x.code AS code, "
        "COUNT(DISTINCT x.event_id) AS events, COUNT(DISTINCT x.person_id) AS persons "
        f"FROM {one.cte} AS x GROUP BY x.vocabulary, x.code",
    )
    query.set("where", exp.Where(this=code_condition(code_set, one.vocabularies)))
    return query
