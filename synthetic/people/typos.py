"""Typing errors in names and numbers."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.rows import Array

KEYS_BESIDE = {"a": "s", "e": "r", "i": "o", "o": "p", "n": "m", "r": "t", "s": "d", "t": "y",
               "l": "k", "d": "f", "m": "n", "h": "j", "c": "v", "u": "i"}  # fmt: skip


def misspelled(names: Array, rng: np.random.Generator, share: float) -> Array:
    """Return the names with one typing error in the given share of them."""
    out = names.copy()
    rows = np.flatnonzero(rng.random(len(names)) < share)
    places, kinds = rng.random(len(rows)).tolist(), rng.integers(0, 4, len(rows)).tolist()
    for row, place, kind in zip(rows.tolist(), places, kinds, strict=True):
        out[row] = _typo(out[row], place, kind)
    return out


def _typo(name: str, place: float, kind: int) -> str:
    """Drop, double, swap or replace one letter after the first; `place` lies in [0, 1)."""
    if len(name) < 3:
        return name
    at = 1 + int(place * (len(name) - 2))
    before, letter, after = name[:at], name[at], name[at + 1 :]
    if kind == 0:
        return before + after
    if kind == 1:
        return before + letter + letter + after
    if kind == 2:
        return before + after[0] + letter + after[1:]
    return before + KEYS_BESIDE.get(letter, "e") + after


def misdialled(numbers: Array, rng: np.random.Generator, share: float) -> Array:
    """Return phone numbers with one of the last four digits changed in the given share of them.

    Area and exchange stay, so that a number out of service is so still.
    """
    out = numbers.copy()
    rows = np.flatnonzero(rng.random(len(numbers)) < share)
    chances, steps = rng.random(len(rows)).tolist(), rng.integers(1, 10, len(rows)).tolist()
    for row, chance, step in zip(rows.tolist(), chances, steps, strict=True):
        text = out[row]
        at = len(text) - 4 + int(chance * 4)
        out[row] = text[:at] + str((int(text[at]) + step) % 10) + text[at + 1 :]
    return out
