"""The fields of events: what filters compare and columns give, per relation.

A field's expression names the relation's row as `x`. `days`, from the anchor, is no
field of a row: the compiler makes it.
"""

from __future__ import annotations

from dataclasses import dataclass

from ehrkit.core.columns import Phi


@dataclass(frozen=True)
class Field:
    """A field: its type (of `relations.TYPES`), its canonical expression, its PHI tag."""

    type: str
    expression: str
    phi: Phi = Phi.NONE


@dataclass(frozen=True)
class EventRelation:
    """What a relation's events have beside person, encounter, id and date.

    Attributes:
        instant: the event has one (`event_time`).
        end_date, end_time: its end has them.
        default: the field that columns give if none is named.
    """

    fields: dict[str, Field]
    instant: bool = False
    end_date: bool = False
    end_time: bool = False
    default: str | None = None


DATE = Field("date", "x.event_date", Phi.DATE)
ENCOUNTER = Field("text", "x.encounter_id", Phi.OTHER_ID)
END = {"end_date": Field("date", "x.end_date", Phi.DATE)}
BASE = {"date": DATE, "encounter": ENCOUNTER}
CODED = BASE | {"code": Field("text", "x.code"), "vocabulary": Field("text", "x.vocabulary")}
# What the number of morphine milligrams stands for in an expression.
MME = ":mme"
_TOTAL = f"x.strength * x.quantity * {MME}"

EVENT_RELATIONS: dict[str, EventRelation] = {
    "procedure": EventRelation(CODED, instant=True),
    "condition": EventRelation(
        CODED
        | {
            "position": Field("integer", "x.position"),
            "present_on_admission": Field("text", "x.present_on_admission"),
        }
    ),
    "medication": EventRelation(
        CODED
        | END
        | {
            "name": Field("text", "x.name"),
            "setting": Field("text", "x.setting"),
            "quantity": Field("number", "x.quantity"),
            "days_supply": Field("integer", "x.days_supply"),
            "strength": Field("number", "x.strength"),
            "daily_dose": Field("number", "EHR_DIVIDE(x.strength * x.quantity, x.days_supply)"),
            "total_mme": Field("number", _TOTAL),
            "daily_mme": Field("number", f"EHR_DIVIDE({_TOTAL}, x.days_supply)"),
        },
        instant=True,
        end_date=True,
    ),
    "measurement": EventRelation(
        CODED
        | {
            "value": Field("number", "x.value_number"),
            "text": Field("text", "x.value_text", Phi.FREE_TEXT),
            "unit": Field("text", "x.unit"),
        },
        instant=True,
        default="value",
    ),
    "encounter": EventRelation(
        BASE
        | END
        | {
            "kind": Field("text", "x.kind"),
            "disposition": Field("text", "x.disposition"),
            "discharged_to": Field("text", "x.discharged_to"),
            "specialty": Field("text", "x.specialty"),
            "length_of_stay": Field("integer", "EHR_DAY_DIFF(x.event_date, x.end_date)"),
        },
        instant=True,
        end_date=True,
        end_time=True,
        default="length_of_stay",
    ),
    "note": EventRelation(BASE | {"kind": Field("text", "x.kind")}),
    "device_day": EventRelation(
        BASE
        | {
            "steps": Field("integer", "x.steps"),
            "wear_minutes": Field("integer", "x.wear_minutes"),
            "valid": Field("integer", "x.valid"),
        },
        default="steps",
    ),
    "death": EventRelation(BASE),
    "cohort": EventRelation(BASE, end_date=True),
}
ERA = EventRelation(
    BASE | END | {"days_covered": Field("integer", "EHR_DAY_DIFF(x.event_date, x.end_date) + 1")},
    end_date=True,
    default="days_covered",
)
CODED_RELATIONS = ("procedure", "condition", "medication", "measurement")
