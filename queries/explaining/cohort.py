"""A whole definition in words, part by part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ehrkit.queries.compiling.needs import needs_of
from ehrkit.queries.explaining.conventions import conventions
from ehrkit.queries.explaining.outputs import column, follow_up, named_event, outcome, which
from ehrkit.queries.explaining.phrases import events
from ehrkit.queries.explaining.rules import rule
from ehrkit.queries.explaining.words import both, days
from ehrkit.queries.language.cohort import Cohort
from ehrkit.queries.language.parameters import Parameter
from ehrkit.queries.vocabulary.codesets import CodeSet

_OF_HISTORY = (
    "The dates and rules below are applied to that one event: who fails them is not given another."
)


def explain(cohort: Cohort) -> str:
    """Return the definition as text of several paragraphs."""
    return "\n".join(_lines(cohort)) + "\n"


def _lines(cohort: Cohort) -> Iterator[str]:
    yield f"{cohort.title} ({cohort.id})"
    if cohort.source:
        yield f"  Source: {cohort.source}"
    yield from _part("Parameters", map(_parameter, cohort.parameters))
    yield from _who(cohort)
    yield from _part("Follow-up", follow_up(cohort))
    yield from _part("Columns, beside the standard ones", map(column, cohort.columns))
    found = (line for one in cohort.outcomes for line in outcome(one, cohort.follow_up))
    yield from _part("Outcomes", found)
    for other in dict.fromkeys(_nested(cohort)):
        yield from _part(f"The cohort {other.id}: {other.title}", _other(other))
    sets = dict.fromkeys(_code_sets(cohort))
    yield from _part("Code sets", (line for one in sets for line in _code_set(one)))
    yield from _part("Conventions", (f"- {line}" for line in conventions(cohort)))


def _parameter(one: Parameter) -> str:
    changed = "" if one.value == one.default else f"; default {one.default}"
    return f"{one.name} = {one.value} ({one.type}{changed})"


def _who(cohort: Cohort) -> Iterator[str]:
    """Yield what decides who is in a cohort."""
    yield from _part("Index event", _index(cohort))
    yield from _part("Named events", map(named_event, cohort.events))
    for forbid, title in ((False, "Required, in this order"), (True, "Excluded, in this order")):
        rules = [one for one in cohort.rules if one.forbid == forbid]
        yield from _part(title, (line for one in rules for line in rule(one)))


def _other(cohort: Cohort) -> Iterator[str]:
    yield from _who(cohort)
    if needs_of(cohort).follow_up_early:
        yield from _part("Follow-up", follow_up(cohort))


def _part(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield ""
        yield title
        yield from (f"  {line}" if line else "" for line in found)


def _index(cohort: Cohort) -> Iterator[str]:
    index = cohort.index
    if index.events is None:
        on = both(day.isoformat() for day in index.calendar)
        yield f"Everybody, on {on}: one row for each person and day, without an encounter."
    elif index.keep == "every":
        yield f"Every {events(index.events)}: one row each."
    elif index.of == "history":
        kept = which(index.keep, index.nth)
        quiet = "" if index.washout is None else f" that has {_quiet(index.washout)}"
        yield f"The {kept} {events(index.events)} of the person's whole history{quiet}."
        yield _OF_HISTORY
    else:
        yield (
            f"The {which(index.keep, index.nth)} {events(index.events)} of each person "
            "among those that pass the dates and all rules."
        )
    if index.washout is not None and (index.keep == "every" or index.of == "eligible"):
        yield f"Only if the person has {_quiet(index.washout)}."
    if index.between:
        yield f"Only index dates from {index.between[0]} to {index.between[1]}."


def _quiet(washout: int) -> str:
    return f"no other such event in the {days(washout)} before"


def _nested(cohort: Cohort) -> Iterator[Cohort]:
    for one in cohort.all_events():
        for part in one.parts:
            if part.cohort is not None:
                yield part.cohort
                yield from _nested(part.cohort)


def _code_sets(cohort: Cohort) -> Iterator[CodeSet]:
    for one in (cohort, *_nested(cohort)):
        for found in one.all_events():
            for part in found.parts:
                yield from part.codes


def _code_set(codes: CodeSet) -> Iterator[str]:
    yield f"{codes.name}: {codes.title}{f' ({codes.source})' if codes.source else ''}"
    for vocabulary, entries in codes.include.items():
        excluded = ", ".join(map(str, codes.exclude.get(vocabulary, ())))
        but = f"; but not {excluded}" if excluded else ""
        yield f"  {vocabulary}: {', '.join(map(str, entries))}{but}"
