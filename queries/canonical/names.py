"""Does each name of a statement mean something? Checked before a database is asked.

A database's own words may quote data, so that they are not shown; here the name is told,
where it stands, and the nearest that there is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from sqlglot import exp

from ehrkit.core.errors import DataError
from ehrkit.core.spelling import suggest
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.canonical.grouping import is_aggregate, ungrouped
from ehrkit.queries.canonical.walking import branches, own_nodes

Columns = Sequence[str] | None
NAMED = (exp.Alias, exp.Column)


def check_names(tree: Node, where: str, supplied: Mapping[str, Columns]) -> Columns:
    """Check tables' aliases, columns and grouping of a statement and of the parts of its WITH.

    Args:
        tree: a statement in the portable subset.
        where: the name of its file.
        supplied: the columns of the tables that it reads; None for a table that may have any.

    Returns:
        The names of its columns; None where a star of such a table stands for some of them.

    Raises:
        DataError: a name is unknown, ambiguous or missing; the step and the nearest are named.
    """
    known = dict(supplied)
    for cte in tree.ctes if isinstance(tree, exp.Query) else ():
        known[cte.alias] = _Step(f"{where}, step {cte.alias}", known).outputs(cte.this)
    return _Step(where, known).outputs(tree)


@dataclass(frozen=True)
class _Step:
    """One part of a statement, and the columns of what it may read."""

    where: str
    known: Mapping[str, Columns]

    def refuse(self, what: str, hint: str | None = None) -> NoReturn:
        raise DataError(what, where=self.where, hint=hint)

    def outputs(self, query: Node) -> Columns:
        """Check a query of SELECTs under each other; return the names of its columns."""
        first, *others = [self._columns(select) for select in branches(query)]
        for number, other in enumerate(others, 2):
            if first is not None and other is not None and len(first) != len(other):
                self.refuse(
                    f"part {number} of the UNION has {len(other)} columns, the first {len(first)}"
                )
        self._check_own(first or ())
        order = query.args.get("order") if isinstance(query, exp.Union) else None
        for column in order.find_all(exp.Column) if order else ():
            if column.table or (first is not None and column.name not in first):
                what = f"a UNION has no column {column.sql()} to order by"
                self.refuse(what, suggest(column.name, first or ()))
        return first

    def _check_own(self, names: Sequence[str]) -> None:
        if "" in names:
            place = names.index("") + 1
            self.refuse(f"column {place} has no name", "Write AS and a name after it.")
        if twice := next((name for name in names if names.count(name) > 1), None):
            self.refuse(f"two columns are named {twice}", "Write AS and another name.")

    def _columns(self, select: Node) -> Columns:
        """Check a SELECT; return the names of its columns, empty for what has none."""
        self._check(select, [])
        names: list[str] = []
        for item in select.expressions:
            if item.is_star:
                found = self._of_star(select, item)
                if found is None:
                    return None
                names += found
            else:
                names.append(item.alias_or_name if isinstance(item, NAMED) else "")
        return names

    def _of_star(self, select: Node, star: Node) -> Columns:
        near = self._near(select)
        found: list[str] = []
        for alias in [star.table] if isinstance(star, exp.Column) else near:
            if near.get(alias) is None:
                return None
            found += near[alias] or ()
        return found

    def _near(self, select: Node) -> dict[str, Columns]:
        """Return the columns of what a SELECT reads, by its alias."""
        near: dict[str, Columns] = {}
        for clause in (select.args.get("from_"), *(select.args.get("joins") or ())):
            if clause is not None:
                alias = clause.this.alias_or_name
                if alias in near:
                    self.refuse(f"two tables are named {alias}", "Give each an alias of its own.")
                near[alias] = self._of_table(clause.this.name)
        return near

    def _of_table(self, name: str) -> Columns:
        if name not in self.known:
            self.refuse(f"reads {name}, which comes later", "A part of WITH reads those before it.")
        return self.known[name]

    def _check(self, select: Node, outside: list[dict[str, Columns]]) -> None:
        """Check the columns of a SELECT and of the queries that stand in its conditions."""
        tables = [self._near(select), *outside]
        nodes = list(own_nodes(select))
        for node in nodes:
            if isinstance(node, exp.Select) and node is not select:
                self._check(node, tables)
            elif isinstance(node, exp.Column) and not _is_output(node, select):
                self._resolve(node, tables)
        grouped = select.args.get("group") is not None or any(map(is_aggregate, nodes))
        stray = ungrouped(select, list(tables[0])) if grouped else None
        if stray is not None:
            self.refuse(
                f"the column {stray.sql()} is neither grouped by nor in an aggregate",
                "Add it to GROUP BY, or take MIN or MAX of it.",
            )

    def _resolve(self, column: exp.Column, tables: list[dict[str, Columns]]) -> None:
        if not column.table:
            self._resolve_bare(column, tables[0])
            return
        found = next((one for one in tables if column.table in one), None)
        if found is None:
            near = [alias for one in tables for alias in one]
            self.refuse(f"no table here is named {column.table}", suggest(column.table, near))
        self._supplied(column.name, column.table, found[column.table])

    def _resolve_bare(self, column: exp.Column, near: Mapping[str, Columns]) -> None:
        if len(near) != 1:
            hint = f"Such as {next(iter(near))}.{column.name}." if near else None
            self.refuse(f"the column {column.name} needs the alias of its table", hint)
        ((alias, columns),) = near.items()
        self._supplied(column.name, alias, columns)

    def _supplied(self, name: str, alias: str, columns: Columns) -> None:
        if columns is not None and name not in (*columns, "*"):
            self.refuse(f"{alias} has no column {name}", suggest(name, columns))


def _is_output(column: exp.Column, select: Node) -> bool:
    """Tell whether a bare word of ORDER BY is the name of an output column."""
    order = None if column.table else column.find_ancestor(exp.Order)
    if order is None or order.parent is not select:
        return False
    return column.name in {item.alias_or_name for item in select.expressions}
