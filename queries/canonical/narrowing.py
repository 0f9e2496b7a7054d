"""Leaving out what a statement does not read: columns, joined tables and whole parts.

A schema's SQL tells all that its relations promise, and a cohort reads little of it. What is
left out here nobody has to read in the rendered text, and no engine has to work out: most
engines prune columns, but few see that a join with one row per key changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.canonical.walking import branches

ALL = "*"


def narrow(statement: Node) -> None:
    """Take out of the WITH of a canonical statement what its query does not depend on."""
    parts = {cte.alias: cte for cte in statement.ctes} if isinstance(statement, exp.Query) else {}
    read: dict[str, set[str]] = {}
    _collect(statement, {ALL}, parts, read)
    for name, part in reversed(parts.items()):
        if name not in read:
            part.pop()
            continue
        columns = read[name] if _may_lose_columns(part.this) else {ALL}
        _drop_columns(part.this, columns)
        for select in branches(part.this):
            _drop_joins(select, parts)
        _collect(part.this, columns, parts, read)
    if parts and not any(name in read for name in parts):
        statement.set("with_", None)


def _may_lose_columns(query: Node) -> bool:
    """Tell whether each column can go without a change of the rows."""
    selects = branches(query)
    if any(union.args.get("distinct") for union in query.find_all(exp.Union)):
        return False
    if len(selects) > 1 and any(_is_star(item) for one in selects for item in one.expressions):
        return False
    return all(
        isinstance(one, exp.Select)
        and not one.args.get("distinct")
        # Without GROUP BY one aggregate makes one row of all.
        and (one.args.get("group") is not None or not (one.args.get("having") or _aggregates(one)))
        for one in selects
    )


def _aggregates(select: Node) -> bool:
    return any(
        not isinstance(found.parent, exp.Window)
        for item in select.expressions
        for found in item.find_all(exp.AggFunc)
    )


def _is_star(item: Node) -> bool:
    return isinstance(item, exp.Star) or (
        isinstance(item, exp.Column) and isinstance(item.this, exp.Star)
    )


def _drop_columns(query: Node, wanted: set[str]) -> None:
    """Leave the wanted columns of each branch, which a UNION matches by their places."""
    if ALL in wanted:
        return
    selects = branches(query)
    items = selects[0].expressions
    kept = [
        place
        for place, item in enumerate(items)
        if _is_star(item) or item.alias_or_name.lower() in wanted
    ]
    for select in selects:
        select.set("expressions", [select.expressions[place] for place in kept or [0]])


def _drop_joins(select: Node, parts: dict[str, exp.CTE]) -> None:
    """Take out LEFT JOINs that no column is read from and that add at most one row to each."""
    for join in reversed(select.args.get("joins") or []):
        alias = join.this.alias_or_name
        if (
            str(join.args.get("side")).upper() == "LEFT"
            and join.this.name in parts
            and _once_per_key(parts[join.this.name].this, join.args.get("on"), alias)
            and not _reads(select, alias, join)
        ):
            join.pop()


def _reads(select: Node, alias: str, join: Node) -> bool:
    """Tell whether a query reads a column of a joined table besides in the join itself."""
    return any(
        isinstance(node, exp.Star)
        or any(column.table in ("", alias) for column in node.find_all(exp.Column))
        for node in _clauses(select)
        if node is not join
    )


def _once_per_key(query: Node, on: Node | None, alias: str) -> bool:
    """Tell whether at most one row of the query meets the condition, whatever stands before it."""
    if not isinstance(query, exp.Select) or on is None:
        return False
    outputs = {item.alias_or_name: item.unalias() for item in query.expressions}
    if query.args.get("distinct"):
        keys = set(outputs)
    elif query.args.get("group") is not None:
        grouped = query.args["group"].expressions
        keys = {name for name, made in outputs.items() if made in grouped}
        if len({outputs[name] for name in keys}) < len(set(grouped)):
            return False
    else:
        return False
    return keys <= set(_equated(on, alias))


def _equated(on: Node, alias: str) -> Iterator[str]:
    """Yield the columns of a joined table that have to equal something of the other tables."""
    for test in on.flatten() if isinstance(on, exp.And) else [on]:
        if isinstance(test, exp.EQ):
            for side, other in ((test.this, test.expression), (test.expression, test.this)):
                outside = all(column.table != alias for column in other.find_all(exp.Column))
                if isinstance(side, exp.Column) and side.table == alias and outside:
                    yield side.name


def _collect(
    query: Node, wanted: set[str], parts: dict[str, exp.CTE], read: dict[str, set[str]]
) -> None:
    """Note which columns of which parts a query reads, when `wanted` is read of itself."""
    for select in branches(query):
        sources: dict[str, set[str]] = {}
        for table in _own(select, exp.Table):
            if table.name in parts:
                read.setdefault(table.name, set())
                sources.setdefault(table.alias_or_name, set()).add(table.name)
        every = set().union(*sources.values())
        made = {item.alias_or_name.lower() for item in select.expressions}
        for node in _own(select, exp.Column, exp.Star):
            columns = {ALL}
            if not isinstance(node, exp.Column):
                # COUNT(*) reads no column, and the star of `s.*` is met as a column.
                names = every if isinstance(node.parent, exp.Select) else set()
            elif not node.table:
                names = set() if _orders_output(node, select, made) else every
            else:
                names = sources.get(node.table, set())
                if not _is_star(node):
                    columns = {node.name.lower()}
                elif ALL not in wanted:
                    columns = wanted - made
            for name in names:
                read[name] |= columns


def _orders_output(column: exp.Column, select: Node, made: set[str]) -> bool:
    """Tell whether a bare word is the name of an output column, as ORDER BY may have it."""
    order = column.find_ancestor(exp.Order)
    return order is not None and order.parent is select and column.name.lower() in made


def _own(select: Node, *kinds: type[Node]) -> Iterator[Node]:
    """Yield the nodes of a query and of the queries inside it, but not those of its WITH."""
    for node in _clauses(select):
        yield from node.find_all(*kinds)


def _clauses(select: Node) -> Iterator[Node]:
    """Yield what a query consists of, each column and join by itself, without its WITH."""
    for name, value in select.args.items():
        if name != "with_":
            for node in value if isinstance(value, list) else [value]:
                if isinstance(node, exp.Expr):
                    yield node
