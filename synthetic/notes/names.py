"""Slots of names and places, each name in several forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ehrkit.synthetic.notes.kinds import Identifier
from ehrkit.synthetic.notes.scene import Scene
from ehrkit.synthetic.notes.site import (
    ANESTHETIST,
    ASSISTANT,
    INTERNIST,
    NURSE,
    PAIN,
    RESIDENT,
    SCRIBE,
    SURGEON,
    VASCULAR,
)
from ehrkit.synthetic.notes.slot import Slot, Text, of_cast, of_person, pick


def _dotted(middle: str) -> str:
    """Return a middle name with a blank behind it; a mere initial has a full stop."""
    return f"{middle}. " if len(middle) == 1 else f"{middle} " if middle else ""


# How first name, middle name or initial, and last name are put together.
FULL_NAMES: tuple[Callable[[str, str, str], str], ...] = (
    lambda first, middle, last: f"{first} {last}",
    lambda first, middle, last: f"{first} {_dotted(middle)}{last}",
    lambda first, middle, last: f"{last}, {first}",
    lambda first, middle, last: f"{last}, {first} {middle}" if middle else f"{last}, {first}",
    lambda first, middle, last: f"{last.upper()}, {first.upper()}",
    lambda first, middle, last: f"{first} {last}".upper(),
)
# One mention of a last name in so many is misspelt, where a misspelling is known.
MISSPELT = 12


def _full_name(scene: Scene) -> str:
    people, person = scene.chart.truth.people, scene.person
    form = FULL_NAMES[pick(scene, len(FULL_NAMES))]
    return form(people.first[person], people.middle[person], people.last[person])


def _plain_name(scene: Scene) -> str:
    people, person = scene.chart.truth.people, scene.person
    return f"{people.first[person]} {people.last[person]}"


def _last_name(scene: Scene) -> str:
    if pick(scene, MISSPELT):
        return str(scene.chart.truth.people.last[scene.person])
    return str(scene.chart.cast.misspelt[scene.person])


def _initials(scene: Scene) -> str:
    people, person = scene.chart.truth.people, scene.person
    form = ("{}.{}.", "{}{}", "{}. {}.")[pick(scene, 3)]
    return form.format(people.first[person][0], people.last[person][0])


def _relative(scene: Scene) -> str:
    cast, person = scene.chart.cast, scene.person
    if pick(scene, 3):
        return str(cast.relative[person])
    return f"{cast.relative[person]} {cast.relative_last[person]}"


def _member_of_team(role: int, *, last_only: bool = False) -> Text:
    def text(scene: Scene) -> str:
        return clinician(scene, scene.chart.surgery.team[scene.surgery][role], last_only)

    return text


def _family_doctor(scene: Scene) -> str:
    return clinician(scene, int(scene.chart.cast.family_doctor[scene.person]), False)


def _emergency_doctor(scene: Scene) -> str:
    return clinician(scene, scene.chart.doctor[scene.place], False)


def clinician(scene: Scene, place: int, last_only: bool) -> str:
    """Return the name of a clinician of the site, in one of several forms."""
    first, last = scene.chart.site.first[place], scene.chart.site.last[place]
    if last_only:
        return str(last)
    return (f"{first} {last}", f"{first[0]}. {last}", f"{last}, {first}")[pick(scene, 3)]


def _nurse(scene: Scene) -> str:
    site = scene.chart.site
    place = scene.chart.surgery.team[scene.surgery][NURSE]
    first, last = site.first[place], site.last[place]
    return (f"{first} {last[0]}.", f"{first} {last}", str(first))[pick(scene, 3)]


def _street(scene: Scene) -> str:
    people, person = scene.chart.truth.people, scene.person
    street, unit = people.street[person], people.unit[person]
    return f"{street}, {unit}" if unit else str(street)


NAMES: Mapping[str, Slot] = {
    "patient": Slot(Identifier.PATIENT, _full_name),
    "patient.plain": Slot(Identifier.PATIENT, _plain_name),
    "patient.last": Slot(Identifier.PATIENT, _last_name),
    "patient.first": Slot(Identifier.PATIENT, of_person("first")),
    "patient.nickname": Slot(Identifier.PATIENT, of_person("preferred")),
    "patient.initials": Slot(Identifier.PATIENT, _initials),
    "relative": Slot(Identifier.RELATIVE, _relative),
    "relative.first": Slot(Identifier.RELATIVE, of_cast("relative")),
    "surgeon": Slot(Identifier.CLINICIAN, _member_of_team(SURGEON)),
    "surgeon.last": Slot(Identifier.CLINICIAN, _member_of_team(SURGEON, last_only=True)),
    "assistant": Slot(Identifier.CLINICIAN, _member_of_team(ASSISTANT)),
    "resident": Slot(Identifier.CLINICIAN, _member_of_team(RESIDENT)),
    "anesthetist": Slot(Identifier.CLINICIAN, _member_of_team(ANESTHETIST)),
    "nurse": Slot(Identifier.CLINICIAN, _nurse),
    "internist": Slot(Identifier.CLINICIAN, _member_of_team(INTERNIST)),
    "internist.last": Slot(Identifier.CLINICIAN, _member_of_team(INTERNIST, last_only=True)),
    "vascular": Slot(Identifier.CLINICIAN, _member_of_team(VASCULAR)),
    "vascular.last": Slot(Identifier.CLINICIAN, _member_of_team(VASCULAR, last_only=True)),
    "pain.doctor": Slot(Identifier.CLINICIAN, _member_of_team(PAIN)),
    "pain.doctor.last": Slot(Identifier.CLINICIAN, _member_of_team(PAIN, last_only=True)),
    "emergency.doctor": Slot(Identifier.CLINICIAN, _emergency_doctor),
    "scribe": Slot(Identifier.CLINICIAN, _member_of_team(SCRIBE)),
    "family.doctor": Slot(Identifier.CLINICIAN, _family_doctor),
    "employer": Slot(Identifier.EMPLOYER, of_cast("employer")),
    "street": Slot(Identifier.STREET, _street),
    "city": Slot(Identifier.CITY, of_person("city")),
    "county": Slot(Identifier.COUNTY, of_cast("county")),
    "zip": Slot(Identifier.ZIP, of_person("zip")),
    "hospital": Slot(Identifier.FACILITY, lambda scene: scene.chart.site.own),
    "other.hospital": Slot(
        Identifier.FACILITY,
        lambda scene: str(scene.chart.site.hospitals[scene.person % 7]),
    ),
    "nursing.home": Slot(
        Identifier.FACILITY, lambda scene: str(scene.chart.site.homes[scene.person % 9])
    ),
    "pharmacy": Slot(Identifier.FACILITY, of_cast("pharmacy")),
    "school": Slot(Identifier.PLACE, of_cast("school")),
    "church": Slot(Identifier.PLACE, of_cast("church")),
}
