"""Rows and values per CPU second of `ehrkit synth` beside plain Faker and mimesis, in one run.

Run: python benchmarks/synth.py [PATIENTS] [FAKER_ROWS]      (needs: pip install mimesis)
The site is written to Parquet; the others fill a list with ten-field patient rows, which
leaves out their writing. A value is one field of one row. Peak memory is that of all
processes together (proportional set size), CPU seconds theirs too; both are sampled ten times
a second, for the processes that draw blocks are no children of the one that is started.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq

FAKER = """
import sys
from faker import Faker
f = Faker("en_US", use_weighting=sys.argv[2] == "weighted")
rows = [(f.first_name(), f.last_name(), f.ssn(), f.date_of_birth(), f.street_address(), f.city(),
         f.postcode(), f.phone_number(), f.email(), f.numerify("########"))
        for _ in range(int(sys.argv[1]))]
"""
MIMESIS = """
import sys
from mimesis import Address, Code, Datetime, Person
person, home, when, code = Person(), Address(), Datetime(), Code()
rows = [(person.first_name(), person.last_name(), code.imei(), when.date(1930, 2005),
         home.address(), home.city(), home.postal_code(), person.phone_number(), person.email(),
         code.pin("########")) for _ in range(int(sys.argv[1]))]
"""
FIELDS = 10


def run(arguments: list[str]) -> tuple[float, float, float]:
    """Return wall seconds, CPU seconds and peak MiB of a command and all its processes."""
    start, peak = time.monotonic(), 0.0
    ticks: dict[str, int] = {}
    with subprocess.Popen([sys.executable, *arguments], start_new_session=True) as process:
        while process.poll() is None:
            peak = max(peak, look(process.pid, ticks))
            time.sleep(0.1)
    if process.returncode:
        sys.exit(process.returncode)
    wall, cpu = time.monotonic() - start, sum(ticks.values()) / os.sysconf("SC_CLK_TCK")
    return wall, cpu, peak


def look(session: int, ticks: dict[str, int]) -> float:
    """Return the MiB that the processes of a session hold together, and note their CPU ticks."""
    total = 0
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(entry.name)) == session:
                user, system = (entry / "stat").read_text().rsplit(")", 1)[1].split()[11:13]
                ticks[entry.name] = int(user) + int(system)
                rollup = (entry / "smaps_rollup").read_text()
                total += int(rollup.split("Pss:")[1].split()[0])
        except (OSError, IndexError):
            continue  # The process ended while it was looked at.
    return total / 1024


def counted(folder: Path) -> tuple[int, int, int, int]:
    """Return tables, rows, values and bytes of a chart, from the Parquet footers."""
    tables = rows = values = size = 0
    for path in folder.glob("*.parquet"):
        tables += 1
        for part in path.glob("*.parquet") if path.is_dir() else [path]:
            meta = pq.read_metadata(part)
            rows, values = rows + meta.num_rows, values + meta.num_rows * meta.num_columns
            size += part.stat().st_size
    return tables, rows, values, size


def main() -> None:
    """Run all, print a line each, with the ratio to plain Faker."""
    patients = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    fake = sys.argv[2] if len(sys.argv) > 2 else "20000"
    print(f"{'case':34}{'rows':>13}{'wall s':>8}{'CPU s':>8}{'peak MiB':>10}"
          f"{'rows/CPU s':>12}{'values/CPU s':>14}{'ratio':>8}")  # fmt: skip
    base = 0.0
    for case, arguments in (
        ("Faker, 10-field rows", ["-c", FAKER, fake, "weighted"]),
        ("Faker, use_weighting=False", ["-c", FAKER, fake, "even"]),
        ("mimesis, 10-field rows", ["-c", MIMESIS, fake]),
    ):
        wall, cpu, peak = run(arguments)
        rows = int(fake)
        base = base or rows * FIELDS / cpu
        show(case, rows, rows * FIELDS, (wall, cpu, peak), base)
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "site"
        command = ["-m", "ehrkit.cli", "synth", str(out), "--patients", str(patients), "--no-notes"]
        used = run(command)
        tables, rows, values, size = counted(out / "clarity")
        show(f"ehrkit synth, {patients:,} patients", rows, values, used, base)
        print(
            f"{tables} tables, {rows / patients:.1f} rows a patient, {size / 1e9:.2f} GB of Parquet"
        )


def show(case: str, rows: int, values: int, used: tuple[float, float, float], base: float) -> None:
    """Print one line of the table."""
    wall, cpu, peak = used
    print(f"{case:34}{rows:13,}{wall:8.1f}{cpu:8.1f}{peak:10.0f}"
          f"{rows / cpu:12,.0f}{values / cpu:14,.0f}{values / cpu / base:8.1f}")  # fmt: skip


if __name__ == "__main__":
    main()
