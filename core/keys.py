"""The project key: one secret per project, a sub-key per purpose and epoch, fingerprints in public.

A key file holds 32 random bytes, optionally wrapped by a passphrase (scrypt,
RFC 7914, then AES-256-GCM). Every use derives its own key by HKDF-SHA256
(RFC 5869), so equal values in two columns cannot be linked, and the loss of one
sub-key does not open another. Only fingerprints may leave the machine.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import stat
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ehrkit.core.errors import DataError, PolicyError, UsageError
from ehrkit.core.files import atomic_file

KEY_BYTES = 32
FINGERPRINT_BYTES = 8
_LARGEST_KEY_FILE = 1 << 16
# scrypt cost: N = 2^17, r = 8, p = 1 is the interactive minimum of the OWASP
# password storage cheat sheet; it takes about a third of a second of CPU.
SCRYPT_COST = {"n": 2**17, "r": 8, "p": 1}

Passphrase = Callable[[], str]


@dataclass(frozen=True)
class ProjectKey:
    """The secret of one project at one epoch. Its repr shows no secret.

    Attributes:
        secret: 32 bytes.
        epoch: starts at 1; `rotate` makes the next one from a fresh secret.
    """

    secret: bytes = field(repr=False)
    epoch: int = 1

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise DataError(f"a project key is {KEY_BYTES} bytes")
        if self.epoch < 1:
            raise DataError("a key epoch starts at 1")

    @classmethod
    def generate(cls) -> ProjectKey:
        """Draw a new secret from the operating system."""
        return cls(secrets.token_bytes(KEY_BYTES))

    def rotate(self) -> ProjectKey:
        """Return the next epoch with a fresh secret: nothing links it to this one."""
        return replace(self, secret=secrets.token_bytes(KEY_BYTES), epoch=self.epoch + 1)

    def subkey(self, purpose: str) -> bytes:
        """Return the 32-byte key of a purpose, such as `pseudonym/person`."""
        return self._derive(f"subkey/{purpose}", KEY_BYTES)

    def fingerprint(self, purpose: str = "project") -> str:
        """Return a public name of a sub-key: 16 hexadecimal digits that reveal nothing of it."""
        return self._derive(f"fingerprint/{purpose}", FINGERPRINT_BYTES).hex()

    def signer(self) -> Ed25519PrivateKey:
        """Return the Ed25519 key (RFC 8032) that signs this project's run records."""
        return Ed25519PrivateKey.from_private_bytes(self.subkey("record-signature"))

    def public_pem(self) -> bytes:
        """Return the PEM of the public key, all that a verifier needs."""
        return (
            self.signer().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        )

    def _derive(self, label: str, length: int) -> bytes:
        info = f"ehrkit/v1/epoch-{self.epoch}/{label}".encode()
        return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(self.secret)


def write_key(key: ProjectKey, path: Path, *, passphrase: str | None = None) -> None:
    """Write a key file, mode 0600. An existing file is never replaced.

    Raises:
        UsageError: the file exists already; a lost key cannot be had back.
    """
    if path.exists():
        raise UsageError(
            "a file of this name exists; a key is never overwritten",
            where=str(path),
            hint="Choose another name, or move the old key away yourself.",
        )
    document: dict[str, Any] = {"ehrkit": "project-key", "version": 1, "epoch": key.epoch}
    document |= _wrap(key, passphrase) if passphrase else {"secret": _text(key.secret)}
    with atomic_file(path) as handle:
        handle.write(json.dumps(document, indent=2).encode() + b"\n")


def read_key(path: Path, *, passphrase: Passphrase | None = None) -> ProjectKey:
    """Read a key file that only its owner can read.

    Args:
        path: the key file; a symbolic link is refused.
        passphrase: called only when the file is wrapped.

    Raises:
        UsageError: there is no such file, or it is wrapped and nobody can be asked.
        PolicyError: the file is open to others, is a link, or the passphrase is wrong.
        DataError: the file is not a project key.
    """
    with _open_private(path) as stream:
        return read_key_stream(stream, str(path), passphrase=passphrase)


def read_key_stream(
    stream: BinaryIO, where: str, *, passphrase: Passphrase | None = None
) -> ProjectKey:
    """Read a key from an open stream, such as a descriptor that a parent process passed on.

    Raises:
        UsageError, PolicyError, DataError: as `read_key`.
    """
    document = _parse(stream.read(_LARGEST_KEY_FILE), where)
    try:
        if "wrapped" in document:
            secret = _unwrap(document, where, passphrase)
        else:
            secret = base64.b64decode(document["secret"], validate=True)
        return ProjectKey(secret, int(document["epoch"]))
    except (KeyError, TypeError, ValueError):
        raise DataError("not an ehrkit project key", where=where) from None


def _open_private(path: Path) -> BinaryIO:
    """Open a file after checking, on the open handle, that nobody else can read it."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        raise UsageError(
            "there is no such key file", where=str(path), hint="Make one: ehrkit key new FILE"
        ) from None
    except OSError:
        raise PolicyError("cannot be opened as a plain file of yours", where=str(path)) from None
    mode = stat.S_IMODE(os.fstat(handle).st_mode)
    if mode & 0o077:
        os.close(handle)
        raise PolicyError(
            f"the key file is open to others (mode {mode:04o})",
            where=str(path),
            hint=f"Run: chmod 600 {path}",
        )
    return os.fdopen(handle, "rb")


def _parse(raw: bytes, where: str) -> dict[str, Any]:
    try:
        document = json.loads(raw)
    except ValueError:
        document = None
    if not isinstance(document, dict) or document.get("ehrkit") != "project-key":
        raise DataError("not an ehrkit project key", where=where)
    if document.get("version") != 1:
        raise DataError("a key file of a version that this ehrkit does not know", where=where)
    return document


def _wrap(key: ProjectKey, passphrase: str) -> dict[str, Any]:
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    body = AESGCM(_stretch(passphrase, salt)).encrypt(nonce, key.secret, _bound(key.epoch))
    return {"wrapped": {"salt": _text(salt), "nonce": _text(nonce), "body": _text(body)}}


def _unwrap(document: dict[str, Any], where: str, passphrase: Passphrase | None) -> bytes:
    if passphrase is None:
        raise UsageError("the key needs its passphrase", where=where)
    wrapped = {name: base64.b64decode(text) for name, text in document["wrapped"].items()}
    cipher = AESGCM(_stretch(passphrase(), wrapped["salt"]))
    try:
        return cipher.decrypt(wrapped["nonce"], wrapped["body"], _bound(document["epoch"]))
    except InvalidTag:
        raise PolicyError("the passphrase does not open this key", where=where) from None


def _stretch(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=KEY_BYTES, **SCRYPT_COST).derive(passphrase.encode())


def _bound(epoch: int) -> bytes:
    return f"ehrkit/project-key/v1/epoch-{epoch}".encode()


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
