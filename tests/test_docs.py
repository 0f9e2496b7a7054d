"""Every command that the documentation shows is run, as it stands there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, skip_or_fail

DOCUMENTS = ("README.md", "docs/tables.md", "docs/records.md", "docs/real-data.md")
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
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    if any("$EHRKIT_SHARED_DATA" in block for block in blocks(document)):
        environment["EHRKIT_SHARED_DATA"] = str(request.getfixturevalue("shared_data"))
    for block in blocks(document):
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode in (0, 141), f"{document}:\n{block}\n{done.stderr}"


def test_the_generated_parts_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"run: python docs/generate.py\n{done.stderr}"
