"""Charlson and Elixhauser: windows, the index admission, hierarchies, weights, other readings."""

from __future__ import annotations

import random

import pytest

from ehrkit.queries.vocabulary.codesets import load_code_sets
from tests.queries.databases import Databases
from tests.queries.kit import quan_2005
from tests.queries.kit.people import WITHOUT_SPARK, People, diagnosis, operation, picked, stay

on_engines = pytest.mark.parametrize("dialect", WITHOUT_SPARK)
FUSION = operation("0SG00A0", "06-10")
STAY = stay("06-10", "06-13", encounter_id="surgery")
HEART_FAILURE, DEMENTIA = "I50.9", "F03.90"
QUAN = {"charlson": quan_2005.CHARLSON, "elixhauser": quan_2005.ELIXHAUSER}

# One code of each group, its weight by Quan 2011, and by van Walraven 2009.
CHARLSON_POINTS = {
    "myocardial-infarction": ("I25.2", 0),
    "congestive-heart-failure": ("I42.9", 2),
    "peripheral-vascular": ("I70.0", 0),
    "cerebrovascular": ("I63.9", 0),
    "dementia": ("G30.9", 2),
    "chronic-pulmonary": ("J44.9", 1),
    "rheumatic": ("M05.79", 1),
    "peptic-ulcer": ("K25.9", 0),
    "mild-liver": ("K74.60", 2),
    "diabetes": ("E11.9", 0),
    "diabetes-complicated": ("E11.40", 1),
    "paralysis": ("G82.20", 2),
    "renal": ("N18.4", 1),
    "cancer": ("C50.911", 2),
    "severe-liver": ("K76.7", 4),
    "metastatic-cancer": ("C79.51", 6),
    "hiv": ("B20", 4),
}
ELIXHAUSER_POINTS = {
    "congestive-heart-failure": ("I50.22", 7),
    "arrhythmia": ("I48.91", 5),
    "valvular": ("I35.0", -1),
    "pulmonary-circulation": ("I27.20", 4),
    "peripheral-vascular": ("I73.9", 2),
    "hypertension": ("I10", 0),
    "hypertension-complicated": ("I11.9", 0),
    "paralysis": ("G81.90", 7),
    "neurological": ("G20", 6),
    "chronic-pulmonary": ("J45.909", 3),
    "diabetes": ("E11.9", 0),
    "diabetes-complicated": ("E11.65", 0),
    "hypothyroidism": ("E03.9", 0),
    "renal": ("N18.6", 5),
    "liver": ("K74.60", 11),
    "peptic-ulcer": ("K26.9", 0),
    "hiv": ("B20", 0),
    "lymphoma": ("C83.30", 9),
    "metastatic-cancer": ("C78.00", 12),
    "solid-tumour": ("C61", 4),
    "rheumatic": ("M06.9", 0),
    "coagulopathy": ("D69.6", 3),
    "obesity": ("E66.01", -4),
    "weight-loss": ("E43", 6),
    "fluid-electrolyte": ("E87.6", 5),
    "blood-loss-anaemia": ("D50.0", -2),
    "deficiency-anaemia": ("D50.9", -2),
    "alcohol": ("F10.20", 0),
    "drug": ("F11.20", -7),
    "psychosis": ("F20.9", 0),
    "depression": ("F33.1", -3),
}
POINTS = {"charlson": CHARLSON_POINTS, "elixhauser": ELIXHAUSER_POINTS}
# Charlson 1987, J Chronic Dis 40:373-383: groups of 2, 3 and 6 points; all others have 1.
ORIGINAL = {"diabetes-complicated": 2, "paralysis": 2, "renal": 2, "cancer": 2, "severe-liver": 3,
            "metastatic-cancer": 6, "hiv": 6}  # fmt: skip


def scores(people: People, query: str, databases: Databases, dialect: str, **values: str):
    rows = people.run(query, databases, dialect, **values)
    return {who: [one["score"] for one in each] for who, each in rows.items()}


def test_weights_are_as_the_papers_sum_them_up() -> None:
    """Quan 2011 tells how many of the old weights changed, van Walraven 2009 how many count."""
    weights = {group: points for group, (_, points) in CHARLSON_POINTS.items()}
    changes = [new - ORIGINAL.get(group, 1) for group, new in weights.items() if new]
    assert list(weights.values()).count(0) == 5
    assert [len([one for one in changes if one < 0]), len([one for one in changes if one > 0]),
            changes.count(0)] == [3, 4, 5]  # fmt: skip
    counting = [points for _, points in ELIXHAUSER_POINTS.values() if points]
    assert (len(counting), min(counting), max(counting)) == (21, -7, 12)


