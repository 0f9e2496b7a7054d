"""Each column of the relations against hand-written SQL, and the same in three shapes."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from ehrkit.queries.adapting.adapters import load_adapter
from ehrkit.queries.canonical.build import assemble, parse
from ehrkit.queries.engines import open_engine
from ehrkit.queries.kit.named import load_query, run_query
from ehrkit.queries.relations import DISCHARGED_TO, ETHNICITIES, RACES, RELATIONS
from ehrkit.synthetic.generate import generate
from ehrkit.synthetic.spec import Spec
from tests.queries.three_shapes import SHAPES, by_hand, counted, relation


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synthetic") / "site"
    generate(folder, Spec(700, 11, notes=False), tuple(SHAPES))
    return folder


def clarity(site: Path, query: str) -> list[tuple[Any, ...]]:
    return by_hand(site, "clarity", query)


# --- persons ---

RACE = {
    "White": "white", "Black or African American": "black", "Asian": "asian", "Other": "other",
    "American Indian or Alaska Native": "american-indian",
    "Native Hawaiian or Other Pacific Islander": "pacific-islander",
}  # fmt: skip


def test_races_and_ethnic_groups_are_those_of_the_record(site: Path) -> None:
    wanted = {}
    query = """
        SELECT ltrim(PAT_ID, 'Z'), list(DISTINCT r.NAME), any_value(e.NAME) FROM PATIENT
        LEFT JOIN (PATIENT_RACE JOIN ZC_PATIENT_RACE AS r USING (PATIENT_RACE_C)) USING (PAT_ID)
        LEFT JOIN ZC_ETHNIC_GROUP AS e USING (ETHNIC_GROUP_C) GROUP BY 1"""
    for person_id, names, group in clarity(site, query):
        races = {RACE[name] for name in names if name in RACE}
        race = "multiple" if len(races) > 1 else next(iter(races), "unknown")
        ethnicity = {"Hispanic or Latino": "hispanic", "Not Hispanic or Latino": "not-hispanic"}
        wanted[person_id] = (race, ethnicity.get(group, "unknown"))
    rows = {shape: relation(site, shape, "person") for shape in SHAPES}
    found = {row["person_id"]: (row["race"], row["ethnicity"]) for row in rows["clarity"]}
    assert found == {person_id: wanted[person_id] for person_id in found}
    assert {race for race, _ in found.values()} <= set(RACES)
    assert {ethnicity for _, ethnicity in found.values()} == set(ETHNICITIES)
    assert sum(race == "multiple" for race, _ in found.values()) > 3
    merges = pq.read_table(site / "truth" / "merges.parquet").to_pylist()
    # Nobody asked for the race again when somebody was registered twice.
    doubles = {row["old_pat_id"].lstrip("Z") for row in merges if not row["merged"]}
    for shape in ("cerner", "omop"):
        assert len(rows[shape]) == len(found)
        for row in rows[shape]:
            race, ethnicity = found[row["person_id"]]
            assert row["ethnicity"] == ethnicity
            assert row["race"] == race or race == "multiple" or row["person_id"] in doubles


def test_observed_history_is_that_of_contacts_or_of_the_period(site: Path) -> None:
    rows = {shape: relation(site, shape, "observation") for shape in SHAPES}
    names = ("person_id", "start_date", "end_date")
    assert counted(rows["omop"], *names) == Counter(
        by_hand(
            site,
            "omop",
            """SELECT CAST(person_id AS VARCHAR), observation_period_start_date,
            observation_period_end_date FROM observation_period""",
        )
    )
    days: dict[str, list[Any]] = {}
    for row in relation(site, "cerner", "encounter"):
        days.setdefault(row["person_id"], []).extend(
            day for day in (row["event_date"], row["end_date"]) if day
        )
    wanted = Counter((who, min(seen), max(seen)) for who, seen in days.items())
    assert counted(rows["cerner"], *names) == wanted
    assert len(rows["clarity"]) == len(wanted) > 500


# --- encounters ---

LED_TO = {
    "Home or Self Care": "home", "Home Health": "home-health", "Rehab Facility": "rehabilitation",
    "Skilled Nursing Facility": "skilled-nursing", "Expired": "died",
    "Left Against Medical Advice": "against-advice", "Hospice - Home": "hospice",
    "Hospice - Facility": "hospice", "Acute Care Hospital": "hospital",
}  # fmt: skip


def test_discharges_lead_where_the_disposition_says(site: Path) -> None:
    said = dict(
        clarity(
            site,
            """SELECT CAST(PAT_ENC_CSN_ID AS VARCHAR), NAME FROM PAT_ENC_HSP
            JOIN ZC_DISCH_DISP USING (DISCH_DISP_C)""",
        )
    )
    rows = relation(site, "clarity", "encounter")
    stays = [row for row in rows if row["kind"] in ("inpatient", "observation")]
    for row in stays:
        assert row["discharged_to"] == LED_TO.get(said.get(row["encounter_id"], ""))
    assert {row["discharged_to"] for row in stays} > {"home", "skilled-nursing", "died"}
    two = Counter(row["encounter_id"] for row in rows)
    for row in rows:
        if row["kind"] == "emergency" and two[row["encounter_id"]] > 1:
            assert (row["discharged_to"], row["specialty"]) == (None, None)
    names = ("person_id", "encounter_id", "kind", "discharged_to")
    led = [row for row in rows if row["discharged_to"]]
    assert {row["discharged_to"] for row in led} <= set(DISCHARGED_TO)
    for shape in ("cerner", "omop"):
        found = [row for row in relation(site, shape, "encounter") if row["discharged_to"]]
        assert counted(found, *names) == counted(led, *names)


def test_specialties_are_those_of_the_last_department(site: Path) -> None:
    said = dict(
        clarity(
            site,
            """SELECT CAST(PAT_ENC_CSN_ID AS VARCHAR), lower(SPECIALTY)
            FROM (SELECT PAT_ENC_CSN_ID, DEPARTMENT_ID FROM PAT_ENC_HSP UNION ALL
                  SELECT PAT_ENC_CSN_ID, DEPARTMENT_ID FROM PAT_ENC
                  WHERE PAT_ENC_CSN_ID NOT IN (SELECT PAT_ENC_CSN_ID FROM PAT_ENC_HSP))
            JOIN CLARITY_DEP USING (DEPARTMENT_ID)""",
        )
    )
    rows = [row for row in relation(site, "clarity", "encounter") if row["specialty"]]
    assert {row["specialty"] for row in rows} > {"neurosurgery", "physical therapy"}
    assert all(row["specialty"] == said[row["encounter_id"]] for row in rows)
    names = ("encounter_id", "kind", "specialty")
    visits = [row for row in rows if row["kind"] in ("outpatient", "inpatient")]
    found = [
        row
        for row in relation(site, "cerner", "encounter")
        if row["kind"] in ("outpatient", "inpatient")
    ]
    assert counted(found, *names) == counted(visits, *names)
    # The CDM has the name of the first department in its place.
    places = dict(clarity(site, "SELECT lower(DEPARTMENT_NAME), lower(SPECIALTY) FROM CLARITY_DEP"))
    omop = relation(site, "omop", "encounter")
    went_on = {row["encounter_id"] for row in omop if row["kind"] == "emergency"}
    told = [
        {**row, "specialty": places[row["specialty"]]}
        for row in omop
        if row["kind"] in ("outpatient", "inpatient") and row["encounter_id"] not in went_on
    ]
    planned = [row for row in visits if row["encounter_id"] not in went_on]
    assert len(planned) > 0.9 * len(visits)
    assert counted(told, *names) == counted(planned, *names)


# --- conditions ---


def test_ranks_and_presence_on_admission_are_those_of_the_account(site: Path) -> None:
    rows = relation(site, "clarity", "condition")
    coded = [row for row in rows if row["event_id"].startswith("account/")]
    found = Counter((r["event_id"], r["position"], r["present_on_admission"]) for r in coded)
    wanted = clarity(
        site,
        """SELECT concat('account/', HSP_ACCOUNT_ID, '/', LINE), LINE,
        CASE z.NAME WHEN 'Yes' THEN 'yes' WHEN 'No' THEN 'no' END
        FROM HSP_ACCT_DX_LIST AS d JOIN ZC_DX_POA AS z ON z.FINAL_DX_POA_C = d.FINAL_DX_POA_C
        JOIN HSP_ACCOUNT USING (HSP_ACCOUNT_ID)
        JOIN ZC_ACCT_BILLSTS_HA AS b USING (ACCT_BILLSTS_HA_C)
        WHERE b.NAME NOT IN ('Voided', 'Combined')""",
    )
    kept = {row["event_id"] for row in coded}
    assert found == Counter(row for row in wanted if row[0] in kept)
    assert len(wanted) - len(kept) < 0.02 * len(wanted)  # accounts of test patients
    assert {row[2] for row in found} == {"yes", "no"}


def test_the_primary_diagnosis_is_the_same_in_three_shapes(site: Path) -> None:
    """Clarity reads the code of today, so encounters are compared, not codes."""
    first = {
        shape: {
            (row["person_id"], row["encounter_id"])
            for row in relation(site, shape, "condition")
            if row["position"] == 1
        }
        for shape in SHAPES
    }
    assert first["cerner"] == first["omop"]
    assert first["omop"] <= first["clarity"]
    absent = {
        shape: counted(
            (r for r in relation(site, shape, "condition") if r["present_on_admission"] == "no"),
            "person_id",
            "encounter_id",
        )
        for shape in ("clarity", "cerner")
    }
    assert absent["clarity"] == absent["cerner"]
    assert sum(absent["cerner"].values()) > 20


# --- procedures ---

SERVICES = {
    "IMG243": ("MRI SPINE", "MRI_SPINE"),
    "IMG210": ("XR SPINE", "XRAY_SPINE"),
    "IMG227": ("CT SPINE", "CT_SPINE"),
    "PRC310": ("EPIDURAL STEROID INJECTION", "EPIDURAL_INJECTION"),
    "PRC311": ("FACET JOINT INJECTION", "FACET_INJECTION"),
    "REF501": ("PHYSICAL THERAPY TREATMENT", "PHYSICAL_THERAPY"),
}


def test_images_injections_and_therapy_are_the_same_in_three_shapes(site: Path) -> None:
    names = ("person_id", "encounter_id", "event_date", "event_time", "code")
    rows = {
        shape: [r for r in relation(site, shape, "procedure") if r["vocabulary"] == "local"]
        for shape in SHAPES
    }
    assert {row["code"] for row in rows["clarity"]} == set(SERVICES)
    for place, shape in enumerate(("cerner", "omop")):
        own = [{**row, "code": SERVICES[row["code"]][place]} for row in rows["clarity"]]
        assert counted(rows[shape], *names) == counted(own, *names)
    query = "SELECT count(*) FROM ORDER_PROC WHERE PROC_CODE = 'IMG243' AND PAT_ID NOT IN "
    query += "(SELECT PAT_ID FROM PATIENT_3 WHERE IS_TEST_PAT_YN = 'Y')"
    assert counted(rows["clarity"], "code")["IMG243",] == clarity(site, query)[0][0] > 50


def test_a_procedure_begins_when_its_surgery_did(site: Path) -> None:
    times = {}
    for shape in SHAPES:
        rows = [r for r in relation(site, shape, "procedure") if r["vocabulary"] == "icd10pcs"]
        times[shape] = {(r["encounter_id"], r["event_date"], r["code"]): r for r in rows}
    anesthesia = {
        (str(csn), day): start
        for csn, day, start in clarity(
            site,
            """SELECT OR_LINK_CSN, CAST(SURGERY_DATE AS DATE), AN_START_DATETIME
            FROM F_AN_RECORD_SUMMARY JOIN PAT_OR_ADM_LINK ON LOG_ID = AN_LOG_ID
            JOIN OR_LOG USING (LOG_ID)""",
        )
    }
    known = 0
    for key, row in times["clarity"].items():
        if row["event_time"] is not None:
            known += 1
            assert row["event_time"] == anesthesia[key[0], key[1]]
            assert row["event_time"].date() == row["event_date"]
            begun = times["omop"][key]["event_time"]
            assert begun == times["cerner"][key]["event_time"]
            assert 0 < (begun - row["event_time"]).total_seconds() <= 2 * 3600
    assert known > 0.9 * len(times["clarity"])


# --- medications ---


def strengths(name: str) -> set[tuple[float, str]]:
    """Read `NAME 5 MG-OTHER 325 MG TABLET` by hand."""
    units = {"MG": "mg", "G": "g", "MG/ML": "mg/mL"}
    return {
        (float(number), units[unit])
        for number, unit in re.findall(r"([\d.]+) (MG/ML|MG|G)\b", name)
    }


def test_strengths_are_those_of_the_ingredient(site: Path) -> None:
    rows = relation(site, "clarity", "medication")
    for row in rows:
        assert (row["strength"], row["strength_unit"]) in strengths(row["name"])
    combined = {
        (row["code"], row["strength"]) for row in rows if "HYDROCODONE 5 MG-" in row["name"]
    }
    assert combined == {("5489", 5.0), ("161", 325.0)}
    names = (
        "person_id", "encounter_id", "event_date", "end_date", "event_time", "code", "name",
        "setting", "quantity", "days_supply", "strength", "strength_unit",
    )  # fmt: skip
    assert counted(relation(site, "cerner", "medication"), *names) == counted(rows, *names)
    found = [r for r in relation(site, "omop", "medication") if r["vocabulary"] == "rxnorm"]
    # The CDM tells the gram of a vial in mg, and gives the last day of supply its own end.
    metric = [
        {**row, "strength": 1000 * row["strength"], "strength_unit": "mg"}
        if row["strength_unit"] == "g"
        else row
        for row in rows
    ]
    told = tuple(name for name in names if name != "end_date")
    assert counted(found, *told) == counted(metric, *told)


def test_quantities_and_days_of_supply_are_those_of_the_order(site: Path) -> None:
    rows = [row for row in relation(site, "clarity", "medication") if row["code"] == "7804"]
    query = """SELECT CAST(ORDER_MED_ID AS VARCHAR),
        CAST(split_part(QUANTITY, ' ', 1) AS DOUBLE), CASE WHEN QUANTITY IS NOT NULL
        THEN date_diff('day', START_DATE, END_DATE) + 1 END FROM ORDER_MED"""
    said = {key: (quantity, days) for key, quantity, days in clarity(site, query)}
    assert all((r["quantity"], r["days_supply"]) == said[r["event_id"]] for r in rows)
    assert {row["days_supply"] for row in rows} > {None, 7}
    names = ("person_id", "encounter_id", "event_date", "event_time", "code", "setting")
    supplied = (*names, "quantity", "days_supply")
    found = [r for r in relation(site, "omop", "medication") if r["vocabulary"] == "rxnorm"]
    found = [row for row in found if row["code"] == "7804"]
    assert counted(found, *supplied) == counted(rows, *supplied)
    assert len(rows) > 200


# --- measurements ---

METRIC = {"[oz_av]": ("kg", 0.028349523125), "[in_i]": ("cm", 2.54)}


def metric(row: dict[str, Any]) -> tuple[Any, ...]:
    """Return person, code, day and a value in metric units, rounded as the coarsest shape does."""
    unit, factor = METRIC.get(row["unit"], (row["unit"], 1.0))
    value = row["value_number"]
    if row["code"] in ("29463-7", "39156-5", "8302-2") and value is not None:
        value = round(value * factor)
    return row["person_id"], row["encounter_id"], row["code"], row["event_date"], unit, value


def compared(row: dict[str, Any]) -> bool:
    """Leave out words, and the weight that Clarity files with bedside measurements as well."""
    again = row["event_id"].startswith("flowsheet/") and row["code"] == "29463-7"
    return row["vocabulary"] in ("loinc", "local") and row["code"] != "72166-2" and not again


def test_measurements_are_the_same_in_three_shapes(site: Path) -> None:
    rows = {
        shape: Counter(metric(row) for row in relation(site, shape, "measurement") if compared(row))
        for shape in SHAPES
    }
    sizes = ("29463-7", "39156-5", "8302-2")
    for shape in ("cerner", "omop"):
        exact = {
            name: Counter({k: n for k, n in found.items() if k[2] not in sizes})
            for name, found in rows.items()
        }
        assert exact[shape] == exact["clarity"]
        for code in sizes:
            ours = sorted(k for k in rows["clarity"].elements() if k[2] == code)
            theirs = sorted(k for k in rows[shape].elements() if k[2] == code)
            assert [k[:5] for k in ours] == [k[:5] for k in theirs]
            assert all(abs(a[5] - b[5]) <= 1 for a, b in zip(ours, theirs, strict=True))
    assert {key[4] for key in rows["clarity"]} >= {"mm[Hg]", "[degF]", "kg", "cm", "T-score"}


def test_bedside_values_are_those_of_the_flowsheet(site: Path) -> None:
    rows = relation(site, "clarity", "measurement")
    found = Counter(
        (row["code"], row["event_time"], row["value_number"])
        for row in rows
        if row["code"] in ("8480-6", "8462-4")
    )
    query = """SELECT '8480-6', RECORDED_TIME, CAST(split_part(MEAS_VALUE, '/', 1) AS DOUBLE)
        FROM IP_FLWSHT_MEAS JOIN IP_FLO_GP_DATA USING (FLO_MEAS_ID) WHERE DISP_NAME = 'BP'
        UNION ALL SELECT '8462-4', RECORDED_TIME, CAST(split_part(MEAS_VALUE, '/', 2) AS DOUBLE)
        FROM IP_FLWSHT_MEAS JOIN IP_FLO_GP_DATA USING (FLO_MEAS_ID) WHERE DISP_NAME = 'BP'"""
    assert sum((found - Counter(clarity(site, query))).values()) == 0
    heights = [row for row in rows if row["code"] == "8302-2"]
    for row in heights:
        height = re.fullmatch(r"(\d)' ([\d.]+)\"", row["value_text"])
        assert height is not None
        feet, inches = height.groups()
        assert row["value_number"] == 12 * int(feet) + float(inches)
    assert len(heights) > 500


@pytest.mark.parametrize(
    ("code", "instrument"),
    [
        ("PROMIS-PF", "promis_physical_function"),
        ("PROMIS-PI", "promis_pain_interference"),
        ("ODI", "oswestry"),
    ],
)
def test_scores_are_those_of_the_answer_key(site: Path, code: str, instrument: str) -> None:
    truth = pq.read_table(site / "truth" / "scores.parquet").to_pylist()
    wanted = Counter(
        (row["encounter_id"], row["value"]) for row in truth if row["instrument"] == instrument
    )
    for shape in SHAPES:
        rows = [r for r in relation(site, shape, "measurement") if r["code"] == code]
        assert counted(rows, "encounter_id", "value_number") == wanted
        assert len(rows) > 100


def test_smoking_is_told_in_the_words_of_each_chart(site: Path) -> None:
    first = {}
    for shape in SHAPES:
        rows = [r for r in relation(site, shape, "measurement") if r["code"] == "72166-2"]
        first[shape] = Counter(
            (row["person_id"], row["event_date"], row["value_text"].split()[0]) for row in rows
        )
    assert first["clarity"] == first["cerner"] == first["omop"]
    assert {key[2] for key in first["omop"]} == {"Never", "Former", "Current"}


# --- types ---


@pytest.mark.parametrize("shape", SHAPES)
def test_events_are_told_apart(site: Path, shape: str) -> None:
    """An event of a code is one row, or the ingredients and concepts of one thing."""
    for name in ("procedure", "condition", "measurement"):
        rows = relation(site, shape, name)
        keys = counted(rows, "event_id", "vocabulary", "code")
        assert max(keys.values()) == 1, name
        assert set(rows[0]) == set(RELATIONS[name].columns)


# --- emergency visits ---


@pytest.mark.parametrize("shape", ["clarity", "cerner"])
def test_disagreements_of_the_four_signals_are_those_that_were_planted(
    site: Path, shape: str
) -> None:
    visits = pq.read_table(site / "truth" / "emergency_visits.parquet").to_pylist()
    signals = ("ed_record", "base_class", "class_or_department", "revenue")
    wanted = Counter(tuple(int(row[name]) for name in signals) for row in visits if row["visible"])
    with open_engine(str(site / shape)) as engine:
        report = run_query(
            load_query("ed-signal-disagreements"), load_adapter(SHAPES[shape]), engine
        )
        rows = report.read_all().to_pylist()
    names = ("ed_record", "base_class", "class_or_department", "billing")
    assert {tuple(row[name] for name in names): row["encounters"] for row in rows} == wanted
    assert all(row["signals"] == sum(row[name] for name in names) for row in rows)
    planted = Counter(
        row["kind"] for row in pq.read_table(site / "truth" / "planted.parquet").to_pylist()
    )
    alone = {
        "emergency-ed-record-only": (1, 0, 0, 0),
        "emergency-base-class-only": (0, 1, 0, 0),
        "emergency-revenue-only": (0, 0, 0, 1),
    }
    for kind, combination in alone.items():
        assert wanted[combination] == planted[kind] > 0


def test_the_cdm_tells_the_same_emergency_visits(site: Path) -> None:
    visits = pq.read_table(site / "truth" / "emergency_visits.parquet").to_pylist()
    rows = relation(site, "omop", "ed_signal")
    assert {row["encounter_id"] for row in rows} == {
        row["encounter_id"] for row in visits if row["visible"]
    }
    units = by_hand(
        site,
        "omop",
        "SELECT count(DISTINCT visit_occurrence_id) FROM visit_detail "
        "WHERE visit_detail_concept_id = 9203",
    )
    assert sum(row["ed_record"] for row in rows) == units[0][0]
    assert sum(row["billing"] for row in rows) == 0


def test_descents_are_those_of_the_vocabulary(site: Path) -> None:
    with open_engine(str(site / "omop")) as engine:
        rows = parse("SELECT d.ancestor AS a, d.descendant AS d FROM descents AS d")
        adapter = load_adapter("omop-5.4")
        found = engine.run(assemble(adapter.ctes({"descent"}), rows)).read_all().to_pylist()
    wanted = by_hand(
        site,
        "omop",
        "SELECT ancestor_concept_id::VARCHAR, descendant_concept_id::VARCHAR FROM concept_ancestor",
    )
    assert Counter((row["a"], row["d"]) for row in found) == Counter(wanted)
    assert any(a != d for a, d in wanted)
