"""The conventions of the language that a definition makes use of, as sentences."""

from __future__ import annotations

from collections.abc import Iterator

from ehrkit.queries.language.cohort import PICKED, Cohort, Column
from ehrkit.queries.language.criteria import Age

ALWAYS = (
    "Days are calendar days, not elapsed hours; day 0 is the anchor's own day.",
    "Both bounds of a window, of an age and of a date range belong to it.",
    "An index event is one person, date and encounter; several codes on one day are one event.",
    "What is unknown never meets a criterion: require drops the event, forbid keeps it. A column "
    "whose anchor is unknown is empty, not 0. An event without a date fits nowhere.",
)
KEEPING = (
    "Ties on one day: a known encounter comes first, then the smallest encounter id "
    "(the largest for keep = last)."
)
DISCHARGE = (
    "Discharge is the end of the index event's own encounter; of several rows the inpatient "
    "one counts, and a stay without an end has no discharge."
)
AGE = "The age is in whole years at the index date; 29 February counts as 1 March."
HOURS = "Hours are elapsed between instants, each cut to its second, by the clock on the wall."
NEAREST = (
    "Of two events as near as each other the earlier is taken; on one day the known and earlier "
    "instant, then the smallest id."
)
OTHER_ENCOUNTER = "An encounter that is unknown is not known to be the same, so it counts as other."
UNITS = "A value whose unit is not told, or cannot be converted, is unknown."
FOLLOW_UP = (
    "Follow-up ends on the earliest of its ends. A recorded death counts as the last contact. "
    "On equal days the reason is, in this order: death, day-limit, censoring events, end-of-data, "
    "observation-end, last-contact."
)


def conventions(cohort: Cohort) -> Iterator[str]:
    """Yield those that decide something in this definition."""
    yield from ALWAYS
    looks = list(cohort.looks())
    if cohort.index.keep != "every":
        yield KEEPING
    yield DISCHARGE
    if any(isinstance(one, Age) for one in cohort.criteria()):
        yield AGE
    if any(look.placement.needs_instant for look in looks):
        yield HOURS
    if any(isinstance(one, Column) and one.value in PICKED for one in cohort.columns):
        yield NEAREST
    if any(look.placement.same_encounter is False for look in looks):
        yield OTHER_ENCOUNTER
    if any(part.unit for events in cohort.all_events() for part in events.parts):
        yield UNITS
    yield FOLLOW_UP
    yield from cohort.conventions
