"""ICD-10-PCS codes of each surgery, built from the characters that the code tables allow.

Spinal fusion stems are 0SG0/0SG1/0SG3 (lumbar, two or more lumbar, lumbosacral) and
0RG1/0RG2 (cervical, two or more); 0SG7/0SG8 are sacroiliac, 0SGF and 0RGJ ankle and
shoulder: a prefix search for 0SG or 0RG finds them all. Checked against the FY2026 file
as summarised in the project's reference: device A never takes qualifier 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.care.surgeries import ANTERIOR, COMBINED, POSTERIOR, Surgeries
from ehrkit.synthetic.care.vocabulary import SurgeryKind
from ehrkit.synthetic.rows import Array, Rows, rank_within
from ehrkit.synthetic.streams import Streams

GRAFTS = ("7", "J", "K")
LAMINECTOMY = ("01NB0ZZ", "00NY0ZZ")
DISC = ("0SB20ZZ", "0SB40ZZ")
SACROILIAC = ("0SG704Z", "0SG734Z", "0SG804Z", "0SG834Z")
JOINTS = ("0SGF04Z", "0SGG04Z", "0SG904Z", "0RGJ04Z")


@dataclass(frozen=True)
class Procedures(Rows):
    """One row per coded procedure of a performed surgery; line 1 is the principal one.

    `code` is a position in `procedure_codes()`.
    """

    surgery: Array
    line: Array
    code: Array


def code_procedures(surgeries: Surgeries, streams: Streams) -> Procedures:
    """Return the coded procedures of the performed surgeries."""
    rng = streams.of("procedures")
    rows = np.flatnonzero(surgeries.performed)
    coded = [
        _codes(int(kind), int(levels), int(technique), rng)
        for kind, levels, technique in zip(
            surgeries.kind[rows], surgeries.levels[rows], surgeries.technique[rows], strict=True
        )
    ]
    surgery = np.repeat(rows, [len(codes) for codes in coded])
    flat = [code for codes in coded for code in codes]
    place = {code: position for position, code in enumerate(procedure_codes())}
    code = np.array([place[one] for one in flat], dtype=np.int64)
    return Procedures(surgery, rank_within(surgery), code)


def procedure_codes() -> tuple[str, ...]:
    """Return every code that can occur, sorted."""
    stems = ("0SG0", "0SG1", "0SG3", "0RG1", "0RG2")
    fusions = [
        stem + approach + device + qualifier
        for stem in stems
        for approach in "034"
        for device, qualifiers in (*((graft, "01J") for graft in GRAFTS), ("A", "0J"))
        for qualifier in qualifiers
    ]
    return tuple(sorted({*fusions, *LAMINECTOMY, *DISC, *SACROILIAC, *JOINTS}))


def _codes(kind: int, levels: int, technique: int, rng: np.random.Generator) -> list[str]:
    if kind == SurgeryKind.SACROILIAC_FUSION:
        return [str(rng.choice(SACROILIAC))]
    if kind == SurgeryKind.JOINT_FUSION:
        return [str(rng.choice(JOINTS))]
    if kind == SurgeryKind.DECOMPRESSION:
        return [str(rng.choice(LAMINECTOMY if rng.random() < 0.6 else DISC))]
    stem = _stem(kind, levels, rng)
    codes = [stem + tail for tail in _tails(technique, rng)]
    if kind == SurgeryKind.LUMBAR_FUSION:
        if levels > 1 and rng.random() < 0.4:
            codes.append("0SG3" + codes[0][4:])
        if technique != ANTERIOR and rng.random() < 0.7:
            codes.append(LAMINECTOMY[0])
    return codes


def _stem(kind: int, levels: int, rng: np.random.Generator) -> str:
    if kind == SurgeryKind.CERVICAL_FUSION:
        return "0RG1" if levels == 1 else "0RG2"
    if levels > 1:
        return "0SG1"
    return "0SG3" if rng.random() < 0.35 else "0SG0"


def _tails(technique: int, rng: np.random.Generator) -> list[str]:
    """Return approach, device and qualifier: 0 anterior, 1 posterior column, J from behind."""
    approach = "0" if rng.random() < 0.85 else str(rng.choice(["3", "4"]))
    graft = str(rng.choice(GRAFTS))
    if technique == POSTERIOR:
        return [f"{approach}{graft}1"]
    if technique == ANTERIOR:
        return [f"{approach}A0"]
    if technique == COMBINED:
        return [f"{approach}AJ", f"{approach}{graft}1"]
    return [f"{approach}AJ"]
