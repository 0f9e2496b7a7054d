"""Values of events as canonical expressions on the relation's row `x`: fields, units, MME."""

from __future__ import annotations

from itertools import groupby

from sqlglot import exp

from ehrkit.queries.canonical.build import all_of, condition, parse
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.compiling.membership import in_values
from ehrkit.queries.language.events import Selection
from ehrkit.queries.vocabulary.codesets import CodeSet
from ehrkit.queries.vocabulary.opioids import FACTORS, FENTANYL, MILLIGRAMS, PER_HOUR, PER_MILLIGRAM
from ehrkit.queries.vocabulary.units import Conversion, conversions

# Relations that are no table of events of their own: what stands for their columns.
STANDS_FOR = {
    "death": {
        "x.event_date": "x.death_date",
        "x.encounter_id": "EHR_NO_TEXT()",
        "x.event_id": "'death'",
    },
    "cohort": {
        "x.event_date": "x.index_date",
        "x.end_date": "x.discharge_date",
        # Sorted by encounter, unknown ones last; the number tells days of one encounter apart.
        # A blank ends the encounter's id: it sorts before what a longer id goes on with.
        "x.event_id": (
            "CASE WHEN x.encounter_id IS NULL THEN EHR_KEY('2', EHR_TEXT(x.event_number)) "
            "ELSE EHR_KEY('1', EHR_KEY(REPLACE('# ', '#', x.encounter_id), "
            "EHR_TEXT(x.event_number))) END"
        ),
    },
}
UNIT = "LOWER(TRIM(x.unit))"
STRENGTH_UNIT = "LOWER(TRIM(x.strength_unit))"


def column_of(selection: Selection, column: str) -> str:
    """Return the text that stands for a relation's own column."""
    return STANDS_FOR.get(selection.relation, {}).get(f"x.{column}", f"x.{column}")


def field_of(selection: Selection, name: str) -> Node:
    """Return a field's value; a measured value is converted where the selection says so."""
    if name == "value" and selection.unit is not None:
        return _converted(selection.unit, selection.codes)
    text = selection.has.fields[name].expression
    for column, other in STANDS_FOR.get(selection.relation, {}).items():
        text = text.replace(column, other)
    return parse(text, mme=_mme()) if ":mme" in text else parse(text)


def _converted(unit: str, sets: tuple[CodeSet, ...]) -> Node:
    """The value in the unit; unknown where no conversion leads there.

    Conversions of substances that the code sets do not hold are left out.
    """

    def alike(one: Conversion) -> tuple[tuple[str, ...], float, float]:
        return (one.codes, one.factor, one.offset)

    def held(one: Conversion) -> bool:
        return not one.codes or any(s.matches("loinc", code) for s in sets for code in one.codes)

    found = sorted(filter(held, conversions(unit)), key=alike)
    branches = []
    for (codes, factor, offset), group in groupby(found, key=alike):
        tests = [in_values(UNIT, [one.unit for one in group])]
        if codes:
            tests += [condition("x.vocabulary = 'loinc'"), in_values("x.code", codes)]
        branches.append(exp.If(this=all_of(tests), true=_scaled(factor, offset)))
    return exp.Case(ifs=branches)


def _scaled(factor: float, offset: float) -> Node:
    value: Node = parse("x.value_number")
    if factor != 1:
        value = exp.Mul(this=value, expression=_number(factor))
    if offset != 0:
        value = exp.paren(exp.Add(this=value, expression=_number(offset)))
    return value


def _number(value: float) -> Node:
    number = exp.Literal.number(repr(abs(value)))
    return exp.Neg(this=number) if value < 0 else number


def _mme() -> Node:
    """MME of one dispensed unit per unit of strength; unknown for what has no factor."""
    factor = exp.Case(
        this=parse("x.code"),
        ifs=[
            exp.If(this=exp.Literal.string(code), true=_number(one))
            for code, (_, one) in PER_MILLIGRAM.items()
        ],
    )
    milligrams = exp.Case(
        this=parse(STRENGTH_UNIT),
        ifs=[
            exp.If(this=exp.Literal.string(unit), true=_number(one))
            for unit, one in MILLIGRAMS.items()
        ],
    )
    patch = all_of(
        [
            condition("x.vocabulary = 'rxnorm'"),
            condition("x.code = :c", c=FENTANYL[0]),
            in_values(STRENGTH_UNIT, PER_HOUR),
        ]
    )
    of_a_patch = next(one.mme for one in FACTORS if one.code == FENTANYL[0])
    taken = exp.Mul(this=exp.paren(factor), expression=exp.paren(milligrams))
    return exp.paren(
        exp.Case(
            ifs=[
                exp.If(this=patch, true=_number(of_a_patch)),
                exp.If(this=condition("x.vocabulary = 'rxnorm'"), true=taken),
            ]
        )
    )
