"""Typed parameters of cohort files and kit queries, with defaults and `--set` overrides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ehrkit.core.errors import UsageError
from ehrkit.core.spelling import nearest
from ehrkit.queries.language.dates import read_date
from ehrkit.queries.sections import Section
from ehrkit.queries.spelling import unknown

SET = "--set"
PARAMETER_TYPES = ("days", "integer", "number", "date", "text", "codes")
HINTS = {
    "days": "A whole number of days.",
    "integer": "A whole number.",
    "number": "A number.",
    "date": "YYYY-MM-DD, as-of, or such as as-of - 2 years.",
    "text": "A text.",
    "codes": "The name of a code set.",
}
# Databases count days and integers in 32 bits.
LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Parameter:
    """A named value of a file, after `--set`."""

    name: str
    type: str
    default: object
    value: object


def read_parameters(
    section: Section, given: Mapping[str, Any], as_of: date | None = None, place: str = SET
) -> dict[str, Parameter]:
    """Read the `[parameters]` table and apply overrides.

    Args:
        section: the table that holds `parameters`.
        given: name to value: the text typed after `--set`, or a value of another file.
        as_of: what `as-of` means; today if it is not given.
        place: where they are given, for messages.

    Raises:
        DataError: a parameter has no type, no default, or a default of another type.
        UsageError: an override names no parameter, cannot be read as its type, or is none of
            the words that `one_of` allows.
    """
    table = section.sub("parameters")
    day = as_of or date.today()
    found: dict[str, Parameter] = {}
    for name in list(table.table) if table else []:
        entry = table.sub(name) if table else None
        if entry is not None:
            found[name] = _parameter(entry, name, given, day, place)
    for name in given:
        if name not in found:
            raise unknown("parameter", name, found, where=f"{place} {name}")
    return found


def parse_value(kind: str, value: Any, as_of: date) -> Any:
    """Return the value as the type, or None where it cannot be one."""
    if kind in ("days", "integer"):
        return _whole(value)
    if kind == "number":
        return _number(value)
    if kind == "date":
        return read_date(value, as_of)
    return value if isinstance(value, str) else None


def _parameter(
    entry: Section, name: str, given: Mapping[str, Any], as_of: date, place: str
) -> Parameter:
    kind = entry.one_of("type", PARAMETER_TYPES, "")
    default = parse_value(kind, entry.take("default", object), as_of)
    words = entry.texts("one_of")
    entry.finish()
    if words and kind != "text":
        raise entry.error("belongs to the type text", key="one_of")
    if default is None:
        raise entry.error(f"must be of type {kind}", key="default", hint=HINTS[kind])
    value = parse_value(kind, given[name], as_of) if name in given else default
    if value is None:
        raise UsageError(f"must be of type {kind}", where=f"{place} {name}", hint=HINTS[kind])
    for one, where in ((default, f"{entry.where}: default"), (value, f"{place} {name}")):
        if words and one not in words:
            what = f"must be one of {', '.join(words)}"
            raise UsageError(what, where=where, hint=nearest(one, words))
    return Parameter(name, kind, default, value)


def _whole(value: Any) -> int | None:
    number = _number(value)
    return number if isinstance(number, int) and abs(number) <= LARGEST else None


def _number(value: Any) -> float | int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,18}(\.\d{1,18})?", value):
        return float(value) if "." in value else int(value)
    if isinstance(value, int | float) and abs(value) < 1e18:
        return value
    return None
