"""The OMOP shape holds the same truth as the Clarity shape, less what a loader takes away."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import duckdb
import numpy as np
import pytest

from ehrkit.synthetic.care.vocabulary import Kind, Service
from ehrkit.synthetic.generate import generate
from ehrkit.synthetic.history import draw_history
from ehrkit.synthetic.omop.project import project
from ehrkit.synthetic.spec import Spec
from ehrkit.synthetic.streams import Streams
from tests.synthetic.conftest import Query

# Clarity by hand: records lead to their survivor, test patients are nobody.
PERSONS = """
SELECT PAT_ID AS pat_id, CAST(substr(s.person_id, 2) AS BIGINT) AS person_id
FROM survivor AS s JOIN PATIENT AS p USING (PAT_ID)
WHERE p.PAT_NAME NOT LIKE 'ZZTEST%'
"""
# Contacts that took place, and the stay that a surgery contact belongs to.
CONTACTS = f"""
SELECT e.PAT_ENC_CSN_ID AS csn, COALESCE(k.OR_LINK_CSN, e.PAT_ENC_CSN_ID) AS visit, p.person_id,
  CAST(e.CONTACT_DATE AS DATE) AS day
FROM PAT_ENC AS e
JOIN ({PERSONS}) AS p ON p.pat_id = e.PAT_ID
JOIN ZC_DISP_ENC_TYPE AS t ON t.DISP_ENC_TYPE_C = e.ENC_TYPE_C
LEFT JOIN ZC_APPT_STATUS AS a USING (APPT_STATUS_C)
LEFT JOIN PAT_OR_ADM_LINK AS k ON k.PAT_ENC_CSN_ID = e.PAT_ENC_CSN_ID
LEFT JOIN PAT_ENC_HSP AS h ON h.PAT_ENC_CSN_ID = e.PAT_ENC_CSN_ID
LEFT JOIN ZC_PAT_STATUS AS s USING (ADT_PATIENT_STAT_C)
LEFT JOIN ZC_CONF_STAT AS c USING (ADMIT_CONF_STAT_C)
WHERE t.NAME NOT IN ('System Contact', 'Anesthesia', 'Anesthesia Event')
  AND COALESCE(s.NAME, '') <> 'Preadmission'
  AND COALESCE(c.NAME, '') <> 'Canceled'
  AND COALESCE(a.NAME, 'Completed') IN ('Completed', 'Arrived')
