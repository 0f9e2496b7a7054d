"""Criteria: what an index event must meet; the unknown never does."""

from __future__ import annotations

from datetime import timedelta

from tests.queries.oracle import follow_up, windows
from tests.queries.oracle.anchors import anchor
from tests.queries.oracle.events import within
from tests.queries.oracle.values import age

INHERITED = ("after", *windows.KEYS)
GROUPS = {"all": all, "any": any, "none": lambda met: not any(met)}


def meets(study, one, table, inherited=None):
    """Tell whether an index event meets a criterion; groups hand their windows on."""
    own = {key: table[key] for key in INHERITED if key in table}
    context = (inherited or {}) | own
    person = study.persons[one.person]
    for how, joined in GROUPS.items():
        if isinstance(table.get(how), list):
            return joined([meets(study, one, part, context) for part in table[how]])
    if isinstance(table.get("of"), list):
        met = sum(meets(study, one, part, context) for part in table["of"])
        return right_number(study, table, met)
    if "age" in table:
        born = person["birth_date"]
        return born is not None and within(study, table["age"], age(born, one.date))
    for key in ("sex", "race", "ethnicity"):
        if key in table:
            return (person.get(key) or "unknown") in study.values.texts(table[key])
    if "observed" in table:
        return _observed(study, one, table["observed"])
    if "followed" in table:
        end = follow_up.end(study, one)[0]
        return end is not None and within(study, table["followed"], (end - one.date).days)
    number = counted(study, one, table, context)
    return number is not None and right_number(study, table, number)


def counted(study, one, table, window=None):
    """Return how many events fit, None with an unknown anchor."""
    window = table if window is None else window
    start = anchor(study, one, window.get("after", "index"))
    fitting = windows.fitting(study, one, table, start, window)
    if fitting is None:
        return None
    different = {
        "events": {event.key for event in fitting},
        "days": {event.date for event in fitting},
        "codes": {(event.vocabulary, event.code) for event in fitting},
        "encounters": {event.encounter for event in fitting} - {None},
    }
    return len(different[table.get("counting", "events")])


def right_number(study, table, number):
    """Compare with at_least (1 if nothing is said), at_most, exactly."""
    if "exactly" in table:
        return number == study.values.number(table["exactly"])
    low = study.values.number(table.get("at_least", 0 if "at_most" in table else 1))
    high = study.values.number(table["at_most"]) if "at_most" in table else None
    return number >= low and (high is None or number <= high)


def _observed(study, one, table):
    first = one.date - timedelta(days=study.values.number(table.get("before", 0)))
    last = one.date + timedelta(days=study.values.number(table.get("after", 0)))
    return any(
        row["start_date"] <= first and last <= row["end_date"]
        for row in study.data["observation"]
        if row["person_id"] == one.person and None not in (row["start_date"], row["end_date"])
    )
