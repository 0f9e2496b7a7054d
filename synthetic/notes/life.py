"""What stays true of a person in every note: work, home, family, allergies, habits.

Each follows from the digits of the person in the cast, and changes with age alone. All
shares and ages here are design choices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ehrkit.synthetic.notes.kinds import Identifier, LookAlike
from ehrkit.synthetic.notes.scene import Scene
from ehrkit.synthetic.notes.slot import Slot

ALLERGIES = ("none", "none", "none", "none", "penicillin", "sulfa", "codeine", "latex")
DRINKING = ("never", "socially", "beer")
FAMILIES = ("mother", "father", "grandmother", "heart", "cancer", "none")
# From this age on a person has grown up; from one of these on, retired.
GROWN, RETIRED_FROM, RETIRED_UNTIL = 19, 60, 68
# Ages over 89 are identifiers (45 CFR 164.514(b)(2)(i)(C)).
OVER = 90


def _kept(place: int, words: tuple[str, ...]) -> Callable[[Scene], str]:
    """Return a word that a person keeps for life."""
    return lambda scene: words[scene.of_person(place, len(words))]


def _retirement(scene: Scene) -> int:
    """Return the year in which the patient retires."""
    age = RETIRED_FROM + scene.of_person(2, RETIRED_UNTIL - RETIRED_FROM)
    return scene.chart.birth[scene.person].year + age


def _work(scene: Scene) -> str:
    """Return student, employed, teaching, retired, or taught (of a retired teacher)."""
    if scene.age < GROWN:
        return "student"
    teacher, retired = scene.of_person(3, 8) == 0, scene.today.year >= _retirement(scene)
    if teacher:
        return "taught" if retired else "teaching"
    return "retired" if retired else "employed"


def _household(scene: Scene) -> str:
    """Return whether the patient lives together with the relative, or alone."""
    relation = str(scene.chart.cast.relation[scene.person])
    if relation == "neighbor" and scene.age >= GROWN:
        return "alone"
    shared = relation in ("wife", "husband", "spouse") or scene.age < GROWN
    return "together" if shared or scene.of_person(4, 3) else "alone"


def _mother_age(scene: Scene) -> int:
    return scene.age + 20 + scene.of_person(5, 12)


def _family(scene: Scene) -> str:
    """Return what notes tell of the family; ages of parents and children go together."""
    told = FAMILIES[scene.of_person(6, len(FAMILIES))]
    if scene.chart.cast.relation[scene.person] in ("mother", "father", "parent"):
        return "none"
    if told == "mother":
        age = _mother_age(scene)
        return "mother" if age < OVER else "old mother" if age < OVER + 10 else "none"
    if told == "father" and scene.age < 50:
        return "none"
    return "none" if told == "grandmother" and not 40 <= scene.age <= 45 else told


LIFE_FACTS: Mapping[str, Callable[[Scene], str]] = {
    "allergy": _kept(0, ALLERGIES),
    "drinking": _kept(1, DRINKING),
    "handed": lambda scene: "left" if scene.of_person(7, 10) == 0 else "right",
    "work": _work,
    "household": _household,
    "family": _family,
}

LIFE: Mapping[str, Slot] = {
    "age.under": Slot(LookAlike.YOUNGER_AGE, lambda scene: str(scene.age)),
    "age.over": Slot(Identifier.AGE, lambda scene: str(scene.age)),
    "age.parent": Slot(LookAlike.YOUNGER_AGE, lambda scene: str(41 + scene.of_person(5, 20))),
    "age.mother": Slot(LookAlike.YOUNGER_AGE, lambda scene: str(_mother_age(scene))),
    # A relative's age over 89 falls under the rule as well.
    "age.old.mother": Slot(Identifier.AGE, lambda scene: str(_mother_age(scene))),
    "age.father": Slot(Identifier.AGE, lambda scene: str(OVER + scene.of_person(5, 10))),
    "age.grandmother": Slot(
        Identifier.AGE, lambda scene: str(scene.age + 50 + scene.of_person(5, 5))
    ),
    "year.retired": Slot(LookAlike.YEAR, lambda scene: str(_retirement(scene))),
    "year.operated": Slot(
        LookAlike.YEAR,
        lambda scene: str(scene.chart.birth[scene.person].year + 5 + scene.of_person(5, 9)),
    ),
}
