"""Running a cohort: plan, compile, check the database, stream typed and tagged rows."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import DataError
from ehrkit.queries.adapters import Adapter
from ehrkit.queries.checking import require
from ehrkit.queries.compile import compile_cohort
from ehrkit.queries.definition import Cohort
from ehrkit.queries.dialects import render
from ehrkit.queries.engines import ANYWHERE, Engine, Place, qualify
from ehrkit.queries.plan import make_plan
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
        phi = Phi.DATE if column.type == "date" else Phi.NONE
        fields.append(field(column.name, TYPES[column.type], phi))
    return pa.schema(fields)


def render_cohort(cohort: Cohort, adapter: Adapter, dialect: str, place: Place = ANYWHERE) -> str:
    """Return the cohort as one readable statement in a dialect, on tables in a place.

    Raises:
        UsageError: an unknown dialect, a function that it lacks, or a missing relation.
    """
    statement = compile_cohort(make_plan(cohort), adapter)
    return render(qualify(statement, place, dialect), dialect)


def run_cohort(cohort: Cohort, adapter: Adapter, engine: Engine) -> pa.RecordBatchReader:
    """Stream the cohort: one row per index event, in the order of person and date.

    Raises:
        DataError: the database lacks what the schema reads.
        EngineError: the database failed.
    """
    statement, schema = compile_cohort(make_plan(cohort), adapter), cohort_schema(cohort)
    require(adapter, engine, cohort.relations())
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
