"""Questionnaire tables of Clarity: what patients answered at a visit."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import texts
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.history import History
from ehrkit.synthetic.rows import Array, rank_within
from ehrkit.synthetic.shaping import Coded, Columns

FIRST_ANSWER, FIRST_QUESTION = 25_000_000, 130_100


def questionnaire_tables(history: History) -> dict[str, Columns]:
    """Return one set of answers per visit, with a line per score."""
    scores, booking = history.scores, history.booking
    starts = np.r_[True, scores.encounter[1:] != scores.encounter[:-1]][: len(scores)]
    first, owner = np.flatnonzero(starts), np.cumsum(starts) - 1
    keys = texts(FIRST_ANSWER + history.streams.spread(np.arange(len(first))))
    tenths = np.round(scores.value * 10).astype(np.int64)
    found, codes = np.unique(tenths, return_inverse=True)
    answers = np.array([f"{value / 10:g}" for value in found.tolist()], dtype=object)
    return {
        "CL_QANSWER": {"ANSWER_ID": keys},
        "CL_QANSWER_QA": {
            "ANSWER_ID": Coded(keys, owner),
            "LINE": rank_within(owner),
            "QUEST_ID": Coded(_question_ids(), scores.instrument),
            "QUEST_ANSWER": Coded(answers, codes),
        },
        "PAT_ENC_FORM_ANS": {
            "PAT_ENC_CSN_ID": booking.csn[scores.encounter[first]],
            "LINE": np.ones(len(first), np.int64),
            "QF_HQA_ID": keys,
        },
    }


def questions() -> dict[str, Columns]:
    """Return the questions of the site: one per score."""
    scores = [
        f"{name} T-SCORE" if unit == "T-score" else f"{name} TOTAL"
        for name, _, _, unit, *_ in catalogue().instruments.values()
    ]
    return {
        "CL_QQUEST": {
            "QUEST_ID": _question_ids(),
            "QUEST_NAME": np.array(scores, dtype=object),
        }
    }


def _question_ids() -> Array:
    return texts(FIRST_QUESTION + np.arange(len(catalogue().instruments)))
