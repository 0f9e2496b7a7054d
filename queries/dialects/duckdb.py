"""DuckDB: DATE_DIFF('day') counts calendar boundaries; DATE plus a whole number is a DATE."""

from __future__ import annotations

from sqlglot import exp

from ehrkit.queries.dialects.build import cast, cast_to, extract, fn, null_as, plus, text
from ehrkit.queries.dialects.portable import PORTABLE, age_from, key_by_pipes
from ehrkit.queries.functions import Maker

MAKERS: dict[str, Maker] = PORTABLE | {
    "EHR_DATE": cast_to("DATE"),
    "EHR_NO_DATE": null_as("DATE"),
    "EHR_NO_TIME": null_as("TIMESTAMP"),
    "EHR_NO_TEXT": null_as("VARCHAR"),
    "EHR_NO_NUMBER": null_as("DOUBLE"),
    "EHR_TO_DATE": cast_to("DATE"),
    "EHR_TO_TIME": cast_to("TIMESTAMP"),
    "EHR_DAY_DIFF": lambda a, b: fn("DATE_DIFF", text("day"), cast(a, "DATE"), cast(b, "DATE")),
    "EHR_ADD_DAYS": lambda a, n: plus(cast(a, "DATE"), cast(n, "INTEGER")),
    "EHR_AGE": age_from(extract("YEAR"), extract("MONTH"), extract("DAY")),
    "EHR_MAKE_DATE": lambda y, m, d: fn("MAKE_DATE", y, m, d),
    "EHR_TEXT": cast_to("VARCHAR"),
    "EHR_KEY": key_by_pipes(cast_to("VARCHAR")),
    "EHR_INTEGER": cast_to("BIGINT"),
    "EHR_NUMBER": lambda x: exp.TryCast(this=x, to=cast(x, "DOUBLE").args["to"], safe=True),
}
