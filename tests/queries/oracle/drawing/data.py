"""Data full of edges: nulls, leap days, 23:59:59, ties, month ends, strangers, empty tables."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import strategies as st

from tests.queries.oracle.drawing.words import (
    DESCENTS,
    ETHNICITIES,
    FIELDS,
    KINDS,
    NOTES,
    RACES,
    ROW_CODES,
    SEXES,
)

# As texts "10" comes before "9", and "9" before "9-1". Nobody knows person 7; encounter 77 has no row of its own.
PEOPLE = ("10", "10", "10", "10", "9", "7")
ENCOUNTERS = ("9", "9", "10", "10", "9-1", "77", None, None)
# Each case has days of one of these, so that events meet.
CALENDARS = (
    (date(2020, 1, 1), date(2020, 1, 2), date(2020, 1, 3)),
    (date(2020, 2, 28), date(2020, 2, 29), date(2020, 3, 1)),
    (date(2019, 12, 31), date(2020, 1, 1), date(2020, 1, 2), date(2020, 1, 31)),
    (date(2020, 1, 1), date(2020, 1, 1), date(2020, 1, 31), date(2020, 2, 29), date(2020, 3, 1)),
    (date(2020, 1, 30), date(2020, 1, 31), date(2020, 2, 28), date(2020, 2, 29), date(2021, 2, 28)),
    (date(2019, 12, 31), date(2020, 1, 1), date(2020, 1, 2), date(2020, 1, 31), date(2020, 2, 28),
     date(2020, 2, 29), date(2020, 3, 1), date(2021, 2, 28)),
)
CLOCK = (
    timedelta(), timedelta(hours=12), timedelta(hours=12, milliseconds=900),
    timedelta(hours=23, minutes=59, seconds=59),
)  # fmt: skip
BIRTHS = (datetime(2000, 2, 29), datetime(2000, 2, 29), datetime(2002, 1, 1), datetime(2002, 2, 28, 23, 59, 59),
          datetime(2002, 3, 1), datetime(1950, 7, 4), datetime(2020, 2, 1), None)  # fmt: skip
UNITS = ("mg/dL", "mg/dl ", "mmol/L", "g/L", "kg", "[lb_av]", "lbs", "%", "mmol/mol", "[degF]",
         "furlong", None)  # fmt: skip
SIZES = (8, 0, 3, 8, 10, 12, 14, 16)
NUMBERS = (None, 0.5, 1.5, 1.5, 5.0, 98.5, -2.0)

event_ids = st.sampled_from(("9", "10", "9-1", "b", "B"))


def _row(**columns):
    return st.fixed_dictionaries(
        {key: st.sampled_from(one) if isinstance(one, tuple) else one for key, one in columns.items()}
    )


def _moments(days):
    known = st.builds(
        lambda day, clock: datetime(day.year, day.month, day.day) + clock,
        st.sampled_from(days),
        st.sampled_from(CLOCK),
    )
    return st.integers(0, 7).flatmap(lambda n: st.none() if n == 7 else known)


def _coded(relation, event, **more):
    rows = _row(**event, coding=ROW_CODES[relation], **more)
    return rows.map(
        lambda row: {key: one for key, one in row.items() if key != "coding"}
        | dict(zip(("vocabulary", "code"), row["coding"], strict=True))
    )


def _relations(moments):
    """Return a strategy for the rows of each relation."""
    event = {
        "person_id": PEOPLE, "encounter_id": ENCOUNTERS, "event_id": event_ids,
        "event_time": moments, "untimed": (0, 0, 0, 1),
    }  # fmt: skip
    return {
        "observation": _row(person_id=PEOPLE, start_date=moments, end_date=moments),
        "encounter": _row(
            person_id=PEOPLE, encounter_id=ENCOUNTERS[:5], kind=KINDS, event_time=moments,
            end_time=moments, untimed=(0, 0, 0, 1), specialty=(None, "spine surgery", "neurology"),
            disposition=(None, "Home", "to_home", "Tohome"), discharged_to=(None, "home", "hospice"),
        ),
        "procedure": _coded("procedure", event),
        "condition": _coded(
            "condition", event, position=(None, 1, 2), present_on_admission=(None, "yes", "no")
        ),
        "medication": _coded(
            "medication", event, end_date=moments, quantity=(None, 1.0, 30.0, 10.0),
            name=(None, "Oxycodone 5 mg", "morphine", "50% salve"), days_supply=(None, 0, 1, 10),
            setting=("ordered", "administered", "dispensed"), strength=(None, 0.5, 5.0, 25.0),
            strength_unit=("mg", "mg", "MG ", "mcg", "mcg/hr", "tablet", None),
        ),
        "measurement": _coded(
            "measurement", event, value_number=NUMBERS, unit=UNITS,
            value_text=(None, "Positive", "negative", "+"),
        ),
        "note": _row(**event, kind=NOTES, line=(1, 2), note_text=("x",)),
        "device_day": _row(
            person_id=PEOPLE, event_id=event_ids, event_date=moments, steps=(None, 100, 5000),
            wear_minutes=(None, 600, 601), valid=(None, 0, 1, 1),
        ),
    }  # fmt: skip


def _person(name, moments):
    return _row(
        person_id=(name,), birth_date=BIRTHS, death_date=st.none() | moments,
        sex=(*SEXES, None), race=(*RACES, None, None), ethnicity=(*ETHNICITIES, None),
    )  # fmt: skip


def _persons(moments):
    one, other = _person("10", moments), _person("9", moments)
    return st.tuples(one, other).map(list) | one.map(lambda person: [person])


ROWS = [
    {"person": _persons(moments)} | _relations(moments) for moments in map(_moments, CALENDARS)
]


@st.composite
def data_for(draw, *definitions):
    """Draw the relations that the definitions name; the others are empty."""
    used = {"encounter"} | set().union(*(_used(one) for one in definitions))
    index = _used(definitions[0]["index"])
    rows = draw(st.sampled_from(ROWS))
    found = {"person": draw(rows["person"])}
    for name in sorted(used & set(rows)):
        size = draw(st.sampled_from(SIZES[-5:] if name in index else SIZES))
        found[name] = draw(st.lists(rows[name], min_size=size, max_size=size))
    if "descent" in used:
        found["descent"] = [{"ancestor": a, "descendant": d} for a, d in DESCENTS]
    return found


def _used(table):
    """Return the relations that a definition names, at any depth."""
    found = set()
    if isinstance(table, list):
        return found.union(*(_used(one) for one in table)) if table else found
    if isinstance(table, dict):
        found |= {key for key in table if key in FIELDS or key == "observed"}
        found = found.union(*(_used(one) for one in table.values()))
    if isinstance(table, str) and table == "observation-end":
        found.add("observed")
    return {"observation" if one == "observed" else one for one in found} | (
        {"descent"} if "condition" in found else set()
    )
