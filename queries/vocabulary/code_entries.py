"""One entry of a code set: a code, a pattern or a range, with the dates on which it counts.

Codes compare without dots and blanks, in upper case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from ehrkit.queries.language.dates import iso_date
from ehrkit.queries.sections import Section

RANGE = ".."
# What an undotted code of each system may look like. ICD-10-PCS never uses I or O
# (CMS, ICD-10-PCS Official Guidelines, A4 and A5).
SHAPES = {
    "icd10pcs": r"[0-9A-HJ-NP-Z]{1,7}",
    "icd10cm": r"[A-Z][0-9A-Z]{0,6}",
    "hcpcs": r"[0-9A-Z]{1,5}",
    "drg": r"[0-9]{3}",
    "rxnorm": r"[0-9]+",
    "loinc": r"[0-9]+-?[0-9]?",
    "snomed": r"[0-9]+",
    "omop": r"[0-9]+",
    "local": r"[^*?]+",
}

# A whole code has so many characters (CMS, ICD-10-PCS Official Guidelines, A3): a shorter one is
# of another vocabulary, or lacks its `*`.
WHOLE = {"icd10pcs": 7}
EXAMPLES = {
    "icd10pcs": "0SG00J1, 0SG0*, 0SG?0J1 or 0SG0..0SG3",
    "icd10cm": "M48.061, M48.0*, M48.06? or M48..M51",
    "hcpcs": "22612, 226* or G0151..G0159",
    "drg": "402, 4* or 402..405",
    "loinc": "2160-0",
}


def normalise(code: str) -> str:
    """Return the code as it is compared: upper case, no dots, no blanks around."""
    return code.strip().upper().replace(".", "")


@dataclass(frozen=True)
class Entry:
    """An entry.

    Attributes:
        pattern: a normalised code; `*` at its end is any rest, `?` one character.
        last: for a range, the last code; `pattern` is then the first, of equal length.
        since, until: the event dates on which it counts, both included; None is open.
        descendants: everything below an OMOP concept counts, too.
    """

    pattern: str
    last: str | None = None
    since: date | None = None
    until: date | None = None
    descendants: bool = False

    @property
    def dated(self) -> bool:
        """Whether the entry counts on some dates only."""
        return self.since is not None or self.until is not None

    @property
    def kind(self) -> str:
        """exact, range, prefix (a single `*` at the end) or wildcard."""
        if self.last is not None:
            return "range"
        body = self.pattern.removesuffix("*")
        if "?" in body:
            return "wildcard"
        return "exact" if body == self.pattern else "prefix"

    def matches(self, code: str) -> bool:
        """Tell whether a normalised code is meant, on dates that count."""
        if self.last is not None:
            beginning = code[: len(self.last)]
            long_enough = len(beginning) == len(self.last)
            return long_enough and self.pattern <= beginning <= self.last
        parts = {"*": ".*", "?": "."}
        expression = "".join(parts.get(c, re.escape(c)) for c in self.pattern)
        return re.fullmatch(expression, code, re.DOTALL) is not None

    def __str__(self) -> str:
        """Return the entry as a code set would write it."""
        text = self.pattern if self.last is None else f"{self.pattern}{RANGE}{self.last}"
        since = f" from {self.since}" if self.since else ""
        until = f" until {self.until}" if self.until else ""
        return f"{text}{' and descendants' if self.descendants else ''}{since}{until}"


def read_entries(section: Section, vocabulary: str) -> tuple[Entry, ...]:
    """Take the entries of one vocabulary from an `include` or `exclude` table.

    Raises:
        DataError: not a list of codes, or a code that the vocabulary cannot hold.
    """
    values = section.take(vocabulary, object, [])
    listed = values if isinstance(values, list) else [values]
    found = [_entry(section, vocabulary, raw, n) for n, raw in enumerate(listed, 1)]
    return tuple(dict.fromkeys(found))


def _entry(section: Section, vocabulary: str, raw: object, number: int) -> Entry:
    if isinstance(raw, dict):
        table = Section(raw, f"{section.where}: {vocabulary}[{number}]")
        text = table.need("code", str)
        since, until = (_date(table, key) for key in ("from", "until"))
        below = bool(table.take("descendants", bool, False))
        table.finish()
        if since and until and since > until:
            raise table.error("from is after until")
        if below and vocabulary != "omop":
            raise table.error("only OMOP concepts have descendants", key="descendants")
    elif isinstance(raw, str):
        text, since, until, below = raw, None, None, False
    else:
        raise section.error(f"entry {number} is neither a text nor a table", key=vocabulary)
    return _checked(section, vocabulary, number, Entry(*_ends(text), since, until, below))


def _ends(text: str) -> tuple[str, str | None]:
    first, sign, last = text.partition(RANGE)
    return (normalise(first), normalise(last)) if sign else (normalise(text), None)


def _checked(section: Section, vocabulary: str, number: int, entry: Entry) -> Entry:
    shape = SHAPES[vocabulary]
    if entry.last is not None:
        right = len(entry.pattern) == len(entry.last) and entry.pattern <= entry.last
        right = right and all(re.fullmatch(shape, one) for one in (entry.pattern, entry.last))
        what = f"is no range of {vocabulary} codes of equal length"
    else:
        body = entry.pattern.removesuffix("*")
        filled = body.replace("?", "0" if body[:1] != "?" else "A")
        right = bool(body) and re.fullmatch(shape, filled) is not None
        right = right and not (entry.descendants and entry.kind != "exact")
        whole = WHOLE.get(vocabulary) if entry.kind == "exact" else None
        right = right and whole in (None, len(body))
        what = f"is no {vocabulary} code or pattern"
    if not right:
        example = EXAMPLES.get(vocabulary)
        hint = f"Such as {example}." if example else None
        raise section.error(f"entry {number} {what}", key=vocabulary, hint=hint)
    return entry


def _date(table: Section, key: str) -> date | None:
    value = table.take(key, object)
    if value is None or type(value) is date:
        return value
    day = iso_date(str(value))
    if day is None:
        raise table.error("must be a date, YYYY-MM-DD", key=key)
    return day
