"""Keep and blank: the transforms that compute nothing, and what they still have to guard."""

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
    plain_type,
)


@dataclass(frozen=True)
class Keep:
    """Pass a column on.

    Text is searched for what no kept column may hold (SSN, telephone, e-mail): a hit is a
    bad value. `guard` is the pattern (RE2), None only where the policy gave a reason.
    """

    source: str
    output: pa.Field
    guard: str | None
    expects: str = "no SSN, telephone number, e-mail address (nor, under safe-harbor, day)"

    def __call__(self, batch: pa.RecordBatch) -> Result:
        """Return the column as it is, with hits of the guard marked bad."""
        values = plain_column(batch, self.source)
        if not is_text(values.type):
            return Result(values, changed=0, blank=values.null_count)
        blank = values.null_count + count_true(pc.equal(values, ""))
        bad = _residual(values, self.guard) if self.guard else None
        if bad is None:
            return Result(values, changed=0, blank=blank)
        return Result(null_where(bad, values), changed=0, blank=blank, bad=bad)


@dataclass(frozen=True)
class Blank:
    """Replace every value by null; the column stays."""

    source: str
    output: pa.Field
    expects: str = "any value"

    def __call__(self, batch: pa.RecordBatch) -> Result:
        """Return nulls."""
        given = batch.column(self.source)
        return Result(
            pa.nulls(batch.num_rows, plain_type(self.output.type)),
            changed=batch.num_rows - given.null_count,
            blank=given.null_count,
        )


def _residual(values: pa.Array, pattern: str) -> pa.Array | None:
    """Return where the text holds an identifier pattern, or None where it nowhere does."""
    encoded = values.dictionary_encode()
    hits = pc.match_substring_regex(encoded.dictionary, pattern=pattern)
    if not pc.any(hits, min_count=0).as_py():
        return None
    return pc.fill_null(hits.take(encoded.indices), False)
