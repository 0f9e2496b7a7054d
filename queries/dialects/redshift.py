"""Redshift: PostgreSQL's casts, its own DATEDIFF (boundaries), no MAKE_DATE."""

from __future__ import annotations

from ehrkit.queries.canonical.functions import CODE_TABLE, Maker, Node
from ehrkit.queries.dialects.build import cast, digits_of_date, fn, number, text, word
from ehrkit.queries.dialects.codetables import as_it_is, code_table, nested_union_source
from ehrkit.queries.dialects.portable import real_date
from ehrkit.queries.dialects.postgres import MAKERS as POSTGRES
from ehrkit.queries.dialects.postgres import part


def _first_of(year: Node, month: Node) -> Node:
    """TO_DATE takes 30 February to March; there is no MAKE_DATE."""
    digits = cast(digits_of_date(year, month, number(1)), "VARCHAR")
    return fn("TO_DATE", digits, text("YYYYMMDD"))


def _add_days(start: Node, days: Node) -> Node:
    return cast(fn("DATEADD", word("DAY"), days, cast(start, "DATE")), "DATE")


MAKERS: dict[str, Maker] = POSTGRES | {
    "EHR_DAY_DIFF": lambda a, b: fn("DATEDIFF", word("DAY"), cast(a, "DATE"), cast(b, "DATE")),
    "EHR_ADD_DAYS": _add_days,
    "EHR_ADD_MONTHS": lambda a, n: cast(fn("DATEADD", word("MONTH"), n, cast(a, "DATE")), "DATE"),
    "EHR_SECONDS": lambda a, b: fn(
        "DATEDIFF", word("SECOND"), cast(a, "TIMESTAMP"), cast(b, "TIMESTAMP")
    ),
    "EHR_MAKE_DATE": real_date(_first_of, _add_days, part("MONTH")),
    "EHR_ORDER": lambda value: value,
    CODE_TABLE: code_table("redshift", nested_union_source, "DOUBLE PRECISION", as_it_is),
}
