"""Dates reduced to years: the one element of a date that Safe Harbor leaves."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ehrkit.deid.transforms.days import EXPECTS, read_days
from ehrkit.deid.transforms.kernel import Result, count_true, null_where

# 45 CFR 164.514(b)(2)(i)(C): ages over 89, and dates that reveal them, fall into one category
# "age 90 or older".
OLDEST_CATEGORY = 90


@dataclass(frozen=True)
class Year:
    """Reduce a date to its year, int32.

    Attributes:
        last_year: the policy's last year of the data; a later date is a bad value, because the
            capping of birth years counts on it.
        birth: the date is a birth: years in which somebody who was 90 by the end of `last_year`
            was born fall into one, `last_year` - 90, which then means "that year or earlier".
    """

    source: str
    output: pa.Field
    last_year: int | None = None
    birth: bool = False
    date_format: str | None = None
    expects: str = f"{EXPECTS}; not after the policy's last_year"

    def __call__(self, batch: pa.RecordBatch) -> Result:
        """Return the years."""
        read = read_days(batch, self.source, self.date_format)
        years = pc.year(read.days.cast(pa.date32())).cast(pa.int32())
        bad = read.bad
        if self.last_year is not None:
            late = pc.fill_null(pc.greater(years, self.last_year), False)
            bad, years = pc.or_(bad, late), null_where(late, years)
        changed = len(years) - years.null_count
        if not self.birth or self.last_year is None:
            return Result(years, changed, read.blank, bad)
        floor = self.last_year - OLDEST_CATEGORY
        capped = pc.fill_null(pc.less_equal(years, floor), False)
        years = pc.max_element_wise(years, pa.scalar(floor, pa.int32()), skip_nulls=False)
        return Result(years, changed, read.blank, bad, {"capped": count_true(capped)})
