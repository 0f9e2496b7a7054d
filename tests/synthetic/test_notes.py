"""Notes against the truth: what is marked is true, and nothing of a patient stands unmarked."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pytest

from ehrkit.synthetic.history import History, draw_history
from ehrkit.synthetic.notes.cast import Cast, draw_cast, draw_site
from ehrkit.synthetic.notes.dates import FORMAL, MONTHS, SPOKEN
from ehrkit.synthetic.notes.draft import Note
from ehrkit.synthetic.notes.kinds import Identifier, LookAlike
from ehrkit.synthetic.notes.lookalikes import surnames_and_first_names
from ehrkit.synthetic.spec import Spec
from ehrkit.synthetic.streams import Streams
from tests.synthetic.conftest import Query

SEED = 11
ROLES = {"Op Note", "Discharge Summary", "Progress Notes", "Telephone Encounter",
         "ED Provider Notes"}  # fmt: skip
MONTH_NUMBER = {name[:3].lower(): number for number, name in enumerate(MONTHS, 1)}


@pytest.fixture(scope="module")
def history() -> History:
    return draw_history(Spec(2500, SEED), Streams(SEED))


@pytest.fixture(scope="module")
def cast(history: History) -> Cast:
    return draw_cast(history.truth, history.streams)


def person_of(history: History, note: Note) -> int:
    return int(history.truth.encounters.person[note.encounter])


def surgery_of(history: History, note: Note) -> int:
    return int(history.truth.encounters.surgery[note.encounter])


def told(note: Note, kind: str) -> Iterator[str]:
    """The identifiers of a kind in a note, on one line each."""
    for found, start, end in (*note.spans, *note.lookalikes):
        if found == kind:
            yield note.text[start:end].replace("\n", " ")


def without_marks(note: Note, *, spare: bool) -> str:
    """The text with identifiers (and look-alikes, if to be spared) replaced by asterisks."""
    signs = list(note.text)
    for _, start, end in (*note.spans, *(note.lookalikes if spare else ())):
        signs[start:end] = "*" * (end - start)
    return "".join(signs)


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


def test_nothing_of_a_patient_stands_outside_the_marks(history: History) -> None:
    """Look-alikes are set aside: a patient may be called Jackson and lie on a Jackson table."""
    people = history.truth.people
    for note in history.notes:
        person, rest = person_of(history, note), without_marks(note, spare=True)
        if people.test[person]:  # they are all called Spine Zztest
            continue
        names = [people.first[person], people.last[person], people.preferred[person]]
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
    names = surnames_and_first_names()
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


def test_marked_names_are_names_of_the_truth(history: History, cast: Cast) -> None:
    people, site = history.truth.people, draw_site(history.streams)
    staff = {*site.first, *site.last}
    for note in history.notes:
        person = person_of(history, note)
        own = {people.first[person], people.last[person], people.preferred[person]}
        own |= {cast.misspelt[person], people.middle[person]}
        allowed = {name.lower() for name in own}
        for name in told(note, "patient"):
            bare = name.lower().replace(",", "")
            if not re.fullmatch(r"(\w\.? ?){2}", bare):
                words = bare.removesuffix(".")
                for part in sorted(allowed - {""}, key=len, reverse=True):
                    words = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", "", words)
                assert not words.strip(" .")
        family = (cast.relative[person], f"{cast.relative[person]} {cast.relative_last[person]}")
        assert all(name in family for name in told(note, "relative"))
        assert all(
            any(name.endswith(known) or known in name for known in staff)
            for name in told(note, "clinician")
        )


def test_relatives_in_notes_are_those_of_the_household(history: History, cast: Cast) -> None:
    """A spouse who is a patient too, alive and grown up, is the spouse that notes tell of."""
    people = history.truth.people
    spouses = np.flatnonzero((people.relation == 0) & np.isnat(people.death) & ~people.test)
    spouses = spouses[people.birth[spouses] < np.datetime64("1999-01-01")]
    assert len(spouses) > 50
    heads = people.relative_of[spouses]
    single = np.isin(heads, [head for head, n in Counter(
        people.relative_of[people.relative_of >= 0].tolist()).items() if n == 1])  # fmt: skip
    for spouse, head in zip(spouses[single], heads[single], strict=True):
        assert cast.relative[head] == people.first[spouse]
        assert cast.relation[head] == ("wife", "husband", "spouse")[people.sex[spouse]]


def test_marked_numbers_and_places_are_those_of_the_patient(history: History) -> None:
    people, booking = history.truth.people, history.booking
    for note in history.notes:
        person, row = person_of(history, note), note.encounter
        assert set(told(note, "mrn")) <= {people.mrn[person]}
        assert set(told(note, "city")) <= {people.city[person]}
        assert set(told(note, "zip")) <= {people.zip[person]}
        assert all(text.startswith(people.street[person]) for text in told(note, "street"))
        assert all(text in people.ssn[person] for text in told(note, "ssn"))
        assert set(told(note, "account")) <= {str(booking.account[row]), str(booking.csn[row])}
        assert all(re.search(r"@example\.(com|net|org)$", text) for text in told(note, "email"))
        assert all(int(text) > 89 for text in told(note, "age"))
        assert all(int(text) <= 89 for text in told(note, "younger-age"))


def test_employers_and_places_are_those_around_the_patient(history: History, cast: Cast) -> None:
    site = draw_site(history.streams)
    hospitals = {site.own, *site.hospitals, *site.homes}
    for note in history.notes:
        person = person_of(history, note)
        assert set(told(note, "employer")) <= {cast.employer[person]}
        assert set(told(note, "county")) <= {cast.county[person]}
        assert set(told(note, "place")) <= {cast.school[person], cast.church[person]}
        assert set(told(note, "facility")) <= hospitals | {cast.pharmacy[person]}
        digits = str(cast.digits[person])
        assert all(
            digits in re.sub(r"\D", "", text) or digits[2:8] in text
            for kind in ("member", "licence")
            for text in told(note, kind)
            if not re.fullmatch(r"1\d{9}|B[^\W\d]\d{7}", text)
        )
        assert all(text.endswith(digits[:4]) for text in told(note, "vehicle"))


def test_numbers_of_a_network_are_reserved_for_documentation(history: History) -> None:
    addresses = [text for note in history.notes for text in told(note, "ip")]
    assert all(re.match(r"(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+$", ip) for ip in addresses)
    links = [text for note in history.notes for text in told(note, "url")]
    assert all(re.search(r"\bexample\.(org|net)/", link) for link in links)


def test_what_the_rule_leaves_is_not_marked_as_an_identifier(history: History) -> None:
    """Bare years, times of day, days counted from surgery, and weekdays that name no date."""
    days = {text for note in history.notes for text in told(note, "date")}
    assert not any(re.fullmatch(r"(19|20)\d\d|\d\d:\d\d|\D+", text) for text in days)
    spared = [without_marks(note, spare=False) for note in history.notes]
    for phrase in ("last Tuesday", "POD 1", "Ohio", "2 weeks", "L4-L5", "Kerrison", "May shower"):
        assert any(phrase in text for text in spared), phrase


def test_phones_are_out_of_service_and_written_in_many_ways(history: History) -> None:
    phones = [text for note in history.notes for text in told(note, "phone")]
    assert all("555" in re.sub(r"\D", "", text) for text in phones)
    shapes = {re.sub(r"\d", "9", text) for text in phones}
    assert shapes >= {"999-999-9999", "(999) 999-9999", "999.999.9999", "9999999999", "999-9999",
                      "+9 999-999-9999", "999-999-9999 x9999"}  # fmt: skip


def dates_in(text: str) -> list[tuple[int, int, int | None]]:
    """Year (or None), month and day of a date in any style, found without the code under test."""
    found: list[tuple[int, int, int | None]] = []
    text = re.sub(r"^([A-Z]\w+ \d+|\d+/\d+)-([A-Z]|\d+/\d+/)", r"\1 to \2", text)
    for y, m, d in re.findall(r"(\d{4})-(\d\d)-(\d\d)", text):
        found.append((int(m), int(d), int(y)))
    if found:
        return found
    for m, d, y in re.findall(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{2,4}))?", text):
        found.append((int(m), int(d), int(y) % 100 + 2000 if y else None))
    for d, m, y in re.findall(
        r"(\d{1,2})(?:st|nd|rd|th)?(?: of |-| )([A-Za-z]{3,})(?:[- ](\d+))?", text
    ):
        if m[:3].lower() in MONTH_NUMBER:
            found.append((MONTH_NUMBER[m[:3].lower()], int(d), int(y) % 100 + 2000 if y else None))
    if not found:
        for m, d, y in re.findall(
            r"([A-Za-z]{3,})\.? (\d{1,2})(?:st|nd|rd|th)?(?:, (\d{4}))?(?!\d)", text
        ):
            if m[:3].lower() in MONTH_NUMBER:
                found.append(
                    (MONTH_NUMBER[m[:3].lower()], int(d), int(y) % 100 + 2000 if y else None)
                )
    return found


def test_marked_dates_are_days_of_that_patient(history: History) -> None:
    """Births, contacts, surgeries and planned visits; a month with its year may be older."""
    truth = history.truth
    days = defaultdict(set)
    encounters = truth.encounters
    for person, start, end in zip(
        encounters.person.tolist(), encounters.start.tolist(), encounters.end.tolist(), strict=True
    ):
        days[person] |= {start.date()} | ({end.date()} if end else set())
    for person, day in zip(
        truth.surgeries.person.tolist(),
        truth.surgeries.date.astype("datetime64[D]").tolist(),
        strict=True,
    ):
        days[person].add(day)
    checked = 0
    for note in history.notes:
        person = person_of(history, note)
        known = set(days[person])
        start = encounters.start[note.encounter].astype(object).date()
        end = encounters.end[note.encounter]
        last = start if np.isnat(end) else end.astype(object).date()
        for today in (start, last):
            known |= {today + timedelta(days=ahead) for ahead in (14, 42, 90)}
        known.add(truth.people.birth[person].astype(object))
        for text in told(note, "date"):
            for month, day, year in dates_in(text):
                matches = {d for d in known if (d.month, d.day) == (month, day)}
                if year is not None:
                    matches = {d for d in matches if d.year % 100 == year % 100}
                if not matches and re.fullmatch(r"\d{1,2}/\d{4}", text):
                    continue
                assert matches, "a date of nobody"
                checked += 1
    assert checked > 5000


def test_dates_stand_in_many_styles(history: History) -> None:
    texts = {text for note in history.notes for text in told(note, "date")}
    shapes = {re.sub(r"[A-Z][a-z]+|[A-Z]{2,}", "A", re.sub(r"\d+", "9", text)) for text in texts}
    assert shapes >= {"9/9/9", "9-9-9", "A 9", "A 9, 9", "A 9th, 9", "9-A-9", "the 9th of A",
                      "A 9/9/9", "9/9-9/9/9", "9/9", "A 9/9"}  # fmt: skip
    assert len(FORMAL) + len(SPOKEN) > 25


def test_some_names_are_upper_case_turned_around_nicknames_misspelt_or_on_two_lines(
    history: History, cast: Cast
) -> None:
    people = history.truth.people
    seen = Counter()
    for note in history.notes:
        person = person_of(history, note)
        first, last = people.first[person], people.last[person]
        for kind, start, end in note.spans:
            text = note.text[start:end]
            seen["two lines"] += kind == "patient" and "\n" in text
            seen["relative on two lines"] += kind == "relative" and "\n" in text
            if kind == "patient":
                seen["upper"] += text == f"{last}, {first}".upper()
                seen["turned"] += text == f"{last}, {first}"
                seen["nickname"] += text == people.preferred[person] != first
                seen["misspelt"] += text == cast.misspelt[person] != last
                seen["initials"] += text == f"{first[0]}.{last[0]}."
                seen["possessive"] += note.text[end : end + 2] == "'s"
    assert min(seen.values()) > 0
    assert len(seen) == 8


def test_notes_of_a_surgery_agree_on_level_and_side(history: History) -> None:
    single = history.truth.surgeries.levels == 1
    pairs = defaultdict(set)
    for note in history.notes:
        surgery = surgery_of(history, note)
        if note.type == "Op Note" and single[surgery] and history.truth.surgeries.kind[surgery] < 2:
            heading = note.text[: note.text.index("EBL") if "EBL" in note.text else 900]
            for level in re.findall(r"\b([CTL]\d)[-/]([CTLS]?\d)\b", heading):
                pairs[surgery].add((level[0], level[1][-1]))
    assert len(pairs) > 200
    assert all(len(levels) == 1 for levels in pairs.values())


def test_a_level_that_the_diagnosis_names_is_the_level_operated(history: History) -> None:
    for note in history.notes:
        if "disc disorder at C4-C5" in note.text and note.type == "Op Note":
            top = re.findall(r"\b(C\d)[-/][CT]?\d\b", note.text)
            assert "C4" in top or "C3" in top


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
    again = draw_history(Spec(2500, SEED), Streams(SEED))
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
