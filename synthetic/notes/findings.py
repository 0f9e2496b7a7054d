"""Slots that identify nobody: words about the patient, findings, levels, doses, results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.notes.facts import phase
from ehrkit.synthetic.notes.kinds import LookAlike
from ehrkit.synthetic.notes.levels import Pair, between, written
from ehrkit.synthetic.notes.scene import Scene
from ehrkit.synthetic.notes.slot import Slot, Text

# By sex: female, male, unknown.
WORDS: Mapping[str, tuple[str, str, str]] = {
    "he": ("she", "he", "the patient"), "He": ("She", "He", "The patient"),
    "him": ("her", "him", "the patient"), "his": ("her", "his", "the patient's"),
    "His": ("Her", "His", "The patient's"), "title": ("Ms.", "Mr.", "Mx."),
    "man": ("woman", "man", "person"), "male": ("female", "male", "patient"),
    "M": ("F", "M", "U"),
}  # fmt: skip
FREQUENCY = {2: "q12h", 3: "q8h", 4: "q6h", 6: "q4h"}
# ODI or NDI in the months after surgery, as a share of what it was before; design choice.
RECOVERY = {"before": 1.0, "early": 0.85, "late": 0.5}


def _pick(scene: Scene, options: int) -> int:
    return next(scene.numbers) % options


def _between(low: int, high: int, form: str = "{}") -> Text:
    """Return a whole number from low to high, both inside."""
    return lambda scene: form.format(low + next(scene.numbers) % (high - low + 1))


def _word(forms: tuple[str, str, str]) -> Text:
    return lambda scene: forms[int(scene.chart.truth.people.sex[scene.person])]


def _indication(scene: Scene) -> str:
    return _diagnosis(int(scene.chart.truth.surgeries.indication[scene.surgery]))


def _reason(scene: Scene) -> str:
    return _diagnosis(int(scene.chart.truth.encounters.reason[scene.row]))


def _diagnosis(concept: int) -> str:
    """Return a diagnosis as it stands inside a sentence."""
    name = catalogue().diagnoses.names[concept]
    return name if name[:2].isupper() else name[0].lower() + name[1:]


def _levels(scene: Scene) -> str:
    return written(scene.chart.surgery.levels[scene.surgery], next(scene.numbers))


def _disability(scene: Scene) -> str:
    score = 2 * round(scene.chart.surgery.disability[scene.surgery] * RECOVERY[phase(scene)] / 2)
    return (f"{score}/100", f"{score}%", f"{score}")[_pick(scene, 3)]


def _pain(scene: Scene) -> str:
    score = round(scene.chart.surgery.pain[scene.surgery] * RECOVERY[phase(scene)])
    return f"{score}/10"


def _bmi(scene: Scene) -> str:
    return f"{scene.chart.bmi[scene.place]:.1f}"


def _clock(time: Callable[[Scene], datetime]) -> Text:
    return lambda scene: f"{time(scene):%H:%M}"


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
    return f"{drug[4]} {drug[5]} {('daily', 'PO daily', 'BID', 'qHS')[_pick(scene, 4)]}"


def _dose(scene: Scene) -> str:
    drug, (_, days, tablets) = _drug(scene), scene.item
    often = FREQUENCY.get(tablets // max(days, 1), "q6h")
    return f"{drug[4]} {drug[5]} {('PO ', '', 'by mouth ')[_pick(scene, 3)]}{often} PRN"



def _lab_items(scene: Scene) -> list[tuple[str, str]]:
    """Return (label, value with unit) of each numeric result of the contact."""
    values = zip(catalogue().labs.values(), scene.chart.labs[scene.place], strict=True)
    return [(lab[0].capitalize(), f"{value} {lab[3]}") for lab, value in values if value > 0]


def _condition_items(scene: Scene) -> list[str]:
    """Return the chronic conditions on record."""
    positions = catalogue().diagnoses.positions("chronic")
    mask = scene.chart.conditions[scene.person].tolist()
    return [_diagnosis(position) for position, has in zip(positions, mask, strict=True) if has]


def _home_drug_items(scene: Scene) -> list[tuple[int]]:
    """Return the long-term drugs prescribed before this contact, each once."""
    now = scene.chart.start[scene.place]
    ordered = scene.chart.home_drugs.get(scene.person, [])
    return [(drug,) for drug in sorted({drug for time, drug in ordered if time < now})]


def _segments(scene: Scene) -> list[Pair]:
    return between(scene.chart.surgery.levels[scene.surgery])


# What a phrase can be said once for, item by item.
LISTS: Mapping[str, Callable[[Scene], Sequence[object]]] = {
    "labs": _lab_items,
    "conditions": _condition_items,
    "home drugs": _home_drug_items,
    "orders": lambda scene: scene.chart.orders.get(scene.place, []),
    "segments": _segments,
}

FINDINGS: Mapping[str, Slot] = {
    **{name: Slot("", _word(forms)) for name, forms in WORDS.items()},
    "relation": Slot("", lambda scene: str(scene.chart.cast.relation[scene.person])),
    "state": Slot("", lambda scene: str(scene.chart.truth.people.state[scene.person])),
    "side": Slot("", lambda scene: _side(scene)),
    "other.side": Slot("", lambda scene: {"left": "right", "right": "left"}[_side(scene)]),
    "indication": Slot("", _indication),
    "Indication": Slot("", lambda scene: _indication(scene).capitalize()),
    "INDICATION": Slot("", lambda scene: _indication(scene).upper()),
    "reason": Slot("", _reason),
    "number": Slot("", _between(1, 3)),
    "count": Slot("", lambda scene: str(int(scene.chart.truth.surgeries.levels[scene.surgery]))),
    "age.under": Slot(LookAlike.YOUNGER_AGE, lambda scene: str(scene.age)),
    "levels": Slot(LookAlike.LEVEL, _levels),
    "item.level": Slot(LookAlike.LEVEL, lambda scene: written(scene.item, next(scene.numbers))),
    "disability": Slot(LookAlike.SCORE, _disability),
    "pain": Slot(LookAlike.SCORE, _pain),
    "some.pain": Slot(LookAlike.SCORE, _between(3, 8, "{}/10")),
    "mjoa": Slot(LookAlike.SCORE, _between(11, 17, "{}/18")),
    "coma": Slot(LookAlike.SCORE, lambda scene: "15"),
    "weak": Slot(LookAlike.FRACTION, lambda scene: ("4/5", "4+/5", "4-/5")[_pick(scene, 3)]),
    "bmi": Slot(LookAlike.VITAL, _bmi),
    "pressure": Slot(
        LookAlike.VITAL, lambda scene: f"{108 + _pick(scene, 44)}/{60 + _pick(scene, 32)}"
    ),
    "pulse": Slot(LookAlike.VITAL, _between(58, 98)),
    "breaths": Slot(LookAlike.VITAL, _between(12, 18)),
    "saturation": Slot(LookAlike.VITAL, _between(94, 100, "{}%")),
    "temperature": Slot(LookAlike.VITAL, lambda scene: f"{97 + _pick(scene, 19) / 10:.1f} F"),
    "fever": Slot(LookAlike.VITAL, lambda scene: f"{100.6 + _pick(scene, 18) / 10:.1f} F"),
    "blood": Slot(LookAlike.DOSE, lambda scene: f"{scene.chart.surgery.blood[scene.surgery]} mL"),
    "fluids": Slot(LookAlike.DOSE, lambda scene: f"{12 + _pick(scene, 17)}00 mL"),
    "urine": Slot(LookAlike.DOSE, lambda scene: f"{20 + 5 * _pick(scene, 12)}0 mL"),
    "drained": Slot(LookAlike.DOSE, lambda scene: f"{30 + 5 * _pick(scene, 15)} mL"),
    "screw": Slot(
        LookAlike.SIZE,
        lambda scene: (
            f"{('5.5', '6.5', '6.5', '7.5')[_pick(scene, 4)]} x {35 + 5 * _pick(scene, 4)} mm"
        ),
    ),
    "plate.size": Slot(LookAlike.SIZE, lambda scene: f"{18 + 2 * _pick(scene, 12)} mm"),
    "cage": Slot(
        LookAlike.SIZE,
        lambda scene: f"{8 + _pick(scene, 6)} x {22 + 2 * _pick(scene, 6)} mm",
    ),
    "incision": Slot(LookAlike.SIZE, lambda scene: f"{3 + _pick(scene, 8)} cm"),
    "time.incision": Slot(LookAlike.TIME, _clock(_incision)),
    "time.close": Slot(LookAlike.TIME, _clock(_close)),
    "time.now": Slot(LookAlike.TIME, _clock(lambda scene: scene.chart.start[scene.place])),
    "time": Slot(
        LookAlike.TIME,
        lambda scene: f"{7 + _pick(scene, 11):02d}:{5 * _pick(scene, 12):02d}",
    ),
    "year": Slot(
        LookAlike.YEAR,
        lambda scene: str(scene.chart.surgery.date[scene.surgery].year - 2 - _pick(scene, 9)),
    ),
    "nights": Slot(LookAlike.DURATION, _nights),
    "since": Slot(LookAlike.DURATION, _weeks),
    "day": Slot(LookAlike.DAY_COUNT, lambda scene: f"POD {1 + _pick(scene, 2)}"),
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
