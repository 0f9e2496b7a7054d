"""One policy line: which transform a column gets, checked when it is made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from ehrkit.core.columns import Phi
from ehrkit.core.errors import DataError


class Action(StrEnum):
    """The transforms that a policy line can name."""

    KEEP = "keep"
    DROP = "drop"
    BLANK = "blank"
    PSEUDONYM = "pseudonym"
    CODE = "code"
    SHIFT = "shift"
    YEAR = "year"
    BIRTH_YEAR = "birth-year"
    AGE_CAP = "age-cap"
    AGE_BAND = "age-band"
    ZIP3 = "zip3"
    SCRUB = "scrub"


TAKES_PURPOSE = frozenset({Action.PSEUDONYM, Action.CODE})
READS_DATES = frozenset({Action.SHIFT, Action.YEAR, Action.BIRTH_YEAR})
# Widths that leave "90 or older", 45 CFR 164.514(b)(2)(i)(C), a band of its own.
BAND_YEARS = frozenset(str(years) for years in range(2, 46) if 90 % years == 0)
PURPOSE = re.compile(r"[a-z][a-z0-9_-]*")


@dataclass(frozen=True)
class ColumnRule:
    """What happens to one column.

    Attributes:
        column: its name in the input.
        action: the transform.
        argument: the purpose of `pseudonym` and `code` (columns of one purpose share their
            tokens), the patient column of `shift`, or the years of an `age-band`.
        known: for `scrub`, columns whose values are identifiers of the row's person.
        date_format: strptime pattern of a text date that is not ISO 8601.
        phi: the column's class, for inputs that carry no tag.
        reason: why a rule may override a refusal; it goes into the evidence.
    """

    column: str
    action: Action
    argument: str | None = None
    known: tuple[str, ...] = ()
    date_format: str | None = None
    phi: Phi | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        self._check_argument()
        if self.known and self.action is not Action.SCRUB:
            raise DataError(f"{self.action} takes no known columns", where=self.column)
        if self.date_format is not None and self.action not in READS_DATES:
            raise DataError(f"{self.action} takes no date format", where=self.column)
        if self.reason is not None and not self.reason.strip():
            raise DataError("the reason is empty", where=self.column)

    def _check_argument(self) -> None:
        if self.action in TAKES_PURPOSE:
            if not PURPOSE.fullmatch(self.argument or ""):
                raise DataError(
                    f"{self.action} needs a purpose of lower-case letters, digits, - and _",
                    where=self.column,
                    hint=f'For example {{ {self.action} = "person" }}.',
                )
        elif self.action is Action.SHIFT:
            if not self.argument:
                raise DataError(
                    "shift needs the column that names the patient",
                    where=self.column,
                    hint='For example { shift = "person_id" }.',
                )
        elif self.action is Action.AGE_BAND:
            if self.argument not in BAND_YEARS:
                raise DataError(
                    "age-band needs a whole number of years that divides 90",
                    where=self.column,
                    hint="For example { age-band = 10 }.",
                )
        elif self.argument is not None:
            raise DataError(f"{self.action} takes no argument", where=self.column)

    def document(self) -> dict[str, object]:
        """Return the rule as JSON-able values, leaving out what is not set."""
        values: dict[str, object] = {"action": self.action.value}
        options = {
            "argument": self.argument,
            "known": list(self.known),
            "format": self.date_format,
            "phi": self.phi.value if self.phi else None,
            "reason": self.reason,
        }
        return values | {key: value for key, value in options.items() if value}
