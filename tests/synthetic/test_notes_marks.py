"""What is marked in notes is true: names, days, numbers and places of that patient."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import timedelta

import numpy as np
import pytest

from ehrkit.synthetic.history import History
from ehrkit.synthetic.notes.cast import Cast
from ehrkit.synthetic.notes.dates import FORMAL, SPOKEN
from ehrkit.synthetic.notes.site import draw_site
from tests.synthetic.marked_notes import (
    dates_in,
    noted_cast,
    noted_history,
    person_of,
    told,
)


@pytest.fixture(scope="module")
def history() -> History:
    return noted_history()


@pytest.fixture(scope="module")
def cast() -> Cast:
    return noted_cast()


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


def test_phones_are_out_of_service_and_written_in_many_ways(history: History) -> None:
    phones = [text for note in history.notes for text in told(note, "phone")]
    # The exchange is 555, or one that no number has: those start with 2 to 9.
    digits = [re.sub(r"\D", "", text.split("x")[0]) for text in phones]
    assert all(text[-7:-4] == "555" or text[-7] in "01" for text in digits)
    shapes = {re.sub(r"\d", "9", text) for text in phones}
    assert shapes >= {"999-999-9999", "(999) 999-9999", "999.999.9999", "9999999999", "999-9999",
                      "+9 999-999-9999", "999-999-9999 x9999"}  # fmt: skip


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


def test_numbers_of_clinicians_have_the_shape_that_their_label_says(history: History) -> None:
    shapes = {"NPI": r"\d{10}", "DEA": r"[^\W\d_]{2}\d{7}"}
    found = Counter()
    for note in history.notes:
        for kind, start, end in note.spans:
            label = note.text[:start].split()[-1].strip("(") if kind == "licence" else ""
            if label in shapes:
                assert re.fullmatch(shapes[label], note.text[start:end])
                found[label] += 1
    assert min(found[label] for label in shapes) > 10


def test_only_an_initial_has_a_full_stop_in_a_name(history: History) -> None:
    people, full = history.truth.people, 0
    for note in history.notes:
        middle = people.middle[person_of(history, note)]
        for name in told(note, "patient"):
            assert not re.search(r"\w{2}\. ", name)
            full += len(middle) > 1 and f" {middle} " in name
    assert full > 20
