"""What schedulers put down about a case: the wrong name of some, and why one was cancelled."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.surgeries import Surgeries
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.spec import Spec
from ehrkit.synthetic.streams import Streams

REASONS = np.array(["Patient ill", "Not cleared", "No bed", "Patient request"], dtype=object)


def wrongly_named(surgeries: Surgeries, spec: Spec, streams: Streams) -> Array:
    """Return a mask of cases that were scheduled under the name of something else."""
    draw = streams.of("wrong scheduled names").random(len(surgeries))
    mask: Array = draw < spec.wrong_scheduled_name
    return mask


def cancel_reasons(surgeries: Surgeries, streams: Streams) -> Array:
    """Return why each case was cancelled, as a place in REASONS; -1 for what was performed."""
    place = streams.of("cancel reasons").integers(0, len(REASONS), len(surgeries))
    return np.where(surgeries.performed, -1, place)
