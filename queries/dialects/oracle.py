"""Oracle 12.2 or later: DATE holds a time, so TRUNC it; a difference is days already."""

from __future__ import annotations

from ehrkit.queries.dialects.build import (
    cast_to,
    digits_of_date,
    extract,
    fn,
    minus,
    null_as,
    plus,
    text,
)
from ehrkit.queries.dialects.portable import PORTABLE, age_from, key_by_pipes
from ehrkit.queries.functions import Maker, Node


def _trunc(value: Node) -> Node:
    return fn("TRUNC", value)


def _make_date(year: Node, month: Node, day: Node) -> Node:
    return fn("TO_DATE", fn("TO_CHAR", digits_of_date(year, month, day)), text("YYYYMMDD"))


# EHR_NUMBER has no maker: `TO_NUMBER(x DEFAULT NULL ON CONVERSION ERROR)` depends on the
# session's decimal sign, and a wrong number is worse than a refusal.
MAKERS: dict[str, Maker] = PORTABLE | {
    "EHR_DATE": lambda literal: fn("TO_DATE", literal, text("YYYY-MM-DD")),
    "EHR_NO_DATE": null_as("DATE"),
    "EHR_NO_TIME": null_as("TIMESTAMP"),
    "EHR_NO_TEXT": null_as("VARCHAR2(255)"),
    "EHR_NO_NUMBER": null_as("NUMBER"),
    "EHR_TO_DATE": _trunc,
    "EHR_TO_TIME": cast_to("TIMESTAMP"),
    "EHR_DAY_DIFF": lambda a, b: minus(_trunc(b), _trunc(a)),
    "EHR_ADD_DAYS": lambda a, n: plus(_trunc(a), n),
    "EHR_AGE": age_from(extract("YEAR"), extract("MONTH"), extract("DAY")),
    "EHR_MAKE_DATE": _make_date,
    "EHR_TEXT": lambda value: fn("TO_CHAR", value),
    "EHR_KEY": key_by_pipes(lambda value: fn("TO_CHAR", value)),
    "EHR_INTEGER": lambda value: fn("TO_NUMBER", value),
}
