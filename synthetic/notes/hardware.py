"""Slots of sizes: implants and the incision, the same wherever a surgery is told of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ehrkit.synthetic.notes.facts import operation
from ehrkit.synthetic.notes.kinds import LookAlike
from ehrkit.synthetic.notes.scene import Scene
from ehrkit.synthetic.notes.slot import Slot, Text


class Screws(NamedTuple):
    """Diameters in mm, the shortest length, the step between lengths and their number."""

    diameters: tuple[str, ...]
    shortest: int
    step: int
    lengths: int


# Usual ranges of such implants; design choice.
PEDICLE = Screws(("5.5", "6.5", "6.5", "7.5"), 35, 5, 4)
SCREWS: Mapping[str, Screws] = {
    "acdf": Screws(("4.0", "4.5"), 12, 2, 3),
    "pcf": Screws(("3.5", "4.0"), 12, 2, 3),
    "sacroiliac": Screws(("7.0", "10.0", "12.5"), 35, 5, 5),
    "joint": Screws(("4.5", "5.5", "7.3"), 30, 5, 6),
}


class Cages(NamedTuple):
    """The least height and footprint in mm, and how many sizes of each there are."""

    height: int
    heights: int
    footprint: int
    footprints: int


LUMBAR_CAGES, CERVICAL_CAGES = Cages(8, 6, 22, 6), Cages(6, 4, 14, 3)
ANTERIOR_CAGES = Cages(10, 6, 32, 4)
# Height of a plate that spans a level, in mm; design choice.
PLATE, LEVEL = 8, 14


def _screw(longer: int) -> Text:
    def text(scene: Scene) -> str:
        kinds = SCREWS.get(operation(scene), PEDICLE)
        length = (scene.of_surgery(1, kinds.lengths) + longer) * kinds.step + kinds.shortest
        return f"{kinds.diameters[scene.of_surgery(0, len(kinds.diameters))]} x {length} mm"

    return text


def _cage(scene: Scene) -> str:
    kinds = {"acdf": CERVICAL_CAGES, "alif": ANTERIOR_CAGES}.get(operation(scene), LUMBAR_CAGES)
    height = kinds.height + scene.of_surgery(2, kinds.heights)
    return f"{height} x {kinds.footprint + 2 * scene.of_surgery(3, kinds.footprints)} mm"


def _plate(scene: Scene) -> str:
    levels = max(1, int(scene.chart.truth.surgeries.levels[scene.surgery]))
    return f"{PLATE + LEVEL * levels + 2 * scene.of_surgery(4, 3)} mm"


def _incision(scene: Scene) -> str:
    levels = int(scene.chart.truth.surgeries.levels[scene.surgery])
    return f"{2 + 2 * max(1, levels) + scene.of_surgery(5, 3)} cm"


HARDWARE: Mapping[str, Slot] = {
    "screw": Slot(LookAlike.SIZE, _screw(0)),
    "screw.longer": Slot(LookAlike.SIZE, _screw(1)),
    "cage": Slot(LookAlike.SIZE, _cage),
    "plate.size": Slot(LookAlike.SIZE, _plate),
    "incision": Slot(LookAlike.SIZE, _incision),
}
