"""Code sets: named lists of codes per vocabulary, with prefixes, wildcards and exclusions.

Codes compare without dots and in upper case. A pattern ends in `*` (any rest)
or holds `?` (any one character); anything else is one exact code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ehrkit.core.errors import DataError
from ehrkit.queries.sections import Section, read_toml
from ehrkit.queries.spelling import unknown

FOLDER = Path(__file__).parent / "codes"
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
}


def normalise(code: str) -> str:
    """Return the code as it is compared: upper case, no dots, no blanks around."""
    return code.strip().upper().replace(".", "")


@dataclass(frozen=True)
class CodeSet:
    """A named list of codes.

    Attributes:
        name: as cohort files refer to it.
        include: vocabulary to normalised patterns.
        exclude: patterns taken out again.
    """

    name: str
    title: str
    source: str
    include: Mapping[str, tuple[str, ...]] = field(hash=False)
    exclude: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not any(self.include.values()):
            raise DataError("the code set includes no code", where=self.name)
        for vocabulary in self.exclude:
            if vocabulary not in self.include:
                raise DataError(f"excludes {vocabulary} codes but includes none", where=self.name)

    def matches(self, vocabulary: str, code: str) -> bool:
        """Tell whether a normalised code is in the set."""
        return _hit(self.include.get(vocabulary, ()), code) and not _hit(
            self.exclude.get(vocabulary, ()), code
        )


def read_code_set(section: Section, name: str) -> CodeSet:
    """Read one code set; `section` is its whole table.

    Raises:
        DataError: an unknown key or vocabulary, or a code that its vocabulary cannot hold.
    """
    title = section.take("title", str, name)
    source = section.take("source", str, "")
    exclude = section.sub("exclude")
    include = section.sub("include")
    if include is None:
        raise section.error("the key include is missing", hint="[include] icd10pcs = [...]")
    section.finish()
    return CodeSet(name, title, source, _patterns(include), _patterns(exclude) if exclude else {})


def load_code_sets(extra: Iterable[Path] = ()) -> dict[str, CodeSet]:
    """Load the shipped code sets and a site's own files or folders; a later name wins.

    Raises:
        UsageError: a path does not exist.
        DataError: a file breaks a rule.
    """
    files = sorted(FOLDER.glob("*.toml"))
    for path in extra:
        files += sorted(path.glob("*.toml")) if path.is_dir() else [path]
    return {path.stem: read_code_set(read_toml(path), path.stem) for path in files}


def pick(code_sets: Mapping[str, CodeSet], name: str, *, where: str | None = None) -> CodeSet:
    """Return the named code set.

    Raises:
        UsageError: there is none; the nearest name is given.
    """
    if name not in code_sets:
        raise unknown("code set", name, code_sets, where=where)
    return code_sets[name]


def _patterns(section: Section) -> dict[str, tuple[str, ...]]:
    section.offer(SHAPES)
    found = {}
    for vocabulary in [name for name in section.table if name in SHAPES]:
        codes = tuple(dict.fromkeys(normalise(code) for code in section.texts(vocabulary)))
        for number, code in enumerate(codes, 1):
            _check_shape(section, vocabulary, code, number)
        found[vocabulary] = codes
    section.finish()
    return found


def _check_shape(section: Section, vocabulary: str, code: str, number: int) -> None:
    body = code[:-1] if code.endswith("*") else code
    if not body or not re.fullmatch(
        SHAPES[vocabulary], body.replace("?", "0" if body[0] != "?" else "A")
    ):
        raise section.error(f"entry {number} is no {vocabulary} code or pattern", key=vocabulary)


def _hit(patterns: Iterable[str], code: str) -> bool:
    return any(_regex(pattern).fullmatch(code) for pattern in patterns)


def _regex(pattern: str) -> re.Pattern[str]:
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(c, re.escape(c)) for c in pattern))
