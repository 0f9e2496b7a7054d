"""Normalisation: two registrars' spellings of one value meet, and nothing else becomes a value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehrkit.core.errors import DataError, UsageError
from ehrkit.linkage.fields import FIELDS, map_columns
from ehrkit.linkage.text import fold, soundex

SAME = {
    "first_name": [
        ("José", "jose"), ("JOSE\u0301", "jose"), ("Mary-Ann", "maryann"), ("Mary Ann", "maryann"),
        ("John Q.", "john"), ("O'Neil", "oneil"), ("J", "j"), ("Søren", "soren"),
        ("Łukasz", "lukasz"), ("李明", "李明"),
    ],
    "last_name": [
        ("O\u2019Brien", "obrien"), ("O'BRIEN", "obrien"), ("Smith-Jones", "smithjones"),
        ("Smith Jones", "smithjones"), ("King Jr.", "king"), ("Windsor III", "windsor"),
        ("de la Cruz", "delacruz"), ("Müller", "muller"), ("Weiß", "weiss"), ("Junior", "junior"),
    ],
    "birth_date": [
        ("1950-03-04", "1950-03-04"), ("1950-3-4", "1950-03-04"), ("19500304", "1950-03-04"),
        ("03/04/1950", "1950-03-04"), ("1950-03-04 00:00:00", "1950-03-04"),
        ("1950-03-04T12:00:00Z", "1950-03-04"), (" 2/29/2024 ", "2024-02-29"),
    ],
    "sex": [("F", "female"), (" Female ", "female"), ("M", "male"), ("man", "male"),
            ("8532", "female"), ("8507", "male")],
    "zip": [("02139", "02139"), ("02139-4307", "02139"), ("021394307", "02139"),
            ("2139", "02139"), ("2139-4307", "02139")],
    "phone": [("(617) 555-0142", "6175550142"), ("+1 617.555.0142", "6175550142"),
              ("617-555-0142 x33", "6175550142"), ("6175550142 ext. 4", "6175550142")],
    "email": [(" Ann@Example.ORG ", "ann@example.org"), ("ann+fit@example.org", "ann@example.org")],
    "address": [("12 North Main Street, Apt 4", "12 n main st apt 4"),
                ("12 N. MAIN ST #4", "12 n main st apt 4"),
                ("12 N Main St Unit #4", "12 n main st apt 4")],
}  # fmt: skip

NOTHING = {
    "first_name": ["", "  ", "Unknown", "N/A", "Baby Boy", "BABYGIRL", "123", "??"],
    "last_name": ["", "UNK", "None", "--", "X"],
    "birth_date": ["", "1900-01-01", "2023-02-29", "31/12/1950", "1750-05-05", "04-Mar-50",
                   "9999-12-31"],
    "sex": ["", "U", "unknown", "other", "1", "2", "nonbinary"],
    "zip": ["", "00000", "99999", "123", "K1A 0B1", "123456"],
    "phone": ["", "5550142", "0000000000", "1234567890", "none"],
    "email": ["", "none", "a@b", "noemail@example.org", "no.email@example.org", "a b@c.de",
              "+x@c.de"],
    "address": ["", "unknown", "12", "homeless"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "text", "form"), [(f, *pair) for f, pairs in SAME.items() for pair in pairs]
)
def test_a_value_is_brought_to_one_form(field: str, text: str, form: str) -> None:
    assert FIELDS[field].normalise(text) == form


@pytest.mark.parametrize(
    ("field", "text"), [(f, text) for f, texts in NOTHING.items() for text in texts]
)
def test_a_placeholder_is_no_value(field: str, text: str) -> None:
    assert FIELDS[field].normalise(text) is None


@given(st.sampled_from(sorted(FIELDS)), st.text(max_size=30))
def test_normalising_twice_changes_nothing(field: str, text: str) -> None:
    once = FIELDS[field].normalise(text)
    assert once is None or FIELDS[field].normalise(once) == once


# Worked examples of the US National Archives' Soundex page, and of Knuth, TAOCP 3, 6.
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("robert", "R163"), ("rupert", "R163"), ("rubin", "R150"), ("ashcraft", "A261"),
        ("ashcroft", "A261"), ("tymczak", "T522"), ("pfister", "P236"), ("honeyman", "H555"),
        ("washington", "W252"), ("lee", "L000"), ("gutierrez", "G362"), ("jackson", "J250"),
        ("euler", "E460"), ("gauss", "G200"), ("lloyd", "L300"), ("lukasiewicz", "L222"),
    ],
)  # fmt: skip
def test_soundex_agrees_with_worked_examples(name: str, code: str) -> None:
    assert soundex(name) == code


def test_a_name_in_another_script_has_no_soundex() -> None:
    assert soundex("李明") is None
    assert soundex("") is None


@given(st.text(max_size=20))
def test_folding_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_standard_names_are_found_in_any_case() -> None:
    found = map_columns(["ID", "First_Name", "ZIP", "note"], {})
    assert found == {"first_name": "First_Name", "zip": "ZIP"}


def test_an_override_names_a_column_and_wins() -> None:
    found = map_columns(["FIRST", "first_name", "zip"], {"first_name": "FIRST"})
    assert found == {"first_name": "FIRST", "zip": "zip"}


def test_errors_name_the_nearest_spelling() -> None:
    with pytest.raises(UsageError, match="Did you mean first_name"):
        map_columns(["a", "b"], {"frist_name": "a"})
    with pytest.raises(DataError, match="Did you mean FIRST"):
        map_columns(["FIRST", "zip"], {"first_name": "FRIST"})
    with pytest.raises(DataError, match="at least two"):
        map_columns(["zip", "note"], {})
