"""The rules of time that every written shape must obey, as plain SQL: see temporal.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ehrkit.core.columns import Phi
from ehrkit.core.shapes import Table
from ehrkit.core.shapes import shape as described
from ehrkit.synthetic.projectors import PROJECTORS
from ehrkit.synthetic.quality.check import Check

# Days after death in which paper may follow (OHDSI Data Quality Dashboard).
GRACE_DAYS = 60


def checks(name: str) -> Iterator[Check]:
    """Yield the checks of one shape."""
    tables = described(PROJECTORS[name].shape).tables
    return _Rules(name, rules(name), dict(tables)).checks()


def rules(name: str) -> dict[str, Any]:
    """Return what temporal.toml says of one shape."""
    found: dict[str, Any] = _described()[name]
    return found


@dataclass(frozen=True)
class _Rules:
    """The rules of one shape beside its tables."""

    shape: str
    given: dict[str, Any]
    tables: dict[str, Table]

    def checks(self) -> Iterator[Check]:
        """Yield every check."""
        for table in self.tables.values():
            for column in _dated(table):
                yield from self._lifetime(table, column)
        for kind, make in (
            ("ordered", self._ordered),
            ("same_day", self._same_day),
            ("agrees", self._agrees),
            ("inside", self._inside),
            ("covered", self._covered),
            ("linked", self._check),
        ):
            for name, entries in self.given.get(kind, {}).items():
                for entry in entries:
                    yield make(self.tables[name], *entry)

    def _check(self, table: Table, column: str, name: str, joins: str, fails: str) -> Check:
        """Return a check whose SQL is written out, with what may excuse its failures."""
        allowed = self.given.get("allowed", {}).get(f"{table.name}.{column}", {}).get(name, ())
        source = f"{table.name} AS x {joins}"
        return Check(self.shape, name, table, column, source, fails, tuple(allowed))

    def _reached(self, table: Table, what: str) -> tuple[str, str] | None:
        """Return the joins and the expression that tell the person or the encounter of a row."""
        way = self.given["reached"].get(table.name, {})
        if what in way:
            return way.get("join", ""), way[what]
        column = self.given[what]
        return ("", f"x.{column}") if column in {one.name for one in table.columns} else None

    def _to(self, table: Table, what: str, relation: str, join: str = "JOIN") -> str:
        """Return the joins from `x` to a relation that knows persons or encounters."""
        reached = self._reached(table, what)
        if reached is None:
            raise ValueError(f"no {what} of {table.name}")
        joins, key = reached
        return f"{joins} {join} {relation} ON {relation}.{what} = {key}"

    def _lifetime(self, table: Table, column: str) -> Iterator[Check]:
        """Yield the checks of a date against birth, death and extract, where they apply."""
        name, known = f"{table.name}.{column}", self._reached(table, "person") is not None
        if name in self.given["unfilled"]:
            return
        if known:
            yield self._born(table, column)
        if known and name not in self.given["plans"] | self.given["records"]:
            yield self._died(table, column)
        if name not in self.given["plans"]:
            yield self._extract(table, column)

    def _born(self, table: Table, column: str) -> Check:
        joins = self._to(table, "person", "lives")
        early = f"CAST(x.{column} AS DATE) < lives.birth"
        return self._check(table, column, "not before birth", joins, early)

    def _died(self, table: Table, column: str) -> Check:
        joins = self._to(table, "person", "lives")
        grace = GRACE_DAYS if f"{table.name}.{column}" in self.given["paperwork"] else 0
        late = f"CAST(x.{column} AS DATE) > lives.death + {grace}{self._closed(column)}"
        return self._check(table, column, "not after death", joins, late)

    def _extract(self, table: Table, column: str) -> Check:
        late = f"CAST(x.{column} AS DATE) > extract_day(){self._closed(column)}"
        return self._check(table, column, "not after the extract", "", late)

    def _closed(self, column: str) -> str:
        """Return what excludes the date that stands for no end."""
        end = self.given.get("open_end")
        return f" AND CAST(x.{column} AS DATE) <> DATE '{end}'" if end else ""

    def _ordered(self, table: Table, start: str, end: str) -> Check:
        return self._check(table, end, f"not before {start}", "", f"x.{end} < x.{start}")

    def _same_day(self, table: Table, day: str, time: str) -> Check:
        differs = f"CAST(x.{time} AS DATE) <> CAST(x.{day} AS DATE)"
        return self._check(table, time, f"on the day of {day}", "", differs)

    def _agrees(self, table: Table, column: str, known: str) -> Check:
        joins = self._to(table, "person", "lives")
        differs = f"CAST(x.{column} AS DATE) <> lives.{known}"
        return self._check(table, column, f"the {known} of the answer key", joins, differs)

    def _inside(self, table: Table, column: str, before: int, after: int, of: str = "") -> Check:
        """Return the check that events lie in the window of the contact that they name.

        `of` narrows it to contacts of one kind, for what may be ordered long before a visit.
        """
        joins = self._to(table, "encounter", "contacts")
        if of:
            joins += f" AND contacts.kind = '{of}'"
        outside = (
            f"x.{column} < contacts.starts - INTERVAL {before} HOUR "
            f"OR x.{column} > contacts.ends + INTERVAL {after} HOUR"
        )
        name = f"inside its {of} contact" if of else "inside its encounter"
        return self._check(table, column, name, joins, outside)

    def _covered(self, table: Table, column: str, of: str = "") -> Check:
        """Return the check that a day lies in what is said to be observed of its person.

        `of` narrows it to some rows.
        """
        joins = self._to(table, "person", "periods", "LEFT JOIN")
        if of:
            joins = f"JOIN (SELECT 1) AS narrowed ON {of} {joins}"
        outside = f"COALESCE(x.{column} NOT BETWEEN periods.starts AND periods.ends, true)"
        return self._check(table, column, "inside what is observed", joins, outside)


def _dated(table: Table) -> Iterator[str]:
    """Yield the columns that hold dates or times of persons."""
    for column in table.columns:
        if column.type in ("DATE", "TIMESTAMP") and column.phi is Phi.DATE:
            yield column.name


@cache
def _described() -> dict[str, Any]:
    text = files("ehrkit.synthetic.quality").joinpath("temporal.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
