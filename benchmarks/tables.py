"""CPU seconds and peak memory of `ehrkit convert` beside pyarrow's own stream and pandas.

Run: python benchmarks/tables.py [ROWS]
Every case is a process of its own over the same CSV of ten text columns.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

PYARROW = """
import sys, pyarrow as pa, pyarrow.csv as c, pyarrow.parquet as q
read = c.open_csv(sys.argv[1], convert_options=c.ConvertOptions(default_column_type=pa.string()))
with q.ParquetWriter(sys.argv[2], read.schema, compression="zstd") as write:
    for batch in read:
        write.write_batch(batch)
"""
PANDAS = """
import sys, pandas
pandas.read_csv(sys.argv[1], dtype=str, keep_default_na=False).to_parquet(sys.argv[2])
"""
CASES = {
    "pyarrow stream, CSV to Parquet": ["-c", PYARROW, "in.csv", "out.parquet"],
    "pandas, CSV to Parquet": ["-c", PANDAS, "in.csv", "out.parquet"],
    "ehrkit, CSV to Parquet": ["-m", "ehrkit.cli", "convert", "in.csv", "-o", "out.parquet"],
    "ehrkit, CSV to CSV": ["-m", "ehrkit.cli", "convert", "in.csv", "-o", "out.csv"],
    "ehrkit, CSV to NDJSON": ["-m", "ehrkit.cli", "convert", "in.csv", "-o", "out.ndjson"],
}
MEASURE = """
import resource, subprocess, sys
subprocess.run([sys.executable, *sys.argv[1:]], check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


def measure(arguments: list[str], folder: Path) -> tuple[float, float]:
    """Return CPU seconds and peak MiB of one run; a process between keeps the peaks apart."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *arguments],
        cwd=folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    cpu, peak = done.stdout.split()
    return float(cpu), float(peak)


def main() -> None:
    """Write the input, run every case, print ratios to the first."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        digits = [np.arange(rows) * 7919 * factor % 10**8 for factor in range(1, 11)]
        columns = [np.char.zfill(column.astype(str), 8) for column in digits]
        table = pa.table(dict(zip("abcdefghij", columns, strict=True)))
        pacsv.write_csv(table, folder / "in.csv")
        del table, columns, digits
        size = (folder / "in.csv").stat().st_size / 1e6
        print(f"{rows:,} rows x 10 text columns, {size:.0f} MB")
        print(f"{'case':34}{'CPU s':>8}{'ratio':>8}{'peak MiB':>10}")
        base = None
        for case, arguments in CASES.items():
            cpu, peak = measure(arguments, folder)
            base = base or cpu
            print(f"{case:34}{cpu:8.2f}{cpu / base:8.2f}{peak:10.0f}")


if __name__ == "__main__":
    main()
