"""The conventions of the language that a definition makes use of, as sentences."""

from __future__ import annotations

from collections.abc import Iterator

from ehrkit.queries.language.cohort import AGGREGATES, PICKED, Cohort, Column
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
    "Of two events as near to the anchor the earlier is taken; of two on one day the one with the "
    "earlier instant, a known one first, then the smallest id."
)
LAST = (
    "The last of several events on one day is the one with the latest instant, a known one first, "
    "then the one with the largest id."
)
AGGREGATED = (
    "A sum, mean, smallest or largest is over different values of different events and codes; "
    "unknown ones are left out, and of nothing it is empty."
)
OTHER_ENCOUNTER = "An encounter that is unknown is not known to be the same, so it counts as other."
UNITS = "A value whose unit is not told, or cannot be converted, is unknown."
ERAS = (
    "An era goes on where the next event starts at most so many days after the latest end so far; "
    "its days covered count the first and the last day."
)
MME = "MME are morphine milligram equivalents; those of a drug without a factor are unknown."
OTHER_COHORT = "An event of another cohort is on its index date and ends on its discharge."
OUTLASTED = "Where a death is known, the last contact does not end follow-up."
FOLLOW_UP = (
    "Follow-up ends on the earliest of its ends. On equal days the reason is, in this order: "
    "death, day-limit, censoring events, end-of-data, observation-end, last-contact."
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
    values = {one.value for one in cohort.columns if isinstance(one, Column)}
    orders = values.intersection(PICKED) | {one.pick.order for one in cohort.events}
    if orders - {"last"}:
        yield NEAREST
    if "last" in orders:
        yield LAST
    if values.intersection(AGGREGATES):
        yield AGGREGATED
    if any(look.placement.same_encounter is False for look in looks):
        yield OTHER_ENCOUNTER
    if any(part.unit for events in cohort.all_events() for part in events.parts):
        yield UNITS
    if any(events.gap is not None for events in cohort.all_events()):
        yield ERAS
    if any(one.endswith("_mme") for one in _fields(cohort)):
        yield MME
    if any(part.cohort for events in cohort.all_events() for part in events.parts):
        yield OTHER_COHORT
    yield FOLLOW_UP
    if {"death", "last-contact"} <= set(cohort.follow_up.until):
        yield OUTLASTED
    yield from cohort.conventions


def _fields(cohort: Cohort) -> Iterator[str]:
    yield from (one.field for one in cohort.columns if isinstance(one, Column) and one.field)
    for events in cohort.all_events():
        for part in events.parts:
            yield from (one.field for one in part.where)
