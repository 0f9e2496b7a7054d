"""What a person sees on a terminal, through a real pseudo-terminal."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

HEADER = "patient,admitted,disposition,narrative"
ROW = "00123,2020-01-01,,Walked forty metres with the frame and slept badly in the night"


def on_terminal(folder: Path, *arguments: str, columns: int = 120) -> tuple[int, str]:
    """Run ehrkit with all three streams on a terminal of some width; return code and screen."""
    above, below = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(columns), "NO_COLOR": "1", "TERM": "xterm"}
    process = subprocess.Popen(
        [sys.executable, "-m", "ehrkit.cli", *arguments],
        cwd=folder, env=environment, stdin=below, stdout=below, stderr=below,
    )  # fmt: skip
    os.close(below)
    screen = b""
    while True:
        try:
            data = os.read(above, 65536)
        except OSError:  # what a terminal says when its last user has gone
            break
        if not data:
            break
        screen += data
    os.close(above)
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.decode())
    return process.wait(), text.replace("\r\n", "\n")


def test_a_table_is_shown_with_nulls_and_how_to_get_the_rest(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("\n".join([HEADER, *[ROW] * 25]) + "\n")
    code, screen = on_terminal(tmp_path, "convert", "t.csv")
    assert code == 0
    assert screen.count("00123") == 20
    assert "null" in screen
    assert "not shown: rows after the first 20. A pipe or -o FILE gives all." in screen


def test_columns_that_do_not_fit_are_named_and_none_is_squeezed(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(f"{HEADER}\n{ROW}\n")
    _, screen = on_terminal(tmp_path, "convert", "t.csv", columns=50)
    assert "patient   admitted     disposition" in screen
    assert "not shown: columns narrative." in screen


def test_a_binary_format_does_not_go_to_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(f"{HEADER}\n{ROW}\n")
    code, screen = on_terminal(tmp_path, "convert", "t.csv", "--to", "parquet")
    assert code == 2
    assert "Give -o FILE" in screen


def test_without_input_on_a_terminal_help_is_shown(tmp_path: Path) -> None:
    code, screen = on_terminal(tmp_path, "convert")
    assert code == 2
    assert "Usage: ehrkit convert" in screen


def test_what_was_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("\n".join([HEADER, *[ROW] * 25]) + "\n")
    code, screen = on_terminal(tmp_path, "convert", "t.csv", "-o", "t.parquet")
    assert code == 0
    assert "t.parquet: 25 rows" in screen
    _, quiet = on_terminal(tmp_path, "-q", "convert", "t.csv", "-o", "t.parquet")
    assert quiet.strip() == ""
