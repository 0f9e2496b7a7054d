"""SQLite: dates are ISO text; JULIANDAY of two midnights differs by whole days exactly."""

from __future__ import annotations

from sqlglot import exp

from ehrkit.queries.canonical.functions import CODE_TABLE, Maker, Node, own
from ehrkit.queries.dialects.build import (
    cast,
    cast_to,
    digits_of_date,
    fn,
    minus,
    null_as,
    number,
    text,
    when,
)
from ehrkit.queries.dialects.codetables import as_it_is, code_table, unnamed_values_source
from ehrkit.queries.dialects.portable import PORTABLE, age_from, key_by_pipes, numbers, prefix


def _part(code: str) -> Maker:
    return lambda value: cast(fn("STRFTIME", text(code), value), "INTEGER")


def _date(value: Node) -> Node:
    """Cut to ten characters: DATE would round 23:59:59.9999 up to the next day."""
    return fn("DATE", fn("SUBSTR", value, number(1), number(10)))


def _second(value: Node) -> Node:
    return fn("SUBSTR", value, number(1), number(19))


def _epoch(instant: Node) -> Node:
    return cast(fn("STRFTIME", text("%s"), _second(instant)), "INTEGER")


def _shift(count: Node, unit: str) -> Node:
    return exp.DPipe(this=cast(count, "TEXT"), expression=text(f" {unit}"))


def _add_days(start: Node, days: Node) -> Node:
    return fn("DATE", _date(start), _shift(days, "days"))


def _add_months(start: Node, months: Node) -> Node:
    """The earlier of the day counted from the first of the month, and the month's last."""
    first = fn("DATE", _date(start), text("start of month"), _shift(months, "months"))
    days_after = _shift(minus(_part("%d")(start), number(1)), "days")
    last = fn("DATE", first, text("+1 month"), text("-1 day"))
    return fn("MIN", fn("DATE", first, days_after), last)


def _make_date(year: Node, month: Node, day: Node) -> Node:
    digits = digits_of_date(year, month, day)
    made = fn("PRINTF", text("%04d-%02d-%02d"), year, month, day)
    known = exp.Not(this=exp.Is(this=digits, expression=exp.Null()))
    real = exp.EQ(this=fn("DATE", made, text("+0 days")), expression=own(made))
    return when(exp.And(this=known, expression=real), made)


def _number(value: Node) -> Node:
    """Compare text with its own number: SQLite converts it only where all of it is a numeral."""
    as_text = cast(value, "TEXT")
    numeral = exp.EQ(this=cast(as_text, "NUMERIC"), expression=own(as_text))
    read = cast(value, "REAL")
    finite = exp.LT(this=fn("ABS", read), expression=exp.Literal.number("1e100"))
    return when(exp.And(this=numeral, expression=finite), read)


def _integer(value: Node) -> Node:
    """NUMERIC is stored as an integer where nothing is lost."""
    as_text = cast(value, "TEXT")
    read = cast(as_text, "NUMERIC")
    numeral = exp.EQ(this=read, expression=own(as_text))
    whole = exp.EQ(this=fn("TYPEOF", read), expression=text("integer"))
    return when(exp.And(this=numeral, expression=whole), read)


MAKERS: dict[str, Maker] = (
    PORTABLE
    | numbers("REAL", cast_to("INTEGER"))
    | {
        "EHR_DATE": lambda literal: literal,
        "EHR_NO_DATE": null_as("TEXT"),
        "EHR_NO_TIME": null_as("TEXT"),
        "EHR_NO_TEXT": null_as("TEXT"),
        "EHR_NO_NUMBER": null_as("REAL"),
        "EHR_NO_INTEGER": null_as("INTEGER"),
        "EHR_TO_DATE": _date,
        "EHR_TO_TIME": lambda x: fn("DATETIME", _second(x)),
        "EHR_DAY_DIFF": lambda a, b: cast(
            minus(fn("JULIANDAY", _date(b)), fn("JULIANDAY", _date(a))), "INTEGER"
        ),
        "EHR_ADD_DAYS": _add_days,
        "EHR_ADD_MONTHS": _add_months,
        "EHR_SECONDS": lambda a, b: minus(_epoch(b), _epoch(a)),
        "EHR_YEAR": _part("%Y"),
        "EHR_MONTH": _part("%m"),
        "EHR_AGE": age_from(_part("%Y"), _part("%m"), _part("%d")),
        "EHR_MAKE_DATE": _make_date,
        "EHR_TEXT": cast_to("TEXT"),
        "EHR_KEY": key_by_pipes(cast_to("TEXT")),
        "EHR_ISO": _date,
        "EHR_INTEGER": _integer,
        "EHR_NUMBER": _number,
        "EHR_PREFIX": prefix("SUBSTR"),
        CODE_TABLE: code_table("sqlite", unnamed_values_source, "REAL", as_it_is),
    }
)
