"""Episodes in the manner of the CMS TEAM model: anchors, what happens in one, overlaps."""

from __future__ import annotations

from datetime import date

import pytest

from tests.queries.databases import EXECUTED, Databases
from tests.queries.kit.people import WITHOUT_SPARK, People, operation, picked, stay, visit

EVERYWHERE = pytest.mark.parametrize("dialect", EXECUTED)
ALMOST_EVERYWHERE = pytest.mark.parametrize("dialect", WITHOUT_SPARK)
TEAM = "team-spinal-fusion-episodes"
STAY = stay("01-01", "01-05")


@ALMOST_EVERYWHERE
def test_team_episodes(databases: Databases, dialect: str) -> None:
    people = People()
    drg = operation("402", "01-01", "drg")
    anchor = [STAY, drg]
    for number in ("402", "426", "430", "447", "451", "471", "473"):
        people.add(f"drg {number}", STAY, operation(number, "01-01", "drg"))
    for number in ("456", "458", "453", "518"):
        people.add(f"no drg {number}", STAY, operation(number, "01-01", "drg"))
    people.add("outpatient", visit("01-05", "outpatient"), operation("22551", "01-05", "hcpcs"))
    people.add("outpatient, two numbers", visit("01-05", "outpatient"),
               *(operation(number, "01-05", "hcpcs") for number in ("22551", "22554")))  # fmt: skip
    people.add("number of an inpatient", STAY, operation("22551", "01-01", "hcpcs"))
    people.add("both", *anchor, operation("22551", "01-01", "hcpcs"))
    people.add("number without an encounter", operation("22551", "01-05", "hcpcs", loose=True))
    people.add(
        "drg of an outpatient", visit("01-05", "outpatient"), operation("402", "01-05", "drg")
    )
    people.add("65", *anchor, born="1959-01-01")
    people.add("64", *anchor, born="1959-01-02")
    people.add("65 in the stay", *anchor, born="1958-01-03")
    people.add("no end", stay("01-01", None), drg)
    people.add("died on the day", *anchor, died="01-05")
    people.add("died the day after", *anchor, died="01-06")
    people.add("died on day 30", *anchor, died="02-04")
    people.add("died on day 31", *anchor, died="02-05")
    # Rows and codes of one encounter are one anchor, from the first start to the last discharge.
    second = operation("426", "01-02", "drg")
    people.add("two rows", stay("01-01", "01-02", encounter_id="two"), drg,
               stay("01-02", "01-05", encounter_id="two"), second)  # fmt: skip
    people.add("two rows, last first", stay("01-03", "01-05", encounter_id="last"), drg,
               stay("01-01", "01-04", encounter_id="last"))  # fmt: skip
    # Encounters are told apart within a person alone.
    people.add("drg of another's number", visit("01-05", "outpatient", encounter_id="two"), drg)
    people.add("outpatient of another's number", visit("01-05", "outpatient", encounter_id="two"),
               operation("22551", "01-05", "hcpcs"))  # fmt: skip
    people.add("outpatient, later inpatient", visit("01-05", "outpatient"),
               operation("22551", "01-05", "hcpcs"), stay("01-20", "01-22"))  # fmt: skip
    rows = people.run(TEAM, databases, dialect)
    ages = picked(rows, "age")
    assert (ages["65"], ages["65 in the stay"]) == ([(65,)], [(65,)])
    keys = ("anchor", "start_date", "discharge_date", "end_date", "died")
    found = picked(rows, *keys)
    first, fifth, end = date(2024, 1, 1), date(2024, 1, 5), date(2024, 2, 4)
    inpatient = [("hospitalization", first, fifth, end, 0)]
    outpatient = [("procedure", fifth, fifth, end, 0)]
    none = {"64", "no end", "died on the day", "number of an inpatient", "drg of an outpatient",
            "number without an encounter", "drg of another's number"}  # fmt: skip
    for name, each in found.items():
        if name.startswith("died "):
            died = int(name in ("died the day after", "died on day 30"))
            assert each == ([] if name in none else [(*inpatient[0][:4], died)]), name
        elif name in none or name.startswith("no drg"):
            assert each == [], name
        else:
            assert each == (outpatient if name.startswith("outpatient") else inpatient), name


