"""One module per SQL dialect: a maker per portable function, and the printing of a statement."""

from __future__ import annotations

from ehrkit.queries.dialects.registry import DIALECTS, Dialect, dialect, render

__all__ = ["DIALECTS", "Dialect", "dialect", "render"]
