"""Typed parameters of cohort files and kit queries, with defaults and `--set` overrides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from ehrkit.core.errors import UsageError
from ehrkit.queries.definition import Parameter
from ehrkit.queries.sections import Section
from ehrkit.queries.spelling import unknown

PARAMETER_TYPES = ("days", "integer", "date", "text", "codes")


def read_parameters(section: Section, given: Mapping[str, str]) -> dict[str, Parameter]:
    """Read the `[parameters]` table and apply overrides.

    Args:
        section: the table that holds `parameters`.
        given: name to text, as typed after `--set`.

    Raises:
        DataError: a parameter has no type, no default, or a default of another type.
        UsageError: an override names no parameter, or cannot be read as its type.
    """
    table = section.sub("parameters")
    found: dict[str, Parameter] = {}
    for name in list(table.table) if table else []:
        entry = table.sub(name) if table else None
        if entry is not None:
            found[name] = _parameter(entry, name, given)
    for name in given:
        if name not in found:
            raise unknown("parameter", name, found, where=f"--set {name}")
    return found


def parse_value(kind: str, value: Any) -> Any:
    """Return the value as the type, or None where it cannot be one."""
    if kind in ("days", "integer"):
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        return int(value) if isinstance(value, str) and re.fullmatch(r"-?\d+", value) else None
    if kind == "date":
        return _date(value)
    return value if isinstance(value, str) else None


def _parameter(entry: Section, name: str, given: Mapping[str, str]) -> Parameter:
    kind = entry.one_of("type", PARAMETER_TYPES, "")
    default = parse_value(kind, entry.take("default", object))
    entry.finish()
    if default is None:
        raise entry.error(f"needs a default of type {kind}", key="default")
    value = parse_value(kind, given[name]) if name in given else default
    if value is None:
        raise UsageError(f"must be of type {kind}", where=f"--set {name}")
    return Parameter(name, kind, default, value)


def _date(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
