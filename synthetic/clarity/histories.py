"""Problem list and histories of Clarity, with what was deleted and what was filed again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.booking import dx_ids, midnight
from ehrkit.synthetic.care.clinical import Problems
from ehrkit.synthetic.care.vocabulary import SmokingStatus
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.clarity.contacts import yes
from ehrkit.synthetic.history import History
from ehrkit.synthetic.rows import Array, rank_within, stable_order
from ehrkit.synthetic.shaping import Coded, Columns
from ehrkit.synthetic.streams import Streams

FIRST_PROBLEM = 40_000_000
NEVER = np.datetime64("NaT", "D")
TOBACCO = {SmokingStatus.NEVER: "Never", SmokingStatus.FORMER: "Quit", SmokingStatus.CURRENT: "Yes"}
SMOKING = {
    SmokingStatus.NEVER: "Never Smoker",
    SmokingStatus.FORMER: "Former Smoker",
    SmokingStatus.CURRENT: "Current Every Day Smoker",
}
# Of contacts at which smoking is asked, those that file the medical history; design choice.
HISTORY_FILED = 0.4


@dataclass(frozen=True)
class Listed:
    """The problem list as the chart has it; `deleted` problems were entered by mistake."""

    problems: Problems
    deleted: Array


def history_tables(history: History) -> dict[str, Columns]:
    """Return the problem list, and social and medical histories by contact."""
    return {
        "PROBLEM_LIST": _problems(history),
        "SOCIAL_HX": _social(history),
        "MEDICAL_HX": {**_medical(history)[0]},
    }


def listed(history: History) -> Listed:
    """Return the problems, and some of somebody else's that were deleted again."""
    problems, share = history.problems, history.truth.spec.deleted_problems
    rng = history.streams.of("deleted problems")
    wrong = problems.take(np.flatnonzero(rng.random(len(problems)) < share))
    strange = Problems(wrong.person, rng.permutation(wrong.concept), wrong.noted, wrong.resolved)
    deleted = np.arange(len(problems) + len(strange)) >= len(problems)
    return Listed(Problems.joined([problems, strange]), deleted)


def problem_ids(size: int, streams: Streams) -> Array:
    """Return the keys of the problem list."""
    return FIRST_PROBLEM + streams.spread(np.arange(size))


def repeated_history(history: History) -> Array:
    """Return contact and line, as `csn-line`, of history rows that an earlier contact filed."""
    columns, again = _medical(history)
    csn, line = columns["PAT_ENC_CSN_ID"], columns["LINE"]
    pairs = zip(csn[again].tolist(), line[again].tolist(), strict=True)
    return np.array([f"{contact}-{row}" for contact, row in pairs], dtype=object)


def _problems(history: History) -> Columns:
    chart = listed(history)
    problems, known = chart.problems, catalogue().diagnoses
    resolved = ~np.isnat(problems.resolved)
    status = np.where(chart.deleted, 2, resolved.astype(np.int64))
    entered = np.where(resolved, problems.resolved, problems.noted)
    return {
        "PROBLEM_LIST_ID": problem_ids(len(problems), history.streams),
        "PAT_ID": Coded(history.truth.people.pat_id, problems.person),
        "DX_ID": dx_ids(problems.concept),
        "NOTED_DATE": midnight(problems.noted),
        "RESOLVED_DATE": midnight(np.where(chart.deleted, NEVER, problems.resolved)),
        "DATE_OF_ENTRY": midnight(entered),
        "PROBLEM_STATUS_C": Coded(np.array(["Active", "Resolved", "Deleted"], object), status),
        "CHRONIC_YN": yes(np.isin(problems.concept, known.positions("chronic"))),
    }


def _social(history: History) -> Columns:
    smoking = history.smoking
    tobacco, habit = (
        np.array([names[one] for one in SmokingStatus], object) for names in (TOBACCO, SMOKING)
    )
    return {
        "PAT_ENC_CSN_ID": history.booking.csn[smoking.encounter],
        "TOBACCO_USER_C": Coded(tobacco, smoking.status),
        "SMOKING_TOB_USE_C": Coded(habit, smoking.status),
    }


def _medical(history: History) -> tuple[dict[str, Array], Array]:
    """Return the history filed at some contacts, and which of its rows stood there before."""
    encounters, problems = history.truth.encounters, history.problems
    rng = history.streams.of("medical history")
    contact = history.smoking.encounter
    contact = contact[rng.random(len(contact)) < HISTORY_FILED]
    contact = contact[stable_order(history.booking.csn[contact])]
    order = stable_order(problems.person)
    owner = problems.person[order]
    first, last = (
        np.searchsorted(owner, encounters.person[contact], side=side) for side in ("left", "right")
    )
    filed = np.repeat(np.arange(len(contact)), last - first)
    problem = order[first[filed] + rank_within(filed) - 1]
    day = encounters.start[contact[filed]].astype("datetime64[D]")
    known = problems.noted[problem] <= day
    filed, problem = filed[known], problem[known]
    again = rank_within(problem) > 1
    return {
        "PAT_ENC_CSN_ID": history.booking.csn[contact[filed]],
        "LINE": rank_within(filed),
        "DX_ID": dx_ids(problems.concept[problem]),
    }, again
