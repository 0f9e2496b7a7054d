"""Person, death and location: one row per person, death and address."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.vocabulary import Disposition
from ehrkit.synthetic.clarity.people import known_death
from ehrkit.synthetic.omop.concepts import UNKNOWN
from ehrkit.synthetic.omop.loading import Loading
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Coded, Columns, repeated

GENDERS = np.array([8532, 8507, UNKNOWN])
GENDER_NAMES = np.array(["Female", "Male", "Unknown"], dtype=object)
RACES = {
    "White": 8527,
    "Black or African American": 8516,
    "Asian": 8515,
    "American Indian or Alaska Native": 8657,
    "Native Hawaiian or Other Pacific Islander": 8557,
}
HISPANIC, NOT_HISPANIC = 38003563, 38003564
ETHNICITY_NAMES = np.array(["Not Hispanic or Latino", "Hispanic or Latino"], dtype=object)
EHR = 32817


def people_tables(loading: Loading) -> dict[str, Columns]:
    """Return persons, their deaths and their addresses."""
    return {
        "person": _persons(loading),
        "death": _deaths(loading),
        "location": _locations(loading),
    }


def _records(loading: Loading) -> tuple[Array, Array]:
    """Return the patient records that are persons, and the row of people behind each."""
    people, records = loading.history.truth.people, loading.history.records
    size = len(people)
    own = np.flatnonzero(
        (loading.survivor == np.arange(len(loading.survivor))) & (loading.number >= 0)
    )
    behind = np.r_[np.arange(size), records.person][own]
    return own, behind


def _persons(loading: Loading) -> Columns:
    history = loading.history
    people, records = history.truth.people, history.records
    own, who = _records(loading)
    birth, sex = people.birth[who], people.sex[who]
    hispanic = np.where(people.ethnicity_told, people.hispanic, -1)[who].astype(np.int8)
    month = birth.astype("datetime64[M]")
    year = birth.astype("datetime64[Y]")
    race = people.race[who]
    races = np.select([race == name for name in RACES], list(RACES.values()), UNKNOWN)
    return {
        "person_id": loading.number[own],
        "gender_concept_id": GENDERS[sex],
        "year_of_birth": year.astype(np.int64) + 1970,
        "month_of_birth": (month - year).astype(np.int64) + 1,
        "day_of_birth": (birth - month).astype(np.int64) + 1,
        "birth_datetime": birth,
        "race_concept_id": races,
        "ethnicity_concept_id": np.select(
            [hispanic == 1, hispanic == 0], [HISPANIC, NOT_HISPANIC], UNKNOWN
        ),
        "location_id": loading.number[_home(loading)][who],
        "person_source_value": np.r_[people.mrn, records.mrn][own],
        "gender_source_value": Coded(GENDER_NAMES, sex),
        "race_source_value": race,
        "ethnicity_source_value": Coded(ETHNICITY_NAMES, hispanic),
    }


def _home(loading: Loading) -> Array:
    """Return per person the row of the one whose address it is: the head of the household."""
    people = loading.history.truth.people
    own = np.arange(len(people))
    head = np.where(people.relative_of >= 0, people.relative_of, own)
    together = np.logical_and.reduce(
        [
            getattr(people, name) == getattr(people, name)[head]
            for name in ("street", "unit", "city", "zip")
        ]
    )
    return np.where(together.astype(bool), head, own)


def _locations(loading: Loading) -> Columns:
    people = loading.history.truth.people
    home = _home(loading)
    rows = np.flatnonzero((home == np.arange(len(home))) & (loading.number[: len(home)] >= 0))
    return {
        "location_id": loading.number[rows],
        "address_1": people.street[rows],
        "address_2": people.unit[rows],
        "city": people.city[rows],
        "state": people.state[rows],
        "zip": people.zip[rows],
        "country_source_value": repeated("US", len(rows)),
    }


def _deaths(loading: Loading) -> Columns:
    """Return known deaths; the hour is known of those who died here."""
    truth = loading.history.truth
    day = known_death(truth)
    time = day.astype("datetime64[s]")
    expired = np.flatnonzero(truth.encounters.disposition == Disposition.EXPIRED)
    left = loading.history.booking.discharge[expired]
    told = ~np.isnat(left)
    time[truth.encounters.person[expired[told]]] = left[told]
    rows = np.flatnonzero(~np.isnat(day) & ~truth.people.test)
    return {
        "person_id": loading.number[rows],
        "death_date": day[rows],
        "death_datetime": time[rows],
        "death_type_concept_id": np.full(len(rows), EHR),
    }
