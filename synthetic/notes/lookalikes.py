"""Find the look-alikes in text that is known to name nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from ehrkit.synthetic.catalogue import read_data
from ehrkit.synthetic.notes.kinds import LookAlike
from ehrkit.synthetic.people.pools import NICKNAMES, pools

NUMBER = r"\d+(?:\.\d+)?(?:-\d+(?:\.\d+)?)?"
# Tried in this order at each place.
PATTERNS: tuple[tuple[LookAlike, str], ...] = (
    (LookAlike.LEVEL, r"\b[CTLS]\d{1,2}(?:-[CTLS]?\d{1,2})?\b"),
    (LookAlike.SCORE, r"\b(?:ASA|GCS|mJOA|ODI|NDI|VAS) (?:class )?(?:[IV]+\b|\d+(?:/\d+)?)"),
    (LookAlike.DAY_COUNT, r"\b(?:POD|HD|postoperative day|day) ?#?\d+\b"),
    (LookAlike.DOSE, rf"\b{NUMBER} ?(?:mg|mcg|g|mL|cc|units|mEq)(?:/[A-Za-z]+)?\b"),
    (LookAlike.DOSE, r"\bq\d+(?:-\d+)?h\b"),
    (LookAlike.SIZE, rf"\b{NUMBER}(?: ?x ?{NUMBER})? ?(?:mm|cm|Fr|gauge|mmHg)\b|#\d+"),
    (LookAlike.FRACTION, r"\b\d+/\d+\b"),
    (LookAlike.TIME, r"\b\d{1,2}:\d{2}\b"),
    (LookAlike.DURATION, rf"\b{NUMBER} ?(?:h|hours|hrs|min|minutes|days|weeks|months|yrs|years)\b"),
    (LookAlike.YEAR, r"\b(?:19|20)\d{2}\b"),
)  # fmt: skip
WORD = re.compile(r"[^\W\d_]+")


@cache
def _pattern() -> re.Pattern[str]:
    data = read_data("notes/lookalikes.toml")
    terms = [(LookAlike[name.upper()], _any(data[name])) for name in ("eponym", "drug", "unit")]
    listed = [(LookAlike.WORD, _any(data["word"]))]
    groups = [*terms, *PATTERNS, *listed, (LookAlike.WORD, WORD.pattern)]
    return re.compile("|".join(f"({pattern})" for _, pattern in groups))


@cache
def _kinds() -> tuple[LookAlike, ...]:
    terms = (LookAlike.EPONYM, LookAlike.DRUG, LookAlike.UNIT)
    return (*terms, *(kind for kind, _ in PATTERNS), LookAlike.WORD, LookAlike.WORD)


def _any(terms: list[str]) -> str:
    longest_first = sorted(terms, key=len, reverse=True)
    return rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b"


@cache
def surnames_and_first_names() -> frozenset[str]:
    """Return every name that the pools hold, nicknames too, in lower case."""
    pool = pools()
    own = (pool.own_female, pool.own_male, pool.own_last)
    drawn = [pool.female, pool.male, pool.last, *(one for by in own for one in by.values())]
    names = [name for weighted in drawn for name in weighted.values]
    return frozenset(name.lower() for name in (*names, *NICKNAMES.values()))


def lookalikes(text: str) -> Iterator[tuple[LookAlike, int, int]]:
    """Yield kind, start and end of each look-alike, in order.

    A capitalised word counts as one where the name pools hold it too.
    """
    pattern, kinds = _pattern(), _kinds()
    for found in pattern.finditer(text):
        group = found.lastindex or 0
        if group == len(kinds) and not _like_a_name(found[0]):
            continue
        yield kinds[group - 1], found.start(), found.end()


def _like_a_name(word: str) -> bool:
    return word[0].isupper() and word.lower() in surnames_and_first_names()
