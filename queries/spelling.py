"""The error for a name that is not known, with the nearest right spelling; a or an."""

from __future__ import annotations

from collections.abc import Iterable

from ehrkit.core.errors import UsageError
from ehrkit.core.spelling import suggest


def with_article(noun: str) -> str:
    """Put a or an before a noun."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def unknown(kind: str, name: str, known: Iterable[str], *, where: str | None = None) -> UsageError:
    """Return the error for a name that is not known; the names are not data values."""
    return UsageError(f"there is no {kind} named {name}", where=where, hint=suggest(name, known))
