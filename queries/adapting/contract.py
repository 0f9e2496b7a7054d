"""What adapter files promise each other: the columns of their rows, checked without a database."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from ehrkit.core.errors import DataError
from ehrkit.core.spelling import suggest
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.canonical.walking import branches


def columns_of(query: Node) -> list[str] | None:
    """Return the names of a query's columns; None where a star stands for some of them."""
    names = _names(branches(query)[0])
    return None if "*" in names else names


def _names(select: Node) -> list[str]:
    return select.named_selects if isinstance(select, exp.Query) else []


def check_relation(query: Node, columns: Iterable[str], relation: str, where: str) -> None:
    """Check that a file's SELECT has the columns of its relation, and no other.

    Raises:
        DataError: a column is missing, misspelt or unknown, or the parts of a UNION differ.
    """
    names = columns_of(query)
    if names is None:
        raise DataError(f"a {relation} must name its columns, not select *", where=where)
    wanted = list(columns)
    for name in names:
        if name not in wanted:
            raise DataError(
                f"a {relation} has no column {name}",
                where=where,
                hint=suggest(name, set(wanted) - set(names) or wanted),
            )
    lacking = [name for name in wanted if name not in names]
    if lacking:
        raise DataError(
            f"a {relation} lacks the column {', '.join(lacking)}",
            where=where,
            hint="Where the site does not keep it, give a typed NULL such as EHR_NO_TEXT().",
        )
    _check_union(branches(query), where)


def _check_union(parts: list[Node], where: str) -> None:
    """Columns of a UNION go by place: another order would put values under other names."""
    first = _names(parts[0])
    for number, part in enumerate(parts, 1):
        for place, (name, wanted) in enumerate(zip(_names(part), first, strict=False), 1):
            if name != wanted:
                raise DataError(
                    f"part {number} of the UNION has {name} in place {place}, "
                    f"where the first has {wanted}",
                    where=where,
                )


def check_asked(asked: Iterable[str], query: Node, relation: str, where: str) -> None:
    """Check that the columns that a file reads of another one are there.

    Raises:
        DataError: a column is not supplied; the nearest one is named.
    """
    names = columns_of(query)
    for name in sorted(asked):
        if names is not None and name not in names:
            raise DataError(
                f"reads the column {name} of {relation}, which does not supply it",
                where=where,
                hint=suggest(name, names),
            )
