"""Trino: DATE_DIFF('day') of DATEs; no MAKE_DATE."""

from __future__ import annotations

from sqlglot import exp

from ehrkit.queries.canonical.functions import CODE_TABLE, Maker, Node
from ehrkit.queries.dialects.build import cast, cast_to, extract, fn, null_as, text, try_cast, when
from ehrkit.queries.dialects.codetables import as_it_is, code_table, values_source
from ehrkit.queries.dialects.portable import (
    NUMERAL,
    PORTABLE,
    WHOLE,
    age_from,
    key_by_pipes,
    numbers,
    whole,
)


def _make_date(year: Node, month: Node, day: Node) -> Node:
    return try_cast(fn("FORMAT", text("%04d-%02d-%02d"), year, month, day), "DATE")


def _number(value: Node) -> Node:
    """TRY_CAST also reads Infinity, NaN and 1d."""
    numeral = exp.RegexpLike(this=cast(value, "VARCHAR"), expression=text(NUMERAL))
    return when(numeral, try_cast(value, "DOUBLE"))


def _cut(instant: Node) -> Node:
    """DATE_DIFF counts elapsed seconds, and not those that begin."""
    return fn("DATE_TRUNC", text("second"), cast(instant, "TIMESTAMP(6)"))


MAKERS: dict[str, Maker] = (
    PORTABLE
    | numbers("DOUBLE")
    | {
        "EHR_DATE": cast_to("DATE"),
        "EHR_NO_DATE": null_as("DATE"),
        "EHR_NO_TIME": null_as("TIMESTAMP(6)"),
        "EHR_NO_TEXT": null_as("VARCHAR"),
        "EHR_NO_NUMBER": null_as("DOUBLE"),
        "EHR_NO_INTEGER": null_as("BIGINT"),
        "EHR_TO_DATE": cast_to("DATE"),
        "EHR_TO_TIME": cast_to("TIMESTAMP(6)"),
        "EHR_DAY_DIFF": lambda a, b: fn("DATE_DIFF", text("day"), cast(a, "DATE"), cast(b, "DATE")),
        "EHR_ADD_DAYS": lambda a, n: fn("DATE_ADD", text("day"), n, cast(a, "DATE")),
        "EHR_ADD_MONTHS": lambda a, n: fn("DATE_ADD", text("month"), n, cast(a, "DATE")),
        "EHR_SECONDS": lambda a, b: fn("DATE_DIFF", text("second"), _cut(a), _cut(b)),
        "EHR_YEAR": extract("YEAR"),
        "EHR_MONTH": extract("MONTH"),
        "EHR_AGE": age_from(extract("YEAR"), extract("MONTH"), extract("DAY")),
        "EHR_MAKE_DATE": _make_date,
        "EHR_TEXT": cast_to("VARCHAR"),
        "EHR_KEY": key_by_pipes(cast_to("VARCHAR")),
        "EHR_ISO": cast_to("VARCHAR"),
        "EHR_INTEGER": lambda x: whole(try_cast(x, WHOLE), "BIGINT"),
        "EHR_NUMBER": _number,
        CODE_TABLE: code_table("trino", values_source, "DOUBLE", as_it_is),
    }
)
