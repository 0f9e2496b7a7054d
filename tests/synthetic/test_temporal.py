"""Time makes sense in a written site, and a site where it does not is caught."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ehrkit.core.errors import EngineError, UsageError
from ehrkit.core.shapes import shape as described
from ehrkit.synthetic.generate import generate
from ehrkit.synthetic.projectors import PROJECTORS
from ehrkit.synthetic.quality.check import Check
from ehrkit.synthetic.quality.rules import checks, rules
from ehrkit.synthetic.quality.temporal import check_times, prepare
from ehrkit.synthetic.spec import Spec

ALL = [check for name in PROJECTORS for check in checks(name)]
# Three rows in a thousand patients: none of a small site is of somebody who died.
SPARSE = ("HSP_ACCT_CPT_CODES", "not after death")
# Posting may follow a death by 60 days.
PAPERWORK = {"TX_POST_DATE", "POST_DATE", "VOID_DATE"}
# What breaks a rule between tables, by its name.
LINKED = {
    "as in PAT_ENC_HSP": "x.{column} + INTERVAL 9 MINUTE",
    "as in OR_LOG": "x.{column} + INTERVAL 1 DAY",
    "on the day of its anesthesia": "x.{column} + INTERVAL 1 DAY",
    "on the day that the address before ended": "x.{column} + INTERVAL 1 DAY",
    "on the ward of the last movement": "x.{column} - INTERVAL 1 YEAR",
    "not before its order": "x.{column} - INTERVAL 1 YEAR",
    "not before its case": "x.{column} - INTERVAL 1 DAY",
    "not after its case": "x.{column} + INTERVAL 1 DAY",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("temporal") / "site"
    generate(folder, Spec(400, 3, notes=False, device_users=0))
    return folder


class Charts:
    """The session's site in memory, one shape at a time; changes are taken back."""

    def __init__(self, site: Path) -> None:
        self.site = site
        self.connections: dict[str, duckdb.DuckDBPyConnection] = {}

    def of(self, shape: str) -> duckdb.DuckDBPyConnection:
        if shape not in self.connections:
            connection = self.connections[shape] = duckdb.connect()
            for path in (*self.site.glob(f"{shape}/*.parquet"), *self.site.glob("truth/*.parquet")):
                connection.execute(f"CREATE TABLE {path.stem} AS FROM read_parquet('{path}')")
            prepare(connection, shape)
        return self.connections[shape]

    def outcome(self, check: Check, *changes: str) -> tuple[int, int, int]:
        """Return rows, failed and planted after some changes."""
        connection = self.of(check.shape)
        connection.execute("BEGIN")
        try:
            for change in changes:
                connection.execute(change)
            rows, failed, planted = connection.execute(check.sql()).fetchall()[0]
        finally:
            connection.execute("ROLLBACK")
        return rows, failed, planted

    def sound(self, check: Check, value: str) -> tuple[int, Any]:
        """Return the number of one row that obeys a rule, and the value that would break it."""
        found = self.of(check.shape).execute(
            f"SELECT x.rowid, {value} FROM {check.source} WHERE x.{check.column} IS NOT NULL "
            f"AND {value} IS NOT NULL AND NOT COALESCE({check.fails}, false) LIMIT 1"
        )
        row = found.fetchone()
        assert row is not None, "no row to break"
        return row[0], row[1]


@pytest.fixture(scope="module")
def charts(site: Path) -> Iterator[Charts]:
    charts = Charts(site)
    yield charts
    for connection in charts.connections.values():
        connection.close()


