"""Exact linkage on one shared identifier: a study ID, an e-mail address or a device serial.

Wearable exports often carry no name and no date of birth; what they do carry is
the id under which the study enrolled the device. That is linked exactly, through
a keyed token, so that the crosswalk can be compared with another site's tokens
and never shows the shared identifier itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import UsageError
from ehrkit.core.keys import ProjectKey
from ehrkit.linkage import fields
from ehrkit.linkage.records import record_ids, select, texts
from ehrkit.linkage.resolve import crosswalk_fields
from ehrkit.linkage.text import fold
from ehrkit.linkage.tokens import token, token_key


def code(text: str) -> str | None:
    """Return letters and digits only, in lower case; leading zeros are kept."""
    return "".join(sign for sign in fold(text) if sign.isalnum()) or None


def luhn_code(text: str) -> str | None:
    """Return the code if its digits pass the Luhn check (ISO/IEC 7812-1 annex B)."""
    found = code(text)
    digits = [int(sign) for sign in re.sub(r"[^0-9]", "", found or "")][::-1]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    valid = len(digits) > 1 and (sum(digits[::2]) + sum(doubled)) % 10 == 0
    return found if valid else None


KINDS: Mapping[str, Callable[[str], str | None]] = {
    "code": code,
    "luhn": luhn_code,
    "email": fields.email,
}


@dataclass(frozen=True)
class Side:
    """A table, its id column, and the column that holds the shared identifier."""

    source: pa.RecordBatchReader
    id_column: str
    on: str
    where: str


@dataclass(frozen=True)
class IdLinks:
    """Exact links.

    Attributes:
        table: left id, right id, token (16 hexadecimal digits).
        unusable: rows of either side whose identifier is missing or fails its form or check.
        ambiguous: left rows whose identifier another left row has too: never linked.
    """

    table: pa.Table
    unusable: tuple[int, int]
    ambiguous: int


def link_ids(left: Side, right: Side, key: ProjectKey, *, kind: str = "code") -> IdLinks:
    """Link every right record to the one left record that holds its identifier.

    Several right records (devices) may belong to one left record (a person).

    Raises:
        UsageError: no such kind of identifier.
        DataError: a column is absent, or an id is missing or repeated.
    """
    if kind not in KINDS:
        raise UsageError(f"no kind of identifier is called {kind!r}", hint=", ".join(KINDS))
    subkey = token_key(key, f"id-{kind}")
    people, devices = (_read(side, KINDS[kind], subkey) for side in (left, right))
    holders: dict[int, list[int]] = {}
    for place, made in enumerate(people.tokens):
        if made is not None:
            holders.setdefault(made, []).append(place)
    sole = {made: places[0] for made, places in holders.items() if len(places) == 1}
    links = [
        (people.ids[sole[made]], devices.ids[place], f"{made:016x}")
        for place, made in enumerate(devices.tokens)
        if made is not None and made in sole
    ]
    columns = crosswalk_fields([people.column, devices.column])
    schema = pa.schema([*columns, field("token", pa.string(), Phi.OTHER_ID)])
    table = pa.table([pa.array([row[n] for row in links], pa.string()) for n in range(3)], schema)
    unusable = people.tokens.count(None), devices.tokens.count(None)
    return IdLinks(table, unusable, sum(len(p) for p in holders.values() if len(p) > 1))


@dataclass(frozen=True)
class _Tokens:
    column: pa.Field
    ids: list[str]
    tokens: list[int | None]


def _read(side: Side, rule: Callable[[str], str | None], subkey: bytes) -> _Tokens:
    table = select(side.source, [side.id_column, side.on], where=side.where)
    ids = record_ids(table, side.id_column, where=side.where)
    normal = (None if text is None else rule(text) for text in texts(table, side.on).to_pylist())
    tokens = [None if value is None else token(subkey, value) for value in normal]
    return _Tokens(table.schema.field(side.id_column), ids, tokens)
