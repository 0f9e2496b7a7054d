"""Typed parameters of cohort files and kit queries, with defaults and `--set` overrides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ehrkit.core.errors import UsageError
from ehrkit.queries.dates import read_date
from ehrkit.queries.sections import Section
from ehrkit.queries.spelling import unknown

PARAMETER_TYPES = ("days", "integer", "number", "date", "text", "codes")


@dataclass(frozen=True)
class Parameter:
    """A named value of a file, after `--set`."""

    name: str
    type: str
    default: object
    value: object


def read_parameters(
    section: Section, given: Mapping[str, Any], as_of: date | None = None
) -> dict[str, Parameter]:
    """Read the `[parameters]` table and apply overrides.

    Args:
        section: the table that holds `parameters`.
        given: name to value: the text typed after `--set`, or a value of another file.
        as_of: what `as-of` means; today if it is not given.

    Raises:
        DataError: a parameter has no type, no default, or a default of another type.
        UsageError: an override names no parameter, or cannot be read as its type.
    """
    table = section.sub("parameters")
    day = as_of or date.today()
    found: dict[str, Parameter] = {}
    for name in list(table.table) if table else []:
        entry = table.sub(name) if table else None
        if entry is not None:
            found[name] = _parameter(entry, name, given, day)
    for name in given:
        if name not in found:
            raise unknown("parameter", name, found, where=f"--set {name}")
    return found


def parse_value(kind: str, value: Any, as_of: date) -> Any:
    """Return the value as the type, or None where it cannot be one."""
    if kind in ("days", "integer"):
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        return int(value) if isinstance(value, str) and re.fullmatch(r"-?\d+", value) else None
    if kind == "number":
        return _number(value)
    if kind == "date":
        return read_date(value, as_of)
    return value if isinstance(value, str) else None


def _parameter(entry: Section, name: str, given: Mapping[str, Any], as_of: date) -> Parameter:
    kind = entry.one_of("type", PARAMETER_TYPES, "")
    default = parse_value(kind, entry.take("default", object), as_of)
    entry.finish()
    if default is None:
        raise entry.error(f"needs a default of type {kind}", key="default")
    value = parse_value(kind, given[name], as_of) if name in given else default
    if value is None:
        raise UsageError(f"must be of type {kind}", where=f"--set {name}")
    return Parameter(name, kind, default, value)


def _number(value: Any) -> float | int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return float(value) if "." in value else int(value)
    return None
