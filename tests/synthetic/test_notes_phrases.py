"""The words of notes: look-alikes found in phrases, date styles, and what phrases may name."""

from __future__ import annotations

import re
from datetime import date

import pytest

from ehrkit.core.columns import Phi
from ehrkit.synthetic.catalogue import read_data
from ehrkit.synthetic.notes import dates
from ehrkit.synthetic.notes.facts import FACTS
from ehrkit.synthetic.notes.kinds import Identifier
from ehrkit.synthetic.notes.levels import between, written
from ehrkit.synthetic.notes.lookalikes import lookalikes
from ehrkit.synthetic.notes.phrases import SLOTS, template

DAY = date(2023, 1, 5)
FILES = ("operative", "discharge", "consult", "visit", "telephone", "emergency")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Spurling and Hoffmann signs", {("eponym", "Spurling"), ("eponym", "Hoffmann")}),
        ("a Jackson-Pratt drain", {("eponym", "Jackson-Pratt"), ("word", "drain")}),
        ("on the Jackson table", {("eponym", "Jackson")}),
        ("No Brown-Sequard pattern", {("eponym", "Brown-Sequard")}),
        ("takes Allegra and Elavil", {("drug", "Allegra"), ("drug", "Elavil")}),
        ("L4-5, C5-C6 and T10-L2", {("level", "L4-5"), ("level", "C5-C6"), ("level", "T10-L2")}),
        ("strength 5/5, 10/12 steps", {("fraction", "5/5"), ("fraction", "10/12")}),
        ("oxycodone 5 mg q4-6h", {("dose", "5 mg"), ("dose", "q4-6h")}),
        ("ASA III", {("score", "ASA III")}),
        ("screws 6.5 x 45 mm", {("size", "6.5 x 45 mm")}),
        ("POD 2, POD#1", {("day-count", "POD 2"), ("day-count", "POD#1")}),
        ("over 24-48 h", {("duration", "24-48 h")}),
        ("quit in 2011", {("year", "2011")}),
        ("May ambulate; may march", {("word", "May"), ("word", "may"), ("word", "march")}),
        ("Young at heart, Long walk", {("word", "Young"), ("word", "Long")}),
        ("to PACU, then 7 Spine", {("unit", "PACU"), ("unit", "7 Spine")}),
        ("the incision was dry", set()),
    ],
)
def test_what_looks_like_an_identifier_is_found(text: str, expected: set[tuple[str, str]]) -> None:
    assert {(str(kind), text[start:end]) for kind, start, end in lookalikes(text)} == expected


def test_dates_are_written_in_every_style_that_clinicians_use() -> None:
    spoken = {style(DAY) for style in (*dates.FORMAL, *dates.SPOKEN)}
    assert spoken >= {
        "01/05/2023", "1/5/23", "2023-01-05", "Jan 5", "January 5th, 2023", "5-Jan-23",
        "the 5th of January", "Thursday 1/5/2023", "1/5", "5 January 2023", "05-JAN-2023",
        "Jan. 5, 2023", "January 5, 2023",
    }  # fmt: skip
    stay = {style(date(2023, 3, 4), date(2023, 3, 6)) for style in dates.RANGES}
    assert "3/4-3/6/23" in stay
    assert "2023-03-04 through 2023-03-06" in stay


@pytest.mark.parametrize(
    ("day", "expected"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"),
                          (12, "12th"), (13, "13th"), (21, "21st"), (22, "22nd"), (31, "31st")]
)  # fmt: skip
def test_ordinals(day: int, expected: str) -> None:
    assert dates.ordinal(day) == expected


def test_levels_are_written_short_and_long() -> None:
    assert {written(("L4", "L5"), number) for number in range(5)} == {"L4-L5", "L4-5", "L4/L5"}
    assert {written(("L5", "S1"), number) for number in range(5)} == {"L5-S1", "L5/S1"}
    assert between(("L3", "S1")) == [("L3", "L4"), ("L4", "L5"), ("L5", "S1")]


@pytest.mark.parametrize("name", FILES)
def test_every_template_compiles_and_uses_all_of_its_phrases(name: str) -> None:
    data = read_data(f"notes/{name}.toml")
    assert template(name).sections
    used = set(data["sections"])
    for entry in data["phrases"].values():
        lists = entry.values() if isinstance(entry, dict) else [entry]
        text = " ".join(phrase for phrases in lists if phrases for phrase in phrases)
        used |= set(re.findall(r">([\w-]+)\}", text))
    assert set(data["phrases"]) <= used


def phrases() -> dict[str, list[str]]:
    """Every phrase of the package by the fact that chooses its list, "" for none."""
    found: dict[str, list[str]] = {}
    for name in (*FILES, "common"):
        for entry in read_data(f"notes/{name}.toml")["phrases"].values():
            plain = entry if isinstance(entry, list) else [
                text for key, texts in entry.items() if key != "by" for text in texts
            ]  # fmt: skip
            found.setdefault(entry["by"] if isinstance(entry, dict) else "", []).extend(plain)
    return found


def test_every_slot_and_every_fact_is_used() -> None:
    text = " ".join(text for texts in phrases().values() for text in texts)
    assert set(SLOTS) <= set(re.findall(r"\{([\w. ]+)\}", text))
    assert set(FACTS) == set(phrases()) - {""}


def test_every_clinical_word_that_is_looked_for_stands_in_a_phrase() -> None:
    bare = re.sub(r"\{[^}]*\}", "|", " ".join(t for texts in phrases().values() for t in texts))
    found = {(str(kind), bare[start:end]) for kind, start, end in lookalikes(bare)}
    listed = {(kind, term) for kind, terms in read_data("notes/lookalikes.toml").items()
              for term in terms}  # fmt: skip
    assert listed <= found
    instructive = {"Graves", "Raynaud", "Smith-Petersen", "Zoloft", "Jackson", "Wilson", "Murphy"}
    assert instructive <= {term for _, term in found}


@pytest.mark.parametrize("name", (*FILES, "common"))
def test_phrases_hold_no_identifier_of_their_own(name: str) -> None:
    """What stands outside the braces is marked as harmless, so it has to be."""
    text = str(read_data(f"notes/{name}.toml"))
    bare = re.sub(r"\{[^}]*\}", "", text)
    assert not re.findall(r"\d{3}-\d{4}|\d{1,2}/\d{1,2}/\d{2}|@|https?:|\bDr\. [A-Z]\w+", bare)


def test_identifiers_carry_the_letter_of_the_rule() -> None:
    letters = {kind.value: str(kind.phi) for kind in Identifier}
    assert letters["patient"] == letters["relative"] == letters["employer"] == "A"
    assert letters["city"] == letters["zip"] == letters["street"] == letters["facility"] == "B"
    assert letters["date"] == letters["age"] == "C"
    assert [letters[kind] for kind in ("phone", "fax", "email", "ssn", "mrn", "member")] == [
        *"DEFGHI"
    ]
    assert [letters[kind] for kind in ("account", "licence", "vehicle", "device", "url", "ip")] == [
        *"JKLMNO"
    ]
    assert letters["other"] == "R"
    told = {kind.phi for kind in Identifier}
    text_kinds = {phi for phi in Phi if len(phi.value) == 1} - {Phi.BIOMETRIC, Phi.PHOTO}
    assert told == text_kinds
