"""From a policy line and an input field to the kernel that does it."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import DataError
from ehrkit.core.spelling import suggest
from ehrkit.deid.policy import TablePolicy
from ehrkit.deid.rules import Action, ColumnRule
from ehrkit.deid.standards import Standard
from ehrkit.deid.text.patterns import RESIDUAL, RESIDUAL_DAY
from ehrkit.deid.transforms.ages import AgeBand, AgeCap
from ehrkit.deid.transforms.days import is_temporal
from ehrkit.deid.transforms.identifiers import Tokens
from ehrkit.deid.transforms.kernel import Kernel, is_text, plain_type, require_type
from ehrkit.deid.transforms.notes import Scrub
from ehrkit.deid.transforms.plain import Blank, Keep
from ehrkit.deid.transforms.run import RunState
from ehrkit.deid.transforms.shift import Shift, shifted_type
from ehrkit.deid.transforms.years import Year
from ehrkit.deid.transforms.zips import Zip3

Builder = Callable[[ColumnRule, pa.Schema, Phi | None, RunState], Kernel]


def build_kernel(
    rule: ColumnRule, schema: pa.Schema, phi: Phi | None, run: RunState
) -> Kernel | None:
    """Return the kernel of a rule, or None for `drop`.

    Args:
        rule: the policy line.
        schema: of the input.
        phi: the effective class of the column.
        run: what the tables of the run share.

    Raises:
        DataError: the column has a type that the transform cannot read.
    """
    if rule.action is Action.DROP:
        return None
    return _BUILDERS[rule.action](rule, schema, phi, run)


def require_columns(table: TablePolicy, schema: pa.Schema) -> None:
    """Raise DataError where a rule names a column that the input does not have."""
    for column in table.rules:
        if column not in schema.names:
            raise DataError(
                "the policy has a line for a column that the input lacks",
                where=f"table.{table.name}.columns.{column}",
                hint=suggest(column, schema.names),
            )


def _keep(rule: ColumnRule, schema: pa.Schema, phi: Phi | None, run: RunState) -> Kernel:
    type_ = _scalar(rule.column, schema)
    # A reason for keeping an identifier or text is a reason for what looks like one in it.
    overridden = rule.reason and phi not in (None, Phi.NONE, Phi.QUASI)
    guard = None if overridden else RESIDUAL
    if guard and run.policy.standard is Standard.SAFE_HARBOR:
        guard = f"{RESIDUAL}|{RESIDUAL_DAY}"
    return Keep(rule.column, field(rule.column, type_, phi or Phi.NONE), guard)


def _blank(rule: ColumnRule, schema: pa.Schema, _phi: Phi | None, _run: RunState) -> Kernel:
    return Blank(rule.column, field(rule.column, _scalar(rule.column, schema), Phi.NONE))


def _pseudonym(rule: ColumnRule, schema: pa.Schema, _phi: Phi | None, run: RunState) -> Kernel:
    _identifier(rule.column, schema)
    output = field(rule.column, pa.string(), Phi.OTHER_ID)
    return Tokens(rule.column, output, run.pseudonyms(rule.argument or ""))


def _code(rule: ColumnRule, schema: pa.Schema, _phi: Phi | None, run: RunState) -> Kernel:
    _identifier(rule.column, schema)
    output = field(rule.column, pa.string(), Phi.NONE)
    return Tokens(rule.column, output, run.codes(rule.argument or ""))


def _shift(rule: ColumnRule, schema: pa.Schema, _phi: Phi | None, run: RunState) -> Kernel:
    type_ = _dates(rule.column, schema)
    _identifier(rule.argument or "", schema)
    return Shift(
        rule.column,
        rule.argument or "",
        field(rule.column, shifted_type(type_), Phi.DATE),
        run.shifts(),
        rule.date_format,
    )


def _year(rule: ColumnRule, schema: pa.Schema, _phi: Phi | None, run: RunState) -> Kernel:
    _dates(rule.column, schema)
    birth = rule.action is Action.BIRTH_YEAR
    return Year(
        rule.column,
        field(rule.column, pa.int32(), Phi.QUASI),
        run.policy.last_year,
        birth,
        rule.date_format,
    )


def _age_cap(rule: ColumnRule, schema: pa.Schema, _phi: Phi | None, _run: RunState) -> AgeCap:
    type_ = plain_type(schema.field(rule.column).type)
    number = pa.types.is_integer(type_) or pa.types.is_floating(type_)
    require_type(rule.column, type_, number or is_text(type_), "a number or text")
    return AgeCap(rule.column, field(rule.column, type_, Phi.QUASI))


def _age_band(rule: ColumnRule, schema: pa.Schema, phi: Phi | None, run: RunState) -> Kernel:
    output = field(rule.column, pa.string(), Phi.QUASI)
    return AgeBand(_age_cap(rule, schema, phi, run), output, int(rule.argument or 0))


def _zip3(rule: ColumnRule, schema: pa.Schema, _phi: Phi | None, _run: RunState) -> Kernel:
    _identifier(rule.column, schema)
    return Zip3(rule.column, field(rule.column, pa.string(), Phi.QUASI))


def _scrub(rule: ColumnRule, schema: pa.Schema, _phi: Phi | None, _run: RunState) -> Kernel:
    type_ = plain_type(schema.field(rule.column).type)
    require_type(rule.column, type_, is_text(type_), "text")
    return Scrub(rule.column, field(rule.column, pa.string(), Phi.FREE_TEXT), rule.known)


def _scalar(column: str, schema: pa.Schema) -> pa.DataType:
    type_ = plain_type(schema.field(column).type)
    opaque = pa.types.is_nested(type_) or pa.types.is_binary(type_) or not hasattr(type_, "id")
    opaque = opaque or pa.types.is_large_binary(type_) or isinstance(type_, pa.BaseExtensionType)
    require_type(column, type_, not opaque, "a plain value (what is inside cannot be judged)")
    return type_


def _identifier(column: str, schema: pa.Schema) -> None:
    type_ = plain_type(schema.field(column).type)
    require_type(column, type_, is_text(type_) or pa.types.is_integer(type_), "text or integers")


def _dates(column: str, schema: pa.Schema) -> pa.DataType:
    type_ = plain_type(schema.field(column).type)
    require_type(column, type_, is_temporal(type_), "a date, a timestamp or text")
    return type_


_BUILDERS: dict[Action, Builder] = {
    Action.KEEP: _keep,
    Action.BLANK: _blank,
    Action.PSEUDONYM: _pseudonym,
    Action.CODE: _code,
    Action.SHIFT: _shift,
    Action.YEAR: _year,
    Action.BIRTH_YEAR: _year,
    Action.AGE_CAP: _age_cap,
    Action.AGE_BAND: _age_band,
    Action.ZIP3: _zip3,
    Action.SCRUB: _scrub,
}
