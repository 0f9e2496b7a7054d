"""The identifier fields that linkage knows, and how each is brought to one form.

A value that is absent, a placeholder, or not of its field's form becomes None, and
None never becomes a token: two missing values must not look like agreement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ehrkit.core.errors import DataError, UsageError
from ehrkit.core.spelling import suggest
from ehrkit.linkage.text import words

# Part of the schema hash of encoded files: raise it when a rule below changes,
# so that files normalised by different rules are never matched.
RULES_VERSION = 1

_NOTHING = frozenset(
    {
        "unknown", "unk", "none", "null", "na", "nan", "nil", "missing", "unspecified", "notgiven",
        "declined", "refused", "test", "noname", "nofirstname", "nolastname", "nolast", "nofirst",
        "lastname", "firstname", "x", "xx", "xxx",
    }
)  # fmt: skip
_UNNAMED_INFANT = frozenset(
    {
        "baby", "babyboy", "babygirl", "boy", "girl", "infant", "newborn", "twina", "twinb", "male",
        "female",
    }
)  # fmt: skip
_SUFFIXES = frozenset(
    {
        "jr", "sr", "ii", "iii", "iv", "junior", "senior",
    }
)  # fmt: skip
# Dates that systems write for "not known" (SQL Server, Excel, Unix and end-of-time defaults).
_EMPTY_DATES = frozenset({"1753-01-01", "1800-01-01", "1899-12-30", "1900-01-01", "1901-01-01"})
_FIRST_YEAR, _LAST_YEAR = 1880, 2100
_EMPTY_PHONES = frozenset({"1234567890", "0123456789", "9876543210"})
_EMPTY_MAILBOXES = frozenset(
    {
        "none", "no", "noemail", "nomail", "na", "unknown", "declined", "refused", "donotreply",
        "noreply", "test", "patient",
    }
)  # fmt: skip
# OMOP concept ids 8532 and 8507 are unambiguous; bare 1 and 2 differ between systems.
_SEXES = {
    "f": "female", "female": "female", "woman": "female", "8532": "female",
    "m": "male", "male": "male", "man": "male", "8507": "male",
}  # fmt: skip
# USPS Publication 28, appendices B, C1 and C2: the commonest directions, street suffixes, units.
_STREET_WORDS = {
    "street": "st", "str": "st", "avenue": "ave", "av": "ave", "road": "rd", "drive": "dr",
    "lane": "ln", "court": "ct", "circle": "cir", "place": "pl", "boulevard": "blvd",
    "square": "sq", "terrace": "ter", "parkway": "pkwy", "highway": "hwy", "trail": "trl",
    "way": "way", "north": "n", "south": "s", "east": "e", "west": "w", "northeast": "ne",
    "northwest": "nw", "southeast": "se", "southwest": "sw", "apartment": "apt", "unit": "apt",
    "suite": "ste", "floor": "fl", "building": "bldg", "mount": "mt", "saint": "st",
}  # fmt: skip

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: .*)?")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def first_name(text: str) -> str | None:
    """Return letters only; a trailing middle initial and names of unnamed infants are dropped."""
    parts = words(text)
    if _letters(parts) is None:
        return None
    while len(parts) > 1 and len(parts[-1]) == 1:
        parts.pop()
    name = _letters(parts)
    return None if name in _UNNAMED_INFANT else name


def last_name(text: str) -> str | None:
    """Return letters only; a trailing generation (Jr, III) is dropped."""
    parts = words(text)
    while len(parts) > 1 and parts[-1] in _SUFFIXES:
        parts.pop()
    return _letters(parts)


def birth_date(text: str) -> str | None:
    """Return ISO `YYYY-MM-DD` from ISO, `YYYYMMDD` or American `MM/DD/YYYY`, times ignored."""
    text = text.strip()
    if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = map(int, match.groups())
    elif match := _AMERICAN.fullmatch(text):
        month, day, year = map(int, match.groups())
    else:
        return None
    try:
        iso = date(year, month, day).isoformat()
    except ValueError:
        return None
    return None if iso in _EMPTY_DATES or not _FIRST_YEAR <= year <= _LAST_YEAR else iso


def sex(text: str) -> str | None:
    """Return female or male; anything else says nothing that two systems code alike."""
    return _SEXES.get(text.strip().lower())


def zip_code(text: str) -> str | None:
    """Return five digits of a ZIP or ZIP+4; a leading zero that a spreadsheet ate is restored."""
    digits = text.strip().replace("-", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) in (4, 5, 8, 9)):
        return None
    five = digits.zfill(5 if len(digits) < 6 else 9)[:5]
    return None if five in ("00000", "99999") else five


def phone(text: str) -> str | None:
    """Return the last ten digits; an extension after `x` or `ext` is cut."""
    digits = re.sub(r"\D", "", re.split(r"(?i)\s*(?:x|ext)", text, maxsplit=1)[0])[-10:]
    if len(digits) < 10 or len(set(digits)) == 1 or digits in _EMPTY_PHONES:
        return None
    return digits


def email(text: str) -> str | None:
    """Return the address in lower case without its `+tag`; invented mailboxes are dropped."""
    address = text.strip().lower()
    if not _MAIL.fullmatch(address):
        return None
    mailbox, _, domain = address.rpartition("@")
    mailbox = mailbox.split("+", 1)[0]
    if not mailbox or mailbox.replace(".", "").replace("-", "") in _EMPTY_MAILBOXES:
        return None
    return f"{mailbox}@{domain}"


def address(text: str) -> str | None:
    """Return the street line with USPS abbreviations; it needs a letter and a digit."""
    parts = [_STREET_WORDS.get(word, word) for word in words(text.replace("#", " apt "))]
    while "apt" in parts and parts.count("apt") > 1:
        parts.remove("apt")
    line = " ".join(parts)
    usable = any(sign.isdigit() for sign in line) and any(sign.isalpha() for sign in line)
    return line if usable else None


@dataclass(frozen=True)
class IdentifierField:
    """One field that people are compared on: its standard column name and its one form."""

    name: str
    normalise: Callable[[str], str | None]


FIELDS: Mapping[str, IdentifierField] = {
    name: IdentifierField(name, normalise)
    for name, normalise in (
        ("first_name", first_name),
        ("last_name", last_name),
        ("birth_date", birth_date),
        ("sex", sex),
        ("zip", zip_code),
        ("phone", phone),
        ("email", email),
        ("address", address),
    )
}


def map_columns(columns: Sequence[str], overrides: Mapping[str, str]) -> dict[str, str]:
    """Return field -> column: the overrides, then columns of a standard name in any case.

    Raises:
        UsageError: an override names a field that linkage does not know.
        DataError: an override names an absent column, or fewer than two fields are there.
    """
    standard = {column.lower(): column for column in reversed(columns)}
    found = {name: standard[name] for name in FIELDS if name in standard}
    for name, column in overrides.items():
        if name not in FIELDS:
            raise UsageError(
                f"no identifier field is called {name!r}", hint=suggest(name, list(FIELDS))
            )
        if column not in columns:
            raise DataError(
                "the table has no such column",
                where=f"column {column}, given for {name}",
                hint=suggest(column, columns),
            )
        found[name] = column
    if len(found) < 2:
        raise DataError(
            "a table needs at least two identifier fields to be linked",
            hint=f"Known fields: {', '.join(FIELDS)}. Name columns with --field first_name=COLUMN.",
        )
    return {name: found[name] for name in FIELDS if name in found}


def _letters(parts: list[str]) -> str | None:
    name = "".join(sign for part in parts for sign in part if sign.isalpha())
    return None if not name or name in _NOTHING else name
