"""`ehrkit convert`: formats, pipes, and every kind of bad input through the command line."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc as ipc
import pytest

from ehrkit.core.tables import open_table, write_table
from tests.conftest import Ehrkit

CSV = b"mrn,name\n00123,\n,Zebrowski\n"


def test_a_pipe_carries_csv_by_default(ehrkit: Ehrkit) -> None:
    assert ehrkit("convert", stdin=CSV).stdout == CSV


def test_a_variable_makes_pipes_typed(ehrkit: Ehrkit) -> None:
    out = ehrkit("convert", stdin=CSV, EHRKIT_FORMAT="arrow").stdout
    assert ipc.open_stream(out).read_all()["mrn"].to_pylist() == ["00123", None]


def test_the_extension_names_the_format(ehrkit: Ehrkit, tmp_path: Path) -> None:
    ehrkit("convert", "-", "-o", "out.parquet", stdin=CSV)
    ehrkit("convert", "out.parquet", "-o", "back.csv.gz")
    assert open_table(tmp_path / "back.csv.gz").read_all()["mrn"].to_pylist() == ["00123", None]


@pytest.mark.parametrize(
    ("content", "exit_code", "message"),
    [
        (None, 2, b"no such file"),
        (b"", 3, b"empty"),
        (b"a,b\n1,Zebrowski\n2\n", 3, b"row 3"),
        (b"a,b\n1,Zebrowski\0\n", 3, b"NUL"),
        (b"a,b\n1,Zebrowski\xe9\n", 3, b"UTF-8"),
    ],
    ids=["missing", "empty", "ragged", "NUL", "Latin-1"],
)
def test_bad_input_gives_one_message_and_no_output(
    ehrkit: Ehrkit, tmp_path: Path, content: bytes | None, exit_code: int, message: bytes
) -> None:
    if content is not None:
        (tmp_path / "in.csv").write_bytes(content)
    done = ehrkit("convert", "in.csv", "-o", "out.parquet", exit_code=exit_code)
    assert done.stderr.startswith(b"Error: in.csv")
    assert message in done.stderr
    assert b"Zebrowski" not in done.stderr
    assert b"Traceback" not in done.stderr
    assert not (tmp_path / "out.parquet").exists()


def test_a_truncated_parquet_file_is_refused(ehrkit: Ehrkit, tmp_path: Path) -> None:
    write_table(pa.table({"name": ["Zebrowski"] * 100}), tmp_path / "in.parquet")
    whole = (tmp_path / "in.parquet").read_bytes()
    (tmp_path / "in.parquet").write_bytes(whole[: len(whole) // 2])
    done = ehrkit("convert", "in.parquet", "-o", "out.csv", exit_code=3)
    assert b"in.parquet: is not a complete Parquet file" in done.stderr
    assert not (tmp_path / "out.csv").exists()


def test_a_full_disk_exits_6_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("a,b\n" + "1,2\n" * 200_000)
    done = subprocess.run(
        [sys.executable, "-m", "ehrkit.cli", "convert", "in.csv", "-o", "out.csv"],
        cwd=tmp_path, capture_output=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),
    )  # fmt: skip
    assert done.returncode == 6
    assert b"out.csv" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_a_kill_while_writing_leaves_nothing_under_the_final_name(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "ehrkit.cli", "convert", "-o", "out.csv"],
        cwd=tmp_path, stdin=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(b"a,b\n" + b"1,2\n" * 5_000_000)
        process.stdin.flush()
        while not list(tmp_path.glob(".out.csv.*")):
            assert process.poll() is None
        process.kill()
        process.wait()
        process.stdin.close()
    assert not (tmp_path / "out.csv").exists()


def test_an_extension_without_a_format_is_refused_before_reading(ehrkit: Ehrkit) -> None:
    done = ehrkit("convert", "in.csv", "-o", "out.xlsx", exit_code=2)
    assert b".parquet" in done.stderr
