"""Daily rows to windows around anchors, with the missing days in plain sight.

Every window says how many days were expected, recorded and valid. Days are
expected only while the person was observed: the window is clipped first. All bounds are offsets
from the anchor, so that shifting a person's dates by whole days changes nothing but the anchor
date.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import UsageError
from ehrkit.wearables.anchors import Anchors
from ehrkit.wearables.person_days import read_days
from ehrkit.wearables.prefix_sums import Dense, dense_chunks
from ehrkit.wearables.windows import BASELINE, DEFAULT_WINDOWS, Window, check_windows

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Alignment:
    """What to compute.

    Attributes:
        windows: the windows, in the order of the output.
        baseline: the name of the window that is 100 %.
        min_baseline_days: valid days that the baseline needs before a percentage is given; 7, the
        upper
            end of the usual complete case of 4-7 valid days (compared in PMC6707749).
    """

    windows: tuple[Window, ...] = DEFAULT_WINDOWS
    baseline: str = BASELINE
    min_baseline_days: int = 7

    def __post_init__(self) -> None:
        """Refuse windows that clash."""
        check_windows(self.windows, self.baseline)
        if self.min_baseline_days < 1:
            raise UsageError("a baseline needs at least one day", where="--min-baseline-days")

    @property
    def baseline_at(self) -> int:
        """The place of the baseline among the windows."""
        return [window.name for window in self.windows].index(self.baseline)


def windows_schema(person: pa.Field) -> pa.Schema:
    """Return the columns of the output.

    `first_day` and `last_day` are offsets from the anchor, as asked for.

    `clipped` says that the person was not observed for the whole window; `spliced`, that the
    valid days of window and baseline together mix two meanings of zero, so that
    `percent_of_baseline` compares unlike things.
    """
    return pa.schema(
        [
            person,
            field("anchor_date", pa.date32(), Phi.DATE),
            field("window", pa.string(), Phi.NONE),
            field("first_day", pa.int32(), Phi.NONE),
            field("last_day", pa.int32(), Phi.NONE),
            field("n_expected", pa.int32(), Phi.NONE),
            field("n_recorded", pa.int32(), Phi.NONE),
            field("n_valid", pa.int32(), Phi.NONE),
            field("coverage", pa.float64(), Phi.NONE),
            field("steps_mean", pa.float64(), Phi.NONE),
            field("percent_of_baseline", pa.float64(), Phi.NONE),
            field("clipped", pa.bool_(), Phi.NONE),
            field("spliced", pa.bool_(), Phi.NONE),
        ]
    )


def align(daily: pa.RecordBatchReader, anchors: Anchors, plan: Alignment) -> pa.RecordBatchReader:
    """Return one row per anchor and window, anchors grouped by person.

    `coverage` is n_valid / n_expected, null where no day is expected; `steps_mean` is the mean
    over valid days, null without one; `percent_of_baseline` is null unless the baseline has
    enough valid days.

    Raises:
        DataError: the daily table lacks a column, or has a person's date twice (raised at once).
    """
    people = sorted(set(anchors.people))
    number = {person: place for place, person in enumerate(people)}
    days = read_days(daily, anchors.person_field.name, number)
    person = np.array([number[name] for name in anchors.people], np.int64)
    order = np.argsort(person, kind="stable")
    schema = windows_schema(anchors.person_field)

    def batches() -> Iterator[pa.RecordBatch]:
        for chunk in dense_chunks(days, len(people)):
            rows = order[(person[order] >= chunk.first) & (person[order] < chunk.last)]
            for piece in np.array_split(rows, max(1, len(rows) * len(plan.windows) // 65_536)):
                if len(piece):
                    yield _batch(chunk, anchors, piece, person[piece], plan, schema)

    return pa.RecordBatchReader.from_batches(schema, batches())


def _batch(
    chunk: Dense, anchors: Anchors, rows: Ints, person: Ints, plan: Alignment, schema: pa.Schema
) -> pa.RecordBatch:
    """Compute all windows of some anchors at once, as anchors x windows matrices."""
    first = np.array([window.first_day for window in plan.windows])
    last = np.array([window.last_day for window in plan.windows])
    begin = np.maximum(anchors.day[rows, None] + first, anchors.first[rows, None])
    end = np.minimum(anchors.day[rows, None] + last, anchors.last[rows, None])
    expected = np.maximum(end - begin + 1, 0)
    sums = {name: chunk.between(name, person[:, None], begin, end) for name in chunk.sums}
    valid = sums["valid"]
    mean = _ratio(sums["steps"], valid)
    base = plan.baseline_at
    enough = valid[:, [base]] >= plan.min_baseline_days
    percent = np.where(enough, 100 * _ratio(mean, mean[:, [base]]), np.nan)
    spliced = _mixed(sums["true_zero"], valid, base)
    names = anchors.people
    repeated = np.repeat(rows, len(plan.windows))
    columns = [
        pa.array([names[row] for row in repeated], pa.string()),
        pa.array(anchors.day[repeated].astype(np.int32), pa.int32()).cast(pa.date32()),
        pa.array([window.name for window in plan.windows] * len(rows)),
        *(np.tile(bound, len(rows)) for bound in (first, last)),
        *(counts.ravel() for counts in (expected, sums["recorded"], valid)),
        *(_nullable(values) for values in (_ratio(valid, expected), mean, percent)),
        (expected < last - first + 1).ravel(),
        spliced.ravel(),
    ]
    arrays = [
        column if isinstance(column, pa.Array) else pa.array(column).cast(type_)
        for column, type_ in zip(columns, schema.types, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _ratio(part: npt.NDArray[np.number], whole: npt.NDArray[np.number]) -> Floats:
    """Return part / whole, NaN where the whole is zero or itself unknown."""
    result = np.full(np.broadcast_shapes(part.shape, whole.shape), np.nan)
    np.divide(part, whole, out=result, where=whole > 0)
    return result


def _mixed(true_zero: Ints, valid: Ints, base: int) -> npt.NDArray[np.bool_]:
    """Tell where the valid days of window and baseline together have both meanings of zero."""
    found = true_zero + true_zero[:, [base]]
    result: npt.NDArray[np.bool_] = (found > 0) & (found < valid + valid[:, [base]])
    return result


def _nullable(values: Floats) -> pa.Array:
    flat = values.ravel()
    return pa.array(flat, mask=np.isnan(flat))
