"""Slots of time that name no day: hours, nights in hospital, days from surgery, years."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from ehrkit.synthetic.notes.kinds import LookAlike
from ehrkit.synthetic.notes.scene import Scene
from ehrkit.synthetic.notes.slot import Slot, Text, pick


def _clock(time: Callable[[Scene], datetime]) -> Text:
    return lambda scene: f"{time(scene):%H:%M}"


def _after(minutes: int, spread: int) -> Callable[[Scene], datetime]:
    """Return a time some minutes after the story of the note ends."""
    return lambda scene: scene.now + timedelta(minutes=minutes + pick(scene, spread))


def _incision(scene: Scene) -> datetime:
    time: datetime = scene.chart.truth.surgeries.incision[scene.surgery].astype(object)
    return time


def _close(scene: Scene) -> datetime:
    time: datetime = scene.chart.truth.surgeries.close[scene.surgery].astype(object)
    return time


def _nights(scene: Scene) -> str:
    nights = (scene.today - scene.chart.surgery.admitted[scene.surgery].date()).days
    return f"{nights} night{'' if nights == 1 else 's'}"


def _day_of_stay(scene: Scene) -> str:
    """Return one of the first days after surgery that the patient was still there."""
    return f"POD {1 + pick(scene, 2) % max(1, scene.days_since_surgery)}"


def _weeks(scene: Scene) -> str:
    days = abs(scene.days_since_surgery)
    if days < 14:
        return f"{days} day{'' if days == 1 else 's'}"
    return f"{round(days / 7)} weeks"


def _earlier_year(scene: Scene) -> str:
    return str(scene.chart.surgery.date[scene.surgery].year - 2 - scene.of_surgery(6, 9))


TIMES: Mapping[str, Slot] = {
    "time.incision": Slot(LookAlike.TIME, _clock(_incision)),
    "time.close": Slot(LookAlike.TIME, _clock(_close)),
    "time.now": Slot(LookAlike.TIME, _clock(lambda scene: scene.now)),
    "time.clinic": Slot(
        LookAlike.TIME, lambda scene: f"{8 + pick(scene, 9)}:{15 * pick(scene, 4):02d}"
    ),
    "time": Slot(LookAlike.TIME, _clock(_after(5, 60))),
    "time.later": Slot(LookAlike.TIME, _clock(_after(70, 50))),
    "time.latest": Slot(LookAlike.TIME, _clock(_after(130, 90))),
    "time.signed": Slot(LookAlike.TIME, _clock(_after(225, 30))),
    "year": Slot(LookAlike.YEAR, _earlier_year),
    "nights": Slot(LookAlike.DURATION, _nights),
    "since": Slot(LookAlike.DURATION, _weeks),
    "day": Slot(LookAlike.DAY_COUNT, _day_of_stay),
}
