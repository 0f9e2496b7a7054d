"""Units of measurement: every way to write one, and how its values become those of another.

The figures and their sources are in units.toml. Units of one scale convert
whatever is measured; mass and amount of substance convert for named analytes.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ehrkit.queries.spelling import unknown

FILE = Path(__file__).parent / "units.toml"
MASS, AMOUNT, CHARGE = "mass-concentration", "molar-concentration", "charge-concentration"


@dataclass(frozen=True)
class Conversion:
    """How a value in a unit becomes one in the target: value * factor + offset.

    Attributes:
        unit: one normalised way to write the unit; see `normalise_unit`.
        codes: LOINC codes to which the conversion is limited; none means that it fits any.
    """

    unit: str
    factor: float
    offset: float
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unit:
    """A unit: `factor` of its scale's first unit, `offset` added; spellings normalised."""

    name: str
    scale: str
    factor: float
    offset: float
    spellings: tuple[str, ...]


@dataclass(frozen=True)
class Bridge:
    """From first unit to first unit of two scales, for some codes."""

    source: str
    target: str
    factor: float
    offset: float
    codes: tuple[str, ...]


def normalise_unit(text: str) -> str:
    """Return a unit as it is compared: lower case, no blanks around."""
    return text.strip().lower()


@cache
def conversions(target: str) -> tuple[Conversion, ...]:
    """Return how each unit becomes the target, one entry per spelling.

    A spelling may come twice with different codes; a code has one conversion per spelling.

    Raises:
        UsageError: no such unit; the nearest one is named.
    """
    wanted = _spellings().get(normalise_unit(target))
    if wanted is None:
        raise unknown("unit", target, [unit.name for unit in _units()])
    return tuple(_conversions(wanted))


def _conversions(target: Unit) -> Iterator[Conversion]:
    plain = Bridge(target.scale, target.scale, 1.0, 0.0, ())
    for bridge in (plain, *(one for one in _bridges() if one.target == target.scale)):
        for unit in _units():
            if unit.scale == bridge.source:
                factor, offset = _through(unit, bridge, target)
                for spelling in unit.spellings:
                    yield Conversion(spelling, factor, offset, bridge.codes)


def _through(unit: Unit, bridge: Bridge, target: Unit) -> tuple[float, float]:
    """Return factor and offset: to the scale's first unit, over the bridge, to the target."""
    if unit == target:
        return 1.0, 0.0
    factor = unit.factor * bridge.factor / target.factor
    above = unit.offset * bridge.factor + bridge.offset - target.offset
    return factor, above / target.factor


@cache
def _units() -> tuple[Unit, ...]:
    found = []
    for scale, units in _file()["scale"].items():
        for name, entry in units.items():
            spellings = dict.fromkeys(map(normalise_unit, (name, *entry["spelt"])))
            plus = float(entry.get("plus", 0))
            found.append(Unit(name, scale, float(entry["factor"]), plus, tuple(spellings)))
    return tuple(found)


@cache
def _spellings() -> dict[str, Unit]:
    return {spelling: unit for unit in _units() for spelling in unit.spellings}


@cache
def _bridges() -> tuple[Bridge, ...]:
    found = [bridge for entry in _file()["analyte"] for bridge in _of_analyte(entry)]
    a1c = _file()["haemoglobin-a1c"]
    found += _both_ways("amount-ratio", "fraction", a1c["factor"], a1c["plus"], a1c["codes"])
    return tuple(found)


def _of_analyte(entry: dict[str, Any]) -> Iterator[Bridge]:
    mass, charge, codes = entry.get("molar_mass"), entry.get("charge"), entry["codes"]
    if mass:
        yield from _both_ways(MASS, AMOUNT, 1 / mass, 0.0, codes)
    if charge:
        yield from _both_ways(AMOUNT, CHARGE, charge, 0.0, codes)
    if mass and charge:
        yield from _both_ways(MASS, CHARGE, charge / mass, 0.0, codes)


def _both_ways(
    source: str, target: str, factor: float, offset: float, codes: list[str]
) -> Iterator[Bridge]:
    yield Bridge(source, target, factor, offset, tuple(codes))
    yield Bridge(target, source, 1 / factor, -offset / factor, tuple(codes))


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
