"""No statement breaks what a server is known to refuse; and each rule can be broken."""

from __future__ import annotations

import pytest

from ehrkit.queries.canonical.build import parse
from ehrkit.queries.dialects import render
from ehrkit.queries.dialects.features import FEATURES
from tests.queries.dialects.edges import EDGES
from tests.queries.dialects.rules import RULES, Rule, broken_rules
from tests.queries.dialects.statements import CHECKED, names, rendered


@pytest.mark.parametrize("dialect", CHECKED)
@pytest.mark.parametrize(("schema", "name"), names())
def test_every_cohort_and_query_keeps_the_rules(dialect: str, schema: str, name: str) -> None:
    assert broken_rules(rendered(schema, name, dialect), dialect) == []


@pytest.mark.parametrize("dialect", CHECKED)
def test_every_example_keeps_the_rules(dialect: str) -> None:
    trees = [feature.statement() for feature in FEATURES]
    trees += [parse(f"SELECT {edge} AS x") for edge in EDGES]
    broken = {text: broken_rules(text, dialect) for text in (render(t, dialect) for t in trees)}
    assert {text: rules for text, rules in broken.items() if rules} == {}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.pattern)
def test_a_statement_that_breaks_a_pattern_is_found(rule: Rule) -> None:
    for dialect in rule.dialects:
        assert rule.why in broken_rules(rule.broken, dialect)


@pytest.mark.parametrize(
    ("dialect", "text", "why"),
    [
        ("tsql", "SELECT a > b AS x FROM t", "a condition stands in a select list"),
        ("oracle", "SELECT (a = 1 AND b = 2) AS x FROM t", "a condition stands in a select list"),
        ("tsql", "SELECT CASE WHEN a = 1 THEN b > 2 END AS x FROM t", "a condition is the value"),
        ("tsql", "SELECT MAX(a > 1) AS x FROM t", "a condition is aggregated"),
        ("oracle", "SELECT 1 AS x", "a SELECT has no FROM"),
        ("trino", f"SELECT 1 AS {'x' * 64}", "a name is longer"),
        (
            "oracle",
            f"SELECT a FROM t WHERE a IN ({', '.join(map(str, range(1001)))})",
            "an IN list",
        ),
        ("bigquery", "SELECT DATE_DIFF(a, b) AS x FROM t", "a difference has no unit"),
    ],
)
def test_a_tree_that_breaks_a_rule_is_found(dialect: str, text: str, why: str) -> None:
    assert any(found.startswith(why) for found in broken_rules(text, dialect))


def test_what_stands_in_a_text_or_a_comment_breaks_nothing() -> None:
    text = "SELECT 'LIMIT TRUE || it''s' AS x /* INTERVAL */ FROM DUAL"
    assert broken_rules(text, "oracle") == []
