"""The people: who they are, where they live, whom they live with, and when they die."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ehrkit.synthetic import identifiers
from ehrkit.synthetic.care.vocabulary import FIRST_KINDS, SurgeryKind
from ehrkit.synthetic.people.homes import draw_emails, draw_homes, draw_towns
from ehrkit.synthetic.people.households import (
    household_origins,
    household_sexes,
    make_households,
)
from ehrkit.synthetic.people.lives import draw_births, draw_deaths, draw_sexes, relatives_births
from ehrkit.synthetic.people.names import draw_names
from ehrkit.synthetic.people.races import draw_races
from ehrkit.synthetic.people.words import (
    FEMALE,
    MALE,
    NO_ROLE,
    UNKNOWN_SEX,
    YEAR,
)
from ehrkit.synthetic.rows import Array, Rows
from ehrkit.synthetic.spec import SURGERY_END, SURGERY_START, Spec
from ehrkit.synthetic.streams import Streams

__all__ = ["FEMALE", "MALE", "NO_ROLE", "UNKNOWN_SEX", "YEAR", "People", "make_people"]


@dataclass(frozen=True)
class People(Rows):
    """One row per true person, then one per test patient.

    `role` is the kind of the first surgery (SurgeryKind) or -1; `index_date` its day.
    `second_race` is empty for most; the chart knows whether somebody is `hispanic` where
    `ethnicity_told` is true. `maiden` is empty where the name never changed; `suffix` is
    Jr, Sr or III. `moved` is the day of the move from `other_*` to the present address;
    where it is NaT, `other_*` is an address that only an outside profile may hold.
    """

    role: Array
    test: Array
    index_date: Array
    first: Array
    middle: Array
    last: Array
    maiden: Array
    suffix: Array
    preferred: Array
    sex: Array
    birth: Array
    death: Array
    death_known: Array
    race: Array
    second_race: Array
    hispanic: Array
    ethnicity_told: Array
    relative_of: Array
    relation: Array
    street: Array
    unit: Array
    city: Array
    state: Array
    zip: Array
    moved: Array
    other_street: Array
    other_city: Array
    other_state: Array
    other_zip: Array
    phone: Array
    email: Array
    ssn: Array
    pat_id: Array
    mrn: Array


def make_people(spec: Spec, streams: Streams) -> People:
    """Return the people of a chart; test patients come last."""
    tests = round(spec.patients * spec.test_patients)
    # A site has some, however small it is.
    tests = max(2, tests) if streams.block == 0 else tests
    size = spec.patients + tests
    rng = streams.of("people")
    role, index_date = _roles(spec, size, tests, rng)
    town, origin = draw_towns(rng, size)
    birth = draw_births(role, index_date, origin, rng)
    homes = make_households(role, birth, spec.patients, rng)
    origin = household_origins(origin, homes, rng)
    birth = relatives_births(birth, homes, rng)
    sex = household_sexes(draw_sexes(birth, rng), homes, rng)
    names = draw_names(sex, birth, origin, homes, rng)
    death = draw_deaths(birth, sex, index_date, rng)
    slot = identifiers.slots(streams, 0, size)
    people = People(
        role=role,
        test=np.arange(size) >= spec.patients,
        index_date=index_date,
        sex=sex,
        birth=birth,
        relative_of=homes.relative_of,
        relation=homes.relation,
        death=death,
        death_known=rng.random(size) >= spec.unknown_deaths,
        email=draw_emails(names["first"], names["last"], birth, homes, rng),
        ssn=identifiers.ssns(streams, slot),
        pat_id=identifiers.pat_ids(streams, slot),
        mrn=identifiers.mrns(streams, slot),
        **names,
        **draw_races(origin, homes, rng),
        **draw_homes(town, birth, death, homes, rng),
    )
    return _mark_tests(people)


def _roles(spec: Spec, size: int, tests: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Give exact shares of patients a first surgery on a weekday; test patients have fusions."""
    role = np.full(size, NO_ROLE, dtype=np.int8)
    shuffled = rng.permutation(spec.patients)
    cuts = np.round(np.cumsum((0.0, *spec.surgical_shares)) * spec.patients).astype(int)
    for kind in FIRST_KINDS:
        role[shuffled[cuts[kind] : cuts[kind + 1]]] = kind
    role[size - tests :] = SurgeryKind.LUMBAR_FUSION
    days = int((SURGERY_END - SURGERY_START).astype(int))
    date = np.busday_offset(SURGERY_START + rng.integers(0, days, size), 0, roll="backward")
    return role, np.where(role == NO_ROLE, np.datetime64("NaT", "D"), date)


def _mark_tests(people: People) -> People:
    """Name the test patients as sites do; they look like anybody else in every other way."""
    return replace(
        people,
        first=np.where(people.test, "Spine", people.first),
        last=np.where(people.test, "Zztest", people.last),
        mrn=np.where(people.test, "ZZ" + people.mrn, people.mrn),
        preferred=np.where(people.test, "Spine", people.preferred),
        maiden=np.where(people.test, "", people.maiden),
        suffix=np.where(people.test, "", people.suffix),
    )
