"""Read a policy from TOML, with the file and the key in every complaint."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from ehrkit.core.columns import Phi
from ehrkit.core.errors import DataError, EhrkitError, UsageError
from ehrkit.core.spelling import suggest
from ehrkit.deid.policy import DateShift, OnBad, Policy, TablePolicy
from ehrkit.deid.rules import Action, ColumnRule
from ehrkit.deid.standards import Standard

Choice = TypeVar("Choice", bound=StrEnum)
T = TypeVar("T")

TOP = ("standard", "approved_by", "on_bad", "last_year", "dates", "table")
OPTIONS = ("format", "phi", "reason")


def read_policy(path: Path) -> Policy:
    """Read a policy file.

    Raises:
        UsageError: there is no such file.
        DataError: not TOML, or a key, transform or value that the policy does not know.
        PolicyError: a rule that can never be allowed, such as too small a date window.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        raise UsageError("the policy cannot be read", where=str(path)) from None
    except UnicodeDecodeError:
        raise DataError("the policy is not UTF-8 text", where=str(path)) from None
    return parse_policy(text, str(path))


def parse_policy(text: str, name: str = "policy") -> Policy:
    """Parse a policy from TOML text; `name` is what errors call it."""
    try:
        return _policy(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"not TOML: {error}", where=name) from None
    except EhrkitError as error:
        where = f"{name}: {error.where}" if error.where else name
        raise type(error)(error.what, where=where, hint=error.hint) from None


def _policy(document: Mapping[str, Any]) -> Policy:
    _known(document, TOP, "")
    if "standard" not in document:
        raise DataError(
            "the policy claims no standard", where="standard", hint=suggest("", Standard)
        )
    dates = _section(document, "dates")
    _known(dates, ("window", "whole_weeks"), "dates.")
    tables = _section(document, "table")
    return Policy(
        standard=_choice(Standard, document["standard"], "standard"),
        tables={name: _table(name, body) for name, body in tables.items()},
        approved_by=_typed(document, "approved_by", str, None),
        on_bad=_choice(OnBad, document.get("on_bad", OnBad.REFUSE), "on_bad"),
        last_year=_typed(document, "last_year", int, None),
        dates=DateShift(
            window=_typed(dates, "window", int, DateShift.window, "dates."),
            whole_weeks=_typed(dates, "whole_weeks", bool, False, "dates."),
        ),
    )


def _table(name: str, body: Any) -> TablePolicy:
    where = f"table.{name}."
    if not isinstance(body, dict):
        raise DataError("a table section is expected", where=where.rstrip("."))
    _known(body, ("columns", "quasi"), where)
    columns = _section(body, "columns", where)
    return TablePolicy(
        name=name,
        rules={column: _rule(column, line, f"{where}columns.") for column, line in columns.items()},
        quasi=_names(body.get("quasi", []), f"{where}quasi"),
    )


def _rule(column: str, line: Any, where: str) -> ColumnRule:
    """Build one rule from `"keep"` or `{ shift = "person_id", ... }`."""
    where = f"{where}{column}"
    if isinstance(line, str):
        line = {line: True}
    if not isinstance(line, dict):
        raise DataError("a transform name or an inline table is expected", where=where)
    actions = [key for key in line if key not in OPTIONS]
    if len(actions) != 1:
        raise DataError(
            "one transform is expected", where=where, hint=f"Known: {', '.join(Action)}."
        )
    action = _choice(Action, actions[0], where)
    argument, known = _argument(action, line[actions[0]], where)
    date_format = _typed(line, "format", str, None, f"{where}.")
    phi = _choice(Phi, line["phi"], f"{where}.phi") if "phi" in line else None
    reason = _typed(line, "reason", str, None, f"{where}.")
    try:
        return ColumnRule(column, action, argument, known, date_format, phi, reason)
    except DataError as error:
        raise DataError(error.what, where=where, hint=error.hint) from None


def _argument(action: Action, value: Any, where: str) -> tuple[str | None, tuple[str, ...]]:
    if action is Action.SCRUB and isinstance(value, dict):
        _known(value, ("known",), f"{where}.scrub.")
        return None, _names(value.get("known", []), f"{where}.scrub.known")
    if isinstance(value, str):
        return value, ()
    if action is Action.AGE_BAND and type(value) is int:
        return str(value), ()
    if value is True:
        return None, ()
    raise DataError(f"{action} takes a name, or true", where=where)


def _known(section: Mapping[str, Any], names: tuple[str, ...], where: str) -> None:
    for key in section:
        if key not in names:
            raise DataError("unknown key", where=f"{where}{key}", hint=suggest(key, names))


def _choice(kind: type[Choice], value: Any, where: str) -> Choice:
    try:
        return kind(value)
    except ValueError:
        what = {Action: "transform", Phi: "PHI class"}.get(kind, "value")
        raise DataError(
            f"unknown {what} '{value}'", where=where, hint=suggest(str(value), list(kind))
        ) from None


def _typed(
    section: Mapping[str, Any], key: str, kind: type[Any], default: T, where: str = ""
) -> T | Any:
    value = section.get(key, default)
    # TOML's true is an int to Python, but never a number of days.
    wrong_bool = isinstance(value, bool) and kind is not bool
    if value is not default and (wrong_bool or not isinstance(value, kind)):
        raise DataError(f"a {kind.__name__} is expected", where=f"{where}{key}")
    return value


def _section(section: Mapping[str, Any], key: str, where: str = "") -> dict[str, Any]:
    found: dict[str, Any] = _typed(section, key, dict, {}, where)
    return found


def _names(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise DataError("a list of column names is expected", where=where)
    return tuple(value)
