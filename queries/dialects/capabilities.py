"""How far each feature is proven on each dialect, as a table for the documentation."""

from __future__ import annotations

from collections.abc import Iterator

from ehrkit.queries.dialects.features import FEATURES, FUNCTIONS, Feature
from ehrkit.queries.dialects.registry import DIALECTS, Dialect


def level(feature: Feature, dialect: Dialect) -> str:
    """Return executed, checked, or refused where the dialect has no maker."""
    lacks = feature in FUNCTIONS and feature.name not in dialect.makers
    return "refused" if lacks else dialect.level


def capability_table() -> Iterator[str]:
    """Yield the lines of a Markdown table: features down, dialects across."""
    yield f"| feature | {' | '.join(DIALECTS)} |"
    yield "|---" * (len(DIALECTS) + 1) + "|"
    for feature in FEATURES:
        levels = " | ".join(level(feature, dialect) for dialect in DIALECTS.values())
        yield f"| {feature.name} | {levels} |"


def example_table() -> Iterator[str]:
    """Yield the lines of a Markdown table: each feature's example and its value."""
    yield "| feature | example | value |"
    yield "|---|---|---|"
    for feature in FEATURES:
        example = feature.example.replace("|", "\\|")
        yield f"| {feature.name} | `{example}` | {_shown(feature.value)} |"


def _shown(value: object) -> str:
    return "NULL" if value is None else f"`{value}`"
