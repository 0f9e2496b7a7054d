"""`ehrkit demo`: the whole story runs, and what it leaves is what the answer key says."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from ehrkit.cli.commands.demo import story
from tests.conftest import Ehrkit

pytestmark = pytest.mark.xdist_group("demo")


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text().splitlines()))


def test_each_command_is_printed_as_it_is_typed(demo: Path) -> None:
    printed = (demo.parent / "printed.txt").read_text()
    for step in story("ehrkit-demo", 1200, 7):
        for command in step.commands:
            assert f"$ {command}\n" in printed


def test_the_cohort_is_that_of_the_answer_key(demo: Path) -> None:
    """Persons from the truth by a query of its own, beside those that the chart gave."""
    expected = duckdb.sql(
        f"""
        WITH fusions AS (
            SELECT person_id, procedure_date AS day, row_number() OVER (
                PARTITION BY person_id ORDER BY procedure_date) AS nth
            FROM '{demo}/truth/surgeries.parquet'
            WHERE kind = 'lumbar-fusion' AND performed)
        SELECT f.person_id, f.day FROM fusions f
        JOIN '{demo}/truth/persons.parquet' p ON p.person_id = f.person_id
        WHERE nth = 1 AND f.day BETWEEN DATE '2018-01-01' AND DATE '2024-12-31'
        """
    ).fetchall()
    found = duckdb.sql(f"SELECT person_id, index_date FROM '{demo}/cohort.parquet'").fetchall()
    # A chart cannot know that two records which nobody merged are one person.
    parted = duckdb.sql(
        f"SELECT unnest([person_id, old_pat_id]) FROM '{demo}/truth/merges.parquet' "
        "WHERE NOT merged"
    ).fetchall()
    expected, found = ([r for r in rows if r[:1] not in parted] for rows in (expected, found))
    assert len(found) > 80
    assert set(found) <= set(expected)
    # The rest are those whom age or a spinal neoplasm, infection or fracture leaves out.
    left_out = sum(
        int(row["events_excluded"])
        for row in _rows(demo / "attrition.csv")
        if "18 or older" in row["label"] or "neoplasm" in row["label"]
    )
    assert len(expected) - len(found) == left_out


def test_the_emergency_visits_are_those_that_the_answer_key_calls_visible(demo: Path) -> None:
    """A second record that nobody merged is a person of its own, for all that the chart knows."""
    columns = "person_id, ed_within_30d"
    found = dict(duckdb.sql(f"SELECT {columns} FROM '{demo}/cohort.parquet'").fetchall())
    expected = {
        person
        for (person,) in duckdb.sql(
            f"""
            SELECT DISTINCT c.person_id FROM '{demo}/cohort.parquet' c
            JOIN '{demo}/clarity/PAT_ENC.parquet' p ON true
            JOIN '{demo}/truth/emergency_visits.parquet' e
              ON e.encounter_id = CAST(p.PAT_ENC_CSN_ID AS VARCHAR)
            LEFT JOIN '{demo}/truth/merges.parquet' m ON m.old_pat_id = p.PAT_ID AND m.merged
            WHERE c.person_id = COALESCE(m.person_id, p.PAT_ID) AND e.visible
              AND CAST(e.arrival AS DATE) - c.discharge_date BETWEEN 1 AND 30
            """
        ).fetchall()
    }
    assert {person for person, yes in found.items() if yes} == expected
    assert expected


def test_linkage_is_good_and_its_files_hold_no_identifier(demo: Path) -> None:
    first = _rows(demo / "linkage.csv")[0]
    assert float(first["precision"]) >= 0.97
    assert float(first["recall"]) >= 0.95
    identifiers = {
        text.encode()
        for row in _rows(demo / "wearables" / "profiles.csv")
        for name, text in row.items()
        if name not in ("sex", "vendor") and len(text) > 6  # five digits turn up by chance
    }
    for name in ("people.tokens.parquet", "devices.tokens.parquet", "matches.parquet"):
        table = pq.read_table(demo / name)
        cells = "\n".join(str(v) for column in table.columns for v in column.to_pylist()).encode()
        raw = (demo / name).read_bytes() + str(table.schema.metadata).encode() + cells
        assert not [text for text in identifiers if text in raw]


def test_one_person_is_one_pseudonym_and_one_shift_in_every_file(demo: Path) -> None:
    """Joined through row order of the cohort, which de-identification keeps."""
    plain, done = (
        pq.read_table(demo / "cohort.parquet"),
        pq.read_table(demo / "deid/cohort.parquet"),
    )
    token = dict(zip(plain["person_id"].to_pylist(), done["person_id"].to_pylist(), strict=True))
    shift = {
        new: (b - a).days
        for new, a, b in zip(
            done["person_id"].to_pylist(),
            plain["index_date"].to_pylist(),
            done["index_date"].to_pylist(),
            strict=True,
        )
    }
    assert len(set(token.values())) == len(token)
    assert 0 not in shift.values()
    for name, day in (("visits", "start_date"), ("daily", "date")):
        before = pq.read_table(demo / f"{name}.parquet", columns=["person_id", day]).to_pylist()
        after = pq.read_table(demo / f"deid/{name}.parquet", columns=["person_id", day]).to_pylist()
        checked = 0
        for old, new in zip(before, after, strict=True):
            if old["person_id"] in token:
                assert new["person_id"] == token[old["person_id"]]
                assert (new[day] - old[day]).days == shift[new["person_id"]]
                checked += 1
        assert checked > 1000


def test_aligning_deidentified_data_is_deidentifying_aligned_data(
    demo: Path, ehrkit: Ehrkit, tmp_path: Path
) -> None:
    options = ("--anchor", "index_date", "--censor", "follow_up_end")
    for folder, out in ((demo, "plain"), (demo / "deid", "done")):
        ehrkit("wear", "align", folder / "daily.parquet", "--anchors", folder / "cohort.parquet",
               *options, "-o", f"{out}.parquet")  # fmt: skip
    shared = "* EXCLUDE (person_id, anchor_date)"
    rows = [
        duckdb.sql(f"SELECT {shared} FROM '{tmp_path}/{out}.parquet' ORDER BY ALL").fetchall()
        for out in ("plain", "done")
    ]
    assert rows[0] == rows[1]
    assert len(rows[0]) > 500


def test_nobody_of_the_chart_is_in_the_released_bytes(demo: Path) -> None:
    people = pq.read_table(demo / "people.parquet").to_pylist()
    wanted = {row[n].encode() for row in people for n in ("person_id", "last_name") if row[n]}
    wanted = {text for text in wanted if len(text) > 6}
    for path in sorted((demo / "deid").rglob("*")):
        if path.is_file():
            raw = path.read_bytes()
            if path.suffix == ".parquet":
                table = pq.read_table(path)
                raw += "\n".join(
                    str(v) for c in table.columns for v in c.unique().to_pylist()
                ).encode()
            assert not [text for text in wanted if text in raw], path.name


@pytest.mark.parametrize("victim", ["cohort.parquet", "records/0001-deid-apply.dsse.json"])
@pytest.mark.parametrize("place", [0.01, 0.5, 0.99])
def test_the_audit_refuses_a_changed_byte(
    demo: Path, ehrkit: Ehrkit, tmp_path: Path, victim: str, place: float
) -> None:
    shutil.copytree(demo / "deid", tmp_path / "deid")
    path = tmp_path / "deid" / victim
    raw = bytearray(path.read_bytes())
    raw[int(len(raw) * place)] ^= 1
    path.write_bytes(raw)
    done = ehrkit("audit", "verify", "deid", "--public-key", demo / "project.key.pub", exit_code=5)
    assert victim.encode() in done.stderr


def test_the_report_is_one_page_that_loads_nothing(demo: Path) -> None:
    page = (demo / "report.html").read_text()
    assert page.count("<svg") == 4
    assert not re.findall(r'(?:src|href)="(?!#|data:)|@import|url\((?!#)', page)
    for words in ("Who is in the cohort", "Linkage", "risk", "Who wore", "Recovery", ">verified<"):
        assert words in page


def test_everything_is_private_to_its_owner(demo: Path) -> None:
    for path in demo.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_an_occupied_folder_is_refused(ehrkit: Ehrkit, tmp_path: Path) -> None:
    (tmp_path / "ehrkit-demo").mkdir()
    (tmp_path / "ehrkit-demo" / "mine").write_text("precious")
    assert b"not empty" in ehrkit("demo", exit_code=2).stderr
    assert (tmp_path / "ehrkit-demo" / "mine").read_text() == "precious"
