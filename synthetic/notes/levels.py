"""Which vertebrae an operation joined or freed, and how notes write them."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from ehrkit.synthetic.care.procedures import Procedures, procedure_codes
from ehrkit.synthetic.care.surgeries import Surgeries
from ehrkit.synthetic.care.vocabulary import SurgeryKind
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.rows import Array

LUMBAR = ("T9", "T10", "T11", "T12", "L1", "L2", "L3", "L4", "L5", "S1")
CERVICAL = ("C2", "C3", "C4", "C5", "C6", "C7", "T1")
# ICD-10-PCS: excision of the lumbosacral disc, and of any lumbar one.
LUMBOSACRAL_DISC, DISCS = ("0SB4",), ("0SB2", "0SB4")
NAMED_LEVEL = re.compile(r"C(\d)-C\d")
Pair = tuple[str, str]


def operated_levels(
    surgeries: Surgeries, procedures: Procedures, rng: np.random.Generator
) -> list[Pair]:
    """Return the uppermost and lowest vertebra of each surgery, ("", "") off the spine.

    They agree with the number of levels, with the coded lumbosacral joint, and with a
    level that the indication names; a washout is where the surgery before it was.
    """
    lumbosacral = surgeries.lumbosacral | coded(surgeries, procedures, LUMBOSACRAL_DISC)
    up = rng.integers(0, 2, len(surgeries)).tolist()
    rows = zip(
        surgeries.kind.tolist(),
        surgeries.levels.tolist(),
        surgeries.indication.tolist(),
        lumbosacral.tolist(),
        up,
        strict=True,
    )
    pairs = [_pair(*row) for row in rows]
    for surgery in np.flatnonzero(surgeries.kind == SurgeryKind.WASHOUT).tolist():
        pairs[surgery] = pairs[int(surgeries.follows[surgery])]
    return pairs


def coded(surgeries: Surgeries, procedures: Procedures, stems: tuple[str, ...]) -> Array:
    """Return a mask of the surgeries with a procedure code that starts like one of `stems`."""
    codes = np.array([code.startswith(stems) for code in procedure_codes()])
    mask = np.zeros(len(surgeries), bool)
    mask[procedures.surgery[codes[procedures.code]]] = True
    return mask


def _pair(kind: int, levels: int, indication: int, sacrum: bool, up: int) -> Pair:
    if kind in (SurgeryKind.LUMBAR_FUSION, SurgeryKind.DECOMPRESSION):
        bottom = LUMBAR.index("S1") if sacrum else LUMBAR.index("L5") - up * (levels == 1)
        return LUMBAR[max(0, bottom - levels)], LUMBAR[bottom]
    if kind == SurgeryKind.CERVICAL_FUSION:
        named = NAMED_LEVEL.search(catalogue().diagnoses.names[indication])
        top = CERVICAL.index(f"C{named[1]}") if named else 3 - up
        top = min(top, len(CERVICAL) - 1 - levels)
        return CERVICAL[top], CERVICAL[top + levels]
    return "", ""


def between(pair: Pair) -> list[Pair]:
    """Return the single motion segments of a stretch of spine."""
    row = LUMBAR if pair[1] in LUMBAR else CERVICAL
    if pair[0] not in row:
        return []
    names = row[row.index(pair[0]) : row.index(pair[1]) + 1]
    return list(pairwise(names))


def _short(pair: Pair) -> str:
    top, bottom = pair
    return f"{top}-{bottom[1:] if top[0] == bottom[0] else bottom}"


STYLES: tuple[Callable[[Pair], str], ...] = (
    lambda pair: f"{pair[0]}-{pair[1]}",
    lambda pair: f"{pair[0]}-{pair[1]}",
    _short,
    _short,
    lambda pair: f"{pair[0]}/{pair[1]}",
)


def written(pair: Pair, number: int) -> str:
    """Return a stretch such as L4-L5 in the style that `number` picks."""
    return STYLES[number % len(STYLES)](pair)
