"""What was found and done at visits: conditions, procedures, drugs and devices."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import midnight
from ehrkit.synthetic.care.encounters import NOT_A_TIME
from ehrkit.synthetic.care.procedures import procedure_codes
from ehrkit.synthetic.care.vocabulary import Service
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.clarity.orders import directions, last_day
from ehrkit.synthetic.clarity.people import known_death
from ehrkit.synthetic.omop.concepts import DEVICES, UNKNOWN, concepts, service_name
from ehrkit.synthetic.omop.loading import LAST_MOMENT, Loading
from ehrkit.synthetic.omop.units import theatres
from ehrkit.synthetic.omop.visits import ENCOUNTER_RECORD, span
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Coded, Columns

BILLING_RECORD, EHR, PRESCRIPTION, ORDER = 32821, 32817, 32838, 32833
PRIMARY, SECONDARY, PROBLEM_LIST = 32902, 32908, 32840
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
        "person_id": loading.person(loading.visit[encounter]),
        "visit_occurrence_id": loading.visit_number(encounter),
    }


def moment(prefix: str, time: Array) -> Columns:
    """Return the date and the time of something that happened at once."""
    return {f"{prefix}_date": time, f"{prefix}_datetime": time}


def _conditions(loading: Loading) -> Columns:
    """Return the diagnoses of visits, then the problem list, which belongs to no visit."""
    diagnoses, problems = loading.history.diagnoses, loading.history.problems
    found = diagnoses.take(loading.kept(diagnoses.encounter))
    listed = problems.take(np.flatnonzero(loading.number[problems.person] >= 0))
    start = loading.history.truth.encounters.start[found.encounter]
    concept = np.r_[found.concept, listed.concept]
    codes, known = catalogue().diagnoses.codes, concepts()
    status = np.r_[(found.line == 1).astype(np.int8), np.full(len(listed), -1, np.int8)]
    nothing, never = np.full(len(listed), -1), np.full(len(found), NOT_A_TIME)
    end = np.r_[never, listed.resolved.astype("datetime64[s]")]
    return {
        "condition_occurrence_id": keys(loading, len(concept)),
        "person_id": np.r_[
            loading.person(loading.visit[found.encounter]), loading.number[listed.person]
        ],
        "visit_occurrence_id": np.r_[loading.visit_number(found.encounter), nothing],
        "condition_concept_id": known.standards(codes)[concept],
        **moment("condition_start", np.r_[start, listed.noted.astype("datetime64[s]")]),
        **moment("condition_end", end),
        "condition_type_concept_id": np.repeat(
            (ENCOUNTER_RECORD, PROBLEM_LIST), (len(found), len(listed))
        ),
        "condition_status_concept_id": np.array([SECONDARY, PRIMARY, UNKNOWN])[status],
        "condition_source_value": Coded(np.array(codes, dtype=object), concept),
        "condition_source_concept_id": known.many("ICD10CM", codes)[concept],
        "condition_status_source_value": Coded(
            np.array(["secondary", "primary"], dtype=object), status
        ),
    }


def _procedures(loading: Loading) -> Columns:
    """Return what was operated, then therapy, injections and images."""
    history = loading.history
    truth, procedures, services = history.truth, history.procedures, history.services
    done = procedures.take(loading.kept(truth.stay_of[procedures.surgery]))
    served = services.take(loading.kept(services.encounter))
    surgeries, known, codes = truth.surgeries.take(done.surgery), concepts(), procedure_codes()
    operated = known.many("ICD10PCS", codes)[done.code]
    service = known.many("SITE_SERVICE", [one.name for one in Service])[served.kind]
    standard = np.array([known.services.get(one.name, UNKNOWN) for one in Service])[served.kind]
    names = np.array([*codes, *map(service_name, Service)], dtype=object)
    none = np.full(len(served), -1)
    return {
        "procedure_occurrence_id": keys(loading, len(done) + len(served)),
        **at_visit(loading, np.r_[truth.stay_of[done.surgery], served.encounter]),
        "procedure_concept_id": np.r_[operated, standard],
        **moment("procedure", np.r_[surgeries.incision, served.performed]),
        **moment("procedure_end", np.r_[surgeries.close, served.performed]),
        "procedure_type_concept_id": np.repeat((BILLING_RECORD, ORDER), (len(done), len(served))),
        "quantity": np.ones(len(done) + len(served), np.int64),
        "visit_detail_id": np.r_[theatres(loading)[done.surgery], none],
        "procedure_source_value": Coded(
            names, np.r_[done.code, len(codes) + served.kind.astype(np.int64)]
        ),
        "procedure_source_concept_id": np.r_[operated, service],
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
        "visit_detail_id": theatres(loading)[put.surgery],
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
    ordered = last_day(orders)
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
        "sig": directions(orders),
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
