"""Results near surgery, their peaks, smoking status and wear: windows, units, unknown values."""

from __future__ import annotations

from datetime import date

import pytest

from tests.queries.databases import Databases
from tests.queries.kit.events import result, worn
from tests.queries.kit.people import WITHOUT_SPARK, People, operation, picked, stay

pytestmark = pytest.mark.parametrize("dialect", WITHOUT_SPARK)
SURGERY = (stay("06-10", "06-13"), operation("0SG00A0", "06-10 08:00"))
A1C, ALBUMIN, HAEMOGLOBIN, CREATININE, SMOKING = "4548-4", "1751-7", "718-7", "2160-0", "72166-2"


def near(people, databases, dialect, *keys, cohort="labs-before-surgery", **values):
    rows = people.members(cohort, databases, dialect, **values)
    found = picked(rows, *keys)
    return {who: row[0] if len(keys) == 1 else row for who, (row,) in found.items()}


def test_nearest_results(databases: Databases, dialect: str) -> None:
    people = People()
    for name, day in {"-90": "03-12", "-91": "03-11", "0": "06-10 23:00", "1": "06-11"}.items():
        people.add(f"a1c {name}", *SURGERY, result(A1C, day, 6.5, "%"))
    for name, day in {"-30": "05-11", "-31": "05-10"}.items():
        people.add(f"albumin {name}", *SURGERY, result(ALBUMIN, day, 4.0, "g/dL"))
    people.add("nearest", *SURGERY, result(A1C, "04-01", 7.0, "%"), result(A1C, "06-01", 6.0, "%"))
    people.add("day 0 ends", *SURGERY, result(HAEMOGLOBIN, "06-10", 9.0, "g/dL"))
    found = near(people, databases, dialect, "a1c_percent", "a1c_days")
    assert found["a1c -90"] == (6.5, -90)
    assert found["a1c 0"] == (6.5, 0)
    assert found["a1c -91"] == found["a1c 1"] == (None, None)
    assert found["nearest"] == (6.0, -9)
    found = near(people, databases, dialect, "albumin_g_dl", "hemoglobin_g_dl")
    assert (found["albumin -30"], found["albumin -31"]) == ((4.0, None), (None, None))
    assert found["day 0 ends"] == (None, 9.0)
    found = near(people, databases, dialect, "hemoglobin_g_dl", "a1c_percent", last_day="-1")
    assert found["day 0 ends"] == (None, None)


def test_units_of_results(databases: Databases, dialect: str) -> None:
    people = People()
    people.add("mmol/mol", *SURGERY, result(A1C, "06-01", 48.0, "mmol/mol"))
    people.add("g/L", *SURGERY, result(ALBUMIN, "06-01", 41.0, " G/L "))
    people.add("mmol/L", *SURGERY, result("59260-0", "06-01", 8.0, "mmol/L"))
    people.add("no unit", *SURGERY, result(ALBUMIN, "06-01", 4.1, None))
    people.add("not of this kind", *SURGERY, result(ALBUMIN, "06-01", 4.1, "cm"))
    found = near(people, databases, dialect, "a1c_percent", "albumin_g_dl", "hemoglobin_g_dl")
    # 0.09148 * 48 + 2.152; 8 mmol/L of haemoglobin is 8 * 1.61145 g/dL.
    assert found["mmol/mol"][0] == pytest.approx(6.54304)
    assert found["g/L"][1] == pytest.approx(4.1)
    assert found["mmol/L"][2] == pytest.approx(12.8916)
    assert found["no unit"] == found["not of this kind"] == (None, None, None)


