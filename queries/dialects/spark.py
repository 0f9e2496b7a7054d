"""Spark and Databricks: two-argument DATEDIFF(later, earlier) counts calendar days."""

from __future__ import annotations

from sqlglot import exp

from ehrkit.queries.dialects.build import cast, cast_to, extract, fn, null_as
from ehrkit.queries.dialects.portable import PORTABLE, age_from, key_by_concat
from ehrkit.queries.functions import Maker, Node


def _make_date(year: Node, month: Node, day: Node) -> Node:
    return fn("MAKE_DATE", *[cast(part, "INT") for part in (year, month, day)])


MAKERS: dict[str, Maker] = PORTABLE | {
    "EHR_DATE": cast_to("DATE"),
    "EHR_NO_DATE": null_as("DATE"),
    "EHR_NO_TIME": null_as("TIMESTAMP"),
    "EHR_NO_TEXT": null_as("STRING"),
    "EHR_NO_NUMBER": null_as("DOUBLE"),
    "EHR_TO_DATE": cast_to("DATE"),
    "EHR_TO_TIME": cast_to("TIMESTAMP"),
    "EHR_DAY_DIFF": lambda a, b: fn("DATEDIFF", cast(b, "DATE"), cast(a, "DATE")),
    "EHR_ADD_DAYS": lambda a, n: fn("DATE_ADD", cast(a, "DATE"), cast(n, "INT")),
    "EHR_AGE": age_from(extract("YEAR"), extract("MONTH"), extract("DAY")),
    "EHR_MAKE_DATE": _make_date,
    "EHR_TEXT": cast_to("STRING"),
    "EHR_KEY": key_by_concat(cast_to("STRING")),
    "EHR_INTEGER": cast_to("BIGINT"),
    "EHR_NUMBER": lambda x: exp.TryCast(this=x, to=cast(x, "DOUBLE").args["to"], safe=True),
}
