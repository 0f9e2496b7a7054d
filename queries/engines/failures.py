"""What failed, in our own words: a driver's text may quote data, so it is never shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from sqlglot import exp

from ehrkit.core.errors import EngineError
from ehrkit.queries.canonical.build import parse
from ehrkit.queries.canonical.functions import Node

# Whether a statement runs to its end.
Works: TypeAlias = Callable[[Node], bool]
CHECK_SCHEMA = "Run: ehrkit schema check NAME --db DATABASE"
CHECK_VALUES = (
    "A value does not fit the type that the schema's SQL gives it; "
    "check the dates and numbers of the source tables."
)


@dataclass(frozen=True)
class Failure:
    """A failure of a database.

    Attributes:
        what: the kind of failure, without any text of the driver.
        hint: what the reader can do.
        in_statement: a part of the statement is to blame, so its step can be named.
    """

    what: str
    hint: str | None = None
    in_statement: bool = False

    def at(self, name: str, step: str | None = None) -> EngineError:
        """Return the error to raise, with the database and the step that failed."""
        where = f"{name}, step {step}" if step else name
        return EngineError(self.what, where=where, hint=self.hint)


def failing_step(statement: Node, works: Works) -> str | None:
    """Name the first CTE that fails by itself; only called when the whole has failed.

    Each CTE is tried with those before it: first without rows, which finds what the
    database cannot even plan, then counting every column, so that nothing is skipped.
    """
    ctes = statement.ctes if isinstance(statement, exp.Query) else []
    for rows in (" WHERE 1 = 0", ""):
        for number, cte in enumerate(ctes):
            if not works(_until(ctes[: number + 1], rows)):
                return str(cte.alias)
    return None


def _until(ctes: list[exp.CTE], rows: str) -> Node:
    last = ctes[-1]
    names = [name for name in last.this.named_selects if name != "*"]
    counts = ", ".join(f"COUNT(x.{name}) AS n{place}" for place, name in enumerate(names))
    final = parse(f"SELECT {counts or 'COUNT(*) AS n'} FROM {last.alias} AS x{rows}")
    final.set("with_", exp.With(expressions=[cte.copy() for cte in ctes]))
    return final
