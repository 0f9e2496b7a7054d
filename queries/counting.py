"""How often each code of a set occurs in a database."""

from __future__ import annotations

from functools import reduce

import pyarrow as pa
from sqlglot import exp

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import UsageError
from ehrkit.queries.adapters import Adapter
from ehrkit.queries.build import assemble, parse
from ehrkit.queries.checking import require
from ehrkit.queries.codesets import CodeSet
from ehrkit.queries.compiling.membership import code_condition
from ehrkit.queries.engines import Engine
from ehrkit.queries.functions import Node
from ehrkit.queries.relations import RELATIONS
from ehrkit.queries.running import typed

SCHEMA = pa.schema(
    [field(name, pa.string(), Phi.NONE) for name in ("relation", "vocabulary", "code")]
    + [field(name, pa.int64(), Phi.NONE) for name in ("events", "persons")]
)


def count_codes(code_set: CodeSet, adapter: Adapter, engine: Engine) -> pa.RecordBatchReader:
    """Count each code that occurs.

    Returns:
        One row per relation, vocabulary and code, the most frequent first: events, persons.

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
    require(adapter, engine, relations)
    statement = compile_counts(code_set, adapter, relations)
    return typed(engine.run(statement, SCHEMA), SCHEMA)


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
