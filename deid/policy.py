"""A de-identification policy: the claimed standard and one rule per column of each table.

A policy is TOML::

    standard = "limited"                   # safe-harbor | limited | expert
    approved_by = "Privacy Office, 2026-11-02"
    on_bad = "refuse"                      # or "quarantine": leave the row out and count it
    last_year = 2025                       # of any date in the data; birth-year needs it

    [dates]
    window = 365                           # days either way
    whole_weeks = false

    [table.cohort]
    quasi = ["age", "sex", "zip"]          # re-identification risk is reported over these

    [table.cohort.columns]
    person_id  = { pseudonym = "person" }
    index_date = { shift = "person_id" }
    age        = { age-band = 10 }         # 60-69; or "age-cap": years up to 89, then 90
    note       = { scrub = { known = ["first_name", "last_name"] } }
    first_name = "drop"
    last_name  = "drop"
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ehrkit.core.errors import DataError, PolicyError
from ehrkit.core.spelling import suggest
from ehrkit.deid.rules import Action, ColumnRule
from ehrkit.deid.standards import Standard, Verdict, effective_phi, judge

# A shift of +-50 days leaves an attacker 101 candidates; a year either way also hides the season.
SMALLEST_WINDOW = 365
LARGEST_WINDOW = 3650


class OnBad(StrEnum):
    """What a value that a transform cannot read does to the run."""

    REFUSE = "refuse"
    QUARANTINE = "quarantine"


@dataclass(frozen=True)
class DateShift:
    """How far dates move: a secret, non-zero number of days within +-window per patient."""

    window: int = SMALLEST_WINDOW
    whole_weeks: bool = False

    def __post_init__(self) -> None:
        if not SMALLEST_WINDOW <= self.window <= LARGEST_WINDOW:
            raise PolicyError(
                f"the date window is at least {SMALLEST_WINDOW} and at most {LARGEST_WINDOW} days",
                where="dates.window",
            )


@dataclass(frozen=True)
class TablePolicy:
    """The rules of one table: every column of the input must have one."""

    name: str
    rules: Mapping[str, ColumnRule]
    quasi: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        where = f"table.{self.name}.columns"
        if not self.rules:
            raise DataError("the table has no column line", where=where)
        for rule in self.rules.values():
            for other in (*rule.known, *_patient_column(rule)):
                self._require(other, f"{where}.{rule.column}")
        for column in self.quasi:
            self._require(column, f"table.{self.name}.quasi")

    def _require(self, column: str, where: str) -> None:
        if column not in self.rules:
            raise DataError(
                f"names the column '{column}', which has no line of its own",
                where=where,
                hint=suggest(column, self.rules),
            )

    def verdict(self) -> Verdict:
        """Judge the rules by their columns' names and stated classes, without any file."""
        return judge((rule, effective_phi(rule, None)) for rule in self.rules.values())


@dataclass(frozen=True)
class Policy:
    """A whole policy; `check` and `enforce` compute its claim instead of believing it."""

    standard: Standard
    tables: Mapping[str, TablePolicy]
    approved_by: str | None = None
    on_bad: OnBad = OnBad.REFUSE
    last_year: int | None = None
    dates: DateShift = field(default_factory=DateShift)

    def __post_init__(self) -> None:
        if not self.tables:
            raise DataError("the policy has no [table.NAME.columns] section")
        rules = [rule for table in self.tables.values() for rule in table.rules.values()]
        if self.last_year is None and any(rule.action is Action.BIRTH_YEAR for rule in rules):
            raise DataError(
                "birth-year needs last_year, the year of the latest date in the data",
                where="last_year",
                hint="Ages over 89 are counted at the end of that year.",
            )

    def table(self, name: str | None) -> TablePolicy:
        """Return the table of that name, or the only one there is.

        Raises:
            DataError: no such table, or several and no name.
        """
        if name in self.tables:
            return self.tables[str(name)]
        if name is None and len(self.tables) == 1:
            return next(iter(self.tables.values()))
        raise DataError(
            "several tables and no name" if name is None else f"the policy has no table '{name}'",
            where="table",
            hint=suggest(name or "", self.tables) + " Choose one with --table NAME.",
        )

    def check(self) -> Standard:
        """Return the strictest standard that the policy meets; refuse a claim that is stricter.

        Raises:
            PolicyError: the claim does not hold.
        """
        verdicts = {name: table.verdict() for name, table in self.tables.items()}
        for name, verdict in verdicts.items():
            verdict.enforce(self.standard, f"table.{name}")
        return Verdict(tuple(f for v in verdicts.values() for f in v.findings)).strongest

    def canonical(self) -> str:
        """Return the policy as canonical JSON: the same rules give the same text."""
        document = {
            "standard": self.standard.value,
            "approved_by": self.approved_by,
            "on_bad": self.on_bad.value,
            "last_year": self.last_year,
            "dates": {"window": self.dates.window, "whole_weeks": self.dates.whole_weeks},
            "table": {
                name: {
                    "quasi": list(table.quasi),
                    "columns": {rule.column: rule.document() for rule in table.rules.values()},
                }
                for name, table in self.tables.items()
            },
        }
        return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    def sha256(self) -> str:
        """Return the SHA-256 of the canonical text, 64 hexadecimal digits."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


def _patient_column(rule: ColumnRule) -> tuple[str, ...]:
    return (rule.argument,) if rule.action is Action.SHIFT and rule.argument else ()
