r"""Phrases of notes: a small grammar, kept in TOML files, compiled once.

A phrase is text with `{slot}` for something of the patient, `{>group}` for a phrase of
another group, and `{*list>group}` for one phrase of that group per item of a list (the
same phrase for every item, as in a real list). A group is a list of phrases, one of which
is drawn; `3| text` counts three times, and an empty phrase stands for silence. A group
with `by = "fact"` holds one list per value of that fact, and says nothing for others.

Text outside the braces names nobody, so its look-alikes are found when it is compiled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ehrkit.synthetic.catalogue import read_data
from ehrkit.synthetic.notes.days import DAYS
from ehrkit.synthetic.notes.doses import DOSES
from ehrkit.synthetic.notes.draft import Draft
from ehrkit.synthetic.notes.facts import FACTS
from ehrkit.synthetic.notes.findings import FINDINGS
from ehrkit.synthetic.notes.hardware import HARDWARE
from ehrkit.synthetic.notes.life import LIFE
from ehrkit.synthetic.notes.lists import LISTS
from ehrkit.synthetic.notes.lookalikes import lookalikes
from ehrkit.synthetic.notes.names import NAMES
from ehrkit.synthetic.notes.numbers import NUMBERS
from ehrkit.synthetic.notes.scene import Scene
from ehrkit.synthetic.notes.slot import PLAIN, Marked, Slot
from ehrkit.synthetic.notes.times import TIMES
from ehrkit.synthetic.notes.wording import WORDING

BRACES = re.compile(r"\{(?:\*(?P<list>[\w. ]+))?>?(?P<name>[\w. -]+)\}")
SLOTS: Mapping[str, Slot] = {
    **NAMES, **DAYS, **NUMBERS, **WORDING, **FINDINGS, **HARDWARE, **TIMES, **DOSES, **LIFE
}  # fmt: skip
WEIGHT = re.compile(r"(\d+)\| ")


@dataclass(slots=True)
class Group:
    """Phrases to draw from: one plain list, or one per value of a fact."""

    plain: tuple[Phrase, ...] = ()
    fact: Callable[[Scene], str] | None = None
    choices: dict[str, tuple[Phrase, ...]] = field(default_factory=dict)

    def draw(self, scene: Scene) -> Phrase:
        """Return one phrase, or the empty one where the fact has no list."""
        choices = self.choices.get(self._word(scene)) if self.fact else self.plain
        return choices[next(scene.numbers) % len(choices)] if choices else ()

    def _word(self, scene: Scene) -> str:
        """Return the fact, worked out once per note."""
        word = scene.facts.get(self.fact)
        if word is None and self.fact:
            word = scene.facts[self.fact] = self.fact(scene)
        return word or ""


@dataclass(frozen=True)
class Each:
    """One phrase of a group, said once for each item of a list."""

    items: str
    group: Group


Step = str | Marked | Slot | Group | Each
Phrase = tuple[Step, ...]


@dataclass(frozen=True)
class Template:
    """Sections of one kind of note by name, in order."""

    sections: tuple[tuple[str, Group], ...]


def speak(draft: Draft, phrase: Phrase, scene: Scene) -> None:
    """Write a phrase into a draft; the loop that a note spends its time in."""
    parts = draft.parts
    say, kind, place = parts.append, draft.codes.append, draft.places.append
    for step in phrase:
        if type(step) is str:
            say(step)
        elif type(step) is Group:
            if chosen := step.draw(scene):
                speak(draft, chosen, scene)
        elif type(step) is Marked:
            kind(step.code)
            place(len(parts))
            say(step.text)
        elif type(step) is Each:
            _speak_each(draft, step, scene)
        elif type(step) is Slot:
            text = step.text(scene)
            if step.code != PLAIN and text:
                kind(step.code)
                place(len(parts))
            say(text)


def _speak_each(draft: Draft, each: Each, scene: Scene) -> None:
    phrase = each.group.draw(scene)
    for item in LISTS[each.items](scene):
        scene.item = item
        speak(draft, phrase, scene)


@cache
def template(name: str) -> Template:
    """Return one kind of note, compiled from its file and the common phrases.

    Raises:
        KeyError: a phrase names a slot, list or group that does not exist.
    """
    data = read_data(f"notes/{name}.toml")
    source = read_data("notes/common.toml")["phrases"] | data["phrases"]
    groups = {key: Group() for key in source}
    for key, entry in source.items():
        _fill(groups[key], entry, groups)
    return Template(tuple((section, groups[section]) for section in data["sections"]))


def _fill(group: Group, entry: Any, groups: Mapping[str, Group]) -> None:
    if isinstance(entry, list):
        group.plain = _weighted(entry, groups)
        return
    group.fact = FACTS[entry["by"]]
    for value, phrases in entry.items():
        if value != "by":
            group.choices[value] = _weighted(phrases, groups)


def _weighted(phrases: list[str], groups: Mapping[str, Group]) -> tuple[Phrase, ...]:
    compiled = [(_weight(text), _compile(_bare(text), groups)) for text in phrases]
    return tuple(phrase for weight, phrase in compiled for _ in range(weight))


def _weight(text: str) -> int:
    found = WEIGHT.match(text)
    return int(found[1]) if found else 1


def _bare(text: str) -> str:
    return WEIGHT.sub("", text, count=1) if WEIGHT.match(text) else text


def _compile(text: str, groups: Mapping[str, Group]) -> Phrase:
    steps: list[Step] = []
    at = 0
    for found in BRACES.finditer(text):
        steps += _plain(text[at : found.start()])
        steps.append(_step(found, groups))
        at = found.end()
    return (*steps, *_plain(text[at:]))


def _step(found: re.Match[str], groups: Mapping[str, Group]) -> Step:
    if found["list"]:
        LISTS[found["list"]]  # an unknown list is a KeyError here, not in the middle of a note
        return Each(found["list"], groups[found["name"]])
    return groups[found["name"]] if found[0].startswith("{>") else SLOTS[found["name"]]


def _plain(text: str) -> list[Step]:
    """Cut text at its look-alikes."""
    steps: list[Step] = []
    at = 0
    for kind, start, end in lookalikes(text):
        steps += [text[at:start], Marked(kind, text[start:end])]
        at = end
    return [step for step in (*steps, text[at:]) if step != ""]
