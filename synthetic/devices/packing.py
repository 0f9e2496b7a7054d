"""Archives of text members with the same bytes for the same members."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

# Zip members need a date; a fixed one keeps archives identical for a seed.
MEMBER_DATE = (2026, 4, 1, 0, 0, 0)
FASTEST = 1


def zipped(members: Mapping[str, str]) -> bytes:
    """Return the bytes of a zip archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in members.items():
            member = zipfile.ZipInfo(name, MEMBER_DATE)
            archive.writestr(member, text, zipfile.ZIP_DEFLATED, FASTEST)
    return target.getvalue()
