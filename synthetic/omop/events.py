"""What was found and done at visits: conditions, procedures, drugs and devices."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import midnight
from ehrkit.synthetic.care.encounters import DAY
from ehrkit.synthetic.care.procedures import procedure_codes
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.clarity.people import known_death
from ehrkit.synthetic.omop.concepts import DEVICES, concepts
from ehrkit.synthetic.omop.loading import LAST_MOMENT, Loading
from ehrkit.synthetic.omop.visits import ENCOUNTER_RECORD, OPERATING, span, unit_numbers
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Coded, Columns

BILLING_RECORD, EHR, PRESCRIPTION, ORDER = 32821, 32817, 32838, 32833
PRIMARY, SECONDARY = 32902, 32908
ROUTES = {"Oral": 4132161, "Intravenous": 4171047}
# Place of the device character in an ICD-10-PCS code.
DEVICE = 5


def event_tables(loading: Loading) -> dict[str, Columns]:
    """Return conditions, procedures, drugs and devices of one block."""
    return {
        "condition_occurrence": _conditions(loading),
        "procedure_occurrence": _procedures(loading),
        "drug_exposure": _drugs(loading),
        "device_exposure": _devices(loading),
    }


def keys(loading: Loading, size: int) -> Array:
    """Return the keys of the rows of an event table, from 1 up."""
    return 1 + loading.history.streams.spread(np.arange(size))


def at_visit(loading: Loading, encounter: Array) -> Columns:
    """Return whose row it is, and of which visit."""
    return {
        "person_id": loading.person(encounter),
        "visit_occurrence_id": loading.visit_number(encounter),
    }


def moment(prefix: str, time: Array) -> Columns:
    """Return the date and the time of something that happened at once."""
    return {f"{prefix}_date": time, f"{prefix}_datetime": time}


def theatre_units(loading: Loading, surgery: Array) -> Array:
    """Return the operating room of each surgery, as a unit of its stay."""
    truth = loading.history.truth
    contact = truth.contact_of[surgery]
    there = (contact >= 0) & (loading.visit[contact] >= 0)
    return np.where(there, unit_numbers(loading, truth.stay_of[surgery], OPERATING), -1)


def _conditions(loading: Loading) -> Columns:
    diagnoses = loading.history.diagnoses
    found = diagnoses.take(loading.kept(diagnoses.encounter))
    codes = catalogue().diagnoses.codes
    known, primary = concepts(), found.line == 1
    start = loading.history.truth.encounters.start[found.encounter]
    return {
        "condition_occurrence_id": keys(loading, len(found)),
        **at_visit(loading, found.encounter),
        "condition_concept_id": known.standards(codes)[found.concept],
        **moment("condition_start", start),
        "condition_type_concept_id": np.full(len(found), ENCOUNTER_RECORD),
        "condition_status_concept_id": np.where(primary, PRIMARY, SECONDARY),
        "condition_source_value": Coded(np.array(codes, dtype=object), found.concept),
        "condition_source_concept_id": known.many("ICD10CM", codes)[found.concept],
        "condition_status_source_value": Coded(
            np.array(["secondary", "primary"], dtype=object), primary.astype(np.int8)
        ),
    }


def _procedures(loading: Loading) -> Columns:
    truth, procedures = loading.history.truth, loading.history.procedures
    done = procedures.take(loading.kept(truth.stay_of[procedures.surgery]))
    surgeries, codes = truth.surgeries.take(done.surgery), procedure_codes()
    concept = concepts().many("ICD10PCS", codes)[done.code]
    return {
        "procedure_occurrence_id": keys(loading, len(done)),
        **at_visit(loading, truth.stay_of[done.surgery]),
        "procedure_concept_id": concept,
        **moment("procedure", surgeries.incision),
        **moment("procedure_end", surgeries.close),
        "procedure_type_concept_id": np.full(len(done), BILLING_RECORD),
        "quantity": np.ones(len(done), np.int64),
        "visit_detail_id": theatre_units(loading, done.surgery),
        "procedure_source_value": Coded(np.array(codes, dtype=object), done.code),
        "procedure_source_concept_id": concept,
    }


def _devices(loading: Loading) -> Columns:
    """Return an implant per procedure code that names one."""
    truth, procedures = loading.history.truth, loading.history.procedures
    codes = procedure_codes()
    fusion = [code[2] == "G" and code[DEVICE] in DEVICES for code in codes]
    put = procedures.take(loading.kept(truth.stay_of[procedures.surgery]))
    put = put.take(np.array(fusion)[put.code])
    known = concepts()
    device = np.array([known.number("SITE_DEVICE", code[DEVICE]) for code in codes])
    return {
        "device_exposure_id": keys(loading, len(put)),
        **at_visit(loading, truth.stay_of[put.surgery]),
        "device_concept_id": np.zeros(len(put), np.int64),
        **moment("device_exposure_start", truth.surgeries.incision[put.surgery]),
        "device_type_concept_id": np.full(len(put), EHR),
        "quantity": np.ones(len(put), np.int64),
        "visit_detail_id": theatre_units(loading, put.surgery),
        "device_source_value": Coded(np.array(codes, dtype=object), put.code),
        "device_source_concept_id": device[put.code],
    }


def _drugs(loading: Loading) -> Columns:
    """Return one row per order and ingredient; exposure ends with life or with the data."""
    truth, orders = loading.history.truth, loading.history.prescriptions
    drugs, known = list(catalogue().drugs.values()), concepts()
    orders = orders.take(loading.kept(orders.encounter))
    orders = orders.take(np.argsort(orders.time, kind="stable"))
    owner, ingredient = _ingredients(orders.drug)
    orders = orders.take(owner)
    names, routes, units = (
        np.array([drug[at] for drug in drugs], dtype=object) for at in (0, 6, 5)
    )
    start = orders.time
    ordered = midnight(start) + orders.days * DAY
    last = known_death(truth)[truth.encounters.person[orders.encounter]]
    last = np.fmin(last, LAST_MOMENT.astype("datetime64[D]")).astype("datetime64[s]")
    end = np.maximum(np.minimum(ordered, last), midnight(start))
    outside = ~orders.inpatient
    return {
        "drug_exposure_id": keys(loading, len(orders)),
        **at_visit(loading, orders.encounter),
        "drug_concept_id": ingredient,
        **span("drug_exposure", start, end),
        "drug_exposure_end_datetime": np.maximum(end, start),
        "verbatim_end_date": ordered,
        "drug_type_concept_id": np.where(orders.inpatient, ORDER, PRESCRIPTION),
        "refills": np.where(outside, 0, -1),
        "quantity": np.where(outside, orders.quantity.astype(float), np.nan),
        "days_supply": np.where(outside, orders.days, -1),
        "sig": Coded(np.array(["Take as directed."], dtype=object), np.where(outside, 0, -1)),
        "route_concept_id": np.array([ROUTES[name] for name in routes])[orders.drug],
        "drug_source_value": Coded(names, orders.drug),
        "drug_source_concept_id": known.many("SITE_DRUG", names)[orders.drug],
        "route_source_value": Coded(routes, orders.drug),
        "dose_unit_source_value": Coded(units, orders.drug),
    }


def _ingredients(drug: Array) -> tuple[Array, Array]:
    """Return, per ingredient of each order, the order and the ingredient's concept."""
    own = [drug[3] for drug in catalogue().drugs.values()]
    count = np.array([len(codes) for codes in own])
    flat = concepts().many("RxNorm", [code for codes in own for code in codes])
    first = np.r_[0, np.cumsum(count)[:-1]]
    owner = np.repeat(np.arange(len(drug)), count[drug])
    place = np.arange(len(owner)) - np.repeat(np.cumsum(count[drug]) - count[drug], count[drug])
    return owner, flat[first[drug][owner] + place]
