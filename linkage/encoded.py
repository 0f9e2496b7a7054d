"""Encoded files: references and tokens of one side, with a header that says how they were made.

The header travels as Arrow schema metadata (Parquet and Arrow keep it). It holds
no value and no key: the schema hash, the key's fingerprint, the number of rows,
the fields, and what kind of id the references stand for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import DataError, PolicyError
from ehrkit.core.keys import ProjectKey
from ehrkit.linkage.fields import RULES_VERSION, map_columns
from ehrkit.linkage.records import record_ids, select
from ehrkit.linkage.tokens import BLOCK_KEYS, KINDS, field_tokens, refs

HEADER = b"ehrkit.link.encoded"
REF = "ref"
KEY_PURPOSE = "link"


def schema_hash() -> str:
    """Return 16 hexadecimal digits that change with any rule that changes a token."""
    rules = {
        "rules": RULES_VERSION,
        "token": "hmac-sha256-64",
        "kinds": [(kind.column, kind.field, kind.space) for kind in KINDS],
        "blocks": [(key.column, key.parts, key.unordered) for key in BLOCK_KEYS],
    }
    return hashlib.sha256(json.dumps(rules, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Header:
    """What an encoded file says of itself.

    Attributes:
        schema: hash of the rules that made the tokens.
        key: fingerprint of the key.
        rows: number of records.
        fields: identifier fields that the file has tokens for.
        scope: the name of the id column, which the references are bound to.
    """

    schema: str
    key: str
    rows: int
    fields: tuple[str, ...]
    scope: str


@dataclass(frozen=True)
class FieldCount:
    """How many values of a field became tokens.

    Attributes:
        field: the identifier field.
        column: the column it was read from.
        present: rows that hold any text.
        usable: rows that got a token; the rest are placeholders or not of the field's form.
    """

    field: str
    column: str
    present: int
    usable: int


@dataclass(frozen=True)
class Encoded:
    """One encoded side.

    Attributes:
        table: `ref` and the token columns (uint64, null = missing), header in its metadata;
            in the order of the references, because the order of people (by name, by
            admission) would tell who is who.
        counts: one per field.
    """

    table: pa.Table
    counts: tuple[FieldCount, ...]


def encode(
    source: pa.RecordBatchReader,
    *,
    id_column: str,
    key: ProjectKey,
    columns: Mapping[str, str] | None = None,
    where: str = "input",
) -> Encoded:
    """Encode a table of people: references and keyed tokens, no clear identifier.

    Args:
        source: one row per person.
        id_column: a column of distinct ids.
        key: the project key; both sides must use the same.
        columns: field -> column, for columns without a standard name.
        where: how messages call the table.

    Raises:
        UsageError: `columns` names a field that linkage does not know.
        DataError: a column is absent, ids are missing or repeated, or fewer than two
            identifier fields are there.
    """
    mapped = map_columns(source.schema.names, columns or {})
    people = select(source, [id_column, *mapped.values()], where=where)
    ids = record_ids(people, id_column, where=where)
    tokens = field_tokens(people, mapped, key)
    header = Header(schema_hash(), key.fingerprint(KEY_PURPOSE), len(ids), tuple(mapped), id_column)
    table = pa.table(
        [pa.array(refs(key, id_column, ids), pa.string()), *tokens.columns],
        schema=_schema(tokens.schema.names, header),
    )
    counts = tuple(_count(people, table, *pair) for pair in mapped.items())
    return Encoded(table.sort_by(REF), counts)


def header_of(table: pa.Table, where: str) -> Header:
    """Read and check the header of an encoded file.

    Raises:
        DataError: the table has no header, was made by other rules, lost rows, or has none.
    """
    try:
        raw = json.loads((table.schema.metadata or {})[HEADER])
        header = Header(**{**raw, "fields": tuple(raw["fields"])})
    except (KeyError, TypeError, ValueError):
        raise DataError(
            "not an encoded file",
            where=where,
            hint="Make one with `ehrkit link encode -o FILE.parquet`; CSV loses the header.",
        ) from None
    if header.schema != schema_hash():
        raise DataError(
            f"encoded by other rules ({header.schema}, this ehrkit has {schema_hash()})",
            where=where,
            hint="Encode both sides again with this version.",
        )
    if header.rows != table.num_rows:
        raise DataError(
            f"the header says {header.rows} rows, the file has {table.num_rows}", where=where
        )
    if not header.rows:
        raise DataError("there are no records to link", where=where)
    return header


def check_pair(left: Header, right: Header) -> tuple[str, ...]:
    """Return the fields that both sides have.

    Raises:
        PolicyError: the sides were encoded with different keys.
        DataError: they share fewer than two fields.
    """
    if left.key != right.key:
        raise PolicyError(
            f"the sides were encoded with different keys ({left.key} and {right.key})",
            hint="Encode both with the same key file.",
        )
    common = tuple(name for name in left.fields if name in right.fields)
    if len(common) < 2:
        raise DataError(
            "the sides share fewer than two identifier fields",
            where=f"left has {', '.join(left.fields)}; right has {', '.join(right.fields)}",
        )
    return common


def _schema(tokens: list[str], header: Header) -> pa.Schema:
    """A token is a code derived from an identifier, so it stays one (164.514(b)(2)(i)(R))."""
    columns = [field(name, pa.uint64(), Phi.OTHER_ID) for name in tokens]
    return pa.schema(
        [field(REF, pa.string(), Phi.OTHER_ID), *columns],
        metadata={HEADER: json.dumps(asdict(header)).encode()},
    )


def _count(people: pa.Table, table: pa.Table, name: str, column: str) -> FieldCount:
    text = people[column].cast(pa.string())
    present = pc.sum(pc.not_equal(pc.utf8_trim_whitespace(text), "")).as_py() or 0
    return FieldCount(name, column, present, table.num_rows - table[name].null_count)
