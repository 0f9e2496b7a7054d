"""PostgreSQL, and what Redshift shares with it."""

from __future__ import annotations

from sqlglot import exp

from ehrkit.queries.dialects.build import (
    cast,
    cast_to,
    extract,
    fn,
    minus,
    null_as,
    number,
    plus,
    text,
)
from ehrkit.queries.dialects.build import when as case_when
from ehrkit.queries.dialects.codetables import as_it_is, code_table, values_source
from ehrkit.queries.dialects.portable import PORTABLE, age_from, key_by_pipes, numbers
from ehrkit.queries.functions import CODE_TABLE, Maker, Node

NUMERAL = r"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$"


def number_by_pattern(value: Node) -> Node:
    """Cast only what reads as a numeral: these engines have no TRY_CAST."""
    as_text = cast(value, "VARCHAR")
    numeral = exp.RegexpLike(this=as_text, expression=text(NUMERAL))
    return case_when(numeral, cast(as_text, "DOUBLE PRECISION"))


def make_date(year: Node, month: Node, day: Node) -> Node:
    """MAKE_DATE takes INTEGER alone."""
    return fn("MAKE_DATE", *[cast(part, "INTEGER") for part in (year, month, day)])


def _part(name: str) -> Maker:
    """EXTRACT gives NUMERIC; a part of a date is a whole number."""
    return lambda value: cast(extract(name)(value), "INTEGER")


def _add_months(start: Node, months: Node) -> Node:
    shift = fn("MAKE_INTERVAL", number(0), cast(months, "INTEGER"))
    return cast(plus(cast(start, "DATE"), shift), "DATE")


def _seconds(first: Node, second: Node) -> Node:
    def cut(instant: Node) -> Node:
        return fn("DATE_TRUNC", text("second"), cast(instant, "TIMESTAMP"))

    return cast(extract("EPOCH")(minus(cut(second), cut(first))), "BIGINT")


MAKERS: dict[str, Maker] = (
    PORTABLE
    | numbers("DOUBLE PRECISION")
    | {
        "EHR_DATE": cast_to("DATE"),
        "EHR_NO_DATE": null_as("DATE"),
        "EHR_NO_TIME": null_as("TIMESTAMP"),
        "EHR_NO_TEXT": null_as("VARCHAR"),
        "EHR_NO_NUMBER": null_as("DOUBLE PRECISION"),
        "EHR_NO_INTEGER": null_as("BIGINT"),
        "EHR_TO_DATE": cast_to("DATE"),
        "EHR_TO_TIME": cast_to("TIMESTAMP"),
        "EHR_DAY_DIFF": lambda a, b: minus(cast(b, "DATE"), cast(a, "DATE")),
        "EHR_ADD_DAYS": lambda a, n: plus(cast(a, "DATE"), cast(n, "INTEGER")),
        "EHR_ADD_MONTHS": _add_months,
        "EHR_SECONDS": _seconds,
        "EHR_YEAR": _part("YEAR"),
        "EHR_MONTH": _part("MONTH"),
        "EHR_AGE": age_from(_part("YEAR"), _part("MONTH"), _part("DAY")),
        "EHR_MAKE_DATE": make_date,
        "EHR_TEXT": cast_to("VARCHAR"),
        "EHR_KEY": key_by_pipes(cast_to("VARCHAR")),
        "EHR_INTEGER": cast_to("BIGINT"),
        "EHR_NUMBER": number_by_pattern,
        CODE_TABLE: code_table("postgres", values_source, "DOUBLE PRECISION", as_it_is),
    }
)
