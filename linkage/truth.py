"""Where known true pairs of ids stand among encoded records."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ehrkit.core.errors import DataError, PolicyError
from ehrkit.core.keys import ProjectKey
from ehrkit.linkage.encoded import KEY_PURPOSE
from ehrkit.linkage.records import select, texts
from ehrkit.linkage.sides import Pairs, Sides
from ehrkit.linkage.tokens import Codes, refs


def locate(sides: Sides, truth: pa.Table, key: ProjectKey) -> Pairs:
    """Return the true pairs as rows of the sides; pairs with an absent record are left out.

    Args:
        sides: both encoded sides.
        truth: has the id columns that the sides were encoded by.
        key: the key they were encoded with.

    Raises:
        DataError: the truth lacks a column, or no pair has both its records there.
        PolicyError: this is another key.
    """
    if sides.key != key.fingerprint(KEY_PURPOSE):
        raise PolicyError(f"the sides were encoded with key {sides.key}, this is another")
    ids = select(truth.to_reader(), list(sides.scopes), where="truth")
    rows = [
        _rows(texts(ids, scope), known, scope, key)
        for scope, known in zip(sides.scopes, (sides.left_refs, sides.right_refs), strict=True)
    ]
    there = (rows[0] >= 0) & (rows[1] >= 0)
    if not there.any():
        raise DataError("no pair has both its records among the encoded ones", where="truth")
    pairs = np.unique(np.stack([rows[0][there], rows[1][there]]), axis=1)
    return Pairs(pairs[0], pairs[1])


def _rows(ids: pa.Array, known: pa.Array, scope: str, key: ProjectKey) -> Codes:
    distinct = pc.unique(ids.drop_null())
    places = pc.index_in(ids, distinct).fill_null(len(distinct))
    made = pa.array(refs(key, scope, distinct.to_pylist()), pa.string())
    found = pc.index_in(made, known).fill_null(-1).to_numpy(zero_copy_only=False)
    rows: Codes = np.append(found, -1).astype(np.int64)[places.to_numpy(zero_copy_only=False)]
    return rows
