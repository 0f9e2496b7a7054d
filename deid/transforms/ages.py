"""Ages of 90 and more become one category, 90; bands of years make more people look alike."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ehrkit.deid.transforms.kernel import (
    Result,
    count_true,
    is_text,
    null_where,
    plain_column,
    text_column,
)
from ehrkit.deid.transforms.years import OLDEST_CATEGORY

# Nobody is older; a greater number is a code for "unknown" or another unit.
GREATEST_AGE = 130
_AGE_TEXT = r"^\d{1,3}(\.\d+)?$"


@dataclass(frozen=True)
class AgeCap:
    """Cap ages in years: 90 means "90 or older" (45 CFR 164.514(b)(2)(i)(C)). The type stays."""

    source: str
    output: pa.Field
    expects: str = f"an age in years from 0 to {GREATEST_AGE}"

    def __call__(self, batch: pa.RecordBatch) -> Result:
        """Return the capped ages; for text the digits stay as they were below the cap."""
        if is_text(self.output.type):
            return self._text(text_column(batch, self.source))
        ages = plain_column(batch, self.source)
        bad = pc.and_(pc.is_valid(ages), pc.invert(_plausible(ages.cast(pa.float64()))))
        old = pc.fill_null(pc.greater(ages.cast(pa.float64()), OLDEST_CATEGORY), False)
        capped = pc.if_else(old, pa.scalar(OLDEST_CATEGORY).cast(ages.type), ages)
        return _result(null_where(bad, capped), old, bad, ages.null_count)

    def _text(self, text: pa.Array) -> Result:
        # `90+` is what other tools write for the same category.
        text = pc.if_else(pc.equal(text, f"{OLDEST_CATEGORY}+"), str(OLDEST_CATEGORY), text)
        digits = pc.match_substring_regex(text, pattern=_AGE_TEXT)
        ages = null_where(pc.invert(digits), text).cast(pa.float64())
        bad = pc.and_(pc.is_valid(text), pc.invert(_plausible(ages)))
        old = pc.fill_null(pc.greater(ages, OLDEST_CATEGORY), False)
        capped = pc.if_else(old, str(OLDEST_CATEGORY), text)
        return _result(null_where(bad, capped), old, bad, text.null_count)


@dataclass(frozen=True)
class AgeBand:
    """Put ages into bands of some years, `60-69`; from 90 on, `90 or older`."""

    capped: AgeCap
    output: pa.Field
    years: int

    @property
    def expects(self) -> str:
        """What the column has to hold."""
        return self.capped.expects

    def __call__(self, batch: pa.RecordBatch) -> Result:
        """Return the bands as text; every readable age counts as changed."""
        capped = self.capped(batch)
        bands = pa.array([f"{low}-{low + self.years - 1}" for low in range(0, 90, self.years)])
        bands = pa.concat_arrays([bands, pa.array([f"{OLDEST_CATEGORY} or older"])])
        ages = capped.values.cast(pa.float64())
        band = pc.take(bands, pc.floor(pc.divide(ages, float(self.years))).cast(pa.int64()))
        return Result(band, len(band) - band.null_count, capped.blank, capped.bad, capped.tallies)


def _plausible(ages: pa.Array) -> pa.Array:
    inside = pc.and_(pc.greater_equal(ages, 0), pc.less_equal(ages, GREATEST_AGE))
    return pc.fill_null(inside, False)


def _result(values: pa.Array, old: pa.Array, bad: pa.Array, blank: int) -> Result:
    changed = count_true(pc.and_(old, pc.invert(bad)))
    return Result(values, changed, blank, bad, {"capped": changed})
