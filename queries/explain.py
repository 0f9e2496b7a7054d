"""A cohort definition in plain English, with the conventions that decide its edges."""

from __future__ import annotations

from collections.abc import Iterator

from ehrkit.queries.codesets import CodeSet
from ehrkit.queries.definition import (
    Age,
    Cohort,
    Column,
    Criterion,
    Events,
    Group,
    Happened,
    Sex,
    Window,
)
from ehrkit.queries.relations import RELATIONS

CONVENTIONS = (
    "Days are calendar days, not elapsed hours; day 0 is the anchor's own day.",
    "Both bounds of a window, of an age and of a date range belong to it.",
    "An index event is one person, date and encounter; several codes on one day are one event.",
    "Ties on one day: a known encounter comes first, then the smallest encounter id "
    "(the largest for keep = last).",
    "An unknown date, age, sex or anchor never meets a criterion: require drops the event, "
    "forbid keeps it. A column whose anchor is unknown is empty, not 0.",
    "Discharge is the end of the index event's own encounter; of several rows the inpatient "
    "one counts, and a stay without an end has no discharge.",
    "The age is in whole years at the index date; 29 February counts as 1 March.",
    "Follow-up ends on the earliest of its ends. A recorded death counts as the last contact. "
    "On equal days the reason is, in this order: death, day-limit, end-of-data, last-contact.",
)
VALUES = {
    "any": "1 if there {was} {events} {when}, else 0",
    "count": "how many different {events} {when}",
    "first_date": "date of the first of the {events} {when}",
    "days_to": "days from {anchor} to the first of the {events} {when}",
}
ANCHORS = {"index": "the index date", "discharge": "discharge"}


def explain(cohort: Cohort) -> str:
    """Return the definition as text of several paragraphs."""
    return "\n".join(_lines(cohort)) + "\n"


def _lines(cohort: Cohort) -> Iterator[str]:
    yield f"{cohort.title} ({cohort.id})"
    for parameter in cohort.parameters:
        changed = "" if parameter.value == parameter.default else f" (default {parameter.default})"
        yield f"  {parameter.name} = {parameter.value}{changed}"
    yield ""
    yield "Index event"
    yield f"  {_index(cohort)}"
    if cohort.index.between:
        yield f"  Only index dates from {cohort.index.between[0]} to {cohort.index.between[1]}."
    yield from _rules(cohort)
    yield ""
    yield "Follow-up"
    yield f"  {_follow_up(cohort)}"
    if cohort.columns:
        yield ""
        yield "Columns, beside the standard ones"
    for column in cohort.columns:
        yield f"  {column.name}: {_column(column)}."
    yield ""
    yield "Code sets"
    sets = (events.codes for events in cohort.all_events() if events.codes)
    yield from dict.fromkeys(map(_code_set, sets))
    yield ""
    yield "Conventions"
    for line in CONVENTIONS:
        yield f"  - {line}"


def _index(cohort: Cohort) -> str:
    index = cohort.index
    what = _events(index.events)
    if index.keep == "every":
        return f"Every {what}: one row each."
    if index.of == "history":
        return (
            f"The {index.keep} {what} of the person's whole history in the data. "
            "Dates and rules are applied to that one event: who fails them is not given another."
        )
    return f"The {index.keep} {what} among those that pass the dates and all rules."


def _rules(cohort: Cohort) -> Iterator[str]:
    for forbid, title in ((False, "Required"), (True, "Excluded")):
        rules = [rule for rule in cohort.rules if rule.forbid == forbid]
        if rules:
            yield ""
            yield title
        for rule in rules:
            yield f"  {rule.label}: {_criterion(rule.criterion)}."


def _criterion(criterion: Criterion) -> str:
    if isinstance(criterion, Age):
        return _age(criterion)
    if isinstance(criterion, Sex):
        return f"sex is {' or '.join(criterion.allowed)}"
    if isinstance(criterion, Happened):
        plural = criterion.at_least > 1
        number = f"at least {criterion.at_least}"
        return f"{number} {_events(criterion.events, plural=plural)} {_when(criterion)}"
    return _group(criterion)


def _group(group: Group) -> str:
    words = {"any": "any of", "all": "all of", "none": "none of"}
    return f"{words[group.how]} ({'; '.join(_criterion(part) for part in group.parts)})"


def _age(age: Age) -> str:
    if age.at_least is None:
        return f"at most {age.at_most} years old"
    if age.at_most is None:
        return f"at least {age.at_least} years old"
    return f"{age.at_least} to {age.at_most} years old"


def _events(events: Events, *, plural: bool = False) -> str:
    noun = RELATIONS[events.relation].cte if plural else events.relation
    return f"{events.name} {noun}"


def _when(happened: Happened) -> str:
    window = happened.window
    anchor = ANCHORS[happened.anchor]
    if window == Window():
        return f"at any time, where {anchor} is known"
    if window.first is not None and window.last is not None:
        return f"from {_day(window.first)} to {_day(window.last)} of {anchor}"
    if window.first is not None:
        return f"from {_day(window.first)} of {anchor} on"
    return f"up to {_day(window.last or 0)} of {anchor}"


def _day(number: int) -> str:
    return f"day {number:+d}" if number else "day 0"


def _column(column: Column) -> str:
    happened = column.happened
    return VALUES[column.value].format(
        was=f"were at least {happened.at_least}" if happened.at_least > 1 else "was a",
        events=_events(happened.events, plural=column.value != "any" or happened.at_least > 1),
        when=_when(happened),
        anchor=ANCHORS[happened.anchor],
    )


def _follow_up(cohort: Cohort) -> str:
    follow_up = cohort.follow_up
    ends = [end.replace("-", " ") for end in follow_up.until]
    if follow_up.days is not None:
        ends.append(f"{follow_up.days} days after the index date")
    text = f"Until the earliest of: {', '.join(ends)}."
    if "end-of-data" in follow_up.until:
        last = follow_up.end_of_data or "the latest day of any encounter in the data"
        text += f" The data ends on {last}."
    return text


def _code_set(codes: CodeSet) -> str:
    size = ", ".join(f"{len(patterns)} {name}" for name, patterns in codes.include.items())
    source = f"; {codes.source}" if codes.source else ""
    return f"  {codes.name}: {codes.title} ({size}{source})"
