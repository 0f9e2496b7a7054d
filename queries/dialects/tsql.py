"""SQL Server 2017 or later: DATEDIFF counts boundaries; no boolean values, no INTERVAL."""

from __future__ import annotations

from sqlglot import exp

from ehrkit.queries.canonical.functions import CODE_TABLE, Maker, Node, own
from ehrkit.queries.dialects.build import (
    cast,
    cast_to,
    collate,
    digits_of_date,
    fn,
    null_as,
    number,
    text,
    try_cast,
    when,
    word,
)
from ehrkit.queries.dialects.codetables import as_it_is, code_table, values_source
from ehrkit.queries.dialects.portable import (
    PORTABLE,
    WHOLE,
    age_from,
    key_by_concat,
    numbers,
    whole,
)

# By code points; the default collations take 'a' for 'A', and superscripts for digits.
BINARY = "Latin1_General_BIN2"


def _make_date(year: Node, month: Node, day: Node) -> Node:
    """DATEFROMPARTS fails where there is no such day; style 112 is YYYYMMDD."""
    digits = cast(digits_of_date(year, month, day), "VARCHAR(8)")
    return fn("TRY_CONVERT", word("DATE"), digits, number(112))


def _number(value: Node) -> Node:
    """TRY_CAST reads an empty text as 0; the characters of a numeral are few."""
    as_text = collate(cast(value, "VARCHAR(255)"), BINARY)
    strange = exp.Like(this=as_text, expression=text("%[^0-9eE.+ -]%"))
    digits = exp.Like(this=own(as_text), expression=text("%[0-9]%"))
    numeral = exp.And(this=exp.Not(this=strange), expression=digits)
    return when(numeral, try_cast(value, "FLOAT"))


def _integer(value: Node) -> Node:
    """A DECIMAL is exact, but is not read from 1e3."""
    exact, by_number = (try_cast(one, WHOLE) for one in (value, _number(value)))
    return whole(exp.Coalesce(this=exact, expressions=[by_number]), "BIGINT")


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
        "EHR_MAKE_DATE": _make_date,
        "EHR_TEXT": cast_to("VARCHAR(255)"),
        "EHR_KEY": key_by_concat(cast_to("VARCHAR(255)")),
        "EHR_ISO": lambda d: fn("CONVERT", word("VARCHAR(10)"), cast(d, "DATE"), number(23)),
        "EHR_ORDER": lambda x: collate(x, BINARY),
        "EHR_INTEGER": _integer,
        "EHR_NUMBER": _number,
        CODE_TABLE: code_table("tsql", values_source, "FLOAT", as_it_is),
    }
)
