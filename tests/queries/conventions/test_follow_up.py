"""Follow-up and outcomes."""

from __future__ import annotations

import pytest

from tests.queries.conventions.events import period, person, tumour, visit


@pytest.mark.parametrize(
    ("death", "rule", "end", "reason"),
    [
        ("2020-01-20", {"days": 10}, "2020-01-20", "death"),
        ("2020-01-21", {"days": 10}, "2020-01-20", "day-limit"),
        (None, {"end_of_data": "2020-02-09"}, "2020-02-01", "last-contact"),
        (None, {"until": ["end-of-data"]}, "2020-02-01", "end-of-data"),
        (None, {}, "2020-02-01", "end-of-data"),
        ("2020-02-09", {"until": ["death", "last-contact"]}, "2020-02-09", "death"),
        ("2020-02-09", {"until": ["last-contact"]}, "2020-02-01", "last-contact"),
        (None, {"until": ["observation-end", "last-contact"]}, "2020-02-01", "observation-end"),
        (None, {"until": ["death"]}, None, None),
        (
            None,
            {"censor": [{"name": "met", "condition": "tumour", "days": [1, "any"]}]},
            "2020-01-15",
            "met",
        ),
        (
            None,
            {"censor": [{"name": "met", "condition": "tumour", "after": "discharge"}]},
            "2020-02-01",
            "end-of-data",
        ),
    ],
)
def test_follow_up(ask, death, rule, end, reason):
    (row,) = ask.rows(
        {"follow_up": rule},
        person=[person(death=death)],
        encounter=[visit("1", "inpatient", "2020-01-10", "2020-02-01 10:00:00")],
        observation=[period("2020-01-10", "2020-02-01"), period("2020-01-11", "2020-03-01")],
        condition=[tumour("2020-01-10"), tumour("2020-01-15", "t2")],
    )
    told = row["follow_up_end"] and row["follow_up_end"].isoformat()
    assert (told, row["follow_up_reason"]) == (end, reason)


@pytest.mark.parametrize(
    ("look", "death", "expected"),
    [
        ({}, None, (1, 5, "event")),
        ({"days": [6, 10]}, None, (0, 10, "window")),
        ({"days": [6, 22]}, None, (0, 22, "end-of-data")),
        ({"days": [6, "any"]}, None, (0, 22, "end-of-data")),
        ({}, "2020-01-14", (0, 4, "death")),
        ({}, "2020-01-15", (1, 5, "event")),
        ({"days": [0, 4]}, "2020-01-09", (None, None, None)),
        ({"days": [6, 9], "until": ["death"]}, None, (0, 9, "window")),
        ({"days": [6, "any"], "until": ["death"]}, None, (None, None, None)),
        ({"days": [5, "any"], "until": ["death"]}, None, (1, 5, "event")),
        ({"after": "discharge"}, None, (None, None, None)),
    ],
)
def test_outcomes(ask, look, death, expected):
    until = {"until": look.get("until", ["death", "end-of-data"])}
    look = {key: one for key, one in look.items() if key != "until"}
    (row,) = ask.rows(
        {"outcome": [{"name": "o", "condition": "tumour"} | look], "follow_up": until},
        person=[person(death=death)],
        encounter=[visit("1", "inpatient", "2020-01-10", "2020-02-01 10:00:00")],
        condition=[tumour("2020-01-15")],
    )
    assert (row["o"], row["o_days"], row["o_reason"]) == expected
