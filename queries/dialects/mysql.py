"""MySQL 8 and MariaDB 10.2 or later: DATEDIFF(later, earlier) uses the date parts alone."""

from __future__ import annotations

from sqlglot import exp

from ehrkit.queries.dialects.build import (
    cast,
    cast_to,
    digits_of_date,
    extract,
    fn,
    minus,
    null_as,
    number,
    text,
    when,
    word,
)
from ehrkit.queries.dialects.codetables import as_it_is, code_table, union_source
from ehrkit.queries.dialects.portable import PORTABLE, age_from, key_by_concat, numbers
from ehrkit.queries.functions import CODE_TABLE, Maker, Node

NUMERAL = "^[[:space:]]*[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?[[:space:]]*$"


def _shift(unit: str) -> Maker:
    return lambda start, count: exp.DateAdd(
        this=cast(start, "DATE"), expression=count, unit=word(unit)
    )


def _make_date(year: Node, month: Node, day: Node) -> Node:
    return fn("STR_TO_DATE", cast(digits_of_date(year, month, day), "CHAR"), text("%Y%m%d"))


def _number(value: Node) -> Node:
    as_text = cast(value, "CHAR")
    # MariaDB has no REGEXP_LIKE.
    found = fn("REGEXP_INSTR", as_text, text(NUMERAL))
    numeral = exp.GT(this=found, expression=number(0))
    return when(numeral, cast(as_text, "DOUBLE"))


MAKERS: dict[str, Maker] = (
    PORTABLE
    | numbers("DOUBLE")
    | {
        "EHR_DATE": cast_to("DATE"),
        "EHR_NO_DATE": null_as("DATE"),
        "EHR_NO_TIME": null_as("DATETIME"),
        "EHR_NO_TEXT": null_as("CHAR"),
        "EHR_NO_NUMBER": null_as("DOUBLE"),
        "EHR_NO_INTEGER": null_as("SIGNED"),
        "EHR_TO_DATE": cast_to("DATE"),
        "EHR_TO_TIME": cast_to("DATETIME(6)"),
        "EHR_DAY_DIFF": lambda a, b: fn("DATEDIFF", b, a),
        "EHR_ADD_DAYS": _shift("DAY"),
        "EHR_ADD_MONTHS": _shift("MONTH"),
        "EHR_SECONDS": lambda a, b: minus(fn("TO_SECONDS", b), fn("TO_SECONDS", a)),
        "EHR_YEAR": extract("YEAR"),
        "EHR_MONTH": extract("MONTH"),
        "EHR_AGE": age_from(extract("YEAR"), extract("MONTH"), extract("DAY")),
        "EHR_MAKE_DATE": _make_date,
        "EHR_TEXT": cast_to("CHAR"),
        "EHR_KEY": key_by_concat(cast_to("CHAR")),
        "EHR_INTEGER": cast_to("SIGNED"),
        "EHR_NUMBER": _number,
        CODE_TABLE: code_table("mysql", union_source, "DOUBLE", as_it_is),
    }
)
