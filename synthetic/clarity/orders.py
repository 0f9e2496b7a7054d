"""Diagnosis, order and drug tables of Clarity."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import Booking, dx_ids, midnight
from ehrkit.synthetic.care.clinical import CodedDiagnoses, Prescriptions
from ehrkit.synthetic.care.encounters import DAY
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import EMERGENCY_KINDS
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.clarity.contacts import yes
from ehrkit.synthetic.clarity.labs import laboratory_masters, laboratory_orders, laboratory_tables
from ehrkit.synthetic.clarity.services import service_orders
from ehrkit.synthetic.history import History
from ehrkit.synthetic.rows import Array, rank_within, stable_order
from ehrkit.synthetic.shaping import Coded, Columns, joined, repeated
from ehrkit.synthetic.streams import Streams

FIRST_MED_ORDER, FIRST_MEDICATION = 800_000_000, 4000
# Share of the site's diagnoses whose billing code stands without its dot; design choice.
UNDOTTED = 0.35


def order_tables(history: History) -> dict[str, Columns]:
    """Return the diagnosis, order, result and drug tables of one block."""
    booking, streams = history.booking, history.streams
    return {
        "PAT_ENC_DX": _diagnoses(history.truth, booking, history.diagnoses),
        "ORDER_MED": _drug_orders(booking, history.prescriptions, streams),
        "ORDER_PROC": joined([laboratory_orders(history), service_orders(history)]),
        **laboratory_tables(history),
    }


def order_masters(streams: Streams) -> dict[str, Columns]:
    """Return the lists of diagnoses, drugs and analytes of the site."""
    known = catalogue().diagnoses
    ids, codes = dx_ids(np.arange(len(known.codes))), np.array(known.codes, dtype=object)
    return {
        "CLARITY_EDG": {
            "DX_ID": ids,
            "DX_NAME": np.array(known.names, dtype=object),
            "CURRENT_ICD10_LIST": codes,
            "REF_BILL_CODE": _billing_codes(streams),
        },
        "EDG_CURRENT_ICD10": {"DX_ID": ids, "LINE": np.ones(len(ids), np.int64), "CODE": codes},
        **_drug_masters(),
        **laboratory_masters(),
    }


def undotted(streams: Streams) -> Array:
    """Return a mask of diagnoses whose billing code came from a claims file, without its dot."""
    codes = _first_codes()
    chance = streams.of_site("undotted codes").random(len(codes))
    mask: Array = (chance < UNDOTTED) & np.array(["." in code for code in codes])
    return mask


def _first_codes() -> list[str]:
    known = catalogue().diagnoses
    return [known.dated_codes[place] for place in known.older.tolist()]


def _billing_codes(streams: Streams) -> Array:
    """Return the codes as first entered: superseded ones stand as they were."""
    plain = zip(_first_codes(), undotted(streams).tolist(), strict=True)
    return np.array([code.replace(".", "") if bare else code for code, bare in plain], object)


def _diagnoses(truth: Truth, booking: Booking, diagnoses: CodedDiagnoses) -> Columns:
    encounter = diagnoses.encounter
    emergency = np.isin(truth.encounters.kind, EMERGENCY_KINDS)[encounter]
    primary = diagnoses.line == 1
    return {
        "PAT_ENC_CSN_ID": booking.csn[encounter],
        "PAT_ID": booking.patient(encounter),
        "LINE": diagnoses.line,
        "DX_ID": dx_ids(diagnoses.concept),
        "PRIMARY_DX_YN": Coded(np.array(["N", "Y"], dtype=object), primary.astype(np.int8)),
        "DX_ED_YN": yes(emergency & primary),
        "CONTACT_DATE": midnight(truth.encounters.start)[encounter],
    }


def _drug_masters() -> dict[str, Columns]:
    drugs = list(catalogue().drugs.values())
    name, generic, form = (np.array([d[column] for d in drugs], object) for column in range(3))
    ids = FIRST_MEDICATION + np.arange(len(drugs))
    ingredients = [(key, code) for key, drug in zip(ids, drugs, strict=True) for code in drug[3]]
    owner = np.array([key for key, _ in ingredients])
    return {
        "CLARITY_MEDICATION": {
            "MEDICATION_ID": ids,
            "NAME": name,
            "GENERIC_NAME": generic,
            "FORM": form,
        },
        "RXNORM_CODES": {
            "MEDICATION_ID": owner,
            "LINE": rank_within(owner),
            "RXNORM_CODE": np.array([code for _, code in ingredients], dtype=object),
            "RXNORM_TERM_TYPE_C": repeated("Ingredient", len(owner)),
        },
    }


def _drug_orders(booking: Booking, orders: Prescriptions, streams: Streams) -> Columns:
    drugs = list(catalogue().drugs.values())
    name, form, dose, unit, route = (
        np.array([drug[column] for drug in drugs], dtype=object) for column in (0, 2, 4, 5, 6)
    )
    orders = orders.take(stable_order(orders.time))
    inpatient = orders.inpatient.astype(np.int8)
    size, day = len(orders), midnight(orders.time)
    return {
        "ORDER_MED_ID": FIRST_MED_ORDER + streams.spread(np.arange(size)),
        "PAT_ID": booking.patient(orders.encounter),
        "PAT_ENC_CSN_ID": booking.csn[orders.encounter],
        "MEDICATION_ID": FIRST_MEDICATION + orders.drug,
        "DESCRIPTION": Coded(name, orders.drug),
        "ORDERING_DATE": day,
        "ORDER_INST": orders.time,
        "START_DATE": day,
        "END_DATE": last_day(orders),
        "ORDERING_MODE_C": Coded(np.array(["Outpatient", "Inpatient"], object), inpatient),
        "ORDER_STATUS_C": repeated("Completed", size),
        "MED_ROUTE_C": Coded(route, orders.drug),
        "HV_DISCRETE_DOSE": Coded(dose, orders.drug),
        "HV_DOSE_UNIT_C": Coded(unit, orders.drug),
        "QUANTITY": _quantities(orders, form),
        "REFILLS": Coded(np.array(["0"], object), -inpatient),
        "SIG": directions(orders),
    }


def last_day(orders: Prescriptions) -> Array:
    """Return the last day of supply, at midnight: that of the order where it lasts a day.

    Source: OMOP CDM 5.4, drug_exposure_end_date, which is start + days_supply - 1.
    """
    days: Array = midnight(orders.time) + (np.maximum(orders.days, 1) - 1) * DAY
    return days


def directions(orders: Prescriptions) -> Coded:
    """Return how to take what is taken home, in words that agree with days and quantity."""
    form = [drug[2] for drug in catalogue().drugs.values()]
    most = int(orders.per_day.max(initial=0)) + 1
    pool = [f"Take 1 {one} {number} times a day." for one in form for number in range(most)]
    codes = orders.drug * most + orders.per_day
    return Coded(np.array(pool, dtype=object), np.where(orders.inpatient, -1, codes))


def _quantities(orders: Prescriptions, form: Array) -> Coded:
    """Return dispensed units as text, such as `40 tablet`; none in hospital."""
    pairs, codes = np.unique(
        np.stack([orders.quantity, orders.drug.astype(np.int64)]), axis=1, return_inverse=True
    )
    pool = [f"{number} {form[drug]}" if number else "" for number, drug in pairs.T.tolist()]
    return Coded(np.array(pool, dtype=object), codes)