@on_engines
@pytest.mark.parametrize("query", ["charlson", "elixhauser"])
def test_each_group_has_its_flag_and_its_weight(databases, dialect, query):
    people = People()
    for group, (code, _) in POINTS[query].items():
        people.add(group, STAY, FUSION, diagnosis(code, "03-01", loose=True))
    people.add("nothing", STAY, FUSION, diagnosis("M48.061", "06-10"))
    people.add("no diagnosis", STAY, FUSION)
    everything = [code for code, _ in POINTS[query].values()]
    people.add("everything", STAY, FUSION, *(diagnosis(code, "06-10") for code in everything))
    rows = people.run(query, databases, dialect)
    flags = [group.replace("-", "_") for group in POINTS[query]]
    for group, (_, points) in POINTS[query].items():
        (row,) = rows[group]
        assert row["score"] == points, group
        assert [name for name in flags if row[name]] == [group.replace("-", "_")]
        assert row["group_count"] == 1
    found = picked(rows, "score", "group_count")
    assert found["nothing"] == found["no diagnosis"] == [(0, 0)]
    # All weights without those of the milder groups, of which some weigh 0.
    assert found["everything"] == [{"charlson": (24, 17), "elixhauser": (66, 31)}[query]]


@on_engines
@pytest.mark.parametrize(("query", "points"), [("charlson", 2), ("elixhauser", 7)])
def test_each_surgery_has_its_own_score(databases, dialect, query, points):
    people = People()
    seconds = {
        "two": (stay("09-10", "09-12"), operation("0SG10A0", "09-10")),
        "two of one day": (operation("0SG10A0", "06-10", loose=True),),
    }
    for name, second in seconds.items():
        people.add(name, STAY, FUSION, diagnosis(HEART_FAILURE, "06-12"), *second)
    found = scores(people, query, databases, dialect, keep="every", lookback="30")
    assert found == {"two": [points, 0], "two of one day": [points, 0]}


@on_engines
def test_the_worse_of_two_counts_alone(databases, dialect):
    people = People()
    pairs = {
        "liver": ("K74.60", "K76.7"),
        "diabetes": ("E11.9", "E11.40"),
        "cancer": ("C61", "C79.51"),
    }
    for name, codes in pairs.items():
        people.add(name, STAY, FUSION, *(diagnosis(code, "06-10") for code in codes))
    found = picked(people.run("charlson", databases, dialect), "score", "group_count")
    assert found == {"liver": [(4, 2)], "diabetes": [(1, 2)], "cancer": [(6, 2)]}
    found = picked(people.run("elixhauser", databases, dialect), "score", "group_count")
    assert found == {"liver": [(11, 1)], "diabetes": [(0, 2)], "cancer": [(12, 2)]}


@on_engines
def test_days_before_surgery(databases, dialect):
    people = People()
    days = {
        "365 before": "2023-06-11",
        "366 before": "2023-06-10",
        "day 0": "06-10 23:59",
        "day 1": "06-11",
        "unknown": None,
    }
    for name, day in days.items():
        people.add(name, STAY, FUSION, diagnosis(HEART_FAILURE, day, loose=True))
    assert scores(people, "charlson", databases, dialect) == {
        "365 before": [2],
        "366 before": [0],
        "day 0": [2],
        "day 1": [0],
        "unknown": [0],
    }
    assert scores(people, "charlson", databases, dialect, lookback="366")["366 before"] == [2]


@on_engines
@pytest.mark.parametrize(("choice", "wanted"), [("include", 9), ("present", 4), ("exclude", 2)])
def test_the_index_admission(databases, dialect, choice, wanted):
    people = People()
    people.add(
        "a",
        stay("2023-11-01", "2023-11-02"),
        diagnosis("G82.20", "2023-11-01"),
        STAY,
        FUSION,
        diagnosis(HEART_FAILURE, "06-12", present_on_admission="yes"),
        diagnosis("K76.7", "06-10", present_on_admission="no"),
        diagnosis("J44.9", "06-10"),
    )
    assert scores(people, "charlson", databases, dialect, index_admission=choice) == {"a": [wanted]}


@on_engines
def test_which_surgery_is_the_index(databases, dialect):
    people = People()
    second = operation("0SG00A0", "09-10")
    people.add(
        "two",
        STAY,
        FUSION,
        stay("09-10", "09-12"),
        second,
        diagnosis(DEMENTIA, "07-01", loose=True),
    )
    people.add("none", STAY, operation("0SGF04Z", "06-10"))
    people.add("undated", STAY, operation("0SG00A0", None))
    people.add("undated and dated", STAY, operation("0SG00A0", None), FUSION)
    people.add("second of a lower number", stay("06-10", "06-13", encounter_id="z"), FUSION,
               stay("09-10", "09-12", encounter_id="a"), second,
               diagnosis(DEMENTIA, "07-01", loose=True))  # fmt: skip
    # Of who is no person of the chart, such as a test patient, nothing counts.
    people.add("of another", STAY, operation("0SG00A0", "06-10", person_id="not a person"))
    assert scores(people, "charlson", databases, dialect) == {
        "two": [0], "none": [], "undated": [], "undated and dated": [0], "of another": [],
        "second of a lower number": [0],
    }  # fmt: skip
    every = scores(people, "charlson", databases, dialect, keep="every")
    assert every["two"] == [0, 2]
    late = scores(people, "charlson", databases, dialect, keep="every", since="2024-06-11")
    assert late["two"] == [2]
    # The first of the history, not of the range.
    assert scores(people, "charlson", databases, dialect, since="2024-06-11")["two"] == []


