"""Body mass index: windows, weight and height, units, classes, errors, diagnoses."""

from __future__ import annotations

from datetime import date

import pytest

from tests.queries.databases import Databases
from tests.queries.kit.events import result
from tests.queries.kit.people import WITHOUT_SPARK, People, diagnosis, operation, picked, stay

pytestmark = pytest.mark.parametrize("dialect", WITHOUT_SPARK)
SURGERY = (stay("06-10", "06-13"), operation("0SG00A0", "06-10"))
BMI, WEIGHT, HEIGHT = "39156-5", "29463-7", "8302-2"


def run(people, databases, dialect, *keys, **values):
    return picked(people.run("body-mass-index", databases, dialect, **values), *keys)


def test_the_nearest_in_the_window(databases: Databases, dialect: str) -> None:
    people = People()
    people.add("day -365", *SURGERY, result(BMI, "2023-06-11", 31))
    people.add("day -366", *SURGERY, result(BMI, "2023-06-10", 31))
    people.add("day 0", *SURGERY, result(BMI, "06-10 23:00", 31))
    people.add("day 1", *SURGERY, result(BMI, "06-11", 31))
    people.add("nearest", *SURGERY, result(BMI, "05-01", 28), result(BMI, "06-01", 31))
    people.add("implausible", *SURGERY, result(BMI, "06-01", 3.1), result(BMI, "05-01", 31))
    people.add("edges", *SURGERY, result(BMI, "06-01", 100.1), result(BMI, "05-01", 10))
    people.add("other edges", *SURGERY, result(BMI, "06-01", 9.9), result(BMI, "05-01", 100))
    people.add("undated", *SURGERY, result(BMI, None, 31))
    found = run(people, databases, dialect, "bmi")
    assert found == {
        "day -365": [(31.0,)],
        "day -366": [(None,)],
        "day 0": [(31.0,)],
        "day 1": [(None,)],
        "nearest": [(31.0,)],
        "implausible": [(31.0,)],
        "edges": [(10.0,)],
        "other edges": [(100.0,)],
        "undated": [(None,)],
    }
    after = run(people, databases, dialect, "bmi", after="1")
    assert after["day 1"] == [(31.0,)]


def test_weight_and_height_where_no_index_is_measured(databases: Databases, dialect: str) -> None:
    people = People()
    sizes = {
        "metric": ((81, "kg"), (1.6, "m")),
        "cm": ((81, "KG"), (160, " cm ")),
        "pounds": ((178.574, "lb"), (62.992, "in")),
        "ounces": ((2857.19, "[oz_av]"), (5.24934, "ft")),
        "grams": ((81000, "g"), (1600, "mm")),
    }
    for name, (weight, height) in sizes.items():
        people.add(
            name, *SURGERY, result(WEIGHT, "06-01", *weight), result(HEIGHT, "2020-06-01", *height)
        )
    people.add(
        "measured first",
        *SURGERY,
        result(BMI, "2023-07-01", 29),
        result(WEIGHT, "06-01", 81, "kg"),
        result(HEIGHT, "06-01", 160, "cm"),
    )
    people.add("no unit", *SURGERY, result(WEIGHT, "06-01", 80), result(HEIGHT, "06-01", 160, "cm"))
    people.add("no height", *SURGERY, result(WEIGHT, "06-01", 81, "kg"))
    people.add(
        "old height",
        *SURGERY,
        result(WEIGHT, "06-01", 81, "kg"),
        result(HEIGHT, "2019-06-12", 160, "cm"),
    )
    people.add(
        "older height",
        *SURGERY,
        result(WEIGHT, "06-01", 81, "kg"),
        result(HEIGHT, "2019-06-11", 160, "cm"),
    )
    people.add(
        "height in inches by mistake",
        *SURGERY,
        result(WEIGHT, "06-01", 81, "kg"),
        result(HEIGHT, "06-01", 160, "in"),
    )
    kilograms, metres = result(HEIGHT, "06-01", 81, "kg"), result(WEIGHT, "06-01", 1.6, "m")
    people.add("height in kg", *SURGERY, result(HEIGHT, "06-01", 160, "cm"), kilograms)
    people.add("weight in m", *SURGERY, result(WEIGHT, "06-01", 81, "kg"), metres)
    found = run(people, databases, dialect, "bmi", "bmi_from", "bmi_date")
    computed = [(31.6, "weight and height", date(2024, 6, 1))]
    assert all(found[name] == computed for name in (*sizes, "old height"))
    assert found["measured first"] == [(29.0, "measured", date(2023, 7, 1))]
    for name in ("no unit", "no height", "older height", "height in inches by mistake",
                 "height in kg", "weight in m"):  # fmt: skip
        assert found[name] == [(None, None, None)]


