"""Every kit query can be written for every shipped schema, with names that nothing else has."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlglot import exp

from ehrkit.core.errors import UsageError
from ehrkit.queries.adapting.adapters import load_adapter, schemas
from ehrkit.queries.kit.named import compile_query, kit, load_query
from ehrkit.queries.vocabulary.codesets import load_code_sets

SETS = load_code_sets()


@pytest.mark.parametrize("schema", sorted(schemas()))
def test_no_name_is_taken_twice(schema: str) -> None:
    adapter = load_adapter(schema)
    for name in kit():
        query = load_query(name, {}, SETS)
        try:
            tree = compile_query(query, adapter)
        except UsageError:  # the schema supplies no such relation
            continue
        names = Counter(cte.alias for cte in tree.find_all(exp.CTE))
        assert [one for one, count in names.items() if count > 1] == [], name
