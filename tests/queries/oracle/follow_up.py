"""Follow-up: the earliest of the ends that are known, and its reason."""

from __future__ import annotations

from datetime import timedelta

from tests.queries.oracle import anchors, windows

UNTIL = ["death", "last-contact", "end-of-data"]


def end(study, one):
    """Return (date, reason); of several reasons of a day the first in the order told."""
    rule = study.definition.get("follow_up", {})
    until = study.values.texts(rule.get("until", UNTIL))
    death = study.persons[one.person]["death_date"] if "death" in until else None
    ends = [(death, "death")]
    if "days" in rule:
        limit = timedelta(days=study.values.number(rule["days"]))
        ends.append((one.date + limit, "day-limit"))
    ends += [(_censored(study, one, table), table["name"]) for table in rule.get("censor", [])]
    if "end-of-data" in until:
        ends.append((_end_of_data(study, rule), "end-of-data"))
    if "observation-end" in until:
        ends.append((_observed_until(study, one), "observation-end"))
    if "last-contact" in until and death is None:
        ends.append((_last_contact(study, one), "last-contact"))
    known = [(day, place, reason) for place, (day, reason) in enumerate(ends) if day is not None]
    return min(known)[::2] if known else (None, None)


def _censored(study, one, table):
    start = anchors.anchor(study, one, table.get("after", "index"))
    fitting = windows.fitting(study, one, table, start) or []
    return min((event.date for event in fitting), default=None)


def _contacts(rows):
    days = [row[key] for row in rows for key in ("event_date", "end_date")]
    return [day for day in days if day is not None]


def _end_of_data(study, rule):
    if "end_of_data" in rule:
        return study.values.date(rule["end_of_data"])
    return max(_contacts(study.data["encounter"]), default=None)


def _last_contact(study, one):
    mine = [row for row in study.data["encounter"] if row["person_id"] == one.person]
    return max([*_contacts(mine), one.date])


def _observed_until(study, one):
    return max(
        (
            row["end_date"]
            for row in study.data["observation"]
            if row["person_id"] == one.person
            and None not in (row["start_date"], row["end_date"])
            and row["start_date"] <= one.date <= row["end_date"]
        ),
        default=None,
    )
