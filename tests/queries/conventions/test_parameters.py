"""Parameters, and dates that are told by the day of the run."""

from __future__ import annotations

import pytest

from tests.queries.conventions.events import tumour


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020-01-10", "2020-01-10"),
        ("as-of", "2024-02-29"),
        ("as-of - 1 year", "2023-02-28"),
        ("as-of - 4 years", "2020-02-29"),
        ("as-of + 1 day", "2024-03-01"),
        ("as-of - 12 months", "2023-02-28"),
        ("as-of + 30 days", "2024-03-30"),
        ("day", "2020-01-09"),
    ],
)
def test_dates(ask, text, day):
    definition = {
        "parameters": {"day": {"type": "date", "default": "2020-01-09"}},
        "follow_up": {"until": ["end-of-data"], "end_of_data": text},
    }
    (row,) = ask.rows(definition)
    assert row["follow_up_end"].isoformat() == day


def test_a_parameter_stands_for_a_value_and_goes_before_a_code_set(ask):
    definition = {
        "parameters": {
            "window": {"type": "days", "default": 3},
            "fusion": {"type": "codes", "default": "tumour"},
        },
        "column": [{"name": "c", "condition": "tumour", "days": [0, "window"], "value": "count"}],
        "index": {"condition": "fusion", "keep": "first", "of": "history"},
    }
    data = {"condition": [tumour("2020-01-01"), tumour("2020-01-05", "t2")]}
    assert [row["c"] for row in ask.rows(definition, **data)] == [1]
    assert [row["c"] for row in ask.whole(definition, data, given={"window": "4"})[0]] == [2]
