"""Care without a knife: physical therapy, injections and imaging of the spine."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.encounters import MINUTE, Encounters, new_encounters
from ehrkit.synthetic.care.pathway import clinic_time
from ehrkit.synthetic.care.surgeries import Surgeries
from ehrkit.synthetic.care.traits import Traits
from ehrkit.synthetic.care.vocabulary import INJECTIONS, SPINE_KINDS, Kind, Service, Status
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.spec import CHART_START, EXTRACT, Spec
from ehrkit.synthetic.streams import Streams

# Before surgery: share of patients, and days before surgery (latest, earliest) at which
# a course of therapy starts and the last injection is given. All within the year that
# payers look back over, the first of three injections too; design choice.
THERAPY_DAYS, INJECTION_DAYS = (70, 330), (45, 285)
# Visits of a course of therapy, a few days apart.
THERAPY_VISITS, THERAPY_GAP = (4, 13), 4
MOST_INJECTIONS, INJECTION_GAP = 3, 40
FACET = 0.35
# Images before surgery: share, and days before surgery (latest, earliest).
IMAGES_BEFORE = {
    Service.XRAY_SPINE: (0.88, 12, 300),
    Service.MRI_SPINE: (0.90, 15, 200),
    Service.CT_SPINE: (0.22, 15, 150),
}
# Films after a fusion, in days, and the share of patients who have them.
FILMS_AFTER = ((42, 0.8), (91, 0.7), (182, 0.5), (365, 0.45))
# Of people with back trouble and no surgery.
BACK_THERAPY, BACK_INJECTION = 0.45, 0.12
# Days from the first visit to the last injection: the first of three comes after the visit.
BACK_INJECTION_DAYS = (88, 220)
BACK_IMAGES = {Service.XRAY_SPINE: 0.40, Service.MRI_SPINE: 0.22, Service.CT_SPINE: 0.03}
NO_SHOW = 0.07


def conservative_encounters(
    traits: Traits, surgeries: Surgeries, spec: Spec, streams: Streams
) -> Encounters:
    """Return therapy, injections and images: before surgery, after it, and without any."""
    rng = streams.of("conservative")
    planned = surgeries.performed & (surgeries.follows < 0)
    operated = np.flatnonzero(planned & np.isin(surgeries.kind, SPINE_KINDS))
    first = operated[np.unique(surgeries.person[operated], return_index=True)[1]]
    tried = first[rng.random(len(first)) >= spec.no_conservative_care]
    parts = [
        *_before(surgeries, first, tried, spec, rng),
        *_films(surgeries, operated, rng),
        *_without_surgery(np.flatnonzero(traits.back), rng),
    ]
    return Encounters.joined(parts)


def _before(
    surgeries: Surgeries, first: Array, tried: Array, spec: Spec, rng: np.random.Generator
) -> list[Encounters]:
    # One draw for both, so that all who tried something had therapy, injections, or both.
    draw = rng.random(len(tried))

    def treated(chosen: Array, latest: int, earliest: int) -> tuple[Array, Array, Array]:
        rows = tried[chosen]
        day = surgeries.date[rows] - rng.integers(latest, earliest, len(rows))
        return surgeries.person[rows], day, surgeries.indication[rows]

    def imaged(rows: Array, service: Service) -> Encounters:
        share, latest, earliest = IMAGES_BEFORE[service]
        rows = rows[rng.random(len(rows)) < share]
        day = surgeries.date[rows] - rng.integers(latest, earliest, len(rows))
        return _image(surgeries.person[rows], day, surgeries.indication[rows], service, rng)

    return [
        _therapy(*treated(draw < spec.therapy_before, *THERAPY_DAYS), rng),
        _injections(*treated(draw >= 1 - spec.injection_before, *INJECTION_DAYS), rng),
        *(imaged(first, service) for service in IMAGES_BEFORE),
    ]


def _films(surgeries: Surgeries, rows: Array, rng: np.random.Generator) -> list[Encounters]:
    """Return films that show whether a fusion heals."""
    fused = rows[surgeries.kind[rows] != SPINE_KINDS[-1]]
    parts = []
    for days, share in FILMS_AFTER:
        chosen = fused[rng.random(len(fused)) < share]
        day = surgeries.date[chosen] + (days - 1 + rng.integers(-5, 6, len(chosen)))
        reason = np.full(len(chosen), catalogue().diagnoses.concept("history", "Z98.1"))
        parts.append(_image(surgeries.person[chosen], day, reason, Service.XRAY_SPINE, rng))
    return parts


def _without_surgery(back: Array, rng: np.random.Generator) -> list[Encounters]:
    """Return one episode of back trouble of each person, on a day of the chart."""
    onset = CHART_START + rng.integers(200, int((EXTRACT - CHART_START).astype(int)), len(back))
    reason = catalogue().diagnoses.draw(rng, "back", len(back))

    def chosen(share: float, low: int, high: int) -> tuple[Array, Array, Array]:
        rows = np.flatnonzero(rng.random(len(back)) < share)
        return back[rows], onset[rows] + rng.integers(low, high, len(rows)), reason[rows]

    return [
        _first_visit(back, onset, reason, rng),
        _therapy(*chosen(BACK_THERAPY, 7, 60), rng),
        _injections(*chosen(BACK_INJECTION, *BACK_INJECTION_DAYS), rng),
        *(_image(*chosen(share, 1, 50), service, rng) for service, share in BACK_IMAGES.items()),
    ]


def _first_visit(person: Array, day: Array, reason: Array, rng: np.random.Generator) -> Encounters:
    """Return the visit at which a bad back is first spoken of."""
    start = clinic_time(day, rng)
    return new_encounters(
        person,
        Kind.OFFICE,
        start,
        start + 30 * MINUTE,
        department=catalogue().department("PRIMARY_CARE"),
        reason=reason,
    )


def _therapy(person: Array, day: Array, reason: Array, rng: np.random.Generator) -> Encounters:
    """Return the visits of courses of physical therapy that start on given days."""
    visits = rng.integers(*THERAPY_VISITS, len(person))
    rows = np.repeat(np.arange(len(person)), visits)
    number = np.arange(len(rows)) - np.repeat(np.cumsum(visits) - visits, visits)
    start = clinic_time(day[rows] + THERAPY_GAP * number, rng)
    encounters = new_encounters(
        person[rows],
        Kind.OFFICE,
        start,
        start + 45 * MINUTE,
        department=catalogue().department("PHYSICAL_THERAPY"),
        reason=reason[rows],
        service=Service.PHYSICAL_THERAPY,
    )
    encounters.status[rng.random(len(rows)) < NO_SHOW] = Status.NO_SHOW
    return encounters


def _injections(person: Array, day: Array, reason: Array, rng: np.random.Generator) -> Encounters:
    """Return one to three injections of the same kind, weeks apart."""
    count = rng.integers(1, MOST_INJECTIONS + 1, len(person))
    kind = np.where(rng.random(len(person)) < FACET, int(INJECTIONS[1]), int(INJECTIONS[0]))
    rows = np.repeat(np.arange(len(person)), count)
    number = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
    start = clinic_time(day[rows] - INJECTION_GAP * number, rng)
    return new_encounters(
        person[rows],
        Kind.OFFICE,
        start,
        start + 40 * MINUTE,
        department=catalogue().department("PAIN_CLINIC"),
        reason=reason[rows],
        service=kind[rows],
    )


def _image(
    person: Array, day: Array, reason: Array, service: Service, rng: np.random.Generator
) -> Encounters:
    start = clinic_time(day, rng)
    return new_encounters(
        person,
        Kind.IMAGING,
        start,
        start + 25 * MINUTE,
        department=catalogue().department("IMAGING"),
        reason=reason,
        service=service,
    )
