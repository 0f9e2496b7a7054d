"""Slots of findings: vital signs, pain and other scores, strength, results."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from ehrkit.synthetic.care.theatre import ASA_CLASSES
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.notes.facts import phase
from ehrkit.synthetic.notes.kinds import LookAlike
from ehrkit.synthetic.notes.scene import Scene
from ehrkit.synthetic.notes.slot import Slot, Text, pick

# Pain in the months after surgery, as a share of what it was before; design choice, for
# contacts at which nobody recorded it.
RECOVERY = {"before": 1.0, "early": 0.85, "late": 0.5}


@cache
def _vital_names() -> tuple[str, ...]:
    return tuple(catalogue().vitals)


def _recorded(scene: Scene, name: str) -> float | None:
    """Return what was measured at this contact, or None."""
    value = scene.chart.vitals[scene.place][_vital_names().index(name)]
    return None if value != value else value


def _vital(name: str, low: int, high: int, form: str = "{:.0f}") -> Text:
    """Return a vital sign as recorded, or one between two usual values."""

    def text(scene: Scene) -> str:
        recorded = _recorded(scene, name)
        return form.format(low + pick(scene, high - low + 1) if recorded is None else recorded)

    return text


def _pressure(scene: Scene) -> str:
    upper, lower = _recorded(scene, "systolic"), _recorded(scene, "diastolic")
    if upper is None or lower is None:
        return f"{108 + pick(scene, 44)}/{60 + pick(scene, 32)}"
    return f"{upper:.0f}/{lower:.0f}"


def _temperature(scene: Scene) -> str:
    recorded = _recorded(scene, "temperature")
    return f"{97 + pick(scene, 19) / 10 if recorded is None else recorded:.1f} F"


def _pain_now(scene: Scene) -> int:
    recorded = _recorded(scene, "pain")
    if recorded is not None:
        return round(recorded)
    return round(scene.chart.surgery.pain[scene.surgery] * RECOVERY[phase(scene)])


def _pain(more: int) -> Text:
    """Return pain today, or so much more or less, on its scale of 0-10."""
    return lambda scene: f"{min(10, max(0, _pain_now(scene) + more))}/10"


def _disability(scene: Scene) -> str:
    score = round(scene.chart.scores[scene.place][list(catalogue().instruments).index("oswestry")])
    return (f"{score}/100", f"{score}%", f"{score}")[pick(scene, 3)]


def _promis(scene: Scene) -> str:
    return f"{scene.chart.scores[scene.place][pick(scene, 2)]:.1f}"


FINDINGS: Mapping[str, Slot] = {
    "pressure": Slot(LookAlike.VITAL, _pressure),
    "pulse": Slot(LookAlike.VITAL, _vital("pulse", 58, 98)),
    "breaths": Slot(LookAlike.VITAL, _vital("respiration", 12, 18)),
    "saturation": Slot(LookAlike.VITAL, _vital("saturation", 94, 100, "{:.0f}%")),
    "temperature": Slot(LookAlike.VITAL, _temperature),
    "fever": Slot(LookAlike.VITAL, lambda scene: f"{100.6 + pick(scene, 18) / 10:.1f} F"),
    "bmi": Slot(LookAlike.VITAL, lambda scene: f"{scene.chart.bmi[scene.place]:.1f}"),
    "pain": Slot(LookAlike.SCORE, _pain(0)),
    "pain.worst": Slot(LookAlike.SCORE, _pain(2)),
    "pain.average": Slot(LookAlike.SCORE, _pain(-2)),
    "pain.before": Slot(
        LookAlike.SCORE, lambda scene: f"{scene.chart.surgery.pain[scene.surgery]}/10"
    ),
    "some.pain": Slot(LookAlike.SCORE, lambda scene: f"{3 + pick(scene, 6)}/10"),
    "disability": Slot(LookAlike.SCORE, _disability),
    "promis": Slot(LookAlike.SCORE, _promis),
    "mjoa": Slot(LookAlike.SCORE, lambda scene: f"{11 + pick(scene, 7)}/18"),
    "coma": Slot(LookAlike.SCORE, lambda scene: "15"),
    "asa": Slot(LookAlike.SCORE, lambda scene: ASA_CLASSES[scene.chart.surgery.asa[scene.surgery]]),
    "weak": Slot(LookAlike.FRACTION, lambda scene: ("4/5", "4+/5", "4-/5")[pick(scene, 3)]),
    "item.lab": Slot("", lambda scene: str(scene.item[0])),
    "item.value": Slot(LookAlike.LAB, lambda scene: str(scene.item[1])),
}
