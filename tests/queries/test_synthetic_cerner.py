"""One truth in two shapes: what Clarity says, Millennium says, unless a query trusts every row."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from ehrkit.queries.adapting.adapters import Adapter, load_adapter, schemas
from ehrkit.queries.adapting.checking import missing
from ehrkit.queries.canonical.build import assemble, parse
from ehrkit.queries.engines import open_engine
from ehrkit.queries.kit.named import load_query, run_query
from ehrkit.queries.reading import library, load_cohort
from ehrkit.queries.relations import RELATIONS
from ehrkit.queries.running import render_cohort, run_cohort
from ehrkit.synthetic.generate import generate
from ehrkit.synthetic.spec import Spec

CLARITY, CERNER = load_adapter("epic-clarity"), load_adapter("cerner-millennium")
EVER = {"since": "1900-01-01", "until": "2100-01-01"}
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synthetic") / "site"
    generate(folder, Spec(600, 11, notes=False), ("clarity", "cerner"))
    return folder


def same_keys(rows: Rows) -> Rows:
    """Millennium numbers persons with the digits of Clarity's keys."""
    return [{**row, "person_id": row["person_id"].lstrip("Z")} for row in rows]


def relation(site: Path, name: str, adapter: Adapter = CERNER) -> Rows:
    chart = "clarity" if adapter is CLARITY else "cerner"
    with open_engine(str(site / chart)) as engine:
        rows = parse(f"SELECT r.* FROM {RELATIONS[name].cte} AS r")
        found = engine.run(assemble(adapter.ctes({name}), rows)).read_all()
    return same_keys(found.to_pylist())


def query(site: Path, name: str, adapter: Adapter = CERNER, **values: str) -> Rows:
    chart = "clarity" if adapter is CLARITY else "cerner"
    with open_engine(str(site / chart)) as engine:
        found = run_query(load_query(name, values), adapter, engine).read_all()
    return same_keys(found.to_pylist())


def cohort(site: Path, name: str, adapter: Adapter = CERNER) -> Rows:
    chart = "clarity" if adapter is CLARITY else "cerner"
    with open_engine(str(site / chart)) as engine:
        found = run_cohort(load_cohort(name, values=EVER), adapter, engine).read_all()
    return same_keys(found.to_pylist())


def columns(rows: Rows, *names: str) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(row[name] for name in names) for row in rows)


def test_the_chart_has_all_that_the_schema_reads(site: Path) -> None:
    with open_engine(str(site / "cerner")) as engine:
        assert missing(CERNER, engine).num_rows == 0


# The chart has no table of device days: the user adds it.
@pytest.mark.parametrize("name", sorted(library().keys() - {"worn-before-surgery"}))
def test_a_cohort_holds_the_same_people_dates_and_results(site: Path, name: str) -> None:
    found, wanted = cohort(site, name), cohort(site, name, CLARITY)
    assert comparable(found) == comparable(wanted)
    assert len(wanted) >= 15


def comparable(rows: Rows) -> Rows:
    """Each system has its own capitals, and Clarity knows the instant of a day's only surgery."""
    return [
        {
            name: value.lower() if isinstance(value, str) else value
            for name, value in row.items()
            if name != "peak_48h"
        }
        for row in rows
    ]


def test_another_engine_returns_the_same_rows(site: Path) -> None:
    """SQLite knows neither dates nor times: it gets them as ISO text."""
    name = "lumbar-fusion-ed-30d"
    definition = load_cohort(name, values=EVER)
    with closing(sqlite3.connect(":memory:")) as database:
        for table in CERNER.tables(("person", "encounter", "procedure", "condition")):
            content = pq.read_table(site / "cerner" / f"{table}.parquet")
            database.execute(f"CREATE TABLE {table} ({', '.join(content.column_names)})")
            marks = ", ".join("?" * content.num_columns)
            rows = [plain(row) for row in content.to_pylist()]
            database.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        found = database.execute(render_cohort(definition, CERNER, "sqlite")).fetchall()
    assert sorted(found) == sorted(plain(row) for row in cohort(site, name))


