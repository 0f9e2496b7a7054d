"""How like a real site is a written one? Each published figure beside what the files hold.

Everything is counted by SQL on the files, not taken from the code that drew them. A figure
is met if it lies within a band around what was asked: three standard errors of a sample of
this size, drawn from a site that has exactly the asked figure, plus a tolerance of a tenth
of the figure. Three standard errors leave about one false alarm in 370 figures. A mean of
fewer than ten rows is shown and not judged.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import EngineError, UsageError
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.spec import EXTRACT
from ehrkit.synthetic.views import view_tables

STANDARD_ERRORS = 3.0
TOLERANCE = 0.10
# Means of fewer rows say nothing: single stays are far from normal.
FEWEST = 10
SHARE, MEAN, GEOMETRIC = "share", "mean", "geometric mean"
NEEDED = ("clarity", "truth")
SCHEMA = pa.schema(
    [
        *(field(name, pa.string(), Phi.NONE) for name in ("group", "target", "asked", "source")),
        field("generated", pa.float64(), Phi.NONE),
        field("events", pa.int64(), Phi.NONE),
        field("of", pa.int64(), Phi.NONE),
        *(field(name, pa.float64(), Phi.NONE) for name in ("lowest", "highest")),
        field("within", pa.bool_(), Phi.NONE),
        field("not_aimed", pa.string(), Phi.NONE),
    ]
)
# Nights of the stays of one DRG, from admission and discharge.
NIGHTS = """
SELECT date_diff('day', h.HOSP_ADMSN_TIME, h.HOSP_DISCH_TIME) AS nights
FROM HSP_ACCOUNT AS a JOIN CLARITY_DRG AS d ON d.DRG_ID = a.FINAL_DRG_ID
JOIN PAT_ENC_HSP AS h USING (HSP_ACCOUNT_ID)
WHERE d.DRG_NUMBER = 'MS{number}' AND h.HOSP_DISCH_TIME IS NOT NULL"""


@dataclass(frozen=True)
class Target:
    """One figure: what is asked, from where, and how it is measured.

    Attributes:
        low, high: the asked band; equal where one value is asked.
        sql: returns events and denominator of a share, or mean, standard deviation and
            number of rows.
        spread: known standard deviation of single values; 0 takes the measured one.
        not_aimed: why the site does not try to meet it; empty where it does.
    """

    group: str
    name: str
    low: float
    high: float
    source: str
    measure: str
    sql: str
    spread: float = 0.0
    not_aimed: str = ""

    def asked(self) -> str:
        """Return what is asked, for a reader."""
        factor, unit = (100, " %") if self.measure == SHARE else (1, "")
        low, high = (f"{value * factor:.4g}" for value in (self.low, self.high))
        return f"{low}{unit}" if self.low == self.high else f"{low} to {high}{unit}"


def measure_realism(folder: Path) -> pa.Table:
    """Measure a written site against every calibration target.

    Returns:
        One row per target: group, target, asked (text), source, generated (share or mean),
        events, of (denominator, or rows of a mean), lowest and highest accepted value,
        within (NULL where too little was there to measure, or the figure is not aimed at),
        not_aimed (the reason, or NULL).

    Raises:
        UsageError: the folder is no synthetic site with the Clarity shape.
        EngineError: a file cannot be read.
    """
    if not all((folder / name).is_dir() for name in NEEDED):
        raise UsageError(
            "is not a synthetic site with Clarity tables",
            where=str(folder),
            hint="Make one: ehrkit synth OUT --shape clarity",
        )
    try:
        with duckdb.connect() as connection:
            for name in NEEDED:
                view_tables(connection, folder / name)
            connection.execute(f"CREATE MACRO extract_day() AS DATE '{EXTRACT}'")
            for name, sql in _described()["views"].items():
                connection.execute(f"CREATE TEMP TABLE {name} AS {sql}")
            rows = [_measured(target, connection) for target in targets()]
    except duckdb.Error as error:
        raise EngineError(
            f"a table cannot be read ({type(error).__name__})", where=str(folder)
        ) from None
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def targets() -> Iterator[Target]:
    """Yield every target: outcomes, reoperations, mixes, and stays by DRG."""
    described = _described()
    for one in described["target"]:
        yield _target(**one)
    again = described["reoperation"]
    for series, reason in (("claims", ""), ("chart", again["not_aimed"])):
        for days, asked in zip(again["days"], again[series], strict=True):
            yield _target(
                group="reoperation",
                name=f"Reoperation within {days} days of a lumbar fusion, {series}",
                asked=asked,
                source=again["source"],
                measure=SHARE,
                sql=again["sql"].format(days=days),
                not_aimed=reason,
            )
    for kind, mix in described["mixes"].items():
        for name, asked in mix["asked"].items():
            yield _target(
                group=mix["group"],
                name=f"{kind.capitalize()} status {name}",
                asked=asked,
                source=mix["source"],
                measure=SHARE,
                sql=mix["sql"].format(name=name),
            )
    yield from _stays()


def _target(asked: float | list[float], **others: str) -> Target:
    low, high = asked if isinstance(asked, list) else (asked, asked)
    return Target(low=low, high=high, **others)


def _stays() -> Iterator[Target]:
    """Yield the two mean stays of each DRG; stays are lognormal with exactly these means."""
    for number, (_, geometric, arithmetic) in catalogue().drgs.items():
        nights = NIGHTS.format(number=number)
        logarithmic = math.sqrt(2 * math.log(arithmetic / geometric))
        spread = arithmetic * math.sqrt((arithmetic / geometric) ** 2 - 1)
        for measure, value, own, expression in (
            (MEAN, arithmetic, spread, "avg(nights)"),
            (GEOMETRIC, geometric, logarithmic, "exp(avg(ln(greatest(nights, 1))))"),
        ):
            yield Target(
                "stay by DRG",
                f"DRG {number}, {measure} of nights" if measure == GEOMETRIC
                else f"DRG {number}, mean nights",
                value,
                value,
                "CMS FY2026 IPPS Table 5; retired groups: their successors",
                measure,
                f"SELECT {expression}, 0, count(*) FROM ({nights})",
                own,
            )  # fmt: skip


def _measured(target: Target, connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Return the row of one target."""
    first, second, *last = connection.execute(target.sql).fetchall()[0]
    share = target.measure == SHARE
    size = second if share else last[0]
    generated = first / size if share and size else first if size else None
    spread = target.spread or (0.0 if share else second or 0.0)
    lowest, highest = accepted(target, size, spread) if size else (None, None)
    enough = generated is not None and (share or size >= FEWEST)
    aimed = enough and not target.not_aimed
    return {
        "group": target.group,
        "target": target.name,
        "asked": target.asked(),
        "source": target.source,
        "generated": generated,
        "events": first if share else None,
        "of": size,
        "lowest": lowest if aimed else None,
        "highest": highest if aimed else None,
        "within": lowest <= generated <= highest if aimed else None,
        "not_aimed": target.not_aimed or None,
    }


def accepted(target: Target, size: int, spread: float) -> tuple[float, float]:
    """Return the accepted band for a sample of `size` rows.

    `spread` is the standard deviation of single values (of their logarithm for a
    geometric mean); a share has its own.
    """

    def margin(value: float) -> float:
        own = math.sqrt(value * (1 - value)) if target.measure == SHARE else spread
        error = STANDARD_ERRORS * own / math.sqrt(size)
        if target.measure == GEOMETRIC:
            error = value * (math.exp(error) - 1)
        return error + TOLERANCE * abs(value)

    return target.low - margin(target.low), target.high + margin(target.high)


@cache
def _described() -> dict[str, Any]:
    text = files("ehrkit.synthetic").joinpath("realism.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
