"""Rows of the plain tables about one person, `a`, who has a fusion."""

from __future__ import annotations

from datetime import datetime

CODES = {
    "fusion": {"include": {"icd10pcs": ["0SG*"]}},
    "tumour": {"include": {"icd10cm": ["C79.5*", "D16.6"]}},
    "opioid": {"include": {"rxnorm": ["7804", "7052"]}},
    "glucose": {"include": {"loinc": ["2345-7"]}},
}


def at(text):
    return datetime.fromisoformat(text) if text else None


def coded(vocabulary, code, when, event="e1", encounter=None, **more):
    return {
        "person_id": "a", "encounter_id": encounter, "event_id": event, "event_time": at(when),
        "vocabulary": vocabulary, "code": code,
    } | more  # fmt: skip


def fusion(when, event="p1", encounter=None, **more):
    return coded("icd10pcs", "0SG0", when, event, encounter, **more)


def tumour(when, event="t1", encounter=None, code="C79.51", **more):
    return coded("icd10cm", code, when, event, encounter, **more)


def pill(when, event="m1", end=None, **more):
    return coded("rxnorm", "7804", when, event, end_date=at(end), **more)


def lab(when, event="l1", number=None, unit="mg/dL", text=None, **more):
    values = {"value_number": number, "unit": unit, "value_text": text}
    return coded("loinc", "2345-7", when, event, **values, **more)


def visit(encounter, kind, start, end=None, **more):
    return {
        "person_id": "a", "encounter_id": encounter, "kind": kind, "event_time": at(start),
        "end_time": at(end),
    } | more  # fmt: skip


def person(birth="1960-05-05", death=None, **more):
    return {
        "person_id": "a", "birth_date": at(birth), "death_date": at(death), "sex": "female",
    } | more  # fmt: skip


def device(when, valid=1, steps=100, event="d1"):
    return {
        "person_id": "a", "event_id": event, "event_date": at(when), "steps": steps,
        "wear_minutes": 600, "valid": valid,
    }  # fmt: skip


def note(when, kind, event="n1"):
    return {
        "person_id": "a", "encounter_id": None, "event_id": event, "event_time": at(when),
        "kind": kind, "line": 1, "note_text": "x",
    }  # fmt: skip


def period(start, end):
    return {"person_id": "a", "start_date": at(start), "end_date": at(end)}
