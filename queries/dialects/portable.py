"""Makers that are the same SQL in every dialect."""

from __future__ import annotations

import re

from sqlglot import exp

from ehrkit.core.errors import DataError
from ehrkit.queries.canonical.functions import Maker, Node, own
from ehrkit.queries.dialects.build import (
    between,
    cast,
    fn,
    joined_by_pipes,
    minus,
    number,
    plus,
    text,
    times,
    when,
)


def code(value: Node) -> Node:
    """Upper case without dots or blanks around."""
    undotted = exp.Replace(this=own(value), expression=text("."), replacement=text(""))
    return exp.Trim(this=exp.Upper(this=undotted))


def _pick(comparison: type[exp.Binary]) -> Maker:
    def make(left: Node, right: Node) -> Node:
        keep_left = exp.Or(
            this=exp.Is(this=own(right), expression=exp.Null()),
            expression=comparison(this=own(left), expression=own(right)),
        )
        return when(keep_left, left, exp.Coalesce(this=own(right), expressions=[own(left)]))

    return make


def age_from(year: Maker, month: Maker, day: Maker) -> Maker:
    """Return the maker of EHR_AGE from the dialect's date parts.

    The difference of the years, less one where the birthday (month and day)
    has not come yet in the year of `at`.
    """

    def make(birth: Node, at: Node) -> Node:
        def month_day(value: Node) -> Node:
            return plus(times(month(value), number(100)), day(value))

        not_yet = exp.LT(this=month_day(at), expression=month_day(birth))
        years = minus(year(at), year(birth))
        return minus(years, when(not_yet, number(1), number(0)))

    return make


def key_by_pipes(as_text: Maker) -> Maker:
    """Return the maker of EHR_KEY for dialects that join text by ||."""
    return lambda left, right: joined_by_pipes(as_text(left), text("/"), as_text(right))


def key_by_concat(as_text: Maker) -> Maker:
    """Return the maker of EHR_KEY for dialects where || may mean OR, or is missing."""
    return lambda left, right: fn("CONCAT", as_text(left), text("/"), as_text(right))


def divide_as(double: str) -> Maker:
    """Return the maker of EHR_DIVIDE: both are numbers of this type, and no divisor is 0."""

    def make(left: Node, right: Node) -> Node:
        divisor = fn("NULLIF", cast(right, double), number(0))
        return exp.Paren(this=exp.Div(this=cast(left, double), expression=divisor, typed=True))

    return make


def round_as(double: str, floor: Maker | None = None) -> Maker:
    """Return the maker of EHR_ROUND: FLOOR(x * 10^n + 0.5) / 10^n, mirrored below 0.

    Not ROUND: engines round halves to even, away from 0, or the decimal text of the double.
    """
    below = floor or (lambda value: fn("FLOOR", value))

    def make(value: Node, decimals: Node) -> Node:
        power = number(10 ** _digit(decimals))
        double_value = cast(value, double)

        def away(sized: Node) -> Node:
            half = exp.Add(this=times(sized, power), expression=exp.Literal.number("0.5"))
            return exp.Div(this=cast(below(half), double), expression=own(power), typed=True)

        negative = exp.LT(this=double_value, expression=number(0))
        mirrored = minus(number(0), away(minus(number(0), double_value)))
        return when(negative, mirrored, away(double_value))

    return make


def _digit(decimals: Node) -> int:
    if not (isinstance(decimals, exp.Literal) and re.fullmatch(r"[0-9]", decimals.name)):
        raise DataError("EHR_ROUND takes its decimals as one digit", where="EHR_ROUND")
    return int(decimals.name)


def square_root_as(double: str) -> Maker:
    """Return the maker of EHR_SQRT: the root of what is not negative."""

    def make(value: Node) -> Node:
        sized = cast(value, double)
        return fn("SQRT", when(exp.GTE(this=sized, expression=number(0)), sized))

    return make


def numbers(double: str, floor: Maker | None = None) -> dict[str, Maker]:
    """Return the makers of arithmetic on the dialect's doubles."""
    return {
        "EHR_DIVIDE": divide_as(double),
        "EHR_ROUND": round_as(double, floor),
        "EHR_SQRT": square_root_as(double),
    }


def prefix(name: str) -> Maker:
    """Return the maker of EHR_PREFIX from the dialect's name of SUBSTRING."""
    return lambda value, length: fn(name, value, number(1), length)


# Blanks, a sign, digits with a point, an exponent of two digits: what no engine overflows at.
NUMERAL = "^ *[+-]?([0-9]{1,99}[.]?[0-9]{0,99}|[.][0-9]{1,99})([eE][+-]?[0-9]{1,2})? *$"


# Its 18 digits before the point fit any BIGINT, so that no cast to one fails.
WHOLE = "DECIMAL(27, 9)"


def whole(decimal: Node, integer: str, convert: Maker = cast) -> Node:
    """Return a decimal as a whole number, or NULL where it has a fraction."""
    same = exp.EQ(this=own(decimal), expression=fn("FLOOR", decimal))
    return when(same, convert(decimal, integer))


def real_date(first_of: Maker, add_days: Maker, month_of: Maker) -> Maker:
    """Return the maker of EHR_MAKE_DATE for dialects that refuse or shift 30 February.

    Args:
        first_of: the first day of a month, from its year and number.
        add_days: that many days later.
        month_of: the month of a date.
    """

    def make(year: Node, month: Node, day: Node) -> Node:
        made = add_days(first_of(year, month), minus(day, number(1)))
        possible = exp.And(this=between(month, 1, 12), expression=between(day, 1, 31))
        same = exp.EQ(this=month_of(made), expression=own(month))
        return when(possible, when(same, made))

    return make


PORTABLE: dict[str, Maker] = {
    "EHR_CODE": code,
    "EHR_ORDER": lambda value: value,
    "EHR_ABS": lambda value: fn("ABS", value),
    "EHR_PREFIX": prefix("SUBSTRING"),
    "EHR_LEAST": _pick(exp.LTE),
    "EHR_GREATEST": _pick(exp.GTE),
}
