"""Read the daily table into sorted whole-number arrays.

Only the people that are asked for are kept.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import DataError
from ehrkit.wearables.prefix_sums import Days
from ehrkit.wearables.records import TRUE_ZERO, conform

OPTIONAL = frozenset({"steps", "zero_semantics"})
DAYS_APART = np.int64(1 << 33)
"""Twice the range of a 32-bit date: person and day then make one sortable number."""


def read_days(daily: pa.RecordBatchReader, person: str, number: Mapping[str, int]) -> Days:
    """Return the rows of the numbered people, sorted by person and day.

    The measures are `recorded`, `valid`, `true_zero` (of valid days) and `steps` (of valid days).

    Raises:
        DataError: a column is missing or malformed, a valid day has no steps, or a person has a
        date twice.
    """
    wanted = pa.schema(
        [
            field(person, pa.string(), Phi.OTHER_ID),
            field("date", pa.date32(), Phi.DATE),
            field("steps", pa.int64(), Phi.NONE),
            field("recorded", pa.bool_(), Phi.NONE),
            field("valid", pa.bool_(), Phi.NONE),
            field("zero_semantics", pa.string(), Phi.NONE),
        ]
    )
    people = pa.array(number.keys(), pa.string())
    parts = []
    for batch in daily:
        table = conform(batch, wanted, OPTIONAL, "the daily table")
        index = pc.index_in(table[person], people)
        kept = table.append_column("number", index).filter(pc.is_valid(index))
        if kept.num_rows:
            parts.append(_arrays(kept, list(number.values())))
    if not parts:
        empty = np.zeros(0, np.int64)
        return Days(empty, empty, dict.fromkeys(("recorded", "valid", "true_zero", "steps"), empty))
    rows = np.concatenate(parts, axis=1)
    key = rows[0] * DAYS_APART + rows[1]
    if (np.diff(key) < 0).any():
        order = np.argsort(key)
        rows, key = rows[:, order], key[order]
    if (np.diff(key) == 0).any():
        raise DataError(
            "a person has one date twice",
            where="the daily table",
            hint="Join several sources in one `ehrkit wear daily`, not by stacking its outputs.",
        )
    measures = dict(zip(("recorded", "valid", "true_zero", "steps"), rows[2:], strict=True))
    return Days(rows[0], rows[1], measures)


def _arrays(table: pa.Table, numbers: list[int]) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Return person, day and the four measures as the rows of one matrix."""
    valid = table["valid"].to_numpy()
    steps = table["steps"]
    if pc.any(pc.and_(table["valid"], pc.is_null(steps))).as_py():
        raise DataError("a valid day has no steps", where="the daily table, column steps")
    true_zero = pc.equal(table["zero_semantics"], TRUE_ZERO).fill_null(False).to_numpy()
    return np.stack(
        [
            np.array(numbers, np.int64)[table["number"].to_numpy()],
            table["date"].cast(pa.int32()).to_numpy().astype(np.int64),
            table["recorded"].to_numpy().astype(np.int64),
            valid.astype(np.int64),
            (valid & true_zero).astype(np.int64),
            np.where(valid, steps.fill_null(0).to_numpy(), 0),
        ]
    )
