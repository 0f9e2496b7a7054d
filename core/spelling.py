"""Answer an unknown name with the nearest known one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_SHOWN = 12


def nearest(name: object, known: Iterable[str]) -> str | None:
    """Return a hint at the known name that is nearest to an unknown one, if one is near."""
    near = difflib.get_close_matches(str(name), sorted(known), n=1, cutoff=0.6)
    return f"Did you mean {near[0]}?" if near else None


def suggest(name: str, known: Iterable[str]) -> str:
    """Return a hint for an unknown name: the nearest known one, or what is known."""
    names = sorted(set(known))
    near = nearest(name, names)
    if near:
        return near
    if not names:
        return "None is known."
    rest = f", and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"Known: {', '.join(names[:_SHOWN])}{rest}."
