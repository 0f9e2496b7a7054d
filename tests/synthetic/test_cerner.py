"""Habits of Millennium in a written site: rows taken back, versions, combines, its own codes."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import duckdb
import pytest

from ehrkit.synthetic.generate import generate
from ehrkit.synthetic.quality.temporal import check_times
from ehrkit.synthetic.spec import Spec
from tests.synthetic.conftest import Query

# Read straight from the files: the module under test must not be its own witness.
FOLDER = files("ehrkit.core.shapes").joinpath("cerner-millennium")
DESCRIBED = tomllib.loads(FOLDER.joinpath("tables.toml").read_text("utf-8"))
CODE_SETS = tomllib.loads(FOLDER.joinpath("categories.toml").read_text("utf-8"))
Keys = Callable[[str], set[str]]


def opened(folder: Path) -> duckdb.DuckDBPyConnection:
    """A view per table; those of Clarity are clarity_<name>, of the answer key truth_<name>."""
    connection = duckdb.connect()
    for prefix, shape in (("", "cerner"), ("clarity_", "clarity"), ("truth_", "truth")):
        for path in (folder / shape).glob("*.parquet"):
            source = path / "*.parquet" if path.is_dir() else path
            name = f"{prefix}{path.stem}"
            connection.execute(f"CREATE VIEW {name} AS FROM read_parquet('{source}')")
    return connection


@pytest.fixture(scope="module")
def rows(site: Path) -> Iterator[Query]:
    with opened(site) as connection:
        yield lambda sql, *values: connection.execute(sql, values).fetchall()


@pytest.fixture(scope="module")
def taken(rows: Query) -> Keys:
    """The keys that were planted under a kind in the Millennium tables."""

    def keys(kind: str) -> set[str]:
        planted = "SELECT key FROM truth_planted WHERE kind = ? AND \"table\" LIKE 'cerner.%'"
        found = {str(key) for (key,) in rows(planted, kind)}
        assert found, f"nothing was planted under {kind}"
        return found

    return keys


def numbers(rows: Query, sql: str) -> set[str]:
    return {str(int(key)) for (key,) in rows(sql)}


@pytest.mark.parametrize(
    ("kind", "table", "key"),
    [
        ("combined-record", "PERSON", "PERSON_ID"),
        ("combine-undone", "PERSON_COMBINE", "PERSON_COMBINE_ID"),
        ("encounter-taken-back", "ENCOUNTER", "ENCNTR_ID"),
        ("stage-taken-back", "ENCNTR_LOC_HIST", "ENCNTR_LOC_HIST_ID"),
        ("checkin-taken-back", "TRACKING_CHECKIN", "TRACKING_CHECKIN_ID"),
        ("diagnosis-taken-back", "DIAGNOSIS", "DIAGNOSIS_ID"),
        ("procedure-taken-back", "PROCEDURE", "PROCEDURE_ID"),
        ("problem-taken-back", "PROBLEM", "PROBLEM_INSTANCE_ID"),
        ("drg-taken-back", "DRG", "DRG_ID"),
        ("bill-code-taken-back", "CHARGE_MOD", "CHARGE_MOD_ID"),
    ],
)
def test_inactive_rows_are_the_planted_ones(
    rows: Query, taken: Keys, kind: str, table: str, key: str
) -> None:
    inactive = f"SELECT {key} FROM {table} WHERE ACTIVE_IND = 0"
    assert numbers(rows, inactive) == taken(kind)
    columns = {name for (name,) in rows(f"SELECT column_name FROM (DESCRIBE {table})")}
    if "END_EFFECTIVE_DT_TM" in columns and table != "ENCNTR_LOC_HIST":
        still_open = f"{inactive} AND END_EFFECTIVE_DT_TM >= TIMESTAMP '2100-01-01'"
        assert rows(still_open) == []


def test_a_corrected_result_keeps_its_event_and_has_one_current_version(
    rows: Query, taken: Keys
) -> None:
    current = rows(
        "SELECT EVENT_ID FROM CLINICAL_EVENT WHERE VALID_UNTIL_DT_TM >= TIMESTAMP '2100-01-01' "
        "GROUP BY ALL HAVING count(*) <> 1"
    )
    assert current == []
    old = "SELECT CLINICAL_EVENT_ID FROM CLINICAL_EVENT WHERE VALID_UNTIL_DT_TM < '2100-01-01'"
    assert numbers(rows, old) == taken("event-superseded")
    pairs = rows(
        "SELECT o.VALID_UNTIL_DT_TM = n.VALID_FROM_DT_TM, o.RESULT_VAL <> n.RESULT_VAL, "
        "  o.EVENT_CD = n.EVENT_CD AND o.PERSON_ID = n.PERSON_ID, v.CDF_MEANING "
        "FROM CLINICAL_EVENT o JOIN CLINICAL_EVENT n USING (EVENT_ID) "
        "JOIN CODE_VALUE v ON v.CODE_VALUE = n.RESULT_STATUS_CD "
        "WHERE o.VALID_UNTIL_DT_TM < '2100-01-01' AND n.VALID_UNTIL_DT_TM >= '2100-01-01'"
    )
    assert len(pairs) == len(taken("event-superseded"))
    assert set(pairs) == {(True, True, True, "MODIFIED")}


def test_results_in_error_look_current(rows: Query, taken: Keys) -> None:
    wrong = (
        "SELECT e.CLINICAL_EVENT_ID FROM CLINICAL_EVENT e "
        "JOIN CODE_VALUE v ON v.CODE_VALUE = e.RESULT_STATUS_CD "
        "WHERE v.CODE_SET = 8 AND v.CDF_MEANING = 'INERROR' AND e.VALID_UNTIL_DT_TM > '2100-01-01'"
    )
    assert numbers(rows, wrong) == taken("event-in-error")


def test_combines_move_most_encounters_to_the_record_that_stays(rows: Query, taken: Keys) -> None:
    merges = set(rows("SELECT substr(old_pat_id, 2) FROM truth_merges WHERE merged"))
    whole = rows(
        "SELECT CAST(CAST(FROM_PERSON_ID AS BIGINT) AS VARCHAR) FROM PERSON_COMBINE "
        "WHERE ACTIVE_IND = 1 AND ENCNTR_ID IS NULL"
    )
    assert set(whole) == merges
    left = numbers(
        rows,
        "SELECT e.ENCNTR_ID FROM ENCOUNTER e JOIN PERSON_COMBINE c "
        "ON c.FROM_PERSON_ID = e.PERSON_ID AND c.ACTIVE_IND = 1 AND c.ENCNTR_ID IS NULL "
        "WHERE e.ACTIVE_IND = 1",
    )
    assert left == taken("left-behind-by-combine")
    booked_old = rows(
        "SELECT count(*) FROM clarity_PAT_ENC p JOIN truth_merges m ON m.old_pat_id = p.PAT_ID "
        "WHERE m.merged AND p.DEPARTMENT_ID IS NOT NULL"
    )[0][0]
    assert len(left) < 0.3 * booked_old


def test_children_belong_to_the_person_of_their_encounter(rows: Query) -> None:
    for table in ("DIAGNOSIS", "CLINICAL_EVENT", "ORDERS", "CHARGE", "SURGICAL_CASE"):
        strangers = (
            f"SELECT count(*) FROM {table} t JOIN ENCOUNTER e USING (ENCNTR_ID) "
            "WHERE t.PERSON_ID <> e.PERSON_ID"
        )
        assert rows(strangers) == [(0,)]


def test_the_last_class_of_an_admitted_emergency_visit_is_inpatient(rows: Query) -> None:
    classes = rows(
        "SELECT DISTINCT c.CDF_MEANING FROM truth_emergency_visits t "
        "JOIN ENCOUNTER e ON e.ENCNTR_ID = CAST(t.encounter_id AS BIGINT) "
        "JOIN CODE_VALUE c ON c.CODE_VALUE = e.ENCNTR_TYPE_CLASS_CD WHERE t.admitted"
    )
    assert classes == [("INPATIENT",)]


def test_performed_cases_have_times_and_cancelled_ones_have_none(rows: Query) -> None:
    cases = rows(
        "SELECT t.performed, s.SURG_START_DT_TM IS NOT NULL, s.CANCEL_DT_TM IS NULL, count(*) "
        "FROM truth_surgeries t JOIN SURGICAL_CASE s "
        "ON s.SURG_CASE_ID = CAST(t.log_id AS BIGINT) GROUP BY ALL ORDER BY 1"
    )
    assert [case[:3] for case in cases] == [(False, False, False), (True, True, True)]
    milestones = rows("SELECT count(DISTINCT TASK_ASSAY_CD) FROM CASE_TIMES GROUP BY SURG_CASE_ID")
    assert set(milestones) == {(4,)}


def test_details_of_prescriptions_are_those_of_the_other_chart(rows: Query) -> None:
    detail = (
        "(SELECT OE_FIELD_DISPLAY_VALUE FROM ORDER_DETAIL d WHERE d.ORDER_ID = o.ORDER_ID "
        "AND d.OE_FIELD_MEANING = '{}' ORDER BY ACTION_SEQUENCE DESC LIMIT 1)"
    )
    found = rows(
        f"SELECT CAST(o.ENCNTR_ID AS BIGINT), ORDER_MNEMONIC, {detail.format('DISPENSEQTY')} "
        f"|| ' ' || {detail.format('DISPENSEQTYUNIT')}, {detail.format('RXROUTE')}, "
        f"CAST({detail.format('DURATION')} AS INTEGER) FROM ORDERS o "
        "JOIN CODE_VALUE t ON t.CODE_VALUE = o.CATALOG_TYPE_CD AND t.CDF_MEANING = 'PHARMACY' "
        "JOIN CODE_VALUE s ON s.CODE_VALUE = o.ORDER_STATUS_CD AND s.CDF_MEANING = 'COMPLETED' "
        "WHERE o.ACTIVE_IND = 1 ORDER BY ALL"
    )
    wanted = rows(
        "SELECT PAT_ENC_CSN_ID, DESCRIPTION, QUANTITY, z.NAME, "
        "date_diff('day', START_DATE, END_DATE) + 1 FROM clarity_ORDER_MED m "
        "JOIN clarity_ZC_ADMIN_ROUTE z ON z.MED_ROUTE_C = m.MED_ROUTE_C ORDER BY ALL"
    )
    assert found == wanted
    assert len(found) > 1000


def test_modified_orders_have_a_second_action(rows: Query, taken: Keys) -> None:
    second = "SELECT ORDER_ID FROM ORDER_DETAIL WHERE ACTION_SEQUENCE = 2"
    assert numbers(rows, second) == taken("order-modified")


def test_an_offset_charge_and_its_credit_point_at_each_other(rows: Query, taken: Keys) -> None:
    pairs = rows(
        "SELECT a.CHARGE_ITEM_ID = b.OFFSET_CHARGE_ITEM_ID, round(a.ITEM_EXTENDED_PRICE "
        "+ b.ITEM_EXTENDED_PRICE, 2), a.PROCESS_FLG, count(*) FROM CHARGE a "
        "JOIN CHARGE b ON b.CHARGE_ITEM_ID = a.OFFSET_CHARGE_ITEM_ID GROUP BY ALL"
    )
    assert pairs == [(True, 0.0, 10.0, 2 * len(taken("offset-charge")))]


def test_time_makes_sense(site: Path) -> None:
    checks = [row for row in check_times(site).to_pylist() if row["shape"] == "cerner"]
    assert len(checks) > 40
    assert [row for row in checks if not row["passed"]] == []


@pytest.mark.parametrize("table", sorted(DESCRIBED))
def test_keys_and_codes_are_whole_numbers(rows: Query, table: str) -> None:
    for column, one in DESCRIBED[table]["columns"].items():
        if "refers" in one or "category" in one or column in DESCRIBED[table]["key"]:
            broken = f"SELECT count(*) FROM {table} WHERE {column} % 1 <> 0 OR {column} >= 2^53"
            assert rows(broken) == [(0,)]


def test_meanings_are_those_of_the_description(rows: Query) -> None:
    for one in CODE_SETS.values():
        found = rows(
            "SELECT DISPLAY, coalesce(CDF_MEANING, '') FROM CODE_VALUE WHERE CODE_SET = ?",
            one["code_set"],
        )
        assert found
        assert one["meanings"].items() <= dict(found).items()


def test_no_column_is_empty_but_the_bill_code_that_is_kept_elsewhere(rows: Query) -> None:
    empty = {
        (table, column)
        for table, data in DESCRIBED.items()
        for column in data["columns"]
        if rows(f"SELECT count({column}) FROM {table}") == [(0,)]
    }
    assert empty == {("CHARGE_MOD", "FIELD2")}


def test_what_is_charted_beside_results_is_there(rows: Query) -> None:
    """One event per row of the truth, told by the display of its code."""
    smoking = rows(
        "SELECT e.RESULT_VAL FROM CLINICAL_EVENT e JOIN CODE_VALUE c "
        "ON c.CODE_VALUE = e.EVENT_CD WHERE c.DISPLAY = 'Smoking Status' GROUP BY ALL"
    )
    assert {text for (text,) in smoking} == {
        "Never smoker", "Former smoker", "Current every day smoker",
    }  # fmt: skip
    ranges = rows(
        "SELECT c.DISPLAY, min(CAST(RESULT_VAL AS DOUBLE)), max(CAST(RESULT_VAL AS DOUBLE)), "
        "count(*) FROM CLINICAL_EVENT e JOIN CODE_VALUE c ON c.CODE_VALUE = e.EVENT_CD "
        "WHERE c.DISPLAY IN ('OSWESTRY DISABILITY INDEX', 'PAIN SCORE, 0 TO 10', "
        "'Height/Length Measured') GROUP BY ALL ORDER BY 1"
    )
    limits = {"Height": (40, 220), "OSWESTRY": (0, 100), "PAIN": (0, 10)}
    assert len(ranges) == len(limits)
    for (display, low, high, count), (name, (least, most)) in zip(
        ranges, limits.items(), strict=True
    ):
        assert display.startswith(name)
        assert least <= low < high <= most
        assert count > 100


def test_services_are_ordered_before_they_are_done(rows: Query) -> None:
    done = rows(
        "SELECT t.DISPLAY, count(*), count(*) FILTER (WHERE o.ORIG_ORDER_DT_TM "
        "<= e.EVENT_END_DT_TM) FROM ORDERS o "
        "JOIN CODE_VALUE t ON t.CODE_VALUE = o.CATALOG_TYPE_CD "
        "JOIN CLINICAL_EVENT e ON e.ORDER_ID = o.ORDER_ID "
        "WHERE t.DISPLAY IN ('Radiology', 'Physical Therapy', 'Procedures') GROUP BY ALL"
    )
    assert len(done) == 3
    assert all(count == in_order > 50 for _, count, in_order in done)


def test_codes_belong_to_the_site_and_lists_come_with_its_first_block(tmp_path: Path) -> None:
    found = {}
    for name, seed in (("a", 5), ("b", 6)):
        spec = Spec(120, seed, block=50, notes=False)
        generate(tmp_path / name, spec, ("cerner",))
        with opened(tmp_path / name) as connection:
            codes = connection.execute("SELECT CODE_SET, DISPLAY, CODE_VALUE FROM CODE_VALUE")
            found[name] = {
                (code_set, display): value for code_set, display, value in codes.fetchall()
            }
            terms = connection.execute(
                "SELECT count(*), count(DISTINCT NOMENCLATURE_ID) FROM NOMENCLATURE"
            )
            assert len(set(terms.fetchall()[0])) == 1
            unknown = (
                "SELECT count(*) FROM ENCOUNTER WHERE ENCNTR_TYPE_CD NOT IN "
                "(SELECT CODE_VALUE FROM CODE_VALUE)"
            )
            assert connection.execute(unknown).fetchall() == [(0,)]
            for table, key in (("PERSON", "PERSON_ID"), ("CLINICAL_EVENT", "CLINICAL_EVENT_ID")):
                twice = f"SELECT count(*) - count(DISTINCT {key}) FROM {table}"
                assert connection.execute(twice).fetchall() == [(0,)]
        parts = tmp_path / name / "cerner" / "PERSON.parquet"
        assert len(list(parts.iterdir())) == 3
    assert found["a"].keys() == found["b"].keys()
    assert sum(found["a"][key] == found["b"][key] for key in found["a"]) < 5