"""


def same(query: Query, clarity: str, omop: str) -> int:
    """Assert that both queries return the same rows, and return how many."""
    wanted, found = Counter(query(clarity)), Counter(query(omop))
    assert (wanted - found, found - wanted) == (Counter(), Counter())
    return found.total()


def test_persons_are_the_survivors_and_the_duplicates_that_nobody_merged(query: Query) -> None:
    count = same(
        query,
        "SELECT CAST(substr(person_id, 2) AS BIGINT), mrn, year(birth_date), month(birth_date), "
        "day(birth_date) FROM truth_persons UNION ALL "
        "SELECT CAST(substr(old_pat_id, 2) AS BIGINT), PAT_MRN_ID, year(t.birth_date), "
        "month(t.birth_date), day(t.birth_date) FROM truth_merges "
        "JOIN truth_persons AS t USING (person_id) "
        "JOIN PATIENT ON PAT_ID = old_pat_id WHERE NOT merged",
        "SELECT person_id, person_source_value, year_of_birth, month_of_birth, day_of_birth "
        "FROM omop.person",
    )
    assert count > 2000


def test_race_sex_and_death_are_those_of_the_chart(query: Query) -> None:
    names = {8507: "Male", 8532: "Female", 0: "Unknown"}
    rows = query(
        "SELECT o.gender_concept_id, o.gender_source_value, z.NAME, o.race_source_value, "
        "(SELECT c.concept_name FROM omop.concept AS c WHERE c.concept_id = o.race_concept_id "
        "AND c.concept_id <> 0) FROM omop.person AS o "
        "JOIN PATIENT AS p ON p.PAT_ID = 'Z' || o.person_id "
        "JOIN ZC_SEX AS z ON z.RCPT_MEM_SEX_C = p.SEX_C"
    )
    assert len(rows) > 2000
    assert all(names[number] == told == name for number, told, name, _, _ in rows)
    races = {(told, name) for *_, told, name in rows if name}
    assert all(told == name for told, name in races)
    assert {"White", "Black or African American", "Asian"} < {name for _, name in races}
    deaths = same(
        query,
        "SELECT CAST(substr(PAT_ID, 2) AS BIGINT), CAST(DEATH_DATE AS DATE) FROM PATIENT "
        "WHERE DEATH_DATE IS NOT NULL AND PAT_NAME NOT LIKE 'ZZTEST%'",
        "SELECT person_id, death_date FROM omop.death",
    )
    assert deaths > 50


def test_visits_are_the_contacts_that_took_place(query: Query) -> None:
    count = same(
        query,
        f"SELECT csn, person_id, day FROM ({CONTACTS}) WHERE csn = visit",
        "SELECT visit_occurrence_id, person_id, visit_start_date FROM omop.visit_occurrence",
    )
    assert count > 20_000


def test_every_visible_emergency_visit_is_one_of_two_kinds(query: Query) -> None:
    count = same(
        query,
        "SELECT CAST(encounter_id AS BIGINT), CASE WHEN admitted THEN 262 ELSE 9203 END, arrival "
        "FROM truth_emergency_visits WHERE visible",
        "SELECT visit_occurrence_id, visit_concept_id, visit_start_datetime "
        "FROM omop.visit_occurrence WHERE visit_concept_id IN (262, 9203)",
    )
    assert count > 1000


def test_an_emergency_visit_without_a_trace_is_what_the_chart_says_it_is() -> None:
    """With all four signals taken away, only the class that the visit ended in is left."""
    history = draw_history(Spec(300, 4, notes=False), Streams(4))
    encounters = history.truth.encounters
    for signal in ("ed_record", "base_class", "class_or_department", "revenue"):
        getattr(encounters, signal)[:] = False
    tables = project(history).tables
    rows = np.flatnonzero(encounters.emergency() & ~encounters.outside)
    wanted = {
        int(history.booking.csn[row]): {
            Kind.EMERGENCY: 9202, Kind.EMERGENCY_ADMITTED: 9201, Kind.EMERGENCY_OBSERVED: 581385,
        }[Kind(encounters.kind[row])]
        for row in rows
        if not history.truth.people.test[encounters.person[row]]
    }  # fmt: skip
    visits, units = (
        dict(zip(*(tables[name][column].to_pylist() for column in columns), strict=True))
        for name, columns in (
            ("visit_occurrence", ("visit_occurrence_id", "visit_concept_id")),
            ("visit_detail", ("visit_occurrence_id", "visit_detail_concept_id")),
        )
    )
    assert {number: visits[number] for number in wanted} == wanted
    assert {number: units[number] for number in wanted} == wanted
    assert set(wanted.values()) == {9201, 9202, 581385}


def test_conditions_are_the_diagnoses_of_contacts(query: Query) -> None:
    count = same(
        query,
        f"WITH contacts AS ({CONTACTS}) SELECT v.person_id, v.csn, c.day, d.CODE "
        "FROM PAT_ENC_DX AS x JOIN contacts AS c ON c.csn = x.PAT_ENC_CSN_ID "
        "JOIN contacts AS v ON v.csn = c.visit "
        "JOIN EDG_CURRENT_ICD10 AS d USING (DX_ID)",
        "SELECT person_id, visit_occurrence_id, condition_start_date, concept_code "
        "FROM omop.condition_occurrence JOIN omop.concept "
        "ON concept_id = condition_source_concept_id "
        "WHERE vocabulary_id = 'ICD10CM' AND condition_type_concept_id <> 32840",
    )
    assert count > 20_000


def test_procedures_are_those_of_the_performed_surgeries(query: Query) -> None:
    done = same(
        query,
        "SELECT DISTINCT CAST(encounter_id AS BIGINT), procedure_date "
        "FROM truth_surgeries WHERE performed",
        "SELECT DISTINCT visit_occurrence_id, procedure_date FROM omop.procedure_occurrence "
        "WHERE procedure_source_concept_id IN "
        "(SELECT concept_id FROM omop.concept WHERE vocabulary_id = 'ICD10PCS')",
    )
    assert done > 500
    same(
        query,
        "SELECT p.person_id, CAST(x.PROC_DATE AS DATE), c.REF_BILL_CODE "
        "FROM HSP_ACCT_PX_LIST AS x JOIN HSP_ACCOUNT AS a USING (HSP_ACCOUNT_ID) "
        f"JOIN ({PERSONS}) AS p ON p.pat_id = a.PAT_ID "
        f"JOIN CL_ICD_PX AS c ON c.ICD_PX_ID = x.FINAL_ICD_PX_ID",
        "SELECT person_id, procedure_date, concept_code FROM omop.procedure_occurrence "
        "JOIN omop.concept ON concept_id = procedure_concept_id WHERE vocabulary_id = 'ICD10PCS'",
    )


def test_drugs_are_the_orders_by_ingredient(query: Query) -> None:
    count = same(
        query,
        f"SELECT p.person_id, o.PAT_ENC_CSN_ID, o.ORDER_INST, r.RXNORM_CODE, "
        f"CAST(o.END_DATE AS DATE), TRY_CAST(split_part(o.QUANTITY, ' ', 1) AS DOUBLE) "
        f"FROM ORDER_MED AS o JOIN ({CONTACTS}) AS p ON p.csn = o.PAT_ENC_CSN_ID "
        f"JOIN RXNORM_CODES AS r USING (MEDICATION_ID)",
        "SELECT person_id, visit_occurrence_id, drug_exposure_start_datetime, concept_code, "
        "verbatim_end_date, quantity FROM omop.drug_exposure "
        "JOIN omop.concept ON concept_id = drug_concept_id",
    )
    assert count > 5000


def test_laboratory_results_have_their_unit_and_are_null_where_only_a_text_came(
    query: Query,
) -> None:
    count = same(
        query,
        f"SELECT p.person_id, o.PAT_ENC_CSN_ID, r.RESULT_TIME, l.LNC_CODE, r.ORD_VALUE, "
        f"nullif(r.ORD_NUM_VALUE, 9999999), "
        f"r.REFERENCE_UNIT "
        f"FROM ORDER_RESULTS AS r JOIN ORDER_PROC AS o USING (ORDER_PROC_ID) "
        f"JOIN ({PERSONS}) AS p ON p.pat_id = o.PAT_ID "
        f"JOIN LNC_DB_MAIN AS l ON l.RECORD_ID = r.COMPON_LNC_ID",
        "SELECT person_id, visit_occurrence_id, measurement_datetime, m.concept_code, "
        "value_source_value, value_as_number, CASE WHEN unit_concept_id > 0 THEN u.concept_code "
        "ELSE unit_source_value END FROM omop.measurement "
        "JOIN omop.concept AS m ON m.concept_id = measurement_concept_id "
        "LEFT JOIN omop.concept AS u ON u.concept_id = unit_concept_id "
        "WHERE measurement_type_concept_id = 32856",
    )
    assert count > 10_000


def test_body_size_is_metric_and_agrees_with_the_index(query: Query) -> None:
    rows = query(
        "SELECT count(*), max(abs(w.value_as_number / (h.value_as_number / 100) ** 2 "
        "- b.value_as_number)) FROM omop.measurement AS w "
        "JOIN omop.measurement AS h USING (visit_occurrence_id) "
        "JOIN omop.measurement AS b USING (visit_occurrence_id) "
        "WHERE w.measurement_concept_id = 3025315 AND w.unit_concept_id = 9529 "
        "AND h.measurement_concept_id = 3036277 AND h.unit_concept_id = 8582 "
        "AND b.measurement_concept_id = 3038553"
    )
    assert rows[0][0] > 1000
    # The chart rounds height to whole inches: half an inch in 63 is 1.6 % of the index.
    assert rows[0][1] < 58 * 0.02


def test_notes_are_whole_and_deleted_ones_are_left_out(query: Query) -> None:
    count = same(
        query,
        f"SELECT CAST(n.NOTE_ID AS BIGINT), any_value(c.person_id), "
        f"string_agg(x.NOTE_TEXT, '' ORDER BY x.LINE) FROM HNO_INFO AS n "
        f"JOIN HNO_NOTE_TEXT AS x USING (NOTE_ID) "
        f"JOIN ({CONTACTS}) AS c ON c.csn = n.PAT_ENC_CSN_ID "
        f"WHERE n.DELETE_INSTANT_DTTM IS NULL GROUP BY n.NOTE_ID",
        "SELECT note_id, person_id, note_text FROM omop.note",
    )
    assert count > 100
    assert query("SELECT count(*) FROM omop.note WHERE note_class_concept_id = 0") == [(0,)]


def test_services_vitals_scores_and_smoking_are_there_for_each_person(query: Query) -> None:
    """Whose they are and when: each lies in a visit, with the unit or the words of the source."""
    services = query(
        "SELECT c.concept_code, c.concept_name = p.procedure_source_value, count(*) "
        "FROM omop.procedure_occurrence AS p JOIN omop.concept AS c "
        "ON c.concept_id = p.procedure_source_concept_id WHERE c.vocabulary_id = 'SITE_SERVICE' "
        "GROUP BY ALL"
    )
    assert {name for name, same_name, _ in services if same_name} == set(Service.__members__)
    assert min(count for *_, count in services) > 5
    units = dict(
        query(
            "SELECT c.concept_code, any_value(m.unit_source_value) FROM omop.measurement AS m "
            "JOIN omop.concept AS c ON c.concept_id = m.measurement_source_concept_id "
            "WHERE m.measurement_type_concept_id IN (32836, 32862) GROUP BY ALL"
        )
    )
    vitals = {"8480-6": "mm[Hg]", "8462-4": "mm[Hg]", "8867-4": "/min", "8310-5": "[degF]"}
    scores = {"PROMIS-PF": "T-score", "PROMIS-PI": "T-score", "ODI": "%"}
    assert {**vitals, **scores}.items() <= units.items()
    worse = query(
        "SELECT avg(CAST(s.value_as_number <= d.value_as_number AS INTEGER)) "
        "FROM omop.measurement AS s JOIN omop.measurement AS d USING (visit_occurrence_id) "
        "WHERE s.measurement_concept_id = 3004249 AND d.measurement_concept_id = 3012888"
    )
    assert worse[0][0] < 0.002
    answers = query(
        "SELECT value_as_string, count(DISTINCT person_id) FROM omop.observation "
        "WHERE observation_concept_id = 43054909 GROUP BY ALL"
    )
    assert {name for name, _ in answers} == {"Never", "Former", "Current"}
    assert min(count for _, count in answers) > 50


def test_the_problem_list_is_told_apart_from_diagnoses(query: Query) -> None:
    """A problem may stay active; it belongs to no visit, and is noted within a life."""
    rows = query(
        "SELECT count(*), count(visit_occurrence_id), count(condition_end_date), "
        "count(*) FILTER (condition_start_date < p.birth_datetime), "
        "count(*) FILTER (condition_end_date < condition_start_date) "
        "FROM omop.condition_occurrence JOIN omop.person AS p USING (person_id) "
        "WHERE condition_type_concept_id = 32840"
    )[0]
    assert rows[0] > rows[2] > 50
    assert (rows[1], *rows[3:]) == (0, 0, 0)


def test_groups_are_observations_of_stays(query: Query) -> None:
    count = same(
        query,
        f"SELECT p.person_id, a.PRIM_ENC_CSN_ID, replace(d.DRG_NUMBER, 'MS', '') "
        f"FROM HSP_ACCOUNT AS a JOIN CLARITY_DRG AS d ON d.DRG_ID = a.FINAL_DRG_ID "
        f"JOIN ({PERSONS}) AS p ON p.pat_id = a.PAT_ID",
        "SELECT person_id, visit_occurrence_id, concept_code FROM omop.observation "
        "JOIN omop.concept ON concept_id = observation_concept_id WHERE vocabulary_id = 'DRG'",
    )
    assert count > 300


def test_implants_belong_to_fusions_whose_code_names_a_device(query: Query) -> None:
    same(
        query,
        "SELECT visit_occurrence_id, procedure_source_value FROM omop.procedure_occurrence "
        "WHERE regexp_matches(procedure_source_value, '^..G..[A4]')",
        "SELECT visit_occurrence_id, device_source_value FROM omop.device_exposure",
    )


def test_units_of_a_stay_are_those_of_the_truth(query: Query) -> None:
    """Admitted and observed emergency visits have two units, which meet at the departure.

    Where no movement shows the emergency department, the ward begins with the admission.
    """
    rows = query(
        "SELECT t.departure, a.visit_detail_end_datetime, b.visit_detail_start_datetime, "
        "a.visit_detail_concept_id, b.visit_detail_concept_id, t.admitted, "
        "h.EMER_ADM_DATE IS NOT NULL, h.HOSP_ADMSN_TIME "
        "FROM truth_emergency_visits AS t "
        "JOIN PAT_ENC_HSP AS h ON h.PAT_ENC_CSN_ID = CAST(t.encounter_id AS BIGINT) "
        "JOIN omop.visit_detail AS a ON a.visit_occurrence_id = CAST(t.encounter_id AS BIGINT) "
        "JOIN omop.visit_detail AS b ON b.preceding_visit_detail_id = a.visit_detail_id"
    )
    assert len(rows) > 200
    shown = [row for row in rows if row[6]]
    assert len(shown) > 0.9 * len(rows)
    assert all(departure == left == came for departure, left, came, *_ in shown)
    assert all(row[2] == row[7] for row in rows if not row[6])
    assert {row[3:6] for row in rows} == {(9203, 9201, True), (9203, 581385, False)}


def test_visits_that_never_ended_are_marked(query: Query) -> None:
    for kind, day in (("discharge-missing", "<"), ("in-house-at-extract", "=")):
        rows = query(
            f"SELECT count(*), count(*) FILTER (v.visit_type_concept_id = 32220 "
            f"AND v.visit_end_date {day} DATE '2026-03-31') FROM truth_planted AS t "
            f"JOIN omop.visit_occurrence AS v ON v.visit_occurrence_id = CAST(t.key AS BIGINT) "
            f"WHERE t.kind = ? AND t.\"table\" = 'omop.visit_occurrence'",
            kind,
        )
        assert rows[0][0] == rows[0][1] > 0, kind
    marked = query(
        "SELECT count(*) FROM omop.visit_occurrence WHERE visit_type_concept_id = 32220 "
        "AND visit_occurrence_id NOT IN (SELECT CAST(key AS BIGINT) FROM truth_planted "
        "WHERE \"table\" = 'omop.visit_occurrence')"
    )
    assert marked == [(0,)]


def test_preceding_visits_are_the_latest_before(query: Query) -> None:
    wrong = query(
        "SELECT count(*) FROM (SELECT preceding_visit_occurrence_id AS told, "
        "lag(visit_occurrence_id) OVER (PARTITION BY person_id "
        "ORDER BY visit_start_datetime, visit_occurrence_id) AS found FROM omop.visit_occurrence) "
        "WHERE told IS DISTINCT FROM found"
    )
    assert wrong == [(0,)]


def test_households_share_an_address(query: Query) -> None:
    stale = "(SELECT key FROM truth_planted WHERE kind = 'stale-address')"
    same(
        query,
        "SELECT CAST(substr(PAT_ID, 2) AS BIGINT), ADD_LINE_1, CITY, left(p.ZIP, 5) "
        f"FROM PATIENT AS p JOIN truth_persons ON person_id = PAT_ID WHERE PAT_ID NOT IN {stale}",
        "SELECT p.person_id, address_1, city, zip FROM omop.person AS p "
        "JOIN omop.location USING (location_id) "
        "WHERE 'Z' || p.person_id IN (SELECT person_id FROM truth_persons) "
        f"AND 'Z' || p.person_id NOT IN {stale}",
    )
    persons, places = query("SELECT count(*), count(DISTINCT location_id) FROM omop.person")[0]
    assert places < 0.95 * persons


def test_codes_have_parents_and_standard_concepts_ancestors(query: Query) -> None:
    stems = query(
        "SELECT count(DISTINCT d.descendant_concept_id) FROM omop.concept AS c "
        "JOIN omop.concept_ancestor AS d ON d.ancestor_concept_id = c.concept_id "
        "WHERE c.concept_code IN ('0SG0', '0SG1', '0SG3')"
    )
    codes = query(
        "SELECT count(*) FROM omop.concept WHERE vocabulary_id = 'ICD10PCS' "
        "AND regexp_matches(concept_code, '^0SG[013]')"
    )
    assert stems == codes
    above = query(
        "SELECT b.concept_code FROM omop.concept AS a JOIN omop.concept_relationship AS r "
        "ON r.concept_id_1 = a.concept_id AND r.relationship_id = 'Is a' "
        "JOIN omop.concept AS b ON b.concept_id = r.concept_id_2 WHERE a.concept_code = 'M48.061'"
    )
    assert above == [("M48.06",)]
    assert query(
        "SELECT count(*) FROM omop.condition_occurrence AS t JOIN omop.concept_relationship AS r "
        "ON r.concept_id_1 = t.condition_source_concept_id AND r.relationship_id = 'Maps to' "
        "WHERE t.condition_concept_id <> r.concept_id_2"
    ) == [(0,)]


def test_numbers_of_this_site_are_above_two_billion(query: Query) -> None:
    rows = query(
        "SELECT vocabulary_id, min(concept_id) > 2000000000, max(concept_id) < 2147483647 "
        "FROM omop.concept WHERE vocabulary_id IN ('ICD10CM', 'ICD10PCS', 'DRG') GROUP BY 1"
    )
    assert sorted(rows) == [(name, True, True) for name in ("DRG", "ICD10CM", "ICD10PCS")]


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("person", "person_id"),
        ("visit_detail", "visit_detail_id"),
        ("measurement", "measurement_id"),
        ("observation_period", "observation_period_id"),
        ("location", "location_id"),
    ],
)
def test_keys_of_different_blocks_are_different(
    tmp_path_factory: pytest.TempPathFactory, table: str, key: str
) -> None:
    folder = tmp_path_factory.mktemp("blocks") / "site"
    generate(folder, Spec(90, 5, block=30), ("omop",))
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"SELECT count(*), count(DISTINCT {key}) FROM '{folder}/omop/{table}.parquet/*.parquet'"
        ).fetchall()
    assert rows[0][0] == rows[0][1] > 60


@pytest.mark.parametrize("patients", [1, 3])
def test_tiny_sites_have_every_table(tmp_path: Path, patients: int) -> None:
    made = generate(tmp_path / "site", Spec(patients, 3), ("omop",))
    assert made.chart_rows["omop"]["person"] >= patients
    assert len(list((tmp_path / "site" / "omop").iterdir())) == len(made.chart_rows["omop"])
