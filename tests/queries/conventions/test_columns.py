"""Output columns."""

from __future__ import annotations

from datetime import date

import pytest

from tests.queries.conventions.events import device, lab, visit


@pytest.mark.parametrize(
    ("look", "expected"),
    [({}, 1), ({"value": "any", "at_least": 4}, 0), ({"value": "count"}, 3),
     ({"value": "first_date"}, date(2020, 1, 8)), ({"value": "last_date"}, date(2020, 1, 12)),
     ({"value": "days_to"}, -2), ({"value": "sum"}, 7.0), ({"value": "min"}, 2.0),
     ({"value": "max"}, 5.0), ({"value": "mean"}, 3.5), ({"value": "first"}, 2.0),
     ({"value": "last"}, None), ({"value": "text"}, "mid"), ({"value": "last", "field": "days"}, 2),
     ({"value": "first", "field": "code"}, "2345-7"), ({"value": "sum", "days": [9, 9]}, None),
     ({"after": "discharge"}, None), ({"value": "count", "after": "discharge"}, None)],
)  # fmt: skip
def test_columns(ask, look, expected):
    labs = [lab("2020-01-08", "l1", 2.0), lab("2020-01-08", "l1", 2.0), lab("2020-01-10", "l2", 5.0,
            text="mid"), lab("2020-01-12", "l3")]  # fmt: skip
    assert ask.one({"measurement": "glucose"} | look, measurement=labs) == expected


def test_fields_that_need_not_be_said(ask):
    stay = [visit("1", "inpatient", "2020-01-08 23:59:59", "2020-01-12")]
    assert ask.one({"encounter": "any", "value": "sum"}, encounter=stay) == 4
    assert ask.one({"device_day": "any", "value": "max"}, device_day=[device("2020-01-08")]) == 100


def test_columns_of_the_person(ask):
    assert ask.one({"person": "race"}) == "unknown"
    assert ask.one({"person": "birth_date"}) == date(1960, 5, 5)
