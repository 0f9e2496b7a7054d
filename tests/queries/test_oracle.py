"""The compiled SQL returns what an independent reading of the cohort file returns.

Hypothesis draws cohort files with every construct of the language, and small data full of
edges; rows, their order and attrition are compared with the interpreter's on every engine.
EHRKIT_TEST_DRAWS says how many are drawn for each engine; `python -m tests.queries.oracle.search`
draws thousands.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.queries.databases import EXECUTED, Databases
from tests.queries.oracle.comparing import Case, check
from tests.queries.oracle.drawing.cases import cases
from tests.queries.oracle.search import DEFAULT

DRAWS = int(os.environ.get("EHRKIT_TEST_DRAWS", DEFAULT))
# Spark plans a statement of many parts for seconds.
FEWER = {"spark": 10}


def searching(dialect: str) -> settings:
    draws = max(1, DRAWS // FEWER.get(dialect, 1))
    return settings(
        max_examples=draws,
        # Shrinking is for people who wait: a long run says what it found first.
        phases=[Phase.explicit, Phase.reuse, Phase.generate] if DRAWS > DEFAULT else list(Phase),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@pytest.mark.parametrize("dialect", EXECUTED)
def test_an_engine_agrees_with_the_interpreter(databases: Databases, dialect: str) -> None:
    @searching(dialect)
    @given(case=cases())
    def agrees(case: Case) -> None:
        check(databases, dialect, case)

    agrees()
