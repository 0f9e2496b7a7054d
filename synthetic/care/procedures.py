"""ICD-10-PCS codes of each surgery, built from the characters that the code tables allow.

Spinal fusion stems are 0SG0/0SG1/0SG3 (lumbar, two or more lumbar, lumbosacral) and
0RG1/0RG2 (cervical, two or more); 0SG7/0SG8 are sacroiliac, 0SGF and 0RGJ ankle and
shoulder: a prefix search for 0SG or 0RG finds them all. Checked against the FY2026 file
as summarised in the project's reference: device A never takes qualifier 1. Codes of
washout (0J97, 0JB7) and device removal (0SP0) are general knowledge.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from ehrkit.synthetic.care.indications import ANTERIOR, COMBINED, POSTERIOR
from ehrkit.synthetic.care.surgeries import Surgeries
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import Complication, Place, SurgeryKind
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.rows import Array, Rows, rank_within, stable_order
from ehrkit.synthetic.streams import Streams

FUSION_STEMS = ("0SG0", "0SG1", "0SG3", "0RG1", "0RG2")
LUMBAR, LUMBARS, SACRAL, CERVICAL, CERVICALS = range(5)
APPROACHES, GRAFTS = "034", ("7", "J", "K")
# Open in most cases, through the skin or an endoscope in the others; design choice.
OPEN = 0.85
# Device and qualifier: in front, between the bodies from behind, and behind by graft.
IN_FRONT, FROM_BEHIND, BEHIND = "A0", "AJ", tuple(f"{graft}1" for graft in GRAFTS)
TAILS = (IN_FRONT, FROM_BEHIND, *BEHIND)
LAMINECTOMY = ("01NB0ZZ", "00NY0ZZ")
DISC = ("0SB20ZZ", "0SB40ZZ")
SACROILIAC = ("0SG704Z", "0SG734Z", "0SG804Z", "0SG834Z")
# The joint that is fused, by the indication.
JOINTS = {"M19.071": "0SGF04Z", "M19.011": "0RGJ04Z"}
WASHOUTS = ("0JB70ZZ", "0J9700Z")
REPAIR_OF_DURA, REMOVAL_OF_DEVICE = "00Q20ZZ", "0SP004Z"
DEVICE_TROUBLE = ("T84.216A", "T84.226A")
DECOMPRESSED_BY_LAMINECTOMY = 0.6


@dataclass(frozen=True)
class Procedures(Rows):
    """One row per coded procedure of a performed surgery; line 1 is the principal of its stay.

    `code` is a position in `procedure_codes()`.
    """

    surgery: Array
    line: Array
    code: Array


@cache
def procedure_codes() -> tuple[str, ...]:
    """Return every code that can occur, sorted."""
    fusions = [
        stem + approach + device + qualifier
        for stem in FUSION_STEMS
        for approach in APPROACHES
        for device, qualifiers in (*((graft, "01J") for graft in GRAFTS), ("A", "0J"))
        for qualifier in qualifiers
    ]
    single = (REPAIR_OF_DURA, REMOVAL_OF_DEVICE)
    joints = JOINTS.values()
    return tuple(sorted({*fusions, *LAMINECTOMY, *DISC, *SACROILIAC, *joints, *WASHOUTS, *single}))


def code_procedures(truth: Truth, streams: Streams) -> Procedures:
    """Return the coded procedures of the performed surgeries, by surgery."""
    rng = streams.of("procedures")
    surgeries = truth.surgeries
    parts = [*_fusions(surgeries, rng), *_others(surgeries, rng), _repairs(truth)]
    surgery = np.concatenate([rows for rows, _ in parts])
    code = np.concatenate([codes for _, codes in parts])
    order = stable_order(surgery)
    surgery, code = surgery[order], code[order]
    return Procedures(surgery, rank_within(truth.stay_of[surgery]), code)


def _fusions(surgeries: Surgeries, rng: np.random.Generator) -> list[tuple[Array, Array]]:
    """Return the fusion codes: one per group of joints, two where front and back are fused."""
    stems, again = _stems(surgeries)
    size, technique = len(surgeries), surgeries.technique
    place = {code: position for position, code in enumerate(procedure_codes())}
    table = np.array(
        [
            [[place[stem + approach + tail] for tail in TAILS] for approach in APPROACHES]
            for stem in FUSION_STEMS
        ]
    )
    approach = np.where(rng.random(size) < OPEN, 0, rng.integers(1, len(APPROACHES), size))
    graft = len(TAILS) - len(BEHIND) + rng.integers(0, len(BEHIND), size)
    front = np.where(technique == ANTERIOR, TAILS.index(IN_FRONT), TAILS.index(FROM_BEHIND))
    tail = np.where(technique == POSTERIOR, graft, front)
    parts = []
    for stem in (stems, again):
        for chosen, own in (
            (stem >= 0, tail),
            ((stem >= 0) & (technique == COMBINED), graft),
        ):
            rows = np.flatnonzero(chosen & surgeries.performed)
            parts.append((rows, table[stem[rows], approach[rows], own[rows]]))
    return parts


def _stems(surgeries: Surgeries) -> tuple[Array, Array]:
    """Return the first and the second group of joints of each surgery, -1 for none."""
    lumbar = surgeries.kind == SurgeryKind.LUMBAR_FUSION
    cervical = surgeries.kind == SurgeryKind.CERVICAL_FUSION
    free = surgeries.levels - surgeries.lumbosacral
    first = np.select(
        [lumbar & (free == 0), lumbar & (free == 1), lumbar, cervical & (surgeries.levels == 1),
         cervical],
        [SACRAL, LUMBAR, LUMBARS, CERVICAL, CERVICALS],
        -1,
    )  # fmt: skip
    return first, np.where(lumbar & surgeries.lumbosacral & (free > 0), SACRAL, -1)


def _others(surgeries: Surgeries, rng: np.random.Generator) -> list[tuple[Array, Array]]:
    """Return decompressions, sacroiliac and joint fusions, washouts, removed devices."""
    kind, done, size = surgeries.kind, surgeries.performed, len(surgeries)
    laminectomy = rng.random(size) < DECOMPRESSED_BY_LAMINECTOMY
    decompression = kind == SurgeryKind.DECOMPRESSION
    known = np.array(catalogue().diagnoses.codes)
    loose = np.isin(known, DEVICE_TROUBLE)[surgeries.indication]
    joint = kind == SurgeryKind.JOINT_FUSION
    parts = []
    for chosen, codes in (
        (decompression & laminectomy, LAMINECTOMY),
        (decompression & ~laminectomy, DISC),
        (surgeries.decompressed, LAMINECTOMY[:1]),
        (kind == SurgeryKind.SACROILIAC_FUSION, SACROILIAC),
        *((joint & (known == why)[surgeries.indication], (code,)) for why, code in JOINTS.items()),
        (kind == SurgeryKind.WASHOUT, WASHOUTS),
        ((kind == SurgeryKind.LUMBAR_FUSION) & loose, (REMOVAL_OF_DEVICE,)),
    ):
        rows = np.flatnonzero(chosen & done)
        positions = np.array([procedure_codes().index(code) for code in codes])
        parts.append((rows, rng.choice(positions, len(rows))))
    return parts


def _repairs(truth: Truth) -> tuple[Array, Array]:
    """Return the repair of every dura that was torn."""
    found = truth.complications
    torn = (found.kind == Complication.DURAL_TEAR) & (found.place == Place.STAY)
    rows = found.surgery[torn]
    return rows, np.full(len(rows), procedure_codes().index(REPAIR_OF_DURA))
