"""Tokens in place of identifiers: keyed pseudonyms and random codes."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from ehrkit.deid.transforms.kernel import Remembered, Result, by_distinct, text_column


@dataclass(frozen=True)
class Tokens:
    """Replace each value by its token; blank stays null. Equal values get equal tokens."""

    source: str
    output: pa.Field
    token: Remembered[str]
    expects: str = "an identifier"

    def __call__(self, batch: pa.RecordBatch) -> Result:
        """Return the tokens as text."""
        text = text_column(batch, self.source)
        tokens = by_distinct(text, self.token, pa.string())
        return Result(tokens, changed=len(tokens) - tokens.null_count, blank=text.null_count)
