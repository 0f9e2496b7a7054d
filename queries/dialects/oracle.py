"""Oracle 12.2 or later: DATE holds a time, so TRUNC it; a difference is days already."""

from __future__ import annotations

from sqlglot import exp

from ehrkit.queries.dialects.build import (
    cast_to,
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
from ehrkit.queries.dialects.portable import PORTABLE, age_from, key_by_pipes, numbers, prefix
from ehrkit.queries.functions import CODE_TABLE, Maker, Node

NUMERAL = "^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$"


def _trunc(value: Node) -> Node:
    return fn("TRUNC", value)


def _make_date(year: Node, month: Node, day: Node) -> Node:
    return fn("TO_DATE", fn("TO_CHAR", digits_of_date(year, month, day)), text("YYYYMMDD"))


def _add_months(start: Node, months: Node) -> Node:
    """From the first of the month: ADD_MONTHS takes the last of a month to the last of another."""
    first = fn("ADD_MONTHS", fn("TRUNC", start, text("MM")), months)
    same_day = exp.Sub(this=plus(first, extract("DAY")(start)), expression=number(1))
    return fn("LEAST", same_day, fn("LAST_DAY", first))


def _seconds(first: Node, second: Node) -> Node:
    """Days and seconds of the day: a difference of dates is a fraction that has been rounded."""

    def of_day(instant: Node) -> Node:
        return fn("TO_NUMBER", fn("TO_CHAR", instant, text("SSSSS")))

    days = minus(_trunc(second), _trunc(first))
    return plus(times(days, number(86400)), minus(of_day(second), of_day(first)))


def _number(value: Node) -> Node:
    """Cast what reads as a numeral, whatever the decimal sign of the session is."""
    sign = fn("SUBSTR", fn("TO_CHAR", exp.Literal.number("0.5")), number(1), number(1))
    plain = fn("TRIM", fn("REPLACE", fn("TO_CHAR", value), sign, text(".")))
    numeral = fn("REGEXP_LIKE", plain, text(NUMERAL))
    return when(numeral, fn("TO_BINARY_DOUBLE", fn("REPLACE", plain, text("."), sign)))


MAKERS: dict[str, Maker] = (
    PORTABLE
    | numbers("BINARY_DOUBLE")
    | {
        "EHR_DATE": lambda literal: fn("TO_DATE", literal, text("YYYY-MM-DD")),
        "EHR_NO_DATE": null_as("DATE"),
        "EHR_NO_TIME": null_as("TIMESTAMP"),
        "EHR_NO_TEXT": null_as("VARCHAR2(255)"),
        "EHR_NO_NUMBER": null_as("BINARY_DOUBLE"),
        "EHR_NO_INTEGER": null_as("NUMBER(19)"),
        "EHR_TO_DATE": _trunc,
        "EHR_TO_TIME": cast_to("TIMESTAMP"),
        "EHR_DAY_DIFF": lambda a, b: minus(_trunc(b), _trunc(a)),
        "EHR_ADD_DAYS": lambda a, n: plus(_trunc(a), n),
        "EHR_ADD_MONTHS": _add_months,
        "EHR_SECONDS": _seconds,
        "EHR_YEAR": extract("YEAR"),
        "EHR_MONTH": extract("MONTH"),
        "EHR_AGE": age_from(extract("YEAR"), extract("MONTH"), extract("DAY")),
        "EHR_MAKE_DATE": _make_date,
        "EHR_TEXT": lambda value: fn("TO_CHAR", value),
        "EHR_KEY": key_by_pipes(lambda value: fn("TO_CHAR", value)),
        "EHR_INTEGER": lambda value: fn("TO_NUMBER", value),
        "EHR_NUMBER": _number,
        "EHR_PREFIX": prefix("SUBSTR"),
        CODE_TABLE: code_table("oracle", varray_source, "BINARY_DOUBLE", as_it_is),
    }
)
