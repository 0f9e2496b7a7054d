"""MySQL 8 and MariaDB 10.2 or later: DATEDIFF(later, earlier) uses the date parts alone."""

from __future__ import annotations

from sqlglot import exp

from ehrkit.queries.canonical.functions import CODE_TABLE, Maker, Node
from ehrkit.queries.dialects.build import (
    cast,
    cast_to,
    collate,
    digits_of_date,
    extract,
    fn,
    minus,
    null_as,
    number,
    text,
    when,
    word,
)
from ehrkit.queries.dialects.codetables import code_table, union_source
from ehrkit.queries.dialects.portable import (
    NUMERAL,
    PORTABLE,
    WHOLE,
    age_from,
    code,
    key_by_concat,
    numbers,
    real_date,
    whole,
)

# A text that went through ehrkit compares by its bytes: the default collations take 'a' for 'A'.
# Beside a column of any other collation the _bin one prevails, without an error.
COLLATION = "utf8mb4_bin"
TEXT = "CHAR CHARACTER SET utf8mb4"


def _text(value: Node) -> Node:
    return collate(cast(value, TEXT), COLLATION)


def _shift(unit: str) -> Maker:
    return lambda start, count: exp.DateAdd(
        this=cast(start, "DATE"), expression=count, unit=word(unit)
    )


def _first_of(year: Node, month: Node) -> Node:
    """STR_TO_DATE gives 30 February as a date."""
    digits = cast(digits_of_date(year, month, number(1)), "CHAR")
    return fn("STR_TO_DATE", digits, text("%Y%m%d"))


def _number(value: Node) -> Node:
    return when(_numeral(value), cast(cast(value, "CHAR"), "DOUBLE"))


def _integer(value: Node) -> Node:
    return when(_numeral(value), whole(cast(cast(value, "CHAR"), WHOLE), "SIGNED"))


def _numeral(value: Node) -> Node:
    """MariaDB has no REGEXP_LIKE."""
    found = fn("REGEXP_INSTR", cast(value, "CHAR"), text(NUMERAL))
    return exp.GT(this=found, expression=number(0))


MAKERS: dict[str, Maker] = (
    PORTABLE
    | numbers("DOUBLE")
    | {
        "EHR_DATE": cast_to("DATE"),
        "EHR_NO_DATE": null_as("DATE"),
        "EHR_NO_TIME": null_as("DATETIME"),
        "EHR_NO_TEXT": lambda: _text(exp.Null()),
        "EHR_NO_NUMBER": null_as("DOUBLE"),
        "EHR_NO_INTEGER": null_as("SIGNED"),
        "EHR_TO_DATE": cast_to("DATE"),
        "EHR_TO_TIME": cast_to("DATETIME(6)"),
        "EHR_DAY_DIFF": lambda a, b: fn("DATEDIFF", b, a),
        "EHR_ADD_DAYS": _shift("DAY"),
        "EHR_ADD_MONTHS": _shift("MONTH"),
        "EHR_SECONDS": lambda a, b: minus(fn("TO_SECONDS", b), fn("TO_SECONDS", a)),
        "EHR_YEAR": extract("YEAR"),
        "EHR_MONTH": extract("MONTH"),
        "EHR_AGE": age_from(extract("YEAR"), extract("MONTH"), extract("DAY")),
        "EHR_MAKE_DATE": real_date(_first_of, _shift("DAY"), extract("MONTH")),
        "EHR_TEXT": _text,
        "EHR_ISO": lambda d: fn("DATE_FORMAT", d, text("%Y-%m-%d")),
        "EHR_ORDER": _text,
        "EHR_CODE": lambda value: _text(code(value)),
        "EHR_KEY": key_by_concat(_text),
        "EHR_INTEGER": _integer,
        "EHR_NUMBER": _number,
        CODE_TABLE: code_table("mysql", union_source, "DOUBLE", _text),
    }
)
