"""Writes are all or nothing, private, and say so when the disk is full."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ehrkit.core.errors import EngineError, UsageError
from ehrkit.core.files import PARTIAL, atomic_file, atomic_folder


def test_a_finished_file_is_private_and_alone(tmp_path: Path) -> None:
    with atomic_file(tmp_path / "out") as handle:
        handle.write(b"whole")
    assert (tmp_path / "out").read_bytes() == b"whole"
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_failure_keeps_the_old_file_and_leaves_no_rest(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"old")
    with pytest.raises(RuntimeError), atomic_file(tmp_path / "out") as handle:
        handle.write(b"half")
        raise RuntimeError
    assert (tmp_path / "out").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_missing_folder_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot write here"), atomic_file(tmp_path / "no" / "out"):
        pass


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), atomic_folder(tmp_path / "out") as folder:
        (folder / "part").write_text("half")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with atomic_folder(tmp_path / "out") as folder:
        (folder / "part").write_text("whole")
    assert (tmp_path / "out" / "part").read_text() == "whole"


def test_an_occupied_folder_is_kept_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("precious")
    with pytest.raises(UsageError, match="not empty"), atomic_folder(tmp_path / "out"):
        pass
    assert (tmp_path / "out" / "mine").read_text() == "precious"
    with atomic_folder(tmp_path / "out", force=True) as folder:
        (folder / "new").write_text("new")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["new"]


@pytest.mark.parametrize(
    "extension", ["csv", "csv.gz", "tsv.zst", "ndjson", "arrow", "arrows", "parquet"]
)
def test_a_full_disk_is_one_clear_error_and_no_file(tmp_path: Path, extension: str) -> None:
    """The limit on file size stands in for the full disk; the system reports both alike."""
    done = _python(
        tmp_path,
        f"""
        import os, resource, signal
        from pathlib import Path
        import pyarrow as pa
        from ehrkit.core.errors import EngineError
        from ehrkit.core.tables import write_table
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        noise = [os.urandom(8).hex() for _ in range(200_000)]
        try:
            write_table(pa.table({{"noise": noise}}), Path("out.{extension}"))
        except EngineError as error:
            print(error)
        """,
    )
    assert done.stdout.startswith("out."), done.stderr
    assert "larger than this process may write" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_kill_in_the_middle_leaves_nothing_under_the_final_name(tmp_path: Path) -> None:
    program = textwrap.dedent(
        """
        import time
        from pathlib import Path
        from ehrkit.core.files import atomic_file
        with atomic_file(Path("out.csv")) as handle:
            handle.write(b"half")
            handle.flush()
            print("writing", flush=True)
            time.sleep(60)
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=tmp_path, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.wait()
    (leftover,) = tmp_path.iterdir()
    assert leftover.name.startswith(".out.csv.")
    assert leftover.name.endswith(PARTIAL)
    assert stat.S_IMODE(leftover.stat().st_mode) == 0o600


def test_a_full_disk_error_carries_its_exit_code() -> None:
    assert EngineError("x").exit_code == 6


def _python(folder: Path, program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
