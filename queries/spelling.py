"""Nearest right spelling of an unknown name, for error messages."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from ehrkit.core.errors import UsageError


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint: the nearest known name, or all of them."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if close:
        return f"Did you mean {close[0]}?"
    return f"Known: {', '.join(names)}." if names else "There are none."


def unknown(kind: str, name: str, known: Iterable[str], *, where: str | None = None) -> UsageError:
    """Return the error for a name that is not known; the names are not data values."""
    return UsageError(f"there is no {kind} named {name}", where=where, hint=nearest(name, known))
