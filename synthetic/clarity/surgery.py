"""Surgery tables of Clarity: OR_CASE, OR_LOG, their procedures, and the link to the stay."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import Booking, midnight, texts
from ehrkit.synthetic.care.surgeries import Surgeries
from ehrkit.synthetic.care.vocabulary import SurgeryKind
from ehrkit.synthetic.history import History
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Coded, Columns, Values

# Names as schedulers pick them; position is the key.
SCHEDULED_NAMES = (
    "FUSION SPINE LUMBAR POSTERIOR",
    "FUSION SPINE LUMBAR INTERBODY",
    "FUSION SPINE CERVICAL ANTERIOR",
    "LAMINECTOMY LUMBAR",
    "FUSION SACROILIAC JOINT",
    "ARTHRODESIS JOINT",
    "EXPLORATION SPINE",
)
NAME_OF_KIND = {
    SurgeryKind.LUMBAR_FUSION: (0, 1),
    SurgeryKind.CERVICAL_FUSION: (2, 2),
    SurgeryKind.DECOMPRESSION: (3, 3),
    SurgeryKind.SACROILIAC_FUSION: (4, 4),
    SurgeryKind.JOINT_FUSION: (5, 5),
    SurgeryKind.WASHOUT: (6, 6),
}
# JHU data guide: 10-15 % of scheduled names disagree with what is billed.
WRONG_NAME = 0.12
# Status of logs (JHU data guide): 97.8 % Posted and 0.7 % Unposted of all; most cancelled
# cases have a posted log that says why nothing was done.
UNPOSTED, COMPLETED, CANCELED = 0.0075, 0.010, 0.06


def surgery_tables(history: History) -> dict[str, Columns]:
    """Return the surgery tables; one log and one case per scheduled surgery."""
    truth, booking = history.truth, history.booking
    rng = history.streams.of("surgery tables")
    surgeries, case = truth.surgeries, "C" + booking.log
    pat_id = booking.patient(truth.stay_of)
    reasons = np.array(["Patient ill", "Not cleared", "No bed", "Patient request"], dtype=object)
    name = scheduled_names(surgeries, rng)
    return {
        "OR_CASE": {
            "OR_CASE_ID": case,
            "LOG_ID": booking.log,
            "PAT_ID": pat_id,
            "SURGERY_DATE": midnight(surgeries.date),
            "SCHED_STATUS_C": np.where(surgeries.performed, "Completed", "Canceled").astype(object),
            "CANCEL_REASON_C": np.where(surgeries.performed, "", rng.choice(reasons, len(case))),
        },
        "OR_LOG": _logs(surgeries, booking, pat_id, case, rng),
        "OR_LOG_ALL_PROC": {
            "LOG_ID": booking.log,
            "LINE": np.ones(len(case), np.int64),
            "OR_PROC_ID": Coded(_procedure_ids(), name),
            "PROC_DISPLAY_NAME": Coded(np.array(SCHEDULED_NAMES, dtype=object), name),
        },
        "PAT_OR_ADM_LINK": {
            "PAT_ENC_CSN_ID": booking.csn[truth.contact_of],
            "OR_CASELOG_ID": booking.log,
            "LOG_ID": booking.log,
            "CASE_ID": case,
            "OR_LINK_CSN": booking.csn[truth.stay_of],
        },
    }


def scheduled_procedures() -> Columns:
    """Return the procedures that can be scheduled at this site."""
    return {
        "OR_PROC_ID": _procedure_ids(),
        "PROC_NAME": np.array(SCHEDULED_NAMES, dtype=object),
    }


def _procedure_ids() -> Array:
    return texts(5000 + np.arange(len(SCHEDULED_NAMES)))


def scheduled_names(surgeries: Surgeries, rng: np.random.Generator) -> Array:
    """Return positions of scheduled names; some are not what was done."""
    choices = np.array([NAME_OF_KIND[kind] for kind in SurgeryKind])
    name = choices[surgeries.kind, rng.integers(0, 2, len(surgeries))]
    wrong = rng.random(len(surgeries)) < WRONG_NAME
    return np.where(wrong, len(SCHEDULED_NAMES) - 1, name)


def _logs(
    surgeries: Surgeries, booking: Booking, pat_id: Values, case: Array, rng: np.random.Generator
) -> Columns:
    """Return logs: cancelled cases are Canceled, or Posted with a reason why nothing was done."""
    size = len(surgeries)
    draw, done = rng.random(size), surgeries.performed
    status = np.select(
        [~done & (draw < CANCELED), done & (draw < UNPOSTED), done & (draw < UNPOSTED + COMPLETED)],
        ["Canceled", "Unposted", "Completed"],
        "Posted",
    )
    spine = surgeries.kind != SurgeryKind.JOINT_FUSION
    neuro = spine & (surgeries.person % 2 == 0)
    minutes = (surgeries.close - surgeries.incision).astype(int) // 60
    blood = np.round(rng.lognormal(5.3, 0.7, size))
    asa = np.array(["II", "III", "IV"], dtype=object)[np.minimum(surgeries.severity, 2)]
    return {
        "LOG_ID": booking.log,
        "PAT_ID": pat_id,
        "CASE_ID": case,
        "SURGERY_DATE": midnight(surgeries.date),
        "STATUS_C": status.astype(object),
        "PROC_NOT_PERF_C": np.where(done, "", "Cancelled before anesthesia").astype(object),
        "SCHED_START_TIME": surgeries.incision - np.timedelta64(1800, "s"),
        "SERVICE_C": np.where(neuro, "Neurosurgery", "Orthopedics").astype(object),
        "CASE_CLASS_C": np.where(rng.random(size) < 0.93, "Elective", "Urgent").astype(object),
        "ASA_RATING_C": asa,
        "TOTAL_TIME_NEEDED": minutes + 60,
        "EST_BLOOD_LOSS": np.where(done, blood, np.nan),
    }
