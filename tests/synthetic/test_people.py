"""People: households, names, identifiers, deaths."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehrkit.core.errors import UsageError
from ehrkit.linkage.fields import phone as linkage_phone
from ehrkit.synthetic import identifiers
from ehrkit.synthetic.people.names import plain
from ehrkit.synthetic.people.people import People, make_people
from ehrkit.synthetic.people.pools import pools
from ehrkit.synthetic.people.typos import misdialled, misspelled
from ehrkit.synthetic.people.words import CHILD, SIBLING, SPOUSE, TWIN
from ehrkit.synthetic.spec import CHART_START, EXTRACT, MOST_PATIENTS, Spec
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
    parts = np.array([ssn.split("-") for ssn in people.ssn]).astype(int)
    assert ((parts[:, 0] >= 900) & (parts[:, 0] <= 998)).all()
    # Groups 50-65, 70-88, 90-92 and 94-99 are those of taxpayer numbers.
    assert ((parts[:, 1] >= 1) & (parts[:, 1] <= 49)).all()
    assert (parts[:, 2] >= 1).all()
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


@pytest.fixture(scope="module")
def many() -> People:
    return make_people(Spec(20_000, 3), Streams(3))


def test_surnames_collide_no_more_than_in_the_country(many: People) -> None:
    """The 2010 census (names of 100 people and more) gives about 0.0005 for all residents."""
    heads = many.last[many.relative_of < 0]
    _, counts = np.unique(heads.astype(str), return_counts=True)
    pairs = (counts * (counts - 1)).sum() / (len(heads) * (len(heads) - 1))
    assert 0.0003 < pairs < 0.0009
    assert len(counts) > 6000


def test_towns_differ_in_their_mix_and_origins_in_their_age(many: People) -> None:
    towns, place = np.unique(many.city.astype(str), return_inverse=True)
    size = np.bincount(place)
    black = np.bincount(place, many.race == "Black or African American") / size
    large = size > 150
    overall = (many.race == "Black or African American").mean()
    # A site where everybody is drawn alike has a standardised spread near 1.
    spread = (black[large] - overall) / np.sqrt(overall * (1 - overall) / size[large])
    assert len(towns) > 100
    assert spread.std() > 2.5
    assert 0.09 < overall < 0.16
    background = (many.role < 0) & (many.relative_of < 0)
    assert many.birth[background & many.hispanic].astype(int).mean() > (
        many.birth[background & ~many.hispanic].astype(int).mean() + 365 * 2
    )


def test_women_outlive_men(many: People) -> None:
    age = (np.datetime64("2020-01-01") - many.birth).astype(int) / 365.25
    women = [(many.sex[(age >= low) & (age < low + 20)] == 0).mean() for low in (25, 45, 65, 80)]
    assert women[0] == pytest.approx(0.505, abs=0.03)
    assert women[3] > 0.57 > women[1]
    old = (age > 60) & (age < 80)
    dead = ~np.isnat(many.death)
    assert dead[old & (many.sex == 1)].mean() > dead[old & (many.sex == 0)].mean()


def test_twins_are_hard_to_tell_apart(many: People) -> None:
    twins = np.flatnonzero(many.relation == TWIN)
    heads = many.relative_of[twins]
    alike = np.mean(
        [a[0] == b[0] for a, b in zip(many.first[twins], many.first[heads], strict=True)]
    )
    assert alike > 0.4
    assert (many.first[twins] != many.first[heads]).mean() > 0.9


def test_some_sons_have_the_name_of_their_father(many: People) -> None:
    sons = np.flatnonzero((many.relation == CHILD) & (many.suffix == "Jr"))
    fathers = many.relative_of[sons]
    same = (many.first[sons] == many.first[fathers]) & (many.last[sons] == many.last[fathers])
    assert same.sum() > 20
    assert set(many.suffix[fathers[same]]) == {"", "Sr"}
    assert (many.birth[sons[same]] > many.birth[fathers[same]]).all()
    assert not (many.suffix[many.sex == 0] != "").any()


def test_moves_have_a_day_within_life_and_chart(many: People) -> None:
    moved = ~np.isnat(many.moved)
    assert 0.25 < moved.mean() < 0.33
    assert (many.moved[moved] > many.birth[moved]).all()
    assert (many.moved[moved] < EXTRACT).all()
    assert (many.street[moved] != many.other_street[moved]).mean() > 0.99
    assert 0.5 < (many.city[moved] == many.other_city[moved]).mean() < 0.75


def test_households_share_telephones_and_e_mail_addresses(many: People) -> None:
    relatives = many.relative_of >= 0
    heads = many.relative_of[relatives]
    assert (many.email[relatives] == many.email[heads]).mean() == pytest.approx(0.1, abs=0.03)
    assert (many.phone[relatives] == many.phone[heads]).mean() == pytest.approx(0.5, abs=0.04)


def test_a_household_moves_together(many: People) -> None:
    relatives = (many.relative_of >= 0) & ~np.isnat(many.moved)
    heads = many.relative_of[relatives]
    assert relatives.sum() > 500
    for name in ("street", "city", "state", "zip"):
        before = getattr(many, f"other_{name}")
        assert (before[relatives] == before[heads]).all()


def test_telephones_are_of_the_town_and_out_of_service_and_rarely_of_strangers(
    many: People,
) -> None:
    area = {city: number[:3] for city, number in zip(many.city, many.phone, strict=True)}
    same = [area[city] == n[:3] for city, n in zip(many.city, many.phone, strict=True)]
    assert np.mean(same) > 0.97  # a few towns of different states have the same name
    # The North American Numbering Plan: an exchange starts with 2 to 9.
    assert {number[4] for number in many.phone} == {"0", "1"}
    assert all(linkage_phone(n) == n.replace("-", "") for n in many.phone[:200])
    alone = many.phone[many.relative_of < 0]
    assert len(alone) - len(set(alone)) < 60


def test_middle_names_are_whole_initial_or_missing(many: People) -> None:
    length = np.array([len(name) for name in many.middle])
    assert [(length == 0).mean(), (length == 1).mean()] == pytest.approx([0.25, 0.30], abs=0.02)


def related(many: People, *relations: int) -> tuple[np.ndarray, np.ndarray]:
    """The rows of relatives of some kinds, and of the heads of their households."""
    rows = np.flatnonzero(np.isin(many.relation, relations))
    return rows, many.relative_of[rows]


def test_a_few_patients_are_children_and_no_surgery_moves_to_them(many: People) -> None:
    age = (np.datetime64("2020-01-01") - many.birth).astype(int) / 365.25
    heads = (many.relative_of < 0) & (many.role < 0)
    assert (age[heads] < 20).mean() == pytest.approx(0.06, abs=0.008)
    assert age[heads].min() > 0
    at = (many.index_date - many.birth)[many.role >= 0].astype(int) / 365.25
    assert at.min() > 12.9
    assert (at < 18).mean() < 0.015


def test_a_family_tells_one_race_and_some_tell_none_or_two(many: People) -> None:
    told = ~np.isin(many.race, ("Unknown", "Patient Refused"))
    assert told.mean() == pytest.approx(0.97, abs=0.006)
    rows, heads = related(many, TWIN, SIBLING, CHILD)
    both = told[rows] & told[heads]
    for name in ("race", "second_race"):
        column = getattr(many, name)
        assert (column[rows][both] == column[heads][both]).all()
    two = many.second_race != ""
    assert two.mean() == pytest.approx(0.02, abs=0.005)
    assert (many.second_race[two] != many.race[two]).all()
    assert told[two].all()
    assert (many.second_race[many.race == "White"] != "").any()
    assert (~many.ethnicity_told).mean() == pytest.approx(0.04, abs=0.006)


def born_as(many: People, rows: np.ndarray) -> np.ndarray:
    return np.where(many.maiden[rows] != "", many.maiden[rows], many.last[rows])


def test_names_at_birth_are_those_of_the_family(many: People) -> None:
    siblings, heads = related(many, SIBLING, TWIN)
    assert (born_as(many, siblings) == born_as(many, heads)).all()
    assert (many.last[siblings] != many.last[heads]).mean() > 0.1
    children, parents = related(many, CHILD)
    hyphened = np.array([name.startswith(maiden + "-") for maiden, name in zip(
        many.maiden[parents], many.last[parents], strict=True)])  # fmt: skip
    plainly = ~hyphened
    assert (born_as(many, children) == many.last[parents])[plainly].all()


def test_a_maiden_name_is_that_of_an_adult_who_married(many: People) -> None:
    renamed = many.maiden != ""
    assert (many.last[renamed] != many.maiden[renamed]).all()
    assert 0.1 < renamed.mean() < 0.25
    age = (CHART_START - many.birth[renamed]).astype(int) / 365.25
    assert age.min() >= 18
    men = renamed & (many.sex == 1)
    spouses, heads = related(many, SPOUSE)
    assert set(np.flatnonzero(men)) <= set(spouses)
    couples = (many.sex[spouses] == 1) & (many.sex[heads] == 0)
    taken = couples & (many.last[spouses] == many.last[heads])
    assert taken.sum() / couples.sum() > 0.6
    # A wife has the name that her husband was born with.
    assert (many.maiden[spouses[taken]] == "").all()
    assert (many.maiden[heads[taken]] != "").mean() > 0.99


def test_parents_and_spouses_are_adults_and_nobody_has_two_spouses(many: People) -> None:
    children, parents = related(many, CHILD)
    years = (many.birth[children] - many.birth[parents]).astype(int) / 365.25
    assert len(children) > 300
    assert 18 <= years.min() < 20
    spouses, heads = related(many, SPOUSE)
    assert len(set(heads)) == len(heads) > 1000
    for married in (spouses, heads):
        age = (CHART_START - many.birth[married]).astype(int) / 365.25
        assert age.min() >= 18
    _, same_day = np.unique(many.birth[many.relative_of >= 0], return_counts=True)
    assert same_day.max() < 10


@pytest.fixture(scope="module")
def sites() -> list[People]:
    return [make_people(Spec(20_000, seed), Streams(seed)) for seed in range(5)]


def test_shares_of_households_are_the_stated_ones(sites: list[People]) -> None:
    """Twins and spouses of five sites: a third of twins identical, Pew's share of marriages."""
    same_sex, other_sex, other_race = [], [], []
    for site in sites:
        for shares, relation, differ in ((same_sex, TWIN, False), (other_sex, SPOUSE, True)):
            rows, heads = related(site, relation)
            known = (site.sex[rows] < 2) & (site.sex[heads] < 2)
            shares.extend((site.sex[rows] != site.sex[heads])[known] == differ)
        rows, heads = related(site, SPOUSE)
        white = (site.race[heads] == "White") & ~site.hispanic[heads]
        told = white & ~np.isin(site.race[rows], ("Unknown", "Patient Refused"))
        mixed = (site.race[rows] != "White") | site.hispanic[rows]
        other_race.extend(mixed[told])
    assert np.mean(same_sex) == pytest.approx(2 / 3, abs=0.05)
    assert np.mean(other_sex) == pytest.approx(0.97, abs=0.008)
    assert np.mean(other_race) == pytest.approx(0.10, abs=0.015)