def test_edges_of_a_computed_index(databases: Databases, dialect: str) -> None:
    people = People()
    sizes = {
        "10": (40, 2, 10.0),
        "9.9": (39.6, 2, None),
        "100": (100, 1, 100.0),
        "100.1": (100.1, 1, None),
        "95 cm": (18.05, 0.95, 20.0),
        "900 g": (0.9, 0.25, 14.4),
    }
    for name, (weight, height, _) in sizes.items():
        measured = (result(WEIGHT, "06-01", weight, "kg"), result(HEIGHT, "06-01", height, "m"))
        people.add(name, *SURGERY, *measured)
    found = run(people, databases, dialect, "bmi")
    assert found == {name: [(wanted,)] for name, (_, _, wanted) in sizes.items()}


def test_days_of_weight_and_height(databases: Databases, dialect: str) -> None:
    people, years = People(), {"2023-06-11": True, "2023-06-10": False}
    days = {"06-10 23:00": True, "06-11": False}
    for day in years | days:
        weight, height = result(WEIGHT, day, 81, "kg"), result(HEIGHT, "06-01", 160, "cm")
        people.add(f"weight {day}", *SURGERY, weight, height)
    for day in days:
        weight, height = result(WEIGHT, "06-01", 81, "kg"), result(HEIGHT, day, 160, "cm")
        people.add(f"height {day}", *SURGERY, weight, height)
    found = {who: each == [(31.6,)] for who, each in run(people, databases, dialect, "bmi").items()}
    assert found == {f"weight {day}": wanted for day, wanted in (years | days).items()} | {
        f"height {day}": wanted for day, wanted in days.items()
    }
    after = run(people, databases, dialect, "bmi", after="1")
    assert after["weight 06-11"] == after["height 06-11"] == [(31.6,)]


def test_each_operation_has_its_own_size(databases: Databases, dialect: str) -> None:
    people = People()
    again = (stay("2025-09-10", "2025-09-13"), operation("0SG10A0", "2025-09-10"))
    people.add(
        "measured", *SURGERY, *again, result(BMI, "06-01", 31), result(BMI, "2025-09-01", 28)
    )
    sizes = (
        result(WEIGHT, "06-01", 81, "kg"),
        result(WEIGHT, "2025-09-01", 90, "kg"),
        result(HEIGHT, "05-01", 160, "cm"),
        result(HEIGHT, "2025-08-01", 150, "cm"),
    )
    people.add("computed", *SURGERY, *again, *sizes, diagnosis("E66.01", "2025-09-01"))
    found = run(people, databases, dialect, "bmi", "obesity_diagnosis", keep="every")
    assert found == {"measured": [(31.0, 0), (28.0, 0)], "computed": [(31.6, 0), (40.0, 1)]}


