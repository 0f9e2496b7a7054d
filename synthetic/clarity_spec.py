"""The description of the Clarity tables, and the one way to build a table that fits it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.synthetic.catalogue import read_data
from ehrkit.synthetic.rows import Array

ARROW_TYPES = {
    "VARCHAR": pa.string(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
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
        return pa.schema([field(c.name, ARROW_TYPES[c.type], c.phi) for c in self.columns])


@dataclass(frozen=True)
class Category:
    """One category table: names and this site's numbers for them."""

    name: str
    key: str
    type: str
    values: Mapping[str, int]

    def codes(self) -> dict[str, str | int]:
        """Return name -> code, in the type of the key."""
        number = int if self.type == "INTEGER" else str
        return {name: number(value) for name, value in self.values.items()}


@cache
def categories() -> dict[str, Category]:
    """Return the category tables by name."""
    return {
        name: Category(name=name, **data) for name, data in read_data("categories.toml").items()
    }


@cache
def tables() -> dict[str, Table]:
    """Return every table of the chart by name, category tables last."""
    described = {
        name: Table(
            name,
            tuple(data["key"]),
            data["about"],
            data["source"],
            tuple(
                Column(column, **{**rest, "phi": Phi(rest["phi"])})
                for column, rest in data["columns"].items()
            ),
        )
        for name, data in read_data("clarity.toml").items()
    }
    return described | {name: _category_table(category) for name, category in categories().items()}


def _category_table(category: Category) -> Table:
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


def build(name: str, columns: Mapping[str, Array]) -> pa.Table:
    """Return a table in its described order and types.

    Category columns take NAMES and get codes. An empty text, a negative integer, NaN
    and NaT become NULL, except that numbers in a DOUBLE column may be negative.

    Raises:
        ValueError: the columns are not those of the description.
    """
    table = tables()[name]
    if set(columns) != {column.name for column in table.columns}:
        raise ValueError(f"columns of {name} differ from the description")
    arrays = [_column(column, columns[column.name]) for column in table.columns]
    return pa.Table.from_arrays(arrays, schema=table.schema)


def build_category(name: str) -> pa.Table:
    """Return the rows of a category table."""
    category = categories()[name]
    labels = list(category.values)
    codes = list(category.codes().values())
    columns = [
        codes,
        labels,
        [label.upper() for label in labels],
        [label[:10] for label in labels],
        [str(code) for code in codes],
    ]
    schema = tables()[name].schema
    arrays = [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def _column(column: Column, values: Array) -> pa.Array:
    type_ = ARROW_TYPES[column.type]
    if column.category:
        codes = categories()[column.category].codes()
        encoded = pa.array(values, pa.string()).dictionary_encode()
        names = encoded.dictionary.to_pylist()
        lookup = pa.array([codes[name] if name else None for name in names], type_)
        return lookup.take(encoded.indices)
    if column.type == "VARCHAR":
        return pa.array(values, pa.string(), mask=values == "")
    if column.type == "TIMESTAMP":
        return pa.array(values.astype("datetime64[us]"), type_)
    if column.type == "DOUBLE":
        return pa.array(values.astype(float), type_, mask=np.isnan(values.astype(float)))
    return pa.array(values, type_, mask=values < 0)
