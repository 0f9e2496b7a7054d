"""Schema adapters: folders of canonical SQL that turn a site's tables into logical relations.

Rules of an adapter file: one SELECT (with its own named CTEs if it likes) in the
portable SQL; UPPER-CASE names after FROM and JOIN are tables of the database,
lower-case names are relations of the same adapter. A file `_x.sql` is a helper
that others may name as `x`; where the adapter has no such file, it is that of
`schemas/_shared`, which in turn names helpers that the adapter has to have.
`schema.toml` gives a title, the `shape` whose description in ehrkit.core.shapes says
what its tables mean and, for a site's overlay, the adapter that it `extends`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import traverse_scope

from ehrkit.core.errors import DataError, UsageError
from ehrkit.core.shapes import Shape, shape
from ehrkit.core.spelling import suggest
from ehrkit.queries.adapting.contract import check_asked, check_relation
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.canonical.grammar import read
from ehrkit.queries.canonical.names import check_names
from ehrkit.queries.canonical.ordering import order_nulls_last
from ehrkit.queries.canonical.subset import check_portable
from ehrkit.queries.relations import CTE_NAMES, RELATIONS
from ehrkit.queries.sections import read_text, read_toml
from ehrkit.queries.spelling import unknown

FOLDER = Path(__file__).parents[1] / "schemas"
SHARED = FOLDER / "_shared"
SETTINGS = "schema.toml"


@dataclass(frozen=True)
class Part:
    """One file of an adapter.

    Attributes:
        cte: the name of its rows in SQL.
        ctes: its statements in order; the last one carries the name `cte`.
        tables: database tables to the columns that it reads.
        uses: CTE names of other files, to the columns that it reads of them.
    """

    cte: str
    path: Path
    text: str
    ctes: tuple[tuple[str, Node], ...]
    tables: Mapping[str, frozenset[str]]
    uses: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Adapter:
    """A schema: its parts by CTE name, and the description of the tables that they read.

    A site's own schema may read tables that nothing describes.
    """

    name: str
    title: str
    parts: Mapping[str, Part]
    shape: Shape | None = None

    @property
    def relations(self) -> tuple[str, ...]:
        """Logical relations that this schema supplies, in the order of `RELATIONS`."""
        return tuple(name for name, one in RELATIONS.items() if one.cte in self.parts)

    def need(self, relations: Iterable[str]) -> list[Part]:
        """Return the parts that the relations need, each after those that it uses.

        Raises:
            UsageError: the schema does not supply a relation.
        """
        ordered: dict[str, Part] = {}
        for name in RELATIONS:
            if name in set(relations):
                if RELATIONS[name].cte not in self.parts:
                    raise UsageError(
                        f"the schema {self.name} supplies no relation {name}",
                        hint=f"It supplies {', '.join(self.relations)}; "
                        f"add {name}.sql in a folder of your own and give it as --schema.",
                    )
                self._visit(RELATIONS[name].cte, ordered)
        return list(ordered.values())

    def ctes(self, relations: Iterable[str]) -> list[tuple[str, str, Node]]:
        """Return what the relations need as CTEs of a new statement: name, no comment, query."""
        return [
            (name, "", query.copy()) for part in self.need(relations) for name, query in part.ctes
        ]

    def _visit(self, cte: str, ordered: dict[str, Part]) -> None:
        if cte not in ordered:
            for used in sorted(self.parts[cte].uses):
                self._visit(used, ordered)
            ordered[cte] = self.parts[cte]

    def tables(self, relations: Iterable[str]) -> dict[str, set[str]]:
        """Return the database tables and columns that the relations read."""
        found: dict[str, set[str]] = {}
        for part in self.need(relations):
            for table, columns in part.tables.items():
                found.setdefault(table, set()).update(columns)
        return found


def schemas() -> dict[str, Path]:
    """Return the shipped schemas by name."""
    return {path.name: path for path in sorted(FOLDER.glob("[!_]*")) if path.is_dir()}


def load_adapter(name: str) -> Adapter:
    """Load a schema by its name, or a site's folder by its path.

    Raises:
        UsageError: there is no such schema or folder.
        DataError: a file breaks a rule of adapter files.
    """
    if name in schemas():
        return _load_shipped(name)
    folder = Path(name)
    if "/" not in name and not folder.is_dir():
        raise unknown("schema", name, schemas())
    if not folder.is_dir():
        raise UsageError("there is no such schema folder", where=name)
    return _load(folder)


@cache
def _load_shipped(name: str) -> Adapter:
    return _load(schemas()[name])


def _load(folder: Path) -> Adapter:
    section = read_toml(folder / SETTINGS)
    title = section.need("title", str)
    base = section.take("extends", str)
    described = section.take("shape", str)
    section.finish()
    below = load_adapter(base) if base else None
    parts = dict(below.parts) if below else {}
    parts |= {part.cte: part for part in map(_read_part, sorted(folder.glob("*.sql")))}
    parts |= _shared(parts)
    _check_uses(parts)
    own = shape(described) if described else None
    return Adapter(folder.name, title, parts, own or (below.shape if below else None))


def _shared(parts: Mapping[str, Part]) -> dict[str, Part]:
    """Return the shared helpers that files name and that no file of their own supplies."""
    named = {name for part in parts.values() for name in part.uses} - parts.keys()
    paths = [path for name in sorted(named) if (path := SHARED / f"_{name}.sql").is_file()]
    found = {part.cte: part for part in map(_read_part, paths)}
    return found | _shared({**parts, **found}) if found else {}


def _read_part(path: Path) -> Part:
    text = read_text(path)
    try:
        tree = read(text)
    except SqlglotError:
        raise DataError("not one SQL statement that can be parsed", where=path.name) from None
    if not isinstance(tree, exp.Query):
        raise DataError("must be one SELECT", where=path.name)
    check_portable(tree, path.name)
    if not path.is_relative_to(FOLDER):
        order_nulls_last(tree)
    tables, uses = _sources(tree)
    check_names(tree, path.name, dict.fromkeys([*tables, *uses]))
    name = _cte_name(path)
    ctes = unnest(tree, name)
    if path.stem in RELATIONS:
        check_relation(ctes[-1][1], RELATIONS[path.stem].columns, path.stem, path.name)
    return Part(name, path, text, ctes, tables, uses)


def _cte_name(path: Path) -> str:
    if path.stem.startswith("_"):
        return path.stem[1:]
    if path.stem not in RELATIONS:
        raise DataError(
            "not the name of a logical relation",
            where=path.name,
            hint=suggest(path.stem, RELATIONS),
        )
    return RELATIONS[path.stem].cte


def unnest(tree: Node, name: str) -> tuple[tuple[str, Node], ...]:
    """Lift the file's own CTEs, so that one WITH names everything and nothing is nested."""
    lifted = []
    for cte in tree.ctes if isinstance(tree, exp.Query) else []:
        query = cte.this.copy()
        query.comments = cte.comments or query.comments
        lifted.append((cte.alias, query))
    body = tree.copy()
    body.set("with_", None)
    return (*lifted, (name, body))


