"""Readmission in its two readings, the joining of stays, and where people go: rule by rule."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.queries.databases import EXECUTED, Databases
from tests.queries.kit.people import (
    WITHOUT_SPARK,
    Event,
    People,
    diagnosis,
    observed,
    operation,
    picked,
    stay,
    visit,
)

EVERYWHERE = pytest.mark.parametrize("dialect", EXECUTED)
ALMOST_EVERYWHERE = pytest.mark.parametrize("dialect", WITHOUT_SPARK)
HWR, PCR = "readmission-cms-hwr", "readmission-ncqa-pcr"
FUSION, PROSTHESIS, KIDNEY = "0SG00AJ", "0SR9019", "0TY00Z0"


def check(
    query: str, databases: Databases, dialect: str, column: str,
    cases: list[tuple[Any, ...]], **values: str,
) -> None:  # fmt: skip
    """Each case: name, expected values in the order of rows, events, and facts of the person."""
    people = People()
    for name, _, events, *facts in cases:
        people.add(name, *events, **(facts[0] if facts else {}))
    found = people.run(query, databases, dialect, **values)
    assert {name: [row[column] for row in rows] for name, rows in found.items()} == {
        name: wanted for name, wanted, *_ in cases
    }


FIRST = stay("01-01", "01-05")
LATER = stay("01-20", "01-25")
HWR_CASES: list[tuple[Any, ...]] = [
    ("day 1", [1, 0], [FIRST, stay("01-06", "01-09")]),
    ("day 0 is left out", [0, 0], [FIRST, stay("01-05 20:00", "01-09")]),
    ("day 30", [1, 0], [FIRST, stay("02-04 23:59", "02-09")]),
    ("day 31", [0, 0], [FIRST, stay("02-05", "02-09")]),
    ("65 on the day of admission", [0], [FIRST], {"born": "1959-01-01"}),
    ("64 on the day of admission", [], [FIRST], {"born": "1959-01-02"}),
    ("no birth date", [], [FIRST], {"born": None}),
    ("readmission may be an index", [1, 1, 0], [FIRST, LATER, stay("02-10", "02-11")]),
    ("the first of two counts", [1, 0, 0], [FIRST, stay("01-10", "01-11"), stay("03-20", "03-25")]),
    ("emergency alone", [0], [FIRST, visit("01-10")]),
    ("observation alone", [0], [FIRST, stay("01-10", "01-12", "observation")]),
    # discharged alive, not against advice, not to a hospital
    ("discharged as died", [], [stay("01-01", "01-05", discharged_to="died")]),
    ("died on the day", [], [FIRST], {"died": "01-05"}),
    ("died the day after", [0], [FIRST], {"died": "01-06"}),
    ("against advice", [], [stay("01-01", "01-05", discharged_to="against-advice")]),
    ("home", [0], [stay("01-01", "01-05", discharged_to="home")]),
    ("to a hospital elsewhere", [], [stay("01-01", "01-05", discharged_to="hospital")]),
    # transfers are one stay, which ends with the last hospital
    ("transfer on the day", [1, 0],
     [stay("01-01", "01-05", discharged_to="hospital"), stay("01-05", "01-10"),
      stay("02-09", "02-10")]),
    ("transfer on the next day", [0],
     [stay("01-01", "01-05", discharged_to="hospital"), stay("01-06", "01-10")]),
    ("64 at a transfer's first admission", [],
     [stay("01-01", "01-05", discharged_to="hospital"), stay("01-06", "01-10")],
     {"born": "1959-01-04"}),
    ("65 where it is no transfer", [0],
     [stay("01-01", "01-05", discharged_to="hospital"), stay("01-07", "01-10")],
     {"born": "1959-01-04"}),
    ("two days later is no transfer", [0],
     [stay("01-01", "01-05", discharged_to="hospital"), stay("01-07", "01-10")]),
    ("transferred twice", [0],
     [stay("01-01", "01-03", discharged_to="hospital"),
      stay("01-03", "01-10", discharged_to="hospital"), stay("01-11", "01-20")]),
    ("home is no transfer", [1, 0],
     [stay("01-01", "01-05", discharged_to="home"), stay("01-06", "01-10")]),
    ("overlapping stays are one", [0], [stay("01-01", "01-05"), stay("01-04", "01-10")]),
    ("one inside the other", [1, 0],
     [stay("01-01", "01-20"), stay("01-04", "01-06"), stay("02-19", "02-20")]),
    # planned
    ("transplant", [0, 0], [FIRST, LATER, operation(KIDNEY, "01-21")]),
    ("transplant for sepsis", [0, 0],
     [FIRST, LATER, operation(KIDNEY, "01-21"), diagnosis("A41.9", "01-20")]),
    ("chemotherapy, itself no index", [0], [FIRST, LATER, diagnosis("Z51.11", "01-20")]),
    ("chemotherapy as a second diagnosis", [1, 0],
     [FIRST, LATER, diagnosis("Z51.11", "01-20", 2)]),
    ("a joint", [0, 0], [FIRST, LATER, operation(PROSTHESIS, "01-21")]),
    ("a joint after a fall", [1, 0],
     [FIRST, LATER, operation(PROSTHESIS, "01-21"), diagnosis("S72.001A", "01-20")]),
    ("a joint and a fall beside", [0, 0],
     [FIRST, LATER, operation(PROSTHESIS, "01-21"), diagnosis("S72.001A", "01-20", 2)]),
    ("a joint for arthrosis", [0, 0],
     [FIRST, LATER, operation(PROSTHESIS, "01-21"), diagnosis("M16.11", "01-20")]),
    ("a joint of an unknown encounter", [1, 0],
     [FIRST, LATER, operation(PROSTHESIS, "01-21", loose=True)]),
    ("decompression, which is not planned", [1, 0], [FIRST, LATER, operation("01NB0ZZ", "01-21")]),
    # Encounters are told apart within a person alone.
    ("a joint on an encounter", [0, 0],
     [FIRST, stay("01-20", "01-25", encounter_id="x"), operation(PROSTHESIS, "01-21")]),
    ("no joint on an encounter of that number", [1, 0],
     [FIRST, stay("01-20", "01-25", encounter_id="x")]),
    ("unplanned after planned", [0, 1, 0],
     [FIRST, stay("01-10", "01-12"), operation(PROSTHESIS, "01-10"), stay("01-20", "01-25")]),
    # excluded diagnoses
    ("psychiatric", [], [FIRST, diagnosis("F20.0", "01-01")]),
    ("psychiatric and operated on", [],
     [FIRST, diagnosis("F20.0", "01-01"), operation(FUSION, "01-02")]),
    ("psychiatric beside", [0], [FIRST, diagnosis("F20.0", "01-01", 2)]),
    ("psychiatric, position unknown", [0], [FIRST, diagnosis("F20.0", "01-01", None)]),
    ("alcohol", [0], [FIRST, diagnosis("F10.10", "01-01")]),
    ("delirium", [0], [FIRST, diagnosis("F05", "01-01")]),
    ("depression of a known disease", [], [FIRST, diagnosis("F06.31", "01-01")]),
    ("radiation", [], [FIRST, diagnosis("Z51.0", "01-01")]),
    ("cancer", [], [FIRST, diagnosis("C41.2", "01-01")]),
    ("a psychiatric readmission counts", [1], [FIRST, LATER, diagnosis("F20.0", "01-20")]),
    # unknown days
    ("no end", [], [stay("01-01", None)]),
    ("a readmission without an end", [1], [FIRST, stay("01-20", None)]),
    ("no start", [0], [FIRST, stay(None, "01-20")]),
    ("an end before the start", [0], [stay("01-05", "01-01")]),
]  # fmt: skip


@EVERYWHERE
def test_cms_reading(databases: Databases, dialect: str) -> None:
    check(HWR, databases, dialect, "readmitted", HWR_CASES)


@ALMOST_EVERYWHERE
def test_cms_dates_and_parameters(databases: Databases, dialect: str) -> None:
    people = People()
    people.add("planned", FIRST, LATER, operation(FUSION, "01-20"))
    people.add(
        "unplanned", FIRST, LATER, operation(FUSION, "01-20"), diagnosis("T81.42XA", "01-20")
    )
    people.add("always planned", FIRST, LATER, operation(KIDNEY, "01-20"))
    people.add("same day", FIRST, stay("01-05", "01-09"))
    people.add("not a readmission of itself", stay("01-05 08:00", "01-05 20:00"))
    rows = people.run(HWR, databases, dialect, first_day="0", until="2024-01-05")
    keys = ("admission_date", "discharge_date", "readmission_date", "days_to_readmission",
            "planned_first", "age")  # fmt: skip
    first = [date(2024, 1, 1), date(2024, 1, 5)]
    assert {
        name: [[one[key] for key in keys] for one in found] for name, found in rows.items()
    } == {
        "planned": [[*first, None, None, 1, 73]],
        "unplanned": [[*first, date(2024, 1, 20), 15, 0, 73]],
        "always planned": [[*first, None, None, 1, 73]],
        "same day": [[*first, date(2024, 1, 5), 0, 0, 73]],
        "not a readmission of itself": [[first[1], first[1], None, None, 0, 73]],
    }
    assert not any(people.run(HWR, databases, dialect, since="2024-01-26").values())


@ALMOST_EVERYWHERE
@pytest.mark.parametrize(
    ("query", "column"),
    [
        (HWR, "discharge_date"),
        (PCR, "discharge_date"),
        ("discharge-disposition", "discharge_date"),
        ("hospital-stays", "admission_date"),
        ("encounters", "start_date"),
        ("length-of-stay", "start_date"),
    ],
)
def test_both_dates_belong_to_the_range(
    databases: Databases, dialect: str, query: str, column: str
) -> None:
    people = People()
    for day in (4, 5, 6):
        start, end = (day - 1, day) if column == "discharge_date" else (day, day + 1)
        surgery = operation(FUSION, f"01-{start:02}")
        people.add(f"on {day}", *pcr(stay(f"01-{start:02}", f"01-{end:02}"), surgery))
    for since, until, days in (("05", "06", [5, 6]), ("04", "05", [4, 5]), ("05", "05", [5])):
        rows = people.run(
            query, databases, dialect, since=f"2024-01-{since}", until=f"2024-01-{until}"
        )
        found = [one[column] for each in rows.values() for one in each]
        assert found == [date(2024, 1, day) for day in days]


YEAR = observed("2023-01-05", "2024-02-04")


def pcr(*events: Event) -> list[Event]:
    return [observed("2020-01-01", "2025-01-01"), *events]


PCR_CASES: list[tuple[Any, ...]] = [
    ("two days after", [1, 0], pcr(FIRST, stay("01-07", "01-09"))),
    ("two readmissions", [1, 1, 0], pcr(FIRST, stay("01-10", "01-12"), LATER)),
    ("the next day is one stay", [0], pcr(FIRST, stay("01-06", "01-09"))),
    ("the same day is one stay", [0], pcr(FIRST, stay("01-05", "01-09"))),
    ("day 30", [1, 0], pcr(FIRST, stay("02-04", "02-09"))),
    ("day 31", [0, 0], pcr(FIRST, stay("02-05", "02-09"))),
    ("observation is an index", [1, 0],
     pcr(stay("01-01", "01-03", "observation"), stay("01-20", "01-22"))),
    ("observation is a readmission", [1, 0], pcr(FIRST, stay("01-20", "01-22", "observation"))),
    ("emergency is none", [0], pcr(FIRST, visit("01-20"))),
    ("observation and inpatient are one", [0],
     pcr(stay("01-01", "01-03", "observation"), stay("01-03", "01-07"))),
    ("same-day stay", [], pcr(stay("01-01 08:00", "01-01 20:00"))),
    ("same-day readmission counts", [1], pcr(FIRST, stay("01-20 08:00", "01-20 20:00"))),
    ("same-day parts of a longer stay", [0],
     pcr(stay("01-01 08:00", "01-01 20:00"), stay("01-02 08:00", "01-02 20:00"))),
    ("18 on the day of discharge", [0], pcr(FIRST), {"born": "2006-01-05"}),
    ("17 on the day of discharge", [], pcr(FIRST), {"born": "2006-01-06"}),
    ("died in the stay", [], pcr(stay("01-01", "01-05", discharged_to="died"))),
    ("died on the day", [], pcr(FIRST), {"died": "01-05"}),
    ("died the day after", [0], pcr(FIRST), {"died": "01-06"}),
    ("against advice stays", [0], pcr(stay("01-01", "01-05", discharged_to="against-advice"))),
    ("pregnancy", [], pcr(FIRST, diagnosis("O80", "01-01"))),
    ("pregnancy beside", [0], pcr(FIRST, diagnosis("O80", "01-01", 2))),
    ("readmission for pregnancy", [0], pcr(FIRST, LATER, diagnosis("O80", "01-20"))),
    ("planned does not stop the count", [1, 1, 0],
     pcr(FIRST, stay("01-10", "01-12"), operation(PROSTHESIS, "01-10"), LATER)),
    ("planned alone", [0, 0], pcr(FIRST, LATER, operation(PROSTHESIS, "01-20"))),
    ("planned by the acute", [1, 0],
     pcr(FIRST, LATER, operation(PROSTHESIS, "01-20"), diagnosis("S72.001A", "01-20"))),
    ("no end", [], pcr(stay("01-01", None))),
    ("nobody observed", [], [FIRST]),
    ("observed from the discharge", [0], [observed("2024-01-05", "2025-01-01"), FIRST]),
    ("observed from the day after", [], [observed("2024-01-06", "2025-01-01"), FIRST]),
    ("observed until the discharge", [0], [observed("2020-01-01", "2024-01-05"), FIRST]),
    ("observed until the day before", [], [observed("2020-01-01", "2024-01-04"), FIRST]),
]  # fmt: skip


@EVERYWHERE
def test_ncqa_reading(databases: Databases, dialect: str) -> None:
    check(PCR, databases, dialect, "readmitted", PCR_CASES)


@ALMOST_EVERYWHERE
def test_ncqa_tells_the_first_readmission(databases: Databases, dialect: str) -> None:
    people = People()
    people.add("two", *pcr(FIRST, stay("01-10", "01-12"), LATER))
    planned = (stay("01-10", "01-12"), operation(KIDNEY, "01-10"))
    people.add("planned first", *pcr(FIRST, *planned, LATER))
    rows = people.run(PCR, databases, dialect)
    found = picked(rows, "readmission_date", "days_to_readmission", "age")
    assert found["two"][0] == (date(2024, 1, 10), 5, 73)
    assert found["planned first"][0] == (date(2024, 1, 20), 15, 73)


@ALMOST_EVERYWHERE
def test_ncqa_observation_and_ages(databases: Databases, dialect: str) -> None:
    cases: list[tuple[Any, ...]] = [
        ("a year and a month", [0], [YEAR, FIRST]),
        ("a day less before", [], [observed("2023-01-06", "2024-02-04"), FIRST]),
        ("a day less after", [], [observed("2023-01-05", "2024-02-03"), FIRST]),
        ("two periods do not add", [],
         [observed("2022-01-05", "2024-01-04"), observed("2024-01-05", "2025-02-04"), FIRST]),
        ("64", [0], [YEAR, FIRST], {"born": "1959-01-06"}),
        ("65", [], [YEAR, FIRST], {"born": "1959-01-05"}),
    ]  # fmt: skip
    cases = [(*case[:3], case[3] if len(case) > 3 else {"born": "1980-01-01"}) for case in cases]
    check(PCR, databases, dialect, "readmitted", cases,
          observed_before="365", observed_after="30", maximum_age="64")  # fmt: skip


@EVERYWHERE
def test_stays_and_their_length(databases: Databases, dialect: str) -> None:
    people = People()
    people.add("nights", stay("01-01 23:59", "01-03 00:01"))
    people.add("one day", stay("01-01", "01-01 23:59"))
    people.add("joined", stay("01-01", "01-02", "observation"), stay("01-03", "01-05"))
    people.add("not joined", stay("01-01", "01-02", "observation"), stay("01-04", "01-05"))
    people.add("observed", stay("01-01", "01-02", "observation"), visit("01-02"))
    people.add("no end", stay("01-01", None), stay("01-02", "01-05"))
    people.add("leap", stay("02-28", "03-01"))
    people.add("two inside one", stay("01-01", "01-20"), stay("01-04", "01-06"),
               stay("01-10", "01-12"))  # fmt: skip
    people.add("no start", stay(None, "01-05"))
    people.add("ends before it starts", stay("01-05", "01-01"))
    rows = people.run("hospital-stays", databases, dialect)
    keys = ("nights", "calendar_days", "parts", "inpatient")
    assert picked(rows, *keys) == {
        "nights": [(2, 3, 1, 1)],
        "one day": [(0, 1, 1, 1)],
        "joined": [(4, 5, 2, 1)],
        "not joined": [(1, 2, 1, 0), (1, 2, 1, 1)],
        "observed": [(1, 2, 1, 0)],
        "no end": [(None, None, 2, 1)],
        "leap": [(2, 3, 1, 1)],
        "two inside one": [(19, 20, 3, 1)],
        "no start": [],
        "ends before it starts": [(0, 1, 1, 1)],
    }  # fmt: skip
    alone = people.run(
        "hospital-stays", databases, dialect, observation="0", gap="0", since="2024-01-02"
    )
    assert [(name, one["nights"]) for name, found in alone.items() for one in found] == [
        ("joined", 2), ("not joined", 1), ("no end", 3), ("leap", 2),
        ("ends before it starts", 0),
    ]  # fmt: skip


@EVERYWHERE
def test_destinations(databases: Databases, dialect: str) -> None:
    people = People()
    groups = {
        "home": ("home", 1), "home-health": ("home", 1), "skilled-nursing": ("facility", 0),
        "rehabilitation": ("facility", 0), "long-term-care": ("facility", 0),
        "psychiatric": ("facility", 0), "hospital": ("facility", 0), "hospice": ("hospice", 0),
        "died": ("died", 0), "against-advice": ("against-advice", 0), "other": ("other", 0),
    }  # fmt: skip
    for to in groups:
        people.add(to, stay("01-01", "01-05", discharged_to=to), operation(FUSION, "01-01"))
    people.add("unknown", stay("01-01", "01-05"), operation(FUSION, "01-01"))
    people.add("no spine surgery", stay("01-01", "01-05"), operation("0SG504Z", "01-01"))
    people.add("in no encounter", stay("01-01", "01-05"), operation(FUSION, "01-01", loose=True))
    people.add("not discharged", stay("01-01", None), operation(FUSION, "01-01"))
    people.add("moved on", stay("01-01", "01-05", discharged_to="rehabilitation"),
               operation(FUSION, "01-02"), operation(FUSION, "01-03"),
               stay("01-06", "01-20", discharged_to="home"))  # fmt: skip
    people.add("two rows end on one day", stay("01-01", "01-05", discharged_to="home"),
               operation(FUSION, "01-01"),
               stay("01-03", "01-05", discharged_to="rehabilitation"))  # fmt: skip
    people.add("under observation", stay("01-01", "01-02", "observation", discharged_to="home"),
               operation(FUSION, "01-01"))  # fmt: skip
    elsewhere = stay("01-07", "01-20", discharged_to="home")
    people.add("two days between", stay("01-01", "01-05", discharged_to="hospital"),
               operation(FUSION, "01-02"), elsewhere)  # fmt: skip
    rows = people.run("discharge-disposition", databases, dialect)
    known = {name: [wanted] for name, wanted in groups.items()}
    assert picked(rows, "destination", "home") == known | {
        "unknown": [("unknown", None)], "no spine surgery": [], "in no encounter": [],
        "not discharged": [], "moved on": [("home", 1)],
        "two rows end on one day": [("facility", 0)], "under observation": [("home", 1)],
        "two days between": [("facility", 0)],
    }  # fmt: skip
    assert rows["moved on"][0]["surgery_date"] == date(2024, 1, 2)
    assert rows["moved on"][0]["discharge_date"] == date(2024, 1, 20)
    later = people.run("discharge-disposition", databases, dialect, since="2024-01-06")
    assert [name for name, each in later.items() if each] == ["moved on"]
