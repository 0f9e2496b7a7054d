"""Cohort files: finding them, and reading a whole one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from ehrkit.core.errors import UsageError
from ehrkit.queries.language.cohort import Cohort
from ehrkit.queries.language.parameters import SET, Parameter, read_parameters
from ehrkit.queries.reading.criteria import read_rules
from ehrkit.queries.reading.index import read_index
from ehrkit.queries.reading.outputs import (
    read_column,
    read_follow_up,
    read_named_event,
    read_outcome,
)
from ehrkit.queries.reading.scope import Scope
from ehrkit.queries.sections import Section, placed, read_toml
from ehrkit.queries.spelling import unknown
from ehrkit.queries.vocabulary.codesets import CodeSet, Layers, load_code_sets, pick, read_code_set

LIBRARY = Path(__file__).parents[1] / "library"


def library() -> dict[str, Path]:
    """Return the shipped cohorts by name."""
    files = sorted(LIBRARY.glob("*.toml"))
    return {path.stem: path for path in files if not path.stem.endswith(".test")}


def find_cohort(name: str) -> Path:
    """Return the file of a library name or of a path that ends in .toml.

    Raises:
        UsageError: there is neither; the nearest library name is given.
    """
    if name.endswith(".toml"):
        return Path(name)
    if Path(name).exists() and name not in library():
        raise UsageError("no cohort file: its name does not end in .toml", where=name)
    if name not in library():
        raise unknown("cohort", name, library())
    return library()[name]


def load_cohort(
    name: str,
    *,
    values: Mapping[str, Any] | None = None,
    code_sets: Mapping[str, CodeSet] | None = None,
    as_of: date | None = None,
) -> Cohort:
    """Read a cohort by library name or path.

    Args:
        name: a library name, or a path that ends in .toml.
        values: parameter overrides, as text or as values.
        code_sets: what code set names mean; by default the shipped ones.
        as_of: the day of the run; by default today.

    Raises:
        UsageError: no such cohort, file, parameter or code set.
        DataError: the file breaks a rule of the language.
    """
    known = load_code_sets() if code_sets is None else code_sets
    return read_file(find_cohort(name), values or {}, known, as_of or date.today())


def read_file(
    path: Path,
    values: Mapping[str, Any],
    code_sets: Mapping[str, CodeSet],
    as_of: date,
    above: tuple[str, ...] = (),
    place: str = SET,
) -> Cohort:
    """Read one file; `above` are the files that name it, `place` is where values are given."""
    section = read_toml(path)
    above = (*above, str(path.resolve()))
    return read_cohort(section, values, code_sets, as_of, path.parent, above, place)


def read_cohort(
    section: Section,
    values: Mapping[str, Any],
    code_sets: Mapping[str, CodeSet],
    as_of: date | None = None,
    folder: Path | None = None,
    above: tuple[str, ...] = (),
    place: str = SET,
) -> Cohort:
    """Read a cohort from an open file; `folder` is where other cohort files lie."""
    day = as_of or date.today()
    parameters = read_parameters(section, values, day, place)
    known = Layers(_own_code_sets(section), code_sets)
    _check_code_sets(section, parameters, known, {name: f"{place} {name}" for name in values})
    scope = Scope(parameters, known, code_sets, folder, day, above)
    with placed(section.where):
        cohort = Cohort(
            id=section.need("id", str),
            title=section.need("title", str),
            source=section.take("source", str, ""),
            conventions=section.texts("conventions"),
            index=read_index(section, scope),
            events=tuple(read_named_event(one, scope) for one in section.subs("event")),
            rules=tuple(read_rules(section, scope)),
            columns=tuple(read_column(one, scope) for one in section.subs("column")),
            outcomes=tuple(read_outcome(one, scope) for one in section.subs("outcome")),
            follow_up=read_follow_up(section.sub("follow_up"), scope),
            parameters=tuple(parameters.values()),
            file=section.where,
        )
    section.finish()
    return cohort


def _check_code_sets(
    section: Section,
    parameters: Mapping[str, Parameter],
    known: Mapping[str, CodeSet],
    given: Mapping[str, str],
) -> None:
    """Refuse a parameter that names no code set, where it is given or has its default."""
    for name, one in parameters.items():
        if one.type == "codes":
            default = f"{section.where}: parameters: {name}: default"
            pick(known, str(one.value), where=given.get(name, default))


def _own_code_sets(section: Section) -> dict[str, CodeSet]:
    table = section.sub("codes")
    if table is None:
        return {}
    subs = ((name, table.sub(name)) for name in list(table.table))
    return {name: read_code_set(sub, name) for name, sub in subs if sub is not None}


def overrides(pairs: tuple[str, ...]) -> dict[str, str]:
    """Return `name=value` texts as a mapping.

    Raises:
        UsageError: a text has no equals sign, or a name has two values.
    """
    found = {}
    for number, pair in enumerate(pairs, 1):
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise UsageError("must look like name=value", where=f"--set number {number}")
        if name in found:
            raise UsageError("is given twice", where=f"--set {name}", hint="Give it once.")
        found[name] = value
    return found
