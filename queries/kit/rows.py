"""Rows that a query reads: the relation an alias stands for, its columns and its vocabularies.

A column that no relation has would fail in the database, far from the line; a code set that no
row could be in, such as drugs asked of procedures, would find nobody without a word.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from ehrkit.core.errors import DataError
from ehrkit.core.spelling import suggest
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.language.parameters import Parameter
from ehrkit.queries.relations import CTE_NAMES, RELATIONS
from ehrkit.queries.vocabulary.codesets import CodeSet, pick

IN_CODES = "EHR_IN_CODES"


def check_columns(tree: Node, where: str) -> None:
    """Refuse a column `x.name` where `x` is a row of a relation without that column.

    Raises:
        DataError: naming the nearest column of the relation.
    """
    own = _own(tree)
    for column in tree.find_all(exp.Column):
        relation = _relation(column, column.table, own) if column.table else None
        known = RELATIONS[relation].columns if relation else {}
        if relation and column.name not in known and not isinstance(column.this, exp.Star):
            what = f"{column.table}.{column.name}: {RELATIONS[relation].cte} has no such column"
            raise DataError(what, where=where, hint=suggest(column.name, known))


def check_vocabularies(
    tree: Node,
    parameters: Mapping[str, Parameter],
    code_sets: Mapping[str, CodeSet],
    where: str,
) -> None:
    """Refuse a code set without a code of any relation that a query asks for it.

    A parameter may be asked of several relations; it is enough that one of them fits. Rows of
    the query's own parts may hold any code.

    Raises:
        DataError: no relation fits.
        UsageError: there is no such code set.
    """
    for name, relations in _asked(tree).items():
        parameter = parameters.get(name)
        if parameter is None or parameter.type != "codes" or None in relations:
            continue
        codes = pick(code_sets, str(parameter.value), where=f"{where}: {name}")
        held = sorted({one for relation in relations for one in _vocabularies(relation)})
        if not set(codes.include) & set(held):
            asked = " or ".join(sorted(filter(None, relations)))
            says = f"the code set {codes.name} has no code of a {asked} vocabulary"
            hint = f"A {asked} is coded in {', '.join(held)}." if held else None
            raise DataError(says, where=f"{where}: {name}", hint=hint)


def _vocabularies(relation: str | None) -> tuple[str, ...]:
    return RELATIONS[relation].vocabularies if relation else ()


def _asked(tree: Node) -> dict[str, set[str | None]]:
    """Return, by parameter, the relations whose rows are asked for it; None is any other table."""
    own = _own(tree)
    found: dict[str, set[str | None]] = {}
    for call in tree.find_all(exp.Anonymous):
        if str(call.this).upper() == IN_CODES and len(call.expressions) == 2:
            row, parameter = call.expressions
            found.setdefault(str(parameter.this), set()).add(_relation(call, row.name, own))
    return found


def _own(tree: Node) -> set[str]:
    """Return the names of the query's own parts, which may hide those of relations."""
    return {cte.alias for cte in tree.find_all(exp.CTE)}


def _relation(node: Node, alias: str, own: set[str]) -> str | None:
    """Return the relation that an alias stands for in the SELECTs around a node, if it is one."""
    select = node.find_ancestor(exp.Select)
    while select is not None:
        for source in (select.args.get("from_"), *(select.args.get("joins") or ())):
            if source is not None and source.this.alias_or_name == alias:
                name = source.this.name if isinstance(source.this, exp.Table) else ""
                return None if name in own else CTE_NAMES.get(name)
        select = select.find_ancestor(exp.Select)
    return None
