"""Notes agree with the tables of the chart: who operated, what it cost in blood, and when."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest

from tests.synthetic.conftest import Query

OPERATIVE = """
    WITH whole AS (
      SELECT NOTE_ID, replace(string_agg(NOTE_TEXT, '' ORDER BY LINE), chr(10), ' ') AS text
      FROM HNO_NOTE_TEXT GROUP BY 1)
    SELECT n.NOTE_ID, w.text, o.EST_BLOOD_LOSS, a.NAME, f.AN_STOP_DATETIME,
      listagg(r.NAME || '=' || p.PROV_NAME, ';' ORDER BY s.LINE)
    FROM HNO_INFO AS n
    JOIN whole AS w ON w.NOTE_ID = n.NOTE_ID
    JOIN ZC_NOTE_TYPE_IP AS t ON t.TYPE_IP_C = n.IP_NOTE_TYPE_C AND t.NAME = 'Op Note'
    JOIN PAT_OR_ADM_LINK AS k ON k.PAT_ENC_CSN_ID = n.PAT_ENC_CSN_ID
    JOIN OR_LOG AS o ON o.LOG_ID = k.LOG_ID
    JOIN ZC_OR_ASA_RATING AS a ON a.ASA_RATING_C = o.ASA_RATING_C
    JOIN F_AN_RECORD_SUMMARY AS f ON f.AN_LOG_ID = o.LOG_ID
    JOIN OR_LOG_ALL_SURG AS s ON s.LOG_ID = o.LOG_ID
    JOIN ZC_OR_SURG_ROLE AS r ON r.ROLE_C = s.ROLE_C
    JOIN CLARITY_SER AS p ON p.PROV_ID = s.SURG_ID
    GROUP BY ALL
"""
# What stands before a clinician's name in an operative note, and the roles it may stand for.
LABELS = {
    r"(SURGEON: |Surgeon: Dr\. |Attending: |/es/ )$": {"Primary"},
    r"(ASSISTANT: |Assist: )$": {"Assisting", "Resident"},
    r"Resident: $": {"Resident"},
}


class OpNote(NamedTuple):
    key: str
    text: str
    blood: float
    asa: str
    anesthesia_end: datetime
    team: str


@pytest.fixture(scope="module")
def operations(query: Query) -> list[OpNote]:
    return [OpNote(*row) for row in query(OPERATIVE)]


@pytest.fixture(scope="module")
def clinicians(query: Query) -> dict[str, list[tuple[int, int]]]:
    """The places of clinicians' names in each note."""
    places = defaultdict(list)
    for note, start, end in query(
        "SELECT note_id, start, \"end\" FROM truth_note_spans WHERE kind = 'clinician'"
    ):
        places[note].append((start, end))
    return places


def _may_be(written: str, listed: str) -> bool:
    """Whether a name as a note writes it can be LAST, FIRST of the chart."""
    last, first = listed.split(", ")
    return written.upper() in (f"{first} {last}", f"{first[0]}. {last}", listed)


def test_the_team_that_a_note_names_is_the_team_of_the_log(
    operations: list[OpNote], clinicians: dict[str, list[tuple[int, int]]]
) -> None:
    found: dict[str, int] = defaultdict(int)
    for note in operations:
        team = [member.split("=") for member in note.team.split(";")]
        for start, end in clinicians[note.key]:
            for label, roles in LABELS.items():
                if re.search(label, note.text[max(0, start - 30) : start]):
                    known = [name for role, name in team if role in roles]
                    assert any(_may_be(note.text[start:end], name) for name in known)
                    found[label] += 1
    assert min(found[label] for label in LABELS) > 20


def test_nobody_has_two_roles_in_one_operation(
    operations: list[OpNote], clinicians: dict[str, list[tuple[int, int]]]
) -> None:
    """Surgeon, assistant, anesthesiologist and circulating nurse stand in the head of a note."""
    found = 0
    for note in operations:
        head = note.text[: note.text.find("EBL")] if "EBL" in note.text else ""
        names = [note.text[a:b].upper() for a, b in clinicians[note.key] if b < len(head)]
        plain = [" ".join(sorted(re.findall(r"\w+", name))) for name in names]
        assert len(set(plain)) == len(plain)
        found += len(plain) >= 3
    assert found > 50


def test_blood_loss_and_asa_class_are_those_of_the_log(operations: list[OpNote]) -> None:
    told = {"blood": 0, "asa": 0}
    for note in operations:
        for blood in re.findall(r"(?:EBL:?|blood loss:) (\d+) mL", note.text):
            assert float(blood) == note.blood
            told["blood"] += 1
        for asa in re.findall(r"ASA (?:class )?([IV]+)\b", note.text):
            assert asa == note.asa
            told["asa"] += 1
    assert min(told.values()) > 100


def test_an_operation_is_signed_after_it_ended(operations: list[OpNote]) -> None:
    signed = 0
    for note in operations:
        # Anesthesia ends twenty minutes after the last stitch.
        close = f"{note.anesthesia_end - timedelta(minutes=20):%H:%M}"
        times = re.findall(r"(?:Electronically signed by.*?| D: .*?) (\d\d:\d\d)", note.text)
        for time in times:
            assert time > close or time < "04:00"
            signed += 1
    assert signed > 50


def test_a_dictation_is_typed_after_it_was_spoken(operations: list[OpNote]) -> None:
    pairs = [
        pair
        for note in operations
        for pair in re.findall(r" D: .*?(\d\d:\d\d)  ?T: .*?(\d\d:\d\d)", note.text)
    ]
    assert len(pairs) > 20
    assert all(spoken < typed for spoken, typed in pairs)
