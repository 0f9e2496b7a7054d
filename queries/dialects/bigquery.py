"""BigQuery: DATE_DIFF(later, earlier, DAY); instants without a zone are DATETIME."""

from __future__ import annotations

from sqlglot import exp

from ehrkit.queries.canonical.functions import CODE_TABLE, Maker, Node
from ehrkit.queries.dialects.build import (
    cast,
    cast_to,
    extract,
    fn,
    null_as,
    text,
    try_cast,
    when,
    word,
)
from ehrkit.queries.dialects.codetables import as_it_is, code_table, struct_source
from ehrkit.queries.dialects.portable import (
    NUMERAL,
    PORTABLE,
    age_from,
    key_by_concat,
    numbers,
    whole,
)


def _shift(unit: str) -> Maker:
    return lambda start, count: exp.DateAdd(
        this=cast(start, "DATE"), expression=count, unit=word(unit)
    )


def _make_date(year: Node, month: Node, day: Node) -> Node:
    """DATE(y, m, d) fails where there is no such day."""
    return try_cast(fn("FORMAT", text("%04d-%02d-%02d"), year, month, day), "DATE")


def _number(value: Node) -> Node:
    """SAFE_CAST also reads inf and nan."""
    numeral = exp.RegexpLike(this=cast(value, "STRING"), expression=text(NUMERAL))
    return when(numeral, try_cast(value, "FLOAT64"))


MAKERS: dict[str, Maker] = (
    PORTABLE
    | numbers("FLOAT64")
    | {
        "EHR_DATE": cast_to("DATE"),
        "EHR_NO_DATE": null_as("DATE"),
        "EHR_NO_TIME": null_as("DATETIME"),
        "EHR_NO_TEXT": null_as("STRING"),
        "EHR_NO_NUMBER": null_as("FLOAT64"),
        "EHR_NO_INTEGER": null_as("INT64"),
        "EHR_TO_DATE": cast_to("DATE"),
        "EHR_TO_TIME": cast_to("DATETIME"),
        "EHR_DAY_DIFF": lambda a, b: fn("DATE_DIFF", cast(b, "DATE"), cast(a, "DATE"), word("DAY")),
        "EHR_ADD_DAYS": _shift("DAY"),
        "EHR_ADD_MONTHS": _shift("MONTH"),
        "EHR_SECONDS": lambda a, b: fn(
            "DATETIME_DIFF", cast(b, "DATETIME"), cast(a, "DATETIME"), word("SECOND")
        ),
        "EHR_YEAR": extract("YEAR"),
        "EHR_MONTH": extract("MONTH"),
        "EHR_AGE": age_from(extract("YEAR"), extract("MONTH"), extract("DAY")),
        "EHR_MAKE_DATE": _make_date,
        "EHR_TEXT": cast_to("STRING"),
        "EHR_KEY": key_by_concat(cast_to("STRING")),
        "EHR_ISO": cast_to("STRING"),
        "EHR_INTEGER": lambda x: whole(try_cast(x, "NUMERIC"), "INT64", try_cast),
        "EHR_NUMBER": _number,
        CODE_TABLE: code_table("bigquery", struct_source, "FLOAT64", as_it_is),
    }
)