@EVERYWHERE
def test_what_happens_in_a_team_episode(databases: Databases, dialect: str) -> None:
    people = People()
    anchor = [STAY, operation("402", "01-01", "drg")]
    visits = {
        "nothing": ([], (0, 0, 0)),
        "own emergency row": ([visit("01-02", encounter_id="own emergency row 1")], (0, 0, 0)),
        "own row, later": ([visit("01-08", encounter_id="own row, later 1")], (0, 0, 0)),
        "the day of discharge": ([visit("01-05"), stay("01-05", "01-09")], (0, 0, 0)),
        "day 1": ([visit("01-06"), stay("01-06", "01-09")], (1, 1, 0)),
        "day 30": ([visit("02-04 23:59"), stay("02-04", "02-09")], (1, 1, 0)),
        "day 31": ([visit("02-05"), stay("02-05", "02-09")], (0, 0, 0)),
        "one encounter of two kinds": (
            [visit("01-10", encounter_id="x"), stay("01-10", "01-12", encounter_id="x")], (1, 1, 0),
        ),
        "one encounter of two rows": (
            [visit("01-10", encounter_id="y"), visit("01-11", encounter_id="y"),
             stay("01-12", "01-13", encounter_id="z"), stay("01-13", "01-15", encounter_id="z")],
            (1, 1, 0),
        ),
        "neither": ([visit("01-10", "outpatient"), visit("01-11", "observation")], (0, 0, 0)),
    }  # fmt: skip
    for name, (events, _) in visits.items():
        people.add(name, *anchor, *events)
    people.add("overlap", *anchor, stay("02-04", "02-06"), operation("426", "02-04", "drg"))
    people.add("no overlap", *anchor, stay("02-05", "02-06"), operation("426", "02-05", "drg"))
    people.add("later than others", stay("01-10", "01-20"), operation("402", "01-10", "drg"))
    people.add("three", *anchor, stay("01-10", "01-12"), operation("402", "01-10", "drg"),
               stay("01-20", "01-22"), operation("402", "01-20", "drg"))  # fmt: skip
    rows = people.run(TEAM, databases, dialect)
    keys = ("ed_visits", "readmissions", "overlaps_earlier")
    assert picked(rows, *keys) == {
        name: [wanted] for name, (_, wanted) in visits.items()
    } | {
        "overlap": [(0, 1, 0), (0, 0, 1)], "no overlap": [(0, 0, 0), (0, 0, 0)],
        "later than others": [(0, 0, 0)], "three": [(0, 2, 0), (0, 1, 1), (0, 0, 1)],
    }  # fmt: skip
    shorter = people.run(TEAM, databases, dialect, last_day="29")
    assert [one["ed_visits"] for one in shorter["day 30"]] == [0]
    later = people.run(TEAM, databases, dialect, since="2024-01-02")
    flags = {who: each for who, each in picked(later, "overlaps_earlier").items() if each}
    assert flags == {
        "overlap": [(1,)], "no overlap": [(0,)], "later than others": [(0,)],
        "three": [(1,), (1,)],
    }  # fmt: skip


@ALMOST_EVERYWHERE
def test_which_of_two_team_anchors_is_the_earlier(databases: Databases, dialect: str) -> None:
    people, drg = People(), operation("402", "01-02", "drg")
    # name: first and second anchor by start, by discharge, by encounter
    pairs = {
        "starts first, ends last": ("01-01", "01-20", "b"), "ends first": ("01-02", "01-04", "b"),
        "lower encounter": ("01-02", "01-05", "9"),
    }  # fmt: skip
    for name, (start, end, encounter) in pairs.items():
        people.add(name, stay("01-02", "01-05", encounter_id="a"), drg,
                   stay(start, end, encounter_id=encounter), drg)  # fmt: skip
    rows = people.run(TEAM, databases, dialect)
    found = picked(rows, "encounter_id", "overlaps_earlier")
    assert {who: sorted(each) for who, each in found.items()} == {
        "starts first, ends last": [("a", 1), ("b", 0)],
        "ends first": [("a", 1), ("b", 0)],
        "lower encounter": [("9", 0), ("a", 1)],
    }


@ALMOST_EVERYWHERE
def test_both_dates_belong_to_the_range(databases: Databases, dialect: str) -> None:
    people = People()
    for day in (4, 5, 6):
        start = f"01-0{day}"
        people.add(f"on {day}", stay(start, "01-09"), operation("402", start, "drg"))
    for since, until, days in (("05", "06", [5, 6]), ("04", "05", [4, 5]), ("05", "05", [5])):
        dates = {"since": f"2024-01-{since}", "until": f"2024-01-{until}"}
        rows = people.run(TEAM, databases, dialect, **dates)
        found = [one["start_date"] for each in rows.values() for one in each]
        assert found == [date(2024, 1, day) for day in days]
