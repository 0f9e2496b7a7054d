"""Codes, drugs, analytes and departments, read once from catalogue.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from ehrkit.synthetic.rows import Array


def read_data(name: str) -> dict[str, Any]:
    """Return one TOML data file of this package."""
    return tomllib.loads(files("ehrkit.synthetic").joinpath(name).read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Diagnoses:
    """Diagnoses by clinical name, grouped by use.

    Attributes:
        codes: ICD-10-CM codes with dots, by concept position.
        names: clinical names, by concept position; several may share a code.
        groups: positions and probabilities of each group.
        dated_codes: the codes, by concept position, and then codes that they replaced.
        since: per concept, the day from which its code is valid; NaT: all along.
        older: per concept, the position in `dated_codes` of the code before that day.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    groups: dict[str, tuple[Array, Array]]
    dated_codes: tuple[str, ...]
    since: Array
    older: Array

    def code_at(self, concept: Array, day: Array) -> Array:
        """Return positions in `dated_codes`: the code of each concept on its day."""
        early: Array = day < self.since[concept]
        return np.where(early, self.older[concept], concept)

    def draw(self, rng: np.random.Generator, group: str, size: int) -> Array:
        """Return concept positions drawn from a group by its weights."""
        positions, weights = self.groups[group]
        return rng.choice(positions, size=size, p=weights)

    def concept(self, group: str, code: str) -> int:
        """Return the concept position of a code within a group."""
        positions = self.groups[group][0]
        first = int(positions[0])
        return first + self.codes[first : first + len(positions)].index(code)

    def positions(self, group: str) -> Array:
        """Return the concept positions of a group, in file order."""
        return self.groups[group][0]


@dataclass(frozen=True)
class Catalogue:
    """Everything that catalogue.toml holds."""

    diagnoses: Diagnoses
    prevalence: Array
    drugs: dict[str, list[Any]]
    labs: dict[str, list[Any]]
    departments: dict[str, list[str]]
    revenue: dict[str, str]
    drgs: dict[str, list[Any]]
    vitals: dict[str, list[Any]]
    instruments: dict[str, list[Any]]

    def department(self, name: str) -> int:
        """Return the position of a department."""
        return list(self.departments).index(name)

    def drug(self, name: str) -> int:
        """Return the position of a drug."""
        return list(self.drugs).index(name)


@cache
def catalogue() -> Catalogue:
    """Return the catalogue."""
    data = read_data("catalogue.toml")
    codes: list[str] = []
    names: list[str] = []
    groups: dict[str, tuple[Array, Array]] = {}
    for group, entries in data["groups"].items():
        positions = np.arange(len(codes), len(codes) + len(entries))
        weights = np.array([weight for _, weight in entries.values()], dtype=float)
        groups[group] = (positions, weights / weights.sum())
        codes += list(entries)
        names += [name for name, _ in entries.values()]
    prevalence = np.array([share for _, share in data["groups"]["chronic"].values()]) / 100
    return Catalogue(
        Diagnoses(tuple(codes), tuple(names), groups, *_dated(codes, data["replaced"])),
        prevalence,
        data["drugs"],
        data["labs"],
        data["departments"],
        data["revenue"],
        data["drgs"],
        data["vitals"],
        data["instruments"],
    )


def _dated(
    codes: list[str], replaced: dict[str, list[str]]
) -> tuple[tuple[str, ...], Array, Array]:
    """Return all codes, and by concept the day of its code and the place of the one before."""
    all_codes = codes + sorted({older for _, older in replaced.values()})
    since = np.full(len(codes), np.datetime64("NaT", "D"))
    older = np.arange(len(codes))
    for place, code in enumerate(codes):
        if code in replaced:
            since[place] = np.datetime64(replaced[code][0])
            older[place] = len(codes) + all_codes[len(codes) :].index(replaced[code][1])
    return tuple(all_codes), since, older
