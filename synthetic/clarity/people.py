"""Patient tables of Clarity, with what is wrong in them."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import midnight
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import Disposition
from ehrkit.synthetic.history import History
from ehrkit.synthetic.people.homes import digits
from ehrkit.synthetic.people.people import People
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Columns
from ehrkit.synthetic.streams import Streams
from ehrkit.synthetic.trouble.records import Records

SEX_NAMES = np.array(["Female", "Male", "Unknown"], dtype=object)
PLACEHOLDERS = ("999-99-9999", "000-00-0000")
MISSING_EMAIL, MISSING_PHONE, LONG_ZIP, BLANK_STATUS = 0.30, 0.10, 0.10, 0.60


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
    mask: Array = movers(truth.people) & (chance < truth.spec.stale_address)
    return mask


def movers(people: People) -> Array:
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
        "ETHNIC_GROUP_C": np.select(
            [~people.ethnicity_told, people.hispanic],
            ["Patient Refused", "Hispanic or Latino"],
            "Not Hispanic or Latino",
        ),
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


def _with(own: Array, other: Array) -> Array:
    return np.concatenate([own, other])


def _blank(records: Records) -> Array:
    return np.full(len(records), "", dtype=object)
