"""What stands beside each patient of Clarity: identifiers, former names and addresses, merges."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import texts
from ehrkit.synthetic.clarity.people import movers
from ehrkit.synthetic.clarity.site import identifier_types
from ehrkit.synthetic.history import History
from ehrkit.synthetic.people.people import People
from ehrkit.synthetic.rows import Array, rank_within
from ehrkit.synthetic.shaping import Coded, Columns
from ehrkit.synthetic.streams import Streams
from ehrkit.synthetic.trouble.records import Records

FACILITY_SHARE = 0.7
# Share of former names that somebody entered as an alias; design choice.
KNOWN_ALIAS = 0.7


def identity_tables(history: History) -> dict[str, Columns]:
    """Return races, former names and addresses, merges and identifiers of one block."""
    people, records, streams = history.truth.people, history.records, history.streams
    pat_ids, rng = history.booking.pat_ids, streams.of("identity tables")
    return {
        "PATIENT_RACE": _races(people),
        "PATIENT_ALIAS": _aliases(people, records, rng),
        "PAT_ADDR_CHNG_HX": _addresses(people),
        "PAT_MERGE_HISTORY": _merges(pat_ids, records),
        "IDENTITY_ID": _identities(history, rng),
    }


def identity_types(streams: Streams) -> Columns:
    """Return the kinds of identifier of this site."""
    return {
        "ID_TYPE": np.array(identifier_types(streams)),
        "ID_TYPE_NAME": np.array(["ENTERPRISE MRN", "FACILITY MRN"], dtype=object),
    }


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
    rows = np.flatnonzero(movers(people))
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


def _races(people: People) -> Columns:
    """Return one race per person, two for a few."""
    second = np.flatnonzero(people.second_race != "")
    person = np.r_[np.arange(len(people)), second]
    race = np.r_[people.race, people.second_race[second]]
    return {"PAT_ID": people.pat_id[person], "LINE": rank_within(person), "PATIENT_RACE_C": race}


def _merges(pat_ids: Array, records: Records) -> Columns:
    """Return each merge; of a chain A to B to C, the two steps."""
    merged = records.take(records.merged)
    return {
        "PAT_ID": pat_ids[merged.into],
        "LINE": rank_within(merged.into),
        "PATIENT_MRG_HIST": merged.pat_id,
    }


def _identities(history: History, rng: np.random.Generator) -> Columns:
    """Return enterprise and facility numbers; a survivor also holds those of merged records."""
    people, records, streams = history.truth.people, history.records, history.streams
    enterprise, facility = identifier_types(streams)
    local = np.flatnonzero(rng.random(len(people)) < FACILITY_SHARE)
    number = texts(streams.spread(local * 13 + 100_001_003))
    # A merged record has handed its number on, a duplicate still has its own.
    holder = np.where(records.merged, records.person, len(people) + np.arange(len(records)))
    owner = np.r_[np.arange(len(people)), local, holder]
    kinds = np.full(len(owner), enterprise)
    kinds[len(people) : len(people) + len(local)] = facility
    return {
        "PAT_ID": Coded(history.booking.pat_ids, owner),
        "LINE": rank_within(owner),
        "IDENTITY_ID": np.r_[people.mrn, "F" + number, records.mrn],
        "IDENTITY_TYPE_ID": kinds,
    }
