"""One description per shape: its tables, columns, keys, references, PHI kinds and categories.

Each folder beside this file describes one shape under the name of its schema
adapter. `tables.toml` holds, per table: key (primary key), about, source; per
column: type (as in DuckDB), phi (HIPAA letter of 45 CFR 164.514(b)(2)(i), quasi,
free-text or none), about, and optionally refers (TABLE.COLUMN) or category (an
entry of `categories.toml`, whose numbers belong to a site, and whose names do not).
The generator, the schema check, the docs and the tests all read these files.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from ehrkit.core import columns
from ehrkit.core.columns import Phi
from ehrkit.core.errors import UsageError
from ehrkit.core.spelling import suggest

FOLDER = Path(__file__).parent
ARROW_TYPES: Mapping[str, pa.DataType] = {
    "VARCHAR": pa.string(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
}


@dataclass(frozen=True)
class Column:
    """One column: its DuckDB type, PHI kind, meaning, and what it refers to."""

    name: str
    type: str
    phi: Phi
    about: str
    refers: str | None = None
    category: str | None = None

    def __post_init__(self) -> None:
        if self.type not in ARROW_TYPES:
            raise ValueError(f"unknown type of column {self.name}")

    @property
    def arrow_type(self) -> pa.DataType:
        """Return the Arrow type."""
        return ARROW_TYPES[self.type]


@dataclass(frozen=True)
class Table:
    """One table: its key, its meaning, where its names come from, and its columns in order."""

    name: str
    key: tuple[str, ...]
    about: str
    source: str
    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        missing = set(self.key) - {column.name for column in self.columns}
        if missing:
            raise ValueError(f"the key of {self.name} is not among its columns")

    @property
    def schema(self) -> pa.Schema:
        """Return the Arrow schema, with PHI tags."""
        return pa.schema([columns.field(c.name, c.arrow_type, c.phi) for c in self.columns])


@dataclass(frozen=True)
class Category:
    """One list of categories: names, and the described site's numbers for them.

    A list of Millennium has the number of its `code_set` instead of a table of its own, and
    `meanings`: name to CDF meaning, empty where a site made the name up. Its `values` are
    drawn by each site.
    """

    name: str
    values: Mapping[str, int] = field(default_factory=dict)
    key: str = ""
    type: str = "INTEGER"
    code_set: int = 0
    meanings: Mapping[str, str] = field(default_factory=dict)

    def codes(self) -> dict[str, str | int]:
        """Return name -> code, in the type of the columns that hold it."""
        number = str if self.type == "VARCHAR" else int
        return {name: number(value) for name, value in self.values.items()}


@dataclass(frozen=True)
class Shape:
    """One shape: its tables in file order (category tables last), and its categories."""

    name: str
    tables: Mapping[str, Table]
    categories: Mapping[str, Category] = field(default_factory=dict)


def shape_names() -> tuple[str, ...]:
    """Return the names of the described shapes, sorted."""
    return tuple(sorted(path.parent.name for path in FOLDER.glob("*/tables.toml")))


@cache
def shape(name: str) -> Shape:
    """Return a described shape.

    Raises:
        UsageError: there is no such shape.
    """
    if name not in shape_names():
        hint = suggest(name, shape_names())
        raise UsageError("there is no such shape", where=name, hint=hint)
    tables = {key: _table(key, data) for key, data in _read(FOLDER / name / "tables.toml").items()}
    listed = FOLDER / name / "categories.toml"
    categories = _read(listed) if listed.exists() else {}
    lists = {key: Category(name=key, **data) for key, data in categories.items()}
    own = {key: _category_table(one) for key, one in lists.items() if one.key}
    return Shape(name, tables | own, lists)


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _table(name: str, data: Mapping[str, Any]) -> Table:
    described = tuple(
        Column(column, **{**rest, "phi": Phi(rest["phi"])})
        for column, rest in data["columns"].items()
    )
    return Table(name, tuple(data["key"]), data["about"], data["source"], described)


def _category_table(category: Category) -> Table:
    """Return the table that holds one list, as Clarity keeps them (ZC_ tables)."""
    texts = (
        ("NAME", "label"),
        ("TITLE", "label in capitals"),
        ("ABBR", "short label"),
        ("INTERNAL_ID", "code as text"),
    )
    return Table(
        category.name,
        (category.key,),
        "Category list; numbers are the site's own.",
        "ehi",
        (
            Column(category.key, category.type, Phi.NONE, "code"),
            *(Column(name, "VARCHAR", Phi.NONE, about) for name, about in texts),
        ),
    )
