"""Classify the columns of a table, and say for each how that was found.

A file's PHI tag comes first, then the column's name, then its values: patterns
that most of a sample match. Nothing of the values themselves is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import pyarrow as pa
import pyarrow.compute as pc

from ehrkit.core.columns import Phi, field, phi_of
from ehrkit.core.errors import DataError
from ehrkit.deid.names import Kind, guess
from ehrkit.deid.transforms.days import ISO
from ehrkit.deid.transforms.kernel import is_text, plain_column

SAMPLE_ROWS = 20_000
# Share of the values that have to look alike for the look to decide.
MOST = 0.8
# Free text: on average this many words to a value.
WORDS = 6
# Text with no more distinct values than this, each seen repeatedly, is a category.
CATEGORIES = 50
REPEATS = 5

_LOOKS: tuple[tuple[str, Kind, Phi], ...] = (
    (r"^\d{3}-\d{2}-\d{4}$", Kind.IDENTIFIER, Phi.SSN),
    (r"^[\w.+-]+@[\w-]+(\.[\w-]+)+$", Kind.CONTACT, Phi.EMAIL),
    (r"^(\+?1[ .-]?)?(\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}$", Kind.CONTACT, Phi.PHONE),
    (r"^https?://", Kind.CONTACT, Phi.URL),
    (r"^(\d{1,3}\.){3}\d{1,3}$", Kind.CONTACT, Phi.IP),
    (ISO, Kind.DATE, Phi.DATE),
    (r"^\d{1,2}/\d{1,2}/(\d{4}|\d{2})( .*)?$", Kind.DATE, Phi.DATE),
    (r"^\d{5}-\d{4}$", Kind.ZIP, Phi.GEOGRAPHY),
)
_NUMBER = r"^-?\d+(\.\d+)?$"


class Basis(StrEnum):
    """How a class was found."""

    TAG = "tag"
    NAME = "name"
    TYPE = "type"
    VALUES = "values"
    NOTHING = "not recognised"


@dataclass(frozen=True)
class Classified:
    """One column: its type, its class, what it holds, and how that was found.

    Attributes:
        phi: None where nothing tells.
        category: text of few values, each seen repeatedly.
        iso: a text date is ISO 8601, so that no format has to be named.
    """

    column: str
    type: pa.DataType
    phi: Phi | None
    kind: Kind
    basis: Basis
    category: bool = False
    iso: bool = True


def scan(reader: pa.RecordBatchReader) -> tuple[Classified, ...]:
    """Classify every column from its tag, name, type, and the first 20,000 rows.

    Raises:
        DataError: the table has no column.
    """
    if not reader.schema.names:
        raise DataError("the table has no column")
    sample = pa.Table.from_batches(list(_first(reader)), reader.schema)
    return tuple(
        _classify(column, sample.column(at).combine_chunks())
        for at, column in enumerate(reader.schema)
    )


def scan_table(classified: tuple[Classified, ...]) -> pa.Table:
    """Return one row per column: column, type, phi, holds, found by."""
    names = ("column", "type", "phi", "holds", "found_by")
    rows = [
        (
            each.column,
            str(each.type),
            each.phi and each.phi.value,
            each.kind.value,
            each.basis.value,
        )
        for each in classified
    ]
    schema = pa.schema([field(name, pa.string(), Phi.NONE) for name in names])
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    return pa.table(columns, schema=schema)


def _first(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    left = SAMPLE_ROWS
    for batch in reader:
        yield batch.slice(0, left)
        left -= batch.num_rows
        if left <= 0:
            return


def _classify(column: pa.Field, values: pa.Array) -> Classified:
    named, tagged = guess(column.name), phi_of(column)
    type_ = column.type
    start = Classified(column.name, type_, None, Kind.UNKNOWN, Basis.NOTHING)
    start = replace(start, category=_is_category(values), iso=_is_iso(values))
    if tagged is not None:
        kind = named.kind if named.phi is tagged else _kind_of(tagged)
        return replace(start, phi=tagged, kind=kind, basis=Basis.TAG)
    if pa.types.is_date(type_) or pa.types.is_timestamp(type_):
        kind = named.kind if named.kind is Kind.BIRTH_DATE else Kind.DATE
        return replace(start, phi=Phi.DATE, kind=kind, basis=Basis.TYPE)
    if named.phi is not None:
        return replace(start, phi=named.phi, kind=named.kind, basis=Basis.NAME)
    return _by_values(start, values)


def _by_values(start: Classified, values: pa.Array) -> Classified:
    if not _textual(values):
        numeric = pa.types.is_integer(values.type) or pa.types.is_floating(values.type)
        plain = numeric or pa.types.is_boolean(values.type) or pa.types.is_decimal(values.type)
        return replace(start, phi=Phi.NONE, basis=Basis.TYPE) if plain else start
    text = _present(values)
    if not len(text):
        return start
    for pattern, kind, phi in _LOOKS:
        if _share(text, pattern) >= MOST:
            return replace(start, phi=phi, kind=kind, basis=Basis.VALUES)
    words = pc.mean(pc.add(pc.count_substring_regex(text, pattern=r"\s+"), 1)).as_py()
    if words >= WORDS:
        return replace(start, phi=Phi.FREE_TEXT, kind=Kind.TEXT, basis=Basis.VALUES)
    if _share(text, _NUMBER) >= MOST or start.category:
        return replace(start, phi=Phi.NONE, basis=Basis.VALUES)
    return start


def _textual(values: pa.Array) -> bool:
    type_ = values.type.value_type if pa.types.is_dictionary(values.type) else values.type
    return is_text(type_)


def _present(values: pa.Array) -> pa.Array:
    """Return the values that are neither null nor blank, as trimmed text."""
    batch = pa.RecordBatch.from_arrays([values], ["v"])
    text = pc.utf8_trim_whitespace(plain_column(batch, "v").cast(pa.string()))
    return text.filter(pc.and_(pc.is_valid(text), pc.not_equal(text, "")))


def _share(text: pa.Array, pattern: str) -> float:
    return float(pc.mean(pc.match_substring_regex(text, pattern=pattern).cast(pa.int8())).as_py())


def _is_category(values: pa.Array) -> bool:
    if not _textual(values):
        return False
    text = _present(values)
    distinct = pc.count_distinct(text).as_py()
    return bool(0 < distinct <= CATEGORIES and len(text) >= REPEATS * distinct)


def _is_iso(values: pa.Array) -> bool:
    if not _textual(values):
        return True
    text = _present(values)
    return not len(text) or _share(text, ISO) >= MOST


def _kind_of(phi: Phi) -> Kind:
    """Return what a tagged column holds where its name does not tell."""
    kinds = {
        Phi.NAME: Kind.NAME,
        Phi.GEOGRAPHY: Kind.PLACE,
        Phi.DATE: Kind.DATE,
        Phi.FREE_TEXT: Kind.TEXT,
        Phi.QUASI: Kind.QUASI,
        Phi.NONE: Kind.UNKNOWN,
        Phi.PHOTO: Kind.MEDIA,
        Phi.BIOMETRIC: Kind.MEDIA,
    }
    contact = (Phi.PHONE, Phi.FAX, Phi.EMAIL, Phi.URL, Phi.IP)
    return kinds.get(phi, Kind.CONTACT if phi in contact else Kind.IDENTIFIER)
