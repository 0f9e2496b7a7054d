"""Scrub a column of free text with the identifiers that its own row knows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pyarrow as pa

from ehrkit.deid.text.scrubber import NOBODY, Known, scrub_text
from ehrkit.deid.transforms.kernel import Result, plain_column


@dataclass(frozen=True)
class Scrub:
    """Scrub text; `known` names the columns whose values are identifiers of the row's person."""

    source: str
    output: pa.Field
    known: tuple[str, ...] = ()
    expects: str = "text"

    def __call__(self, batch: pa.RecordBatch) -> Result:
        """Return the scrubbed text; tallies count by category."""
        texts = plain_column(batch, self.source).to_pylist()
        people = zip(*(plain_column(batch, name).to_pylist() for name in self.known), strict=True)
        counts: Counter[str] = Counter()
        scrubbed: list[str | None] = []
        changed = 0
        for text, person in zip(texts, people if self.known else [()] * len(texts), strict=True):
            if text is None:
                scrubbed.append(None)
                continue
            clean, found = scrub_text(text, Known.of(person) if self.known else NOBODY)
            counts += found
            changed += bool(found)
            scrubbed.append(clean)
        blank = sum(text is None or not text.strip() for text in texts)
        return Result(pa.array(scrubbed, pa.string()), changed, blank, tallies=dict(counts))