def test_operated_people_die_as_others_of_their_age(sites: list[People]) -> None:
    """Deaths in the years after surgery against the stated hazard of their age and sex."""
    died, expected, spread = 0.0, 0.0, 0.0
    for site in sites:
        rows = np.flatnonzero(~np.isnat(site.index_date) & (site.sex < 2))
        start = site.index_date[rows]
        age = (start - site.birth[rows]).astype(int) / 365.25 + 3.0 * (site.sex[rows] == 1)
        years = (EXTRACT - start).astype(int) / 365.25
        hazard = 0.0007 / 0.088 * np.exp(0.088 * (age - 30)) * np.expm1(0.088 * years)
        chance = 1 - np.exp(-hazard)
        died += (~np.isnat(site.death[rows])).sum()
        expected += chance.sum()
        spread += (chance * (1 - chance)).sum()
    assert abs(died - expected) < 3 * np.sqrt(spread)


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
    ("name", "expected"),
    [
        ("Muñoz", "munoz"),
        ("O'Brien", "obrien"),
        ("De la Cruz", "delacruz"),
        ("Łukaszewski", "lukaszewski"),
        ("Bjørnstad", "bjornstad"),
    ],
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
    assert number.startswith("614-555-")


@pytest.mark.parametrize(
    ("odd", "where"),
    [
        ({"patients": 20_000, "block": 40}, "block"),
        ({"merged_records": 0.3}, "merged_records"),
        ({"unmerged_duplicates": 0.3}, "merged_records"),
        ({"test_patients": 0.3}, "merged_records"),
    ],
)
def test_what_the_numbers_do_not_suffice_for_is_refused(odd: dict[str, Any], where: str) -> None:
    with pytest.raises(UsageError) as caught:
        Spec(**({"patients": 20_000, "seed": 1} | odd))
    assert where in str(caught.value)


def test_the_largest_sites_have_numbers_for_all() -> None:
    spec = Spec(MOST_PATIENTS, 1)
    blocks = MOST_PATIENTS // spec.block
    last = identifiers.slots(Streams(1, blocks - 1, blocks), 0, identifiers.SLOTS)
    for numbers in (identifiers.pat_ids, identifiers.mrns, identifiers.ssns):
        assert len(set(numbers(Streams(1, blocks - 1, blocks), last))) == identifiers.SLOTS
