"""What a shape makes of a block: its tables, and the rows that are wrong on purpose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from ehrkit.synthetic.rows import Array

# Kind of trouble, table, and the keys of its rows as text.
Planted = list[tuple[str, str, Array]]


@dataclass(frozen=True)
class Projection:
    """Tables by name, and what was planted in them."""

    tables: Mapping[str, pa.Table]
    planted: Planted
