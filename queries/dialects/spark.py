"""Spark and Databricks: two-argument DATEDIFF(later, earlier) counts calendar days."""

from __future__ import annotations

from sqlglot import exp

from ehrkit.queries.canonical.functions import CODE_TABLE, Maker, Node
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
    times,
    try_cast,
    when,
)
from ehrkit.queries.dialects.codetables import as_it_is, code_table, values_source
from ehrkit.queries.dialects.portable import (
    NUMERAL,
    PORTABLE,
    WHOLE,
    age_from,
    key_by_concat,
    numbers,
    whole,
)


def _make_date(year: Node, month: Node, day: Node) -> Node:
    """MAKE_DATE fails where there is no such day."""
    return try_cast(fn("FORMAT_STRING", text("%04d-%02d-%02d"), year, month, day), "DATE")


def _number(value: Node) -> Node:
    """TRY_CAST also reads inf, nan and 1d."""
    numeral = exp.RegexpLike(this=cast(value, "STRING"), expression=text(NUMERAL))
    return when(numeral, try_cast(value, "DOUBLE"))


def _seconds(first: Node, second: Node) -> Node:
    """Days and seconds of the day: Spark's own difference is taken in the session's time zone."""

    def of_day(instant: Node) -> Node:
        local = cast(instant, "TIMESTAMP_NTZ")
        hours = times(fn("HOUR", local), number(3600))
        return plus(plus(hours, times(fn("MINUTE", local), number(60))), fn("SECOND", local))

    days = fn("DATEDIFF", cast(second, "DATE"), cast(first, "DATE"))
    return plus(times(cast(days, "BIGINT"), number(86400)), minus(of_day(second), of_day(first)))


MAKERS: dict[str, Maker] = (
    PORTABLE
    | numbers("DOUBLE")
    | {
        "EHR_DATE": cast_to("DATE"),
        "EHR_NO_DATE": null_as("DATE"),
        "EHR_NO_TIME": null_as("TIMESTAMP_NTZ"),
        "EHR_NO_TEXT": null_as("STRING"),
        "EHR_NO_NUMBER": null_as("DOUBLE"),
        "EHR_NO_INTEGER": null_as("BIGINT"),
        "EHR_TO_DATE": cast_to("DATE"),
        "EHR_TO_TIME": cast_to("TIMESTAMP_NTZ"),
        "EHR_DAY_DIFF": lambda a, b: fn("DATEDIFF", cast(b, "DATE"), cast(a, "DATE")),
        "EHR_ADD_DAYS": lambda a, n: fn("DATE_ADD", cast(a, "DATE"), cast(n, "INT")),
        "EHR_ADD_MONTHS": lambda a, n: fn("ADD_MONTHS", cast(a, "DATE"), cast(n, "INT")),
        "EHR_SECONDS": _seconds,
        "EHR_YEAR": extract("YEAR"),
        "EHR_MONTH": extract("MONTH"),
        "EHR_AGE": age_from(extract("YEAR"), extract("MONTH"), extract("DAY")),
        "EHR_MAKE_DATE": _make_date,
        "EHR_TEXT": cast_to("STRING"),
        "EHR_KEY": key_by_concat(cast_to("STRING")),
        "EHR_ISO": cast_to("STRING"),
        "EHR_INTEGER": lambda x: whole(try_cast(x, WHOLE), "BIGINT"),
        "EHR_NUMBER": _number,
        CODE_TABLE: code_table("spark", values_source, "DOUBLE", as_it_is),
    }
)
