"""Every command that the documentation shows is run, as it stands there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from docs.generate import command_names
from ehrkit.cli.main import cli
from tests.conftest import REPOSITORY, skip_or_fail

DOCUMENTS = (
    "README.md",
    "docs/cohorts.md",
    "docs/queries.md",
    "docs/tables.md",
    "docs/records.md",
    "docs/real-data.md",
    "docs/synthetic.md",
)
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
TOOLS = ("jq", "openssl", "unzip")

pytestmark = pytest.mark.xdist_group("demo")


def blocks(document: str) -> list[str]:
    """Return the shell blocks of a document, in order."""
    return BLOCK.findall((REPOSITORY / document).read_text())


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_commands_of_a_document_run(
    document: str, demo: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    shutil.copytree(demo, tmp_path / "ehrkit-demo")
    for tool in TOOLS:
        if shutil.which(tool) is None and any(tool in block for block in blocks(document)):
            skip_or_fail(tool, f"{tool} is not installed")
    environment = {}
    if any("$EHRKIT_SHARED_DATA" in block for block in blocks(document)):
        environment["EHRKIT_SHARED_DATA"] = str(request.getfixturevalue("shared_data"))
    for block in blocks(document):
        _shell(block, tmp_path, document, **environment)


MAKES_ITS_OWN_FOLDER = ("demo", "synth", "synth make")


def _examples() -> list[tuple[str, str]]:
    """Return each command with the shell lines of its help."""
    found = []
    for words in command_names(cli, ()):
        command: click.Command = cli
        for word in words:
            assert isinstance(command, click.Group)
            below = command.get_command(click.Context(command), word)
            assert below is not None
            command = below
        _, marked, example = (command.help or "").partition("Example:\n")
        if marked and words[0] != "demo":  # the demo is played by its fixture
            found.append((" ".join(words), example))
    return found


@pytest.mark.parametrize(("command", "example"), _examples())
def test_the_example_of_a_command_runs_as_pasted(
    command: str, example: str, demo: Path, tmp_path: Path
) -> None:
    if command not in MAKES_ITS_OWN_FOLDER:
        (tmp_path / "ehrkit-demo").symlink_to(demo)
    _shell(example, tmp_path, f"ehrkit {command} --help")


def _shell(script: str, folder: Path, where: str, **environment: str) -> None:
    """Run lines as a person's shell would; a pipe that `head` closes is fine."""
    search = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder, env={**os.environ, "PATH": search, **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode in (0, 141), f"{where}:\n{script}\n{done.stderr}"


def test_the_generated_parts_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"run: python docs/generate.py\n{done.stderr}"