def test_which_of_several_sizes(databases: Databases, dialect: str) -> None:
    people = People()
    people.add("tie", *SURGERY, result(BMI, "06-05", 28), result(BMI, "06-15", 31))
    people.add(
        "nearest of each",
        *SURGERY,
        result(WEIGHT, "05-01", 99, "kg"),
        result(WEIGHT, "06-01", 81, "kg"),
        result(HEIGHT, "2020-06-01", 190, "cm"),
        result(HEIGHT, "2021-06-01", 160, "cm"),
    )
    people.add(
        "no weight",
        *SURGERY,
        result(WEIGHT, "06-01", 0, "kg"),
        result(WEIGHT, "05-01", 81, "kg"),
        result(HEIGHT, "05-01", 0, "cm"),
        result(HEIGHT, "04-01", 160, "cm"),
    )
    sizes = ((BMI, None, 28, 31), (WEIGHT, "kg", 81, 90), (HEIGHT, "cm", 160, 150))
    for code, unit, first, second in sizes:
        others = [result(WEIGHT, "06-02", 81, "kg"), result(HEIGHT, "06-02", 160, "cm")]
        rest = [one for one in others if one[1]["code"] != code]
        # As near: the earlier one, else the lower event, else the lower value.
        days = (result(code, "06-15", second, unit), result(code, "06-05", first, unit))
        people.add(f"{code} tie of days", *SURGERY, *rest, *days)
        events = [
            result(code, "06-05", max(first, second), unit, event_id=f"{code} A"),
            result(code, "06-05", min(first, second), unit, event_id=f"{code} a"),
        ]
        people.add(f"{code} tie of one day", *SURGERY, *rest, *events)
        events = [(table, row | {"event_id": f"{code} same"}) for table, row in events]
        people.add(f"{code} tie of one event", *SURGERY, *rest, *events)
    found = run(people, databases, dialect, "bmi", "bmi_date", after="10")
    ties = {who: each[0][0] for who, each in found.items() if "tie of" in who}
    assert list(ties.values()) == [28, 31, 28, 31.6, 35.2, 31.6, 31.6, 31.6, 36.0]
    assert found["tie"] == [(28.0, date(2024, 6, 5))]
    assert found["nearest of each"] == [(31.6, date(2024, 6, 1))]
    assert found["no weight"] == [(31.6, date(2024, 5, 1))]


def test_classes_and_age(databases: Databases, dialect: str) -> None:
    people = People()
    classes = {
        18.4: ("underweight", 0),
        18.5: ("normal", 0),
        24.9: ("normal", 0),
        25: ("overweight", 0),
        29.9: ("overweight", 0),
        29.96: ("obesity 1", 1),
        30: ("obesity 1", 1),
        34.9: ("obesity 1", 1),
        35: ("obesity 2", 1),
        39.9: ("obesity 2", 1),
        40: ("obesity 3", 1),
    }
    for value in classes:
        people.add(str(value), *SURGERY, result(BMI, "06-01", value))
    people.add("17", *SURGERY, result(BMI, "06-01", 31), born="2006-06-11")
    people.add("18", *SURGERY, result(BMI, "06-01", 31), born="2006-06-10")
    people.add("18, lean", *SURGERY, result(BMI, "06-01", 21), born="2006-06-10")
    people.add("17, lean", *SURGERY, result(BMI, "06-01", 21), born="2006-06-11")
    people.add("unborn", *SURGERY, result(BMI, "06-01", 31), born=None)
    people.add("unmeasured", *SURGERY)
    found = run(people, databases, dialect, "class", "obese")
    assert {name: found[str(name)] for name in classes} == {k: [v] for k, v in classes.items()}
    for name in ("17", "17, lean", "unborn", "unmeasured"):
        assert found[name] == [(None, None)]
    assert (found["18"], found["18, lean"]) == ([("obesity 1", 1)], [("normal", 0)])


def test_diagnoses(databases: Databases, dialect: str) -> None:
    people = People()
    for name, code, day in (
        ("E66", "E66.01", "2023-06-11"),
        ("Z68", "Z68.35", "06-10"),
        ("early", "E66.01", "2023-06-10"),
        ("late", "E66.01", "06-11"),
        ("overweight", "E66.3", "06-01"),
        ("Z68.29", "Z68.29", "06-01"),
    ):
        people.add(name, *SURGERY, diagnosis(code, day))
    people.add("twice", *SURGERY, diagnosis("E66.01", "06-01"), diagnosis("E66.01", "06-02"))
    found = run(people, databases, dialect, "obesity_diagnosis")
    assert found == {
        "twice": [(1,)],
        "E66": [(1,)],
        "Z68": [(1,)],
        "early": [(0,)],
        "late": [(0,)],
        "overweight": [(0,)],
        "Z68.29": [(0,)],
    }
