"""The figures that a synthetic site is measured against: what is asked, from where, how counted.

Most are described in realism.toml; those of stays follow from the DRGs of the catalogue.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ehrkit.synthetic.catalogue import catalogue

SHARE, MEAN, GEOMETRIC = "share", "mean", "geometric mean"
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


def targets() -> Iterator[Target]:
    """Yield every target: outcomes, reoperations, mixes, and stays by DRG."""
    found = described()
    for one in found["target"]:
        yield _target(**one)
    again = found["reoperation"]
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
    for kind, mix in found["mixes"].items():
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


def _target(asked: float | list[float], **others: Any) -> Target:
    """Return a target of one value or of a band."""
    low, high = asked if isinstance(asked, list) else (asked, asked)
    return Target(low=low, high=high, **others)


def _stays() -> Iterator[Target]:
    """Yield the two mean stays of each DRG; stays are lognormal with exactly these means."""
    for number, (_, geometric, arithmetic) in catalogue().drgs.items():
        nights = NIGHTS.format(number=number)
        logarithmic = math.sqrt(2 * math.log(arithmetic / geometric))
        spread = arithmetic * math.sqrt((arithmetic / geometric) ** 2 - 1)
        for measure, name, value, own, expression in (
            (MEAN, "mean nights", arithmetic, spread, "avg(nights)"),
            (GEOMETRIC, "geometric mean of nights", geometric, logarithmic,
             "exp(avg(ln(greatest(nights, 1))))"),
        ):  # fmt: skip
            yield Target(
                "stay by DRG",
                f"DRG {number}, {name}",
                value,
                value,
                "CMS FY2026 IPPS Table 5; retired groups: their successors",
                measure,
                f"SELECT {expression}, 0, count(*) FROM ({nights})",
                own,
            )


@cache
def described() -> dict[str, Any]:
    """Return what realism.toml holds: views, targets, reoperations and mixes."""
    text = files("ehrkit.synthetic.quality").joinpath("realism.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
