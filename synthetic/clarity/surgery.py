"""Surgery tables of Clarity: OR_CASE, OR_LOG, their procedures, and the link to the stay."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import Booking, midnight, texts
from ehrkit.synthetic.care.cases import REASONS, cancel_reasons, wrongly_named
from ehrkit.synthetic.care.surgeries import Surgeries, is_neurosurgery
from ehrkit.synthetic.care.theatre import ASA_CLASSES, asa_class, blood_loss
from ehrkit.synthetic.care.vocabulary import SurgeryKind
from ehrkit.synthetic.clarity.providers import provider_ids, surgeon_rows
from ehrkit.synthetic.history import History
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Coded, Columns
from ehrkit.synthetic.spec import Spec
from ehrkit.synthetic.staff import teams
from ehrkit.synthetic.streams import Streams

# Names as schedulers pick them; position is the key.
SCHEDULED_NAMES = (
    "FUSION SPINE LUMBAR POSTERIOR",
    "FUSION SPINE LUMBAR INTERBODY",
    "FUSION SPINE CERVICAL ANTERIOR",
    "LAMINECTOMY LUMBAR",
    "FUSION SACROILIAC JOINT",
    "ARTHRODESIS JOINT",
    "IRRIGATION DEBRIDEMENT SPINE",
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
FIRST_ANESTHESIA = 8_000_000
SETUP = np.timedelta64(40 * 60, "s")
# Of cases that are no washouts; design choice.
URGENT = 0.05


def surgery_tables(history: History) -> dict[str, Columns]:
    """Return the surgery tables; one log and one case per scheduled surgery."""
    truth, booking = history.truth, history.booking
    rng = history.streams.of("logs")
    surgeries, case = truth.surgeries, "C" + booking.log
    pat_id = booking.patient(truth.stay_of)
    name = _scheduled_names(surgeries, history.streams, truth.spec)
    lines = np.ones(len(case), np.int64)
    team = teams(surgeries, history.streams)
    surgeon = Coded(provider_ids(history.streams), team.surgeon)
    return {
        "OR_CASE": {
            "OR_CASE_ID": case,
            "LOG_ID": booking.log,
            "PAT_ID": pat_id,
            "SURGERY_DATE": midnight(surgeries.date),
            "PRIMARY_PHYSICIAN_ID": surgeon,
            "SCHED_STATUS_C": np.where(surgeries.performed, "Completed", "Canceled").astype(object),
            "CANCEL_REASON_C": Coded(REASONS, cancel_reasons(surgeries, history.streams)),
        },
        "OR_CASE_ALL_PROC": {
            "OR_CASE_ID": case,
            "LINE": lines,
            "OR_PROC_ID": Coded(_procedure_ids(), name),
        },
        "OR_LOG": _logs(history, pat_id, surgeon, rng),
        "OR_LOG_ALL_SURG": surgeon_rows(team, booking.log, history.streams),
        "F_AN_RECORD_SUMMARY": _anesthesia(surgeries, booking, pat_id, history.streams),
        "OR_LOG_ALL_PROC": {
            "LOG_ID": booking.log,
            "LINE": lines,
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


def _scheduled_names(surgeries: Surgeries, streams: Streams, spec: Spec) -> Array:
    """Return positions of scheduled names; the last one is not what was done."""
    rng = streams.of("scheduled names")
    choices = np.array([NAME_OF_KIND[kind] for kind in SurgeryKind])
    name = choices[surgeries.kind, rng.integers(0, 2, len(surgeries))]
    return np.where(wrongly_named(surgeries, spec, streams), len(SCHEDULED_NAMES) - 1, name)


def _statuses(surgeries: Surgeries, spec: Spec, rng: np.random.Generator) -> Coded:
    """Return the status of logs: cancelled cases are mostly Posted, with why nothing was done."""
    draw, done = rng.random(len(surgeries)), surgeries.performed
    code = np.select(
        [
            done & (draw < spec.unposted_logs),
            done & (draw < spec.unposted_logs + spec.completed_logs),
            ~done & (draw < spec.voided_logs),
            ~done & (draw < spec.voided_logs + spec.canceled_logs),
        ],
        [0, 1, 2, 3],
        4,
    )
    names = ("Unposted", "Completed", "Voided", "Canceled", "Posted")
    return Coded(np.array(names, dtype=object), code)


def _logs(history: History, pat_id: Coded, surgeon: Coded, rng: np.random.Generator) -> Columns:
    truth, booking, surgeries = history.truth, history.booking, history.truth.surgeries
    size, done = len(surgeries), surgeries.performed
    status = _statuses(surgeries, truth.spec, rng)
    minutes = (surgeries.close - surgeries.incision).astype(int) // 60
    blood = blood_loss(surgeries, history.streams)
    services = np.array(["Orthopedics", "Neurosurgery"], dtype=object)
    urgent = (surgeries.kind == SurgeryKind.WASHOUT) | (rng.random(size) < URGENT)
    return {
        "LOG_ID": booking.log,
        "PAT_ID": pat_id,
        "CASE_ID": "C" + booking.log,
        "SURGERY_DATE": midnight(surgeries.date),
        "STATUS_C": status,
        "PROC_NOT_PERF_C": Coded(
            np.array(["Cancelled before anesthesia"], dtype=object), np.where(done, -1, 0)
        ),
        "SCHED_START_TIME": surgeries.incision - np.timedelta64(1800, "s"),
        "SERVICE_C": Coded(services, is_neurosurgery(surgeries).astype(np.int8)),
        "PRIMARY_PHYS_ID": surgeon,
        "CASE_CLASS_C": Coded(
            np.array(["Elective", "Urgent"], dtype=object), urgent.astype(np.int8)
        ),
        "ASA_RATING_C": Coded(np.array(ASA_CLASSES, dtype=object), asa_class(surgeries)),
        "TOTAL_TIME_NEEDED": minutes + 60,
        "EST_BLOOD_LOSS": np.where(done, blood, np.nan),
    }


def _anesthesia(surgeries: Surgeries, booking: Booking, pat_id: Coded, streams: Streams) -> Columns:
    """Return the anesthesia record of each performed surgery, with its two contacts."""
    done = np.flatnonzero(surgeries.performed)
    return {
        "AN_EPISODE_ID": FIRST_ANESTHESIA + streams.spread(done),
        "AN_PAT_ID": pat_id[done],
        "AN_LOG_ID": booking.log[done],
        "AN_52_ENC_CSN_ID": booking.anesthesia[done, 0],
        "AN_53_ENC_CSN_ID": booking.anesthesia[done, 1],
        "AN_START_DATETIME": surgeries.incision[done] - SETUP,
        "AN_STOP_DATETIME": surgeries.close[done] + SETUP // 2,
    }
