"""Redshift: PostgreSQL's casts, its own DATEDIFF (boundaries), no MAKE_DATE."""

from __future__ import annotations

from ehrkit.queries.dialects.build import cast, digits_of_date, fn, text, word
from ehrkit.queries.dialects.codetables import as_it_is, code_table, nested_union_source
from ehrkit.queries.dialects.postgres import MAKERS as POSTGRES
from ehrkit.queries.functions import CODE_TABLE, Maker, Node


def _make_date(year: Node, month: Node, day: Node) -> Node:
    return fn("TO_DATE", cast(digits_of_date(year, month, day), "VARCHAR"), text("YYYYMMDD"))


MAKERS: dict[str, Maker] = POSTGRES | {
    "EHR_DAY_DIFF": lambda a, b: fn("DATEDIFF", word("DAY"), cast(a, "DATE"), cast(b, "DATE")),
    "EHR_ADD_DAYS": lambda a, n: cast(fn("DATEADD", word("DAY"), n, cast(a, "DATE")), "DATE"),
    "EHR_ADD_MONTHS": lambda a, n: cast(fn("DATEADD", word("MONTH"), n, cast(a, "DATE")), "DATE"),
    "EHR_SECONDS": lambda a, b: fn(
        "DATEDIFF", word("SECOND"), cast(a, "TIMESTAMP"), cast(b, "TIMESTAMP")
    ),
    "EHR_MAKE_DATE": _make_date,
    CODE_TABLE: code_table("redshift", nested_union_source, "DOUBLE PRECISION", as_it_is),
}
