"""Code sets: named lists of codes per vocabulary, what they include and what they exclude again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ehrkit.core.errors import DataError
from ehrkit.queries.sections import Section, placed, read_toml
from ehrkit.queries.spelling import unknown
from ehrkit.queries.vocabulary.code_entries import SHAPES, Entry, read_entries

FOLDER = Path(__file__).parents[1] / "codes"


@dataclass(frozen=True)
class CodeSet:
    """A named list of codes.

    Attributes:
        name: as cohort files refer to it.
        include: vocabulary to entries.
        exclude: entries taken out again.
    """

    name: str
    title: str
    source: str
    include: Mapping[str, tuple[Entry, ...]] = field(hash=False)
    exclude: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not any(self.include.values()):
            raise DataError(f"the code set {self.name} includes no code")
        for vocabulary in self.exclude:
            if vocabulary not in self.include:
                raise DataError(f"excludes {vocabulary} codes but includes none")

    @property
    def has_descendants(self) -> bool:
        """Whether the set asks for what is below OMOP concepts."""
        parts = (*self.include.values(), *self.exclude.values())
        return any(entry.descendants for entries in parts for entry in entries)

    def matches(self, vocabulary: str, code: str, on: date | None = None) -> bool:
        """Tell whether a normalised code is in the set on a day, or on some day if none is given.

        Descendants of concepts are known to a database alone and are left out here.
        """
        return _hit(self.include.get(vocabulary, ()), code, on) and not _hit(
            self.exclude.get(vocabulary, ()), code, on
        )


def _hit(entries: Iterable[Entry], code: str, on: date | None) -> bool:
    return any(
        entry.matches(code) and (on is None or ((entry.since or on) <= on <= (entry.until or on)))
        for entry in entries
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
    section.finish()
    if include is None:
        raise section.error(
            "the key include is missing", hint="Such as [include] and icd10pcs = [...] below it."
        )
    with placed(section.where):
        return CodeSet(name, title, source, _entries(include), _entries(exclude) if exclude else {})


def _entries(section: Section) -> dict[str, tuple[Entry, ...]]:
    section.offer(SHAPES)
    found = {name: read_entries(section, name) for name in list(section.table) if name in SHAPES}
    section.finish()
    return found


class CodeSetFiles(Mapping[str, CodeSet]):
    """Code sets by name, each read from its file when it is first asked for."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        """Remember the files by the names of their code sets."""
        self._files = files
        self._read: dict[str, CodeSet] = {}

    def __getitem__(self, name: str) -> CodeSet:
        """Return a code set.

        Raises:
            KeyError: there is none of this name.
            UsageError: the file does not exist.
            DataError: it breaks a rule.
        """
        if name not in self._read:
            self._read[name] = read_code_set(read_toml(self._files[name]), name)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        """Yield the names."""
        return iter(self._files)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._files)

    def __contains__(self, name: object) -> bool:
        """Tell whether there is a file, without reading it."""
        return name in self._files


class Layers(Mapping[str, CodeSet]):
    """A file's own code sets before those that all files share."""

    def __init__(self, own: Mapping[str, CodeSet], shared: Mapping[str, CodeSet]) -> None:
        """Lay the first over the second."""
        self._layers = (own, shared)

    def __getitem__(self, name: str) -> CodeSet:
        """Return a code set; KeyError where there is none of this name."""
        own, shared = self._layers
        return own[name] if name in own else shared[name]

    def __iter__(self) -> Iterator[str]:
        """Yield the names."""
        return iter(dict.fromkeys(name for layer in self._layers for name in layer))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(list(iter(self)))

    def __contains__(self, name: object) -> bool:
        """Tell whether there is such a set, without reading it."""
        return any(name in layer for layer in self._layers)


def load_code_sets(extra: Iterable[Path] = ()) -> CodeSetFiles:
    """Find the shipped code sets and a site's own files or folders; a later name wins.

    A site's own are read at once, so that their faults show.

    Raises:
        UsageError: a path does not exist.
        DataError: a file breaks a rule.
    """
    files = {path.stem: path for path in sorted(FOLDER.glob("*.toml"))}
    folders = (sorted(path.glob("*.toml")) if path.is_dir() else [path] for path in extra)
    own = {path.stem: path for folder in folders for path in folder}
    found = CodeSetFiles(files | own)
    for name in own:
        found[name]
    return found


def pick(code_sets: Mapping[str, CodeSet], name: str, *, where: str | None = None) -> CodeSet:
    """Return the named code set.

    Raises:
        UsageError: there is none; the nearest name is given.
    """
    if name not in code_sets:
        raise unknown("code set", name, code_sets, where=where)
    return code_sets[name]
