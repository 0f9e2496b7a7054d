"""ZIP codes reduced to the three digits that the census table releases, or 000."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pyarrow as pa
import pyarrow.compute as pc

from ehrkit.deid.transforms.kernel import Result, count_true, null_where, plain_column, text_column

NOWHERE = "000"
_ZIP = r"^\d{3}$|^\d{5}(-?\d{4})?$"


@dataclass(frozen=True)
class Zip3Table:
    """The three-digit areas of more than 20,000 people, and where that is known from."""

    version: str
    source: str
    released: frozenset[str]
    restricted: frozenset[str]


@cache
def zip3_table() -> Zip3Table:
    """Read the table that ships with ehrkit; its file tells the sources."""
    text = files("ehrkit.deid.transforms").joinpath("zip3.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    return Zip3Table(
        document["version"],
        document["source"],
        frozenset(document["released"].split()),
        frozenset(document["restricted"].split()),
    )


@dataclass(frozen=True)
class Zip3:
    """Keep three digits of a ZIP (3, 5 or 9 digits); areas outside the table become 000.

    An integer column has lost its leading zeros: up to five digits are filled up to five.
    """

    source: str
    output: pa.Field
    expects: str = "a ZIP code of 5 digits, ZIP+4, or 3 digits"

    def __call__(self, batch: pa.RecordBatch) -> Result:
        """Return three digits as text."""
        text = text_column(batch, self.source)
        if pa.types.is_integer(plain_column(batch, self.source).type):
            text = pc.utf8_lpad(text, width=5, padding="0")
        bad = pc.fill_null(pc.invert(pc.match_substring_regex(text, pattern=_ZIP)), False)
        area = null_where(bad, pc.utf8_slice_codeunits(text, 0, 3))
        table = zip3_table()
        released = pc.is_in(area, value_set=pa.array(sorted(table.released)))
        masked = pc.and_(pc.is_valid(area), pc.invert(released))
        return Result(
            pc.if_else(masked, NOWHERE, area),
            changed=len(area) - area.null_count,
            blank=text.null_count,
            bad=bad,
            tallies={"masked": count_true(masked)},
        )
