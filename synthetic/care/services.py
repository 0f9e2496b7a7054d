"""Therapy, injections and images as they were ordered and performed."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.clinical import Services, seen
from ehrkit.synthetic.care.encounters import DAY, HOUR
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import EMERGENCY_KINDS, Kind, Service, SurgeryKind
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.streams import Streams

# Share of fusions with a film before leaving; of emergency visits after spine surgery with
# a computed tomogram of the spine. Design choice.
FILM_IN_STAY, TOMOGRAM_IN_EMERGENCY = 0.6, 0.12
LONGEST_WAIT = 21


def record_services(truth: Truth, streams: Streams) -> Services:
    """Return what was performed at its own encounters, then inside hospital visits."""
    rng = streams.of("services")
    encounters = truth.encounters
    rows = np.flatnonzero(seen(truth) & (encounters.service >= 0))
    wait = rng.integers(1, LONGEST_WAIT, len(rows)) * DAY
    born = truth.people.birth[encounters.person[rows]].astype("datetime64[s]")
    start = encounters.start[rows]
    own = Services(rows, encounters.service[rows], np.maximum(start - wait, born), start)
    return Services.joined([own, _in_hospital(truth, rng)])


def _in_hospital(truth: Truth, rng: np.random.Generator) -> Services:
    """Return films after a fusion and tomograms in the emergency department."""
    encounters, surgeries = truth.encounters, truth.surgeries
    linked = seen(truth) & (encounters.surgery >= 0)
    kind = surgeries.kind[np.maximum(encounters.surgery, 0)] if len(surgeries) else linked
    draw = rng.random(len(encounters))
    fusion = (kind == SurgeryKind.LUMBAR_FUSION) | (kind == SurgeryKind.CERVICAL_FUSION)
    stay = linked & fusion & (encounters.kind == Kind.STAY) & (draw < FILM_IN_STAY)
    visit = linked & np.isin(encounters.kind, EMERGENCY_KINDS) & (draw < TOMOGRAM_IN_EMERGENCY)
    parts = []
    for mask, service in ((stay, Service.XRAY_SPINE), (visit, Service.CT_SPINE)):
        rows = np.flatnonzero(mask)
        until = np.where(np.isnat(encounters.end[rows]), encounters.start[rows] + 2 * HOUR,
                         encounters.end[rows])  # fmt: skip
        performed = until - rng.integers(5, 50, len(rows)) * (HOUR // 60)
        performed = np.maximum(performed, encounters.start[rows])
        ordered = np.maximum(performed - 2 * HOUR, encounters.start[rows])
        kinds: Array = np.full(len(rows), int(service), dtype=np.int8)
        parts.append(Services(rows, kinds, ordered, performed))
    return Services.joined(parts)
