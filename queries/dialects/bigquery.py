"""BigQuery: DATE_DIFF(later, earlier, DAY); instants without a zone are DATETIME."""

from __future__ import annotations

from sqlglot import exp

from ehrkit.queries.dialects.build import cast, cast_to, extract, fn, null_as, word
from ehrkit.queries.dialects.portable import PORTABLE, age_from, key_by_concat
from ehrkit.queries.functions import Maker, Node


def _add_days(start: Node, days: Node) -> Node:
    return exp.DateAdd(this=cast(start, "DATE"), expression=days, unit=word("DAY"))


def _make_date(year: Node, month: Node, day: Node) -> Node:
    return fn("DATE", year, month, day)


MAKERS: dict[str, Maker] = PORTABLE | {
    "EHR_DATE": cast_to("DATE"),
    "EHR_NO_DATE": null_as("DATE"),
    "EHR_NO_TIME": null_as("DATETIME"),
    "EHR_NO_TEXT": null_as("STRING"),
    "EHR_NO_NUMBER": null_as("FLOAT64"),
    "EHR_TO_DATE": cast_to("DATE"),
    "EHR_TO_TIME": cast_to("DATETIME"),
    "EHR_DAY_DIFF": lambda a, b: fn("DATE_DIFF", cast(b, "DATE"), cast(a, "DATE"), word("DAY")),
    "EHR_ADD_DAYS": _add_days,
    "EHR_AGE": age_from(extract("YEAR"), extract("MONTH"), extract("DAY")),
    "EHR_MAKE_DATE": _make_date,
    "EHR_TEXT": cast_to("STRING"),
    "EHR_KEY": key_by_concat(cast_to("STRING")),
    "EHR_INTEGER": cast_to("INT64"),
    "EHR_NUMBER": lambda x: exp.TryCast(this=x, to=cast(x, "FLOAT64").args["to"], safe=True),
}
