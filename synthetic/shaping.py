"""From arrays to tables that fit their description."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from ehrkit.core.shapes import Category, Column, Shape
from ehrkit.synthetic.rows import Array


@dataclass(frozen=True)
class Coded:
    """Texts as positions in a pool: the quick way to hold what repeats. -1 is no text.

    Attributes:
        pool: the different texts.
        codes: per row, the position of its text.
    """

    pool: Array
    codes: Array

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.codes)

    def __getitem__(self, index: Array) -> Coded:
        """Return the rows at the given positions, or where a mask is true."""
        return Coded(self.pool, self.codes[index])

    def texts(self) -> Array:
        """Return one Python text per row, empty for none."""
        pool = np.append(np.asarray(self.pool, dtype=object), "")
        texts: Array = pool[self.codes]
        return texts


def repeated(text: str, size: int) -> Coded:
    """Return one text in every row."""
    return Coded(np.array([text], dtype=object), np.zeros(size, dtype=np.int8))


Values: TypeAlias = Array | Coded | pa.Array
Columns: TypeAlias = dict[str, Values]


def stacked(parts: Sequence[Coded]) -> Coded:
    """Return the rows of all parts, one after the other, over one pool."""
    sizes = np.cumsum([0, *(len(part.pool) for part in parts)])
    codes = [
        np.where(part.codes >= 0, part.codes.astype(np.int64) + first, -1)
        for part, first in zip(parts, sizes, strict=False)
    ]
    return Coded(np.concatenate([part.pool for part in parts]), np.concatenate(codes))


def joined(parts: Sequence[Mapping[str, Values]]) -> Columns:
    """Return the rows of all parts, which hold the same columns in the same forms."""
    columns: Columns = {}
    for name in parts[0]:
        own = [part[name] for part in parts]
        coded = [one for one in own if isinstance(one, Coded)]
        plain = [one for one in own if isinstance(one, np.ndarray)]
        columns[name] = stacked(coded) if coded else np.concatenate(plain)
    return columns


def build(shape: Shape, name: str, columns: Mapping[str, Values]) -> pa.Table:
    """Return a table in its described order and types.

    Category columns take NAMES and get codes. An empty text, NaN and NaT become NULL,
    and so does a negative whole number.

    Raises:
        ValueError: the columns are not those of the description.
    """
    table = shape.tables[name]
    if set(columns) != {column.name for column in table.columns}:
        raise ValueError(f"columns of {name} differ from the description")
    arrays = [
        _coded_column(column, columns[column.name], shape.categories[column.category])
        if column.category
        else _column(column, columns[column.name])
        for column in table.columns
    ]
    return pa.Table.from_arrays(arrays, schema=table.schema)


def build_category(shape: Shape, name: str) -> pa.Table:
    """Return the rows of a category table."""
    codes = shape.categories[name].codes()
    labels, numbers = list(codes), list(codes.values())
    columns = [
        numbers,
        labels,
        [label.upper() for label in labels],
        [label[:10] for label in labels],
        [str(number) for number in numbers],
    ]
    schema = shape.tables[name].schema
    arrays = [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def _coded_column(column: Column, values: Values, category: Category) -> pa.Array:
    codes = category.codes()
    if isinstance(values, Coded):
        names, positions = values.pool.tolist(), _positions(values)
    else:
        encoded = pa.array(values, pa.string()).dictionary_encode()
        names, positions = encoded.dictionary.to_pylist(), encoded.indices
    lookup = pa.array([codes[name] if name else None for name in names], column.arrow_type)
    return lookup.take(positions)


def _column(column: Column, values: Values) -> pa.Array:
    if isinstance(values, pa.Array):
        return values
    if isinstance(values, Coded):
        pool = np.asarray(values.pool, dtype=object)
        return pa.array(pool, pa.string(), mask=pool == "").take(_positions(values))
    if column.type == "VARCHAR":
        return pa.array(values, pa.string(), mask=values == "")
    if column.type == "TIMESTAMP":
        return pa.array(values.astype("datetime64[us]"), column.arrow_type)
    if column.type == "DATE":
        return pa.array(values.astype("datetime64[D]"), column.arrow_type)
    if column.type == "DOUBLE":
        numbers = values.astype(float)
        return pa.array(numbers, column.arrow_type, mask=np.isnan(numbers))
    return pa.array(values, column.arrow_type, mask=_negative(values))


def _positions(values: Coded) -> pa.Array:
    """Return positions for `take`, null where there is no text."""
    codes = np.asarray(values.codes, dtype=np.int64)
    return pa.array(codes, mask=_negative(codes))


def _negative(numbers: Array) -> Array | None:
    """Return a mask of what is missing, or None where nothing is: most columns are full."""
    return numbers < 0 if len(numbers) and numbers.min() < 0 else None
