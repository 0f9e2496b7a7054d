"""SQLite: dates are ISO text; JULIANDAY of two midnights differs by whole days exactly."""

from __future__ import annotations

from sqlglot import exp

from ehrkit.queries.dialects.build import (
    cast,
    cast_to,
    digits_of_date,
    fn,
    minus,
    null_as,
    text,
    when,
)
from ehrkit.queries.dialects.portable import PORTABLE, age_from, key_by_pipes
from ehrkit.queries.functions import Maker, Node


def _part(code: str) -> Maker:
    return lambda value: cast(fn("STRFTIME", text(code), value), "INTEGER")


def _add_days(start: Node, days: Node) -> Node:
    shift = exp.DPipe(this=cast(days, "TEXT"), expression=text(" days"))
    return fn("DATE", start, shift)


def _make_date(year: Node, month: Node, day: Node) -> Node:
    digits = digits_of_date(year, month, day)
    made = fn("PRINTF", text("%04d-%02d-%02d"), year, month, day)
    known = exp.Not(this=exp.Is(this=digits, expression=exp.Null()))
    return when(known, made)


def _number(value: Node) -> Node:
    """Compare text with its own number: SQLite converts it only where all of it is a numeral."""
    as_text = cast(value, "TEXT")
    numeral = exp.EQ(this=cast(as_text, "NUMERIC"), expression=as_text.copy())
    return when(numeral, cast(as_text, "REAL"))


MAKERS: dict[str, Maker] = PORTABLE | {
    "EHR_DATE": lambda literal: literal,
    "EHR_NO_DATE": null_as("TEXT"),
    "EHR_NO_TIME": null_as("TEXT"),
    "EHR_NO_TEXT": null_as("TEXT"),
    "EHR_NO_NUMBER": null_as("REAL"),
    "EHR_TO_DATE": lambda x: fn("DATE", x),
    "EHR_TO_TIME": lambda x: fn("DATETIME", x),
    "EHR_DAY_DIFF": lambda a, b: cast(
        minus(fn("JULIANDAY", fn("DATE", b)), fn("JULIANDAY", fn("DATE", a))), "INTEGER"
    ),
    "EHR_ADD_DAYS": _add_days,
    "EHR_AGE": age_from(_part("%Y"), _part("%m"), _part("%d")),
    "EHR_MAKE_DATE": _make_date,
    "EHR_TEXT": cast_to("TEXT"),
    "EHR_KEY": key_by_pipes(cast_to("TEXT")),
    "EHR_INTEGER": cast_to("INTEGER"),
    "EHR_NUMBER": _number,
}
