"""BigQuery: DATE_DIFF(later, earlier, DAY); instants without a zone are DATETIME."""

from __future__ import annotations

from sqlglot import exp

from ehrkit.queries.dialects.build import cast, cast_to, extract, fn, null_as, word
from ehrkit.queries.dialects.codetables import as_it_is, code_table, struct_source
from ehrkit.queries.dialects.portable import PORTABLE, age_from, key_by_concat, numbers
from ehrkit.queries.functions import CODE_TABLE, Maker, Node


def _shift(unit: str) -> Maker:
    return lambda start, count: exp.DateAdd(
        this=cast(start, "DATE"), expression=count, unit=word(unit)
    )


def _make_date(year: Node, month: Node, day: Node) -> Node:
    return fn("DATE", year, month, day)


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
        "EHR_INTEGER": cast_to("INT64"),
        "EHR_NUMBER": lambda x: exp.TryCast(this=x, to=cast(x, "FLOAT64").args["to"], safe=True),
        CODE_TABLE: code_table("bigquery", struct_source, "FLOAT64", as_it_is),
    }
)