@on_engines
def test_one_index_event_per_day_and_encounter_in_the_range(databases, dialect):
    people = People()
    people.add("two codes", STAY, FUSION, operation("0SG10A0", "06-10 14:00"))
    people.add("two encounters", FUSION, stay("06-10", "06-13", encounter_id="b"), FUSION,
               stay("06-10", "06-12", encounter_id="a"), FUSION)  # fmt: skip
    for day in (9, 11):
        people.add(f"on {day}", STAY, operation("0SG00A0", f"06-{day:02}"))
    rows = people.run("charlson", databases, dialect, keep="every")
    found = picked(rows, "encounter_id")
    assert found["two codes"] == [("surgery",)]
    assert found["two encounters"] == [("a",), ("b",), (None,)]
    first = people.run("charlson", databases, dialect)
    assert picked(first, "encounter_id")["two encounters"] == [("a",)]
    for since, until, known in (
        ("09", "10", {"on 9"}),
        ("10", "11", {"on 11"}),
        ("10", "10", set()),
    ):
        dates = {"since": f"2024-06-{since}", "until": f"2024-06-{until}"}
        rows = people.run("charlson", databases, dialect, **dates)
        assert {who for who, each in rows.items() if each} == {
            "two codes", "two encounters", *known,
        }  # fmt: skip


@on_engines
def test_the_disputed_weight_of_hiv(databases, dialect):
    people = People()
    people.add("hiv", STAY, FUSION, diagnosis("B20", "06-10"))
    assert scores(people, "charlson", databases, dialect) == {"hiv": [4]}
    assert scores(people, "charlson", databases, dialect, aids_weight="2") == {"hiv": [2]}


@pytest.mark.parametrize(("score", "groups"), QUAN.items())
def test_code_sets_have_the_codes_of_the_paper(score, groups):
    """Every shape of code that ICD-10-CM has, also those with a letter in the third place."""
    sets, digits = load_code_sets(), "0123456789"
    assert groups.keys() == POINTS[score].keys()
    for name, text in groups.items():
        code_set, prefixes = sets[f"{score}-{name}"], tuple(text.split())
        letters = sorted({prefix[0] for prefix in prefixes})
        assert letters == sorted({str(entry)[0] for entry in code_set.include["icd10cm"]})
        codes = [
            f"{letter}{first}{second}{rest}"
            for letter in letters
            for first in digits
            for second in f"{digits}AB"
            for rest in ("", *digits, "A")
        ]
        differ = [c for c in codes if code_set.matches("icd10cm", c) != c.startswith(prefixes)]
        assert not differ, name


# The milder of two that count once: it is left out of the score where the worse is there.
MILDER = {
    "charlson": {
        "mild-liver": "severe-liver",
        "diabetes": "diabetes-complicated",
        "cancer": "metastatic-cancer",
    },
    "elixhauser": {
        "hypertension": "hypertension-complicated",
        "diabetes": "diabetes-complicated",
        "solid-tumour": "metastatic-cancer",
    },
}


@pytest.mark.parametrize(("score", "groups"), QUAN.items())
def test_scores_of_codes_drawn_at_random(databases, score, groups):
    """Written with and without dots; a code of two groups counts in both."""
    rng = random.Random(2005)
    prefixes = [code for text in groups.values() for code in text.split()]
    drawn = {
        f"p{n}": [
            rng.choice(["M48061", "Z981"]),
            *(rng.choice(prefixes) + rng.choice(["", "0", "9"]) for _ in range(rng.randint(1, 9))),
        ]
        for n in range(250)
    }
    people = People()
    for name, codes in drawn.items():
        dotted = [f"{code[:3]}.{code[3:]}" if rng.random() < 0.5 else code for code in codes]
        people.add(name, STAY, FUSION, *(diagnosis(code, "06-10") for code in dotted))
    rows = people.run(score, databases, "duckdb")
    for name, codes in drawn.items():
        found = {
            group
            for group, text in groups.items()
            if any(code.startswith(tuple(text.split())) for code in codes)
        }
        counted = found - {one for one, worse in MILDER[score].items() if worse in found}
        (row,) = rows[name]
        assert {group for group in groups if row[group.replace("-", "_")]} == found
        assert row["group_count"] == len(found)
        assert row["score"] == sum(POINTS[score][group][1] for group in counted)
