"""Notes tell what the truth holds: levels, scores, habits, what came before."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date

import numpy as np
import pytest

from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.history import History
from tests.synthetic.marked_notes import (
    noted_history,
    person_of,
    surgery_of,
)


@pytest.fixture(scope="module")
def history() -> History:
    return noted_history()


def _heading(text: str) -> str:
    return text[: text.index("EBL") if "EBL" in text else 900]


def _pairs(text: str) -> set[tuple[str, str]]:
    """Upper and lower vertebra of each stretch that a text names; L4-5 is L4 to 5."""
    found = re.findall(r"\b([CTL]\d+)[-/][CTLS]?(\d+)\b", text)
    return {(upper, lower) for upper, lower in found}


def test_notes_of_a_surgery_agree_on_level(history: History) -> None:
    single = history.truth.surgeries.levels == 1
    pairs = defaultdict(set)
    for note in history.notes:
        surgery = surgery_of(history, note)
        if note.type == "Op Note" and single[surgery] and history.truth.surgeries.kind[surgery] < 2:
            pairs[surgery] |= _pairs(_heading(note.text))
    assert len(pairs) > 200
    assert all(len(levels) == 1 for levels in pairs.values())


def test_notes_of_a_surgery_agree_on_side(history: History) -> None:
    sides, notes = defaultdict(set), defaultdict(int)
    for note in history.notes:
        # A clot in a leg is on its own side.
        text = re.sub(r"of (?:left|right) leg", "", note.text.replace("\n", " "))
        told = re.findall(
            r"\b(left|right)(?:-sided)? (?:leg|arm|thigh|buttock|SI joint|lateral recess|sciatica|"
            r"EHL|discectomy|foraminal|L5 dermatome)|on the (left|right)\b",
            text,
        )
        sides[surgery_of(history, note)] |= {one or other for one, other in told}
        notes[surgery_of(history, note)] += bool(told)
    assert sum(count > 1 for count in notes.values()) > 100
    assert all(len(told) <= 1 for told in sides.values())
    assert {side for told in sides.values() for side in told} == {"left", "right"}


def test_a_level_that_the_diagnosis_names_is_operated(history: History) -> None:
    """One level: the very one. More: it lies inside the stretch."""
    known, found = catalogue().diagnoses.names, 0
    for note in history.notes:
        surgery = surgery_of(history, note)
        indication = known[int(history.truth.surgeries.indication[surgery])]
        named = re.search(r"C(\d)-C(\d)", indication)
        if note.type != "Op Note" or not named:
            continue
        told = _pairs(_heading(note.text).replace(indication[1:], "").replace(named[0], ""))
        for upper, lower in told:
            assert int(upper[1:]) <= int(named[1])
            assert int(lower) >= int(named[2]) or lower == "1"
            found += 1
        if told and history.truth.surgeries.levels[surgery] == 1:
            assert told == {(f"C{named[1]}", named[2])}
    assert found > 10


def test_scores_and_body_size_are_those_recorded_at_the_visit(history: History) -> None:
    scores = history.scores
    oswestry = {
        int(e): round(float(v))
        for e, i, v in zip(scores.encounter, scores.instrument, scores.value, strict=True)
        if i == 2
    }
    found = 0
    for note in history.notes:
        if note.type != "Progress Notes":
            continue
        for value in re.findall(r"(?:ODI|Oswestry)\s(\d+)", note.text):
            assert int(value) == oswestry[note.encounter]
            found += 1
        for value in re.findall(r"BMI\s(\d+\.\d)", note.text):
            assert abs(float(value) - history.measures.bmi[note.encounter]) < 0.06
    assert found > 200


def test_smoking_is_told_as_it_is(history: History) -> None:
    truth, told_of = history.truth, 0
    for note in history.notes:
        text = note.text.replace("\n", " ")
        status = truth.traits.smoking(
            np.array([person_of(history, note)]), truth.encounters.start[[note.encounter]]
        )[0]
        for words, expected in (("Never smoker", 0), ("Former smoker", 1), ("Current smoker", 2)):
            if words in text:
                told_of += 1
                assert status == expected
    assert told_of > 100


def test_images_and_injections_were_before_the_note(history: History) -> None:
    encounters = history.truth.encounters
    visits = defaultdict(set)
    for row in np.flatnonzero(encounters.service >= 1):
        visits[int(encounters.person[row])].add(encounters.start[row].astype(object).date())
    found = 0
    for note in history.notes:
        text = note.text.replace("\n", " ")
        for month, day, year in re.findall(
            r"(?:MRI of|Last injection on) (\d\d)/(\d\d)/(\d{4})", text
        ):
            when = date(int(year), int(month), int(day))
            assert when in visits[person_of(history, note)]
            assert when < encounters.start[note.encounter].astype(object).date()
            found += 1
    assert found > 20


def test_later_notes_copy_the_history_of_the_first_visit(history: History) -> None:
    copied = 0
    consults = {}
    for note in history.notes:
        text = " ".join(note.text.split())
        if "HISTORY OF PRESENT ILLNESS:" in text and note.type == "Progress Notes":
            story = text.split("HISTORY OF PRESENT ILLNESS:")[1][:120]
            if story in consults.get(surgery_of(history, note), set()):
                copied += 1
            consults.setdefault(surgery_of(history, note), set()).add(story)
    assert copied > 20
