"""Short forms in kit queries: what cohort files say in a word, as calls on a row.

`EHR_IN_CODES(c, :infection)` tells whether the row `c` of a coded relation is in the
code set that the parameter `infection` names. `EHR_IN_UNIT(m, 'kg')` is the value of a
measurement, converted to a unit; `EHR_MME(m)` the morphine milligram equivalents of
all that a medication supplies. Both mean what they mean in a cohort file, and are
unknown where they cannot be told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

from ehrkit.core.errors import DataError
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.compiling.expressions import field_of
from ehrkit.queries.compiling.membership import code_condition
from ehrkit.queries.kit.row_vocabularies import IN_CODES, check_vocabularies
from ehrkit.queries.language.events import Selection
from ehrkit.queries.language.parameters import Parameter
from ehrkit.queries.sections import placed
from ehrkit.queries.vocabulary.codesets import CodeSet, pick

IN_UNIT, MME = "EHR_IN_UNIT", "EHR_MME"
SHORT_FORMS = (IN_CODES, IN_UNIT, MME)
Parameters = Mapping[str, Parameter]


def expand_short_forms(
    tree: Node, parameters: Parameters, code_sets: Mapping[str, CodeSet], where: str
) -> None:
    """Put what it means in the place of each short form.

    Raises:
        DataError: it does not name a row and, where it needs one, a parameter or a unit, or the
            code set has no code that the rows could hold.
        UsageError: there is no such code set or unit.
    """
    meanings: dict[str, Callable[[exp.Anonymous], Node]] = {
        IN_CODES: lambda call: _in_codes(call, parameters, code_sets, where),
        IN_UNIT: lambda call: _in_unit(call, where),
        MME: lambda call: _mme(call, where),
    }
    check_vocabularies(tree, parameters, code_sets, where)
    for call in list(tree.find_all(exp.Anonymous)):
        meaning = meanings.get(str(call.this).upper())
        if meaning is not None:
            call.replace(exp.paren(_of_row(meaning(call), call.expressions[0].name)))


def _in_codes(
    call: exp.Anonymous, parameters: Parameters, code_sets: Mapping[str, CodeSet], where: str
) -> Node:
    name = _second(call, exp.Placeholder)
    parameter = parameters.get(name) if name is not None else None
    if parameter is None or parameter.type != "codes":
        says = f"{IN_CODES} takes the alias of a table and a parameter of type codes"
        raise DataError(says, where=where, hint=f"{IN_CODES}(c, :infection)")
    codes = pick(code_sets, str(parameter.value), where=f"{where}: {parameter.name}")
    return code_condition(codes, tuple(codes.include))


def _in_unit(call: exp.Anonymous, where: str) -> Node:
    unit = _second(call, exp.Literal)
    if unit is None:
        says = f"{IN_UNIT} takes the alias of a table and a unit"
        raise DataError(says, where=where, hint=f"{IN_UNIT}(m, 'kg')")
    with placed(where):
        return field_of(Selection("measurement", unit=unit), "value")


def _mme(call: exp.Anonymous, where: str) -> Node:
    if len(call.expressions) != 1 or not isinstance(call.expressions[0], exp.Column):
        raise DataError(f"{MME} takes the alias of a table", where=where, hint=f"{MME}(m)")
    return field_of(Selection("medication"), "total_mme")


def _second(call: exp.Anonymous, kind: type[exp.Placeholder | exp.Literal]) -> str | None:
    """Return the second of two arguments, if the first is an alias and this is of the kind."""
    if len(call.expressions) != 2 or not isinstance(call.expressions[0], exp.Column):
        return None
    second = call.expressions[1]
    return str(second.this) if isinstance(second, kind) else None


def _of_row(value: Node, row: str) -> Node:
    """Let a value of the row `x` be one of another row."""
    for column in value.find_all(exp.Column):
        if column.table == "x":
            column.set("table", exp.to_identifier(row))
    return value
