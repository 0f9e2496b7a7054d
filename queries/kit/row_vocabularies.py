"""Code sets that no row could be in: a set of drugs asked of procedures finds nobody, silently."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from ehrkit.core.errors import DataError
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.canonical.sources import table_of
from ehrkit.queries.language.parameters import Parameter
from ehrkit.queries.relations import CTE_NAMES, RELATIONS
from ehrkit.queries.vocabulary.codesets import CodeSet, pick

IN_CODES = "EHR_IN_CODES"


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
    found: dict[str, set[str | None]] = {}
    for call in tree.find_all(exp.Anonymous):
        if str(call.this).upper() == IN_CODES and len(call.expressions) == 2:
            row, parameter = call.expressions
            relation = CTE_NAMES.get(table_of(call, row.name) or "")
            found.setdefault(str(parameter.this), set()).add(relation)
    return found
