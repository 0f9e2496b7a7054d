"""Why a surgery is done, and what follows from it: levels, region, approach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.care.vocabulary import SurgeryKind
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.rows import Array

POSTERIOR, COMBINED, ANTERIOR, INTERBODY = range(4)
APPROACH_NAMES = ("posterior", "combined", "anterior", "posterior-interbody")
MOST_LEVELS = 5
# Lumbar fusions for fracture, infection or tumour; design choice.
OTHER_REASON = 0.05
# Lumbar fusions under 18 for a curve; design choice.
CURVED = 0.85
CERVICAL_ANTERIOR = 0.85


@dataclass(frozen=True)
class Habit:
    """What surgeons do for a lumbar indication; every number is a design choice.

    Attributes:
        single: share of fusions of one level; each further level has the same chance.
        approach: shares of posterior, combined, anterior and interbody-from-behind fusion.
        lumbosacral: share that ends at the sacrum.
        decompressed: share with decompression in the same surgery.
    """

    single: float
    approach: tuple[float, float, float, float]
    lumbosacral: float
    decompressed: float


STENOSIS = Habit(0.58, (0.52, 0.30, 0.03, 0.15), 0.25, 0.95)
SLIP = Habit(0.72, (0.24, 0.48, 0.08, 0.20), 0.15, 0.75)
SLIP_AT_SACRUM = Habit(0.78, (0.18, 0.47, 0.20, 0.15), 0.90, 0.55)
DISC = Habit(0.70, (0.12, 0.33, 0.40, 0.15), 0.45, 0.30)
DISC_AT_SACRUM = Habit(0.75, (0.10, 0.30, 0.48, 0.12), 0.95, 0.30)
CURVE = Habit(0.12, (0.40, 0.50, 0.05, 0.05), 0.45, 0.50)
AGAIN = Habit(0.55, (0.40, 0.38, 0.14, 0.08), 0.40, 0.35)
OTHER = Habit(0.25, (0.80, 0.15, 0.02, 0.03), 0.15, 0.40)
HABITS = {
    "M48.061": STENOSIS, "M48.062": STENOSIS, "M43.16": SLIP, "M43.17": SLIP_AT_SACRUM,
    "M51.16": DISC, "M51.360": DISC, "M51.26": DISC, "M51.370": DISC_AT_SACRUM,
    "M41.56": CURVE, "M41.125": CURVE, "M41.126": CURVE, "M41.127": CURVE,
    "M96.0": AGAIN, "M96.1": AGAIN, "T84.216A": AGAIN, "T84.226A": AGAIN,
}  # fmt: skip


@dataclass(frozen=True)
class Operation:
    """What is done: arrays by surgery."""

    indication: Array
    levels: Array
    technique: Array
    lumbosacral: Array
    decompressed: Array


def decide(kind: Array, revision: Array, young: Array, rng: np.random.Generator) -> Operation:
    """Draw the indication of each surgery, and then what is done for it.

    `revision` and `young` (under 18) are masks of the surgeries.
    """
    indication = _indications(kind, revision, young, rng)
    habits = [HABITS.get(code, OTHER) for code in catalogue().diagnoses.codes]
    single, sacrum, decompressed = (
        np.array([getattr(habit, name) for habit in habits])[indication]
        for name in ("single", "lumbosacral", "decompressed")
    )
    size, lumbar = len(kind), kind == SurgeryKind.LUMBAR_FUSION
    cervical = kind == SurgeryKind.CERVICAL_FUSION
    levels = np.minimum(rng.geometric(np.where(cervical, 0.6, single)), MOST_LEVELS)
    shares = np.cumsum([habit.approach for habit in habits], axis=1)[indication]
    approach = (rng.random(size)[:, None] > shares[:, :3]).sum(axis=1)
    front = np.where(rng.random(size) < CERVICAL_ANTERIOR, ANTERIOR, POSTERIOR)
    return Operation(
        indication,
        np.where(lumbar | cervical, levels, 1),
        np.where(lumbar, approach, front),
        lumbar & (rng.random(size) < sacrum),
        lumbar & (approach != ANTERIOR) & (rng.random(size) < decompressed),
    )


def _indications(kind: Array, revision: Array, young: Array, rng: np.random.Generator) -> Array:
    """Draw the principal diagnosis by kind of surgery."""
    groups = ("lumbar", "cervical", "decompression", "sacroiliac", "joint", "washout")
    diagnoses, size = catalogue().diagnoses, len(kind)
    drawn = np.stack([diagnoses.draw(rng, group, size) for group in groups])
    indication = drawn[kind, np.arange(size)]
    other = (kind == SurgeryKind.LUMBAR_FUSION) & (rng.random(size) < OTHER_REASON)
    indication = np.where(other, diagnoses.draw(rng, "excluded", size), indication)
    curved = young & (kind == SurgeryKind.LUMBAR_FUSION) & (rng.random(size) < CURVED)
    indication = np.where(curved, diagnoses.draw(rng, "adolescent", size), indication)
    again = revision & (kind == SurgeryKind.LUMBAR_FUSION)
    return np.where(again, diagnoses.draw(rng, "revision", size), indication)
