"""What the cohort engine costs: rendering, a cohort beside the same one by hand, attrition, memory.

Run: ehrkit synth make SITE --patients 1000000 && python benchmarks/cohorts.py SITE/clarity [ROUNDS]

Each query runs in a process of its own, on the same files and threads; rounds alternate, and
the ratio is of the medians. CPU seconds are user and system time of the process from an open
database to the last row, planning and compiling included; peak memory is its resident set. The
rows of both are compared. Limits: 200 ms to render; 1.2 times by hand; attrition 1.5 times the
cohort; while rows stream out, memory within a quarter above what EHRKIT_MEMORY gives DuckDB.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from ehrkit.queries.adapting.adapters import Adapter, load_adapter
from ehrkit.queries.attrition import attrition
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.compiling import compile_cohort
from ehrkit.queries.dialects import DIALECTS, render
from ehrkit.queries.engines import Engine, open_engine
from ehrkit.queries.engines.duckdb import DuckDbEngine
from ehrkit.queries.kit.named import compile_query, kit, load_query
from ehrkit.queries.reading import library, load_cohort
from ehrkit.queries.running import cohort_schema, run_cohort

HERE = Path(__file__).parent
# The dearest renderings of one pass, which are measured again.
AGAIN = 20
SCHEMA = "epic-clarity"
COHORT = "lumbar-fusion-ed-30d"
BY_HAND = HERE / "by_hand" / f"{COHORT}.{SCHEMA}.sql"
# What DuckDB may take while rows stream out.
STREAMING_MIB = 3072
# Every emergency or clinic visit is an index event: as many rows as the chart has contacts.
EVERYBODY = """
id = "all"
title = "Every contact"
[index]
encounter = {kinds}
keep = "every"
[follow_up]
until = []
days = 30
"""


def rendering() -> None:
    """Print the dearest renderings of the kit, each from its file to text.

    All are measured once; the dearest again, for one measurement of many is dear by chance.
    """
    gc.set_threshold(100_000, 50, 50)  # as the command line does
    costs = {}
    for schema in ("epic-clarity", "omop-5.4", "cerner-millennium"):
        adapter = load_adapter(schema)
        for name in (*library(), *kit()):
            for dialect in DIALECTS:
                costs[name, dialect, adapter.name] = _cost(name, dialect, adapter)
    median = statistics.median(costs.values())
    print(f"render: {len(costs)} statements, median {median * 1000:.0f} ms, dearest:")
    dearest = {}
    for name, dialect, schema in sorted(costs, key=lambda one: -costs[one])[:AGAIN]:
        adapter = load_adapter(schema)
        repeated = [_cost(name, dialect, adapter) for _ in range(5)]
        dearest[f"{name} {schema} {dialect}"] = statistics.median(repeated)
    for what in sorted(dearest, key=lambda one: -dearest[one])[:3]:
        cost = dearest[what]
        print(f"  {cost * 1000:.0f} ms of CPU  {what}  ({cost / 0.2:.2f} of 200 ms)")


def _cost(name: str, dialect: str, adapter: Adapter) -> float:
    gc.collect()
    start = time.process_time()
    render(_compiled(name, adapter), dialect)
    return time.process_time() - start


def _compiled(name: str, adapter: Adapter) -> Node:
    if name in kit():
        return compile_query(load_query(name), adapter)
    return compile_cohort(load_cohort(name), adapter)


def of_ehrkit(engine: Engine) -> Iterator[pa.RecordBatch]:
    """Yield the cohort's batches."""
    yield from run_cohort(load_cohort(COHORT), load_adapter(SCHEMA), engine)


def by_hand(engine: Engine) -> Iterator[pa.RecordBatch]:
    """Yield the batches of the query by hand, with the cohort's types."""
    schema = cohort_schema(load_cohort(COHORT))
    if not isinstance(engine, DuckDbEngine):
        raise TypeError("the query by hand is written for DuckDB")
    found = engine._connection.sql(BY_HAND.read_text()).to_arrow_reader(65_536)
    for batch in found:
        yield batch.cast(schema)


def of_attrition(engine: Engine) -> Iterator[pa.RecordBatch]:
    """Yield the attrition of the cohort."""
    yield from attrition(load_cohort(COHORT), load_adapter(SCHEMA), engine).to_batches()


def few_rows(engine: Engine) -> Iterator[pa.RecordBatch]:
    """Yield a row per observation stay."""
    yield from _every(engine, '"observation"')


def many_rows(engine: Engine) -> Iterator[pa.RecordBatch]:
    """Yield a row per contact of any kind."""
    yield from _every(engine, '"any"')


def _every(engine: Engine, kinds: str) -> Iterator[pa.RecordBatch]:
    from ehrkit.queries.reading import read_cohort
    from ehrkit.queries.sections import Section

    cohort = read_cohort(Section(tomllib.loads(EVERYBODY.format(kinds=kinds)), "all"), {}, {})
    yield from run_cohort(cohort, load_adapter(SCHEMA), engine)


JOBS = {one.__name__: one for one in (of_ehrkit, by_hand, of_attrition, few_rows, many_rows)}


def child(job: str, database: str) -> None:
    """Run one job in this process and print what it cost."""
    load_adapter(SCHEMA)
    digest, rows = hashlib.sha256(), 0
    with open_engine(database) as engine:
        start = time.process_time()
        for batch in JOBS[job](engine):
            rows += batch.num_rows
            if job in ("of_ehrkit", "by_hand"):
                digest.update(repr(batch.to_pylist()).encode())
        cpu = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rows": rows, "cpu": cpu, "peak": peak, "digest": digest.hexdigest()}))


def measured(job: str, database: str, **settings: str) -> dict[str, Any]:
    """Run a job in a process of its own, with these environment variables."""
    command = [sys.executable, __file__, "--child", job, database]
    environment = {**os.environ, **settings}
    found = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return dict(json.loads(found.stdout))


def main(database: str, rounds: int) -> None:
    """Measure everything and print it."""
    rendering()
    jobs = ("of_ehrkit", "by_hand", "of_attrition")
    runs: dict[str, list[dict[str, Any]]] = {job: [] for job in jobs}
    for _ in range(rounds):
        for job in jobs:
            runs[job].append(measured(job, database))
    cpu = {job: statistics.median(run["cpu"] for run in runs[job]) for job in jobs}
    for job in jobs:
        peak = max(run["peak"] for run in runs[job])
        print(f"{job}: {runs[job][0]['rows']:,} rows, {cpu[job]:.2f} CPU s, {peak:,.0f} MiB")
    same = {run["digest"] for job in jobs[:2] for run in runs[job]}
    print(f"rows of both alike: {'yes' if len(same) == 1 else 'NO'}")
    print(f"cohort / by hand: {cpu['of_ehrkit'] / cpu['by_hand']:.2f} (limit 1.2)")
    print(f"attrition / cohort: {cpu['of_attrition'] / cpu['of_ehrkit']:.2f} (limit 1.5)")
    for job in ("few_rows", "many_rows"):
        run = measured(job, database, EHRKIT_MEMORY=f"{STREAMING_MIB}MiB")
        share = run["peak"] / STREAMING_MIB
        print(f"streaming: {run['rows']:,} rows, {run['peak']:,.0f} MiB, {share:.2f} (limit 1.25)")


if __name__ == "__main__":
    if sys.argv[1] == "--child":
        child(sys.argv[2], sys.argv[3])
    else:
        main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3)
