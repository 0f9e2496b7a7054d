"""One cohort file on one set of data: what every part of the interpreter looks things up in."""

from __future__ import annotations

from functools import cached_property

from tests.queries.oracle.events import select
from tests.queries.oracle.rows import logical
from tests.queries.oracle.values import Values


class Study:
    """A definition (raw TOML tables), the data, the shipped code sets, and the other cohorts.

    `given` are `--set` texts or the values of `set`; `cohorts` names definitions that a
    selector `cohort` may name.
    """

    def __init__(self, definition, data, code_sets, *, as_of=None, given=None, cohorts=None):
        self.definition = definition
        self.raw = data
        self.data = logical(data)
        self.shipped = code_sets
        self.sets = code_sets | definition.get("codes", {})
        self.as_of = as_of
        self.values = Values(definition.get("parameters", {}), given or {}, as_of)
        self.cohorts = cohorts or {}
        self._selected = {}

    @cached_property
    def persons(self):
        return {row["person_id"]: row for row in self.data["person"]}

    def code_set(self, name):
        return self.sets[name]

    def events(self, table):
        """Return the selected events; the same table is read once."""
        key = id(table)
        if key not in self._selected:
            self._selected[key] = select(self, table)
        return self._selected[key]

    def encounter_rows(self, person, encounter):
        return [
            row
            for row in self.data["encounter"]
            if encounter is not None
            and row["person_id"] == person
            and row["encounter_id"] == encounter
        ]

    def other_cohort(self, table):
        """Return the rows of another cohort; its parameters are those of `set`."""
        from tests.queries.oracle.interpreter import run

        given = {name: self.values.plain(raw) for name, raw in table.get("set", {}).items()}
        other = Study(
            self.cohorts[self.values.plain(table["cohort"])], self.raw, self.shipped,
            as_of=self.as_of, given=given, cohorts=self.cohorts,
        )  # fmt: skip
        return run(other)[0]
