"""Exact linkage on one shared identifier."""

from __future__ import annotations

import hashlib
import hmac

import pyarrow as pa
import pytest

from ehrkit.core.errors import DataError, UsageError
from ehrkit.linkage.ids import IdLinks, Side, code, link_ids, luhn_code
from tests.linkage.conftest import KEY

ENROLLED = pa.table(
    {
        "person": ["p1", "p2", "p3", "p4", "p5"],
        "study": ["SP-0007", "sp 0012", "SP0099", "sp-0099", None],
    }
)
DEVICES = pa.table(
    {
        "device": ["d1", "d2", "d3", "d4", "d5"],
        "code": ["sp0007", "SP-0007", "SP0012", "SP0099", ""],
    }
)


def linked(left: pa.Table, right: pa.Table, **more: str) -> IdLinks:
    return link_ids(
        Side(left.to_reader(), "person", "study", "enrolled"),
        Side(right.to_reader(), "device", "code", "devices"),
        KEY,
        **more,
    )


def test_devices_find_their_one_person() -> None:
    found = linked(ENROLLED, DEVICES)
    pairs = list(zip(*(found.table[n].to_pylist() for n in ("person", "device")), strict=True))
    assert pairs == [("p1", "d1"), ("p1", "d2"), ("p2", "d3")]
    assert (found.unusable, found.ambiguous) == ((1, 1), 2)
    mac = hmac.new(KEY.subkey("link/token/id-code"), b"sp0007", hashlib.sha256).digest()
    assert found.table["token"][0].as_py() == f"{int.from_bytes(mac[:8], 'little'):016x}"


# 79927398713 is the usual worked example of Luhn's check; other last digits fail it.
@pytest.mark.parametrize(("text", "valid"), [("799-2739-8713", True), ("SP 18", True)] + [
    (f"7992739871{digit}", False) for digit in (0, 1, 2, 4, 5, 6, 7, 8, 9)
] + [("", False), ("SP", False), ("0", False)])  # fmt: skip
def test_luhn_codes_are_checked(text: str, valid: bool) -> None:
    assert luhn_code(text) == (code(text) if valid else None)


def test_emails_meet_in_any_case() -> None:
    left = pa.table({"person": ["p"], "study": ["Ann@X.org"]})
    right = pa.table({"device": ["d"], "code": [" ann+watch@x.ORG"]})
    assert linked(left, right, kind="email").table.num_rows == 1
    assert linked(left, right).table.num_rows == 0


def test_errors_hold_no_value() -> None:
    with pytest.raises(UsageError, match="code, luhn, email"):
        linked(ENROLLED, DEVICES, kind="serial")
    twice = pa.table({"person": ["SENTINEL-1", "SENTINEL-1"], "study": ["1", "2"]})
    with pytest.raises(DataError, match="1 records repeat an id") as caught:
        linked(twice, DEVICES)
    assert "SENTINEL" not in str(caught.value)