def breaking(check: Check) -> list[str]:
    """Return the values just beyond what a rule admits, written by hand as SQL."""
    name, column = check.name, f"x.{check.column}"
    if name in LINKED:
        return [LINKED[name].format(column=check.column)]
    if name == "not before birth":
        return ["lives.birth - INTERVAL 1 DAY"]
    if name == "not after death":
        return [f"lives.death + INTERVAL {61 if check.column in PAPERWORK else 1} DAY"]
    if name == "not after the extract":
        return ["TIMESTAMP '2026-04-01'"]
    if name == "inside what is observed":
        return ["periods.starts - INTERVAL 1 DAY", "periods.ends + INTERVAL 1 DAY"]
    if name.startswith("inside its"):
        ((before, after),) = [
            entry[1:3]
            for entry in rules(check.shape)["inside"][check.table.name]
            if entry[0] == check.column and (len(entry) == 3 or f"its {entry[3]} " in name)
        ]
        return [
            f"contacts.starts - INTERVAL {before * 60 + 1} MINUTE",
            f"contacts.ends + INTERVAL {after * 60 + 1} MINUTE",
        ]
    if name.startswith("not before "):
        return [f"x.{name.removeprefix('not before ')} - INTERVAL 1 DAY"]
    assert name.startswith("on the day of ") or name.endswith("of the answer key")
    return [f"{column} + INTERVAL 1 DAY", f"{column} - INTERVAL 1 DAY"]


def test_nothing_fails_beyond_what_was_planted(site: Path) -> None:
    found = check_times(site).to_pylist()
    assert len(found) == len(ALL) > 500
    assert [row for row in found if not row["rows"]] == []
    assert [row for row in found if not row["passed"]] == []


@pytest.mark.parametrize(
    "check",
    [check for check in ALL if (check.table.name, check.name) != SPARSE],
    ids=lambda check: f"{check.shape}-{check.table.name}.{check.column}-{check.name}",
)
def test_one_row_that_breaks_a_rule_is_caught(charts: Charts, check: Check) -> None:
    table, column = check.table.name, check.column
    before = charts.outcome(check)
    for value in breaking(check):
        row, moved = charts.sound(check, value)
        change = f"UPDATE {table} SET {column} = TIMESTAMP '{moved}' WHERE rowid = {row}"
        _, failed, planted = charts.outcome(check, change)
        assert failed > before[1]
        assert planted == before[2]


def test_every_dated_column_of_a_person_has_its_checks() -> None:
    """Tables that say nothing of persons, and columns with a reason, are all that is left."""
    known = {(check.shape, check.table.name, check.column, check.name) for check in ALL}
    left = {
        (name, table.name, column.name)
        for name, projector in PROJECTORS.items()
        for table in described(projector.shape).tables.values()
        for column in table.columns
        if column.type in ("DATE", "TIMESTAMP")
        and (name, table.name, column.name, "not before birth") not in known
    }
    assert {(shape, table) for shape, table, _ in left} == {
        ("cerner", "CODE_VALUE"), ("cerner", "NOMENCLATURE"), ("cerner", "CHARGE_MOD"),
        ("cerner", "ENCNTR_ALIAS"), ("omop", "cdm_source"), ("omop", "concept"),
        ("omop", "concept_relationship"), ("omop", "drug_strength"), ("omop", "device_exposure"),
    }  # fmt: skip


def test_every_exception_names_a_column_and_a_check_that_exist() -> None:
    columns = {(check.shape, f"{check.table.name}.{check.column}") for check in ALL}
    for name in PROJECTORS:
        given = rules(name)
        for part in ("plans", "records", "paperwork"):
            assert {(name, column) for column in given[part]} <= columns
        for column, allowed in given.get("allowed", {}).items():
            names = {
                check.name
                for check in ALL
                if (check.shape, f"{check.table.name}.{check.column}") == (name, column)
            }
            assert set(allowed) <= names


ARRIVAL = next(check for check in ALL if check.allowed)
# Kind and table of a planted row, and whether it excuses the broken one.
PLANTED = [
    ("cancelled-admission", "clarity.PAT_ENC_HSP", True),
    ("preadmission", "clarity.PAT_ENC_HSP", False),
    ("cancelled-admission", "clarity.PAT_ENC", False),
    ("cancelled-admission", "cerner.PAT_ENC_HSP", False),
]


