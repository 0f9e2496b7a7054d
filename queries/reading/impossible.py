"""Refuse what nothing can meet, though each key is right by itself.

A criterion that no event or person can meet gives an empty cohort or a column of zeros,
and looks like a finding.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from ehrkit.core.spelling import nearest
from ehrkit.queries.language.criteria import Count, Look
from ehrkit.queries.language.windows import OPEN, Bounds, Placement, Window
from ehrkit.queries.relations import DISCHARGED_TO, ENCOUNTER_KINDS, MEDICATION_SETTINGS
from ehrkit.queries.sections import Section

# Fields that hold one of a few words in every schema.
WORDS = {
    ("encounter", "kind"): ENCOUNTER_KINDS,
    ("encounter", "discharged_to"): DISCHARGED_TO,
    ("medication", "setting"): MEDICATION_SETTINGS,
    ("condition", "present_on_admission"): ("yes", "no"),
}


def check_whole(table: Section, key: str, bounds: Bounds) -> None:
    """Refuse bounds of whole numbers that hold none.

    Raises:
        DataError: such as above 17 and below 18, of ages.
    """
    if not bounds.holds_a_whole_number:
        raise table.error("no whole number lies within these bounds", key=key, hint=OPEN)


def check_age(table: Section, bounds: Bounds) -> None:
    """Refuse ages that nobody has.

    Raises:
        DataError: no whole number lies within, or none from 0 on.
    """
    check_whole(table, "age", bounds)
    if bounds.high is not None and (bounds.high < 0 or (bounds.high == 0 and bounds.high_open)):
        raise table.error("nobody is younger than 0", key="age")


def check_words(table: Section, relation: str, name: str, patterns: Iterable[str]) -> None:
    """Refuse a pattern that fits none of the few words of a field.

    Raises:
        DataError: the nearest word is named.
    """
    known = WORDS.get((relation, name))
    for pattern in patterns if known else ():
        if not any(fnmatchcase(word, pattern) for word in known or ()):
            what = f"is always one of {', '.join(known or ())}"
            raise table.error(what, key=name, hint=nearest(pattern, known or ()))


def check_count(table: Section, look: Look, count: Count) -> None:
    """Refuse to ask for more different days than a window has.

    Raises:
        DataError: the numbers are named.
    """
    days = look.placement.days
    length = None if days is None or count.counting != "days" else days.length
    if length is not None and (count.bounds.low or 0) > length:
        raise table.error(
            f"asks for {count.bounds.low} days of a window of {length}",
            key="exactly" if count.bounds.low == count.bounds.high else "at_least",
            hint="Widen days, or ask for fewer.",
        )


def check_parts(table: Section, bounds: Bounds, parts: int) -> None:
    """Refuse to ask for more criteria than a group has.

    Raises:
        DataError: the numbers are named.
    """
    if (bounds.low or 0) > parts:
        what = f"asks for {bounds.low} of {parts} criteria"
        raise table.error(what, key="of", hint="Ask for fewer, or add criteria to the list.")


def check_windows(table: Section, placement: Placement) -> None:
    """Refuse days and hours of one event that do not meet.

    Raises:
        DataError: the event cannot lie in both windows.
    """
    for days, hours in (("days", "hours"), ("end_days", "end_hours")):
        if not _meet(getattr(placement, days), getattr(placement, hours)):
            raise table.error(
                f"no instant lies within both {days} and {hours}",
                key=hours,
                hint="Day 1 is at most 48 hours after an instant of day 0; widen one of them.",
            )


def _meet(days: Window | None, hours: Window | None) -> bool:
    """The anchor may lie at any time of its day: day 1 is 0 to 48 hours later, both left out."""
    if days is None or hours is None:
        return True
    too_early = (
        hours.last is not None and days.first is not None and hours.last <= 24 * days.first - 24
    )
    too_late = (
        hours.first is not None and days.last is not None and hours.first >= 24 * days.last + 24
    )
    return not (too_early or too_late)
