"""De-identify 1,000,000 rows x 11 columns, against pyarrow reading and writing the same CSV.

    python benchmarks/deid_apply.py [ROWS]

CPU seconds of this process (user and system, all threads). The baseline does no
work on the rows: the ratio is what de-identification costs on top of passing
the bytes through.
"""

from __future__ import annotations

import datetime as dt
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from ehrkit.core.keys import ProjectKey
from ehrkit.core.tables import open_table, write_table
from ehrkit.deid.apply import apply_policy
from ehrkit.deid.policy_toml import parse_policy
from ehrkit.deid.transforms import RunState

PATIENTS = 245_000
POLICY = """
standard = "limited"
[table.visits.columns]
mrn = { pseudonym = "person" }
visit_date = { shift = "mrn" }
age = "age-cap"
zip = "zip3"
sex = "keep"
code = "keep"
first_name = "drop"
last_name = "drop"
address = "drop"
phone = "drop"
email = "drop"
"""


def visits(rows: int) -> pa.Table:
    """Return synthetic visits as a portal would export them: text columns only."""
    draw = np.random.default_rng(7)
    patient = draw.integers(0, PATIENTS, rows)
    days = np.datetime64(dt.date(2015, 1, 1)) + draw.integers(0, 3650, rows)
    zips = np.array(["02138", "94305", "03601", "60614", "77030"])
    return pa.table(
        {
            "mrn": [f"{p:08d}" for p in patient],
            "first_name": [f"First{p % 5000}" for p in patient],
            "last_name": [f"Last{p % 20000}" for p in patient],
            "visit_date": np.datetime_as_string(days),
            "age": [str(a) for a in draw.integers(18, 101, rows)],
            "sex": np.array(["female", "male"])[patient % 2],
            "zip": zips[patient % 5],
            "address": [f"{p % 9999} Example Street" for p in patient],
            "phone": [f"617-555-{p % 10000:04d}" for p in patient],
            "email": [f"person{p}@example.org" for p in patient],
            "code": np.array(["M48.061", "M43.16", "M51.26", "Z98.1"])[draw.integers(0, 4, rows)],
        }
    )


def passed_through(source: Path, target: Path) -> None:
    """Stream the CSV through pyarrow with nothing done to it."""
    text = {name: pa.string() for name in pacsv.open_csv(source).schema.names}
    reader = pacsv.open_csv(source, convert_options=pacsv.ConvertOptions(column_types=text))
    with pacsv.CSVWriter(target, reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)


def streamed(source: Path, target: Path) -> None:
    """Stream the CSV through ehrkit's own reader and writer, columns as they are."""
    write_table(open_table(source), target)


def deidentified(source: Path, target: Path) -> None:
    """Apply the policy."""
    policy = parse_policy(POLICY)
    run = RunState(ProjectKey(bytes(range(32))), policy)
    applied = apply_policy(open_table(source), policy.table("visits"), run)
    write_table(applied.reader, target)
    applied.evidence()


def kernels_only(source: Path, _target: Path) -> None:
    """Apply the policy to batches that are in memory already."""
    policy = parse_policy(POLICY)
    run = RunState(ProjectKey(bytes(range(32))), policy)
    for _ in apply_policy(LOADED.to_reader(), policy.table("visits"), run).reader:
        pass


def cpu(work: Callable[[Path, Path], None], source: Path, target: Path) -> float:
    """Return the CPU seconds of one piece of work."""
    before = time.process_time()
    work(source, target)
    return time.process_time() - before


if __name__ == "__main__":
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "visits.csv"
        write_table(visits(rows), source)
        LOADED = open_table(source).read_all()
        print(f"{rows:,} rows x 11 columns, {source.stat().st_size / 1e6:.1f} MB of CSV")
        runs = [
            ("pyarrow CSV to CSV, nothing done", passed_through, "a.csv"),
            ("ehrkit CSV to CSV, nothing done", streamed, "b.csv"),
            ("deid apply, kernels only", kernels_only, "-"),
            ("deid apply, CSV to CSV", deidentified, "c.csv"),
            ("deid apply, CSV to Parquet", deidentified, "d.parquet"),
        ]
        baseline = 0.0
        for title, work, target in runs:
            seconds = cpu(work, source, folder / target)
            baseline = baseline or seconds
            rate = rows / seconds
            print(
                f"{title:34} {seconds:6.2f} CPU s {rate:12,.0f} rows/s {seconds / baseline:6.2f}x"
            )
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"peak memory of this process, input held twice for the test: {peak:,.0f} MiB")
