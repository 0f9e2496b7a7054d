"""Keys: derived as RFC 5869 says, private on disk, never overwritten, public by fingerprint."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import pytest

from ehrkit.core.errors import DataError, PolicyError, UsageError
from ehrkit.core.keys import ProjectKey, read_key, write_key

KEY = ProjectKey(bytes(range(32)))


def hkdf_sha256(secret: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 written out with the standard library, as the reference."""
    extracted = hmac.digest(bytes(32), secret, "sha256")
    output, block = b"", b""
    for counter in range(1, 1 + -(-length // hashlib.sha256().digest_size)):
        block = hmac.digest(extracted, block + info + bytes([counter]), "sha256")
        output += block
    return output[:length]


def test_sub_keys_are_hkdf_of_the_purpose_and_epoch() -> None:
    info = b"ehrkit/v1/epoch-1/subkey/pseudonym/person"
    assert KEY.subkey("pseudonym/person") == hkdf_sha256(KEY.secret, info, 32)


def test_purposes_and_epochs_do_not_share_keys() -> None:
    later = ProjectKey(KEY.secret, epoch=2)
    keys = {k.subkey(p) for k in (KEY, later) for p in ("a", "b", "pseudonym/a")}
    assert len(keys) == 6


def test_a_fingerprint_is_no_part_of_the_key_that_it_names() -> None:
    assert bytes.fromhex(KEY.fingerprint("a")) not in KEY.subkey("a") + KEY.secret


def test_the_secret_is_not_shown() -> None:
    assert "secret" not in repr(KEY)


@pytest.mark.parametrize("passphrase", [None, "correct horse"])
def test_a_key_file_gives_back_its_key(tmp_path: Path, passphrase: str | None) -> None:
    path = tmp_path / "project.key"
    write_key(KEY, path, passphrase=passphrase)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_key(path, passphrase=lambda: "correct horse") == KEY
    assert (KEY.secret.hex() in path.read_text()) is False


def test_a_wrong_passphrase_is_refused(tmp_path: Path) -> None:
    write_key(KEY, tmp_path / "k", passphrase="right")
    with pytest.raises(PolicyError, match="does not open"):
        read_key(tmp_path / "k", passphrase=lambda: "wrong")


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_key_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    write_key(KEY, tmp_path / "k")
    (tmp_path / "k").chmod(mode)
    with pytest.raises(PolicyError, match="chmod 600"):
        read_key(tmp_path / "k")


def test_a_link_is_refused(tmp_path: Path) -> None:
    write_key(KEY, tmp_path / "k")
    (tmp_path / "link").symlink_to(tmp_path / "k")
    with pytest.raises(PolicyError):
        read_key(tmp_path / "link")


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    write_key(KEY, tmp_path / "k")
    with pytest.raises(UsageError, match="never overwritten"):
        write_key(ProjectKey.generate(), tmp_path / "k")
    assert read_key(tmp_path / "k") == KEY


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b"\xff", b'{"ehrkit": "project-key", "version": 1, "epoch": 1}']
)
def test_what_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "k").write_bytes(content)
    (tmp_path / "k").chmod(0o600)
    with pytest.raises(DataError, match="not an ehrkit project key"):
        read_key(tmp_path / "k")


def test_rotation_draws_a_new_secret_and_counts_the_epoch() -> None:
    rotated = KEY.rotate()
    assert rotated.epoch == 2
    assert rotated.secret != KEY.secret
