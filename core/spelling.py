"""Answer an unknown name with the nearest known one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_SHOWN = 12


def suggest(name: str, known: Iterable[str]) -> str:
    """Return a hint for an unknown name: the nearest known one, or what is known."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return f"Did you mean {near[0]}?"
    if not names:
        return "None is known."
    rest = f", and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"Known: {', '.join(names[:_SHOWN])}{rest}."
