"""Levels fused with the classes of Deyo, and episodes in the manner of TEAM: rule by rule."""

from __future__ import annotations

from datetime import date

import pytest

from tests.queries.databases import EXECUTED, Databases
from tests.queries.kit.people import WITHOUT_SPARK, People, operation, picked, stay, visit

EVERYWHERE = pytest.mark.parametrize("dialect", EXECUTED)
ALMOST_EVERYWHERE = pytest.mark.parametrize("dialect", WITHOUT_SPARK)
STAY = stay("01-01", "01-05")


def pcs(*codes: str, day: str | None = "01-01") -> list[tuple[str, dict[str, object]]]:
    return [STAY, *(operation(code, day) for code in codes)]


FUSIONS = {
    # codes: (joints, multi_level, anterior, posterior, class)
    "occiput 0RG0070": (1, 0, 1, 0, "simple fusion"),
    "one 0SG00A0": (1, 0, 1, 0, "simple fusion"),
    "one from behind 0SG00AJ": (1, 0, 0, 1, "simple fusion"),
    "one level, two grafts 0SG00AJ 0SG0071": (1, 0, 0, 1, "simple fusion"),
    "one level, both ways 0SG00A0 0SG0071": (1, 0, 1, 1, "complex fusion"),
    "two or more 0SG10A0": (2, 1, 1, 0, "simple fusion"),
    "two neighbours 0SG00AJ 0SG30AJ": (2, 1, 0, 1, "simple fusion"),
    "three 0SG10AJ 0SG30AJ": (3, 1, 0, 1, "complex fusion"),
    "thorax, two to seven 0RG7071": (2, 1, 0, 1, "simple fusion"),
    "thorax, eight or more 0RG8071": (8, 1, 0, 1, "complex fusion"),
    "down to the loin 0RGA071 0SG00AJ 0RG60AJ": (3, 1, 0, 1, "complex fusion"),
    "custom-made XRGB0R7": (1, 0, 0, 0, "simple fusion"),
    "custom-made, two or more XRGC0R7": (2, 1, 0, 0, "simple fusion"),
    "custom-made beside its own part XRGB0R7 0SG00AJ": (1, 0, 0, 1, "simple fusion"),
    "nerve alone 01NB0ZZ": (0, None, 0, 0, "decompression"),
    "nerve and joint 01NB0ZZ 0SG00AJ": (1, 0, 0, 1, "simple fusion"),
}
BOTH_COLUMNS = ("one level, two grafts 0SG00AJ 0SG0071", "one level, both ways 0SG00A0 0SG0071",
                "down to the loin 0RGA071 0SG00AJ 0RG60AJ")  # fmt: skip
NEITHER = ("sacroiliac 0SG704Z", "ankle 0SGF04Z", "shoulder 0RGJ04Z", "biopsy 0SB20ZX",
           "sacrum 0SG504Z", "ankle, custom-made XRGJ0B9")  # fmt: skip


@EVERYWHERE
def test_joints_approaches_and_classes(databases: Databases, dialect: str) -> None:
    people = People()
    for name in (*FUSIONS, *NEITHER):
        codes = [word for word in name.split() if len(word) == 7 and any(map(str.isdigit, word))]
        assert codes, name
        people.add(name, *pcs(*codes))
    rows = people.run("levels-fused", databases, dialect)
    keys = ("joints", "multi_level", "anterior", "posterior", "deyo_class")
    assert {
        who: [tuple(one[key] for key in keys) for one in each] for who, each in rows.items()
    } == {name: [wanted] for name, wanted in FUSIONS.items()} | {name: [] for name in NEITHER}
    for each in rows.values():
        assert all(one["combined"] == one["anterior"] * one["posterior"] for one in each)
        assert all(one["both_columns"] == (one["person_id"] in BOTH_COLUMNS) for one in each)
        assert all(one["decompressed"] == ("nerve" in one["person_id"]) for one in each)


@ALMOST_EVERYWHERE
def test_regions(databases: Databases, dialect: str) -> None:
    people = People()
    neck, chest, loin = ("0", "1", "2", "4"), ("6", "7", "8", "A"), ("0", "1", "3")
    wanted = {f"0RG{part}071": (1, 0, 0) for part in neck}
    wanted |= {f"0RG{part}071": (0, 1, 0) for part in chest}
    wanted |= {f"0SG{part}071": (0, 0, 1) for part in loin}
    wanted |= {"XRGA0R7": (0, 1, 0), "XRGD0R7": (0, 0, 1)}
    for code in wanted:
        people.add(code, *pcs(code))
    rows = people.run("levels-fused", databases, dialect)
    keys = ("cervical", "thoracic", "lumbar")
    assert picked(rows, *keys) == {code: [region] for code, region in wanted.items()}


