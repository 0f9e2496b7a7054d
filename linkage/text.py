"""Folding of names and addresses to a form in which two registrars agree."""

from __future__ import annotations

import unicodedata

# Letters that NFKD leaves whole although registrars write them in ASCII.
_SPECIAL = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d",
        "þ": "th", "\u0131": "i", "ħ": "h",
    }
)  # fmt: skip

_SOUNDEX = {
    letter: digit
    for digit, letters in enumerate(("bfpv", "cgjkqsxz", "dt", "l", "mn", "r"), start=1)
    for letter in letters
}


def fold(text: str) -> str:
    """Return the text in lower case without accents; letters of other scripts stay."""
    # Twice: taking letters apart can give capitals, and lowering can join marks to letters.
    lowered = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).lower())
    plain = lowered.translate(_SPECIAL)
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """Return the folded runs of letters and digits; an apostrophe joins, the rest separates."""
    folded = fold(text).replace("'", "").replace("\u2019", "").replace("`", "")
    return "".join(sign if sign.isalnum() else " " for sign in folded).split()


def soundex(name: str) -> str | None:
    """Return the American Soundex code (US National Archives rules), such as R163.

    `h` and `w` do not separate equal codes, vowels do. A name that does not begin
    with a Latin letter has no code.
    """
    if not name or not "a" <= name[0] <= "z":
        return None
    digits: list[int] = []
    last = _SOUNDEX.get(name[0])
    for letter in name[1:]:
        digit = _SOUNDEX.get(letter)
        if digit is not None and digit != last:
            digits.append(digit)
        if letter not in "hw":
            last = digit
    return name[0].upper() + "".join(map(str, digits[:3])).ljust(3, "0")
