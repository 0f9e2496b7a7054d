"""A whole definition in words, part by part."""

from __future__ import annotations

from collections.abc import Iterator

from ehrkit.queries.codesets import CodeSet
from ehrkit.queries.explaining.conventions import conventions
from ehrkit.queries.explaining.outputs import column, follow_up, named_event, outcome
from ehrkit.queries.explaining.phrases import events
from ehrkit.queries.explaining.rules import criterion
from ehrkit.queries.language.cohort import Cohort


def explain(cohort: Cohort) -> str:
    """Return the definition as text of several paragraphs."""
    return "\n".join(_lines(cohort)) + "\n"


def _lines(cohort: Cohort) -> Iterator[str]:
    yield f"{cohort.title} ({cohort.id})"
    if cohort.source:
        yield f"  Source: {cohort.source}"
    for parameter in cohort.parameters:
        changed = "" if parameter.value == parameter.default else f" (default {parameter.default})"
        yield f"  {parameter.name} = {parameter.value}{changed}"
    yield from _part("Index event", _index(cohort))
    yield from _part("Named events", map(named_event, cohort.events))
    for forbid, title in ((False, "Required"), (True, "Excluded")):
        rules = [rule for rule in cohort.rules if rule.forbid == forbid]
        yield from _part(title, (f"{r.label}: {criterion(r.criterion)}." for r in rules))
    yield from _part("Follow-up", [follow_up(cohort)])
    yield from _part("Columns, beside the standard ones", map(column, cohort.columns))
    yield from _part("Outcomes", (line for one in cohort.outcomes for line in outcome(one)))
    yield from _part("Other cohorts", _nested(cohort))
    sets = (codes for one in cohort.all_events() for part in one.parts for codes in part.codes)
    yield from _part("Code sets", dict.fromkeys(map(_code_set, sets)))
    yield from _part("Conventions", (f"- {line}" for line in conventions(cohort)))


def _part(title: str, lines: Iterator[str] | list[str] | dict[str, None]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield ""
        yield title
        yield from (f"  {line}" for line in found)


def _index(cohort: Cohort) -> Iterator[str]:
    index = cohort.index
    if index.events is None:
        days = ", ".join(day.isoformat() for day in index.calendar)
        yield f"Everybody, on {days}: one row for each person and day, without an encounter."
    else:
        what = events(index.events)
        which = f"number {index.nth}" if index.keep == "nth" else index.keep
        if index.keep == "every":
            yield f"Every {what}: one row each."
        elif index.of == "history":
            yield (
                f"The {which} {what} of the person's whole history in the data. "
                "Dates and rules are applied to that one event: who fails them is not given "
                "another."
            )
        else:
            yield f"The {which} {what} among those that pass the dates and all rules."
    if index.washout is not None:
        yield f"Only where the person has no other index event in the {index.washout} days before."
    if index.between:
        yield f"Only index dates from {index.between[0]} to {index.between[1]}."


def _nested(cohort: Cohort) -> Iterator[str]:
    parts = (part for one in cohort.all_events() for part in one.parts)
    for other in dict.fromkeys(part.cohort for part in parts if part.cohort):
        given = ", ".join(f"{one.name} = {one.value}" for one in other.parameters)
        yield f"{other.id}: {other.title}{f' ({given})' if given else ''}."


def _code_set(codes: CodeSet) -> str:
    size = ", ".join(f"{len(entries)} {name}" for name, entries in codes.include.items())
    source = f"; {codes.source}" if codes.source else ""
    return f"{codes.name}: {codes.title} ({size}{source})"