@ALMOST_EVERYWHERE
def test_days_encounters_and_hcpcs(databases: Databases, dialect: str) -> None:
    people = People()
    people.add("staged", STAY, operation("0SG00A0", "01-01 08:00"), operation("0SG0071", "01-03"))
    people.add("one day", STAY, operation("0SG00A0", "01-01"), operation("0SG0071", "01-01 23:59"))
    people.add("two encounters", STAY, operation("0SG00A0", "01-01"),
               visit("01-01", "outpatient"), operation("0SG0071", "01-01"))  # fmt: skip
    people.add("no encounter", operation("0SG00A0", "01-01", loose=True))
    people.add("no day", STAY, operation("0SG00A0", None))
    for number, side in (("22551", (1, 0, 0)), ("22554", (1, 0, 0)), ("22612", (0, 1, 0)),
                         ("22630", (0, 1, 0)), ("22633", (0, 1, 1))):  # fmt: skip
        people.add(f"{number} {side}", STAY, operation(number, "01-01", "hcpcs"))
    people.add("billed a day later", *pcs("0SG10A0"), operation("22612", "01-02", "hcpcs"))
    people.add("billed a day before", *pcs("0SG10A0", day="01-02"),
               operation("22612", "01-01", "hcpcs"))  # fmt: skip
    people.add("billed two days later", *pcs("0SG10A0"), operation("22612", "01-03", "hcpcs"))
    people.add("another number", STAY, operation("63030", "01-01", "hcpcs"))
    rows = people.run("levels-fused", databases, dialect)
    keys = ("surgery_date", "coded_in", "joints", "multi_level")
    found = picked(rows, *keys)
    first, second, third = (date(2024, 1, day) for day in (1, 2, 3))
    pcs_row, hcpcs_row = (first, "icd10pcs", 1, 0), (first, "hcpcs", 1, None)
    assert found["staged"] == [pcs_row, (third, "icd10pcs", 1, 0)]
    assert found["one day"] == [pcs_row]
    assert found["two encounters"] == [pcs_row, pcs_row]
    assert [one["combined"] for one in rows["two encounters"] + rows["one day"]] == [0, 0, 1]
    assert (found["no encounter"], rows["no encounter"][0]["encounter_id"]) == ([pcs_row], None)
    assert found["no day"] == found["another number"] == []
    for name in (one for one in rows if one.startswith("22")):
        assert found[name] == [hcpcs_row]
        sides = picked(rows, "anterior", "posterior", "both_columns")[name]
        assert name[6:] == str(sides[0])
    assert found["billed a day later"] == [(first, "icd10pcs", 2, 1)]
    assert found["billed a day before"] == [(second, "icd10pcs", 2, 1)]
    assert found["billed two days later"][1] == (third, "hcpcs", 1, None)
    range_ = people.run("levels-fused", databases, dialect, since="2024-01-02", until="2024-01-03")
    assert {who: len(each) for who, each in range_.items() if each} == {
        "staged": 1, "billed two days later": 1, "billed a day before": 1,
    }  # fmt: skip
    assert second not in {one["surgery_date"] for one in rows["billed a day later"]}


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
    people.add("no end", stay("01-01", None), drg)
    people.add("died on the day", *anchor, died="01-05")
    people.add("died the day after", *anchor, died="01-06")
    people.add("died on day 30", *anchor, died="02-04")
    people.add("died on day 31", *anchor, died="02-05")
    rows = people.run("team-spinal-fusion-episodes", databases, dialect)
    keys = ("anchor", "start_date", "discharge_date", "end_date", "died")
    found = picked(rows, *keys)
    first, fifth, end = date(2024, 1, 1), date(2024, 1, 5), date(2024, 2, 4)
    inpatient = [("hospitalization", first, fifth, end, 0)]
    outpatient = [("procedure", fifth, fifth, end, 0)]
    none = {"64", "no end", "died on the day", "number of an inpatient", "drg of an outpatient",
            "number without an encounter"}  # fmt: skip
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
        "neither": ([visit("01-10", "outpatient"), visit("01-11", "observation")], (0, 0, 0)),
    }  # fmt: skip
    for name, (events, _) in visits.items():
        people.add(name, *anchor, *events)
    people.add("overlap", *anchor, stay("02-04", "02-06"), operation("426", "02-04", "drg"))
    people.add("no overlap", *anchor, stay("02-05", "02-06"), operation("426", "02-05", "drg"))
    rows = people.run("team-spinal-fusion-episodes", databases, dialect)
    keys = ("ed_visits", "readmissions", "overlaps_earlier")
    assert picked(rows, *keys) == {
        name: [wanted] for name, (_, wanted) in visits.items()
    } | {"overlap": [(0, 1, 0), (0, 0, 1)], "no overlap": [(0, 0, 0), (0, 0, 0)]}  # fmt: skip
    shorter = people.run("team-spinal-fusion-episodes", databases, dialect, last_day="29")
    assert [one["ed_visits"] for one in shorter["day 30"]] == [0]
    later = people.run("team-spinal-fusion-episodes", databases, dialect, since="2024-01-02")
    flags = {who: each for who, each in picked(later, "overlaps_earlier").items() if each}
    assert flags == {"overlap": [(1,)], "no overlap": [(0,)]}
