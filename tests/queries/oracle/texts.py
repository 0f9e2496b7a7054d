"""Texts with `*` (any rest, also none) and `?` (one character), compared without case."""

from __future__ import annotations

import re


def alike(pattern, text):
    """Tell whether a known text is the pattern's."""
    if text is None:
        return False
    parts = {"*": ".*", "?": "."}
    regex = "".join(parts.get(c, re.escape(c)) for c in pattern.lower().strip(" "))
    return re.fullmatch(regex, text.lower().strip(" "), re.DOTALL) is not None
