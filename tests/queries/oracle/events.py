"""Selectors: which events of the logical relations a table of the cohort file names."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.queries.oracle.codes import in_set
from tests.queries.oracle.texts import alike
from tests.queries.oracle.units import convert, doses

CODED = ("procedure", "condition", "medication", "measurement")
SELECTORS = (*CODED, "encounter", "note", "device_day", "death", "cohort", "events")


@dataclass(frozen=True)
class Event:
    """One row of one event; rows of one event share relation and identity."""

    relation: str
    identity: Any
    person: str
    date: date | None
    encounter: str | None = None
    time: datetime | None = None
    end_date: date | None = None
    end_time: datetime | None = None
    vocabulary: str | None = None
    code: str | None = None
    fields: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def key(self):
        """What makes it the same event: one event of one relation, of one person."""
        return (self.relation, self.person, self.identity)


def select(study, table):
    """Return the rows of the events that a selector names, eras merged."""
    if "events" in table:
        found = [one for item in table["events"] for one in _one(study, item)]
    else:
        found = _one(study, table)
    return eras(found, study.values.number(table["gap"])) if "gap" in table else found


def _one(study, table):
    name = next(key for key in SELECTORS if key in table)
    found = [one for one in _rows(study, table, name) if _during(study, table, one)]
    for key, wanted in table.get("where", {}).items():
        found = [one for one in found if _where(study, wanted, one.fields[key])]
    return found


def _rows(study, table, name):
    if name in CODED:
        sets = [study.code_set(one) for one in study.values.texts(table[name])]
        rows = [_coded(name, row, table.get("unit"), study) for row in study.data[name]]
        return [one for one in rows if any(in_set(known, one, study) for known in sets)]
    if name == "cohort":
        return [_member(row) for row in study.other_cohort(table)]
    if name == "death":
        known = [row for row in study.data["person"] if row["death_date"] is not None]
        return [
            Event("death", 0, row["person_id"], row["death_date"],
                  fields={"date": row["death_date"], "encounter": None})
            for row in known
        ]  # fmt: skip
    wanted = study.values.texts(table[name])
    rows = [row for row in study.data[name] if _chosen(name, row, wanted)]
    return [_plain(name, row) for row in rows]


def _chosen(name, row, wanted):
    if "any" in wanted:
        return True
    if name == "device_day":
        return row["valid"] == 1
    if name == "encounter":
        return row["kind"] in wanted
    return any(alike(one, row["kind"]) for one in wanted)


def _base(name, row, **more):
    common = {"date": row["event_date"], "encounter": row.get("encounter_id")}
    shown = ("kind", "disposition", "discharged_to", "specialty", "position",
             "present_on_admission", "steps", "wear_minutes", "valid", "name", "setting",
             "end_date", "quantity", "days_supply", "strength")  # fmt: skip
    fields = common | {key: row[key] for key in shown if key in row} | more
    return Event(
        name, row["event_id"], row["person_id"], row["event_date"], row.get("encounter_id"),
        row.get("event_time") if name not in ("condition", "note", "device_day") else None,
        row.get("end_date"), row.get("end_time"), row.get("vocabulary"), row.get("code"),
        fields,
    )  # fmt: skip


def _plain(name, row):
    if name != "encounter":
        return _base(name, row)
    start, end = row["event_date"], row["end_date"]
    nights = None if start is None or end is None else (end - start).days
    return _base(name, row, length_of_stay=nights)


def _coded(name, row, unit, study):
    more = {"code": row["code"], "vocabulary": row["vocabulary"]}
    if name == "medication":
        more |= doses(row)
    if name == "measurement":
        value = row["value_number"]
        if unit is not None:
            value = convert(value, row["unit"], study.values.plain(unit), row["code"])
        more |= {"value": value, "text": row["value_text"], "unit": row["unit"]}
    return _base(name, row, **more)


def _member(row):
    identity = (row["index_date"], row["encounter_id"])
    fields = {"date": row["index_date"], "encounter": row["encounter_id"]}
    return Event(
        "cohort", identity, row["person_id"], row["index_date"], row["encounter_id"],
        end_date=row["discharge_date"], fields=fields,
    )  # fmt: skip


def _during(study, table, event):
    if "during" not in table:
        return True
    kinds = study.values.texts(table["during"])
    return event.encounter is not None and any(
        row["person_id"] == event.person
        and row["encounter_id"] == event.encounter
        and row["kind"] in kinds
        for row in study.data["encounter"]
    )


def _where(study, wanted, actual):
    if actual is None:
        return False
    if isinstance(wanted, dict):
        return within(study, wanted, actual)
    if isinstance(actual, str):
        return any(alike(one, actual) for one in study.values.texts(wanted))
    return actual == study.values.number(wanted)


def within(study, bounds, actual):
    """Tell whether a known number (or date) keeps all bounds."""
    read = study.values.date if isinstance(actual, date) else study.values.number
    tests = {
        "at_least": lambda bound: actual >= bound,
        "at_most": lambda bound: actual <= bound,
        "above": lambda bound: actual > bound,
        "below": lambda bound: actual < bound,
    }
    return all(tests[key](read(raw)) for key, raw in bounds.items())


def eras(events, gap):
    """Merge each person's events of known date where at most `gap` days lie between."""
    spans = {}
    for one in events:
        if one.date is not None:
            end = one.date if one.end_date is None else max(one.date, one.end_date)
            spans.setdefault(one.person, []).append((one.date, end))
    return [
        _era(person, start, end)
        for person, known in spans.items()
        for start, end in _merged(sorted(known), gap)
    ]


def _merged(spans, gap):
    merged = []
    for start, end in spans:
        if merged and (start - merged[-1][1]).days <= gap:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _era(person, start, end):
    fields = {"date": start, "encounter": None, "end_date": end,
              "days_covered": (end - start).days + 1}  # fmt: skip
    return Event("era", start, person, start, end_date=end, fields=fields)
