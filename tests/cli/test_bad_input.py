"""Bad input through the command line: exit code, one clear message, no output, no data value.

Tables that are damaged, a full disk, kills and closed pipes are in test_convert.py and
test_main.py; here are policies, keys, databases and names.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.conftest import Ehrkit

pytestmark = pytest.mark.xdist_group("demo")

APPLY = "deid apply --policy policy.toml --key-file project.key --out-dir out cohort.parquet"
RUN = "cohort run lumbar-fusion-ed-30d --db chart.duckdb --schema epic-clarity -o out"


@pytest.fixture
def study(demo: Path, tmp_path: Path) -> Path:
    """A folder with what a run needs, to be spoiled by each case."""
    for name in ("cohort.parquet", "policy.toml", "project.key"):
        (tmp_path / name).write_bytes((demo / name).read_bytes())
        (tmp_path / name).chmod(0o600)
    with duckdb.connect(str(tmp_path / "chart.duckdb")) as chart:
        for path in (demo / "clarity").glob("*.parquet"):
            chart.execute(f"CREATE TABLE {path.stem} AS FROM read_parquet('{path}')")
    return tmp_path


def edit(path: Path, pattern: str, replacement: str) -> None:
    text, count = re.subn(pattern, replacement, path.read_text(), flags=re.MULTILINE)
    assert count
    path.write_text(text)


def refused(ehrkit: Ehrkit, study: Path, command: str, code: int, *says: str) -> None:
    """Run a command that has to fail: one message on stderr, nothing on stdout, no output."""
    done = ehrkit(*command.split(), exit_code=code)
    message = done.stderr.decode()
    assert done.stdout == b""
    assert message.count("Error: ") == 1
    assert "Traceback" not in message
    for words in says:
        assert words in message
    assert not list(study.glob("out*")) + list(study.glob(".*partial*"))
    people = pq.read_table(study / "cohort.parquet", columns=["person_id", "index_date"])
    values = {str(value) for column in people.columns for value in column.to_pylist()}
    assert not [value for value in values if value in message]


def test_a_column_without_a_policy_line(ehrkit: Ehrkit, study: Path) -> None:
    edit(study / "policy.toml", r"^discharge_date = .*\n", "")
    refused(ehrkit, study, APPLY, 4, "no line for the column discharge_date")


def test_a_policy_line_without_a_column(ehrkit: Ehrkit, study: Path) -> None:
    edit(study / "policy.toml", r"^(sex = .*)$", r'\1\nindx_date = "drop"')
    refused(ehrkit, study, APPLY, 3, "indx_date", "the input lacks", "Did you mean index_date?")


def test_a_misspelt_transform(ehrkit: Ehrkit, study: Path) -> None:
    edit(study / "policy.toml", r"^sex = .*$", 'sex = "keeep"')
    refused(ehrkit, study, APPLY, 3, "policy.toml", "table.cohort.columns.sex", "keep?")


def test_a_claim_that_does_not_hold(ehrkit: Ehrkit, study: Path) -> None:
    edit(study / "policy.toml", '^standard = "limited"', 'standard = "safe-harbor"')
    refused(ehrkit, study, APPLY, 4, "safe-harbor does not hold", "index_date")


def test_a_value_that_is_no_date(ehrkit: Ehrkit, study: Path) -> None:
    ehrkit("convert", "cohort.parquet", "-o", "cohort.csv")
    edit(study / "cohort.csv", r"^(Z\d+,\d+),[\d-]+,", r"\1,ZEBROWSKI,")
    refused(ehrkit, study, APPLY.replace(".parquet", ".csv"), 3, "row 1", "index_date")
    assert (
        b"ZEBROWSKI" not in ehrkit(*APPLY.replace(".parquet", ".csv").split(), exit_code=3).stderr
    )


@pytest.mark.parametrize("command", [APPLY, "link encode cohort.parquet --id person_id"
                                     " --key-file project.key -o out.parquet"])  # fmt: skip
def test_a_key_file_that_others_can_read(ehrkit: Ehrkit, study: Path, command: str) -> None:
    (study / "project.key").chmod(0o644)
    refused(ehrkit, study, command, 4, "project.key", "0644", "chmod 600")


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("cohort run lumber-fusion-ed-30d --db chart.duckdb -o out.csv", "lumbar-fusion-ed-30d?"),
        (f"{RUN}.csv".replace("epic-clarity", "epic-clarty"), "epic-clarity?"),
        ("cohort render lumbar-fusion-ed-30d --dialect tsq", "tsql?"),
        ("query run encountrs --db chart.duckdb -o out.csv", "encounters?"),
        ("codes show lumbar-fuson", "lumbar-fusion?"),
        (f"{RUN}.csv --set windw=3", "window?"),
        (f"{RUN}.csv --set window=soon", "days"),
        (f"{RUN}.csv".replace("chart.duckdb", "chrt.duckdb"), "no such database"),
    ],
)
def test_unknown_names(ehrkit: Ehrkit, study: Path, command: str, says: str) -> None:
    refused(ehrkit, study, command, 2, says)


def test_a_file_that_is_no_database(ehrkit: Ehrkit, study: Path) -> None:
    (study / "notes.duckdb").write_text("nothing of the kind")
    refused(ehrkit, study, f"{RUN}.csv".replace("chart", "notes"), 6, "not a DuckDB database")


def test_a_database_cut_short(ehrkit: Ehrkit, study: Path) -> None:
    whole = (study / "chart.duckdb").read_bytes()
    (study / "cut.duckdb").write_bytes(whole[: len(whole) // 3])
    refused(ehrkit, study, f"{RUN}.csv".replace("chart", "cut"), 6, "cut.duckdb", "cut short")


def test_a_database_that_another_program_holds(ehrkit: Ehrkit, study: Path) -> None:
    (study / "mine.duckdb").write_bytes((study / "chart.duckdb").read_bytes())
    program = "import duckdb, sys; c = duckdb.connect('mine.duckdb'); print(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=study, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        holder.stdout.readline()
        refused(ehrkit, study, f"{RUN}.csv".replace("chart", "mine"), 6, "another program holds")
        holder.stdin.write(b"\n")
        holder.stdin.close()


def test_a_database_of_another_shape(ehrkit: Ehrkit, study: Path) -> None:
    refused(
        ehrkit, study, f"{RUN}.csv".replace("epic-clarity", "omop-5.4"), 3, "like those of epic"
    )
