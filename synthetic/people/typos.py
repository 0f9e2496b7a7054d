"""Typing errors in names and numbers."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.rows import Array

KEYS_BESIDE = {"a": "s", "e": "r", "i": "o", "o": "p", "n": "m", "r": "t", "s": "d", "t": "y",
               "l": "k", "d": "f", "m": "n", "h": "j", "c": "v", "u": "i"}  # fmt: skip


def misspelled(names: Array, rng: np.random.Generator, share: float) -> Array:
    """Return the names with one typing error in the given share of them."""
    out = names.copy()
    for row in np.flatnonzero(rng.random(len(names)) < share):
        out[row] = _typo(str(out[row]), rng)
    return out


def _typo(name: str, rng: np.random.Generator) -> str:
    """Drop, double, swap or replace one letter after the first."""
    if len(name) < 3:
        return name
    at = int(rng.integers(1, len(name) - 1))
    before, letter, after = name[:at], name[at], name[at + 1 :]
    kind = int(rng.integers(4))
    if kind == 0:
        return before + after
    if kind == 1:
        return before + letter + letter + after
    if kind == 2:
        return before + after[0] + letter + after[1:]
    return before + KEYS_BESIDE.get(letter, "e") + after


def misdialled(numbers: Array, rng: np.random.Generator, share: float) -> Array:
    """Return digit strings with one digit changed in the given share of them."""
    out = numbers.copy()
    for row in np.flatnonzero(rng.random(len(numbers)) < share):
        text = str(out[row])
        places = [place for place, sign in enumerate(text) if sign.isdigit()]
        at = places[int(rng.integers(len(places)))]
        out[row] = text[:at] + str((int(text[at]) + int(rng.integers(1, 10))) % 10) + text[at + 1 :]
    return out
