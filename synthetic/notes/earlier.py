"""When a patient last had an image, an injection or therapy before a note was written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from ehrkit.synthetic.care.clinical import seen
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import Service
from ehrkit.synthetic.rows import Array

# More days than any chart holds, so that no two persons' days meet on one axis.
APART = 1_000_000


def latest(truth: Truth, rows: Array, services: Sequence[Service]) -> list[date | None]:
    """Return the last day on which each noted person had one of the services, or None."""
    encounters = truth.encounters
    held = np.flatnonzero(seen(truth) & np.isin(encounters.service, services))
    axis = np.sort(_axis(truth, held))
    now = _axis(truth, rows)
    at = np.searchsorted(axis, now, side="left") - 1
    known = (at >= 0) & (axis[at] // APART == now // APART) if len(axis) else at >= 0
    days = axis[at[known]] % APART
    found = np.full(len(rows), np.datetime64("NaT", "D"))
    found[known] = days.astype("datetime64[D]")
    days_or_none: list[date | None] = found.tolist()  # type: ignore[assignment]
    return days_or_none


def _axis(truth: Truth, rows: Array) -> Array:
    """Lay every person's days on one axis, far apart."""
    days = truth.encounters.start[rows].astype("datetime64[D]").astype(np.int64)
    axis: Array = truth.encounters.person[rows] * APART + days
    return axis
