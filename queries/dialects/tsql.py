"""SQL Server 2017 or later: DATEDIFF counts boundaries; no boolean values, no INTERVAL."""

from __future__ import annotations

from sqlglot import exp

from ehrkit.queries.dialects.build import cast, cast_to, fn, null_as, word
from ehrkit.queries.dialects.codetables import as_it_is, code_table, values_source
from ehrkit.queries.dialects.portable import PORTABLE, age_from, key_by_concat, numbers
from ehrkit.queries.functions import CODE_TABLE, Maker


def _part(name: str) -> Maker:
    return lambda value: fn(name, value)


MAKERS: dict[str, Maker] = (
    PORTABLE
    | numbers("FLOAT")
    | {
        "EHR_DATE": cast_to("DATE"),
        "EHR_NO_DATE": null_as("DATE"),
        "EHR_NO_TIME": null_as("DATETIME2"),
        "EHR_NO_TEXT": null_as("VARCHAR(255)"),
        "EHR_NO_NUMBER": null_as("FLOAT"),
        "EHR_NO_INTEGER": null_as("BIGINT"),
        "EHR_TO_DATE": cast_to("DATE"),
        "EHR_TO_TIME": cast_to("DATETIME2"),
        "EHR_DAY_DIFF": lambda a, b: fn("DATEDIFF", word("DAY"), a, b),
        "EHR_ADD_DAYS": lambda a, n: fn("DATEADD", word("DAY"), n, cast(a, "DATE")),
        "EHR_ADD_MONTHS": lambda a, n: fn("DATEADD", word("MONTH"), n, cast(a, "DATE")),
        "EHR_SECONDS": lambda a, b: fn(
            "DATEDIFF_BIG", word("SECOND"), cast(a, "DATETIME2"), cast(b, "DATETIME2")
        ),
        "EHR_YEAR": _part("YEAR"),
        "EHR_MONTH": _part("MONTH"),
        "EHR_AGE": age_from(_part("YEAR"), _part("MONTH"), _part("DAY")),
        "EHR_MAKE_DATE": lambda y, m, d: fn("DATEFROMPARTS", y, m, d),
        "EHR_TEXT": cast_to("VARCHAR(255)"),
        "EHR_KEY": key_by_concat(cast_to("VARCHAR(255)")),
        "EHR_INTEGER": cast_to("BIGINT"),
        "EHR_NUMBER": lambda x: exp.TryCast(this=x, to=cast(x, "FLOAT").args["to"], safe=True),
        CODE_TABLE: code_table("tsql", values_source, "FLOAT", as_it_is),
    }
)
