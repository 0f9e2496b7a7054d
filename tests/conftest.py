"""Fixtures that every test may use: the command line as a process, and real data where it is."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
REQUIRED = "EHRKIT_TEST_REQUIRE"

Ehrkit = Callable[..., subprocess.CompletedProcess[bytes]]


ENGINES = ("duckdb", "sqlite", "postgres", "mariadb", "spark")
REQUIRED_ENGINES = "EHRKIT_TEST_ENGINES"


def pytest_sessionstart() -> None:
    """Stop where the run asks for an engine that no test executes."""
    for name in _listed(REQUIRED_ENGINES):
        if name not in ENGINES:
            pytest.exit(f"{REQUIRED_ENGINES} names {name}: known are {', '.join(ENGINES)}", 1)


def _listed(variable: str) -> list[str]:
    return [name for name in os.environ.get(variable, "").split(",") if name]


def skip_or_fail_engine(dialect: str, reason: str) -> None:
    """Skip a test for want of an engine, or fail where the run said it must be there."""
    if dialect in _listed(REQUIRED_ENGINES):
        pytest.fail(f"{REQUIRED_ENGINES} names {dialect}, but: {reason}")
    pytest.skip(reason)


def skip_or_fail(what: str, reason: str) -> None:
    """Skip a test for want of something, or fail where the run said it must be there."""
    if what in _listed(REQUIRED):
        pytest.fail(f"{REQUIRED} names {what}, but: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data, which is never part of the repository."""
    folder = Path(os.environ.get("EHRKIT_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        skip_or_fail("shared-data", "real data are not on this machine (EHRKIT_SHARED_DATA)")
    return folder


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `ehrkit demo` leaves, made once; tests that change it take a copy."""
    folder = tmp_path_factory.mktemp("story")
    done = subprocess.run(
        [sys.executable, "-m", "ehrkit.cli", "demo", "ehrkit-demo", "--patients", "1200"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (folder / "printed.txt").write_text(done.stderr)
    return folder / "ehrkit-demo"


@pytest.fixture
def ehrkit(tmp_path: Path) -> Ehrkit:
    """Run the command line as a shell would, in a folder of its own."""

    def run(
        *arguments: object, stdin: bytes = b"", exit_code: int = 0, **environment: str
    ) -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run(
            [sys.executable, "-m", "ehrkit.cli", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            cwd=tmp_path,
            env={**os.environ, **environment},
            check=False,
        )
        assert done.returncode == exit_code, done.stderr.decode()
        return done

    return run
