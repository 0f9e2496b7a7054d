"""Free text: what goes, and what only looks like an identifier and stays."""

from __future__ import annotations

import pyarrow as pa
import pytest

from ehrkit.core.errors import DataError, UsageError
from ehrkit.deid.scrub import scrub_columns
from ehrkit.deid.text.scrubber import Known, scrub_text
from tests.deid.conftest import applied, columns

GOES = [
    ("SSN 123-45-6789.", "[SSN]"), ("SSN ending in 6789", "[SSN]"),
    ("call (617) 555-0100", "[PHONE]"),
    ("call 617-555-0100 x 12", "[PHONE]"), ("617.555.0100", "[PHONE]"),
    ("+1 617 555 0100", "[PHONE]"), ("mail a.b+c@mail.example.org now", "[EMAIL]"),
    ("see https://portal.example.org/p?id=3", "[URL]"), ("from 192.168.10.4", "[IP]"),
    ("seen 2021-03-04", "[DATE]"), ("at 2021-03-04T10:22:00Z", "[DATE]"),
    ("seen 3/4/2021", "[DATE]"), ("seen 03/04/21 again", "[DATE]"), ("on 3-4-2021", "[DATE]"),
    ("on 24.12.2021", "[DATE]"), ("March 4, 2021", "[DATE]"), ("4 Mar 2021", "[DATE]"),
    ("since Mar 4th", "[DATE]"), ("in January 2020", "[DATE]"), ("returned on 3/14", "[DATE]"),
    ("MRN: 00123456", "[ID]"), ("Medical Record Number 12345", "[ID]"), ("acct# AB-99812", "[ID]"),
    ("number 123456789 given", "[ID]"), ("Boston, MA 02138", "[ZIP]"), ("02138-1234", "[ZIP]"),
    ("lives at 12 North Main Street.", "[ADDRESS]"), ("Dr. Okonkwo operated", "[NAME]"),
    ("a 93-year-old woman", "[90+]"), ("102 yo man", "[90+]"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "mark"), GOES)
def test_identifiers_become_marks(text: str, mark: str) -> None:
    scrubbed, counts = scrub_text(text)
    assert mark in scrubbed
    assert sum(counts.values()) == 1
    assert not any(char.isdigit() for char in scrubbed.replace("90+", ""))


STAYS = [
    "L4-L5 and L5-S1 fusion, T12 compression", "L4-5 laminectomy", "C5/C6", "pain 7/10, was 9/10",
    "pain on 7/10 scale", "strength 5/5 bilaterally, 4/5 EHL", "strength on 5/5 left",
    "BP 120/80, 98/60", "oxycodone 5 mg 1-2 tabs q4-6h prn", "gabapentin 300 mg tid",
    "10 mg/325 mg", "ODI 42%, VAS 3.5", "platelets 150000", "WBC 11.2, Hgb 9.8",
    "creatinine 0.9-1.1", "64-year-old man", "89 yo", "Babinski negative, Hoffmann negative",
    "Spurling's test positive", "Meyerding grade 2 slip", "20/20 vision", "EBL 300 ml",
    "6.5 x 45 mm screws", "temperature 98.6", "may 5 times walk", "2 weeks", "POD 3",
    "ASA 2, BMI 31.4", "Cobb angle 24-26 degrees", "half life 24/7",
]  # fmt: skip


@pytest.mark.parametrize("text", STAYS)
def test_clinical_look_alikes_stay(text: str) -> None:
    assert scrub_text(text) == (text, {})


KNOWN = Known.of(["Maria", "Parkinson-O'Hara", "00123456", "1950-02-03", None, 7, "Will"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Maria came", "[NAME] came"), ("MARIA came", "[NAME] came"), ("maria came", "[NAME] came"),
        ("Maria's knee", "[NAME] knee"), ("Mrs Parkinson-O'Hara", "Mrs [NAME]"),
        ("Marian came", "Marian came"), ("chart 00123456 seen", "chart [ID] seen"),
        ("00 123-456", "[ID]"), ("9001234567", "[ID]"), ("grade 7 of 10", "grade 7 of 10"),
        ("she will walk", "she will walk"), ("Will walks", "[NAME] walks"),
    ],
)  # fmt: skip
def test_known_identifiers_go_in_every_spelling(text: str, expected: str) -> None:
    assert scrub_text(text, KNOWN)[0] == expected


def test_an_eponym_stays_though_the_patient_bears_the_name() -> None:
    known = Known.of(["Parkinson"])
    text = "Parkinson's disease. Mr. Parkinson walks. Parkinson sign."
    scrubbed, _ = scrub_text(text, known)
    assert scrubbed == "Parkinson's disease. Mr. [NAME] walks. Parkinson sign."


def test_each_row_is_scrubbed_of_its_own_person() -> None:
    table = pa.table(
        {
            "note": ["Ana met Bo", "Ana met Bo", None, ""],
            "first_name": ["Ana", "Bo", "Cy", None],
        }
    )
    line = 'note = { scrub = { known = ["first_name"] } }\nfirst_name = "drop"'
    run = applied(table, columns(line), batch=2)
    expected = ["[NAME] met Bo", "Ana met [NAME]", None, ""]
    assert run.reader.read_all()["note"].to_pylist() == expected
    assert run.evidence().columns[0].tallies == {"KNOWN": 2}
    reader, counts = scrub_columns(table.to_reader(), ["note"], ["first_name"])
    done = reader.read_all()
    assert done["note"].to_pylist() == expected
    assert done["first_name"].to_pylist() == table["first_name"].to_pylist()
    assert counts == {"KNOWN": 2}


def test_unknown_and_wrong_columns_are_refused() -> None:
    table = pa.table({"note": ["x"], "n": [1]})
    with pytest.raises(UsageError, match="Did you mean note"):
        scrub_columns(table.to_reader(), ["notes"])
    with pytest.raises(DataError, match="column n"):
        scrub_columns(table.to_reader(), ["n"])
