"""Apply one table's policy to a stream: batch in, batch out, and evidence at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ehrkit.core.columns import Phi, phi_of
from ehrkit.core.errors import DataError, PolicyError
from ehrkit.deid.evidence import Evidence
from ehrkit.deid.policy import OnBad, TablePolicy
from ehrkit.deid.standards import effective_phi, judge
from ehrkit.deid.tally import Tally
from ehrkit.deid.transforms import Kernel, Result, RunState, build_kernel
from ehrkit.deid.transforms.build import require_columns
from ehrkit.deid.transforms.kernel import without_hidden

BadRow = Callable[[int, str], None]


@dataclass
class Applied:
    """A de-identified stream, and its evidence once the stream has been read to its end."""

    reader: pa.RecordBatchReader
    _tally: Tally

    def evidence(self) -> Evidence:
        """Return what happened.

        Raises:
            RuntimeError: the stream was not read to its end.
        """
        if not self._tally.done:
            raise RuntimeError("evidence is asked for before the stream has ended")
        return self._tally.evidence()


def apply_policy(
    reader: pa.RecordBatchReader,
    table: TablePolicy,
    run: RunState,
    *,
    on_bad_row: BadRow | None = None,
) -> Applied:
    """De-identify a stream by the rules of a table.

    Memory is bounded by the batch and a fixed memory of distinct values, except
    for random codes, which are kept for the run.

    Args:
        reader: the input; true values, so that ages and shifts are right.
        table: its policy.
        run: shared by all tables of a run, so that tokens and shifts agree.
        on_bad_row: told the 1-based input row and the column of each quarantined value.

    Raises:
        PolicyError: a column without a rule; a rule that may not be; a claim that does not hold.
        DataError: a rule without a column, a type that a transform cannot read; and, while the
            stream is read, a value that it cannot read under `on_bad = "refuse"`.
    """
    schema = reader.schema
    classes = _classes(table, schema)
    verdict = judge((rule, classes[name]) for name, rule in table.rules.items())
    verdict.enforce(run.policy.standard, f"table.{table.name}")
    kernels = {
        name: kernel
        for name in schema.names
        if (kernel := build_kernel(table.rules[name], schema, classes[name], run))
    }
    if not kernels:
        raise PolicyError("every column is dropped", where=f"table.{table.name}")
    tally = Tally(table, run, classes, verdict)
    output = pa.schema([kernel.output for kernel in kernels.values()])
    batches = _batches(reader, kernels, output, tally, on_bad_row)
    return Applied(pa.RecordBatchReader.from_batches(output, batches), tally)


def _classes(table: TablePolicy, schema: pa.Schema) -> dict[str, Phi | None]:
    """Match columns and rules both ways, and return the class of each column."""
    if len(set(schema.names)) < len(schema.names):
        raise DataError("two columns have the same name", where=f"table.{table.name}")
    unlisted = [name for name in schema.names if name not in table.rules]
    if unlisted:
        raise PolicyError(
            f"no line for the column{'s'[: len(unlisted) > 1]} {', '.join(unlisted)}",
            where=f"table.{table.name}.columns",
            hint='Every column needs a line; "drop" leaves one out.',
        )
    require_columns(table, schema)
    return {
        name: effective_phi(table.rules[name], _tag(schema.field(name))) for name in table.rules
    }


def _tag(column: pa.Field) -> Phi | None:
    """Return the tag of a column; an untagged date or timestamp is a date by its type."""
    temporal = pa.types.is_date(column.type) or pa.types.is_timestamp(column.type)
    return phi_of(column) or (Phi.DATE if temporal else None)


def _batches(
    reader: pa.RecordBatchReader,
    kernels: Mapping[str, Kernel],
    output: pa.Schema,
    tally: Tally,
    on_bad_row: BadRow | None,
) -> Iterator[pa.RecordBatch]:
    for batch in reader:
        results = {name: kernel(batch) for name, kernel in kernels.items()}
        bad = _bad_rows(results, kernels, tally, on_bad_row)
        columns = [without_hidden(result.values) for result in results.values()]
        made = pa.RecordBatch.from_arrays(columns, schema=output)
        kept = made if bad is None else made.filter(pc.invert(bad))
        tally.add(batch.num_rows, kept.num_rows, results)
        yield kept
    tally.done = True


def _bad_rows(
    results: Mapping[str, Result],
    kernels: Mapping[str, Kernel],
    tally: Tally,
    on_bad_row: BadRow | None,
) -> pa.Array | None:
    """Return the rows to leave out, or None; refuse the run where the policy says so."""
    bad: pa.Array | None = None
    for name, result in results.items():
        if result.bad is None or not pc.any(result.bad, min_count=0).as_py():
            continue
        if tally.run.policy.on_bad is OnBad.REFUSE:
            row = tally.rows_in + pc.index(result.bad, True).as_py() + 1
            raise DataError(
                f"a value is not {kernels[name].expects}",
                where=f"table.{tally.table.name}, row {row}, column {name}",
                hint='on_bad = "quarantine" leaves such rows out and counts them.',
            )
        if on_bad_row is not None:
            for index in pc.indices_nonzero(result.bad).to_pylist():
                on_bad_row(tally.rows_in + index + 1, name)
        bad = result.bad if bad is None else pc.or_(bad, result.bad)
    return bad
