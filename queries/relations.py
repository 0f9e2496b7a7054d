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
# The minimum categories of the Office of Management and Budget (1997 standards, 62 FR 58782), which
# charts of the years at hand were kept by; `multiple` is more than one of them.
RACES = (
    "american-indian",
    "asian",
    "black",
    "pacific-islander",
    "white",
    "other",
    "multiple",
    "unknown",
)
ETHNICITIES = ("hispanic", "not-hispanic", "unknown")
# Where a stay led to; the groups of the UB-04 patient discharge status codes (design choice).
DISCHARGED_TO = (
    "home",
    "home-health",
    "skilled-nursing",
    "rehabilitation",
    "long-term-care",
    "psychiatric",
    "hospital",
    "hospice",
    "died",
    "against-advice",
    "other",
)
MEDICATION_SETTINGS = ("ordered", "administered", "dispensed")


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
_END_DATE = {"end_date": ("date", Phi.DATE)}
_TIME = {"event_time": ("time", Phi.DATE)}
_CODE = {"vocabulary": ("text", Phi.NONE), "code": ("text", Phi.NONE)}

_ALL = (
    Relation(
        "person",
        "persons",
        _PERSON
        | {
            "birth_date": ("date", Phi.DATE),
            "sex": ("text", Phi.QUASI),
            "race": ("text", Phi.QUASI),
            "ethnicity": ("text", Phi.QUASI),
            "death_date": ("date", Phi.DATE),
        },
    ),
    Relation(
        "observation",
        "observations",
        _PERSON | {"start_date": ("date", Phi.DATE), "end_date": ("date", Phi.DATE)},
    ),
    Relation(
        "encounter",
        "encounters",
        _EVENT
        | _END_DATE
        | _TIME
        | {
            "end_time": ("time", Phi.DATE),
            "kind": ("text", Phi.NONE),
            "disposition": ("text", Phi.NONE),
            "discharged_to": ("text", Phi.NONE),
            "specialty": ("text", Phi.NONE),
        },
    ),
    Relation(
        "procedure",
        "procedures",
        _EVENT | _TIME | _CODE,
        ("icd10pcs", "hcpcs", "drg", "snomed", "omop", "local"),
    ),
    Relation(
        "condition",
        "conditions",
        _EVENT
        | _CODE
        | {"position": ("integer", Phi.NONE), "present_on_admission": ("text", Phi.NONE)},
        ("icd10cm", "snomed", "omop"),
    ),
    Relation(
        "medication",
        "medications",
        _EVENT
        | _END_DATE
        | _TIME
        | _CODE
        | {
            "name": ("text", Phi.NONE),
            "setting": ("text", Phi.NONE),
            "quantity": ("number", Phi.NONE),
            "days_supply": ("integer", Phi.NONE),
            "strength": ("number", Phi.NONE),
            "strength_unit": ("text", Phi.NONE),
        },
        ("rxnorm", "omop"),
    ),
    Relation(
        "measurement",
        "measurements",
        _EVENT
        | _TIME
        | _CODE
        | {
            "value_number": ("number", Phi.NONE),
            "value_text": ("text", Phi.FREE_TEXT),
            "unit": ("text", Phi.NONE),
        },
        ("loinc", "snomed", "omop", "local"),
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
        _EVENT
        | {
            "steps": ("integer", Phi.NONE),
            "wear_minutes": ("integer", Phi.NONE),
            "valid": ("integer", Phi.NONE),
        },
    ),
    Relation(
        "descent",
        "descents",
        {"ancestor": ("text", Phi.NONE), "descendant": ("text", Phi.NONE)},
    ),
)
RELATIONS = {relation.name: relation for relation in _ALL}
CTE_NAMES = {relation.cte: relation.name for relation in _ALL}
# Relations whose events have a code, and all whose rows are events of a person on a date.
CODED_RELATIONS = tuple(relation.name for relation in _ALL if relation.vocabularies)
EVENT_RELATIONS = tuple(relation.name for relation in _ALL if "event_date" in relation.columns)
# Relations that read a table of the user's own making, and what that table is.
ADDED_RELATIONS = {"device_day": "yours to add: what `ehrkit wear daily --crosswalk` writes"}
