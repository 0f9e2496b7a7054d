"""Notes do not contradict themselves, one another, or the age of the patient."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import pytest

from ehrkit.synthetic.history import History
from ehrkit.synthetic.notes.draft import Note
from tests.synthetic.marked_notes import noted_history, person_of, surgery_of

DRAINS = {
    "hemovac": r"Hemovac", "jackson-pratt": r"Jackson-Pratt|JP (?:x1|out)",
    "french": r"10 Fr (?:x1|drain)", "none": r"No drain was used|Drains: none",
}  # fmt: skip
ALLERGIES = r"(?:Allergies|ALLERGIES): (NKDA|No known|Penicillin|PCN|Sulfa|Codeine|Latex)"
SAME = {"No known": "NKDA", "PCN": "Penicillin"}
WORK = {
    "retired": r"Retired from|worked for .{3,40} until|Taught at", "student": r"is a student|Plays",
    "works": r"\b[Hh]e works for|Employed at|On leave from|teaches at|Teacher at|FMLA paperwork",
}  # fmt: skip


@pytest.fixture(scope="module")
def history() -> History:
    return noted_history()


def of_kind(history: History, kind: str) -> Iterator[tuple[Note, str]]:
    for note in history.notes:
        if note.type == kind:
            yield note, re.sub(r"\s+", " ", note.text)


def age_at(history: History, note: Note) -> int:
    born = history.truth.people.birth[person_of(history, note)].astype(object)
    today = history.truth.encounters.start[note.encounter].astype(object).date()
    return int((today - born).days / 365.25)


def test_one_surgery_leaves_one_drain_in_all_of_its_notes(history: History) -> None:
    drains = defaultdict(set)
    for kind in ("Op Note", "Discharge Summary"):
        for note, text in of_kind(history, kind):
            told = {name for name, words in DRAINS.items() if re.search(words, text)}
            drains[surgery_of(history, note)] |= told
    assert sum(map(bool, drains.values())) > 200
    assert all(len(told) <= 1 for told in drains.values())


def test_sizes_of_implants_agree_within_a_note_and_suit_the_spine(history: History) -> None:
    kinds, sized = history.truth.surgeries.kind, 0
    for note, text in of_kind(history, "Op Note"):
        screws = set(re.findall(r"\b(\d+\.\d) x (\d+) mm", text))
        cages = set(re.findall(r"(?<![\d.])(\d+) x (\d+) mm", text))
        assert len({diameter for diameter, _ in screws}) <= 1
        assert len(cages) <= 1
        sized += len(screws) + len(cages)
        if kinds[surgery_of(history, note)] == 1:  # cervical
            assert all(int(length) <= 18 for _, length in (*screws, *cages))
        if re.search(r"posterolateral instrumented fusion|PSIF|posterior spinal fusion", text):
            assert not cages
    assert sized > 300


def test_days_after_surgery_fit_the_stay(history: History) -> None:
    truth, told = history.truth, 0
    for note, text in of_kind(history, "Discharge Summary"):
        end = truth.encounters.end[note.encounter].astype("datetime64[D]")
        days = int((end - truth.surgeries.date[surgery_of(history, note)]).astype(int))
        for day in re.findall(r"POD ?#?(\d)", text):
            assert int(day) <= max(days, 1)
            told += 1
        assert not re.search(r"\b1 nights|\b(?:0|[2-9]) night\b|nights nights", text)
    assert told > 200


def test_the_worst_pain_is_the_worst(history: History) -> None:
    pairs = []
    for note in history.notes:
        text = note.text.replace("\n", " ")
        pairs += re.findall(r"(\d+)/10 at worst, (\d+)/10 on average", text)
        swapped = r"(\d+)/10 (?:today and|most days,|now,) (\d+)/10 at (?:its worst|night)"
        pairs += [(worst, other) for other, worst in re.findall(swapped, text)]
    assert len(pairs) > 30
    assert all(int(worst) >= int(other) for worst, other in pairs)


def test_pain_before_surgery_is_the_same_in_every_note(history: History) -> None:
    pains, told = defaultdict(set), 0
    for note in history.notes:
        text = note.text.replace("\n", " ")
        for pain in re.findall(r"Pain before surgery was (\d+)/10|, pain (\d+)/10, refract", text):
            pains[surgery_of(history, note)] |= {*pain} - {""}
            told += 1
    assert told > len(pains) > 30
    assert all(len(values) == 1 for values in pains.values())


def test_a_person_keeps_allergies_and_goes_from_school_to_work_to_rest(history: History) -> None:
    allergies, work = defaultdict(set), defaultdict(list)
    for note in history.notes:
        text, person = note.text.replace("\n", " "), person_of(history, note)
        allergies[person] |= {SAME.get(one, one) for one in re.findall(ALLERGIES, text)}
        start = history.truth.encounters.start[note.encounter]
        work[person] += [
            (start, status) for status, words in WORK.items() if re.search(words, text)
        ]
    assert sum(map(bool, allergies.values())) > 200
    assert all(len(told) <= 1 for told in allergies.values())
    order = ("student", "works", "retired")
    for told in work.values():
        ranks = [order.index(status) for _, status in sorted(told)]
        assert ranks == sorted(ranks)
    assert sum(len(told) > 1 for told in work.values()) > 50


def test_parents_and_children_are_a_generation_apart(history: History) -> None:
    told = defaultdict(int)
    for note in history.notes:
        text, age = note.text.replace("\n", " "), age_at(history, note)
        mother = r"Mother is alive at (\d+)|mother alive at (\d+)|FH: mother, (\d+), well"
        for found in re.findall(mother, text):
            assert 19 <= int("".join(found)) - age <= 33
            told["mother"] += 1
        if re.search(r"Grandmother, \d+", text):
            assert age <= 45
            told["grandmother"] += 1
        if re.search(r"ather died at \d+", text):
            assert age >= 49
            told["father"] += 1
    assert told["mother"] > 10
    assert told["father"] > 10
    assert told["grandmother"] > 0


def test_sentences_begin_with_a_capital(history: History) -> None:
    words = (
        "wife|husband|spouse|sister|brother|daughter|son|niece|nephew|cousin|neighbor|mother|"
        "father|left|right|he|she|her|his"
    )
    for note in history.notes:
        text = re.sub(r"\s+", " ", note.text)
        assert not re.search(rf"(?<!Dr)(?:[a-z)%]|/10)[.!?] (?:{words})\b", text)


def test_no_sentence_is_said_twice_in_a_call(history: History) -> None:
    calls = 0
    for _, text in of_kind(history, "Telephone Encounter"):
        said = [part for part in re.split(r"(?<=[a-z)])\. ", text) if len(part) > 25]
        assert len(said) == len(set(said))
        calls += 1
    assert calls > 200


def test_no_list_is_announced_and_then_empty(history: History) -> None:
    announced = 0
    for note in history.notes:
        heads = (
            r"(?:significant for|PAST MEDICAL HISTORY:|PMH:|Medications:|Labs:) ?\n?(\n|PSH|Past)?"
        )
        for empty in re.findall(heads, note.text):
            assert not empty
            announced += 1
    assert announced > 200