def test_creatinine_before_and_after(databases: Databases, dialect: str) -> None:
    people = People()
    units = {
        "-91": "03-11",
        "-90": "03-12",
        "-1": "06-09",
        "0": "06-10 12:00",
        "7": "06-17",
        "8": "06-18",
    }
    for name, day in units.items():
        people.add(name, *SURGERY, result(CREATININE, day, 1.0, "mg/dL"))
    people.add(
        "course",
        *SURGERY,
        result(CREATININE, "05-01", 0.8, "mg/dL"),
        result(CREATININE, "06-01", 79.184, "umol/L"),
        result(CREATININE, "06-11", 1.9, "mg/dL"),
        result(CREATININE, "06-12 08:00", 1.5, "mg/dL"),
        result(CREATININE, "06-13", 5.0, None),
        result(CREATININE, "06-14", 1.1, "mg/dL"),
    )
    people.add("at 48 hours", *SURGERY, result(CREATININE, "06-12 08:00", 2.0, "mg/dL"))
    people.add("a second later", *SURGERY, result(CREATININE, "06-12 08:00:01", 2.0, "mg/dL"))
    keys = ("before", "peak_7d", "last_7d", "peak_48h")
    found = near(people, databases, dialect, *keys, cohort="peak-creatinine-after-surgery")
    nothing = (None, None, None, None)
    assert found["-91"] == found["8"] == nothing
    assert found["-90"] == found["-1"] == (1.0, None, None, None)
    assert found["0"] == (None, 1.0, 1.0, 1.0)
    assert found["7"] == (None, 1.0, 1.0, None)
    assert found["at 48 hours"] == (None, 2.0, 2.0, 2.0)
    assert found["a second later"] == (None, 2.0, 2.0, None)
    # 79.184 umol/L over 88.4 (113.12 g/mol: 8.84017) is 0.8957 mg/dL; what has no unit is no peak.
    assert found["course"] == pytest.approx((0.895727, 1.9, 1.1, 1.9), abs=1e-5)
    counts = near(people, databases, dialect, "results_7d", cohort="peak-creatinine-after-surgery")
    assert counts["course"] == 4


def status(day: str | None, text: str | None):
    return result(SMOKING, day, None, value_text=text)


def test_smoking_status(databases: Databases, dialect: str) -> None:
    people = People()
    people.add("never", *SURGERY, status("2010-01-01", "Never smoker"))
    people.add(
        "stopped",
        *SURGERY,
        status("2020-01-01", "Current every day smoker"),
        status("2023-01-01", "Former Smoker"),
    )
    people.add(
        "began",
        *SURGERY,
        status("2020-01-01", "Never smoker"),
        status("06-10", "LIGHT TOBACCO SMOKER"),
    )
    people.add("after", *SURGERY, status("2020-01-01", "Some Days"), status("06-11", "Former"))
    people.add("nothing", *SURGERY)
    keys = ("smoking_status", "smoking_date", "smokes")
    found = near(people, databases, dialect, *keys, cohort="smoking-at-surgery")
    assert found == {
        "never": ("Never smoker", date(2010, 1, 1), 0),
        "stopped": ("Former Smoker", date(2023, 1, 1), 0),
        "began": ("LIGHT TOBACCO SMOKER", date(2024, 6, 10), 1),
        "after": ("Some Days", date(2020, 1, 1), 1),
        "nothing": (None, None, None),
    }
    found = near(people, databases, dialect, *keys, cohort="smoking-at-surgery", lookback="-365")
    assert found["never"] == found["stopped"] == (None, None, None)


def test_days_of_wear(databases: Databases, dialect: str) -> None:
    people = People()
    week = ["06-03", "06-04", "06-08", "06-09"]
    people.add("four", *SURGERY, *map(worn, week))
    people.add("three", *SURGERY, *map(worn, week[1:]))
    people.add("three and the day of surgery", *SURGERY, *map(worn, [*week[1:], "06-10"]))
    people.add("three and day -8", *SURGERY, *map(worn, [*week[1:], "06-02"]))
    people.add("three, one on two devices", *SURGERY, *map(worn, [*week[1:], "06-09"]))
    people.add("one is invalid", *SURGERY, *map(worn, week[1:]), worn("06-03", valid=0))
    people.add("one is unknown", *SURGERY, *map(worn, week[1:]), worn("06-03", valid=None))
    after = [worn("06-10", steps=9), worn("06-11", steps=1000), worn("07-10", steps=3000)]
    late = [worn("07-11", steps=9), worn("06-20", valid=0, steps=9)]
    people.add("after", *SURGERY, *map(worn, week), *after, *late)
    rows = people.members("worn-before-surgery", databases, dialect)
    assert set(rows) == {"four", "after"}
    keys = ("valid_days_before", "steps_before", "valid_days_after", "steps_after")
    found = picked(rows, *keys)
    assert found == {"four": [(4, 4000.0, 0, None)], "after": [(4, 4000.0, 2, 2000.0)]}
    rows = people.members("worn-before-surgery", databases, dialect, valid_days="3")
    assert len(rows) == 8
