"""Keyed equality tokens: what one side writes down so that another can compare without seeing.

Every token is the first 64 bits of HMAC-SHA256 (RFC 2104, FIPS 180-4) under a
sub-key of the project key; each kind of token has its own sub-key, so a ZIP never
equals a phone number. First and last names share one, because a swapped name can
only be seen when both are in one space.

64 bits keep files small and comparisons to one machine word. Among n distinct
values of a kind, the chance that any two share a token is below n^2 / 2^65: about
1.1e-7 for two million values, far below the chance of two people sharing a value.

Encoded files stay inside the site that owns the key. A token of a single common
value, such as a surname, can be guessed without the key by ranking token counts
against a public name table (9.8 % of one million surname tokens in a published
style of attack, measured on synthetic names), and with the key by trying a
dictionary. `ehrkit link inspect` shows how exposed a file is.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ehrkit.core.keys import ProjectKey
from ehrkit.linkage.fields import FIELDS
from ehrkit.linkage.text import soundex

TOKEN_BYTES = 8
REF_BYTES = 16
SEPARATOR = "\x1f"

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Part:
    """A column as codes into its distinct values; code -1 is a missing value."""

    codes: Codes
    values: list[str]


@dataclass(frozen=True)
class TokenKind:
    """One token column: the field it comes from, its key space, and how it is derived."""

    column: str
    field: str
    space: str
    derive: Callable[[str], str | None]


@dataclass(frozen=True)
class BlockKey:
    """A composite token: it exists only where all its parts do.

    Attributes:
        column: the token column.
        parts: the token columns whose values it joins.
        unordered: the parts are sorted first, so that swapped names still meet.
    """

    column: str
    parts: tuple[str, ...]
    unordered: bool = False


KINDS = (
    TokenKind("first_name", "first_name", "name", str),
    TokenKind("first_name_soundex", "first_name", "name-soundex", soundex),
    TokenKind("first_name_initial", "first_name", "name-initial", lambda name: name[:1]),
    TokenKind("last_name", "last_name", "name", str),
    TokenKind("last_name_soundex", "last_name", "name-soundex", soundex),
    TokenKind("last_name_3", "last_name", "name-3", lambda name: name[:3]),
    TokenKind("birth_date", "birth_date", "birth-date", str),
    TokenKind("birth_year", "birth_date", "birth-year", lambda iso: iso[:4]),
    TokenKind("birth_month_day", "birth_date", "birth-month-day", lambda iso: iso[5:]),
    TokenKind("sex", "sex", "sex", str),
    TokenKind("zip", "zip", "zip", str),
    TokenKind("phone", "phone", "phone", str),
    TokenKind("email", "email", "email", str),
    TokenKind("address", "address", "address", str),
)
KIND_OF = {kind.column: kind for kind in KINDS}

BLOCK_KEYS = (
    BlockKey("block_last_year", ("last_name", "birth_year")),
    BlockKey("block_first_day", ("first_name", "birth_month_day")),
    BlockKey("block_birth_last", ("birth_date", "last_name_soundex")),
    BlockKey("block_birth_first", ("birth_date", "first_name_soundex")),
    BlockKey("block_birth_sex_initial", ("birth_date", "sex", "first_name_initial")),
    BlockKey("block_names", ("first_name_soundex", "last_name_soundex"), unordered=True),
    BlockKey("block_last_zip", ("last_name_soundex", "zip")),
    BlockKey("block_first_year_zip", ("first_name_soundex", "birth_year", "zip")),
    BlockKey("block_zip_day", ("zip", "birth_month_day")),
    BlockKey("block_address_initial", ("address", "first_name_initial")),
)


def token(key: bytes, value: str) -> int:
    """Return the 64-bit token of a value, read little-endian."""
    return int.from_bytes(hmac.digest(key, value.encode(), "sha256")[:TOKEN_BYTES], "little")


def token_key(key: ProjectKey, space: str) -> bytes:
    """Return the sub-key of one space of tokens."""
    return key.subkey(f"link/token/{space}")


def refs(key: ProjectKey, scope: str, ids: list[str]) -> list[str]:
    """Return the 128-bit references of record ids, in hexadecimal.

    Args:
        key: the project key.
        scope: what kind of id it is, so that patient 17 and device 17 do not agree.
        ids: distinct record ids.
    """
    subkey = key.subkey("link/ref")
    return [
        hmac.digest(subkey, f"{scope}{SEPARATOR}{name}".encode(), "sha256")[:REF_BYTES].hex()
        for name in ids
    ]


def field_tokens(table: pa.Table, columns: Mapping[str, str], key: ProjectKey) -> pa.Table:
    """Return the token columns (uint64, null = missing) of a table of people.

    Args:
        table: one row per person.
        columns: field -> column of the table, as `fields.map_columns` returns it.
        key: the project key. Each distinct value is hashed once.
    """
    normal = {
        name: _mapped(_coded(table[column]), FIELDS[name].normalise)
        for name, column in columns.items()
    }
    parts = {
        kind.column: _mapped(normal[kind.field], kind.derive)
        for kind in KINDS
        if kind.field in normal
    }
    made = {
        name: _hashed(part, token_key(key, KIND_OF[name].space)) for name, part in parts.items()
    }
    for block in BLOCK_KEYS:
        if all(name in parts for name in block.parts):
            joined = _joined([parts[name] for name in block.parts], sort=block.unordered)
            made[block.column] = _hashed(joined, token_key(key, block.column))
    return pa.table(made)


def _coded(column: pa.ChunkedArray) -> Part:
    """Dictionary-encode a column of any type that has a text form."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    encoded = pc.dictionary_encode(column.cast(pa.string())).combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = pa.concat_arrays(encoded.chunks) if encoded.num_chunks else pa.array([], "str")
    codes: Codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return Part(codes, encoded.dictionary.to_pylist())


def _mapped(part: Part, rule: Callable[[str], str | None]) -> Part:
    """Apply a rule to the distinct values; values that become equal get one code."""
    found: dict[str, int] = {}
    new = np.full(len(part.values) + 1, -1, np.int64)  # the last place serves code -1
    for place, value in enumerate(part.values):
        result = rule(value)
        if result is not None:
            new[place] = found.setdefault(result, len(found))
    return Part(new[part.codes], list(found))


def _joined(parts: list[Part], *, sort: bool) -> Part:
    """Return the distinct combinations of several parts, missing where any part is."""
    codes = combine([part.codes for part in parts])
    found, first = np.unique(codes, return_index=True)
    first = first[found >= 0]
    columns = [[part.values[code] for code in part.codes[first].tolist()] for part in parts]
    rows = zip(*columns, strict=True)
    return Part(codes, [SEPARATOR.join(sorted(row) if sort else row) for row in rows])


def combine(columns: list[Codes]) -> Codes:
    """Return one dense code per distinct combination; -1 where any column is missing."""
    codes = columns[0]
    for other in columns[1:]:
        missing = (codes < 0) | (other < 0)
        mixed = np.where(missing, -1, codes * (other.max(initial=0) + 1) + other)
        codes = np.unique(mixed, return_inverse=True)[1].ravel() - int(missing.any())
    return codes


def _hashed(part: Part, key: bytes) -> pa.Array:
    values = np.array([token(key, value) for value in part.values] + [0], np.uint64)
    return pa.array(values[part.codes], mask=part.codes < 0)
