"""The statements that the tests of dialects render: examples, kit queries, shipped cohorts."""

from __future__ import annotations

from functools import cache

from ehrkit.queries.adapting.adapters import Adapter, load_adapter, schemas
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.compiling import compile_cohort
from ehrkit.queries.dialects import DIALECTS, render
from ehrkit.queries.kit.named import compile_query, kit, load_query
from ehrkit.queries.reading import library, load_cohort

CHECKED = [name for name, one in DIALECTS.items() if one.level == "checked"]
# The shape of the synthetic chart that a schema reads.
SHAPES = {"epic-clarity": "clarity", "omop-5.4": "omop", "cerner-millennium": "cerner"}
# Everything is rendered on one schema; of the others, one cohort and one query are enough.
MAIN = "epic-clarity"
COHORT, QUERY = "lumbar-fusion-ed-30d", "length-of-stay"


def names() -> list[tuple[str, str]]:
    """Return the schema and the name of each cohort and query to look at."""
    everything = [(MAIN, name) for name in (*library(), *kit())]
    return everything + [(s, name) for s in schemas() if s != MAIN for name in (COHORT, QUERY)]


@cache
def statement(schema: str, name: str) -> Node:
    """Return a cohort or a query as a canonical statement."""
    adapter = load_adapter(schema)
    return compile_query(load_query(name), adapter) if name in kit() else _cohort(name, adapter)


@cache
def rendered(schema: str, name: str, dialect: str) -> str:
    """Return a cohort or a query in a dialect."""
    return render(statement(schema, name), dialect)


def _cohort(name: str, adapter: Adapter) -> Node:
    return compile_cohort(load_cohort(name), adapter)
