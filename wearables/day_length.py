"""How many minutes a local day had, from the offsets that its own records carry."""

from __future__ import annotations

import pandas as pd

from ehrkit.wearables.streams import DAY_US, Streams

NORMAL_DAY = 1440


def day_lengths(streams: Streams, catalogue: pd.DataFrame) -> pd.DataFrame:
    """Return `series, day, day_minutes` for the days with records that carry an offset.

    A day is shorter by what the offset gains from its start to its end: 1380 minutes when clocks go
    forward, 1500 when they go back. The day starts with the last offset of the day before if that
    was recorded, else with its own first one.
    """
    frame = pd.DataFrame(streams.table("offset", "stream", "start", "offset"))
    frame = frame.join(catalogue[["series"]], on="stream").sort_values(["series", "start"])
    frame["day"] = frame["start"] // DAY_US
    ends = frame.groupby(["series", "day"], as_index=False).agg(
        first=("offset", "first"), last=("offset", "last")
    )
    before = ends[["series", "day", "last"]].assign(day=ends["day"] + 1)
    ends = ends.merge(before, on=["series", "day"], how="left", suffixes=("", "_before"))
    opening = ends["last_before"].fillna(ends["first"])
    ends["day_minutes"] = NORMAL_DAY + opening - ends["last"]
    return ends[["series", "day", "day_minutes"]]
