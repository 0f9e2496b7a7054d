"""Scrub free text: patterns first, then the identifiers known of the row's own person.

Rule-based scrubbing misses things: on published notes such patterns cover three
quarters to nine tenths of the identifiers. Scrubbed text is safer text, not
de-identified text, and never meets Safe Harbor.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ehrkit.deid.text.patterns import CATEGORIES, DIGITS, EPONYM_NOUNS, EVERYDAY, WORD

# Below this a number is as likely a level, a dose or a count.
SHORTEST_NUMBER = 5
SHORTEST_NAME = 2


_PATTERN = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in CATEGORIES))
_NEXT_WORD = re.compile(r"(?:['\u2019]s)?[ -]+([a-z]+)")


@dataclass(frozen=True)
class Known:
    """The identifiers of one person: name words in lower case, and numbers as bare digits."""

    words: frozenset[str]
    numbers: frozenset[str]

    @classmethod
    def of(cls, values: Iterable[object]) -> Known:
        """Collect the words and numbers of some values; nulls and short ones are left out."""
        texts = [str(value) for value in values if value is not None]
        words = {word.lower() for text in texts for word in WORD.findall(text)}
        numbers = {re.sub(r"\D", "", found) for text in texts for found in DIGITS.findall(text)}
        return cls(
            frozenset(word for word in words if len(word) >= SHORTEST_NAME),
            frozenset(number for number in numbers if len(number) >= SHORTEST_NUMBER),
        )


NOBODY = Known(frozenset(), frozenset())


def scrub_text(text: str, known: Known = NOBODY) -> tuple[str, Counter[str]]:
    """Return the text with marks such as `[DATE]` for identifiers, and counts by category."""
    counts: Counter[str] = Counter()

    def by_pattern(found: re.Match[str]) -> str:
        # The category's group closes last: groups inside it cannot be the last one.
        category = str(found.lastgroup)
        counts[category] += 1
        return "[90+]" if category == "AGE" else f"[{category}]"

    def by_word(found: re.Match[str]) -> str:
        if not _names_person(found, known):
            return found[0]
        counts["KNOWN"] += 1
        return "[NAME]"

    def by_number(found: re.Match[str]) -> str:
        if re.sub(r"\D", "", found[0]) not in known.numbers:
            return found[0]
        counts["KNOWN"] += 1
        return "[ID]"

    # Known numbers before patterns: a pattern may take only a part of one.
    if known.numbers:
        text = DIGITS.sub(by_number, text)
    text = _PATTERN.sub(by_pattern, text)
    if known.words:
        text = WORD.sub(by_word, text)
    return text, counts


def _names_person(found: re.Match[str], known: Known) -> bool:
    """Tell whether a word is a known name here, and not an eponym or an everyday word."""
    word = found[0]
    stem = re.sub(r"['\u2019]s$", "", word)
    lower = stem.lower()
    parts = (lower, *lower.split("-"))
    if not any(part in known.words for part in parts):
        return False
    if stem.islower() and (lower in EVERYDAY or len(lower) < SHORTEST_NAME + 1):
        return False
    following = _NEXT_WORD.match(found.string, found.end())
    return not (following and following[1] in EPONYM_NOUNS)
