"""Makers that are the same SQL in every dialect."""

from __future__ import annotations

from sqlglot import exp

from ehrkit.queries.dialects.build import fn, minus, number, plus, text, times, when
from ehrkit.queries.functions import Maker, Node


def code(value: Node) -> Node:
    """Upper case without dots or blanks around."""
    undotted = exp.Replace(this=value.copy(), expression=text("."), replacement=text(""))
    return exp.Trim(this=exp.Upper(this=undotted))


def _pick(comparison: type[exp.Binary]) -> Maker:
    def make(left: Node, right: Node) -> Node:
        keep_left = exp.Or(
            this=exp.Is(this=right.copy(), expression=exp.Null()),
            expression=comparison(this=left.copy(), expression=right.copy()),
        )
        return when(keep_left, left, exp.Coalesce(this=right.copy(), expressions=[left.copy()]))

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
    slash = text("/")

    def make(left: Node, right: Node) -> Node:
        first = exp.DPipe(this=as_text(left), expression=slash.copy())
        return exp.Paren(this=exp.DPipe(this=first, expression=as_text(right)))

    return make


def key_by_concat(as_text: Maker) -> Maker:
    """Return the maker of EHR_KEY for dialects where || may mean OR, or is missing."""
    return lambda left, right: fn("CONCAT", as_text(left), text("/"), as_text(right))


PORTABLE: dict[str, Maker] = {
    "EHR_CODE": code,
    "EHR_LEAST": _pick(exp.LTE),
    "EHR_GREATEST": _pick(exp.GTE),
}
