"""What the operating room writes down of a surgery: ASA class and blood loss."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.surgeries import Surgeries
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.streams import Streams

ASA_CLASSES = ("II", "III", "IV")


def asa_class(surgeries: Surgeries) -> Array:
    """Return the place in ASA_CLASSES: it follows the severity of the stay (design choice)."""
    return np.minimum(surgeries.severity, len(ASA_CLASSES) - 1)


def blood_loss(surgeries: Surgeries, streams: Streams) -> Array:
    """Return the estimated blood loss in mL, by tens; median 200 mL (design choice)."""
    drawn = streams.of("blood loss").lognormal(5.3, 0.7, len(surgeries))
    loss: Array = np.maximum(10 * np.round(drawn / 10), 10)
    return loss
