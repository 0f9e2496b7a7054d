"""Tokens in place of identifiers: keyed pseudonyms and random codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pyarrow as pa

from ehrkit.deid.transforms.kernel import Result, by_distinct, text_column


@dataclass(frozen=True)
class Tokens:
    """Replace each value by its token; blank stays null. Equal values get equal tokens."""

    source: str
    output: pa.Field
    token: Callable[[str], str]
    expects: str = "an identifier"
    _memory: dict[str, str] = field(default_factory=dict, repr=False)

    def __call__(self, batch: pa.RecordBatch) -> Result:
        """Return the tokens as text."""
        text = text_column(batch, self.source)
        tokens = by_distinct(text, self.token, self._memory, pa.string())
        return Result(tokens, changed=len(tokens) - tokens.null_count, blank=text.null_count)
