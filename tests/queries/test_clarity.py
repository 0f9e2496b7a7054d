"""Epic Clarity: who is in the cohort, which visits count, on either side of every rule."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ehrkit.core.errors import DataError
from ehrkit.queries.adapting.adapters import load_adapter
from ehrkit.queries.attrition import attrition
from ehrkit.queries.engines import open_engine
from ehrkit.queries.kit.named import load_query, run_query
from ehrkit.queries.reading import load_cohort
from ehrkit.queries.running import run_cohort
from tests.queries.clarity_chart import Chart

NAME = "lumbar-fusion-ed-30d"


def cohort(chart: Chart, name: str = NAME, **values: str) -> dict[str, dict[str, Any]]:
    """Close the chart, run the cohort and return its rows by person."""
    with open_engine(str(chart.close())) as engine:
        rows = run_cohort(load_cohort(name, values=values), load_adapter("epic-clarity"), engine)
        found = rows.read_all().to_pylist()
    assert len({row["person_id"] for row in found}) == len(found)
    return {row["person_id"]: row for row in found}


def query(chart: Chart, name: str, **values: str) -> list[dict[str, Any]]:
    with open_engine(str(chart.close())) as engine:
        reader = run_query(load_query(name, values), load_adapter("epic-clarity"), engine)
        return reader.read_all().to_pylist()


def test_the_window_is_days_1_to_30_after_discharge(chart: Chart) -> None:
    visits = {
        "Z0": "2020-03-10 22:00",  # day 0
        "Z1": "2020-03-11 00:00",  # day 1
        "Z30": "2020-04-09 23:59",  # day 30, one minute before midnight
        "Z31": "2020-04-10 00:00",  # day 31
    }
    for number, (pat_id, arrival) in enumerate(visits.items()):
        chart.patient(pat_id)
        chart.surgery(10 + number, pat_id, "2020-03-07 07:00", "2020-03-10 23:59")
        chart.emergency(20 + number, pat_id, arrival)
    rows = cohort(chart)
    assert {who: row["ed_within_30d"] for who, row in rows.items()} == {
        "Z0": 0, "Z1": 1, "Z30": 1, "Z31": 0,
    }  # fmt: skip
    assert rows["Z30"]["days_to_first_ed"] == 30
    assert rows["Z30"]["first_ed_date"] == date(2020, 4, 9)
    assert rows["Z1"]["discharge_date"] == date(2020, 3, 10)


def test_another_window_is_a_parameter(chart: Chart) -> None:
    chart.patient("Z1")
    chart.surgery(1, "Z1", "2020-03-07 07:00", "2020-03-10 12:00")
    chart.emergency(2, "Z1", "2020-06-08 12:00")
    assert cohort(chart, window="90")["Z1"]["ed_within_30d"] == 1


def test_a_stay_that_never_ended_has_no_discharge_and_unknown_columns(chart: Chart) -> None:
    chart.patient("Z1")
    chart.surgery(1, "Z1", "2020-03-07 07:00", None)
    chart.emergency(2, "Z1", "2020-03-20 12:00")
    row = cohort(chart)["Z1"]
    assert (row["discharge_date"], row["ed_within_30d"], row["ed_visits"]) == (None, None, None)


@pytest.mark.parametrize(
    ("how", "values"),
    [
        ("flag", {"test": "Y"}),
        ("name", {"name": "ZZTEST,ORTHO"}),
        ("MRN", {"mrn": "ZZ0001"}),
    ],
)
def test_test_patients_are_left_out(chart: Chart, how: str, values: dict[str, str]) -> None:
    chart.patient("Z1", **values)
    chart.patient("Z2", test="N")
    chart.surgery(1, "Z1", "2020-03-07 07:00", "2020-03-10 12:00")
    chart.surgery(2, "Z2", "2020-03-07 07:00", "2020-03-10 12:00")
    assert set(cohort(chart)) == {"Z2"}


def test_merged_records_are_one_person_through_a_chain(chart: Chart) -> None:
    for pat_id in ("Z1", "Z2", "Z3"):
        chart.patient(pat_id)
    chart.merge("Z2", "Z1")
    chart.merge("Z3", "Z2")
    chart.surgery(1, "Z1", "2020-03-07 07:00", "2020-03-10 12:00")
    chart.emergency(2, "Z2", "2020-03-20 12:00")
    chart.surgery(3, "Z3", "2021-03-07 07:00", "2021-03-10 12:00")
    rows = cohort(chart)
    assert set(rows) == {"Z3"}
    assert rows["Z3"]["index_date"] == date(2020, 3, 7)
    assert rows["Z3"]["ed_visits"] == 1


def test_an_orphan_of_a_merge_still_leads_to_its_person(chart: Chart) -> None:
    chart.patient("Z1")
    chart.merge("Z1", "Z999")
    chart.surgery(1, "Z999", "2020-03-07 07:00", "2020-03-10 12:00")
    assert set(cohort(chart)) == {"Z1"}


def test_canceled_admissions_and_preadmissions_are_no_visits(chart: Chart) -> None:
    chart.patient("Z1")
    chart.surgery(1, "Z1", "2020-03-07 07:00", "2020-03-10 12:00")
    chart.stay(2, "Z1", "2020-03-20 12:00", kind="Emergency", episode=2, confirmed="Canceled")
    chart.stay(3, "Z1", "2020-03-21 12:00", kind="Emergency", episode=3, status="Preadmission")
    row = cohort(chart)["Z1"]
    assert row["ed_visits"] == 0
    assert row["follow_up_end"] == date(2020, 3, 10)


def test_an_emergency_visit_that_becomes_an_admission_is_two_rows(chart: Chart) -> None:
    chart.patient("Z1")
    chart.stay(5, "Z1", "2020-03-20 22:00", "2020-03-24 11:00", kind="Inpatient",
               inpatient="2020-03-21 03:00", emergency="2020-03-20 22:00", episode=5,
               ed_left="2020-03-21 03:10")  # fmt: skip
    rows = query(chart, "encounters")
    names = ("encounter_id", "kind", "start_time", "end_time")
    assert [tuple(str(row[name]) for name in names) for row in rows] == [
        ("5", "emergency", "2020-03-20 22:00:00", "2020-03-21 03:10:00"),
        ("5", "inpatient", "2020-03-21 03:00:00", "2020-03-24 11:00:00"),
    ]  # fmt: skip


def test_observation_begins_where_the_base_class_became_outpatient(chart: Chart) -> None:
    """The time of admission is that of the bed in the emergency department."""
    chart.patient("Z1")
    night = ("2020-03-20 22:00", "2020-03-22 11:00")
    chart.stay(5, "Z1", *night, kind="Observation", outpatient="2020-03-21 03:00",
               emergency="2020-03-20 22:00", episode=5)  # fmt: skip
    chart.stay(6, "Z1", "2020-05-20 22:00", "2020-05-22 11:00", kind="Observation")
    rows = query(chart, "encounters")
    names = ("encounter_id", "kind", "start_time", "end_time")
    assert [tuple(str(row[name]) for name in names) for row in rows] == [
        ("5", "emergency", "2020-03-20 22:00:00", "2020-03-21 03:00:00"),
        ("5", "observation", "2020-03-21 03:00:00", "2020-03-22 11:00:00"),
        ("6", "observation", "2020-05-20 22:00:00", "2020-05-22 11:00:00"),
    ]


def test_a_clinic_visit_ends_on_its_day(chart: Chart) -> None:
    chart.patient("Z1")
    chart.visit(7, "Z1", "2020-03-20")
    (row,) = query(chart, "encounters")
    assert (str(row["start_date"]), str(row["end_date"])) == ("2020-03-20", "2020-03-20")
    assert row["end_time"] is None


def test_a_fusion_in_a_stay_through_the_emergency_room_has_the_stays_discharge(
    chart: Chart,
) -> None:
    chart.patient("Z1")
    chart.stay(5, "Z1", "2020-03-20 22:00", None, kind="Inpatient", inpatient="2020-03-21 03:00",
               emergency="2020-03-20 22:00", episode=5, ed_left="2020-03-21 03:10")  # fmt: skip
    chart.procedure(5, "0SG1070", "2020-03-22")
    row = cohort(chart)["Z1"]
    assert row["encounter_id"] == "5"
    assert row["discharge_date"] is None


def test_each_signal_alone_shows_an_emergency_visit(chart: Chart) -> None:
    chart.patient("Z1")
    for csn in range(1, 8):
        chart.stay(csn, "Z1", f"2020-03-0{csn} 10:00", f"2020-03-0{csn} 15:00", kind="Outpatient")
    chart.add("F_ED_ENCOUNTERS", PAT_ENC_CSN_ID=1)
    chart.movement(2, "Original", "Emergency")
    chart.connection.execute("UPDATE PAT_ENC_HSP SET DEPARTMENT_ID = 2 WHERE PAT_ENC_CSN_ID = 3")
    chart.charge(4, 7, 1)
    chart.charge(5, 7, 1)
    chart.charge(5, 7, -1)  # reversed
    chart.charge(6, 8, 1)  # the operating room is no emergency room
    chart.movement(7, "Canceled", "Emergency")
    signals = ("ed_record", "base_class", "class_or_department", "billing")
    found = {
        row["encounter_id"]: [row[name] for name in signals] for row in query(chart, "ed-signals")
    }
    assert found == {
        "1": [1, 0, 0, 0],
        "2": [0, 1, 0, 0],
        "3": [0, 0, 1, 0],
        "4": [0, 0, 0, 1],
    }
    counts = query(chart, "ed-signal-disagreements")
    assert [[row[name] for name in (*signals, "encounters", "persons")] for row in counts] == [
        [0, 0, 0, 1, 1, 1],
        [0, 0, 1, 0, 1, 1],
        [0, 1, 0, 0, 1, 1],
        [1, 0, 0, 0, 1, 1],
    ]
    kinds = {row["encounter_id"]: row["kind"] for row in query(chart, "encounters")}
    assert [kinds[str(csn)] for csn in range(1, 8)] == ["emergency"] * 4 + ["outpatient"] * 3


def test_disagreements_are_fewer_signals_than_four(chart: Chart) -> None:
    signals = {"3": (1, 1, 1, 1), "2": (1, 0, 0, 1), "1": (0, 0, 0, 1), "4": (0, 0, 0, 1)}
    chart.patient("Z2")
    chart.patient("Z1")
    for csn, (ed_record, base_class, department, billing) in signals.items():
        days = (f"2020-03-0{csn} 10:00", f"2020-03-0{csn} 15:00")
        chart.stay(int(csn), "Z2" if csn == "1" else "Z1", *days, kind="Outpatient")
        if ed_record:
            chart.add("F_ED_ENCOUNTERS", PAT_ENC_CSN_ID=int(csn))
        if base_class:
            chart.movement(int(csn), "Original", "Emergency")
        if department:
            where = f"WHERE PAT_ENC_CSN_ID = {csn}"
            chart.connection.execute(f"UPDATE PAT_ENC_HSP SET DEPARTMENT_ID = 2 {where}")
        if billing:
            chart.charge(int(csn), 7, 1)
    names = ("ed_record", "base_class", "class_or_department", "billing")
    for at_most, wanted in (("4", "2341"), ("3", "241"), ("2", "241"), ("1", "41"), ("0", "")):
        rows = query(chart, "ed-signals", at_most=at_most)
        assert [row["encounter_id"] for row in rows] == [*wanted]
        assert all(tuple(map(row.get, names)) == signals[row["encounter_id"]] for row in rows)
        assert all(row["signals"] == sum(signals[row["encounter_id"]]) for row in rows)
    names = ("signals", *names, "encounters", "persons")
    counts = query(chart, "ed-signal-disagreements")
    assert [tuple(map(row.get, names)) for row in counts] == [
        (4, 1, 1, 1, 1, 1, 1), (2, 1, 0, 0, 1, 1, 1), (1, 0, 0, 0, 1, 2, 2),
    ]  # fmt: skip


def test_only_the_lumbar_stems_count(chart: Chart) -> None:
    for number, code in enumerate(
        ["0SG0070", "0SG1370", "0SG30AJ", "0SG5070", "0SG9070", "0RG2070"]
    ):
        chart.patient(f"Z{number}")
        chart.surgery(number, f"Z{number}", "2020-03-07 07:00", "2020-03-10 12:00", code)
    assert set(cohort(chart)) == {"Z0", "Z1", "Z2"}


def test_first_of_the_history_is_not_first_of_the_eligible(chart: Chart) -> None:
    chart.patient("Z1")
    chart.surgery(1, "Z1", "2017-12-31 07:00", "2018-01-03 12:00")
    chart.surgery(2, "Z1", "2020-03-07 07:00", "2020-03-10 12:00")
    chart.patient("Z2")
    chart.surgery(3, "Z2", "2018-01-01 07:00", "2018-01-03 12:00")
    chart.surgery(4, "Z2", "2020-03-07 07:00", "2020-03-10 12:00")
    rows = cohort(chart)
    assert {who: row["index_date"] for who, row in rows.items()} == {"Z2": date(2018, 1, 1)}


def test_age_is_whole_years_on_the_day_of_surgery(chart: Chart) -> None:
    for pat_id, birth in {"Z17": "2002-03-08", "Z18": "2002-03-07", "Zleap": "2000-02-29"}.items():
        chart.patient(pat_id, birth=birth)
    chart.surgery(1, "Z17", "2020-03-07 23:00", "2020-03-10 12:00")
    chart.surgery(2, "Z18", "2020-03-07 01:00", "2020-03-10 12:00")
    chart.surgery(3, "Zleap", "2018-02-28 01:00", "2018-03-10 12:00")
    assert set(cohort(chart)) == {"Z18"}


@pytest.mark.parametrize(
    ("when", "code", "kept"),
    [
        ("2019-03-08", "S32.010A", False),  # day -365 (2020 is a leap year)
        ("2019-03-07", "S32.010A", True),  # day -366
        ("2020-03-07", "S32010A", False),  # day 0, code without its dot
        ("2020-03-08", "S32.010A", True),  # day 1
        ("2020-03-01", "S12.8XXA", True),  # a fracture of the neck that is no vertebra
        ("2020-03-01", "C79.51", False),
        ("2020-03-01", "M46.26", False),
        ("2020-03-01", "M48.061", True),
    ],
)
def test_what_excludes_in_the_year_before(chart: Chart, when: str, code: str, kept: bool) -> None:
    chart.patient("Z1")
    chart.surgery(1, "Z1", "2020-03-07 07:00", "2020-03-10 12:00")
    chart.visit(2, "Z1", when)
    chart.diagnosis(2, code)
    assert ("Z1" in cohort(chart)) is kept


def test_a_canceled_appointments_diagnosis_does_not_count(chart: Chart) -> None:
    chart.patient("Z1")
    chart.surgery(1, "Z1", "2020-03-07 07:00", "2020-03-10 12:00")
    chart.visit(2, "Z1", "2020-03-01", status="Canceled")
    chart.diagnosis(2, "C79.51")
    assert "Z1" in cohort(chart)


@pytest.mark.parametrize(
    ("status", "department", "counted"),
    [("Completed", 1, True), ("Arrived", 1, True), (None, 1, True),
     ("No Show", 1, False), ("Canceled", 1, False), (None, None, False)],
)  # fmt: skip
def test_which_clinic_contacts_are_visits(
    chart: Chart, status: str | None, department: int | None, counted: bool
) -> None:
    chart.patient("Z1")
    chart.visit(2, "Z1", "2020-03-01", status=status, department=department)
    assert bool(query(chart, "encounters")) is counted


def test_voided_and_combined_accounts_have_no_procedures(chart: Chart) -> None:
    for number, status in enumerate(["Voided", "Combined", "Billed"]):
        chart.patient(f"Z{number}")
        chart.surgery(number, f"Z{number}", "2020-03-07 07:00", "2020-03-10 12:00")
        chart.connection.execute(
            "UPDATE HSP_ACCOUNT SET ACCT_BILLSTS_HA_C = ? WHERE PAT_ID = ?",
            [chart.code("ZC_ACCT_BILLSTS_HA", status), f"Z{number}"],
        )
    assert set(cohort(chart)) == {"Z2"}


def test_the_stay_of_a_shared_account_is_the_one_that_holds_the_surgery(chart: Chart) -> None:
    chart.patient("Z1")
    chart.stay(1, "Z1", "2020-02-01 08:00", "2020-02-01 15:00", kind="Outpatient")
    chart.surgery(2, "Z1", "2020-03-07 07:00", "2020-03-10 12:00")
    chart.connection.execute("UPDATE PAT_ENC_HSP SET HSP_ACCOUNT_ID = '9002'")
    chart.connection.execute("UPDATE HSP_ACCOUNT SET PRIM_ENC_CSN_ID = '1'")
    chart.connection.execute("DELETE FROM HSP_ACCOUNT WHERE HSP_ACCOUNT_ID = '9001'")
    assert cohort(chart)["Z1"]["encounter_id"] == "2"


def test_follow_up_ends_with_death_contact_or_data(chart: Chart) -> None:
    chart.patient("Zdead", death="2020-05-01")
    chart.patient("Zgone")
    chart.patient("Zlast")
    for number, pat_id in enumerate(["Zdead", "Zgone", "Zlast"], 1):
        chart.surgery(number, pat_id, "2020-03-07 07:00", "2020-03-10 12:00")
    chart.visit(11, "Zdead", "2020-06-01")  # the certificate's contact, after death
    chart.visit(12, "Zgone", "2020-07-01")
    chart.visit(13, "Zlast", "2020-12-01")
    rows = cohort(chart)
    assert {who: (str(r["follow_up_end"]), r["follow_up_reason"]) for who, r in rows.items()} == {
        "Zdead": ("2020-05-01", "death"),
        "Zgone": ("2020-07-01", "last-contact"),
        "Zlast": ("2020-12-01", "end-of-data"),
    }


def test_attrition_names_every_loss_and_sums(chart: Chart) -> None:
    chart.patient("Zold")
    chart.surgery(1, "Zold", "2015-03-07 07:00", "2015-03-10 12:00")
    chart.patient("Zyoung", birth="2010-01-01")
    chart.surgery(2, "Zyoung", "2020-03-07 07:00", "2020-03-10 12:00")
    chart.patient("Zsick")
    chart.surgery(3, "Zsick", "2020-03-07 07:00", "2020-03-10 12:00")
    chart.diagnosis(3, "C79.51")
    chart.patient("Zkept")
    chart.surgery(4, "Zkept", "2020-03-07 07:00", "2020-03-10 12:00")
    chart.surgery(5, "Zkept", "2021-03-07 07:00", "2021-03-10 12:00")
    chart.patient("Zundated")
    chart.stay(6, "Zundated", "2020-03-07 07:00", "2020-03-10 12:00")
    chart.procedure(6, "0SG0070", None)
    with open_engine(str(chart.close())) as engine:
        table = attrition(load_cohort(NAME), load_adapter("epic-clarity"), engine)
    rows = table.to_pylist()
    names = ("label", "persons_kept", "events_kept", "events_excluded")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("Index events: procedure lumbar-fusion", 5, 6, 0),
        ("Has a date, and the person is known", 4, 5, 1),
        ("The first of the person's history", 4, 4, 1),
        ("Index date from 2018-01-01 to 2024-12-31", 3, 3, 1),
        ("18 or older at surgery", 2, 2, 1),
        ("Excluded: Spinal neoplasm, infection or fracture in the year before", 1, 1, 1),
    ]  # fmt: skip
    for unit in ("persons", "events", "encounters"):
        assert [row[f"{unit}_in"] for row in rows[1:]] == [row[f"{unit}_kept"] for row in rows[:-1]]
        for row in rows:
            assert row[f"{unit}_excluded"] + row[f"{unit}_kept"] == row[f"{unit}_in"]


def test_identities_are_of_surviving_real_people(chart: Chart) -> None:
    chart.patient("Z4")
    chart.patient("Z1", sex="Male")
    chart.patient("Z2")
    chart.patient("Z3", test="Y")
    chart.merge("Z1", "Z2")
    rows = query(chart, "identities")
    names = ("person_id", "first_name", "last_name", "birth_date", "sex", "zip")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("Z1", "Jane", "Doe", date(1960, 5, 5), "male", "01234"),
        ("Z4", "Jane", "Doe", date(1960, 5, 5), "female", "01234"),
    ]


def test_length_of_stay_counts_midnights(chart: Chart) -> None:
    chart.patient("Z1")
    chart.stay(1, "Z1", "2020-03-07 23:59", "2020-03-08 00:01")
    chart.stay(2, "Z1", "2020-03-09 00:01", "2020-03-09 23:59")
    chart.stay(3, "Z1", "2020-03-10 10:00", None)
    assert [row["days"] for row in query(chart, "length-of-stay")] == [1, 0, None]


def test_readmission_and_every_operation(chart: Chart) -> None:
    chart.patient("Z1")
    chart.stay(1, "Z1", "2020-03-07 07:00", "2020-03-10 12:00")
    chart.procedure(1, "0RG2070", "2020-03-07")
    chart.stay(2, "Z1", "2020-03-10 13:00", "2020-03-12 12:00")  # day 0: a transfer
    chart.stay(3, "Z1", "2020-06-08 13:00", "2020-06-12 12:00")  # day 90
    row = cohort(chart, "cervical-fusion-readmission-90d")["Z1"]
    assert (row["readmitted"], row["first_readmission_date"]) == (1, date(2020, 6, 8))


def test_the_schema_whose_tables_are_there_is_named(chart: Chart) -> None:
    chart.patient("Z1")
    path = str(chart.close())
    with open_engine(path) as engine, pytest.raises(DataError) as caught:
        run_cohort(load_cohort(NAME), load_adapter("omop-5.4"), engine)
    assert "has none of the tables that omop-5.4 reads" in str(caught.value)
    assert caught.value.hint == "They look like those of epic-clarity: --schema epic-clarity"
    with open_engine(path, db_schema="dbo") as engine, pytest.raises(DataError) as caught:
        run_cohort(load_cohort(NAME), load_adapter("epic-clarity"), engine)
    assert caught.value.hint == "Are they in another place? See --catalog and --db-schema."


BY_RACE = """
id = "by-race"
title = "Fusions, with the race of each person"
index = { procedure = "lumbar-fusion", keep = "first", of = "history" }
column = [{ name = "race", person = "race" }]
"""


def test_a_table_is_missed_only_by_who_reads_it(chart: Chart, tmp_path: Path) -> None:
    chart.patient("Z1")
    chart.stay(1, "Z1", "2020-03-07 07:00", "2020-03-10 12:00")
    chart.procedure(1, "0SG0070", "2020-03-07")
    chart.connection.execute("DROP TABLE PATIENT_RACE")
    chart.connection.execute("ALTER TABLE PAT_ENC_DX DROP COLUMN PRIMARY_DX_YN")
    assert set(cohort(chart)) == {"Z1"}
    (tmp_path / "by-race.toml").write_text(BY_RACE)
    by_race = load_cohort(str(tmp_path / "by-race.toml"))
    wanted = "the database lacks PATIENT_RACE, which epic-clarity reads"
    with open_engine(str(chart.path)) as engine, pytest.raises(DataError, match=wanted):
        run_cohort(by_race, load_adapter("epic-clarity"), engine)
