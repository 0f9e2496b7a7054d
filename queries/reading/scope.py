"""What may be named in a cohort file: parameters, code sets, other cohorts, events named above."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ehrkit.core.spelling import nearest
from ehrkit.queries.language.cohort import NamedEvent
from ehrkit.queries.language.parameters import Parameter, parse_value
from ehrkit.queries.language.windows import Bounds
from ehrkit.queries.sections import Section, placed
from ehrkit.queries.vocabulary.codesets import CodeSet


@dataclass(frozen=True)
class Scope:
    """Names that a file may use.

    Attributes:
        shared: the code sets that other cohort files know as well.
        folder: where cohort files beside this one lie; None for shipped ones.
        as_of: the day of the run.
        above: files that are being read, outermost first; none may name another of them.
        events: the named events read so far.
    """

    parameters: Mapping[str, Parameter]
    code_sets: Mapping[str, CodeSet]
    shared: Mapping[str, CodeSet]
    folder: Path | None
    as_of: date
    above: tuple[str, ...] = ()
    events: dict[str, NamedEvent] = field(default_factory=dict)

    def value(self, kind: str, raw: Any) -> Any:
        """Return a literal, or the value of the parameter that a text names; None if neither."""
        if isinstance(raw, str) and raw in self.parameters:
            raw = self.parameters[raw].value
        return parse_value(kind, raw, self.as_of)

    def take(self, table: Section, key: str, kind: str, what: str) -> Any:
        """Take an optional value or the parameter that stands for it.

        Raises:
            DataError: neither a value of the kind nor a parameter.
        """
        raw = table.take(key, object)
        if raw is None:
            return None
        value = self.value(kind, raw)
        if value is None:
            raise table.error(f"must be {what} or a parameter", key=key, hint=self.near(raw))
        return value

    def whole(self, table: Section, key: str) -> int | None:
        """Take an optional whole number."""
        value: int | None = self.take(table, key, "integer", "a whole number")
        return value

    def near(self, raw: Any) -> str | None:
        """Return a hint at the parameter that a text may have meant, or at its type."""
        if not isinstance(raw, str):
            return None
        if raw in self.parameters:
            return f"The parameter {raw} is of type {self.parameters[raw].type}."
        return nearest(raw, self.parameters)

    def bounds(self, table: Section) -> Bounds | None:
        """Take at_least, at_most, above, below; None where none of them is there."""
        found = {
            key: self.take(table, key, "number", "a number")
            for key in ("at_least", "at_most", "above", "below")
        }
        if all(value is None for value in found.values()):
            return None
        for one, other in (("at_least", "above"), ("at_most", "below")):
            if found[one] is not None and found[other] is not None:
                raise table.error(f"{one} and {other} exclude each other")
        low = found["above"] if found["at_least"] is None else found["at_least"]
        high = found["below"] if found["at_most"] is None else found["at_most"]
        with placed(table.where):
            return Bounds(low, high, found["above"] is not None, found["below"] is not None)

    def need_bounds(self, table: Section, key: str, *, plain: bool = False) -> Bounds:
        """Take a sub-table of bounds that has to be there, or a plain number where it may stand."""
        if plain and not isinstance(table.table.get(key), dict):
            number = self.take(table, key, "number", "a number, a table of bounds")
            return Bounds(number, number)
        sub = table.need_sub(key)
        bounds = self.bounds(sub)
        sub.finish()
        if bounds is None:
            raise sub.error("needs at_least, at_most, above or below")
        return bounds


def read_nth(table: Section, keep: str, scope: Scope) -> int:
    """Take `nth`, which belongs to keep = nth alone; else 1.

    Raises:
        DataError: it is missing, or there without keep = nth.
    """
    number = scope.whole(table, "nth")
    if (keep == "nth") != (number is not None):
        missing = "the key nth is missing" if number is None else 'nth needs keep = "nth"'
        raise table.error(missing, key=None if number is None else "nth")
    return 1 if number is None else number


def choices(table: Section, key: str, known: tuple[str, ...], scope: Scope) -> tuple[str, ...]:
    """Take a text or a list of texts, each one of the known or a parameter.

    Raises:
        DataError: none at all, or an unknown one; the nearest known one is named.
    """
    values = texts(table, key, scope)
    for value in values:
        if value not in known:
            what = f"must be one of {', '.join(known)}"
            raise table.error(what, key=key, hint=nearest(value, known))
    if not values:
        raise table.error("needs at least one value", key=key)
    return values


def texts(table: Section, key: str, scope: Scope) -> tuple[str, ...]:
    """Take a text or a list of texts, with the parameters that they name filled in."""
    return tuple(str(scope.value("text", raw)) for raw in table.texts(key))
