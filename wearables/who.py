"""Who wears: compare cohort members with and without device data.

Selection is then in plain sight.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Set

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import DataError
from ehrkit.wearables.records import cast_column

AGE_BANDS = ((0, 44), (45, 64), (65, 74), (75, 200))
WHO = pa.schema(
    [
        field("characteristic", pa.string(), Phi.NONE),
        field("level", pa.string(), Phi.NONE),
        field("n_wearers", pa.int64(), Phi.NONE),
        field("wearers", pa.float64(), Phi.NONE),
        field("n_others", pa.int64(), Phi.NONE),
        field("others", pa.float64(), Phi.NONE),
        field("standardised_difference", pa.float64(), Phi.NONE),
    ]
)

Values = npt.NDArray[np.float64]


def wearers_of(table: pa.RecordBatchReader, person: str, name: str) -> frozenset[str]:
    """Return the people in a daily table or a crosswalk.

    Raises:
        DataError: it has no such column.
    """
    found: set[str] = set()
    for batch in table:
        if person not in batch.schema.names:
            raise DataError(f"there is no column {person}", where=name)
        found.update(batch.column(person).cast(pa.string()).unique().drop_null().to_pylist())
    return frozenset(found)


def compare_wearers(cohort: pa.Table, wearers: Set[str], person: str = "person_id") -> pa.Table:
    """Return one row per characteristic and level; each person of the cohort counts once.

    For age the figures are mean years; for a level they are the proportion of its group, and
    `n_*` count the people behind them. The standardised difference is (wearers - others) / the
    root of the mean of the two variances (Austin 2009, 10.1002/sim.3697); null where neither
    group varies or one has nobody.

    Raises:
        DataError: the cohort lacks the person, age or sex column, or an age is not a number.
    """
    columns = {}
    for name, type_ in ((person, pa.string()), ("age", pa.float64()), ("sex", pa.string())):
        if name not in cohort.schema.names:
            raise DataError(f"there is no column {name}", where="the cohort")
        columns[name] = cast_column(cohort[name], type_, f"the cohort, column {name}")
    ids = np.array(columns[person].to_pylist(), dtype=object)
    once = np.unique(ids.astype(str), return_index=True)[1]
    wears = np.array([name in wearers for name in ids[once]], bool)
    age = columns["age"].to_numpy()[once].astype(float)
    sex = np.array([text or "unknown" for text in columns["sex"].to_pylist()], dtype=object)[once]
    rows = list(_rows(wears, age, sex))
    return pa.Table.from_arrays(
        [
            pa.array(values, type_)
            for values, type_ in zip(zip(*rows, strict=True), WHO.types, strict=True)
        ],
        schema=WHO,
    )


def _rows(
    wears: npt.NDArray[np.bool_], age: Values, sex: npt.NDArray[np.object_]
) -> Iterator[tuple[str, str, int, float | None, int, float | None, float | None]]:
    everyone = np.ones(len(wears))
    yield ("people", "all", int(wears.sum()), None, int((~wears).sum()), None, None)
    yield ("age", "mean", *_compared(wears, age))
    for low, high in AGE_BANDS:
        inside = np.where((age >= low) & (age < high + 1), everyone, 0.0)
        label = f"{low}-{high}" if high < 200 else f"{low}+"
        yield ("age", label, *_compared(wears, np.where(np.isnan(age), np.nan, inside)))
    for level in sorted(set(sex)):
        yield ("sex", level, *_compared(wears, np.where(sex == level, everyone, 0.0)))


def _compared(
    wears: npt.NDArray[np.bool_], values: Values
) -> tuple[int, float | None, int, float | None, float | None]:
    """Return count and mean of both groups, and the standardised difference.

    Unknown values are left out.
    The variance of a proportion is p(1 - p), which is the population variance of its zeros and
    ones; the same form serves ages.
    """
    known = ~np.isnan(values)
    one, other = values[wears & known], values[~wears & known]
    if not len(one) or not len(other):
        mean = [float(group.mean()) if len(group) else None for group in (one, other)]
        return len(one), mean[0], len(other), mean[1], None
    spread = math.sqrt((float(one.var()) + float(other.var())) / 2)
    gap = float(one.mean() - other.mean())
    return (
        len(one),
        float(one.mean()),
        len(other),
        float(other.mean()),
        gap / spread if spread else None,
    )
