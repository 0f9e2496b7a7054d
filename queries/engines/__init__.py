"""Engines run canonical statements on databases and stream Arrow batches. They build no cohorts."""

from __future__ import annotations

from ehrkit.queries.engines.base import Engine
from ehrkit.queries.engines.names import ANYWHERE, Place, qualify
from ehrkit.queries.engines.open import open_engine

__all__ = ["ANYWHERE", "Engine", "Place", "open_engine", "qualify"]
