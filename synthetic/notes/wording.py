"""Slots of plain words about the patient: pronouns, diagnoses, the worse side, levels."""

from __future__ import annotations

from collections.abc import Mapping

from ehrkit.synthetic.notes.facts import diagnosis
from ehrkit.synthetic.notes.kinds import LookAlike
from ehrkit.synthetic.notes.levels import written
from ehrkit.synthetic.notes.scene import Scene
from ehrkit.synthetic.notes.slot import Slot, Text, pick

# By sex: female, male, unknown.
FORMS: Mapping[str, tuple[str, str, str]] = {
    "he": ("she", "he", "the patient"), "He": ("She", "He", "The patient"),
    "him": ("her", "him", "the patient"), "his": ("her", "his", "the patient's"),
    "title": ("Ms.", "Mr.", "Mx."), "man": ("woman", "man", "person"),
    "male": ("female", "male", "patient"), "M": ("F", "M", "U"),
}  # fmt: skip


def _word(forms: tuple[str, str, str]) -> Text:
    return lambda scene: forms[int(scene.chart.truth.people.sex[scene.person])]


def _relation(scene: Scene) -> str:
    return str(scene.chart.cast.relation[scene.person])


def _indication(scene: Scene) -> str:
    return diagnosis(int(scene.chart.truth.surgeries.indication[scene.surgery]))


def _reason(scene: Scene) -> str:
    return diagnosis(int(scene.chart.truth.encounters.reason[scene.row]))


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def _side(scene: Scene) -> str:
    """Return the worse side; a diagnosis that names one decides."""
    name = _indication(scene)
    for side in ("right", "left"):
        if f" {side} " in name:
            return side
    return "left" if scene.chart.surgery.left[scene.surgery] else "right"


def _levels(scene: Scene) -> str:
    return written(scene.chart.surgery.levels[scene.surgery], next(scene.numbers))


WORDING: Mapping[str, Slot] = {
    **{name: Slot("", _word(forms)) for name, forms in FORMS.items()},
    "relation": Slot("", _relation),
    "Relation": Slot("", lambda scene: _sentence(_relation(scene))),
    "state": Slot("", lambda scene: str(scene.chart.truth.people.state[scene.person])),
    "side": Slot("", _side),
    "Side": Slot("", lambda scene: _sentence(_side(scene))),
    "other.side": Slot("", lambda scene: {"left": "right", "right": "left"}[_side(scene)]),
    "indication": Slot("", _indication),
    "Indication": Slot("", lambda scene: _sentence(_indication(scene))),
    "INDICATION": Slot("", lambda scene: _indication(scene).upper()),
    "reason": Slot("", _reason),
    "number": Slot("", lambda scene: str(1 + pick(scene, 3))),
    "levels": Slot(LookAlike.LEVEL, _levels),
    "item": Slot("", lambda scene: str(scene.item)),
    "item.level": Slot(LookAlike.LEVEL, lambda scene: written(scene.item, next(scene.numbers))),
}
