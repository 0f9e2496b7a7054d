"""`ehrkit key`: the file, its public half, and what is never shown."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import Ehrkit


def test_a_new_key_is_private_and_its_public_half_lies_beside_it(
    ehrkit: Ehrkit, tmp_path: Path
) -> None:
    ehrkit("key", "new", "project.key")
    assert (tmp_path / "project.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "project.key.pub").read_text().startswith("-----BEGIN PUBLIC KEY-----")


def test_show_prints_fingerprint_and_public_key_and_no_secret(
    ehrkit: Ehrkit, tmp_path: Path
) -> None:
    ehrkit("key", "new", "project.key")
    shown = ehrkit("key", "show", "project.key").stdout.decode()
    secret = json.loads((tmp_path / "project.key").read_text())["secret"]
    assert "fingerprint" in shown
    assert secret not in shown
    assert (tmp_path / "project.key.pub").read_text() in shown


def test_rotate_makes_the_next_epoch_and_keeps_the_old(ehrkit: Ehrkit, tmp_path: Path) -> None:
    ehrkit("key", "new", "old.key")
    before = (tmp_path / "old.key").read_bytes()
    ehrkit("key", "rotate", "old.key", "new.key")
    assert (tmp_path / "old.key").read_bytes() == before
    assert b"epoch        2" in ehrkit("key", "show", "new.key").stdout


def test_an_open_key_is_refused_with_the_remedy(ehrkit: Ehrkit, tmp_path: Path) -> None:
    ehrkit("key", "new", "project.key")
    (tmp_path / "project.key").chmod(0o644)
    assert b"chmod 600" in ehrkit("key", "show", "project.key", exit_code=4).stderr


def test_an_existing_file_is_never_replaced(ehrkit: Ehrkit, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    ehrkit("key", "new", "precious", exit_code=2)
    assert (tmp_path / "precious").read_text() == "mine"
