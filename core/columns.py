"""PHI tags: what each column is under the HIPAA Privacy Rule, carried as Arrow metadata.

The letters are the items of 45 CFR 164.514(b)(2)(i). Parquet and Arrow keep
the tag; text formats lose it, so a policy has to name it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import pyarrow as pa

from ehrkit.core.errors import DataError

KEY = b"ehrkit.phi"


class Phi(StrEnum):
    """The items of 45 CFR 164.514(b)(2)(i), and four kinds that are not direct identifiers."""

    NAME = "A"
    GEOGRAPHY = "B"
    DATE = "C"
    PHONE = "D"
    FAX = "E"
    EMAIL = "F"
    SSN = "G"
    MRN = "H"
    HEALTH_PLAN = "I"
    ACCOUNT = "J"
    LICENCE = "K"
    VEHICLE = "L"
    DEVICE = "M"
    URL = "N"
    IP = "O"
    BIOMETRIC = "P"
    PHOTO = "Q"
    OTHER_ID = "R"
    QUASI = "quasi"
    FREE_TEXT = "free-text"
    NONE = "none"


def field(name: str, type_: pa.DataType, phi: Phi) -> pa.Field:
    """Return an Arrow field that carries a PHI tag."""
    return pa.field(name, type_, metadata={KEY: phi.value.encode()})


def phi_of(column: pa.Field) -> Phi | None:
    """Return the tag of a field, or None where it has none.

    Raises:
        DataError: the tag is not one that ehrkit knows.
    """
    raw = (column.metadata or {}).get(KEY)
    if raw is None:
        return None
    try:
        return Phi(raw.decode())
    except (ValueError, UnicodeDecodeError):
        raise DataError(
            "the PHI tag is not one of A..R, quasi, free-text, none", where=f"column {column.name}"
        ) from None


def tag(schema: pa.Schema, tags: Mapping[str, Phi]) -> pa.Schema:
    """Return the schema with the named columns tagged; other columns keep what they have."""
    return pa.schema(
        [
            column.with_metadata({**(column.metadata or {}), KEY: tags[column.name].value.encode()})
            if column.name in tags
            else column
            for column in schema
        ],
        metadata=schema.metadata,
    )
