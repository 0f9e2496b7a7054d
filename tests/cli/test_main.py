"""The command line as a whole: start-up, exit codes, pipes, and messages without data."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from ehrkit.cli.main import COMMANDS, cli, run
from tests.conftest import Ehrkit

HEAVY = {
    "sqlglot", "sqlalchemy", "pandas", "pyarrow", "duckdb", "faker",
    "cryptography", "rich", "matplotlib", "numpy", "jinja2",
}  # fmt: skip


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys; from ehrkit.cli.main import run; run(sys.argv[1:]);"
        "print(*sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    assert HEAVY.isdisjoint(done.stderr.split())


@pytest.mark.parametrize("name", list(COMMANDS))
def test_help_of_a_group_imports_nothing_heavy(name: str) -> None:
    program = (
        "import sys; from ehrkit.cli.main import run; run([sys.argv[1], '--help']);"
        "print(*sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, name], capture_output=True, text=True, check=True
    )
    assert HEAVY.isdisjoint(done.stderr.split())


def _commands() -> list[tuple[str, click.Command]]:
    context = click.Context(cli)
    found = []
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        subs = command.commands.items() if isinstance(command, click.Group) else [("", command)]
        found += [(f"{name} {sub}".strip(), each) for sub, each in subs]
    return found


@pytest.mark.parametrize(("name", "command"), _commands())
def test_every_command_has_a_summary_and_an_example(name: str, command: click.Command) -> None:
    assert command.help
    assert command.help.splitlines()[0].endswith(".")
    assert f"ehrkit {name}" in command.help


def test_a_misspelt_command_is_answered_with_the_nearest(ehrkit: Ehrkit) -> None:
    assert b"Did you mean 'cohort'" in ehrkit("chort", exit_code=2).stderr


def test_a_closed_pipe_ends_quietly_with_141(tmp_path: Path) -> None:
    (tmp_path / "long.csv").write_text("a,b\n" + "1,2\n" * 2_000_000)
    for format_ in ("csv", "ndjson", "arrow", "parquet"):
        command = f"{sys.executable} -m ehrkit.cli convert long.csv --to {format_}"
        done = subprocess.run(
            ["bash", "-c", f"{command} | head -c 100 >/dev/null; echo ${{PIPESTATUS[0]}}"],
            cwd=tmp_path, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert (done.stdout, done.stderr) == ("141\n", ""), format_


def test_a_bug_is_reported_by_type_and_place_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("MRN 00123 of Zebrowski")

    monkeypatch.setattr("ehrkit.core.tables.open_table", broken)
    assert run(["convert", "x.csv"]) == 1
    message = capsys.readouterr().err
    assert "ValueError at" in message
    assert "Zebrowski" not in message


def test_an_interrupt_exits_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ehrkit.core.tables.open_table", interrupted)
    assert run(["convert", "x.csv"]) == 130


def test_new_files_are_private_whatever_the_umask(ehrkit: Ehrkit, tmp_path: Path) -> None:
    old = os.umask(0o000)
    try:
        ehrkit("convert", "-o", "out.csv", stdin=b"a\n1\n")
    finally:
        os.umask(old)
    assert (tmp_path / "out.csv").stat().st_mode & 0o777 == 0o600
