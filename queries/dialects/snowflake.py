"""Snowflake: DATEDIFF and DATEADD by unit; TRY_TO_DOUBLE takes text alone."""

from __future__ import annotations

from ehrkit.queries.dialects.build import cast, cast_to, extract, fn, null_as, word
from ehrkit.queries.dialects.codetables import as_it_is, chunked_values_source, code_table
from ehrkit.queries.dialects.portable import PORTABLE, age_from, key_by_pipes, numbers
from ehrkit.queries.functions import CODE_TABLE, Maker

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
        "EHR_MAKE_DATE": lambda y, m, d: fn("DATE_FROM_PARTS", y, m, d),
        "EHR_TEXT": cast_to("VARCHAR"),
        "EHR_KEY": key_by_pipes(cast_to("VARCHAR")),
        "EHR_INTEGER": cast_to("BIGINT"),
        "EHR_NUMBER": lambda x: fn("TRY_TO_DOUBLE", cast(x, "VARCHAR")),
        CODE_TABLE: code_table("snowflake", chunked_values_source, "DOUBLE", as_it_is),
    }
)
