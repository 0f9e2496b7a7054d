"""DuckDB: DATE_DIFF('day') counts calendar boundaries; DATE plus a whole number is a DATE."""

from __future__ import annotations

from sqlglot import exp

from ehrkit.queries.canonical.functions import CODE_TABLE, Maker, Node
from ehrkit.queries.dialects.build import (
    cast,
    cast_to,
    extract,
    fn,
    joined_by_pipes,
    null_as,
    number,
    plus,
    text,
    try_cast,
    when,
)
from ehrkit.queries.dialects.codetables import as_it_is, code_table, values_source
from ehrkit.queries.dialects.portable import PORTABLE, age_from, key_by_pipes, numbers


def _make_date(year: Node, month: Node, day: Node) -> Node:
    """MAKE_DATE fails where there is no such day."""
    joined = joined_by_pipes(year, text("-"), month, text("-"), day)
    return try_cast(joined, "DATE")


def _integer(value: Node) -> Node:
    """The cast rounds, so that a fraction differs from what it becomes."""
    cut = try_cast(value, "BIGINT")
    return when(exp.EQ(this=cut, expression=try_cast(value, "DOUBLE")), cut)


def _number(value: Node) -> Node:
    """TRY_CAST also reads 1_000, inf and nan."""
    read = try_cast(value, "DOUBLE")
    finite = exp.LT(this=fn("ABS", read), expression=exp.Literal.number("1e100"))
    underscore = fn("INSTR", cast(value, "VARCHAR"), text("_"))
    plain = exp.EQ(this=underscore, expression=number(0))
    return when(exp.And(this=finite, expression=plain), read)


MAKERS: dict[str, Maker] = (
    PORTABLE
    | numbers("DOUBLE")
    | {
        "EHR_DATE": cast_to("DATE"),
        "EHR_NO_DATE": null_as("DATE"),
        "EHR_NO_TIME": null_as("TIMESTAMP"),
        "EHR_NO_TEXT": null_as("VARCHAR"),
        "EHR_NO_NUMBER": null_as("DOUBLE"),
        "EHR_NO_INTEGER": null_as("BIGINT"),
        "EHR_TO_DATE": cast_to("DATE"),
        "EHR_TO_TIME": cast_to("TIMESTAMP"),
        "EHR_DAY_DIFF": lambda a, b: fn("DATE_DIFF", text("day"), cast(a, "DATE"), cast(b, "DATE")),
        "EHR_ADD_DAYS": lambda a, n: plus(cast(a, "DATE"), cast(n, "INTEGER")),
        "EHR_ADD_MONTHS": lambda a, n: cast(plus(cast(a, "DATE"), fn("TO_MONTHS", n)), "DATE"),
        "EHR_SECONDS": lambda a, b: fn(
            "DATE_DIFF", text("second"), cast(a, "TIMESTAMP"), cast(b, "TIMESTAMP")
        ),
        "EHR_YEAR": extract("YEAR"),
        "EHR_MONTH": extract("MONTH"),
        "EHR_AGE": age_from(extract("YEAR"), extract("MONTH"), extract("DAY")),
        "EHR_MAKE_DATE": _make_date,
        "EHR_TEXT": cast_to("VARCHAR"),
        "EHR_KEY": key_by_pipes(cast_to("VARCHAR")),
        "EHR_ISO": cast_to("VARCHAR"),
        "EHR_INTEGER": _integer,
        "EHR_NUMBER": _number,
        CODE_TABLE: code_table("duckdb", values_source, "DOUBLE", as_it_is),
    }
)
