"""Slots of dates, each in one of many styles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from ehrkit.synthetic.notes import dates
from ehrkit.synthetic.notes.kinds import Identifier
from ehrkit.synthetic.notes.scene import Scene
from ehrkit.synthetic.notes.slot import Slot, Text, pick


def _on(day: Callable[[Scene], date], style: Callable[[date, int], str]) -> Text:
    return lambda scene: style(day(scene), next(scene.numbers))


def _birth(scene: Scene) -> date:
    return scene.chart.birth[scene.person]


def _surgery(scene: Scene) -> date:
    return scene.chart.surgery.date[scene.surgery]


def _admitted(scene: Scene) -> date:
    return scene.chart.surgery.admitted[scene.surgery].date()


def _discharged(scene: Scene) -> date:
    """Return the day of discharge; of somebody still in hospital, the day of surgery."""
    end = scene.chart.surgery.discharged[scene.surgery]
    return end.date() if end else _surgery(scene)


def _onset(scene: Scene) -> date:
    """Return a day long before surgery, the same in every note about it."""
    days = 400 + scene.chart.surgery.digits[scene.surgery] % 900
    return date.fromordinal(_surgery(scene).toordinal() - days)


def _imaged(scene: Scene) -> date:
    """Return the day of the last MRI; only where a phrase asked whether there was one."""
    return scene.chart.image[scene.place] or scene.today


def _injected(scene: Scene) -> date:
    """Return the day of the last injection; only where a phrase asked whether there was one."""
    return scene.chart.injection[scene.place] or scene.today


def _treated(scene: Scene) -> date:
    """Return the last day of therapy; only where a phrase asked whether there was one."""
    return scene.chart.therapy[scene.place] or scene.today


def _next_visit(scene: Scene) -> date:
    return date.fromordinal(scene.today.toordinal() + (14, 42, 90)[pick(scene, 3)])


def _stay(scene: Scene) -> str:
    return dates.ranged(_admitted(scene), _discharged(scene), next(scene.numbers))


DAYS: Mapping[str, Slot] = {
    "date.birth": Slot(Identifier.DATE, _on(_birth, dates.formal)),
    "date.today": Slot(Identifier.DATE, _on(lambda scene: scene.today, dates.formal)),
    "date.today.spoken": Slot(Identifier.DATE, _on(lambda scene: scene.today, dates.spoken)),
    "date.surgery": Slot(Identifier.DATE, _on(_surgery, dates.spoken)),
    "date.surgery.formal": Slot(Identifier.DATE, _on(_surgery, dates.formal)),
    "date.admitted": Slot(Identifier.DATE, _on(_admitted, dates.formal)),
    "date.discharged": Slot(Identifier.DATE, _on(_discharged, dates.formal)),
    "date.discharged.spoken": Slot(Identifier.DATE, _on(_discharged, dates.spoken)),
    "date.imaging": Slot(Identifier.DATE, _on(_imaged, dates.spoken)),
    "date.injection": Slot(Identifier.DATE, _on(_injected, dates.spoken)),
    "date.therapy": Slot(Identifier.DATE, _on(_treated, dates.monthly)),
    "date.onset": Slot(Identifier.DATE, _on(_onset, dates.monthly)),
    "date.next": Slot(Identifier.DATE, _on(_next_visit, dates.spoken)),
    "dates.stay": Slot(Identifier.DATE, _stay),
}
