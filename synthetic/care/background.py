"""Care that has nothing to do with surgery: primary care, emergencies, admissions, deaths."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.emergency import emergency_visits
from ehrkit.synthetic.care.encounters import CALENDAR_DAY, DAY, HOUR, Encounters, new_encounters
from ehrkit.synthetic.care.pathway import clinic_time
from ehrkit.synthetic.care.traits import ADULT
from ehrkit.synthetic.care.vocabulary import Disposition, Kind, Status
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.people.people import YEAR, People
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.spec import CHART_START, EXTRACT, Spec
from ehrkit.synthetic.streams import Streams

OFFICE_PER_YEAR, CALLS_PER_YEAR, ADMISSIONS_PER_YEAR = 1.25, 0.5, 0.025
# People come to this hospital for the first time within so many days; design choice.
ENTRY_DAYS = 2400
# Share of deaths that end an admission through the emergency department; design choice.
HOSPITAL_DEATHS = 0.35
# Emergency reasons that hardly anybody is admitted for, and how seldom, relative to others;
# design choice.
MINOR, MINOR_ADMITTED = ("J06.9", "S93.401A", "M54.50"), 0.02
# Appointment outcomes of primary care. Over all contacts of a site (hospital, telephone and
# system contacts have none, visits to the surgeon took place) they give the mix of the JHU
# data guide: NULL 33.8 %, Completed 42.5 %, Canceled 19.0 %, No Show 4.0 %, Scheduled
# 0.7 %, Left without seen 0.06 %, Arrived 0.04 %.
APPOINTMENTS = {
    Status.NONE: 0.015,
    Status.COMPLETED: 0.395,
    Status.CANCELED: 0.480,
    Status.NO_SHOW: 0.091,
    Status.SCHEDULED: 0.0176,
    Status.LEFT: 0.0015,
    Status.ARRIVED: 0.0010,
}
# Share of calls that were appointments; design choice.
CALL_BOOKED = 0.05


def background_encounters(people: People, spec: Spec, streams: Streams) -> list[Encounters]:
    """Return hospital encounters (terminal admissions, emergencies, admissions), then clinic."""
    rng = streams.of("background")
    entry = np.maximum(CHART_START + rng.integers(0, ENTRY_DAYS, len(people)), people.birth)
    entry = np.where(
        np.isnat(people.index_date),
        entry,
        np.minimum(entry, people.index_date - 200 * CALENDAR_DAY),
    )
    leave = np.where(np.isnat(people.death), EXTRACT, people.death)
    span = np.maximum((leave - entry).astype(int), 0)
    age = (np.datetime64("2020-01-01") - people.birth).astype(int) / YEAR
    need = np.clip(0.5 + (age - 30) / 50, 0.4, 1.8)
    return [
        _terminal(people, spec, rng),
        _emergencies(*_days(entry, span, spec.emergency_per_year * need, rng), spec, rng),
        _admissions(*_days(entry, span, ADMISSIONS_PER_YEAR * need, rng), rng),
        _offices(people, *_days(entry, span, OFFICE_PER_YEAR * need, rng), rng),
        _calls(*_days(entry, span, CALLS_PER_YEAR * need, rng), rng),
    ]


def _days(
    entry: Array, span: Array, per_year: Array, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Return person and day of events that come at a yearly rate."""
    counts = rng.poisson(per_year * span / YEAR)
    person = np.repeat(np.arange(len(entry)), counts)
    return person, entry[person] + (rng.random(len(person)) * span[person]).astype(int)


def _terminal(people: People, spec: Spec, rng: np.random.Generator) -> Encounters:
    """Return the last admission of those who die in this hospital."""
    dying = np.flatnonzero(~np.isnat(people.death) & (rng.random(len(people)) < HOSPITAL_DEATHS))
    day = people.death[dying] - rng.integers(1, 9, len(dying)).astype("timedelta64[D]")
    reason = catalogue().diagnoses.draw(rng, "terminal", len(dying))
    visits = emergency_visits(dying, day, reason, 1.0, spec, rng)
    last = people.death[dying].astype("datetime64[s]")
    died = last + rng.integers(1, 24, len(dying)) * HOUR - HOUR // 60
    # Nobody dies within an hour of coming to the ward, or after the day of death.
    died = np.minimum(np.maximum(died, visits.ed_departure + HOUR), last + DAY - HOUR // 60)
    visits.end[:] = died
    visits.ed_departure[:] = np.minimum(visits.ed_departure, died - HOUR)
    visits.disposition[:] = Disposition.EXPIRED
    return visits.take(np.flatnonzero(~visits.outside & (day > people.birth[dying])))


def _emergencies(person: Array, day: Array, spec: Spec, rng: np.random.Generator) -> Encounters:
    reason = catalogue().diagnoses.draw(rng, "emergency", len(person))
    return emergency_visits(person, day, reason, _chance(reason, spec), spec, rng)


def _chance(reason: Array, spec: Spec) -> Array:
    """Return the chance of admission: hardly any for small things, the same share in all."""
    known = catalogue().diagnoses
    positions, weights = known.groups["emergency"]
    factor = np.ones(len(known.codes))
    factor[[known.concept("emergency", code) for code in MINOR]] = MINOR_ADMITTED
    chance: Array = spec.background_admitted * factor / (weights @ factor[positions])
    return chance[reason]


def _admissions(person: Array, day: Array, rng: np.random.Generator) -> Encounters:
    """Return direct admissions, not through the emergency department."""
    start = day.astype("datetime64[s]") + rng.integers(8, 18, len(day)) * HOUR
    nights = np.clip(np.round(rng.lognormal(1.2, 0.6, len(day))), 1, 30).astype(int) * DAY
    return new_encounters(
        person,
        Kind.ADMISSION,
        start,
        start + nights,
        department=catalogue().department("MEDICINE_UNIT"),
        disposition=Disposition.HOME,
        reason=catalogue().diagnoses.draw(rng, "admission", len(day)),
    )


def _offices(people: People, person: Array, day: Array, rng: np.random.Generator) -> Encounters:
    start = clinic_time(day, rng)
    known = catalogue().diagnoses
    reason = known.draw(rng, "office", len(day))
    checked = reason == known.concept("office", "Z00.00")
    child = checked & ((day - people.birth[person]).astype(int) < ADULT * YEAR)
    reason[child] = known.concept("child_examination", "Z00.129")
    visits = new_encounters(
        person,
        Kind.OFFICE,
        start,
        start + HOUR // 2,
        department=catalogue().department("PRIMARY_CARE"),
        reason=reason,
    )
    shares = np.array(list(APPOINTMENTS.values()))
    visits.status[:] = rng.choice(list(APPOINTMENTS), len(day), p=shares / shares.sum())
    return visits


def _calls(person: Array, day: Array, rng: np.random.Generator) -> Encounters:
    start = clinic_time(day, rng)
    booked = rng.random(len(day)) < CALL_BOOKED
    return new_encounters(
        person,
        Kind.TELEPHONE,
        start,
        start + HOUR // 6,
        status=np.where(booked, int(Status.COMPLETED), int(Status.NONE)),
        department=catalogue().department("PRIMARY_CARE"),
        reason=catalogue().diagnoses.draw(rng, "back", len(day)),
    )
