"""Running a cohort: plan, compile, check the database, stream typed and tagged rows."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import DataError
from ehrkit.queries.adapting.adapters import Adapter
from ehrkit.queries.adapting.checking import require
from ehrkit.queries.compiling import compile_cohort
from ehrkit.queries.dialects import render
from ehrkit.queries.engines import ANYWHERE, Engine, Place, qualify
from ehrkit.queries.language.cohort import Cohort, Column, PersonColumn
from ehrkit.queries.relations import TYPES

# PHI tags as in 45 CFR 164.514(b)(2)(i): R any other unique identifying number, C dates.
STANDARD = {
    "person_id": ("text", Phi.OTHER_ID),
    "encounter_id": ("text", Phi.OTHER_ID),
    "index_date": ("date", Phi.DATE),
    "discharge_date": ("date", Phi.DATE),
    "death_date": ("date", Phi.DATE),
    "follow_up_end": ("date", Phi.DATE),
    "follow_up_reason": ("text", Phi.NONE),
    "age": ("integer", Phi.QUASI),
    "sex": ("text", Phi.QUASI),
}


def cohort_schema(cohort: Cohort) -> pa.Schema:
    """Return the Arrow schema of a cohort's rows, with PHI tags."""
    fields = [field(name, TYPES[kind], phi) for name, (kind, phi) in STANDARD.items()]
    for column in cohort.columns:
        kind, phi = _of_person(column) if isinstance(column, PersonColumn) else _of_events(column)
        fields.append(field(column.name, TYPES[kind], phi))
    for outcome in cohort.outcomes:
        kinds = zip(outcome.columns, ("integer", "integer", "text"), strict=True)
        fields += [field(name, TYPES[kind], Phi.NONE) for name, kind in kinds]
    return pa.schema(fields)


def _of_person(column: PersonColumn) -> tuple[str, Phi]:
    return ("date", Phi.DATE) if column.attribute == "birth_date" else ("text", Phi.QUASI)


def _of_events(column: Column) -> tuple[str, Phi]:
    if column.value in ("first_date", "last_date"):
        return ("date", Phi.DATE)
    if column.field is None or column.field == "days":
        return ("integer", Phi.NONE)
    if column.value == "mean":
        return ("number", Phi.NONE)
    one = column.look.events.has.fields[column.field]
    return (one.type, one.phi)


def render_cohort(cohort: Cohort, adapter: Adapter, dialect: str, place: Place = ANYWHERE) -> str:
    """Return the cohort as one readable statement in a dialect, on tables in a place.

    Raises:
        UsageError: an unknown dialect, a function that it lacks, or a missing relation.
    """
    return render(qualify(compile_cohort(cohort, adapter), place, dialect), dialect)


def run_cohort(cohort: Cohort, adapter: Adapter, engine: Engine) -> pa.RecordBatchReader:
    """Stream the cohort: one row per index event, in the order of person and date.

    Raises:
        DataError: the database lacks what the schema reads.
        EngineError: the database failed.
    """
    statement, schema = compile_cohort(cohort, adapter), cohort_schema(cohort)
    require(adapter, engine, statement)
    return typed(engine.run(statement, schema), schema)


def typed(reader: pa.RecordBatchReader, schema: pa.Schema) -> pa.RecordBatchReader:
    """Cast a stream to a schema of the same column names.

    Raises:
        DataError: the columns differ, or one holds what its type cannot.
    """
    if reader.schema.names != schema.names:
        raise DataError("the query's columns are not the declared ones")
    return pa.RecordBatchReader.from_batches(schema, _cast(reader, schema))


def _cast(reader: pa.RecordBatchReader, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for batch in reader:
        columns = []
        for column, wanted in zip(batch.columns, schema, strict=True):
            try:
                columns.append(column.cast(wanted.type))
            except pa.ArrowInvalid:
                raise DataError(
                    "holds values that its type cannot", where=f"column {wanted.name}"
                ) from None
        yield pa.RecordBatch.from_arrays(columns, schema=schema)
