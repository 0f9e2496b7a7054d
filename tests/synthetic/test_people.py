"""People: households, names, identifiers, deaths."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehrkit.synthetic import identifiers
from ehrkit.synthetic.people.people import SIBLING, SPOUSE, TWIN, People, make_people, plain
from ehrkit.synthetic.people.pools import pools
from ehrkit.synthetic.people.typos import misdialled, misspelled
from ehrkit.synthetic.spec import EXTRACT, Spec
from ehrkit.synthetic.streams import Streams


@pytest.fixture(scope="module")
def people() -> People:
    return make_people(Spec(4000, 11), Streams(11))


def test_shares_of_first_surgeries_are_exact(people: People) -> None:
    roles = people.role[~people.test]
    assert [int((roles == kind).sum()) for kind in range(5)] == [640, 120, 200, 20, 48]


def test_relatives_share_what_a_household_shares(people: People) -> None:
    relatives = np.flatnonzero(people.relative_of >= 0)
    heads = people.relative_of[relatives]
    assert len(relatives) == 600
    assert (people.street[relatives] == people.street[heads]).all()
    assert (people.zip[relatives] == people.zip[heads]).all()
    same_phone = (people.phone[relatives] == people.phone[heads]).mean()
    assert 0.4 < same_phone < 0.6
    twins = people.relation[relatives] == TWIN
    assert twins.any()
    assert (people.birth[relatives][twins] == people.birth[heads][twins]).all()
    siblings = people.relation[relatives] == SIBLING
    assert (people.birth[relatives][siblings] != people.birth[heads][siblings]).all()
    spouses = (people.relation[relatives] == SPOUSE) & (people.sex[heads] < 2)
    assert (people.sex[relatives][spouses] != people.sex[heads][spouses]).mean() > 0.9


def test_names_have_the_trouble_that_real_names_have(people: People) -> None:
    assert any("-" in name for name in people.last)
    assert any(not name.isascii() for name in people.last)
    assert (people.maiden != "").any()
    assert (people.preferred != people.first).mean() > 0.1
    assert not any(sign.isdigit() for name in (*people.first, *people.last) for sign in name)


def test_identifiers_never_repeat_and_ssns_are_nobodys(people: People) -> None:
    for column in (people.pat_id, people.mrn, people.ssn):
        assert len(set(column)) == len(people)
    assert all(900 <= int(ssn[:3]) <= 998 for ssn in people.ssn)
    assert all(domain in ("example.com", "example.net", "example.org")
               for domain in (email.split("@")[1] for email in people.email))  # fmt: skip


def test_deaths_come_after_birth_and_surgery_and_before_the_extract(people: People) -> None:
    dead = ~np.isnat(people.death)
    assert 0.05 < dead.mean() < 0.2
    assert (people.death[dead] > people.birth[dead]).all()
    assert (people.death[dead] <= EXTRACT).all()
    operated = dead & ~np.isnat(people.index_date)
    assert (people.death[operated] > people.index_date[operated]).all()


def test_first_surgeries_are_on_weekdays_of_adults_mostly(people: People) -> None:
    date = people.index_date[~np.isnat(people.index_date)]
    assert np.is_busday(date).all()
    age = (date - people.birth[~np.isnat(people.index_date)]).astype(int) / 365.25
    assert 0 < (age < 18).mean() < 0.04


def test_common_names_are_drawn_more_often() -> None:
    drawn = pools().last.draw(np.random.default_rng(1), 50_000)
    # Smith is the most common surname of the pool; its own weight says how common.
    names, weights = pools().last.values, np.diff(pools().last.cumulative, prepend=0)
    share = float(weights[names == "Smith"][0])
    assert (drawn == "Smith").mean() == pytest.approx(share, rel=0.15)


@given(st.integers(1, 3000), st.integers(0, 2**31))
def test_numbers_are_distinct_and_in_range(size: int, seed: int) -> None:
    numbers = identifiers.scattered(np.arange(size), seed, 100, 3100)
    assert len(set(numbers.tolist())) == size
    assert numbers.min() >= 100
    assert numbers.max() < 3100


def test_a_range_that_is_too_small_is_refused() -> None:
    with pytest.raises(ValueError, match="range"):
        identifiers.scattered(np.arange(11), 1, 0, 10)


@pytest.mark.parametrize(
    ("name", "expected"), [("Muñoz", "munoz"), ("O'Brien", "obrien"), ("De la Cruz", "delacruz")]
)
def test_plain_names(name: str, expected: str) -> None:
    assert plain(name) == expected


@given(st.integers(0, 2**31))
def test_a_typo_changes_little_and_a_wrong_number_changes_one_digit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = np.array(["Katherine", "Li", "Nguyen"], dtype=object)
    typed = misspelled(names, rng, 1.0)
    assert typed[1] == "Li"
    assert all(
        abs(len(a) - len(b)) <= 1 and a[0] == b[0] for a, b in zip(names, typed, strict=True)
    )
    number = misdialled(np.array(["614-555-0123"], dtype=object), rng, 1.0)[0]
    assert sum(a != b for a, b in zip("614-555-0123", number, strict=True)) == 1
    assert number[3] == number[7] == "-"
