"""Patient tables of Clarity."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import midnight, texts
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import Disposition
from ehrkit.synthetic.clarity.site import identifier_types
from ehrkit.synthetic.history import History
from ehrkit.synthetic.people.homes import digits
from ehrkit.synthetic.people.people import People
from ehrkit.synthetic.rows import Array, rank_within
from ehrkit.synthetic.shaping import Coded, Columns
from ehrkit.synthetic.streams import Streams
from ehrkit.synthetic.trouble.records import Records

SEX_NAMES = np.array(["Female", "Male", "Unknown"], dtype=object)
PLACEHOLDERS = ("999-99-9999", "000-00-0000")
MISSING_EMAIL, MISSING_PHONE, LONG_ZIP, BLANK_STATUS, MIXED_RACE = 0.30, 0.10, 0.10, 0.60, 0.02
FACILITY_SHARE = 0.7
# Share of former names that somebody entered as an alias; design choice.
KNOWN_ALIAS = 0.7


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
        "PATIENT_ALIAS": _aliases(people, records, rng),
        "PAT_ADDR_CHNG_HX": _addresses(people),
        "PAT_MERGE_HISTORY": _merges(history.booking.pat_ids, records),
        "IDENTITY_ID": _identities(people, records, streams, rng),
    }


def identity_types(streams: Streams) -> Columns:
    """Return the kinds of identifier of this site."""
    return {
        "ID_TYPE": np.array(identifier_types(streams)),
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


def stale_address(truth: Truth, streams: Streams) -> Array:
    """Return a mask of movers whose PATIENT row still shows the address before the move."""
    chance = streams.of("stale address").random(len(truth.people))
    mask: Array = _moved(truth.people) & (chance < truth.spec.stale_address)
    return mask


def _moved(people: People) -> Array:
    """Return a mask of those who moved in their lifetime: surgery may have cut it short."""
    late: Array = people.moved >= people.death
    return ~np.isnat(people.moved) & ~late


def suffix_in_last_name(truth: Truth, streams: Streams) -> Array:
    """Return a mask of people whose Jr, Sr or III stands in the last name."""
    chance = streams.of("suffix").random(len(truth.people))
    mask: Array = (truth.people.suffix != "") & (chance < truth.spec.suffix_in_last_name)
    return mask


def _patient(truth: Truth, records: Records, streams: Streams, rng: np.random.Generator) -> Columns:
    people, again = truth.people, records.person
    size, death = len(people), known_death(truth)
    fake = np.where(placeholder_ssn(truth, streams), rng.choice(PLACEHOLDERS, size), people.ssn)
    own = _address(truth, streams, rng) | {
        "BIRTH_DATE": midnight(people.birth),
        "SEX_C": SEX_NAMES[people.sex],
        "ETHNIC_GROUP_C": np.where(people.hispanic, "Hispanic or Latino", "Not Hispanic or Latino"),
        "SSN": fake.astype(object),
        "HOME_PHONE": np.where(rng.random(size) < MISSING_PHONE, "", people.phone),
        "EMAIL_ADDRESS": np.where(rng.random(size) < MISSING_EMAIL, "", people.email),
        "PAT_MIDDLE_NAME": people.middle,
    }
    columns = {name: _with(column, column[again]) for name, column in own.items()}
    typed = suffix_in_last_name(truth, streams)
    first = _with(people.first, records.first)
    last = _with(np.where(typed, people.last + " " + people.suffix, people.last), records.last)
    marked = np.where(records.merged, "<E" + records.mrn + ">", records.mrn)
    status = _statuses(truth, streams, rng)
    return {
        **columns,
        "PAT_ID": _with(people.pat_id, records.pat_id),
        "PAT_MRN_ID": _with(people.mrn, marked),
        "PAT_FIRST_NAME": first,
        "PAT_LAST_NAME": last,
        "PAT_NAME": _full_names(last, first, columns["PAT_MIDDLE_NAME"]),
        "DEATH_DATE": _with(midnight(death), np.full(len(again), np.datetime64("NaT", "s"))),
        "PAT_STATUS_C": _with(status, _blank(records)),
    }


def _address(truth: Truth, streams: Streams, rng: np.random.Generator) -> dict[str, Array]:
    """Return the address on the PATIENT row: the present one, or that before a move."""
    people, stale = truth.people, stale_address(truth, streams)
    code = np.where(stale, people.other_zip, people.zip)
    long = code + "-" + digits(4)[rng.integers(1, 9999, len(people))]
    return {
        "ADD_LINE_1": np.where(stale, people.other_street, people.street),
        "ADD_LINE_2": np.where(stale, "", people.unit),
        "CITY": np.where(stale, people.other_city, people.city),
        "STATE_C": np.where(stale, people.other_state, people.state),
        "ZIP": np.where(rng.random(len(people)) < LONG_ZIP, long, code),
    }


def _statuses(truth: Truth, streams: Streams, rng: np.random.Generator) -> Array:
    """Return the living status of PATIENT: often blank, sometimes against the date of death."""
    alive = np.isnat(known_death(truth))
    status = np.where(alive, "Alive", "Deceased").astype(object)
    status = np.where(rng.random(len(alive)) < BLANK_STATUS, "", status)
    return np.where(conflicting_status(truth, streams), "Alive", status)


def _full_names(last: Array, first: Array, middle: Array) -> Array:
    names = [f"{a},{b} {c}".strip().upper() for a, b, c in zip(last, first, middle, strict=True)]
    return np.array(names, dtype=object)


def _aliases(people: People, records: Records, rng: np.random.Generator) -> Columns:
    """Return former names: before marriage, and on records that were merged away."""
    maiden = np.flatnonzero((people.maiden != "") & (rng.random(len(people)) < KNOWN_ALIAS))
    merged = records.take(records.merged)
    differs = (merged.last != people.last[merged.person]) | (
        merged.first != people.first[merged.person]
    )
    merged = merged.take(differs & ~np.isin(merged.person, maiden))
    person = np.r_[maiden, merged.person]
    alias = np.r_[
        people.maiden[maiden] + "," + people.first[maiden], merged.last + "," + merged.first
    ]
    return {"PAT_ID": people.pat_id[person], "LINE": rank_within(person), "ALIAS": alias}


def _addresses(people: People) -> Columns:
    """Return two rows per move: where somebody lived until that day, and since."""
    rows = np.flatnonzero(_moved(people))
    size, moved = len(rows), people.moved[rows]
    never = np.full(size, np.datetime64("NaT", "D"))
    return {
        "PAT_ID": np.r_[people.pat_id[rows], people.pat_id[rows]],
        "LINE": np.repeat([1, 2], size),
        "EFF_START_DATE": np.r_[never, moved],
        "EFF_END_DATE": np.r_[moved, never],
        "ADDR_HX_LINE1": np.r_[people.other_street[rows], people.street[rows]],
        "CITY_HX": np.r_[people.other_city[rows], people.city[rows]],
        "ZIP_HX": np.r_[people.other_zip[rows], people.zip[rows]],
    }


def _races(people: People, rng: np.random.Generator) -> Columns:
    """Return one race per person, two for a few."""
    second = np.flatnonzero((rng.random(len(people)) < MIXED_RACE) & (people.race != "Asian"))
    person = np.r_[np.arange(len(people)), second]
    race = np.r_[people.race, np.full(len(second), "Asian", dtype=object)]
    return {"PAT_ID": people.pat_id[person], "LINE": rank_within(person), "PATIENT_RACE_C": race}


def _merges(pat_ids: Array, records: Records) -> Columns:
    """Return each merge; of a chain A to B to C, the two steps."""
    merged = records.take(records.merged)
    return {
        "PAT_ID": pat_ids[merged.into],
        "LINE": rank_within(merged.into),
        "PATIENT_MRG_HIST": merged.pat_id,
    }


def _identities(
    people: People, records: Records, streams: Streams, rng: np.random.Generator
) -> Columns:
    """Return enterprise and facility numbers; a survivor also holds those of merged records."""
    enterprise, facility = identifier_types(streams)
    local = np.flatnonzero(rng.random(len(people)) < FACILITY_SHARE)
    number = texts(streams.spread(local * 13 + 100_001_003))
    # A merged record has handed its number on, a duplicate still has its own.
    holder = np.where(records.merged, records.person, len(people) + np.arange(len(records)))
    owner = np.r_[np.arange(len(people)), local, holder]
    kinds = np.full(len(owner), enterprise)
    kinds[len(people) : len(people) + len(local)] = facility
    return {
        "PAT_ID": Coded(_with(people.pat_id, records.pat_id), owner),
        "LINE": rank_within(owner),
        "IDENTITY_ID": np.r_[people.mrn, "F" + number, records.mrn],
        "IDENTITY_TYPE_ID": kinds,
    }


def _with(own: Array, other: Array) -> Array:
    return np.concatenate([own, other])


def _blank(records: Records) -> Array:
    return np.full(len(records), "", dtype=object)
