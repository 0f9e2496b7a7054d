"""Diagnosis, order and drug tables of Clarity."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import Booking, dx_ids, midnight, texts
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.clarity_people import Columns
from ehrkit.synthetic.clinical import CodedDiagnoses, Prescriptions, Results
from ehrkit.synthetic.rows import Array, rank_within
from ehrkit.synthetic.truth import Truth
from ehrkit.synthetic.vocabulary import EMERGENCY_KINDS

FIRST_ORDER, FIRST_MED_ORDER = 500_000_000, 800_000_000
FIRST_COMPONENT, FIRST_LOINC, FIRST_MEDICATION = 1500, 70_000, 4000
# Clarity stores this number where a result is not numeric.
NOT_NUMERIC = 9_999_999.0


def order_tables(
    truth: Truth,
    booking: Booking,
    diagnoses: CodedDiagnoses,
    results: Results,
    prescriptions: Prescriptions,
) -> dict[str, Columns]:
    """Return the diagnosis, laboratory and drug tables."""
    return {
        **_diagnosis_tables(truth, booking, diagnoses),
        **_drug_tables(truth, booking, prescriptions),
        **_laboratory_tables(booking, results),
    }


def _diagnosis_tables(
    truth: Truth, booking: Booking, diagnoses: CodedDiagnoses
) -> dict[str, Columns]:
    known = catalogue().diagnoses
    ids, codes = dx_ids(np.arange(len(known.codes))), np.array(known.codes, dtype=object)
    encounter = diagnoses.encounter
    emergency = np.isin(truth.encounters.kind[encounter], EMERGENCY_KINDS)
    primary = diagnoses.line == 1
    return {
        "PAT_ENC_DX": {
            "PAT_ENC_CSN_ID": booking.csn[encounter],
            "PAT_ID": booking.pat_id[encounter],
            "LINE": diagnoses.line,
            "DX_ID": dx_ids(diagnoses.concept),
            "PRIMARY_DX_YN": np.where(primary, "Y", "N").astype(object),
            "DX_ED_YN": np.where(emergency & primary, "Y", "").astype(object),
            "CONTACT_DATE": midnight(truth.encounters.start[encounter]),
        },
        "CLARITY_EDG": {
            "DX_ID": ids,
            "DX_NAME": np.array(known.names, dtype=object),
            "CURRENT_ICD10_LIST": codes,
        },
        "EDG_CURRENT_ICD10": {"DX_ID": ids, "LINE": np.ones(len(ids), np.int64), "CODE": codes},
    }


def _drug_tables(truth: Truth, booking: Booking, orders: Prescriptions) -> dict[str, Columns]:
    drugs = list(catalogue().drugs.values())
    name, generic, form, _, dose, unit, route = (
        np.array([drug[column] for drug in drugs], dtype=object) for column in range(7)
    )
    ids = FIRST_MEDICATION + np.arange(len(drugs))
    ingredients = [(key, code) for key, drug in zip(ids, drugs, strict=True) for code in drug[3]]
    owner = np.array([key for key, _ in ingredients])
    order = np.argsort(orders.time, kind="stable")
    orders = orders.take(order)
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
            "RXNORM_TERM_TYPE_C": np.full(len(owner), "Ingredient", dtype=object),
        },
        "ORDER_MED": {
            "ORDER_MED_ID": FIRST_MED_ORDER + np.arange(len(orders)),
            "PAT_ID": booking.pat_id[orders.encounter],
            "PAT_ENC_CSN_ID": booking.csn[orders.encounter],
            "MEDICATION_ID": ids[orders.drug],
            "DESCRIPTION": name[orders.drug],
            "ORDERING_DATE": midnight(orders.time),
            "ORDER_INST": orders.time,
            "START_DATE": midnight(orders.time),
            "END_DATE": midnight(orders.time) + orders.days.astype("timedelta64[D]"),
            "ORDERING_MODE_C": np.where(orders.inpatient, "Inpatient", "Outpatient").astype(object),
            "ORDER_STATUS_C": np.full(len(orders), "Completed", dtype=object),
            "MED_ROUTE_C": route[orders.drug],
            "HV_DISCRETE_DOSE": dose[orders.drug],
            "HV_DOSE_UNIT_C": unit[orders.drug],
            "QUANTITY": _quantities(orders, form),
            "REFILLS": np.where(orders.inpatient, "", "0").astype(object),
            "SIG": np.where(orders.inpatient, "", "Take as directed.").astype(object),
        },
    }


def _quantities(orders: Prescriptions, form: Array) -> Array:
    pairs = zip(orders.quantity.tolist(), form[orders.drug], strict=True)
    return np.array([f"{number} {unit}" if number else "" for number, unit in pairs], dtype=object)


def _laboratory_tables(booking: Booking, results: Results) -> dict[str, Columns]:
    labs = list(catalogue().labs.values())
    name, base, loinc, unit = (
        np.array([lab[column] for lab in labs], dtype=object) for column in range(4)
    )
    components = FIRST_COMPONENT + np.arange(len(labs))
    loinc_ids = FIRST_LOINC + np.arange(len(labs))
    results = results.take(np.argsort(results.ordered, kind="stable"))
    order_id = FIRST_ORDER + np.arange(len(results))
    text = np.array([f"{value:g}" for value in results.value.tolist()], dtype=object)
    size = len(results)
    return {
        "CLARITY_COMPONENT": {
            "COMPONENT_ID": components,
            "NAME": name,
            "BASE_NAME": base,
            "DEFAULT_LNC_ID": loinc_ids,
        },
        "LNC_DB_MAIN": {"RECORD_ID": loinc_ids, "LNC_CODE": loinc},
        "ORDER_PROC": {
            "ORDER_PROC_ID": order_id,
            "PAT_ID": booking.pat_id[results.encounter],
            "PAT_ENC_CSN_ID": booking.csn[results.encounter],
            "PROC_CODE": "LAB" + texts(results.analyte + 101),
            "DESCRIPTION": name[results.analyte],
            "ORDER_TYPE_C": np.full(size, "Lab", dtype=object),
            "ORDER_STATUS_C": np.full(size, "Completed", dtype=object),
            "ORDERING_DATE": midnight(results.ordered),
            "ORDER_TIME": results.ordered,
            "RESULT_TIME": results.resulted,
        },
        "ORDER_RESULTS": {
            "ORDER_PROC_ID": order_id,
            "LINE": np.ones(size, np.int64),
            "COMPONENT_ID": components[results.analyte],
            "RESULT_DATE": midnight(results.resulted),
            "RESULT_TIME": results.resulted,
            "ORD_VALUE": np.where(results.numeric, text, "Test not performed").astype(object),
            "ORD_NUM_VALUE": np.where(results.numeric, results.value, NOT_NUMERIC),
            "REFERENCE_UNIT": unit[results.analyte],
            "RESULT_STATUS_C": np.full(size, "Final", dtype=object),
            "COMPON_LNC_ID": loinc_ids[results.analyte],
            "PAT_ENC_CSN_ID": booking.csn[results.encounter],
        },
    }
