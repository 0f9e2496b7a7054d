"""The statement under construction: its CTEs so far, and names that nobody else has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ehrkit.queries.canonical.build import NAME_LENGTH, identifier, parse
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.language.cohort import Cohort
from ehrkit.queries.relations import RELATIONS

Cte = tuple[str, str, Node]
KEY = "{left}.person_id = {right}.person_id AND {left}.event_number = {right}.event_number"


@dataclass
class Names:
    """CTE names that are taken, in a whole statement."""

    taken: set[str] = field(default_factory=lambda: {one.cte for one in RELATIONS.values()})

    def new(self, text: str, *, prefix: str = "", suffix: str = "") -> str:
        """Return a name of at most 30 characters: a-z, 0-9 and _, numbered where it is taken."""
        stem = identifier(text, prefix)
        for number in range(1, 1000):
            tail = (str(number) if number > 1 else "") + suffix
            name = stem[: NAME_LENGTH - len(tail)].rstrip("_") + tail
            if name not in self.taken:
                self.taken.add(name)
                return name
        raise AssertionError("a thousand CTEs of one name")


@dataclass
class Build:
    """One cohort's CTEs.

    Attributes:
        prefix: what the names of a nested cohort start with.
        base: the CTE of index events that rules are applied to.
        members: the CTE of index events that passed everything.
        follow_ups: the CTE of ends of follow-up, once it is there.
        events: named events to their CTEs.
    """

    cohort: Cohort
    names: Names
    prefix: str = ""
    ctes: list[Cte] = field(default_factory=list)
    base: str = ""
    members: str = ""
    follow_ups: str = ""
    events: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, comment: str, query: str | Node, **values: Any) -> str:
        """Add a CTE; text is canonical SQL whose `:name` places take the values.

        Returns:
            The name that it got.
        """
        full = self.names.new(name, prefix=self.prefix)
        tree = parse(query, **values) if isinstance(query, str) else query
        self.ctes.append((full, comment, tree))
        return full