def plain(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(str(value) if isinstance(value, date) else value for value in row.values())


def test_the_cohort_has_emergency_visits_to_compare(site: Path) -> None:
    found = cohort(site, "lumbar-fusion-ed-30d")
    assert len(found) > 80
    assert sum(row["ed_within_30d"] == 1 for row in found) >= 5


def test_every_visible_emergency_visit_is_found_with_its_signals_and_no_other(site: Path) -> None:
    visits = pq.read_table(site / "truth" / "emergency_visits.parquet").to_pylist()
    seen = [row for row in visits if row["visible"]]
    wanted = {
        row["encounter_id"]: (
            int(row["ed_record"]), int(row["base_class"]), int(row["class_or_department"]),
            int(row["revenue"]),
        )
        for row in seen
    }  # fmt: skip
    names = ("ed_record", "base_class", "class_or_department", "billing")
    found = {row["encounter_id"]: tuple(row[n] for n in names) for row in query(site, "ed-signals")}
    assert found == wanted
    arrivals = columns(query(site, "encounters", kind="emergency"), "encounter_id", "start_time")
    assert arrivals == columns(
        [{**row, "start_time": row["arrival"]} for row in seen], "encounter_id", "start_time"
    )


def test_hospital_encounters_and_clinic_visits_are_the_same(site: Path) -> None:
    kept = ("inpatient", "observation", "emergency", "outpatient")
    names = ("person_id", "encounter_id", "kind", "start_date", "end_date")
    found, wanted = (query(site, "encounters", adapter) for adapter in (CERNER, CLARITY))
    assert columns([r for r in found if r["kind"] in kept], *names) == columns(
        [r for r in wanted if r["kind"] in kept], *names
    )


def test_identities_are_the_same(site: Path) -> None:
    names = ("person_id", "first_name", "last_name", "birth_date", "sex")
    found, wanted = query(site, "identities"), query(site, "identities", CLARITY)
    assert columns(found, *names) == columns(wanted, *names)
    people = pq.read_table(site / "truth" / "persons.parquet").to_pylist()
    true_zip = {row["person_id"].lstrip("Z"): row["zip"] for row in people}
    known = [row for row in found if row["person_id"] in true_zip]
    assert len(known) == len(people)
    assert all(row["zip"] == true_zip[row["person_id"]] for row in known)


def test_deaths_are_the_same(site: Path) -> None:
    names = ("person_id", "birth_date", "sex", "death_date")
    found, wanted = relation(site, "person"), relation(site, "person", CLARITY)
    assert columns(found, *names) == columns(wanted, *names)
    assert sum(row["death_date"] is not None for row in found) > 5


def test_laboratory_results_are_the_same(site: Path) -> None:
    names = ("person_id", "encounter_id", "event_time", "code", "value_number", "unit")
    wanted = relation(site, "measurement", CLARITY)
    wanted = [row for row in wanted if "/" in row["event_id"] and row["event_id"][0].isdigit()]
    labs = {row["code"] for row in wanted}
    found = [row for row in relation(site, "measurement") if row["code"] in labs]
    assert columns(found, *names) == columns(wanted, *names)
    assert len(labs) > 10


def test_drugs_are_the_same(site: Path) -> None:
    names = ("person_id", "encounter_id", "event_date", "end_date", "code", "name")
    found, wanted = relation(site, "medication"), relation(site, "medication", CLARITY)
    assert columns(found, *names) == columns(wanted, *names)


def test_procedures_and_groups_are_the_same(site: Path) -> None:
    names = ("person_id", "encounter_id", "event_date", "vocabulary", "code")
    found, wanted = (
        [row for row in relation(site, "procedure", one) if row["vocabulary"] != "local"]
        for one in (CERNER, CLARITY)
    )
    assert columns(found, *names) == columns(wanted, *names)
    assert {row["vocabulary"] for row in found} == {"icd10pcs", "drg"}


def test_diagnoses_keep_the_code_of_their_time(site: Path) -> None:
    found = relation(site, "condition")
    assert {row["vocabulary"] for row in found} == {"icd10cm"}
    # Low back pain was split on 1 October 2021 (ICD-10-CM FY2022).
    split = [row for row in found if row["code"].startswith("M545")]
    assert {(row["code"], row["event_date"] >= date(2021, 10, 1)) for row in split} == {
        ("M545", False),
        ("M5450", True),
    }
    where = {(row["person_id"], row["encounter_id"]) for row in found}
    wanted = relation(site, "condition", CLARITY)
    surgery = where_surgery_is_a_contact(site)
    assert where == {
        (row["person_id"], row["encounter_id"])
        for row in wanted
        if row["encounter_id"] not in surgery
    }


def where_surgery_is_a_contact(site: Path) -> set[str]:
    """Clarity books a surgery as a contact beside its stay; Millennium has the stay alone."""
    links = pq.read_table(site / "clarity" / "PAT_OR_ADM_LINK.parquet").to_pylist()
    return {str(row["PAT_ENC_CSN_ID"]) for row in links}


ACTIVE = (
    r"EHR_INTEGER\(\w+\.ACTIVE_IND\) = 1|"
    r"EHR_TO_DATE\(\w+\.(END_EFFECTIVE|VALID_UNTIL)_DT_TM\) >= EHR_DATE\('2100-01-01'\)"
)
CARELESS = [
    ("_patients", ACTIVE, "person"),
    ("_patients", r"COALESCE\(EHR_INTEGER\(c\.ENCNTR_ID\), 0\) = 0", "person"),
    ("_patients", r"COALESCE\(UPPER\(p\.NAME_LAST_KEY\), '-'\) NOT LIKE '%ZZTEST%'", "person"),
    ("_registrations", ACTIVE, "ed_signal"),
    ("_registrations", r"COALESCE\(s\.meaning, '-'\) NOT IN \([^)]*\)", "encounter"),
    ("_ed_checkins", ACTIVE, "ed_signal"),
    ("_signalled_registrations", ACTIVE, "ed_signal"),
    ("_signalled_registrations", r"EHR_INTEGER\(h\.PROCESS_FLG\) IN \([^)]*\)", "ed_signal"),
    (
        "_signalled_registrations",
        r"t\.meaning = 'CR' AND EHR_INTEGER\(h\.ITEM_QUANTITY\) > 0",
        "ed_signal",
    ),
    ("procedure", ACTIVE, "procedure"),
    ("condition", ACTIVE, "condition"),
    ("measurement", ACTIVE, "measurement"),
    ("measurement", r"COALESCE\(s\.meaning, '-'\)\s+NOT IN \([^)]*\)", "measurement"),
    ("medication", ACTIVE, "medication"),
    ("medication", r"COALESCE\(s\.meaning, '-'\) NOT IN \([^)]*\)", "medication"),
    ("medication", r"ACTION_SEQUENCE\) DESC", "medication"),
    ("identity", ACTIVE, "identity"),
]


@pytest.mark.parametrize(("part", "guard", "name"), CARELESS)
def test_a_query_without_a_guard_goes_wrong(
    site: Path, tmp_path: Path, part: str, guard: str, name: str
) -> None:
    ours = tmp_path / "careless"
    shutil.copytree(schemas()["cerner-millennium"], ours)
    file = ours / f"{part}.sql"
    instead = "1 = 0" if "'CR'" in guard else "ACTION_SEQUENCE)" if "DESC" in guard else "1 = 1"
    text, count = re.subn(guard, instead, file.read_text())
    assert count > 0
    file.write_text(text)
    careful, careless = relation(site, name), relation(site, name, load_adapter(str(ours)))
    values = [column for column in careful[0] if column != "event_id"]
    assert columns(careless, *values) != columns(careful, *values)


def test_a_careless_cohort_is_another_cohort(site: Path, tmp_path: Path) -> None:
    ours = tmp_path / "careless"
    shutil.copytree(schemas()["cerner-millennium"], ours)
    for file in ours.glob("*.sql"):
        file.write_text(re.sub(ACTIVE, "1 = 1", file.read_text()))
    careful = {row["person_id"] for row in cohort(site, "lumbar-fusion-ed-30d")}
    wrong = {r["person_id"] for r in cohort(site, "lumbar-fusion-ed-30d", load_adapter(str(ours)))}
    assert careful - wrong
    assert wrong - careful


def test_codes_of_another_site_change_nothing(site: Path, tmp_path: Path) -> None:
    """Every code value is replaced by another number, everywhere."""
    other = tmp_path / "site"
    (other / "cerner").mkdir(parents=True)
    for path in (site / "cerner").glob("*.parquet"):
        table = pq.read_table(path)
        for place, field in enumerate(table.schema):
            coded = field.name.endswith("_CD") or field.name in ("FIELD1_ID", "CODE_VALUE")
            if coded:
                numbers = table.column(place).to_numpy()
                moved = type(table.column(place).chunk(0)).from_pandas(numbers * 3 + 17)
                table = table.set_column(place, field, moved)
        pq.write_table(table, other / "cerner" / path.name)
    for name in ("lumbar-fusion-ed-30d", "any-surgery-ed-30d"):
        assert cohort(other, name) == cohort(site, name)
    found, wanted = relation(other, "medication"), relation(site, "medication")
    assert columns(found, *found[0]) == columns(wanted, *found[0])


@pytest.mark.parametrize(
    ("dialect", "quoted"),
    [("tsql", "[PROCEDURE]"), ("mysql", "`PROCEDURE`"), ("oracle", "PROCEDURE")],
)
def test_the_table_procedure_is_quoted_where_its_name_is_reserved(
    dialect: str, quoted: str
) -> None:
    text = render_cohort(load_cohort("lumbar-fusion-ed-30d"), CERNER, dialect)
    assert re.search(rf"FROM {re.escape(quoted)} ", text)