Columns = Mapping[str, frozenset[str]]


def _sources(tree: Node) -> tuple[Columns, Columns]:
    """Return the tables and the other files that a statement reads, each with its columns."""
    found: dict[str, set[str]] = {}
    for scope in traverse_scope(tree):
        real = {
            alias: source.name
            for alias, source in scope.sources.items()
            if isinstance(source, exp.Table)
        }
        for name in real.values():
            found.setdefault(name, set())
        for column in scope.columns:
            alias = column.table or next(iter(scope.sources))
            if alias in real:
                found[real[alias]].add(column.name)
    asked = {name: frozenset(columns) for name, columns in found.items()}
    return (
        {name: columns for name, columns in asked.items() if name.isupper()},
        {name: columns for name, columns in asked.items() if not name.isupper()},
    )


def _check_uses(parts: Mapping[str, Part]) -> None:
    """Check that what files name exists, without circles, and that CTE names are unique."""
    names: dict[str, str] = {}
    for part in parts.values():
        for used in part.uses:
            if used not in parts:
                raise DataError(
                    f"names the relation {used}, which no file supplies",
                    where=part.path.name,
                    hint=suggest(used, parts),
                )
            check_asked(part.uses[used] - {"*"}, parts[used].ctes[-1][1], used, part.path.name)
        for cte, _ in part.ctes:
            if cte in names or (cte in CTE_NAMES and cte != part.cte):
                raise DataError(f"the name {cte} is taken", where=part.path.name)
            names[cte] = part.cte
    for cte in parts:
        _check_circle(cte, parts, ())


def _check_circle(cte: str, parts: Mapping[str, Part], above: tuple[str, ...]) -> None:
    if cte in above:
        raise DataError("relations use each other in a circle", where=parts[cte].path.name)
    for used in parts[cte].uses:
        _check_circle(used, parts, (*above, cte))
