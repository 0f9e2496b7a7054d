"""The logical relations that every schema adapter may supply, with types and PHI tags.

Cohorts and kit queries know only these; an adapter's SQL turns a site's tables
into them. Dates are calendar dates in the site's local time; times are instants
in local time without a zone. `code` is upper-case without dots.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from ehrkit.core.columns import Phi, field

TYPES = {
    "text": pa.string(),
    "date": pa.date32(),
    "time": pa.timestamp("us"),
    "integer": pa.int64(),
    "number": pa.float64(),
}
ENCOUNTER_KINDS = ("inpatient", "emergency", "observation", "outpatient", "other")
SEXES = ("female", "male", "unknown")


@dataclass(frozen=True)
class Relation:
    """A logical relation.

    Attributes:
        name: as cohort files and adapter files write it.
        cte: its name in SQL; plural, so that it never hides a table such as OMOP's PERSON.
        columns: name to (type of `TYPES`, PHI tag).
        vocabularies: code systems that its `code` column may hold.
    """

    name: str
    cte: str
    columns: dict[str, tuple[str, Phi]]
    vocabularies: tuple[str, ...] = ()

    def schema(self) -> pa.Schema:
        """Return the Arrow schema with PHI tags."""
        return pa.schema([field(n, TYPES[t], phi) for n, (t, phi) in self.columns.items()])


_PERSON = {"person_id": ("text", Phi.OTHER_ID)}
_EVENT = _PERSON | {
    "encounter_id": ("text", Phi.OTHER_ID),
    "event_id": ("text", Phi.OTHER_ID),
    "event_date": ("date", Phi.DATE),
}
_CODED = _EVENT | {"vocabulary": ("text", Phi.NONE), "code": ("text", Phi.NONE)}

_ALL = (
    Relation(
        "person",
        "persons",
        _PERSON
        | {
            "birth_date": ("date", Phi.DATE),
            "sex": ("text", Phi.QUASI),
            "death_date": ("date", Phi.DATE),
        },
    ),
    Relation(
        "encounter",
        "encounters",
        _EVENT
        | {
            "end_date": ("date", Phi.DATE),
            "kind": ("text", Phi.NONE),
            "start_time": ("time", Phi.DATE),
            "end_time": ("time", Phi.DATE),
            "disposition": ("text", Phi.NONE),
        },
    ),
    Relation("procedure", "procedures", _CODED, ("icd10pcs", "hcpcs", "drg", "snomed", "omop")),
    Relation("condition", "conditions", _CODED, ("icd10cm", "snomed", "omop")),
    Relation(
        "medication",
        "medications",
        _CODED | {"end_date": ("date", Phi.DATE), "name": ("text", Phi.NONE)},
        ("rxnorm", "omop"),
    ),
    Relation(
        "measurement",
        "measurements",
        _CODED
        | {
            "event_time": ("time", Phi.DATE),
            "value_number": ("number", Phi.NONE),
            "value_text": ("text", Phi.FREE_TEXT),
            "unit": ("text", Phi.NONE),
        },
        ("loinc", "snomed", "omop"),
    ),
    Relation(
        "note",
        "notes",
        _EVENT
        | {
            "kind": ("text", Phi.NONE),
            "line": ("integer", Phi.NONE),
            "note_text": ("text", Phi.FREE_TEXT),
        },
    ),
    Relation(
        "identity",
        "identities",
        _PERSON
        | {
            "first_name": ("text", Phi.NAME),
            "last_name": ("text", Phi.NAME),
            "birth_date": ("date", Phi.DATE),
            "sex": ("text", Phi.QUASI),
            "zip": ("text", Phi.GEOGRAPHY),
            "phone": ("text", Phi.PHONE),
            "email": ("text", Phi.EMAIL),
            "address": ("text", Phi.GEOGRAPHY),
        },
    ),
    Relation(
        "ed_signal",
        "ed_signals",
        _PERSON
        | {
            "encounter_id": ("text", Phi.OTHER_ID),
            "ed_record": ("integer", Phi.NONE),
            "base_class": ("integer", Phi.NONE),
            "class_or_department": ("integer", Phi.NONE),
            "billing": ("integer", Phi.NONE),
        },
    ),
    Relation(
        "device_day",
        "device_days",
        _PERSON
        | {
            "event_date": ("date", Phi.DATE),
            "steps": ("integer", Phi.NONE),
            "wear_minutes": ("integer", Phi.NONE),
            "valid": ("integer", Phi.NONE),
        },
    ),
)
RELATIONS = {relation.name: relation for relation in _ALL}
CTE_NAMES = {relation.cte: relation.name for relation in _ALL}
EVENT_RELATIONS = ("procedure", "condition", "medication", "measurement", "encounter")
