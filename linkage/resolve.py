"""From links by reference to a crosswalk of ids: the step that needs the key and both tables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ehrkit.core.columns import KEY, Phi, field
from ehrkit.core.errors import DataError, PolicyError
from ehrkit.core.keys import ProjectKey
from ehrkit.linkage.encoded import KEY_PURPOSE
from ehrkit.linkage.matching import MATCHES, MatchHeader
from ehrkit.linkage.records import numbers, record_ids, select, texts
from ehrkit.linkage.tokens import refs


@dataclass(frozen=True)
class People:
    """A table of people and its id column; None takes the column the side was encoded by."""

    source: pa.RecordBatchReader
    id_column: str | None
    where: str


def resolve(matches: pa.Table, left: People, right: People, key: ProjectKey) -> pa.Table:
    """Return the crosswalk: left id, right id, probability; the columns keep their names.

    Where both id columns have one name, they become `left_NAME` and `right_NAME`.

    Raises:
        DataError: the matches or a table lack a column, an id is missing or repeated,
            or a reference stands for none of the ids.
        PolicyError: the matches were made with another key.
    """
    header = match_header(matches, key)
    for name in ("left_ref", "right_ref", "probability"):
        if name not in matches.schema.names:
            raise DataError("not a table of matches", where=f"matches: no column {name}")
    scopes = (header.left_scope, header.right_scope) if header else (None, None)
    sides = [
        _resolved(matches[f"{side}_ref"], people, scope, key)
        for side, people, scope in zip(("left", "right"), (left, right), scopes, strict=True)
    ]
    columns = crosswalk_fields([column for column, _ in sides])
    probability = numbers(matches, "probability", where="matches")
    return pa.table(
        [*(ids for _, ids in sides), probability],
        schema=pa.schema([*columns, field("probability", pa.float64(), Phi.NONE)]),
    )


def match_header(matches: pa.Table, key: ProjectKey) -> MatchHeader | None:
    """Return the header of matches, or None where a text format has lost it.

    Raises:
        PolicyError: they were made with another key.
    """
    raw = (matches.schema.metadata or {}).get(MATCHES)
    if raw is None:
        return None
    header = MatchHeader(**json.loads(raw))
    mine = key.fingerprint(KEY_PURPOSE)
    if header.key != mine:
        raise PolicyError(
            f"the matches were made with key {header.key}, this is key {mine}",
            hint="Give the key file that both sides were encoded with.",
        )
    return header


def crosswalk_fields(columns: Sequence[pa.Field]) -> list[pa.Field]:
    """Return the two id columns of a crosswalk, tagged, with names that differ."""
    names = [column.name for column in columns]
    if names[0] == names[1]:
        names = [f"left_{names[0]}", f"right_{names[1]}"]
    return [
        pa.field(name, pa.string(), metadata={KEY: (column.metadata or {}).get(KEY, b"R")})
        for name, column in zip(names, columns, strict=True)
    ]


def _resolved(
    wanted: pa.ChunkedArray, people: People, scope: str | None, key: ProjectKey
) -> tuple[pa.Field, pa.Array]:
    """Return the id column and the id of every reference."""
    column = people.id_column or scope
    if column is None:
        raise DataError(
            "the matches do not say which id they stand for",
            where=people.where,
            hint="Name the columns with --left-id and --right-id.",
        )
    table = select(people.source, [column], where=people.where)
    record_ids(table, column, where=people.where)
    ids = texts(table, column)
    known = pa.array(refs(key, scope or column, ids.to_pylist()), pa.string())
    places = pc.index_in(wanted.cast(pa.string()), known)
    if places.null_count:
        raise DataError(
            f"{places.null_count} of {len(wanted)} references stand for no id of this table",
            where=f"{people.where}: {column}",
            hint="Give the table that was encoded, its id column, and the same key.",
        )
    return table.schema.field(column), ids.take(places.combine_chunks())
