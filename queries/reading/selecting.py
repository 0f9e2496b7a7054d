"""Reading selectors: which events a table of a cohort file means."""

from __future__ import annotations

from ehrkit.core.spelling import nearest
from ehrkit.queries.language.events import Events, NumberFilter, Selection, TextFilter
from ehrkit.queries.language.fields import CODED_RELATIONS, EVENT_RELATIONS
from ehrkit.queries.reading.impossible import check_whole, check_words
from ehrkit.queries.reading.nested import read_nested
from ehrkit.queries.reading.scope import Scope, choices, texts
from ehrkit.queries.relations import ENCOUNTER_KINDS, RELATIONS
from ehrkit.queries.sections import Section, placed
from ehrkit.queries.spelling import with_article
from ehrkit.queries.vocabulary.codesets import CodeSet, pick
from ehrkit.queries.vocabulary.units import conversions

UNION = "events"
SELECTORS = (*EVENT_RELATIONS, UNION)
ANY = "any"


def read_events(table: Section, scope: Scope) -> Events:
    """Take a selector: one relation or a union, perhaps as eras.

    Raises:
        DataError: no relation or several, a wrong kind, code set, field or unit.
        UsageError: an unknown code set, unit or cohort.
    """
    parts: tuple[Selection, ...]
    if UNION in table.table:
        _refuse_second(table)
        parts = tuple(_part(one, scope) for one in table.subs(UNION))
        if not parts:
            raise table.error("needs at least one selector", key=UNION)
    else:
        parts = (_selection(table, scope),)
    with placed(table.where):
        return Events(parts, scope.whole(table, "gap"))


def _refuse_second(table: Section) -> None:
    found = [key for key in SELECTORS if key in table.table]
    if len(found) > 1:
        raise table.error(f"{found[0]} and {found[1]} exclude each other; join them in events")


def _part(table: Section, scope: Scope) -> Selection:
    if UNION in table.table:
        raise table.error("a union cannot hold another one", key=UNION)
    selection = _selection(table, scope)
    table.finish()
    return selection


def _selection(table: Section, scope: Scope) -> Selection:
    _refuse_second(table)
    relation = next((key for key in EVENT_RELATIONS if key in table.table), None)
    if relation is None:
        near = next((hint for key in table.table if (hint := nearest(key, SELECTORS))), None)
        raise table.error(f"needs exactly one of {', '.join(SELECTORS)}", hint=near)
    codes = _codes(table, relation, scope) if relation in CODED_RELATIONS else ()
    kinds = () if codes else _kinds(table, relation, scope)
    cohort = read_nested(table, scope) if relation == "cohort" else None
    table.offer(["during"])
    during = choices(table, "during", ENCOUNTER_KINDS, scope) if "during" in table.table else ()
    unit = _unit(table, relation)
    where = _filters(table, relation, scope)
    return Selection(relation, codes, kinds, where, unit, during, cohort)


def _codes(table: Section, relation: str, scope: Scope) -> tuple[CodeSet, ...]:
    names = table.texts(relation)
    if not names:
        raise table.error("needs at least one code set", key=relation)
    found = []
    for name in names:
        named = scope.parameters.get(name)
        if named is not None:
            name = str(named.value)
        code_set = pick(scope.code_sets, name, where=f"{table.where}: {relation}")
        vocabularies = RELATIONS[relation].vocabularies
        if not set(code_set.include) & set(vocabularies):
            raise table.error(
                f"the code set {name} has no code of a {relation} vocabulary",
                key=relation,
                hint=f"A {relation} is coded in {', '.join(vocabularies)}.",
            )
        found.append(code_set)
    return tuple(dict.fromkeys(found))


def _kinds(table: Section, relation: str, scope: Scope) -> tuple[str, ...]:
    if relation == "encounter":
        found = choices(table, relation, (*ENCOUNTER_KINDS, ANY), scope)
    elif relation == "device_day":
        found = choices(table, relation, ("valid", ANY), scope)
    elif relation == "note":
        found = texts(table, relation, scope)
        if not found:
            raise table.error("needs a kind of note, or any", key=relation)
    elif relation == "death":
        if table.take(relation, bool) is not True:
            raise table.error("must be true; forbid it to ask for the living", key=relation)
        return ()
    else:
        return ()
    return () if ANY in found else found


def _unit(table: Section, relation: str) -> str | None:
    if relation != "measurement":
        if "unit" in table.table:
            what = with_article(relation.replace("_", " "))
            raise table.error(f"{what} has no unit to convert", key="unit")
        return None
    unit: str | None = table.take("unit", str)
    if unit is not None:
        with placed(f"{table.where}: unit"):
            conversions(unit)
    return unit


def _filters(table: Section, relation: str, scope: Scope) -> tuple[NumberFilter | TextFilter, ...]:
    where = table.sub("where")
    if where is None:
        return ()
    fields = EVENT_RELATIONS[relation].fields
    known = [name for name, one in fields.items() if one.type != "date"]
    where.offer(known)
    found: list[NumberFilter | TextFilter] = []
    for name in [key for key in where.table if key in known]:
        if fields[name].type == "text":
            patterns = tuple(one.lower().strip(" ") for one in texts(where, name, scope))
            if not patterns:
                raise where.error("needs at least one text", key=name)
            check_words(where, relation, name, patterns)
            found.append(TextFilter(name, patterns))
        else:
            bounds = scope.need_bounds(where, name, plain=True)
            if fields[name].type == "integer":
                check_whole(where, name, bounds)
            found.append(NumberFilter(name, bounds))
    where.finish()
    return tuple(found)
