"""The surgical cohorts of the library: patients on either side of every rule and window.

Surgery is on 10 January 2024 if nothing else is said; day 30 is 9 February, day 90 is 9 April,
day 365 is 9 January 2025. The day before surgery is 9 January.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.queries.databases import Databases
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

pytestmark = pytest.mark.parametrize("dialect", WITHOUT_SPARK)
LUMBAR, CERVICAL, NERVE = "0SG00AJ", "0RG10A0", "01NB0ZZ"
# Three days in hospital with a lumbar fusion on the first of them.
INDEX = [stay("01-10", "01-13"), operation(LUMBAR, "01-10")]
CLINIC = visit("2025-06-01", "outpatient")
Cases = dict[str, tuple[list[Event], Any]]


def again(day: str, code: str = LUMBAR) -> list[Event]:
    """Return an operation on an encounter of its own."""
    return [stay(day, day), operation(code, day)]


def found(day: str, *codes: str, **more: Any) -> list[Event]:
    """Return diagnoses at an outpatient visit of their own."""
    return [visit(day, "outpatient"), *(diagnosis(code, day, **more) for code in codes)]


def check(
    cohort: str, databases: Databases, dialect: str, columns: tuple[str, ...], cases: Cases,
    **values: str,
) -> None:  # fmt: skip
    """Each patient has the expected row of columns; None: no row at all."""
    people = People()
    for name, (events, _) in cases.items():
        people.add(name, *events)
    rows = people.follow(cohort, databases, dialect, **values)
    assert picked(rows, *columns) == {
        name: [] if wanted is None else [wanted] for name, (_, wanted) in cases.items()
    }


# Every cohort of spine surgery or fusion asks for 18 years on the day of surgery and for a
# surgery from 2018 to 2024; all but three keep the first of the history.
ADULTS = {
    "lumbar-fusion-reoperation": "history",
    "new-spinal-fusion": "eligible",
    "spinal-fusion-readmission-90d": "every",
    "spine-surgery-infection": "history",
    "spine-surgery-thromboembolism": "history",
    "spine-surgery-dural-tear": "history",
    "spine-surgery-return-to-theatre": "history",
    "conservative-care-before-surgery": "history",
    "imaging-before-surgery": "history",
    "spine-surgery-complications": "history",
    "spine-surgery-mortality": "last",
}


@pytest.mark.parametrize("cohort", ADULTS)
def test_ages_dates_and_which_surgery_counts(
    databases: Databases, dialect: str, cohort: str
) -> None:
    people = People()
    long_observed = observed("2010-01-01", "2030-01-01")
    people.add("18", long_observed, *INDEX, born="2006-01-10")
    people.add("17", long_observed, *INDEX, born="2006-01-11")
    people.add("no birth date", long_observed, *INDEX, born=None)
    people.add("first day", long_observed, *again("2018-01-01"))
    people.add("a day early", long_observed, *again("2017-12-31"))
    people.add("last day", long_observed, *again("2024-12-31 23:59"))
    people.add("a day late", long_observed, *again("2025-01-01"))
    people.add("no day", long_observed, stay("01-10", "01-12"), operation(LUMBAR, None))
    people.add("ankle", long_observed, *again("01-10", "0SGF04Z"))
    people.add("early and late", long_observed, *again("2017-12-31"), *again("2020-01-01"))
    people.add("twice", long_observed, *again("2020-01-01"), *again("2022-01-01"))
    people.add("two codes", long_observed, *INDEX, operation("0SG30AJ", "01-10 15:00"))
    rows = people.follow(cohort, databases, dialect)
    days = {who: [one["index_date"] for one in each] for who, each in rows.items()}
    surgery, early, late = date(2024, 1, 10), date(2020, 1, 1), date(2022, 1, 1)
    assert days == {
        "18": [surgery], "17": [], "no birth date": [],
        "first day": [date(2018, 1, 1)], "a day early": [],
        "last day": [date(2024, 12, 31)], "a day late": [],
        "no day": [], "ankle": [], "two codes": [surgery],
        "early and late": [] if ADULTS[cohort] == "history" else [early],
        "twice": {"every": [early, late], "last": [late]}.get(ADULTS[cohort], [early]),
    }  # fmt: skip


EXCLUDED: Cases = {
    "neoplasm": ([*found("2023-06-01", "C79.51"), *INDEX], None),
    "infection": ([*found("2023-06-01", "M46.46"), *INDEX], None),
    "fracture": ([*found("2023-06-01", "S32.010A"), *INDEX], None),
    "on the day": ([*INDEX, diagnosis("C79.51", "01-10")], None),
    "day -365": ([*found("2023-01-10", "C79.51"), *INDEX], (0,)),
    "day -366": ([*found("2023-01-09", "C79.51"), *INDEX], (0,)),
    "the day after": ([*INDEX, diagnosis("C79.51", "01-11")], (0,)),
    "another neoplasm": ([*found("2023-06-01", "C50.911"), *INDEX], (0,)),
}
EXCLUDED["day -365"] = (EXCLUDED["day -365"][0], None)


def test_reoperation(databases: Databases, dialect: str) -> None:
    columns = ("reoperated_30d", "reoperated_90d", "reoperated_365d", "reoperation_reason",
               "reoperation_days")  # fmt: skip
    cases: Cases = {
        "none": ([*INDEX, CLINIC], (0, 0, 0, "window", 365)),
        "day 0": ([*INDEX, *again("01-10 20:00"), CLINIC], (0, 0, 0, "window", 365)),
        "day 1": ([*INDEX, *again("01-11")], (1, 1, 1, "event", 1)),
        "day 30": ([*INDEX, *again("02-09")], (1, 1, 1, "event", 30)),
        "day 31": ([*INDEX, *again("02-10")], (0, 1, 1, "event", 31)),
        "day 90": ([*INDEX, *again("04-09")], (0, 1, 1, "event", 90)),
        "day 91": ([*INDEX, *again("04-10")], (0, 0, 1, "event", 91)),
        "day 365": ([*INDEX, *again("2025-01-09")], (0, 0, 1, "event", 365)),
        "day 366": ([*INDEX, *again("2025-01-10")], (0, 0, 0, "window", 365)),
        "same stay": ([*INDEX, operation(LUMBAR, "01-12"), CLINIC], (0, 0, 0, "window", 365)),
        "unknown stay": ([*INDEX, operation(LUMBAR, "02-01", loose=True), CLINIC],
                         (1, 1, 1, "event", 22)),
        "decompression": ([*INDEX, *again("02-01", NERVE)], (1, 1, 1, "event", 22)),
        "the neck": ([*INDEX, *again("02-01", CERVICAL), CLINIC], (0, 0, 0, "window", 365)),
        "the ankle": ([*INDEX, *again("02-01", "0SGF04Z"), CLINIC], (0, 0, 0, "window", 365)),
        "lost": ([*INDEX, visit("03-01", "outpatient")], (0, 0, 0, "last-contact", 51)),
    }  # fmt: skip
    check("lumbar-fusion-reoperation", databases, dialect, columns, cases)
    cases["the neck"] = (cases["the neck"][0], (1, 1, 1, "event", 22))
    check("lumbar-fusion-reoperation", databases, dialect, columns, cases,
          again="any-spine-surgery")  # fmt: skip
    check("lumbar-fusion-reoperation", databases, dialect, ("reoperated_365d",), EXCLUDED)
    revisions: Cases = {
        "plate out": ([*INDEX, *again("2025-01-09", "0SP004Z")], (1,)),
        "plate out too late": ([*INDEX, *again("2025-01-10", "0SP004Z")], (0,)),
        "drain out": ([*INDEX, *again("02-01", "0SP000Z")], (0,)),
        "fused again": ([*INDEX, *again("02-01")], (0,)),
    }
    check("lumbar-fusion-reoperation", databases, dialect, ("revised_365d",), revisions)


def test_a_year_without_surgery(databases: Databases, dialect: str) -> None:
    long = observed("2010-01-01", "2030-01-01")
    first, second = date(2024, 1, 10), date(2023, 1, 10)
    cases: Cases = {
        "observed for 365 days": ([observed("2023-01-10", "2024-01-10"), *INDEX], (first,)),
        "observed for 364 days": ([observed("2023-01-11", "2024-01-10"), *INDEX], None),
        "not on the day": ([observed("2020-01-01", "2024-01-09"), *INDEX], None),
        "two periods": (
            [observed("2020-01-01", "2023-06-30"), observed("2023-07-01", "2025-01-01"), *INDEX],
            None,
        ),
        "fused on day -365": ([long, *again("2023-01-10"), *INDEX], (second,)),
        "fused on day -365, unseen before": (
            [observed("2023-01-10", "2025-01-01"), *again("2023-01-10"), *INDEX], None,
        ),
        "fused on day -366, unseen before": (
            [observed("2023-01-09", "2025-01-01"), *again("2023-01-09"), *INDEX], (first,),
        ),
        "decompressed on day -1": ([long, *again("01-09", NERVE), *INDEX], None),
        "decompressed on day -365": ([long, *again("2023-01-10", NERVE), *INDEX], None),
        "decompressed on day -366": ([long, *again("2023-01-09", NERVE), *INDEX], (first,)),
        "decompressed on the day": ([long, *INDEX, operation(NERVE, "01-10")], (first,)),
        "ankle the day before": ([long, *again("01-09", "0SGF04Z"), *INDEX], (first,)),
    }  # fmt: skip
    check("new-spinal-fusion", databases, dialect, ("index_date",), cases)


def test_readmission_after_fusion(databases: Databases, dialect: str) -> None:
    columns = ("readmitted_30d", "readmitted_90d", "readmissions_90d", "readmission_days")
    none = (0, 0, 0, 90)
    twice = [*INDEX, stay("01-20", "01-22"), stay("02-20", "02-22")]
    cases: Cases = {
        "none": ([*INDEX, CLINIC], none),
        "the day of discharge": ([*INDEX, stay("01-13", "01-20"), CLINIC], none),
        "day 1": ([*INDEX, stay("01-14", "01-20")], (1, 1, 1, 1)),
        "day 30": ([*INDEX, stay("02-12", "02-20")], (1, 1, 1, 30)),
        "day 31": ([*INDEX, stay("02-13", "02-20")], (0, 1, 1, 31)),
        "day 90": ([*INDEX, stay("04-12 23:59", "04-20")], (0, 1, 1, 90)),
        "day 91": ([*INDEX, stay("04-13", "04-20")], none),
        "two": (twice, (1, 1, 2, 7)),
        "emergency": ([*INDEX, visit("01-20"), CLINIC], none),
        "observation": ([*INDEX, stay("01-20", "01-22", "observation"), CLINIC], none),
        "outpatient fusion": ([visit("01-10", "outpatient"), operation(LUMBAR, "01-10")], None),
        "no encounter": ([operation(LUMBAR, "01-10", loose=True)], None),
        "no discharge": ([stay("01-10", None), operation(LUMBAR, "01-10"), CLINIC],
                         (None, None, None, None)),
        "the neck": ([stay("01-10", "01-13"), operation(CERVICAL, "01-10"), CLINIC], none),
    }  # fmt: skip
    check("spinal-fusion-readmission-90d", databases, dialect, columns, cases)
    cases["the neck"] = (cases["the neck"][0], None)
    check("spinal-fusion-readmission-90d", databases, dialect, columns, cases,
          fusion="lumbar-fusion")  # fmt: skip
    people = People()
    people.add("died on the day of discharge", *INDEX, died="01-13")
    people.add("died the day after", *INDEX, died="01-14")
    people.add("no fusion, for the end of data", CLINIC)
    rows = people.follow("spinal-fusion-readmission-90d", databases, dialect)
    assert picked(rows, "readmission", "readmission_days", "readmission_reason") == {
        "died on the day of discharge": [], "died the day after": [(0, 1, "death")],
        "no fusion, for the end of data": [],
    }  # fmt: skip


def test_infection(databases: Databases, dialect: str) -> None:
    columns = ("infection_30d", "infection_90d", "first_infection_date")
    none, old = (0, 0, None), [stay("2018-09-01", "2018-09-04"), operation(LUMBAR, "2018-09-01")]
    cases: Cases = {
        "day 0": ([*INDEX, diagnosis("T81.42XA", "01-10")], None),
        "day 1": ([*INDEX, *found("01-11", "T81.41XA")], (1, 1, date(2024, 1, 11))),
        "in the stay": ([*INDEX, diagnosis("T81.41XA", "01-12", 5)], (1, 1, date(2024, 1, 12))),
        "day 30": ([*INDEX, *found("02-09", "T81.42XA")], (1, 1, date(2024, 2, 9))),
        "day 31": ([*INDEX, *found("02-10", "T81.43XA")], (0, 1, date(2024, 2, 10))),
        "day 90": ([*INDEX, *found("04-09", "T84.63XA")], (0, 1, date(2024, 4, 9))),
        "day 91": ([*INDEX, *found("04-10", "T81.42XA")], none),
        "the first of two": ([*INDEX, *found("03-01", "T81.42XA"), *found("02-01", "T81.41XA")],
                             (1, 1, date(2024, 2, 1))),
        "seen again": ([*INDEX, *found("02-01", "T81.42XD")], none),
        "sepsis": ([*INDEX, *found("02-01", "T81.44XA")], none),
        "old code in its time": ([*old, *found("2018-09-30", "T81.4XXA")],
                                 (1, 1, date(2018, 9, 30))),
        "old code after its time": ([*old, *found("2018-10-01", "T81.4XXA")], none),
        "infected on day -90": ([*found("2023-10-12", "T81.42XA"), *INDEX], None),
        "infected on day -91": ([*found("2023-10-11", "T81.42XA"), *INDEX], none),
        "discitis before": ([*found("2023-12-01", "M46.46"), *INDEX], None),
    }  # fmt: skip
    check("spine-surgery-infection", databases, dialect, columns, cases)
    others: Cases = {
        "wound": ([*INDEX, *found("04-09", "T81.31XA")], (1, 0)),
        "wound too late": ([*INDEX, *found("04-10", "T81.31XA")], (0, 0)),
        "operated": ([*INDEX, *again("04-09")], (0, 1)),
        "operated too late": ([*INDEX, *again("04-10")], (0, 0)),
        "operated on the day": ([*INDEX, *again("01-10 18:00")], (0, 0)),
    }
    check("spine-surgery-infection", databases, dialect, ("dehiscence_90d", "reoperated_90d"),
          others)  # fmt: skip


def test_thromboembolism(databases: Databases, dialect: str) -> None:
    columns = ("thrombosis_90d", "embolism_90d", "in_stay", "thromboembolism")
    none = (0, 0, 0, 0)
    cases: Cases = {
        "leg, day 1": ([*INDEX, *found("01-11", "I82.401")], (1, 0, 0, 1)),
        "leg, day 90": ([*INDEX, *found("04-09", "I82.4Z1")], (1, 0, 0, 1)),
        "leg, day 91": ([*INDEX, *found("04-10", "I82.401")], none),
        "leg, day 0": ([*INDEX, *found("01-10", "I82.401")], none),
        "chronic": ([*INDEX, *found("02-01", "I82.501")], none),
        "arm": ([*INDEX, *found("02-01", "I82.621")], none),
        "lung": ([*INDEX, *found("02-01", "I26.99")], (0, 1, 0, 1)),
        "lung, saddle": ([*INDEX, *found("02-01", "I26.02")], (0, 1, 0, 1)),
        "cement": ([*INDEX, *found("02-01", "I26.03", "I26.95")], none),
        "fat": ([*INDEX, *found("02-01", "I26.04", "I26.96")], none),
        "septic": ([*INDEX, *found("02-01", "I26.01", "I26.90")], none),
        "in the stay": ([*INDEX, diagnosis("I26.99", "01-10", 2, present_on_admission="no")],
                        (0, 0, 1, 0)),
        "brought along": ([*INDEX, diagnosis("I26.99", "01-10", 2, present_on_admission="yes")],
                          none),
        "not told": ([*INDEX, diagnosis("I26.99", "01-10", 2)], none),
        "of another stay": ([*INDEX, *found("01-10", "I26.99", present_on_admission="no")], none),
        "day -1": ([*found("01-09", "I82.401"), *INDEX], None),
        "day -90": ([*found("2023-10-12", "I26.99"), *INDEX], None),
        "day -91": ([*found("2023-10-11", "I26.99"), *INDEX], none),
    }  # fmt: skip
    check("spine-surgery-thromboembolism", databases, dialect, columns, cases)


def test_dural_tear(databases: Databases, dialect: str) -> None:
    columns = ("dural_tear", "repaired", "leak_90d", "repaired_90d")
    none = (0, 0, 0, 0)
    cases: Cases = {
        "torn": ([*INDEX, diagnosis("G97.41", "01-10", 4)], (1, 0, 0, 0)),
        "torn, newer code": ([*INDEX, diagnosis("G96.11", "01-13")], (1, 0, 0, 0)),
        "torn, another stay of the day": ([*INDEX, *found("01-10", "G97.41")], none),
        "torn, no encounter": ([*INDEX, diagnosis("G97.41", "01-10", loose=True)], none),
        "another organ": ([*INDEX, diagnosis("G97.49", "01-10")], none),
        "sewn": ([*INDEX, operation("00Q20ZZ", "01-10")], (0, 1, 0, 0)),
        "patched": ([*INDEX, operation("00U20JZ", "01-10 23:59")], (0, 1, 0, 0)),
        "leak, day 1": ([*INDEX, *found("01-11", "G96.09")], (0, 0, 1, 0)),
        "leak, day 90": ([*INDEX, *found("04-09", "G96.00")], (0, 0, 1, 0)),
        "leak, day 91": ([*INDEX, *found("04-10", "G96.00")], none),
        "leak in the stay": ([*INDEX, diagnosis("G96.09", "01-12")], none),
        "leak of the head": ([*INDEX, *found("02-01", "G96.08")], none),
        "leak by itself": ([*INDEX, *found("02-01", "G96.02")], none),
        "old code after its time": ([*INDEX, *found("02-01", "G96.0")], none),
        "sewn, day 90": ([*INDEX, *again("04-09", "00Q20ZZ")], (0, 0, 0, 1)),
        "sewn, day 91": ([*INDEX, *again("04-10", "00Q20ZZ")], none),
    }  # fmt: skip
    check("spine-surgery-dural-tear", databases, dialect, columns, cases)


def test_return_to_theatre(databases: Databases, dialect: str) -> None:
    columns = ("same_admission", "second_stage", "returned_30d", "days_to_return")
    none = (0, 0, 0, None)
    long = [stay("01-10", "03-20"), operation(LUMBAR, "01-10")]
    cases: Cases = {
        "later that day": ([*INDEX, operation("0JB70ZZ", "01-10 20:00")], none),
        "the next day": ([*INDEX, operation("0JB70ZZ", "01-11")], (1, 0, 1, 1)),
        "second stage": ([*INDEX, operation(LUMBAR, "01-12")], (1, 1, 1, 2)),
        "after two months": ([*long, operation("0JB70ZZ", "03-15")], (1, 0, 0, None)),
        "day 30, another stay": ([*INDEX, *again("02-09", "0JB70ZZ")], (0, 0, 1, 30)),
        "day 31, another stay": ([*INDEX, *again("02-10", "0JB70ZZ")], none),
        "endoscopic": ([*INDEX, operation("0SB24ZZ", "01-12")], (1, 0, 1, 2)),
        "a needle": ([*INDEX, operation("0S903ZZ", "01-12")], none),
        "a biopsy": ([*INDEX, operation("0SB20ZX", "01-12")], none),
        "no operation": ([*INDEX, operation("BR30ZZZ", "01-12")], none),
    }
    check("spine-surgery-return-to-theatre", databases, dialect, columns, cases)


def test_care_before_surgery(databases: Databases, dialect: str) -> None:
    long = observed("2010-01-01", "2030-01-01")
    columns = ("therapy_days", "injection_days", "last_injection_date")
    none = (0, 0, None)

    def before(*events: Event) -> list[Event]:
        return [long, *events, *INDEX]

    def clinic(day: str, specialty: str, kind: str = "outpatient") -> Event:
        return visit(day, kind, specialty=specialty)

    cases: Cases = {
        "day -1": (before(operation("F07L0ZZ", "01-09")), (1, 0, None)),
        "day -180": (before(operation("F07L0ZZ", "2023-07-14")), (1, 0, None)),
        "day -181": (before(operation("F07L0ZZ", "2023-07-13")), none),
        "day 0": ([long, *INDEX, operation("F07L0ZZ", "01-10")], none),
        "clinic": (before(clinic("01-02", "physical therapy")), (1, 0, None)),
        "clinic and code": (before(clinic("01-02", "physical therapy"),
                                   operation("F07L0ZZ", "01-02")), (1, 0, None)),
        "two days": (before(clinic("01-02", "physical therapy"),
                            clinic("01-05", "outpatient physical therapy")), (2, 0, None)),
        "another clinic": (before(clinic("01-02", "pain medicine")), none),
        "on the ward": (before(clinic("01-02", "physical therapy", "inpatient")), none),
        "by number": (before(operation("G0151", "01-02", "hcpcs")), (1, 0, None)),
        "injection": (before(operation("3E0R33Z", "01-09")), (0, 1, date(2024, 1, 9))),
        "three, on two days": (before(operation("3E0S33Z", "2023-07-14"),
                                      operation("3E0S3BZ", "2023-07-14 12:00"),
                                      operation("3E0R3BZ", "2023-09-01")),
                               (0, 2, date(2023, 9, 1))),
        "injection too early": (before(operation("3E0R33Z", "2023-07-13")), none),
        "antibiotic": (before(operation("3E0R329", "01-02")), none),
        "seen for 180 days": ([observed("2023-07-14", "2024-01-10"), *INDEX], none),
        "seen for 179 days": ([observed("2023-07-15", "2024-01-10"), *INDEX], None),
    }  # fmt: skip
    check("conservative-care-before-surgery", databases, dialect, columns, cases)
    images: Cases = {
        "day -1": ([operation("BR39ZZZ", "01-09"), *INDEX], (1, 1, 1, date(2024, 1, 9))),
        "day -90": ([operation("BR39ZZZ", "2023-10-12"), *INDEX], (1, 1, 1, date(2023, 10, 12))),
        "day -91": ([operation("BR39ZZZ", "2023-10-11"), *INDEX], (1, 0, 1, date(2023, 10, 11))),
        "day -365": ([operation("BR33Y0Z", "2023-01-10"), *INDEX], (1, 0, 1, date(2023, 1, 10))),
        "day -366": ([operation("BR39ZZZ", "2023-01-09"), *INDEX], (0, 0, 0, None)),
        "day 0": ([*INDEX, operation("BR39ZZZ", "01-10")], (0, 0, 0, None)),
        "two of a day": ([operation("BR39ZZZ", "01-05"), operation("B03BZZZ", "01-05"),
                          operation("BR30ZZZ", "01-02"), *INDEX], (1, 1, 2, date(2024, 1, 5))),
        "tomogram": ([operation("BR29ZZZ", "01-05"), *INDEX], (0, 0, 0, None)),
        "pelvis": ([operation("BR3CZZZ", "01-05"), *INDEX], (0, 0, 0, None)),
    }  # fmt: skip
    check("imaging-before-surgery", databases, dialect,
          ("mri_before", "mri_90d", "mri_days", "last_mri_date"), images)  # fmt: skip


def test_complications(databases: Databases, dialect: str) -> None:
    columns = ("complication_7d", "complication_30d", "complication_90d", "haematoma_30d",
               "on_admission")  # fmt: skip
    none = (0, 0, 0, 0, 0)
    week, month, quarter = (1, 0, 0, 0, 0), (0, 1, 0, 0, 0), (0, 0, 1, 0, 0)
    cases: Cases = {
        "infarction, day 0": ([*INDEX, diagnosis("I21.4", "01-10")], week),
        "pneumonia, day 7": ([*INDEX, *found("01-17", "J18.9")], week),
        "sepsis, day 8": ([*INDEX, *found("01-18", "A41.9")], none),
        "sepsis of the wound": ([*INDEX, *found("01-15", "T81.44XA")], week),
        "the day before": ([*found("01-09", "I21.4", "I26.99", "T81.42XA"), *INDEX], none),
        "embolism, day 30": ([*INDEX, *found("02-09", "I26.99")], month),
        "embolism, day 31": ([*INDEX, *found("02-10", "I26.99")], none),
        "thrombosis is none": ([*INDEX, *found("02-01", "I82.401")], none),
        "haematoma, day 30": ([*INDEX, *found("02-09", "M96.840")], (0, 1, 0, 1, 0)),
        "haematoma, day 31": ([*INDEX, *found("02-10", "G97.51")], none),
        "seroma": ([*INDEX, *found("02-01", "M96.842")], none),
        "broken rod, day 90": ([*INDEX, *found("04-09", "T84.216A")], quarter),
        "broken rod, day 91": ([*INDEX, *found("04-10", "T84.216A")], none),
        "infection": ([*INDEX, *found("03-01", "T81.42XA")], quarter),
        "dehiscence": ([*INDEX, *found("03-01", "T81.31XA")], quarter),
        "pseudarthrosis": ([*INDEX, *found("03-01", "M96.0")], none),
        "brought along": ([*INDEX, diagnosis("J18.9", "01-10", 2, present_on_admission="yes")],
                          (1, 0, 0, 0, 1)),
        "not brought along": ([*INDEX, diagnosis("J18.9", "01-10", 2, present_on_admission="no")],
                              week),
    }  # fmt: skip
    check("spine-surgery-complications", databases, dialect, columns, cases)


def test_deaths(databases: Databases, dialect: str) -> None:
    people = People()
    died = {
        "day 0": ("01-10", (1, 1, 1, 0, "event")), "in hospital": ("01-13", (1, 1, 1, 3, "event")),
        "after it": ("01-14", (1, 1, 0, 4, "event")), "day 30": ("02-09", (1, 1, 0, 30, "event")),
        "day 31": ("02-10", (0, 1, 0, 31, "event")), "day 90": ("04-09", (0, 1, 0, 90, "event")),
        "day 91": ("04-10", (0, 0, 0, 90, "window")), "alive": (None, (0, 0, 0, 90, "window")),
    }  # fmt: skip
    for name, (day, _) in died.items():
        people.add(name, *INDEX, *([] if day else [CLINIC]), died=day)
    people.add("no discharge", stay("01-10", None), operation(LUMBAR, "01-10"), died="01-20")
    people.add("operated twice", *INDEX, *again("03-01"), died="04-01")
    columns = ("died_30d", "died_90d", "in_hospital", "death_days", "death_reason")
    rows = people.follow("spine-surgery-mortality", databases, dialect)
    assert picked(rows, *columns) == {name: [wanted] for name, (_, wanted) in died.items()} | {
        "no discharge": [(1, 1, None, 10, "event")], "operated twice": [(0, 1, 0, 31, "event")],
    }  # fmt: skip
    rows = people.follow("spine-surgery-complications", databases, dialect)
    assert {who: each[0]["complication_30d"] for who, each in rows.items()} == {
        name: wanted[0] for name, (_, wanted) in died.items()
    } | {"no discharge": 1, "operated twice": 0}
