"""`cohort test`: what a row may leave out, what is met or missed, and how mistakes are answered."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from ehrkit.core.errors import DataError, UsageError
from ehrkit.queries.proving.expectations import check_expectations, expectations_beside
from ehrkit.queries.proving.invented import read_patient, tables_of
from ehrkit.queries.relations import RELATIONS
from ehrkit.queries.sections import Section
from ehrkit.queries.vocabulary.codesets import load_code_sets

COHORT = """
id = "mine"
title = "Mine"
[parameters]
window = { type = "days", default = 30 }
[index]
encounter = "inpatient"
keep = "every"
of = "eligible"
between = ["as-of - 1 year", "as-of"]
[[require]]
label = "Adult"
age = { at_least = 18 }
[[forbid]]
label = "Seen before"
encounter = "any"
days = [-9, -1]
[[column]]
name = "visits"
encounter = "emergency"
days = [1, "window"]
value = "count"
[[column]]
name = "weight"
measurement = "body-weight"
unit = "kg"
value = "mean"
"""
PATIENT = """
[[patient]]
label = "A"
person = { birth_date = 1960-01-01 }
encounter = [{ kind = "inpatient", date = 2024-03-01, end = 2024-03-02 }]
"""


def checks(folder: Path, text: str, **values: str) -> list[dict[str, str]]:
    (folder / "mine.toml").write_text(COHORT)
    tests = expectations_beside(folder / "mine.toml")
    assert tests.name == "mine.test.toml"
    tests.write_text(f"as_of = 2024-12-31\n{text}")
    table = check_expectations(str(folder / "mine.toml"), tests, values, load_code_sets())
    return list(table.to_pylist())


def results(folder: Path, text: str, **values: str) -> dict[str, tuple[str, str, str]]:
    return {
        one["check"]: (one["expected"], one["found"], one["result"])
        for one in checks(folder, text, **values)
    }


def test_rows_are_met_or_missed_value_by_value(tmp_path: Path) -> None:
    visit = 'encounter = [{ kind = "inpatient", date = 2024-03-01 },\n'
    visit += '{ kind = "emergency", date = 2024-03-31 }]\n'
    text = PATIENT.replace(PATIENT.splitlines()[4] + "\n", visit)
    text += 'measurement = [{ date = 2024-03-01, vocabulary = "loinc", code = "29463-7", '
    text += 'value_number = 70.1, unit = "kg" }]\n'
    text += '[[patient.expect]]\nindex_date = "2024-03-01"\nvisits = 1\nweight = 70.1\n'
    text += 'discharge_date = ""\nage = 63\nsex = "female"\n'
    assert results(tmp_path, text) == {
        "rows": ("1", "1", "met"),
        "row 1: index_date": ("2024-03-01", "2024-03-01", "met"),
        "row 1: visits": ("1", "1", "met"),
        "row 1: weight": ("70.1", "70.1", "met"),
        "row 1: discharge_date": ("", "", "met"),
        "row 1: age": ("63", "64", "missed"),
        "row 1: sex": ("female", "unknown", "missed"),
    }
    assert results(tmp_path, text, window="29")["row 1: visits"] == ("1", "0", "missed")
    assert results(tmp_path, f"set = {{ window = 29 }}\n{text}")["row 1: visits"][1] == "0"
    assert (
        results(tmp_path, f"set = {{ window = 29 }}\n{text}", window="30")["row 1: visits"][1]
        == "1"
    )


def test_a_patient_without_expect_is_not_in_the_cohort(tmp_path: Path) -> None:
    assert results(tmp_path, PATIENT) == {"rows": ("0", "1", "missed")}
    assert results(tmp_path, PATIENT + "[[patient.expect]]\n[[patient.expect]]\n") == {
        "rows": ("2", "1", "missed")
    }


@pytest.mark.parametrize(
    ("old", "new", "step"),
    [
        ("1960-01-01", "2006-03-02", "Adult"),
        ("2024-03-01", "2023-12-30", "Index date from 2023-12-31 to 2024-12-31"),
        ("inpatient", "emergency", "not an index event"),
        ("encounter = [{", 'encounter = [{ kind = "other", date = 2024-02-29 }, {', "Seen before"),
    ],
)
def test_the_step_that_decides_is_named(tmp_path: Path, old: str, new: str, step: str) -> None:
    text = PATIENT.replace(old, new)
    assert results(tmp_path, f'{text}excluded_by = "{step}"\n')["excluded by"] == (
        step,
        step,
        "met",
    )
    other = "Adult" if step != "Adult" else "not an index event"
    missed = results(tmp_path, f'{text}excluded_by = "{other}"\n')["excluded by"]
    assert missed == (other, step, "missed")


def test_a_forbid_may_be_named_as_attrition_names_it(tmp_path: Path) -> None:
    more = PATIENT.replace("[{", '[{ kind = "other", date = 2024-02-29 }, {')
    found = results(tmp_path, f'{more}excluded_by = "Excluded: Seen before"\n')["excluded by"]
    assert found == ("Seen before", "Seen before", "met")
    kept = results(tmp_path, f'{PATIENT}excluded_by = "Adult"\n')["excluded by"]
    assert kept == ("Adult", "nothing: in the cohort", "missed")


MISTAKES = [
    ("", "", "no [[patient]]"),
    ("[[patient]]\n", "patient[1]", "the key label is missing"),
    ('[[patient]]\nlabel = "A"\nprocedur = []\n', "patient[1]: procedur",
     "Did you mean procedure?"),
    ('[[patient]]\nlabel = "A"\nprocedure = [{ cod = "x" }]\n', "patient[1]: procedure[1]: cod",
     "Did you mean code?"),
    ('[[patient]]\nlabel = "A"\nprocedure = [{ code = 3 }]\n', "patient[1]: procedure[1]: code",
     "must be a text"),
    ('[[patient]]\nlabel = "A"\nprocedure = { code = "x" }\n', "patient[1]: procedure", "a list"),
    ('[[patient]]\nlabel = "A"\nperson = { born = 1960-01-01 }\n', "patient[1]: person: born",
     "no such column"),
    ('[[patient]]\nlabel = "A"\nperson = { birth_date = 1960 }\n',
     "patient[1]: person: birth_date", "must be a date"),
    ('[[patient]]\nlabel = "A"\nperson = { birth_date = 1960-01-01T00:00:00 }\n',
     "patient[1]: person: birth_date", "must be a date"),
    ('[[patient]]\nlabel = "A"\nperson = { birth_date = "1960-02-30" }\n',
     "patient[1]: person: birth_date", "must be a date"),
    ('[[patient]]\nlabel = "A"\nprocedure = [{ time = 2020-01-01 }]\n',
     "patient[1]: procedure[1]: time", "must be an instant"),
    ('[[patient]]\nlabel = "A"\nprocedure = [{ time = 2020-01-01T00:00:00Z }]\n',
     "patient[1]: procedure[1]: time", "without a zone"),
    ('[[patient]]\nlabel = "A"\ncondition = [{ position = true }]\n',
     "patient[1]: condition[1]: position", "a whole number"),
    ('[[patient]]\nlabel = "A"\nperson = { person_id = "1" }\n', "patient[1]: person: person_id",
     "no such column"),
    ('[[patient]]\nlabel = "A"\n[[patient.expect]]\nvisit = 1\n', "patient[1]: expect[1]: visit",
     "Did you mean visits?"),
    ('[[patient]]\nlabel = "A"\nexcluded_by = "Adlt"\n', "patient[1]: excluded_by",
     "Did you mean Adult?"),
    ('[[patient]]\nlabel = "A"\nexcluded_by = "Adult"\n[[patient.expect]]\n',
     "patient[1]: excluded_by", "cannot be excluded"),
    ('[[patients]]\nlabel = "A"\n', "patients", "Did you mean patient?"),
    ("set = 3\n", "set", "must be a table"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "where", "says"), MISTAKES)
def test_mistakes(tmp_path: Path, text: str, where: str, says: str) -> None:
    with pytest.raises((DataError, UsageError)) as caught:
        checks(tmp_path, text)
    place = "mine.test.toml" + (f": {where}" if where else "")
    assert (caught.value.where or "").endswith(place)
    assert says in str(caught.value)


def test_mistakes_of_the_cohort_and_of_set_have_their_own_place(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no parameter named windw"):
        checks(tmp_path, f"set = {{ windw = 3 }}\n{PATIENT}")
    with pytest.raises(DataError, match="must be a date"):
        (tmp_path / "t.toml").write_text("as_of = 2024-12-31T00:00:00\n" + PATIENT)
        (tmp_path / "mine.toml").write_text(COHORT)
        check_expectations(str(tmp_path / "mine.toml"), tmp_path / "t.toml", {}, load_code_sets())


def test_rows_may_leave_out_what_is_obvious() -> None:
    def row(text: dict[str, Any], relation: str) -> dict[str, Any]:
        patient = read_patient(Section({"label": "A", **text}, "t"), 7)
        assert patient.person_id == "patient 7"
        return dict(patient.rows[relation][0])

    noon = datetime(2024, 3, 1, 12)
    found = row({"encounter": [{"time": noon, "end_time": noon, "kind": "other"}]}, "encounter")
    assert (found["event_date"], found["end_date"]) == (date(2024, 3, 1), date(2024, 3, 1))
    assert found["event_id"] == found["encounter_id"] == "encounter 1"
    found = row({"encounter": [{"encounter": "E", "date": "2024-03-01"}]}, "encounter")
    assert (found["event_id"], found["event_date"]) == ("E", date(2024, 3, 1))
    found = row({"procedure": [{"code": "X", "date": "2024-03-01"}]}, "procedure")
    assert (found["vocabulary"], found["event_id"]) == ("icd10pcs", "procedure 1")
    assert row({}, "person") == {}
    days = [{"date": "2024-03-01"}, {"date": "2020-01-01", "end": "2020-02-01"}]
    found = row({"encounter": days}, "observation")
    assert found == {"start_date": date(2020, 1, 1), "end_date": date(2024, 3, 1)}
    own = {"observation": [{"start_date": "2019-01-01", "end": "2019-12-31"}]}
    assert row({"encounter": days, **own}, "observation")["end_date"] == date(2019, 12, 31)


def test_tables_are_those_of_the_logical_relations() -> None:
    patient = read_patient(Section({"label": "A", "procedure": [{"code": "X"}]}, "t"), 1)
    tables = tables_of([patient])
    assert set(tables) == {f"EHRKIT_{name.upper()}" for name in RELATIONS}
    assert tables["EHRKIT_PROCEDURE"].to_pylist()[0]["person_id"] == "patient 1"
    assert tables["EHRKIT_NOTE"].num_rows == 0
