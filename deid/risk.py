"""Re-identification risk over quasi-identifiers: k, uniques, and the three attackers.

Records that share all their quasi-identifiers form a class; f is the size of a
record's class in the sample, F the size of that class in the population. After
El Emam, "Guide to the De-Identification of Personal Health Information" (2013),
and Dankar and El Emam, "A method for evaluating marketer re-identification
risk" (PAIS 2010):

- prosecutor (knows the person is in the sample): a record's risk is 1/f;
- journalist (does not know that): 1/F;
- marketer (wants as many as possible): the expected share of records matched
  rightly, the mean of 1/F over the records.

Without a population table F is unknown and f is taken for it, as if the sample
were the population: the journalist and marketer figures are then upper bounds,
because F is never smaller than f.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import DataError, PolicyError, UsageError
from ehrkit.core.spelling import suggest

# 0.09 = 1/11: the cell-size rule of 11 of the US Centers for Medicare & Medicaid Services, and the
# threshold of Health Canada and of the European Medicines Agency's policy 0070.
THRESHOLD = 0.09
SAMPLE_ONLY = "sample taken for the population: an upper bound"
WITH_POPULATION = "population table given"
WITHIN_SAMPLE = "within the sample"


@dataclass(frozen=True)
class Risk:
    """The risk of one table over some quasi-identifiers.

    Attributes:
        quasi: the quasi-identifiers; null counts as a value of its own.
        records: rows; classes: distinct combinations.
        histogram: (class size k, number of classes of that size), smallest k first.
        threshold: a record is at risk when its prosecutor risk is above this.
        journalist_max: 1 / the smallest F.
        marketer: mean of 1/F over the records.
        has_population: False where F is taken to be f.
    """

    quasi: tuple[str, ...]
    records: int
    classes: int
    histogram: tuple[tuple[int, int], ...]
    threshold: float
    journalist_max: float
    marketer: float
    has_population: bool

    @property
    def k(self) -> int:
        """The smallest class size: the table is k-anonymous. 0 for an empty table."""
        return self.histogram[0][0] if self.histogram else 0

    @property
    def uniques(self) -> int:
        """Records that are alone in their class."""
        return sum(classes for size, classes in self.histogram if size == 1)

    @property
    def prosecutor_max(self) -> float:
        """1 / k."""
        return 1 / self.k if self.k else 0.0

    @property
    def prosecutor_mean(self) -> float:
        """Mean of 1/f over the records, which is classes / records."""
        return self.classes / self.records if self.records else 0.0

    @property
    def at_risk(self) -> float:
        """Share of records whose prosecutor risk 1/f is above the threshold."""
        above = sum(k * classes for k, classes in self.histogram if 1 / k > self.threshold)
        return above / self.records if self.records else 0.0

    def as_table(self, stage: str = "table") -> pa.Table:
        """Return one row per measure: stage, measure, attacker, value, assumption."""
        basis = WITH_POPULATION if self.has_population else SAMPLE_ONLY
        rows = [
            ("records", None, float(self.records), None),
            ("classes", None, float(self.classes), None),
            ("k", None, float(self.k), WITHIN_SAMPLE),
            ("uniques", None, float(self.uniques), WITHIN_SAMPLE),
            ("maximum risk", "prosecutor", self.prosecutor_max, WITHIN_SAMPLE),
            ("mean risk", "prosecutor", self.prosecutor_mean, WITHIN_SAMPLE),
            (f"share above {self.threshold:g}", "prosecutor", self.at_risk, WITHIN_SAMPLE),
            ("maximum risk", "journalist", self.journalist_max, basis),
            ("expected share matched", "marketer", self.marketer, basis),
        ]
        names = ("measure", "attacker", "value", "assumption")
        columns = [pa.array([stage] * len(rows), pa.string())]
        columns += [
            pa.array([row[at] for row in rows], pa.float64() if name == "value" else pa.string())
            for at, name in enumerate(names)
        ]
        return pa.table(columns, schema=_MEASURES)

    def histogram_table(self, stage: str = "table") -> pa.Table:
        """Return one row per class size: stage, k, classes, records."""
        sizes = [k for k, _ in self.histogram]
        classes = [number for _, number in self.histogram]
        records = [k * number for k, number in self.histogram]
        columns = [[stage] * len(sizes), sizes, classes, records]
        return pa.table(
            [pa.array(c, f.type) for c, f in zip(columns, _HISTOGRAM, strict=True)],
            schema=_HISTOGRAM,
        )

    def as_json(self) -> dict[str, Any]:
        """Return the figures for a run record."""
        return {
            "quasi": list(self.quasi),
            "records": self.records,
            "classes": self.classes,
            "k": self.k,
            "uniques": self.uniques,
            "threshold": self.threshold,
            "at_risk": self.at_risk,
            "prosecutor": {"max": self.prosecutor_max, "mean": self.prosecutor_mean},
            "journalist": {"max": self.journalist_max},
            "marketer": self.marketer,
            "assumption": WITH_POPULATION if self.has_population else SAMPLE_ONLY,
            "k_histogram": [list(pair) for pair in self.histogram],
        }


_MEASURES = pa.schema(
    [
        field("stage", pa.string(), Phi.NONE),
        field("measure", pa.string(), Phi.NONE),
        field("attacker", pa.string(), Phi.NONE),
        field("value", pa.float64(), Phi.NONE),
        field("assumption", pa.string(), Phi.NONE),
    ]
)
_HISTOGRAM = pa.schema(
    [
        field("stage", pa.string(), Phi.NONE),
        field("k", pa.int64(), Phi.NONE),
        field("classes", pa.int64(), Phi.NONE),
        field("records", pa.int64(), Phi.NONE),
    ]
)


def measure_risk(
    sample: pa.RecordBatchReader,
    quasi: Sequence[str],
    *,
    population: pa.RecordBatchReader | None = None,
    threshold: float = THRESHOLD,
) -> Risk:
    """Measure the re-identification risk of a table, in one group-by.

    Args:
        sample: the table.
        quasi: names of the quasi-identifiers, in the population table too.
        population: everybody the sample could have been drawn from, of the same types.
        threshold: a prosecutor risk above this puts a record at risk.

    Raises:
        UsageError: no quasi-identifier, or one that a table does not have.
        DataError: the population lacks a class of the sample, so it is not its population.
        PolicyError: the threshold is not between 0 and 1.
    """
    if not 0 < threshold <= 1:
        raise PolicyError("the threshold is a probability above 0", where="threshold")
    sizes = _class_sizes(sample, quasi)
    if population is None:
        pairs = [(f, f, number) for f, number in _histogram(sizes)]
    else:
        pairs = _against_population(sizes, _class_sizes(population, quasi), quasi)
    records = sum(f * number for f, _, number in pairs)
    by_f: dict[int, int] = {}
    for f, _, number in pairs:
        by_f[f] = by_f.get(f, 0) + number
    return Risk(
        quasi=tuple(quasi),
        records=records,
        classes=sum(by_f.values()),
        histogram=tuple(sorted(by_f.items())),
        threshold=threshold,
        journalist_max=max((1 / F for _, F, _ in pairs), default=0.0),
        marketer=sum(f * number / F for f, F, number in pairs) / records if records else 0.0,
        has_population=population is not None,
    )


def _class_sizes(reader: pa.RecordBatchReader, quasi: Sequence[str]) -> pa.Table:
    """Return one row per class: the quasi-identifiers as q0, q1, ... and its size n."""
    import duckdb

    _require(reader.schema, quasi)
    names = ", ".join(f"{_quoted(name)} AS q{at}" for at, name in zip(count(), quasi, strict=False))
    with duckdb.connect() as connection:
        connection.register("given", reader)
        return connection.sql(
            f"SELECT {names}, count(*) AS n FROM given GROUP BY ALL"
        ).to_arrow_table()


def _histogram(sizes: pa.Table) -> list[tuple[int, int]]:
    grouped = sizes.group_by("n").aggregate([([], "count_all")]).sort_by("n")
    return [(row["n"], row["count_all"]) for row in grouped.to_pylist()]


def _against_population(
    sizes: pa.Table, population: pa.Table, quasi: Sequence[str]
) -> list[tuple[int, int, int]]:
    """Return (f, F, number of classes) by joining the classes on equal quasi-identifiers."""
    import duckdb

    same = " AND ".join(f"s.q{at} IS NOT DISTINCT FROM p.q{at}" for at in range(len(quasi)))
    with duckdb.connect() as connection:
        connection.register("s", sizes)
        connection.register("p", population)
        try:
            rows = connection.sql(
                f"SELECT s.n, p.n, count(*) FROM s LEFT JOIN p ON {same} GROUP BY ALL ORDER BY ALL"
            ).fetchall()
        except duckdb.Error:
            raise DataError(
                "the population has other types than the sample", where="population"
            ) from None
    if any(larger is None or larger < smaller for smaller, larger, _ in rows):
        raise DataError(
            "the population lacks people of the sample",
            where="population",
            hint="It has to hold everybody, with the same categories as the sample.",
        )
    return [(int(f), int(larger), int(number)) for f, larger, number in rows]


def _require(schema: pa.Schema, quasi: Sequence[str]) -> None:
    if not quasi:
        raise UsageError("name at least one quasi-identifier")
    for name in quasi:
        if name not in schema.names:
            raise UsageError(f"the table has no column '{name}'", hint=suggest(name, schema.names))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
