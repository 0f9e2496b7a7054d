"""Is the code of a row `x` in a code set? The answer as a canonical condition.

Up to a few dozen codes are an IN list; more become a table of values, for a planner
treats a long list badly and Oracle allows 1,000 items.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from itertools import groupby

from sqlglot import exp

from ehrkit.core.errors import DataError
from ehrkit.queries.canonical.build import all_of, any_of, code_table, condition, parse
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.vocabulary.code_entries import Entry
from ehrkit.queries.vocabulary.codesets import CodeSet

LIST_LENGTH = 36


def code_condition(codes: CodeSet, vocabularies: Iterable[str]) -> Node:
    """Return the test that a code set includes a row's code and does not exclude it.

    Raises:
        DataError: a pattern that SQL's LIKE would read differently.
    """
    choices = []
    for vocabulary in vocabularies:
        if included := codes.include.get(vocabulary):
            tests = [in_values("x.vocabulary", [vocabulary]), _hit(included)]
            if excluded := codes.exclude.get(vocabulary):
                tests.append(exp.Not(this=exp.paren(_hit(excluded))))
            choices.append(all_of(tests))
    return any_of(choices)


def in_values(operand: str, values: Iterable[str]) -> Node:
    """Return the test that an expression is one of the texts: a list, or a table of values."""
    listed = list(dict.fromkeys(values))
    if len(listed) == 1:
        return exp.EQ(this=_parsed(operand), expression=exp.Literal.string(listed[0]))
    if len(listed) <= LIST_LENGTH:
        literals = [exp.Literal.string(value) for value in listed]
        return exp.In(this=_parsed(operand), expressions=literals)
    table = exp.Subquery(this=code_table([(value,) for value in listed], ["code"]))
    return exp.In(this=_parsed(operand), query=table)


def like(operand: str, pattern: str) -> Node:
    """Return the test that an expression is like a pattern of `*` and `?`.

    Raises:
        DataError: the pattern holds what LIKE takes for a wildcard.
    """
    if "*" not in pattern and "?" not in pattern:
        return in_values(operand, [pattern])
    if "%" in pattern or "_" in pattern or "\\" in pattern:
        raise DataError("a pattern with * or ? may not hold %, _ or a backslash")
    return _like(operand, pattern.replace("*", "%").replace("?", "_"))


def _like(operand: str, pattern: str) -> Node:
    return exp.Like(this=_parsed(operand), expression=exp.Literal.string(pattern))


def _parsed(operand: str) -> Node:
    """The same few operands stand in thousands of tests: each is parsed once."""
    return _operand(operand).copy()


@cache
def _operand(text: str) -> Node:
    return parse(text)


def _hit(entries: tuple[Entry, ...]) -> Node:
    def by_dates(entry: Entry) -> tuple[date, date]:
        return (entry.since or date.min, entry.until or date.max)

    tests = []
    for (since, until), group in groupby(sorted(entries, key=by_dates), key=by_dates):
        test = any_of(_any_entry(list(group)))
        bounds = []
        if since != date.min:
            bounds.append(condition("x.event_date >= :d", d=since))
        if until != date.max:
            bounds.append(condition("x.event_date <= :d", d=until))
        if bounds:
            # Else NOT of an exclusion would drop events of unknown date, on which it never counts.
            bounds.insert(0, condition("NOT x.event_date IS NULL"))
        tests.append(all_of([test, *bounds]))
    return any_of(tests)


def _any_entry(entries: list[Entry]) -> list[Node]:
    tests: list[Node] = []
    if exact := [one.pattern for one in entries if one.kind == "exact"]:
        tests.append(in_values("x.code", exact))
    tests += _prefixes([one.pattern[:-1] for one in entries if one.kind == "prefix"])
    tests += [like("x.code", one.pattern) for one in entries if one.kind == "wildcard"]
    tests += [_range(one) for one in entries if one.kind == "range"]
    if above := [one.pattern for one in entries if one.descendants]:
        tests.append(_below(above))
    return tests


def _prefixes(prefixes: list[str]) -> list[Node]:
    """LIKE for a few, which an index may serve; else one test per length."""
    if len(prefixes) <= LIST_LENGTH and not any(set(one) & set("%_\\") for one in prefixes):
        return [_like("x.code", f"{one}%") for one in prefixes]
    lengths = sorted({len(one) for one in prefixes})
    return [
        in_values(f"EHR_PREFIX(x.code, {size})", [p for p in prefixes if len(p) == size])
        for size in lengths
    ]


def _range(entry: Entry) -> Node:
    size = len(entry.pattern)
    between = exp.Between(
        this=_parsed(f"EHR_PREFIX(x.code, {size})"),
        low=exp.Literal.string(entry.pattern),
        high=exp.Literal.string(entry.last),
    )
    return all_of([_like("x.code", "_" * size + "%"), between])


def _below(concepts: list[str]) -> Node:
    member = condition("x.code IN (SELECT d.descendant FROM descents AS d WHERE 1 = 1)")
    member.args["query"].this.set("where", exp.Where(this=in_values("d.ancestor", concepts)))
    return member