@pytest.mark.parametrize(("kind", "table", "excused"), PLANTED)
def test_only_an_allowed_kind_of_the_same_table_excuses_a_failure(
    charts: Charts, kind: str, table: str, excused: bool
) -> None:
    assert (ARRIVAL.table.name, ARRIVAL.allowed) == ("PAT_ENC_HSP", ("cancelled-admission",))
    rows, failed, planted = charts.outcome(
        ARRIVAL,
        "UPDATE PAT_ENC_HSP SET ADT_ARRIVAL_TIME = ADT_ARRIVAL_TIME + INTERVAL 40 DAY",
        "DELETE FROM planted",
        f"INSERT INTO planted SELECT '{kind}', '{table}', CAST(PAT_ENC_CSN_ID AS VARCHAR) "
        "FROM PAT_ENC_HSP",
    )
    assert rows == failed
    assert planted == (failed if excused else 0)


def test_a_planted_row_of_a_table_with_two_keys_is_found_by_both(charts: Charts) -> None:
    (check,) = [
        check for check in ALL
        if (check.table.name, check.column, check.name)
        == ("ORDER_RESULTS", "RESULT_TIME", "not after the extract")
    ]  # fmt: skip
    _, failed, planted = charts.outcome(
        replace(check, allowed=("late",)),
        "UPDATE ORDER_RESULTS SET RESULT_TIME = TIMESTAMP '2030-01-01' WHERE LINE <= 2",
        "INSERT INTO planted SELECT 'late', 'clarity.ORDER_RESULTS', ORDER_PROC_ID || '-2' "
        "FROM ORDER_RESULTS WHERE LINE = 2",
    )
    counted = charts.of("clarity").execute(
        "SELECT count(*) FILTER (WHERE LINE <= 2), count(*) FILTER (WHERE LINE = 2) "
        "FROM ORDER_RESULTS"
    )
    assert [(failed, planted)] == counted.fetchall()
    assert failed > planted > 0


# Rows whose person the answer key does not know, or that do not name their person themselves.
HIDDEN = [
    ("PAT_ENC", "CONTACT_DATE", "PAT_ID IN (SELECT key FROM planted WHERE kind = 'test-patient')"),
    ("PAT_ENC", "CONTACT_DATE",
     "PAT_ID IN (SELECT key FROM planted WHERE kind = 'duplicate-not-merged')"),
    ("HNO_INFO", "CREATE_INSTANT_DTTM", "PAT_ID IS NULL"),
    ("ARPB_TRANSACTIONS", "SERVICE_DATE", "PAT_ENC_CSN_ID IS NULL"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "column", "of"), HIDDEN)
def test_rows_of_hard_to_know_persons_are_looked_at(
    charts: Charts, table: str, column: str, of: str
) -> None:
    (check,) = [
        check for check in ALL
        if (check.table.name, check.column, check.name) == (table, column, "not before birth")
    ]  # fmt: skip
    found = charts.of("clarity").execute(f"SELECT count(*) FROM {table} WHERE {of}").fetchone()
    assert found is not None and found[0] > 0
    change = f"UPDATE {table} SET {column} = TIMESTAMP '1850-01-01' WHERE {of}"
    assert charts.outcome(check, change)[1] == found[0]


def spoil(folder: Path, table: str, change: str) -> None:
    """Rewrite one table with some values replaced: `change` is the list of REPLACE."""
    path = folder / "clarity" / f"{table}.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE rows AS FROM read_parquet('{path}')")
        path.unlink()
        connection.execute(f"COPY (SELECT * REPLACE ({change}) FROM rows) TO '{path}'")


def test_a_spoiled_file_fails_its_check(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    shutil.copytree(small, folder)
    wanted = ("OR_LOG", "SURGERY_DATE", "not after the extract")

    def passed() -> list[bool]:
        return [
            row["passed"] for row in check_times(folder).to_pylist()
            if (row["table"], row["column"], row["check"]) == wanted
        ]  # fmt: skip

    assert passed() == [True]
    spoil(folder, "OR_LOG", "TIMESTAMP '2190-01-01' AS SURGERY_DATE")
    assert passed() == [False]


def test_what_is_no_site_is_refused(tmp_path: Path, small: Path) -> None:
    with pytest.raises(UsageError, match="not a synthetic site"):
        check_times(tmp_path)
    shutil.copytree(small, tmp_path / "site")
    (tmp_path / "site" / "clarity" / "OR_LOG.parquet").write_bytes(b"PAR1 cut")
    with pytest.raises(EngineError, match="cannot be read"):
        check_times(tmp_path / "site")
