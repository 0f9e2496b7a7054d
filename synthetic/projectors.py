"""The shapes that a site can be written in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from ehrkit.core.errors import UsageError
from ehrkit.core.spelling import suggest
from ehrkit.synthetic.cerner import project as cerner
from ehrkit.synthetic.clarity import project as clarity
from ehrkit.synthetic.history import History
from ehrkit.synthetic.omop import project as omop
from ehrkit.synthetic.projection import Projection
from ehrkit.synthetic.streams import Streams


@dataclass(frozen=True)
class Projector:
    """How one shape is made: its description, the site's own tables, and those of a block."""

    shape: str
    site_tables: Callable[[Streams], dict[str, pa.Table]]
    project: Callable[[History], Projection]


PROJECTORS: Mapping[str, Projector] = {
    "clarity": Projector(clarity.SHAPE, clarity.site_tables, clarity.project),
    "omop": Projector(omop.SHAPE, omop.site_tables, omop.project),
    "cerner": Projector(cerner.SHAPE, cerner.site_tables, cerner.project),
}


def projector(name: str) -> Projector:
    """Return how a shape is made.

    Raises:
        UsageError: there is no such shape.
    """
    if name not in PROJECTORS:
        hint = suggest(name, PROJECTORS) or f"Known: {', '.join(PROJECTORS)}."
        raise UsageError("there is no such shape", where=f"--shape {name}", hint=hint)
    return PROJECTORS[name]
