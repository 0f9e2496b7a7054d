"""Levels fused, with the classes of Deyo: rule by rule."""

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
    "neck, two or more 0RG2070": (2, 1, 1, 0, "simple fusion"),
    "neck to chest 0RG2071 0RG4071": (3, 1, 0, 1, "complex fusion"),
    "two neighbours 0SG00AJ 0SG30AJ": (2, 1, 0, 1, "simple fusion"),
    "three 0SG10AJ 0SG30AJ": (3, 1, 0, 1, "complex fusion"),
    "thorax, two to seven 0RG7071": (2, 1, 0, 1, "simple fusion"),
    "thorax, eight or more 0RG8071": (8, 1, 0, 1, "complex fusion"),
    "down to the loin 0RGA071 0SG00AJ 0RG60AJ": (3, 1, 0, 1, "complex fusion"),
    "another qualifier 0SG00A0 0SG00AZ": (1, 0, 1, 0, "simple fusion"),
    "custom-made XRGB0R7": (1, 0, 0, 0, "simple fusion"),
    "custom-made, two or more XRGC0R7": (2, 1, 0, 0, "simple fusion"),
    "custom-made, not from behind 0SG00A0 XRGB0R1": (1, 0, 1, 0, "simple fusion"),
    "custom-made, not in front 0SG0071 XRGB0R0": (1, 0, 0, 1, "simple fusion"),
    "custom-made, neither 0SG0071 XRGB0RJ": (1, 0, 0, 1, "simple fusion"),
    "custom-made, not from behind either 0SG00A0 XRGB0RJ": (1, 0, 1, 0, "simple fusion"),
    "cage that ended before FY2026 XRG1092": (1, 0, 0, 0, "simple fusion"),
    "such cages, two or more XRG2092": (2, 1, 0, 0, "simple fusion"),
    "such cages of the thorax XRG80F3": (8, 1, 0, 0, "complex fusion"),
    "custom-made beside its own part XRGB0R7 0SG00AJ": (1, 0, 0, 1, "simple fusion"),
    "nerve alone 01NB0ZZ": (0, None, 0, 0, "decompression"),
    "nerve and disc 01NB0ZZ 0SB20ZZ": (0, None, 0, 0, "decompression"),
    "nerve and joint 01NB0ZZ 0SG00AJ": (1, 0, 0, 1, "simple fusion"),
}
BOTH_COLUMNS = ("one level, two grafts 0SG00AJ 0SG0071", "one level, both ways 0SG00A0 0SG0071",
                "down to the loin 0RGA071 0SG00AJ 0RG60AJ")  # fmt: skip
NEITHER = ("sacroiliac 0SG704Z", "ankle 0SGF04Z", "shoulder 0RGJ04Z", "biopsy 0SB20ZX",
           "sacrum 0SG504Z", "ankle, custom-made XRGJ0B9", "jaw 0RGC04Z", "jaw, left 0RGD04Z",
           *(f"other joint {table}{part}04Z" for table, parts in
             (("0RG", "359B"), ("0SG", "24678A")) for part in parts),
           # Of a vertebral joint, but no fusion; of no table.
           *(f"other table {table}{part}0JZ" for table, parts in
             (("0RP", "0124678A"), ("0SP", "013"), ("XRH", "ABCD"), ("XNG", "ABCD"),
              ("XSG", "013"), ("XRG", "359EF")) for part in parts))  # fmt: skip


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
    wanted |= {f"XRG{part}092": (1, 0, 0) for part in neck}
    wanted |= {f"XRG{part}0R7": (0, 1, 0) for part in chest}
    wanted |= {f"XRG{part}0R7": (0, 0, 1) for part in "BCD"}
    wanted |= {"0RG1071 0RG6071": (1, 1, 0), "0RGA071 0SG0071": (0, 1, 1)}
    wanted |= {"0RG4071 0SG3071": (1, 0, 1), "01NB0ZZ": (0, 0, 0)}
    for codes in wanted:
        people.add(codes, *pcs(*codes.split()))
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
    people.add("billed two days before", *pcs("0SG10A0", day="01-03"),
               operation("22612", "01-01", "hcpcs"))  # fmt: skip
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
    assert found["billed two days before"] == [hcpcs_row, (third, "icd10pcs", 2, 1)]
    range_ = people.run("levels-fused", databases, dialect, since="2024-01-02", until="2024-01-03")
    assert {who: len(each) for who, each in range_.items() if each} == {
        "staged": 1, "billed two days later": 1, "billed a day before": 1,
        "billed two days before": 1,
    }  # fmt: skip
    assert second not in {one["surgery_date"] for one in rows["billed a day later"]}


@ALMOST_EVERYWHERE
def test_what_belongs_to_one_operation(databases: Databases, dialect: str) -> None:
    people = People()
    people.add("joint, no encounter", operation("0SG00A0", "01-01", loose=True))
    people.add("nerve and joint, no encounter", operation("0RG8071", "01-01", loose=True),
               operation("01N80ZZ", "01-01", loose=True))  # fmt: skip
    people.add("another day", *pcs("0SG00A0"), operation("01NB0ZZ", "01-03"))
    people.add("another encounter", *pcs("0SG00A0"), visit("01-01", "outpatient"),
               operation("01NB0ZZ", "01-01"))  # fmt: skip
    rows = people.run("levels-fused", databases, dialect)
    found = picked(rows, "joints", "decompressed", "deyo_class")
    assert {who: sorted(each) for who, each in found.items()} == {
        "joint, no encounter": [(1, 0, "simple fusion")],
        "nerve and joint, no encounter": [(8, 1, "complex fusion")],
        "another day": [(0, 1, "decompression"), (1, 0, "simple fusion")],
        "another encounter": [(0, 1, "decompression"), (1, 0, "simple fusion")],
    }


@ALMOST_EVERYWHERE
def test_several_hcpcs_numbers(databases: Databases, dialect: str) -> None:
    people = People()
    numbers = {
        # numbers: (cervical, lumbar, joints, multi_level, combined, both_columns)
        "22551": (1, 0, 1, None, 0, 0),
        "22551 22554": (1, 0, 1, None, 0, 0),
        "22612": (0, 1, 1, None, 0, 0),
        "22630": (0, 1, 1, None, 0, 0),
        "22633": (0, 1, 1, None, 0, 1),
        "22630 22612": (0, 1, 1, None, 0, 1),
        "22551 22612": (1, 1, 2, 1, 1, 1),
        "22554 22612": (1, 1, 2, 1, 1, 1),
        "22554 22630": (1, 1, 2, 1, 1, 0),
    }
    for name in numbers:
        billed = (operation(number, "01-01", "hcpcs") for number in name.split())
        people.add(name, STAY, *billed)
    rows = people.run("levels-fused", databases, dialect)
    keys = ("cervical", "lumbar", "joints", "multi_level", "combined", "both_columns")
    assert picked(rows, *keys) == {name: [wanted] for name, wanted in numbers.items()}


@ALMOST_EVERYWHERE
def test_both_dates_belong_to_the_range(databases: Databases, dialect: str) -> None:
    people = People()
    for day in (4, 5, 6):
        people.add(f"on {day}", *pcs("0SG00AJ", day=f"01-0{day}"))
    for since, until, days in (("05", "06", [5, 6]), ("04", "05", [4, 5]), ("05", "05", [5])):
        dates = {"since": f"2024-01-{since}", "until": f"2024-01-{until}"}
        rows = people.run("levels-fused", databases, dialect, **dates)
        found = [one["surgery_date"] for each in rows.values() for one in each]
        assert found == [date(2024, 1, day) for day in days]
