"""Slots that identify nobody: words about the patient, findings, levels, doses, results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache

from ehrkit.synthetic.care.theatre import ASA_CLASSES
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.notes.facts import diagnosis, phase
from ehrkit.synthetic.notes.kinds import LookAlike
from ehrkit.synthetic.notes.levels import written
from ehrkit.synthetic.notes.scene import Scene
from ehrkit.synthetic.notes.slot import Slot, Text, pick

# By sex: female, male, unknown.
WORDS: Mapping[str, tuple[str, str, str]] = {
    "he": ("she", "he", "the patient"), "He": ("She", "He", "The patient"),
    "him": ("her", "him", "the patient"), "his": ("her", "his", "the patient's"),
    "title": ("Ms.", "Mr.", "Mx."),
    "man": ("woman", "man", "person"), "male": ("female", "male", "patient"),
    "M": ("F", "M", "U"),
}  # fmt: skip
FREQUENCY = {1: "daily", 2: "q12h", 3: "q8h", 4: "q6h", 6: "q4h"}
# By units a day.
HOME_FREQUENCY = {
    1: ("daily", "once daily", "PO daily"),
    2: ("BID", "twice daily", "PO BID"),
    3: ("TID", "three times daily", "PO TID"),
}
# Drugs that are not taken as needed.
SCHEDULED = ("apixaban", "cephalexin", "tamsulosin", "gabapentin")
# Pain in the months after surgery, as a share of what it was before; design choice, for
# contacts at which nobody recorded it.
RECOVERY = {"before": 1.0, "early": 0.85, "late": 0.5}


def _between(low: int, high: int, form: str = "{}") -> Text:
    """Return a whole number from low to high, both inside."""
    return lambda scene: form.format(low + next(scene.numbers) % (high - low + 1))


def _word(forms: tuple[str, str, str]) -> Text:
    return lambda scene: forms[int(scene.chart.truth.people.sex[scene.person])]


def _indication(scene: Scene) -> str:
    return diagnosis(int(scene.chart.truth.surgeries.indication[scene.surgery]))


def _reason(scene: Scene) -> str:
    return diagnosis(int(scene.chart.truth.encounters.reason[scene.row]))


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def _levels(scene: Scene) -> str:
    return written(scene.chart.surgery.levels[scene.surgery], next(scene.numbers))


def _disability(scene: Scene) -> str:
    score = round(scene.chart.scores[scene.place][list(catalogue().instruments).index("oswestry")])
    return (f"{score}/100", f"{score}%", f"{score}")[pick(scene, 3)]


def _pain(scene: Scene) -> str:
    recorded = _recorded(scene, "pain")
    if recorded is not None:
        return f"{recorded:.0f}/10"
    return f"{round(scene.chart.surgery.pain[scene.surgery] * RECOVERY[phase(scene)])}/10"


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


def _promis(scene: Scene) -> str:
    return f"{scene.chart.scores[scene.place][pick(scene, 2)]:.1f}"


def _temperature(scene: Scene) -> str:
    recorded = _recorded(scene, "temperature")
    return f"{97 + pick(scene, 19) / 10 if recorded is None else recorded:.1f} F"


def _bmi(scene: Scene) -> str:
    return f"{scene.chart.bmi[scene.place]:.1f}"


def _clock(time: Callable[[Scene], datetime]) -> Text:
    return lambda scene: f"{time(scene):%H:%M}"


def _after(minutes: int, spread: int) -> Callable[[Scene], datetime]:
    """Return a time some minutes after the contact began."""
    return lambda scene: scene.now + timedelta(minutes=minutes + pick(scene, spread))


def _incision(scene: Scene) -> datetime:
    time: datetime = scene.chart.truth.surgeries.incision[scene.surgery].astype(object)
    return time


def _close(scene: Scene) -> datetime:
    time: datetime = scene.chart.truth.surgeries.close[scene.surgery].astype(object)
    return time


def _nights(scene: Scene) -> str:
    first, last = scene.chart.surgery.admitted[scene.surgery], scene.chart.end[scene.place]
    return str(max(1, (last.date() - first.date()).days if last else 1))


def _weeks(scene: Scene) -> str:
    days = abs(scene.days_since_surgery)
    return f"{days} days" if days < 14 else f"{round(days / 7)} weeks"


def _drug(scene: Scene) -> list[str]:
    drugs = list(catalogue().drugs.values())
    drug: list[str] = drugs[scene.item[0]]
    return drug


def _home_dose(scene: Scene) -> str:
    drug = _drug(scene)
    often = HOME_FREQUENCY.get(scene.item[1], HOME_FREQUENCY[3])[pick(scene, 3)]
    return f"{drug[4]} {drug[5]} {often}"


def _dose(scene: Scene) -> str:
    drug, (_, days, tablets) = _drug(scene), scene.item
    often = FREQUENCY.get(tablets // max(days, 1), "q6h")
    need = "" if drug[1] in SCHEDULED else " PRN"
    return f"{drug[4]} {drug[5]} {('PO ', '', 'by mouth ')[pick(scene, 3)]}{often}{need}"


FINDINGS: Mapping[str, Slot] = {
    **{name: Slot("", _word(forms)) for name, forms in WORDS.items()},
    "relation": Slot("", lambda scene: str(scene.chart.cast.relation[scene.person])),
    "Relation": Slot("", lambda scene: str(scene.chart.cast.relation[scene.person]).capitalize()),
    "state": Slot("", lambda scene: str(scene.chart.truth.people.state[scene.person])),
    "side": Slot("", lambda scene: _side(scene)),
    "Side": Slot("", lambda scene: _side(scene).capitalize()),
    "other.side": Slot("", lambda scene: {"left": "right", "right": "left"}[_side(scene)]),
    "indication": Slot("", _indication),
    "Indication": Slot("", lambda scene: _sentence(_indication(scene))),
    "INDICATION": Slot("", lambda scene: _indication(scene).upper()),
    "reason": Slot("", _reason),
    "number": Slot("", _between(1, 3)),
    "age.under": Slot(LookAlike.YOUNGER_AGE, lambda scene: str(scene.age)),
    "age.parent": Slot(LookAlike.YOUNGER_AGE, _between(41, 88)),
    "levels": Slot(LookAlike.LEVEL, _levels),
    "item.level": Slot(LookAlike.LEVEL, lambda scene: written(scene.item, next(scene.numbers))),
    "disability": Slot(LookAlike.SCORE, _disability),
    "pain": Slot(LookAlike.SCORE, _pain),
    "some.pain": Slot(LookAlike.SCORE, _between(3, 8, "{}/10")),
    "promis": Slot(LookAlike.SCORE, _promis),
    "mjoa": Slot(LookAlike.SCORE, _between(11, 17, "{}/18")),
    "coma": Slot(LookAlike.SCORE, lambda scene: "15"),
    "weak": Slot(LookAlike.FRACTION, lambda scene: ("4/5", "4+/5", "4-/5")[pick(scene, 3)]),
    "asa": Slot(LookAlike.SCORE, lambda scene: ASA_CLASSES[scene.chart.surgery.asa[scene.surgery]]),
    "bmi": Slot(LookAlike.VITAL, _bmi),
    "pressure": Slot(LookAlike.VITAL, _pressure),
    "pulse": Slot(LookAlike.VITAL, _vital("pulse", 58, 98)),
    "breaths": Slot(LookAlike.VITAL, _vital("respiration", 12, 18)),
    "saturation": Slot(LookAlike.VITAL, _vital("saturation", 94, 100, "{:.0f}%")),
    "temperature": Slot(LookAlike.VITAL, _temperature),
    "fever": Slot(LookAlike.VITAL, lambda scene: f"{100.6 + pick(scene, 18) / 10:.1f} F"),
    "blood": Slot(LookAlike.DOSE, lambda scene: f"{scene.chart.surgery.blood[scene.surgery]} mL"),
    "fluids": Slot(LookAlike.DOSE, lambda scene: f"{12 + pick(scene, 17)}00 mL"),
    "urine": Slot(LookAlike.DOSE, lambda scene: f"{20 + 5 * pick(scene, 12)}0 mL"),
    "drained": Slot(LookAlike.DOSE, lambda scene: f"{30 + 5 * pick(scene, 15)} mL"),
    "screw": Slot(
        LookAlike.SIZE,
        lambda scene: (
            f"{('5.5', '6.5', '6.5', '7.5')[pick(scene, 4)]} x {35 + 5 * pick(scene, 4)} mm"
        ),
    ),
    "plate.size": Slot(LookAlike.SIZE, lambda scene: f"{18 + 2 * pick(scene, 12)} mm"),
    "cage": Slot(
        LookAlike.SIZE,
        lambda scene: f"{8 + pick(scene, 6)} x {22 + 2 * pick(scene, 6)} mm",
    ),
    "incision": Slot(LookAlike.SIZE, lambda scene: f"{3 + pick(scene, 8)} cm"),
    "time.incision": Slot(LookAlike.TIME, _clock(_incision)),
    "time.close": Slot(LookAlike.TIME, _clock(_close)),
    "time.now": Slot(LookAlike.TIME, _clock(lambda scene: scene.now)),
    "time.clinic": Slot(
        LookAlike.TIME,
        lambda scene: f"{8 + pick(scene, 9)}:{15 * pick(scene, 4):02d}",
    ),
    "time": Slot(LookAlike.TIME, _clock(_after(5, 60))),
    "time.later": Slot(LookAlike.TIME, _clock(_after(70, 50))),
    "time.latest": Slot(LookAlike.TIME, _clock(_after(130, 90))),
    "year": Slot(
        LookAlike.YEAR,
        lambda scene: str(scene.chart.surgery.date[scene.surgery].year - 2 - pick(scene, 9)),
    ),
    "nights": Slot(LookAlike.DURATION, _nights),
    "since": Slot(LookAlike.DURATION, _weeks),
    "day": Slot(LookAlike.DAY_COUNT, lambda scene: f"POD {1 + pick(scene, 2)}"),
    "item": Slot("", lambda scene: str(scene.item)),
    "item.lab": Slot("", lambda scene: str(scene.item[0])),
    "item.value": Slot(LookAlike.LAB, lambda scene: str(scene.item[1])),
    "item.drug": Slot("", lambda scene: _drug(scene)[1]),
    "item.dose": Slot(LookAlike.DOSE, _dose),
    "item.home.dose": Slot(LookAlike.DOSE, _home_dose),
    "item.days": Slot(LookAlike.DURATION, lambda scene: f"{scene.item[1]} days"),
    "item.tablets": Slot(LookAlike.DOSE, lambda scene: f"#{scene.item[2]}"),
}


def _side(scene: Scene) -> str:
    """Return the worse side; a diagnosis that names one decides."""
    name = _indication(scene)
    if " right " in name:
        return "right"
    return "left" if scene.chart.surgery.left[scene.surgery] else "right"
