"""DRG of each surgery, and the nights that follow from it."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.indications import COMBINED, Operation
from ehrkit.synthetic.care.vocabulary import SurgeryKind
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.rows import Array

NO_CC, CC, MCC = range(3)
# MS-DRG groups of fusions changed on this day (fiscal year 2025).
NEW_GROUPS = np.datetime64("2024-10-01")
# Shorter than the days between planned surgeries.
LONGEST_STAY = 40
# Mean nights (geometric, arithmetic) without a DRG of spine surgery: joint fusion and
# others, and washout of a wound; design choice.
OTHER_NIGHTS, WASHOUT_NIGHTS = (1.3, 1.5), (4.6, 6.0)
# Fusions for these reasons have groups of their own (curvature, malignancy, infection).
EXTENSIVE_REASONS = ("M41.56", "M41.125", "M41.126", "M41.127", "C79.51", "M46.46", "M46.26")
# By group of surgeries: DRG without complication or comorbidity, with one, with a major one
# (CMS IPPS FY2026 Table 5; before FY2025 its predecessors).
GROUPS = {
    "none": ("", "", ""),
    "cervical": ("473", "472", "471"),
    "decompression": ("520", "519", "518"),
    "extensive": ("458", "457", "456"),
    "old combined": ("455", "454", "453"),
    "old": ("460", "460", "459"),
    "single combined": ("402", "402", "402"),
    "multiple combined": ("428", "427", "426"),
    "single": ("451", "451", "450"),
    "multiple": ("448", "448", "447"),
}


def groups(kind: Array, operation: Operation, severity: Array, date: Array) -> Array:
    """Return the MS-DRG number of each surgery as text, empty where there is none."""
    names = list(GROUPS)
    lumbar = kind == SurgeryKind.LUMBAR_FUSION
    codes = catalogue().diagnoses.codes
    wide = np.array([code in EXTENSIVE_REASONS for code in codes])[operation.indication]
    combined, multiple = operation.technique == COMBINED, operation.levels > 1
    old = date < NEW_GROUPS
    choices = (
        (kind == SurgeryKind.CERVICAL_FUSION, "cervical"),
        (kind == SurgeryKind.DECOMPRESSION, "decompression"),
        (~lumbar, "none"),
        (wide, "extensive"),
        (old & combined, "old combined"),
        (old, "old"),
        (combined & multiple, "multiple combined"),
        (combined, "single combined"),
        (multiple, "multiple"),
    )
    group = np.select(
        [mask for mask, _ in choices],
        [names.index(name) for _, name in choices],
        names.index("single"),
    )
    table = np.array(list(GROUPS.values()), dtype=object)
    found: Array = table[group, severity]
    return found


def nights(kind: Array, drg: Array, rng: np.random.Generator) -> Array:
    """Draw nights so that the means of each DRG are those of the table, at least one night.

    Nights are lognormal: the two means of a group give location and spread.
    """
    means = {number: tuple(row[1:3]) for number, row in catalogue().drgs.items()}
    means[""] = OTHER_NIGHTS
    numbers, place = np.unique(drg.astype("U3"), return_inverse=True)
    both = np.array([means[number] for number in numbers.tolist()]).reshape(-1, 2)[place]
    both = np.where((kind == SurgeryKind.WASHOUT)[:, None], WASHOUT_NIGHTS, both)
    geometric, arithmetic = both.T
    spread = np.sqrt(2 * np.log(arithmetic / geometric))
    drawn = np.round(geometric * np.exp(spread * rng.standard_normal(len(kind))))
    stay: Array = np.clip(drawn, 1, LONGEST_STAY).astype("timedelta64[D]")
    return stay
