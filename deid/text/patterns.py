"""What identifiers look like in clinical text, and what only looks like them.

A pattern stands for one category; the text keeps a mark such as `[DATE]`. Left
alone because they are medicine: vertebral levels (L4-L5), scores and strength
(7/10, 5/5), blood pressure (120/80), doses, counts, and ages below 90.
"""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH_NUMBER = r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:19|20)\d{2}"
_CLOCK = r"(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
# Month/day without a year is also a pain score (7/10) or a strength (5/5): only after a cue.
_CUED_DAY = rf"(?<=\b[Oo]n )(?!\d+/10\b|5/5\b){_MONTH_NUMBER}/{_DAY}(?![\d/])"
_DATES = (
    rf"\b{_YEAR}-\d{{2}}-\d{{2}}{_CLOCK}(?!\d)",
    rf"\b{_YEAR}/\d{{1,2}}/\d{{1,2}}(?!\d)",
    rf"(?<![\d/.-]){_MONTH_NUMBER}(?P<_us>[/.-]){_DAY}(?P=_us)(?:{_YEAR}|\d{{2}})(?![\d/]|[.-]\d)",
    rf"(?<![\d/.-]){_DAY}(?P<_eu>[/.-]){_MONTH_NUMBER}(?P=_eu){_YEAR}(?![\d/]|[.-]\d)",
    rf"\b{_DAY}(?:st|nd|rd|th)?[ -](?:of )?{_MONTH}(?:,?[ -]{_YEAR})?(?!\d)",
    rf"\b{_MONTH} {_DAY}(?:st|nd|rd|th)?\b(?:,? {_YEAR}\b)?",
    rf"\b{_MONTH},? {_YEAR}\b",
    _CUED_DAY,
)
_PHONE = (
    r"(?<![\w.-])(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\d-])"
    r"(?: ?(?:x|ext\.?) ?\d{1,5})?"
)
_CUED_PHONE = r"(?<=\b(?:phone|cell:|home:|call at|tel:|fax:) )\d{3}[ .-]?\d{4}\b"
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_STREETS = (
    r"Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Way|Place|Pl"
    r"|Terrace|Circle|Highway|Hwy|Parkway|Pkwy"
)
_NUMBERED = (
    r"(?i:MRN|medical record|med rec|patient id|pt id|account|acct|chart|encounter|csn|visit id"
    r"|member id|policy|licen[cs]e|serial|device id|imei)"
    r"(?i:\s*(?:number|num|no\.?|id|#))?\s*(?:is\s*)?[:#]?\s*"
)

# Tried in this order at each place of the text; the first that fits takes it.
CATEGORIES: tuple[tuple[str, str], ...] = (
    ("EMAIL", r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b"),
    ("URL", r"(?i:\bhttps?://[^\s<>\"]+|\bwww\.[^\s<>\"]+)"),
    # The last four digits still are an identifier.
    (
        "SSN",
        r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])"
        r"|(?i:\bSSN,? (?:ending|last 4|last four)(?: in| is)?:? )\d{4}\b",
    ),
    ("PHONE", _PHONE),
    ("IP", rf"(?<![\d.])(?:{_OCTET}\.){{3}}{_OCTET}(?![\d.]*\d)"),
    ("ZIP", r"(?<=\b[A-Z]{2} )\d{5}(?:-\d{4})?(?!\d)|(?<![\d-])\d{5}-\d{4}(?![\d-])"),
    ("DATE", "|".join(_DATES)),
    ("AGE", r"\b(?:9\d|1[0-2]\d)(?=[ -]?(?:years?[ -]old|y/?o\b|yr[ -]old|year-old))"),
    ("ADDRESS", rf"\b\d{{1,5}} (?:[NSEW]\.? )?(?:[A-Z][a-z]+ ){{1,3}}(?:{_STREETS})\b\.?"),
    ("NAME", r"(?<=\b(?:Dr|Mr|Ms)\. )[A-Z][a-z'-]+(?: [A-Z][a-z'-]+)?"),
    ("ID", rf"{_NUMBERED}[A-Z]{{0,4}}-?\d[\d-]{{3,}}\b|(?<![\d.,/-])\d{{7,}}(?![\d.,/-]*\d)"),
)

# What a kept column of text may never hold (RE2 syntax): SSN, telephone, e-mail.
RESIDUAL = (
    r"\b\d{3}-\d{2}-\d{4}\b|\(\d{3}\) ?\d{3}-\d{4}|\b\d{3}[.-]\d{3}[.-]\d{4}\b"
    r"|[\w.+-]+@[\w-]+\.\w+"
)
# And under safe-harbor, nor a day: ISO or month/day/year.
RESIDUAL_DAY = r"\b(?:19|20)\d{2}-\d{2}-\d{2}|\b\d{1,2}/\d{1,2}/(?:19|20)\d{2}\b"

_WORDS = tomllib.loads(files("ehrkit.deid.text").joinpath("words.toml").read_text("utf-8"))
EPONYM_NOUNS = frozenset(_WORDS["after_an_eponym"])
EVERYDAY = frozenset(_WORDS["everyday"])

WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
DIGITS = re.compile(r"(?<!\d)\d(?:[ .-]?\d){4,}(?!\d)")
