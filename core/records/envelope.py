"""The DSSE envelope: sign the type with the bytes, and accept one spelling only.

https://github.com/secure-systems-lab/dsse, protocol version 1. An envelope that
says the same in other bytes (white space, another key id) is refused, so that a
changed byte anywhere in a record file is seen.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from ehrkit.core.errors import DataError, VerificationError

PAYLOAD_TYPE = "application/vnd.in-toto+json"


def canonical(document: dict[str, Any]) -> bytes:
    """Return the one JSON spelling of a document: sorted keys, no spare space, UTF-8."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def seal(statement: dict[str, Any], signer: Ed25519PrivateKey) -> bytes:
    """Return the bytes of a signed envelope around a statement."""
    payload = canonical(statement)
    return _spell(payload, signer.sign(_signed_bytes(payload)), signer.public_key())


def unseal(raw: bytes, public_key: Ed25519PublicKey) -> dict[str, Any]:
    """Return the statement of an envelope whose signature holds.

    Raises:
        VerificationError: not an envelope, another type, another key, a changed byte.
    """
    payload, signature = _parts(raw)
    try:
        public_key.verify(signature, _signed_bytes(payload))
    except InvalidSignature:
        raise VerificationError("the signature does not hold under this public key") from None
    if raw != _spell(payload, signature, public_key):
        raise VerificationError("the envelope around the signed bytes was changed")
    return _statement(payload)


def peek(raw: bytes) -> dict[str, Any]:
    """Return the statement of an envelope without believing it: for display only.

    Raises:
        VerificationError: not an envelope.
    """
    return _statement(_parts(raw)[0])


def load_public_key(pem: bytes, where: str) -> Ed25519PublicKey:
    """Read a PEM public key.

    Raises:
        DataError: not an Ed25519 public key.
    """
    try:
        key = load_pem_public_key(pem)
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise DataError(
            "is not an Ed25519 public key in PEM form",
            where=where,
            hint="`ehrkit key new` writes one beside the key, with the extension .pub.",
        )
    return key


def key_id(public_key: Ed25519PublicKey) -> str:
    """Return the public name of a key: the first 16 hexadecimal digits of its SHA-256."""
    raw = public_key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]


def _signed_bytes(payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding: it binds the type into the signature."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def _spell(payload: bytes, signature: bytes, public_key: Ed25519PublicKey) -> bytes:
    envelope = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": key_id(public_key), "sig": base64.b64encode(signature).decode()}],
    }
    return canonical(envelope) + b"\n"


def _parts(raw: bytes) -> tuple[bytes, bytes]:
    try:
        envelope = json.loads(raw)
        if envelope["payloadType"] != PAYLOAD_TYPE:
            raise VerificationError("the envelope holds something else than a run record")
        (signature,) = envelope["signatures"]
        return (
            base64.b64decode(envelope["payload"], validate=True),
            base64.b64decode(signature["sig"], validate=True),
        )
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise VerificationError("is not a signed run record") from None


def _statement(payload: bytes) -> dict[str, Any]:
    try:
        statement = json.loads(payload)
    except ValueError:
        statement = None
    if not isinstance(statement, dict):
        raise VerificationError("the signed bytes are not a statement")
    return statement
