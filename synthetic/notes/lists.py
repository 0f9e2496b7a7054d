"""Lists that a phrase can be said over, item by item."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.notes.facts import conditions, diagnosis
from ehrkit.synthetic.notes.levels import Pair, between
from ehrkit.synthetic.notes.scene import Scene

# Units that a note spells in its own way.
UNITS = {"10*3/uL": "K/uL", "{INR}": ""}


def _lab_items(scene: Scene) -> list[tuple[str, str]]:
    """Return (label, value with unit) of each numeric result of the contact."""
    values = zip(catalogue().labs.values(), scene.chart.labs[scene.place], strict=True)
    return [
        (lab[1], f"{value} {UNITS.get(lab[3], lab[3])}".rstrip())
        for lab, value in values
        if value > 0
    ]


def _home_drug_items(scene: Scene) -> list[tuple[int, int]]:
    """Return the long-term drugs prescribed before this contact, each once."""
    ordered = scene.chart.home_drugs.get(scene.person, [])
    return sorted({order for time, order in ordered if time < scene.now})


def _segments(scene: Scene) -> list[Pair]:
    return between(scene.chart.surgery.levels[scene.surgery])


def _complication_items(scene: Scene) -> list[str]:
    """Return what went wrong during the stay."""
    had = scene.chart.surgery.complications.get(scene.surgery, [])
    return [diagnosis(concept) for _, concept in had]


# What a phrase can be said once for, item by item.
LISTS: Mapping[str, Callable[[Scene], Sequence[object]]] = {
    "labs": _lab_items,
    "conditions": conditions,
    "home drugs": _home_drug_items,
    "orders": lambda scene: scene.chart.orders.get(scene.place, []),
    "segments": _segments,
    "complications": _complication_items,
}
