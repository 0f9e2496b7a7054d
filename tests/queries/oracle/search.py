"""The search: drawn definitions and data, every engine against the interpreter.

    python -m tests.queries.oracle.search --draws 2000 --shard 1/2 --engines duckdb,sqlite

draws without Hypothesis' database, so that a run is told by its seeds alone, and prints how
many definitions agreed. Draws of one seed resemble each other, hence many seeds of a few draws.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.queries.databases import Databases, lacking
from tests.queries.oracle.comparing import differences, expected, found, read, tables
from tests.queries.oracle.drawing.cases import cases
from tests.queries.oracle.toml_text import toml_text

ENGINES = ("duckdb", "sqlite", "postgres", "mariadb", "spark")
# Definitions that a test run draws for each engine, and that a long run draws from one seed.
DEFAULT = 30
PER_SEED = 25


def quiet(draws):
    """Return the settings of a run that is told by its seed alone."""
    return settings(
        max_examples=draws, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck), print_blob=False,
    )  # fmt: skip


def each_case(number, draws, see):
    """Call `see` with every case that a seed draws."""

    @seed(number)
    @quiet(draws)
    @given(cases())
    def run(case):
        see(case)

    run()


class Tally:
    """Runs cases on engines; counts what agrees and prints what does not."""

    def __init__(self, engines):
        self.databases = Databases()
        self.engines = engines
        self.counts = Counter()

    def see(self, case):
        wanted, cohort = expected(case), read(case)
        self.counts["definitions"] += 1
        self.counts["rows"] += len(wanted[0])
        for dialect in self.engines:
            engine = self.databases.open(dialect, tables(case.data))
            lines = differences(wanted, found(engine, cohort))
            self.counts[f"{dialect} {'differs' if lines else 'agrees'}"] += 1
            if lines:
                say("\n".join([dialect, *lines, toml_text(case.definition)]))


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--draws", type=int, default=2000, help="definitions of this shard")
    options.add_argument("--shard", default="1/1", help="which part, as in 1/2")
    options.add_argument("--engines", default=",".join(ENGINES))
    asked = options.parse_args()
    part, parts = map(int, asked.shard.split("/"))
    engines = [one for one in asked.engines.split(",") if lacking(one) is None]
    tally, started = Tally(engines), time.monotonic()
    for number in range(-(-asked.draws // PER_SEED)):
        each_case(part + number * parts, PER_SEED, tally.see)
        say(f"{time.monotonic() - started:.0f} s: {dict(tally.counts)}")
    tally.databases.close()
    return 1 if any("differs" in one for one in tally.counts) else 0


if __name__ == "__main__":
    sys.exit(main())
