"""The kit: named, parameterised queries in plain SQL over the logical relations.

A kit file starts with a `/* ... */` comment that holds TOML: title, optionally
`source` (a citation), `conventions`, `[parameters]` and `[columns]` (name = [type,
PHI tag]). Its SQL names relations by their CTE names and parameters as `:name`,
which are bound as typed literals; a parameter of type `codes` names a code set.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from sqlglot import exp
from sqlglot.errors import SqlglotError

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import DataError, UsageError
from ehrkit.core.spelling import suggest
from ehrkit.queries.adapting.adapters import Adapter
from ehrkit.queries.adapting.checking import require
from ehrkit.queries.canonical.build import assemble, fill
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.canonical.grammar import read
from ehrkit.queries.canonical.names import check_names
from ehrkit.queries.engines import Engine
from ehrkit.queries.kit.parts import KIT, include_parts, make_portable, set_apart
from ehrkit.queries.kit.short_forms import expand_short_forms
from ehrkit.queries.language.parameters import Parameter, read_parameters
from ehrkit.queries.relations import CTE_NAMES, RELATIONS, TYPES
from ehrkit.queries.running import typed
from ehrkit.queries.sections import Section, read_text
from ehrkit.queries.spelling import unknown
from ehrkit.queries.vocabulary.codesets import CodeSet, load_code_sets

RELATION_COLUMNS = {one.cte: tuple(one.columns) for one in RELATIONS.values()}
_HEADER = re.compile(r"\A\s*/\*(.*?)\*/(.*)\Z", re.DOTALL)


@dataclass(frozen=True)
class NamedQuery:
    """A query with its parameters filled in."""

    name: str
    title: str
    source: str
    conventions: tuple[str, ...]
    text: str
    tree: Node
    parameters: tuple[Parameter, ...]
    schema: pa.Schema

    @property
    def relations(self) -> set[str]:
        """Logical relations that the query reads."""
        own = {cte.alias for cte in self.tree.find_all(exp.CTE)}
        tables = {table.name for table in self.tree.find_all(exp.Table)} - own
        return {CTE_NAMES[name] for name in tables}


def kit() -> dict[str, Path]:
    """Return the shipped queries by name."""
    return {path.stem: path for path in sorted(KIT.glob("[!_]*.sql"))}


def load_query(
    name: str,
    values: Mapping[str, str] | None = None,
    code_sets: Mapping[str, CodeSet] | None = None,
) -> NamedQuery:
    """Load a kit query by name, or a file by a path that ends in .sql.

    Args:
        name: of the kit, or a path.
        values: parameters, as typed after `--set`.
        code_sets: what code set names mean; by default the shipped ones.

    Raises:
        UsageError: no such query, parameter or code set.
        DataError: the file breaks a rule.
    """
    path = Path(name) if name.endswith(".sql") else kit().get(name)
    if path is None and Path(name).exists():
        raise UsageError("no query file: its name does not end in .sql", where=name)
    if path is None:
        raise unknown("query", name, kit())
    known = load_code_sets() if code_sets is None else code_sets
    return _read(read_text(path), path, values or {}, known)


def _read(
    text: str, path: Path, values: Mapping[str, str], code_sets: Mapping[str, CodeSet]
) -> NamedQuery:
    where = path.name
    found = _HEADER.match(text)
    if not found:
        raise DataError("must start with a /* comment */ that holds its TOML", where=where)
    try:
        header = Section(tomllib.loads(found[1]), where)
        tree = read(found[2])
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"the header is not valid TOML: {error}", where=where) from None
    except SqlglotError:
        raise DataError("not one SQL statement that can be parsed", where=where) from None
    parameters = read_parameters(header, values)
    title, source = header.need("title", str), header.take("source", str, "")
    conventions, schema = header.texts("conventions"), _schema(header)
    header.finish()
    make_portable(tree, path)
    include_parts(tree, (path.parent, KIT), where)
    _check_placeholders(tree, parameters, where)
    expand_short_forms(tree, parameters, code_sets, where)
    _check_columns(check_names(tree, where, RELATION_COLUMNS) or (), schema, where)
    bound = fill(tree, {one.name: one.value for one in parameters.values()})
    given = tuple(parameters.values())
    return NamedQuery(path.stem, title, source, conventions, text, bound, given, schema)


def _schema(header: Section) -> pa.Schema:
    table = header.sub("columns")
    if table is None:
        raise header.error("the table [columns] is missing")
    fields = []
    for name in list(table.table):
        kind, phi = (*table.texts(name), "", "")[:2]
        if kind not in TYPES or phi not in list(Phi):
            raise table.error("must be [type, PHI tag]", key=name, hint=suggest(kind, TYPES))
        fields.append(field(name, TYPES[kind], Phi(phi)))
    return pa.schema(fields)


def _check_columns(names: Sequence[str], schema: pa.Schema, where: str) -> None:
    if lacking := [name for name in schema.names if name not in names]:
        what = f"gives no column {lacking[0]}, which [columns] declares"
        raise DataError(what, where=where, hint=suggest(lacking[0], names))
    if more := [name for name in names if name not in schema.names]:
        raise DataError(
            f"gives the column {more[0]}, which [columns] lacks",
            where=where,
            hint=f'Declare it, such as: {more[0]} = ["text", "none"]',
        )
    if list(names) != schema.names:
        what = "[columns] declares them in another order than the SELECT gives them"
        raise DataError(what, where=where, hint=f"The SELECT gives {', '.join(names)}.")


def _check_placeholders(tree: Node, parameters: Mapping[str, Parameter], where: str) -> None:
    for placeholder in tree.find_all(exp.Placeholder):
        if str(placeholder.this) not in parameters:
            raise DataError(
                f"names the parameter {placeholder.this}, which [parameters] lacks",
                where=where,
                hint=suggest(str(placeholder.this), parameters),
            )


def compile_query(query: NamedQuery, adapter: Adapter) -> Node:
    """Return the query as one canonical statement on a schema."""
    ctes = adapter.ctes(query.relations)
    body = set_apart(query.tree, [name for name, *_ in ctes])
    inner = [(cte.alias, "", cte.this) for cte in body.find_all(exp.CTE)]
    body.set("with_", None)
    return assemble([*ctes, *inner], body)


def run_query(query: NamedQuery, adapter: Adapter, engine: Engine) -> pa.RecordBatchReader:
    """Stream the query's rows, typed and tagged as its header says.

    Raises:
        UsageError: the schema supplies no such relation.
        DataError: the database lacks what the schema reads.
        EngineError: the database failed.
    """
    statement = compile_query(query, adapter)
    require(adapter, engine, statement)
    return typed(engine.run(statement, query.schema), query.schema)
