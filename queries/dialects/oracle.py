"""Oracle 12.2 or later: DATE holds a time, so TRUNC it; a difference is days already.

A column given to EHR_TO_DATE or EHR_TO_TIME is a DATE or TIMESTAMP, or the server refuses it:
ISO text in a column would be read by the session's format. EHR_INTEGER of text that is no number
is an error of the server: identifiers are NUMBERs, and a pattern per row of a join would be slow.
"""

from __future__ import annotations

from sqlglot import exp

from ehrkit.queries.canonical.functions import CODE_TABLE, Maker, Node
from ehrkit.queries.dialects.build import (
    cast,
    digits_of_date,
    extract,
    fn,
    minus,
    null_as,
    number,
    plus,
    text,
    times,
    when,
)
from ehrkit.queries.dialects.codetables import as_it_is, code_table, varray_source
from ehrkit.queries.dialects.portable import (
    NUMERAL,
    PORTABLE,
    age_from,
    key_by_pipes,
    numbers,
    prefix,
    real_date,
    whole,
)


def _instant(value: Node) -> Node:
    """Return the value; a literal by a format of its own, not by the session's."""
    if not (isinstance(value, exp.Literal) and value.is_string):
        return value
    if len(value.name) == len("2024-02-29"):
        return fn("TO_DATE", value, text("YYYY-MM-DD"))
    fraction = ".FF" if "." in value.name else ""
    return fn("TO_TIMESTAMP", value, text(f"YYYY-MM-DD HH24:MI:SS{fraction}"))


def _trunc(value: Node) -> Node:
    return fn("TRUNC", _instant(value))


def _first_of(year: Node, month: Node) -> Node:
    digits = fn("TO_CHAR", digits_of_date(year, month, number(1)))
    return fn("TO_DATE", digits, text("YYYYMMDD"))


def _add_days(start: Node, days: Node) -> Node:
    return plus(_trunc(start), days)


def _add_months(start: Node, months: Node) -> Node:
    """From the first of the month: ADD_MONTHS takes the last of a month to the last of another."""
    first = fn("ADD_MONTHS", fn("TRUNC", start, text("MM")), months)
    same_day = exp.Sub(this=plus(first, extract("DAY")(start)), expression=number(1))
    return fn("LEAST", same_day, fn("LAST_DAY", first))


def _seconds(first: Node, second: Node) -> Node:
    """Days and seconds of the day: a difference of dates is a fraction that has been rounded."""

    def of_day(instant: Node) -> Node:
        return fn("TO_NUMBER", fn("TO_CHAR", _instant(instant), text("SSSSS")))

    days = minus(_trunc(second), _trunc(first))
    return plus(times(days, number(86400)), minus(of_day(second), of_day(first)))


def _number(value: Node) -> Node:
    """Convert what reads as a numeral, whatever the decimal sign of the session is.

    TO_CHAR(0.5) starts with that sign, which a number turned into text has, too.
    """
    sign = fn("SUBSTR", fn("TO_CHAR", exp.Literal.number("0.5")), number(1), number(1))
    plain = fn("REPLACE", fn("TO_CHAR", value), sign, text("."))
    numeral = fn("REGEXP_LIKE", plain, text(NUMERAL))
    read = fn("REPLACE", fn("TRIM", plain), text("."), sign)
    return when(numeral, fn("TO_BINARY_DOUBLE", read))


MAKERS: dict[str, Maker] = (
    PORTABLE
    | numbers("BINARY_DOUBLE")
    | {
        "EHR_DATE": _instant,
        "EHR_NO_DATE": null_as("DATE"),
        "EHR_NO_TIME": null_as("TIMESTAMP"),
        "EHR_NO_TEXT": null_as("VARCHAR2(255)"),
        "EHR_NO_NUMBER": null_as("BINARY_DOUBLE"),
        "EHR_NO_INTEGER": null_as("NUMBER(19)"),
        "EHR_TO_DATE": _trunc,
        "EHR_TO_TIME": lambda value: cast(_instant(value), "TIMESTAMP"),
        "EHR_DAY_DIFF": lambda a, b: minus(_trunc(b), _trunc(a)),
        "EHR_ADD_DAYS": _add_days,
        "EHR_ADD_MONTHS": _add_months,
        "EHR_SECONDS": _seconds,
        "EHR_YEAR": extract("YEAR"),
        "EHR_MONTH": extract("MONTH"),
        "EHR_AGE": age_from(extract("YEAR"), extract("MONTH"), extract("DAY")),
        "EHR_MAKE_DATE": real_date(_first_of, _add_days, extract("MONTH")),
        "EHR_TEXT": lambda value: fn("TO_CHAR", value),
        "EHR_KEY": key_by_pipes(lambda value: fn("TO_CHAR", value)),
        "EHR_ISO": lambda d: fn("TO_CHAR", d, text("YYYY-MM-DD")),
        "EHR_ORDER": lambda x: fn("NLSSORT", x, text("NLS_SORT=BINARY")),
        "EHR_INTEGER": lambda x: whole(fn("TO_NUMBER", x), "NUMBER(19)"),
        "EHR_NUMBER": _number,
        "EHR_PREFIX": prefix("SUBSTR"),
        CODE_TABLE: code_table("oracle", varray_source, "BINARY_DOUBLE", as_it_is),
    }
)
