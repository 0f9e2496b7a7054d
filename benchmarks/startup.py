"""CPU time of `ehrkit --help` beside bare Python and `import click`, and the limit of 80 ms.

Run: python benchmarks/startup.py
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys

LIMIT_MS = 80
RUNS = 21

CASES = {
    "python, nothing": ["-c", ""],
    "python, import click": ["-c", "import click"],
    "ehrkit --help": ["-m", "ehrkit.cli", "--help"],
    "ehrkit cohort --help": ["-m", "ehrkit.cli", "cohort", "--help"],
}


def cpu_ms(arguments: list[str]) -> float:
    """Return the user and system time of one run, in milliseconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def main() -> None:
    """Take the cases in turn, so that noise falls on all alike, and print medians."""
    taken: dict[str, list[float]] = {name: [] for name in CASES}
    for _ in range(RUNS):
        for name, arguments in CASES.items():
            taken[name].append(cpu_ms(arguments))
    print(f"{'case':24}{'CPU ms':>8}{'of limit':>10}")
    for name, times in taken.items():
        median = statistics.median(times)
        print(f"{name:24}{median:8.0f}{median / LIMIT_MS:10.2f}")


if __name__ == "__main__":
    main()
