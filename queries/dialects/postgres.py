"""PostgreSQL, and what Redshift shares with it."""

from __future__ import annotations

from sqlglot import exp

from ehrkit.queries.canonical.functions import CODE_TABLE, Maker, Node
from ehrkit.queries.dialects.build import (
    cast,
    cast_to,
    collate,
    extract,
    fn,
    minus,
    null_as,
    number,
    plus,
    text,
    when,
)
from ehrkit.queries.dialects.codetables import as_it_is, code_table, values_source
from ehrkit.queries.dialects.portable import (
    NUMERAL,
    PORTABLE,
    age_from,
    key_by_pipes,
    numbers,
    real_date,
    whole,
)


def number_by_pattern(value: Node) -> Node:
    """Cast only what reads as a numeral: these engines have no TRY_CAST."""
    return when(_numeral(value), cast(cast(value, "VARCHAR"), "DOUBLE PRECISION"))


def integer_by_pattern(value: Node) -> Node:
    """Cast only what reads as a numeral of at most 18 digits, by way of a decimal."""
    as_text = cast(value, "VARCHAR")
    size = fn("ABS", cast(as_text, "DOUBLE PRECISION"))
    small = exp.LTE(this=size, expression=exp.Literal.number("1e18"))
    return when(_numeral(value), when(small, whole(cast(as_text, "DECIMAL(38, 9)"), "BIGINT")))


def _numeral(value: Node) -> Node:
    return exp.RegexpLike(this=cast(value, "VARCHAR"), expression=text(NUMERAL))


def _first_of(year: Node, month: Node) -> Node:
    return fn("MAKE_DATE", cast(year, "INTEGER"), cast(month, "INTEGER"), number(1))


def _add_days(start: Node, days: Node) -> Node:
    return plus(cast(start, "DATE"), cast(days, "INTEGER"))


def part(name: str) -> Maker:
    """EXTRACT gives NUMERIC; a part of a date is a whole number."""
    return lambda value: cast(extract(name)(value), "INTEGER")


def _add_months(start: Node, months: Node) -> Node:
    shift = fn("MAKE_INTERVAL", number(0), cast(months, "INTEGER"))
    return cast(plus(cast(start, "DATE"), shift), "DATE")


def _seconds(first: Node, second: Node) -> Node:
    def cut(instant: Node) -> Node:
        return fn("DATE_TRUNC", text("second"), cast(instant, "TIMESTAMP"))

    return cast(extract("EPOCH")(minus(cut(second), cut(first))), "BIGINT")


MAKERS: dict[str, Maker] = (
    PORTABLE
    | numbers("DOUBLE PRECISION")
    | {
        "EHR_DATE": cast_to("DATE"),
        "EHR_NO_DATE": null_as("DATE"),
        "EHR_NO_TIME": null_as("TIMESTAMP"),
        "EHR_NO_TEXT": null_as("VARCHAR"),
        "EHR_NO_NUMBER": null_as("DOUBLE PRECISION"),
        "EHR_NO_INTEGER": null_as("BIGINT"),
        "EHR_TO_DATE": cast_to("DATE"),
        "EHR_TO_TIME": cast_to("TIMESTAMP"),
        "EHR_DAY_DIFF": lambda a, b: minus(cast(b, "DATE"), cast(a, "DATE")),
        "EHR_ADD_DAYS": _add_days,
        "EHR_ADD_MONTHS": _add_months,
        "EHR_SECONDS": _seconds,
        "EHR_YEAR": part("YEAR"),
        "EHR_MONTH": part("MONTH"),
        "EHR_AGE": age_from(part("YEAR"), part("MONTH"), part("DAY")),
        "EHR_MAKE_DATE": real_date(_first_of, _add_days, part("MONTH")),
        "EHR_TEXT": cast_to("VARCHAR"),
        "EHR_ISO": lambda d: fn("TO_CHAR", d, text("YYYY-MM-DD")),
        "EHR_ORDER": lambda x: collate(x, '"C"'),
        "EHR_KEY": key_by_pipes(cast_to("VARCHAR")),
        "EHR_INTEGER": integer_by_pattern,
        "EHR_NUMBER": number_by_pattern,
        CODE_TABLE: code_table("postgres", values_source, "DOUBLE PRECISION", as_it_is),
    }
)
