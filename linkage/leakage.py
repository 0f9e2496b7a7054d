"""What an encoded file gives away to someone who holds it and not the key.

Equal values have equal tokens, so an attacker can count. A token that stands out
by its count can be named from a public table of frequencies (rank alignment);
one that is shared by many hides each of them, until it is named. Two kinds of
exposure, then: groups so large that their rank is plain, and records so rare
that they are singled out.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ehrkit.core.columns import Phi, field
from ehrkit.linkage.encoded import REF, header_of
from ehrkit.linkage.sides import Floats

# Two counts are told apart if they differ by more than two standard errors of
# the difference of Poisson counts, sqrt(a + b): one-sided error about 2 %.
_STANDARD_ERRORS = 2.0
_COMMONEST = 10

_REPORT = pa.schema(
    [
        field("token", pa.string(), Phi.NONE),
        field("rows", pa.int64(), Phi.NONE),
        field("missing_share", pa.float64(), Phi.NONE),
        field("distinct", pa.int64(), Phi.NONE),
        field("unique_share", pa.float64(), Phi.NONE),
        field("smallest_group", pa.int64(), Phi.NONE),
        field("largest_group", pa.int64(), Phi.NONE),
        field("commonest_10_share", pa.float64(), Phi.NONE),
        field("rank_exposed_share", pa.float64(), Phi.NONE),
        field("key_fingerprint", pa.string(), Phi.NONE),
    ]
)


def inspect(encoded: pa.Table, *, where: str = "input") -> pa.Table:
    """Return one row per token column; shares are of the rows that have a token.

    `unique_share` is the share of rows whose token nobody else has, and
    `rank_exposed_share` the share whose token's count cannot be confused with the
    next rarer or commoner one, so that a public frequency table would name it.

    Raises:
        DataError: the table is not an encoded file.
    """
    header = header_of(encoded, where)
    names = [name for name in encoded.schema.names if name != REF]
    rows = [(name, *_exposure(encoded[name]), header.key) for name in names]
    columns = zip(*rows, strict=True)
    return pa.table(
        [pa.array(column, f.type) for column, f in zip(columns, _REPORT, strict=True)], _REPORT
    )


def rank_exposed(counts: Floats) -> float:
    """Return the share of records in groups whose rank by size is statistically certain."""
    ordered = np.sort(counts)[::-1]
    commoner = np.concatenate([[np.inf], ordered[:-1]])
    rarer = np.concatenate([ordered[1:], [0.0]])
    above = np.isinf(commoner) | _apart(np.where(np.isinf(commoner), 0, commoner), ordered)
    below = _apart(ordered, rarer)
    return float(ordered[above & below].sum() / ordered.sum())


def _apart(larger: Floats, smaller: Floats) -> npt.NDArray[np.bool_]:
    apart: npt.NDArray[np.bool_] = larger - smaller > _STANDARD_ERRORS * np.sqrt(larger + smaller)
    return apart


def _exposure(column: pa.ChunkedArray) -> tuple[float | int | None, ...]:
    rows, missing = len(column), column.null_count
    if rows == missing:
        return rows, 1.0, 0, None, None, None, None, None
    counted: Floats = pc.value_counts(column.drop_null()).field("counts").to_numpy().astype(float)
    ordered = np.sort(counted)[::-1]
    there = rows - missing
    return (
        rows,
        missing / rows,
        len(ordered),
        float((ordered == 1).sum() / there),
        int(ordered[-1]),
        int(ordered[0]),
        float(ordered[:_COMMONEST].sum() / there),
        rank_exposed(ordered),
    )
