"""Snowflake: DATEDIFF and DATEADD by unit; TRY_TO_DOUBLE takes text alone."""

from __future__ import annotations

from sqlglot import exp

from ehrkit.queries.canonical.functions import CODE_TABLE, Maker, Node
from ehrkit.queries.dialects.build import (
    cast,
    cast_to,
    digits_of_date,
    extract,
    fn,
    null_as,
    number,
    text,
    when,
    word,
)
from ehrkit.queries.dialects.codetables import as_it_is, chunked_values_source, code_table
from ehrkit.queries.dialects.portable import (
    NUMERAL,
    PORTABLE,
    age_from,
    key_by_pipes,
    numbers,
    whole,
)


def _make_date(year: Node, month: Node, day: Node) -> Node:
    """DATE_FROM_PARTS takes 30 February to March."""
    digits = cast(digits_of_date(year, month, day), "VARCHAR")
    return fn("TRY_TO_DATE", digits, text("YYYYMMDD"))


def _number(value: Node) -> Node:
    """TRY_TO_DOUBLE also reads inf and nan."""
    as_text = cast(value, "VARCHAR")
    numeral = exp.RegexpLike(this=as_text, expression=text(NUMERAL))
    return when(numeral, fn("TRY_TO_DOUBLE", fn("TRIM", as_text)))


def _integer(value: Node) -> Node:
    decimal = fn("TRY_TO_DECIMAL", fn("TRIM", cast(value, "VARCHAR")), number(27), number(9))
    return whole(decimal, "BIGINT")


MAKERS: dict[str, Maker] = (
    PORTABLE
    | numbers("DOUBLE")
    | {
        "EHR_DATE": cast_to("DATE"),
        "EHR_NO_DATE": null_as("DATE"),
        "EHR_NO_TIME": null_as("TIMESTAMP_NTZ"),
        "EHR_NO_TEXT": null_as("VARCHAR"),
        "EHR_NO_NUMBER": null_as("DOUBLE"),
        "EHR_NO_INTEGER": null_as("BIGINT"),
        "EHR_TO_DATE": cast_to("DATE"),
        "EHR_TO_TIME": cast_to("TIMESTAMP_NTZ"),
        "EHR_DAY_DIFF": lambda a, b: fn("DATEDIFF", word("DAY"), a, b),
        "EHR_ADD_DAYS": lambda a, n: fn("DATEADD", word("DAY"), n, cast(a, "DATE")),
        "EHR_ADD_MONTHS": lambda a, n: fn("DATEADD", word("MONTH"), n, cast(a, "DATE")),
        "EHR_SECONDS": lambda a, b: fn(
            "DATEDIFF", word("SECOND"), cast(a, "TIMESTAMP_NTZ"), cast(b, "TIMESTAMP_NTZ")
        ),
        "EHR_YEAR": extract("YEAR"),
        "EHR_MONTH": extract("MONTH"),
        "EHR_AGE": age_from(extract("YEAR"), extract("MONTH"), extract("DAY")),
        "EHR_MAKE_DATE": _make_date,
        "EHR_TEXT": cast_to("VARCHAR"),
        "EHR_KEY": key_by_pipes(cast_to("VARCHAR")),
        "EHR_ISO": lambda d: fn("TO_VARCHAR", d, text("YYYY-MM-DD")),
        "EHR_INTEGER": _integer,
        "EHR_NUMBER": _number,
        CODE_TABLE: code_table("snowflake", chunked_values_source, "DOUBLE", as_it_is),
    }
)
