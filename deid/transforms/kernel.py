"""What every kernel is given and gives back, and the array helpers that they share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from ehrkit.core.errors import DataError

T = TypeVar("T")

# Distinct values remembered from batch to batch. A bound, so that memory does not grow with the
# file; past it the values are computed again, with the same results.
MEMORY = 1 << 19


@dataclass(frozen=True)
class Result:
    """One output column of a batch.

    Attributes:
        values: as many rows as the batch; bad rows hold null.
        changed: rows whose value the transform replaced.
        blank: rows without a value: null, or text of nothing but white space.
        bad: boolean, True where a value could not be read; None where all could.
        tallies: other value-free counts, such as ZIPs outside the table.
    """

    values: pa.Array
    changed: int
    blank: int
    bad: pa.Array | None = None
    tallies: Mapping[str, int] = field(default_factory=dict)


class Kernel(Protocol):
    """One output column: its field, and what its rows become."""

    @property
    def output(self) -> pa.Field:
        """The output field, with its PHI tag and no other metadata."""

    @property
    def expects(self) -> str:
        """What a readable value is, for the message about one that is not."""

    def __call__(self, batch: pa.RecordBatch) -> Result:
        """Transform one batch."""


def plain_column(batch: pa.RecordBatch, name: str) -> pa.Array:
    """Return a column in its `plain_type`: unused dictionary entries may hold other people."""
    column = batch.column(name)
    return column.cast(plain_type(column.type))


def plain_type(type_: pa.DataType) -> pa.DataType:
    """Return a type without dictionary; text of any width, and a column of nulls, as `string`."""
    inner = type_.value_type if pa.types.is_dictionary(type_) else type_
    return pa.string() if is_text(inner) or pa.types.is_null(inner) else inner


def is_text(type_: pa.DataType) -> bool:
    """Tell whether a type is text of any width."""
    return bool(
        pa.types.is_string(type_) or pa.types.is_large_string(type_) or type_ == pa.string_view()
    )


def text_column(batch: pa.RecordBatch, name: str) -> pa.Array:
    """Return a text or integer column as `string`, white space around it taken off.

    Text of nothing but white space becomes null.
    """
    text = plain_column(batch, name).cast(pa.string())
    trimmed = pc.utf8_trim_whitespace(text)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def require_type(name: str, type_: pa.DataType, right: bool, expected: str) -> None:
    """Raise DataError unless the column has a type that the transform can read."""
    if not right:
        raise DataError(f"holds {type_}, {expected} is needed", where=f"column {name}")


def count_true(mask: pa.Array) -> int:
    """Return how many entries of a boolean array are True."""
    return int(pc.sum(mask.cast(pa.int64()), min_count=0).as_py())


def null_where(mask: pa.Array, values: pa.Array) -> pa.Array:
    """Return the values with null wherever the mask is True."""
    return pc.if_else(mask, pa.scalar(None, values.type), values)


def without_hidden(values: pa.Array) -> pa.Array:
    """Return the same array with zeros beneath its nulls.

    Arrow keeps bytes under a null slot, and its file formats write them out: a
    value that was only marked null would still leave.
    """
    if not values.null_count or pa.types.is_null(values.type):
        return values
    validity = pc.is_valid(values).buffers()[1]
    filled = pc.fill_null(values, zero_of(values.type))
    return pa.Array.from_buffers(
        values.type, len(values), [validity, *filled.buffers()[1:]], offset=filled.offset
    )


def zero_of(type_: pa.DataType) -> pa.Scalar:
    """Return the zero of a type: 0, false, the empty text, the epoch."""
    if is_text(type_) or pa.types.is_boolean(type_):
        return pa.scalar("" if is_text(type_) else False, type_)
    width = pa.int32() if type_.bit_width == 32 and pa.types.is_temporal(type_) else pa.int64()
    return pa.scalar(0, width).cast(type_)


class Remembered(dict[str, T], Generic[T]):
    """A function of text that remembers its results, and forgets them all when it is full."""

    def __init__(self, compute: Callable[[str], T]) -> None:
        super().__init__()
        self._compute = compute

    def __missing__(self, value: str) -> T:
        made = self[value] = self._compute(value)
        return made

    def make_room(self, values: int) -> None:
        """Forget everything if that many more would pass the bound."""
        if len(self) + values > MEMORY:
            self.clear()


def by_distinct(text: pa.Array, function: Remembered[T], type_: pa.DataType) -> pa.Array:
    """Return the function of each value, called once per distinct value; null stays null."""
    encoded = text.dictionary_encode()
    values: list[str] = encoded.dictionary.to_pylist()
    function.make_room(len(values))
    computed = pa.array(list(map(function.__getitem__, values)), type_)
    return computed.take(encoded.indices)
