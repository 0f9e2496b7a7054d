"""Criteria: traits, numbers, groups, and what is unknown."""

from __future__ import annotations

import pytest

from tests.queries.conventions.events import fusion, period, person, tumour


@pytest.mark.parametrize(
    ("birth", "index", "years"),
    [
        ("2000-02-29", "2018-02-28", 17),
        ("2000-02-29", "2018-03-01", 18),
        ("2000-01-10", "2018-01-10", 18),
        ("2000-01-11", "2018-01-10", 17),
    ],
)
def test_age(ask, birth, index, years):
    data = {"person": [person(birth)], "procedure": [fusion(index)]}
    assert ask.rows({}, **data)[0]["age"] == years
    assert ask.kept({"age": {"at_least": years, "at_most": years}}, **data)
    assert not ask.kept({"age": {"at_least": years + 1}}, **data)


def test_the_unknown_fails_a_require_and_passes_a_forbid(ask):
    data = {"person": [person(None)]}
    for rule in (
        {"age": {"at_most": 200}},
        {"condition": "tumour", "after": "discharge", "at_most": 9},
    ):
        assert not ask.rows({"require": [{"label": "r"} | rule]}, **data)
        assert ask.rows({"forbid": [{"label": "r"} | rule]}, **data)


def test_traits_that_nobody_told_count_as_unknown(ask):
    assert ask.kept({"race": "unknown"}) and ask.kept({"ethnicity": ["hispanic", "unknown"]})
    assert ask.kept({"sex": ["female"]}) and not ask.kept({"sex": "unknown"})
    assert ask.kept({"sex": "unknown"}, person=[person(sex=None)])


@pytest.mark.parametrize(
    ("look", "met"),
    [
        ({}, True),
        ({"before": 9}, True),
        ({"before": 10}, False),
        ({"after": 10}, True),
        ({"after": 11}, False),
    ],
)
def test_one_period_must_hold_all_the_days(ask, look, met):
    periods = [period("2020-01-01", "2020-01-20"), period("2019-01-01", "2020-01-09")]
    assert ask.kept({"observed": look}, observation=periods) == met


@pytest.mark.parametrize(
    ("bounds", "met"),
    [
        ({"at_least": 5}, True),
        ({"at_least": 6}, False),
        ({"at_most": 5}, True),
        ({"at_most": 4}, False),
    ],
)
def test_followed(ask, bounds, met):
    assert ask.kept({"followed": bounds}, person=[person(death="2020-01-15")]) == met


@pytest.mark.parametrize(
    ("rule", "met"),
    [
        ({}, True),
        ({"at_least": 3}, True),
        ({"at_least": 4}, False),
        ({"at_most": 3}, True),
        ({"at_most": 2}, False),
        ({"exactly": 3}, True),
        ({"exactly": 2}, False),
        ({"at_least": 2, "at_most": 3}, True),
        ({"exactly": 2, "counting": "days"}, True),
        ({"exactly": 2, "counting": "codes"}, True),
        ({"exactly": 1, "counting": "encounters"}, True),
    ],
)
def test_numbers(ask, rule, met):
    events = [
        tumour("2020-01-10", "t1", "1"),
        tumour("2020-01-10", "t2"),
        tumour("2020-01-11", "t3"),
        tumour("2020-01-11", "t3", code="D166"),
    ]
    assert ask.kept({"condition": "tumour"} | rule, condition=events) == met


def test_at_most_alone_allows_none(ask):
    assert ask.kept({"condition": "tumour", "at_most": 1}) and not ask.kept({"condition": "tumour"})


YES, NO = {"procedure": "fusion"}, {"condition": "tumour"}


@pytest.mark.parametrize(
    ("rule", "met"),
    [
        ({"all": [YES, NO]}, False),
        ({"any": [YES, NO]}, True),
        ({"none": [NO, NO]}, True),
        ({"none": [YES, NO]}, False),
        ({"of": [YES, YES, NO], "at_least": 2}, True),
        ({"of": [YES, YES, NO], "exactly": 1}, False),
        ({"of": [NO, NO], "at_most": 1}, True),
        ({"all": [YES, {"none": [{"any": [NO]}]}]}, True),
    ],
)
def test_groups(ask, rule, met):
    assert ask.kept(rule) == met


def test_parts_have_the_windows_of_their_group(ask):
    events = [tumour("2020-01-12")]
    assert ask.kept({"all": [NO], "days": [2, 2]}, condition=events)
    assert not ask.kept({"all": [NO], "days": [1, 1]}, condition=events)
    assert ask.kept({"all": [{"any": [NO | {"days": [2, 2]}]}], "days": [1, 1]}, condition=events)
    assert not ask.kept({"all": [NO], "after": "discharge"}, condition=events)
