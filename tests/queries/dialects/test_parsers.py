"""Parsers that are not sqlglot read what is written for servers that tests cannot start."""

from __future__ import annotations

from functools import cache

import pytest

from ehrkit.queries.dialects import render
from ehrkit.queries.dialects.features import FEATURES
from ehrkit.queries.dialects.tsql import BINARY
from tests.conftest import skip_or_fail
from tests.queries.dialects.statements import CHECKED, COHORT, SHAPES, rendered

SQLOXIDE = {"tsql": "mssql", "trino": "generic"}
# What sqloxide refuses though the server takes it: (dialect, feature) to the reason.
REFUSED_BY_SQLOXIDE = {
    ("databricks", "quotes and backslashes in a text"): "it knows no escaped quotes",
}

# sqlfluff takes seconds for a cohort: OMOP's on each dialect, and the chart's on its own server.
OWN_SERVER = {"epic-clarity": "tsql", "cerner-millennium": "oracle"}


@cache
def texts(dialect: str) -> dict[str, str]:
    """Return each example, and one cohort on each schema."""
    found = {feature.name: render(feature.statement(), dialect) for feature in FEATURES}
    return found | {schema: rendered(schema, COHORT, dialect) for schema in SHAPES}


@pytest.mark.parametrize("dialect", CHECKED)
def test_sqlfluff_parses_every_example_and_a_cohort(dialect: str) -> None:
    try:
        from sqlfluff.core import FluffConfig, Linter
    except ImportError:
        skip_or_fail("sqlfluff", "sqlfluff is not installed")
    linter = Linter(config=FluffConfig(overrides={"dialect": dialect}))
    refused = {
        name: [str(one) for one in linter.parse_string(text).violations]
        for name, text in texts(dialect).items()
        if OWN_SERVER.get(name, dialect) == dialect
    }
    assert {name: found for name, found in refused.items() if found} == {}


@pytest.mark.parametrize("dialect", CHECKED)
def test_sqloxide_parses_every_example_and_a_cohort_on_each_schema(dialect: str) -> None:
    try:
        import sqloxide
    except ImportError:
        skip_or_fail("sqloxide", "sqloxide is not installed")
    refused = set()
    for name, text in texts(dialect).items():
        try:
            # It knows no COLLATE in ORDER BY, which SQL Server documents.
            sqloxide.parse_sql(
                text.replace(f" COLLATE {BINARY}", ""), SQLOXIDE.get(dialect, dialect)
            )
        except ValueError:
            refused.add((dialect, name))
    assert refused == {one for one in REFUSED_BY_SQLOXIDE if one[0] == dialect}


@pytest.mark.parametrize("dialect", CHECKED)
def test_a_statement_cut_short_is_refused(dialect: str) -> None:
    sqloxide = pytest.importorskip("sqloxide")
    with pytest.raises(ValueError, match="parser error"):
        sqloxide.parse_sql("SELECT a, FROM (SELECT", SQLOXIDE.get(dialect, dialect))
