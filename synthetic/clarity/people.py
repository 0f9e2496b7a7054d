"""Patient tables of Clarity."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import midnight
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import Disposition
from ehrkit.synthetic.history import History
from ehrkit.synthetic.people.people import People
from ehrkit.synthetic.rows import Array, rank_within
from ehrkit.synthetic.shaping import Coded, Columns
from ehrkit.synthetic.streams import Streams
from ehrkit.synthetic.trouble.quirks import Records

SEX_NAMES = np.array(["Female", "Male", "Unknown"], dtype=object)
PLACEHOLDERS = ("999-99-9999", "000-00-0000")
MISSING_EMAIL, MISSING_PHONE, LONG_ZIP, BLANK_STATUS, MIXED_RACE = 0.30, 0.10, 0.10, 0.60, 0.02
ENTERPRISE_TYPE, FACILITY_TYPE = 0, 14
FACILITY_SHARE = 0.7


def people_tables(history: History) -> dict[str, Columns]:
    """Return the patient tables: true people, test patients, then second records."""
    truth, records, streams = history.truth, history.records, history.streams
    rng = streams.of("patient tables")
    people = truth.people
    return {
        "PATIENT": _patient(truth, records, streams, rng),
        "PATIENT_3": {
            "PAT_ID": _with(people.pat_id, records.pat_id),
            "IS_TEST_PAT_YN": _with(np.where(people.test, "Y", ""), _blank(records)),
        },
        "PATIENT_4": {
            "PAT_ID": _with(people.pat_id, records.pat_id),
            "PAT_LIVING_STAT_C": _with(
                np.where(np.isnat(known_death(truth)), "Alive", "Deceased").astype(object),
                np.where(records.merged, "Not A Patient", "Alive").astype(object),
            ),
        },
        "PATIENT_RACE": _races(people, rng),
        "PAT_MERGE_HISTORY": _merges(people, records),
        "IDENTITY_ID": _identities(people, records, streams, rng),
    }


def identity_types() -> Columns:
    """Return the kinds of identifier of this site."""
    return {
        "ID_TYPE": np.array([ENTERPRISE_TYPE, FACILITY_TYPE]),
        "ID_TYPE_NAME": np.array(["ENTERPRISE MRN", "FACILITY MRN"], dtype=object),
    }


def known_death(truth: Truth) -> Array:
    """Return the day of death that the chart knows: all in hospital, some of the others."""
    expired = truth.encounters.person[truth.encounters.disposition == Disposition.EXPIRED]
    known = truth.people.death_known.copy()
    known[expired] = True
    return np.where(known, truth.people.death, np.datetime64("NaT", "D"))


def conflicting_status(truth: Truth, streams: Streams) -> Array:
    """Return a mask of dead people whose PATIENT row still says alive."""
    chance = streams.of("conflicting status").random(len(truth.people))
    mask: Array = ~np.isnat(known_death(truth)) & (chance < truth.spec.conflicting_status)
    return mask


def placeholder_ssn(truth: Truth, streams: Streams) -> Array:
    """Return a mask of people whose social security number is a placeholder."""
    chance = streams.of("placeholder ssn").random(len(truth.people))
    mask: Array = chance < truth.spec.placeholder_ssn
    return mask


def _patient(truth: Truth, records: Records, streams: Streams, rng: np.random.Generator) -> Columns:
    people, again = truth.people, records.person
    size = len(people)
    death = known_death(truth)
    fake = np.where(placeholder_ssn(truth, streams), rng.choice(PLACEHOLDERS, size), people.ssn)
    status = np.where(np.isnat(death), "Alive", "Deceased").astype(object)
    conflict = conflicting_status(truth, streams)
    status = np.where(conflict, "Alive", np.where(rng.random(size) < BLANK_STATUS, "", status))
    suffix = np.array([f"-{n:04d}" for n in rng.integers(1, 9999, size)], dtype=object)
    own = {
        "BIRTH_DATE": midnight(people.birth),
        "SEX_C": SEX_NAMES[people.sex],
        "ETHNIC_GROUP_C": np.where(people.hispanic, "Hispanic or Latino", "Not Hispanic or Latino"),
        "SSN": fake.astype(object),
        "ADD_LINE_1": people.street,
        "ADD_LINE_2": people.unit,
        "CITY": people.city,
        "STATE_C": people.state,
        "ZIP": np.where(rng.random(size) < LONG_ZIP, people.zip + suffix, people.zip),
        "HOME_PHONE": np.where(rng.random(size) < MISSING_PHONE, "", people.phone),
        "EMAIL_ADDRESS": np.where(rng.random(size) < MISSING_EMAIL, "", people.email),
        "PAT_MIDDLE_NAME": people.middle,
    }
    columns = {name: _with(column, column[again]) for name, column in own.items()}
    first, last = _with(people.first, records.first), _with(people.last, records.last)
    middle = columns["PAT_MIDDLE_NAME"]
    marked = np.where(records.merged, "<E" + records.mrn + ">", records.mrn)
    return columns | {
        "PAT_ID": _with(people.pat_id, records.pat_id),
        "PAT_MRN_ID": _with(people.mrn, marked),
        "PAT_FIRST_NAME": first,
        "PAT_LAST_NAME": last,
        "PAT_NAME": np.array(
            [f"{a},{b} {c}".strip().upper() for a, b, c in zip(last, first, middle, strict=True)],
            dtype=object,
        ),
        "DEATH_DATE": _with(midnight(death), np.full(len(again), np.datetime64("NaT", "s"))),
        "PAT_STATUS_C": _with(status, _blank(records)),
    }


def _races(people: People, rng: np.random.Generator) -> Columns:
    """Return one race per person, two for a few."""
    second = np.flatnonzero((rng.random(len(people)) < MIXED_RACE) & (people.race != "Asian"))
    person = np.r_[np.arange(len(people)), second]
    race = np.r_[people.race, np.full(len(second), "Asian", dtype=object)]
    return {"PAT_ID": people.pat_id[person], "LINE": rank_within(person), "PATIENT_RACE_C": race}


def _merges(people: People, records: Records) -> Columns:
    merged = records.take(records.merged)
    return {
        "PAT_ID": people.pat_id[merged.person],
        "LINE": rank_within(merged.person),
        "PATIENT_MRG_HIST": merged.pat_id,
    }


def _identities(
    people: People, records: Records, streams: Streams, rng: np.random.Generator
) -> Columns:
    """Return enterprise and facility numbers; a survivor also holds those of merged records."""
    everybody = np.arange(len(people))
    facility = np.flatnonzero(rng.random(len(people)) < FACILITY_SHARE)
    merged = records.take(records.merged)
    single = records.take(~records.merged)
    number = np.array(
        [f"F{n:08d}" for n in streams.spread(facility * 13 + 1_000_003).tolist()], dtype=object
    )
    own_record = len(people) + np.flatnonzero(~records.merged)
    owner = np.r_[everybody, facility, merged.person, own_record]
    kinds = np.r_[
        np.zeros(len(people)),
        np.full(len(facility), FACILITY_TYPE),
        np.zeros(len(merged)),
        np.zeros(len(single)),
    ].astype(np.int64)
    value = np.r_[people.mrn, number, merged.mrn, single.mrn]
    return {
        "PAT_ID": Coded(_with(people.pat_id, records.pat_id), owner),
        "LINE": rank_within(owner),
        "IDENTITY_ID": value,
        "IDENTITY_TYPE_ID": kinds,
    }


def _with(own: Array, other: Array) -> Array:
    return np.concatenate([own, other])


def _blank(records: Records) -> Array:
    return np.full(len(records), "", dtype=object)
