"""Person tables of Millennium: records, aliases, combines, addresses and telephone numbers."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import midnight, texts
from ehrkit.synthetic.care.encounters import NOT_A_TIME
from ehrkit.synthetic.cerner.chart import Chart
from ehrkit.synthetic.cerner.drawn import Drawn
from ehrkit.synthetic.cerner.validity import OPEN, active, number_or_null, open_until
from ehrkit.synthetic.clarity.people import known_death, suffix_in_last_name
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Coded, Columns, repeated
from ehrkit.synthetic.spec import CHART_START

FIRST_ALIAS, FIRST_COMBINE = 700_000_000, 20_000_000
FIRST_ADDRESS, FIRST_PHONE = 30_000_000, 40_000_000
SEXES = np.array(["Female", "Male", "Unknown"], dtype=object)
MADE = CHART_START.astype("datetime64[s]")
# Shares of people: a stranger's record combined with theirs and set apart again, an encounter that
# was first booked under a stranger, no telephone number. Design choice.
UNDONE, MOVED, NO_PHONE = 0.01, 0.01, 0.10


def people_tables(chart: Chart) -> Drawn:
    """Return the person tables of one block: true people, test patients, second records."""
    people, records = chart.history.truth.people, chart.history.records
    combine, undone, moved = _combines(chart)
    tables = {
        "PERSON": _persons(chart),
        "PERSON_ALIAS": _aliases(chart),
        "PERSON_COMBINE": combine,
        "ADDRESS": _addresses(chart),
        "PHONE": _phones(chart),
    }
    second = chart.person[len(people) :]
    left = chart.left_behind & (chart.encounter >= 0)
    planted = [
        ("test-patient", "PERSON", texts(chart.person[: len(people)][people.test])),
        ("combined-record", "PERSON", texts(second[records.merged])),
        ("duplicate-not-combined", "PERSON", texts(second[~records.merged])),
        ("combine-undone", "PERSON_COMBINE", undone),
        ("combine-of-one-encounter", "PERSON_COMBINE", moved),
        ("left-behind-by-combine", "ENCOUNTER", texts(chart.encounter[left])),
    ]
    return Drawn(tables, planted)


def _owner(chart: Chart) -> Array:
    """Return the person of each record."""
    people = len(chart.history.truth.people)
    owner: Array = np.concatenate([np.arange(people), chart.history.records.person])
    return owner


def _combined(chart: Chart) -> tuple[Array, Array]:
    """Return which records were combined away, and when."""
    size, records = len(chart.history.truth.people), chart.history.records
    since = np.r_[np.full(size, NOT_A_TIME), records.since.astype("datetime64[s]")]
    return np.r_[np.zeros(size, bool), records.merged], since


def _persons(chart: Chart) -> Columns:
    people, records = chart.history.truth.people, chart.history.records
    owner, (gone, since) = _owner(chart), _combined(chart)
    typed = suffix_in_last_name(chart.history.truth, chart.history.streams)
    own = np.where(typed, people.last + " " + people.suffix, people.last)
    last = np.concatenate([own, records.last])
    first = np.concatenate([people.first, records.first])
    middle, birth = people.middle[owner], midnight(people.birth[owner])
    death = midnight(known_death(chart.history.truth))
    death = np.where(np.arange(len(owner)) < len(people), death[owner], NOT_A_TIME)
    names = list(zip(last.tolist(), first.tolist(), middle.tolist(), strict=True))
    return {
        "PERSON_ID": chart.person,
        "NAME_LAST": last,
        "NAME_FIRST": first,
        "NAME_MIDDLE": middle,
        "NAME_FULL_FORMATTED": np.array([f"{a}, {b} {c}".strip() for a, b, c in names], object),
        "NAME_LAST_KEY": np.array(
            ["".join(filter(str.isalnum, name)).upper() for name, *_ in names], object
        ),
        "BIRTH_DT_TM": birth,
        "ABS_BIRTH_DT_TM": birth,
        "SEX_CD": Coded(SEXES, people.sex[owner]),
        "RACE_CD": people.race[owner],
        "ETHNIC_GRP_CD": Coded(
            np.array(["Not Hispanic or Latino", "Hispanic or Latino"], object),
            np.where(people.ethnicity_told, people.hispanic, -1)[owner].astype(np.int8),
        ),
        "DECEASED_CD": Coded(np.array(["Yes", "No"], object), np.isnat(death).astype(np.int8)),
        "DECEASED_DT_TM": death,
        "ACTIVE_IND": active(gone),
        "BEG_EFFECTIVE_DT_TM": np.maximum(birth, MADE),
        "END_EFFECTIVE_DT_TM": open_until(gone, since),
    }


def _aliases(chart: Chart) -> Columns:
    """Return MRNs and SSNs; a survivor also holds the MRNs of records combined into it."""
    people, records = chart.history.truth.people, chart.history.records
    size, (gone, since) = len(people), _combined(chart)
    everybody, merged = np.arange(len(gone)), np.flatnonzero(records.merged)
    record = np.r_[everybody, records.person[merged], np.arange(size)]
    ended = np.r_[gone, np.zeros(len(merged) + size, bool)]
    kind = np.repeat([0, 1], [len(gone) + len(merged), size])
    number = np.concatenate([people.mrn, records.mrn, records.mrn[merged], people.ssn])
    return {
        "PERSON_ALIAS_ID": FIRST_ALIAS + chart.history.streams.spread(np.arange(len(record))),
        "PERSON_ID": chart.person[record],
        "ALIAS": number,
        "PERSON_ALIAS_TYPE_CD": Coded(np.array(["MRN", "SSN"], object), kind),
        "ALIAS_POOL_CD": Coded(np.array(["Main Hospital MRN", "SSN"], object), kind),
        "ACTIVE_IND": active(ended),
        "END_EFFECTIVE_DT_TM": open_until(ended, since[np.minimum(record, len(since) - 1)]),
    }


def _combines(chart: Chart) -> tuple[Columns, Array, Array]:
    """Return combines, and the keys of those that were undone or moved one encounter alone."""
    history, rng = chart.history, chart.history.streams.of("strange combines")
    size, encounters = len(history.truth.people), history.truth.encounters
    merged = np.flatnonzero(history.records.merged)
    undone = np.flatnonzero(rng.random(size) < UNDONE)
    moved = np.flatnonzero((chart.encounter >= 0) & (chart.record == encounters.person))
    moved = moved[np.unique(encounters.person[moved], return_index=True)[1]]
    moved = moved[rng.random(len(moved)) < MOVED]
    part = np.repeat([0, 1, 2], [len(merged), len(undone), len(moved)])
    target = np.r_[history.records.into[merged], undone, encounters.person[moved]]
    # A stranger is anybody else.
    stranger = (target + rng.integers(1, size, len(target))) % size
    source = np.r_[size + merged, stranger[part > 0]]
    key = FIRST_COMBINE + history.streams.spread(np.arange(len(source)))
    encounter = np.full(len(source), -1)
    encounter[part == 2] = chart.encounter[moved]
    mrn = np.concatenate([history.truth.people.mrn, history.records.mrn])
    columns: Columns = {
        "PERSON_COMBINE_ID": key,
        "FROM_PERSON_ID": chart.person[source],
        "TO_PERSON_ID": chart.person[target],
        "FROM_MRN": np.where(part == 2, mrn[source], ""),
        "TO_MRN": np.where(part == 2, mrn[target], ""),
        "ENCNTR_ID": number_or_null(encounter),
        "ACTIVE_IND": active(part == 1),
    }
    return columns, texts(key[part == 1]), texts(key[part == 2])


def _addresses(chart: Chart) -> Columns:
    """Return the present address of each record, and the one before a move, ended on its day.

    Who died before the move stayed.
    """
    people, streams = chart.history.truth.people, chart.history.streams
    stayed = people.moved >= people.death
    moved = np.flatnonzero(~np.isnat(people.moved) & ~stayed)
    record = np.r_[np.arange(len(chart.person)), moved]
    old = np.arange(len(record)) >= len(chart.person)
    person = _owner(chart)[record]
    move = midnight(np.where(stayed, NOT_A_TIME, people.moved)[person])
    born = midnight(people.birth[person])
    since = np.where(np.isnat(move) | old, np.maximum(born, MADE), np.maximum(move, MADE))
    return {
        "ADDRESS_ID": FIRST_ADDRESS + streams.spread(np.arange(len(record))),
        "PARENT_ENTITY_NAME": repeated("PERSON", len(record)),
        "PARENT_ENTITY_ID": chart.person[record],
        "ADDRESS_TYPE_CD": repeated("Home", len(record)),
        "STREET_ADDR": np.where(old, people.other_street[person], people.street[person]),
        "STREET_ADDR2": np.where(old, "", people.unit[person]),
        "CITY": np.where(old, people.other_city[person], people.city[person]),
        "STATE": np.where(old, people.other_state[person], people.state[person]),
        "ZIPCODE": np.where(old, people.other_zip[person], people.zip[person]),
        "ACTIVE_IND": np.ones(len(record)),
        "BEG_EFFECTIVE_DT_TM": since,
        "END_EFFECTIVE_DT_TM": open_until(old, move),
    }


def _phones(chart: Chart) -> Columns:
    streams = chart.history.streams
    has = streams.of("phones").random(len(chart.person)) >= NO_PHONE
    record = np.flatnonzero(has)
    size = len(record)
    return {
        "PHONE_ID": FIRST_PHONE + streams.spread(np.arange(size)),
        "PARENT_ENTITY_NAME": repeated("PERSON", size),
        "PARENT_ENTITY_ID": chart.person[record],
        "PHONE_TYPE_CD": repeated("Home", size),
        "PHONE_NUM": chart.history.truth.people.phone[_owner(chart)[record]],
        "ACTIVE_IND": np.ones(size),
        "END_EFFECTIVE_DT_TM": np.full(size, OPEN),
    }
