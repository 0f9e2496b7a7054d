"""Canonical expressions evaluated on an engine, and by plain Python for comparison."""

from __future__ import annotations

import math
import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from ehrkit.queries.canonical.build import parse
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.engines import Engine
from ehrkit.queries.running import typed

NUMERAL = re.compile(r" *[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})? *", re.ASCII)


def evaluate(opened: Engine, expressions: dict[str, tuple[str, object]]) -> dict[str, Any]:
    """Return the value of each canonical expression, by name, from one statement.

    Args:
        opened: an engine.
        expressions: name to expression and a value of the type that it has.
    """
    columns = [f"{text} AS x{place}" for place, (text, _) in enumerate(expressions.values())]
    kinds = [
        (f"x{place}", arrow_type(like)) for place, (_, like) in enumerate(expressions.values())
    ]
    row = rows(opened, parse(f"SELECT {', '.join(columns)}"), pa.schema(kinds))[0]
    return dict(zip(expressions, row.values(), strict=True))


def rows(opened: Engine, tree: Node, schema: pa.Schema) -> list[dict[str, Any]]:
    """Return the rows of a statement with the types that it should have."""
    found: list[dict[str, Any]] = typed(opened.run(tree, schema), schema).read_all().to_pylist()
    return found


def arrow_type(value: object) -> pa.DataType:
    kinds = {int: pa.int64(), float: pa.float64(), date: pa.date32(), datetime: pa.timestamp("us")}
    return kinds.get(type(value), pa.string())


def age(birth: date, at: date) -> int:
    return at.year - birth.year - ((at.month, at.day) < (birth.month, birth.day))


def add_months(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def seconds(early: datetime, late: datetime) -> int:
    between = late.replace(microsecond=0) - early.replace(microsecond=0)
    return between // timedelta(seconds=1)


def number(text: str) -> float | None:
    return float(text) if NUMERAL.fullmatch(text) else None


def integer(text: str) -> int | None:
    if not NUMERAL.fullmatch(text):
        return None
    exact = Decimal(text.strip())
    return int(exact) if exact == exact.to_integral_value() and abs(exact) < 10**18 else None


def rounded(value: float, decimals: int) -> float:
    away = math.floor(abs(value) * 10**decimals + 0.5) / 10**decimals
    return -away if value < 0 else away


def real_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
