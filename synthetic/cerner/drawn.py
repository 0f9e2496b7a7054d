"""Tables as they are drawn, before they are built: with what was planted."""

from __future__ import annotations

from dataclasses import dataclass

from ehrkit.synthetic.projection import Planted
from ehrkit.synthetic.shaping import Columns


@dataclass(frozen=True)
class Drawn:
    """Some tables of a block, and what was planted in them."""

    tables: dict[str, Columns]
    planted: Planted
