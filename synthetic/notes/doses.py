"""Slots of drugs and fluids: what was prescribed, given, lost and drained."""

from __future__ import annotations

from collections.abc import Mapping

from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.notes.kinds import LookAlike
from ehrkit.synthetic.notes.scene import Scene
from ehrkit.synthetic.notes.slot import Slot, pick

FREQUENCY = {1: "daily", 2: "q12h", 3: "q8h", 4: "q6h", 6: "q4h"}
# By units a day.
HOME_FREQUENCY = {
    1: ("daily", "once daily", "PO daily"),
    2: ("BID", "twice daily", "PO BID"),
    3: ("TID", "three times daily", "PO TID"),
}
# Drugs that are not taken as needed.
SCHEDULED = ("apixaban", "cephalexin", "tamsulosin", "gabapentin")


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


DOSES: Mapping[str, Slot] = {
    "blood": Slot(LookAlike.DOSE, lambda scene: f"{scene.chart.surgery.blood[scene.surgery]} mL"),
    "fluids": Slot(LookAlike.DOSE, lambda scene: f"{12 + pick(scene, 17)}00 mL"),
    "urine": Slot(LookAlike.DOSE, lambda scene: f"{20 + 5 * pick(scene, 12)}0 mL"),
    "drained": Slot(LookAlike.DOSE, lambda scene: f"{30 + 5 * pick(scene, 15)} mL"),
    "item.drug": Slot("", lambda scene: _drug(scene)[1]),
    "item.dose": Slot(LookAlike.DOSE, _dose),
    "item.home.dose": Slot(LookAlike.DOSE, _home_dose),
    "item.days": Slot(LookAlike.DURATION, lambda scene: f"{scene.item[1]} days"),
    "item.tablets": Slot(LookAlike.DOSE, lambda scene: f"#{scene.item[2]}"),
}
