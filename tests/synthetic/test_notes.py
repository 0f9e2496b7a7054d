"""Notes as a whole: nothing of a patient stands unmarked, no two are alike, the key is complete."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict

import numpy as np
import pytest

from ehrkit.synthetic.history import History, draw_history
from ehrkit.synthetic.notes.dates import FORMAL, MONTHS
from ehrkit.synthetic.notes.draft import Note
from ehrkit.synthetic.notes.kinds import Identifier, LookAlike
from ehrkit.synthetic.notes.lookalikes import surnames_and_first_names
from ehrkit.synthetic.spec import Spec
from ehrkit.synthetic.streams import Streams
from tests.synthetic.conftest import Query
from tests.synthetic.marked_notes import (
    SEED,
    SIZE,
    noted_history,
    person_of,
    told,
    without_marks,
)

ROLES = {"Op Note", "Discharge Summary", "Progress Notes", "Telephone Encounter",
         "ED Provider Notes"}  # fmt: skip


@pytest.fixture(scope="module")
def history() -> History:
    return noted_history()


def test_five_kinds_of_note_of_a_realistic_length(history: History) -> None:
    lengths = defaultdict(list)
    for note in history.notes:
        lengths[note.type].append(len(note.text))
    assert set(lengths) == ROLES
    middle = {kind: float(np.median(sizes)) for kind, sizes in lengths.items()}
    assert 1500 < middle["Op Note"] < 4000
    assert 1500 < middle["Discharge Summary"] < 4000
    assert 1000 < middle["Progress Notes"] < 2500
    assert 300 < middle["Telephone Encounter"] < 800
    assert min(min(sizes) for sizes in lengths.values()) > 150


def test_marks_are_sorted_apart_and_trimmed(history: History) -> None:
    for note in history.notes:
        marks = sorted((start, end) for _, start, end in (*note.spans, *note.lookalikes))
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(marks))
        assert marks[-1][1] <= len(note.text)
        assert all(note.text[a:b] == note.text[a:b].strip() != "" for a, b in marks)


def test_every_kind_of_identifier_and_look_alike_occurs(history: History) -> None:
    kinds = Counter(kind for note in history.notes for kind, *_ in (*note.spans, *note.lookalikes))
    assert set(kinds) == {*map(str, Identifier), *map(str, LookAlike)}


# Names of the pools that are also words which nobody takes for a name.
WORDS = {"he", "na", "deep"}


def test_nothing_of_a_patient_stands_outside_the_marks(history: History) -> None:
    """Look-alikes are set aside: a patient may be called Jackson and lie on a Jackson table."""
    people = history.truth.people
    for note in history.notes:
        person, rest = person_of(history, note), without_marks(note, spare=True)
        if people.test[person]:  # they are all called Spine Zztest
            continue
        names = [people.first[person], people.last[person], people.preferred[person]]
        names = [name for name in names if name.lower() not in WORDS]
        for name in [*names, *(name.upper() for name in names)]:
            assert not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", rest)
        digits = re.sub(r"\D", "", people.phone[person])
        for secret in (
            people.mrn[person], people.email[person], people.street[person], people.ssn[person],
            digits, people.phone[person], people.phone[person][4:], people.zip[person],
        ):  # fmt: skip
            assert secret not in rest
        born = people.birth[person].astype(object)
        assert not any(style(born) in rest for style in FORMAL)


def test_no_name_at_all_stands_outside_the_marks(history: History) -> None:
    names = surnames_and_first_names() - WORDS
    loose = Counter(
        word
        for note in history.notes
        for word in re.findall(r"[^\W\d_]+", without_marks(note, spare=True))
        if word[0].isupper() and word.lower() in names
    )
    assert not loose


def test_no_date_or_contact_stands_outside_the_marks(history: History) -> None:
    pattern = re.compile(
        r"\d{1,2}/\d{1,2}/\d{2,4}|\d{4}-\d\d-\d\d|\d{3}-\d{4}|@|https?:|\d{6,}"
        rf"|\b(?:{'|'.join(MONTHS)}) \d"
    )
    for note in history.notes:
        assert not pattern.search(without_marks(note, spare=False))


def test_what_the_rule_leaves_is_not_marked_as_an_identifier(history: History) -> None:
    """Bare years, times of day, days counted from surgery, and weekdays that name no date."""
    days = {text for note in history.notes for text in told(note, "date")}
    assert not any(re.fullmatch(r"(19|20)\d\d|\d\d:\d\d|\D+", text) for text in days)
    spared = [without_marks(note, spare=False) for note in history.notes]
    for phrase in ("last Tuesday", "POD 1", "Ohio", "2 weeks", "L4-L5", "Kerrison", "May shower"):
        assert any(phrase in text for text in spared), phrase


def grams(note: Note) -> set[tuple[str, ...]]:
    words = note.text.split()
    return set(zip(*(words[at:] for at in range(5)), strict=False))


@pytest.mark.parametrize("kind", sorted(ROLES))
def test_two_notes_of_a_kind_differ_in_most_of_their_words(history: History, kind: str) -> None:
    notes = [grams(note) for note in history.notes if note.type == kind][:120]
    shared = [
        len(left & right) / min(len(left), len(right)) for left, right in itertools.pairwise(notes)
    ]
    assert np.mean(shared) < 0.2
    assert len({note.text for note in history.notes}) == len(history.notes)


def test_the_same_seed_writes_the_same_notes(history: History) -> None:
    again = draw_history(Spec(SIZE, SEED), Streams(SEED))
    assert [(n.text, n.marks) for n in again.notes] == [(n.text, n.marks) for n in history.notes]


def test_the_answer_key_holds_every_mark(query: Query) -> None:
    whole = (
        "WITH whole AS (SELECT NOTE_ID, string_agg(NOTE_TEXT, '' ORDER BY LINE) AS text "
        "FROM HNO_NOTE_TEXT GROUP BY 1) "
    )
    for table in ("note_spans", "note_lookalikes"):
        rows = query(
            f'{whole} SELECT kind, substr(text, start + 1, "end" - start) AS said, count(*) '
            f"FROM truth_{table} AS s JOIN whole AS w ON w.NOTE_ID = s.note_id GROUP BY 1, 2"
        )
        found = {(kind, said) for kind, said, _ in rows}
        assert all(said == said.strip() != "" for _, said in found)
        if table == "note_lookalikes":
            assert found >= {("eponym", "Kerrison"), ("drug", "Colace"), ("fraction", "5/5")}
    assert query("SELECT DISTINCT hipaa FROM truth_note_spans WHERE kind IN ('date', 'age')") == [
        ("C",)
    ]
    assert query("SELECT count(DISTINCT hipaa) FROM truth_note_spans")[0][0] >= 14
