"""Shared parts of kit queries, and names that no schema has.

A table `hospital_stays` that is no relation is the file `_hospital_stays.sql` beside
the query, or of the kit; it may name relations, other such files, and the query's
parameters.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlglot import exp
from sqlglot.errors import SqlglotError

from ehrkit.core.errors import DataError
from ehrkit.core.spelling import suggest
from ehrkit.queries.adapting.adapters import unnest
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.canonical.grammar import read
from ehrkit.queries.canonical.ordering import order_nulls_last
from ehrkit.queries.canonical.subset import check_portable
from ehrkit.queries.kit.short_forms import SHORT_FORMS
from ehrkit.queries.relations import CTE_NAMES
from ehrkit.queries.sections import read_text

KIT = Path(__file__).parent


def include_parts(tree: Node, folders: Iterable[Path], where: str) -> None:
    """Put the shared parts that a query names before its own CTEs.

    Raises:
        DataError: a name is neither a relation nor a part, or a part cannot be read.
    """
    parts: dict[str, Node] = {}
    _collect(tree, [*folders], where, parts)
    own = {cte.alias: cte.this for cte in tree.find_all(exp.CTE)}
    if taken := sorted(own.keys() & {*parts, *CTE_NAMES}):
        raise DataError(f"the name {taken[0]} is taken", where=where)
    ctes = [
        exp.CTE(this=query, alias=exp.TableAlias(this=exp.to_identifier(name)))
        for name, query in (parts | own).items()
    ]
    tree.set("with_", exp.With(expressions=ctes) if ctes else None)


def set_apart(tree: Node, taken: Iterable[str]) -> Node:
    """Return a copy whose CTEs have other names than a schema's; `visits` becomes `own_visits`."""
    renamed = tree.copy()
    names = {cte.alias for cte in renamed.find_all(exp.CTE)} & set(taken)
    for cte in renamed.find_all(exp.CTE):
        if cte.alias in names:
            cte.set("alias", exp.TableAlias(this=exp.to_identifier(f"own_{cte.alias}")))
    for table in renamed.find_all(exp.Table):
        if table.name in names:
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
            table.set("this", exp.to_identifier(f"own_{table.name}"))
    return renamed


def _collect(tree: Node, folders: list[Path], where: str, parts: dict[str, Node]) -> None:
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    names = sorted({table.name for table in tree.find_all(exp.Table)} - own - set(CTE_NAMES))
    for name in names:
        path = next((one for f in folders if (one := f / f"_{name}.sql").is_file()), None)
        if path is not None and name not in parts:
            part = _parsed(path)
            _collect(part, folders, path.name, parts)
            parts |= dict(unnest(part, name))
    for name in names:
        if name not in parts:
            known = [*CTE_NAMES, *(one.stem[1:] for f in folders for one in f.glob("_*.sql"))]
            raise DataError(
                f"reads {name}, which is no relation", where=where, hint=suggest(name, known)
            )


def _parsed(path: Path) -> Node:
    try:
        part = read(read_text(path))
    except SqlglotError:
        raise DataError("not one SQL statement that can be parsed", where=path.name) from None
    make_portable(part, path)
    return part


def make_portable(tree: Node, path: Path) -> None:
    """Check the SQL of a file, and settle the order of NULLs where it is not the kit's.

    Raises:
        DataError: it is outside the portable SQL.
    """
    check_portable(tree, path.name, besides=SHORT_FORMS)
    if path.parent != KIT:
        order_nulls_last(tree)
