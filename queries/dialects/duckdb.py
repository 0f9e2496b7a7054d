"""DuckDB: DATE_DIFF('day') counts calendar boundaries; DATE plus a whole number is a DATE."""

from __future__ import annotations

from sqlglot import exp

from ehrkit.queries.dialects.build import cast, cast_to, extract, fn, null_as, plus, text
from ehrkit.queries.dialects.codetables import as_it_is, code_table, values_source
from ehrkit.queries.dialects.portable import PORTABLE, age_from, key_by_pipes, numbers
from ehrkit.queries.functions import CODE_TABLE, Maker

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
        "EHR_MAKE_DATE": lambda y, m, d: fn("MAKE_DATE", y, m, d),
        "EHR_TEXT": cast_to("VARCHAR"),
        "EHR_KEY": key_by_pipes(cast_to("VARCHAR")),
        "EHR_INTEGER": cast_to("BIGINT"),
        "EHR_NUMBER": lambda x: exp.TryCast(this=x, to=cast(x, "DOUBLE").args["to"], safe=True),
        CODE_TABLE: code_table("duckdb", values_source, "DOUBLE", as_it_is),
    }
)
