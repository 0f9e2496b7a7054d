"""Account tables of Clarity: HSP_ACCOUNT, coded diagnoses and procedures, DRGs, charges."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import Booking, department_ids, dx_ids, midnight, texts
from ehrkit.synthetic.care.admission import admitted
from ehrkit.synthetic.care.charges import Charges
from ehrkit.synthetic.care.clinical import CodedDiagnoses
from ehrkit.synthetic.care.encounters import NOT_A_TIME
from ehrkit.synthetic.care.procedures import Procedures, procedure_codes
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import INPATIENT_KINDS
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.clarity.movements import base_classes, patient_classes
from ehrkit.synthetic.clarity.postings import Postings, postings
from ehrkit.synthetic.history import History
from ehrkit.synthetic.rows import Array, stable_order
from ehrkit.synthetic.shaping import Coded, Columns, repeated

FIRST_PX = 20_000
PX_NAMES = {
    "0SG0": "Fusion of lumbar joint",
    "0SG1": "Fusion of two or more lumbar joints",
    "0SG3": "Fusion of lumbosacral joint",
    "0RG1": "Fusion of cervical joint",
    "0RG2": "Fusion of two or more cervical joints",
    "0SG7": "Fusion of right sacroiliac joint",
    "0SG8": "Fusion of left sacroiliac joint",
    "0SGF": "Fusion of right ankle joint",
    "0RGJ": "Fusion of right shoulder joint",
    "01NB": "Release of lumbar nerve",
    "00NY": "Release of lumbar spinal cord",
    "0SB2": "Excision of lumbar disc",
    "0SB4": "Excision of lumbosacral disc",
    "0SP0": "Removal of device from lumbar joint",
    "00Q2": "Repair of dura mater",
    "0JB7": "Excision of soft tissue of back",
    "0J97": "Drainage of soft tissue of back",
}


def billing_tables(history: History) -> dict[str, Columns]:
    """Return the account tables of one block."""
    truth, booking = history.truth, history.booking
    known = postings(history.charges, history.streams)
    posted = history.charges.take(known.rows)
    return {
        "HSP_ACCOUNT": _accounts(truth, booking, posted),
        "HSP_ACCT_DX_LIST": _account_diagnoses(booking, history.diagnoses),
        "HSP_ACCT_PX_LIST": _account_procedures(truth, booking, history.procedures),
        "HSP_TRANSACTIONS": _transactions(booking, posted, known),
    }


def billing_masters() -> dict[str, Columns]:
    """Return the lists of procedures, DRGs and revenue codes of the site."""
    codes, drgs = procedure_codes(), catalogue().drgs
    revenue = list(catalogue().revenue)
    return {
        "CL_ICD_PX": {
            "ICD_PX_ID": texts(FIRST_PX + np.arange(len(codes))),
            "REF_BILL_CODE": np.array(codes, dtype=object),
            "ICD_PX_NAME": np.array([PX_NAMES[code[:4]] for code in codes], dtype=object),
        },
        "CLARITY_DRG": {
            "DRG_ID": np.array([f"1{number}" for number in drgs], dtype=object),
            "DRG_NUMBER": np.array([f"MS{number}" for number in drgs], dtype=object),
            "DRG_NAME": np.array([row[0] for row in drgs.values()], dtype=object),
        },
        "CL_UB_REV_CODE": {
            "UB_REV_CODE_ID": np.array([int(code) for code in revenue]),
            "REVENUE_CODE_NAME": np.array(list(catalogue().revenue.values()), dtype=object),
            "REVENUE_CODE": np.array(revenue, dtype=object),
        },
    }


def _accounts(truth: Truth, booking: Booking, charges: Charges) -> Columns:
    """Return an account per hospital contact, and the spare ones without charges."""
    encounters, spare = truth.encounters, booking.spare
    own = np.flatnonzero(booking.account >= 0)
    rows, extra = np.r_[own, spare.encounter], np.arange(len(own) + len(spare)) >= len(own)
    number = np.r_[booking.account[own], booking.spare_account]
    order = stable_order(number)
    rows, extra, number = rows[order], extra[order], number[order]
    combined = np.r_[np.zeros(len(own), bool), spare.combined][order]
    total = np.bincount(charges.encounter, charges.amount, len(encounters))
    posted = np.bincount(charges.encounter, minlength=len(encounters)) > 0
    total = np.where(posted | ~booking.real_stay, np.round(total, 2), np.nan)[rows]
    classes = patient_classes(truth, rows)
    real, left = booking.real_stay[rows], ~np.isnat(booking.discharge[rows])
    return {
        "HSP_ACCOUNT_ID": number,
        "PAT_ID": booking.patient(rows),
        "PRIM_ENC_CSN_ID": booking.csn[rows],
        "ACCT_CLASS_HA_C": classes,
        "ACCT_BASECLS_HA_C": base_classes(classes),
        "ACCT_BILLSTS_HA_C": _picked(
            ("Combined", combined), ("Voided", ~real), ("Open", ~left | extra), other="Closed"
        ),
        "ADM_DATE_TIME": np.where(real, admitted(encounters)[rows], NOT_A_TIME),
        "DISCH_DATE_TIME": booking.discharge[rows],
        "FINAL_DRG_ID": _drgs(truth, rows, extra),
        "TOT_CHGS": np.where(extra, 0.0, total),
        "COMBINE_ACCT_ID": np.where(combined, booking.account[rows], -1),
    }


def _drgs(truth: Truth, rows: Array, extra: Array) -> Coded:
    """Return the DRG of inpatient surgical stays."""
    pool, code = np.unique(truth.surgeries.drg.astype(str), return_inverse=True)
    surgery = np.full(len(truth.encounters), -1)
    done = np.flatnonzero(truth.surgeries.performed & (truth.surgeries.drg != ""))
    surgery[truth.stay_of[done]] = code[done]
    inpatient = np.isin(truth.encounters.kind[rows], INPATIENT_KINDS)
    keys = np.array([f"1{drg}" if drg else "" for drg in pool.tolist()], dtype=object)
    return Coded(keys, np.where(inpatient & ~extra, surgery[rows], -1))


def _picked(*choices: tuple[str, Array], other: str) -> Coded:
    """Return the first name whose mask is true, by row."""
    names = [name for name, _ in choices]
    codes = np.select([mask for _, mask in choices], list(range(len(names))), len(names))
    return Coded(np.array([*names, other], dtype=object), codes)


def _account_diagnoses(booking: Booking, diagnoses: CodedDiagnoses) -> Columns:
    coded = diagnoses.take(np.flatnonzero(booking.real_stay[diagnoses.encounter]))
    return {
        "HSP_ACCOUNT_ID": booking.account[coded.encounter],
        "LINE": coded.line,
        "DX_ID": dx_ids(coded.concept),
        "FINAL_DX_POA_C": Coded(np.array(["No", "Yes"], object), coded.present.astype(np.int8)),
    }


def _account_procedures(truth: Truth, booking: Booking, procedures: Procedures) -> Columns:
    keys = texts(FIRST_PX + np.arange(len(procedure_codes())))
    return {
        "HSP_ACCOUNT_ID": booking.account[truth.stay_of[procedures.surgery]],
        "LINE": procedures.line,
        "FINAL_ICD_PX_ID": Coded(keys, procedures.code),
        "PROC_DATE": midnight(truth.surgeries.date[procedures.surgery]),
    }


def _transactions(booking: Booking, charges: Charges, known: Postings) -> Columns:
    return {
        "TX_ID": known.key,
        "HSP_ACCOUNT_ID": booking.account[charges.encounter],
        "TX_TYPE_HA_C": repeated("Charge", len(charges)),
        "SERVICE_DATE": midnight(charges.date),
        "TX_POST_DATE": midnight(known.day),
        "UB_REV_CODE_ID": charges.revenue,
        "QUANTITY": charges.quantity,
        "TX_AMOUNT": charges.amount,
        "DEPARTMENT": department_ids(booking.department[charges.encounter]),
        "PAT_ENC_CSN_ID": booking.csn[charges.encounter],
    }
