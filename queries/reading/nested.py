"""Reading a cohort that another one names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ehrkit.core.errors import DataError
from ehrkit.queries.sections import Section, placed

if TYPE_CHECKING:
    from ehrkit.queries.language.cohort import Cohort
    from ehrkit.queries.reading.scope import Scope


def read_nested(table: Section, scope: Scope) -> Cohort:
    """Take the key `cohort`: a shipped cohort or a file beside this one, with `set`.

    Raises:
        UsageError: no such cohort or parameter.
        DataError: cohorts that name each other in a circle, or a fault in the other file.
    """
    from ehrkit.queries.reading.files import find_cohort, read_file

    name = table.need("cohort", str)
    with placed(f"{table.where}: cohort"):
        path = find_cohort(name)
    if name.endswith(".toml") and scope.folder is not None:
        path = scope.folder / path
    if str(path.resolve()) in scope.above:
        raise DataError("cohorts name each other in a circle", where=f"{table.where}: cohort")
    values = table.sub("set")
    given = {} if values is None else {key: _given(values, key, scope) for key in values.table}
    place = f"{table.where}: set:"
    return read_file(Path(path), given, scope.shared, scope.as_of, scope.above, place)


def _given(values: Section, key: str, scope: Scope) -> object:
    """Return a value as it stands, or that of this file's parameter."""
    raw = values.table[key]
    if isinstance(raw, str) and raw in scope.parameters:
        return scope.parameters[raw].value
    return raw
