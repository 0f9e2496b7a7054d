"""MySQL 8 and MariaDB 10.2 or later: DATEDIFF(later, earlier) uses the date parts alone."""

from __future__ import annotations

from sqlglot import exp

from ehrkit.queries.dialects.build import (
    cast,
    cast_to,
    digits_of_date,
    extract,
    fn,
    null_as,
    text,
    when,
    word,
)
from ehrkit.queries.dialects.portable import PORTABLE, age_from, key_by_concat
from ehrkit.queries.functions import Maker, Node

NUMERAL = "^[[:space:]]*[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?[[:space:]]*$"


def _add_days(start: Node, days: Node) -> Node:
    return exp.DateAdd(this=cast(start, "DATE"), expression=days, unit=word("DAY"))


def _make_date(year: Node, month: Node, day: Node) -> Node:
    return fn("STR_TO_DATE", cast(digits_of_date(year, month, day), "CHAR"), text("%Y%m%d"))


def _number(value: Node) -> Node:
    as_text = cast(value, "CHAR")
    numeral = exp.RegexpLike(this=as_text, expression=text(NUMERAL))
    return when(numeral, cast(as_text, "DOUBLE"))


MAKERS: dict[str, Maker] = PORTABLE | {
    "EHR_DATE": cast_to("DATE"),
    "EHR_NO_DATE": null_as("DATE"),
    "EHR_NO_TIME": null_as("DATETIME"),
    "EHR_NO_TEXT": null_as("CHAR"),
    "EHR_NO_NUMBER": null_as("DOUBLE"),
    "EHR_TO_DATE": cast_to("DATE"),
    "EHR_TO_TIME": cast_to("DATETIME(6)"),
    "EHR_DAY_DIFF": lambda a, b: fn("DATEDIFF", b, a),
    "EHR_ADD_DAYS": _add_days,
    "EHR_AGE": age_from(extract("YEAR"), extract("MONTH"), extract("DAY")),
    "EHR_MAKE_DATE": _make_date,
    "EHR_TEXT": cast_to("CHAR"),
    "EHR_KEY": key_by_concat(cast_to("CHAR")),
    "EHR_INTEGER": cast_to("SIGNED"),
    "EHR_NUMBER": _number,
}
