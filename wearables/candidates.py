"""Choose the step count of each person and day among what the devices say.

The minutes of wear are counted here too, from the same arrays.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ehrkit.wearables import records as r
from ehrkit.wearables.minutes import FINE, union_by_minute
from ehrkit.wearables.streams import SOURCE_RANK, Arrays, Streams

LAST_MINUTE = 1439
FULL_DAY = 1440
COLUMNS = ["person", "day", "series", "stream", "steps", "short", "last_minute"]
CHOSEN = [
    *("person", "day", "series", "steps", "vendor", "zero_semantics"),
    *("unworn", "partial", "inconsistent", "phone_only"),
]


def step_candidates(
    streams: Streams, catalogue: pd.DataFrame, evidence: pd.DataFrame
) -> pd.DataFrame:
    """Return one row per person and day with steps, and what speaks against the day.

    A vendor's own daily total, which has merged its devices, is that series' record of the day;
    series without totals are joined minute by minute. Among what remains, data goes before a
    placeholder, then the better ranked source, then a true zero's vendor, then the device user's
    id: never a sum, never a maximum. `evidence` holds `person, day` with a heart rate or sleep:
    proof of wear where nothing else tells.
    """
    totals = _totals(streams, catalogue)
    union = _union(streams, catalogue, set(totals["series"]))
    found = pd.concat([totals, union], ignore_index=True)
    found = found.join(catalogue[["vendor", "zero_semantics", "rank", "belief"]], on="stream")
    found = _with_sedentary(found, streams, catalogue)
    found["unworn"] = _placeholder(found, evidence)
    found["inconsistent"] = (found["steps"] > 0) & (found[r.SEDENTARY] >= FULL_DAY)
    found["partial"] = _partial(found, streams, catalogue)
    found["phone_only"] = _phone_only(found)
    found["ambiguous"] = found["zero_semantics"] == r.AMBIGUOUS
    found = found.sort_values(["person", "day", "unworn", "rank", "ambiguous", "belief"])
    return found.drop_duplicates(["person", "day"])[CHOSEN]


def _totals(streams: Streams, catalogue: pd.DataFrame) -> pd.DataFrame:
    """Return the vendors' daily totals; of one day exported twice the larger was exported later."""
    frame = pd.DataFrame(streams.table(r.STEPS, "stream", "day", "value", "short"))
    frame = frame.astype({"short": bool}).sort_values("value", ascending=False)
    frame = frame.drop_duplicates(["stream", "day"]).rename(columns={"value": "steps"})
    frame = frame.join(catalogue[["person", "series", "belief"]], on="stream")
    frame = frame.sort_values("belief").drop_duplicates(["series", "day"])
    return frame.assign(last_minute=-1)[COLUMNS]


def _union(streams: Streams, catalogue: pd.DataFrame, with_totals: set[int]) -> pd.DataFrame:
    """Return the union by minute of the series that have no daily totals."""
    fine = streams.table("fine", *FINE)
    alone = ~catalogue["series"].isin(with_totals).to_numpy()
    fine = {name: array[alone[fine["stream"]]] for name, array in fine.items()}
    by_belief = catalogue.reset_index().sort_values("belief")["index"].to_numpy()
    pieces = [_daily_sums(piece) for piece in _unions(fine, catalogue)]
    frame = (
        pd.concat(pieces) if pieces else pd.DataFrame({name: [] for name in _SUMS}, dtype=np.int64)
    )
    frame["stream"] = by_belief[frame["belief"].to_numpy(np.int64)]
    frame = frame.join(catalogue[["series"]], on="stream")
    return frame.assign(short=False)[COLUMNS]


_SUMS = ("person", "day", "steps", "belief", "last_minute")


def _unions(fine: Arrays, catalogue: pd.DataFrame) -> Iterator[Arrays]:
    person, belief = (catalogue[name].to_numpy(np.int64) for name in ("person", "belief"))
    return union_by_minute(fine, person, belief)


def _daily_sums(piece: Arrays) -> pd.DataFrame:
    frame = pd.DataFrame(piece)
    frame["day"] = frame["minute"] // FULL_DAY
    frame["last_minute"] = frame["minute"] % FULL_DAY
    grouped = frame.groupby(["person", "day"], as_index=False)
    return grouped.agg(
        steps=("value", "sum"), belief=("belief", "min"), last_minute=("last_minute", "max")
    )


def _with_sedentary(found: pd.DataFrame, streams: Streams, catalogue: pd.DataFrame) -> pd.DataFrame:
    """Add the sedentary minutes that the same series gives for the day.

    The levels of activity sum to 1440, so 1440 sedentary minutes leave no active one: steps on such
    a day were not counted on the wrist.
    """
    frame = pd.DataFrame(streams.table(r.SEDENTARY, "stream", "day", "value"))
    frame = frame.join(catalogue[["series"]], on="stream")
    largest = frame.groupby(["series", "day"])["value"].max().rename(r.SEDENTARY)
    return found.merge(largest.reset_index(), on=["series", "day"], how="left", sort=False)


def _placeholder(found: pd.DataFrame, evidence: pd.DataFrame) -> pd.Series:
    """Tell zeros of an unworn tracker.

    1440 sedentary minutes, or where these are not given, no sign of a heart.
    """
    proven = pd.MultiIndex.from_frame(found[["person", "day"]]).isin(
        pd.MultiIndex.from_frame(evidence)
    )
    zero = (found["steps"] == 0) & (found["zero_semantics"] == r.AMBIGUOUS)
    still_all_day = found[r.SEDENTARY] >= FULL_DAY
    return zero & (still_all_day | (found[r.SEDENTARY].isna() & ~proven))


def _phone_only(found: pd.DataFrame) -> pd.Series:
    """Tell days counted by the phone alone, of people whose other days a worn device counted.

    A phone lies on tables: its days are lower and do not compare with those of the wrist. The
    days of a person who has nothing but a phone compare with one another, and are not told here.
    """
    phone = SOURCE_RANK["phone"]
    best = found["rank"].groupby(found["person"]).transform("min")
    return (found["rank"] == phone) & (best < phone)


def _partial(found: pd.DataFrame, streams: Streams, catalogue: pd.DataFrame) -> pd.Series:
    """Tell days cut short: a total over less than a day, or the day of the last sync.

    Where no sync time was exported, the last day of the series is taken for it, unless its
    minutes reach midnight.
    """
    last = found.groupby("series")["day"].max()
    sync = pd.DataFrame(streams.table(r.SYNC, "stream", "day"))
    synced = sync.join(catalogue[["series"]], on="stream").groupby("series")["day"].max()
    cut = found["series"].map(synced.combine_first(last))
    return found["short"] | ((found["day"] >= cut) & (found["last_minute"] < LAST_MINUTE))


def wear_minutes(streams: Streams, catalogue: pd.DataFrame) -> pd.DataFrame:
    """Return `person, day, wear_minutes` where wear can be known.

    A minute is worn that has a heart rate (RAPIDS documentation; steps are zero when unworn), or
    a step record of a vendor that leaves out off-wrist time. Single heart-rate samples stand for
    their quarter of an hour.
    """
    person = catalogue["person"].to_numpy(np.int64)
    minute = streams.table("minute", "stream", "at")
    quarter = streams.table("quarter", "stream", "at")
    fine = streams.table("fine", *FINE)
    on_wrist = (catalogue["zero_semantics"] == r.TRUE_ZERO).to_numpy() & (
        catalogue["rank"] < SOURCE_RANK["phone"]
    ).to_numpy()
    fine = {name: array[on_wrist[fine["stream"]]] for name, array in fine.items()}
    spread = np.unique(np.stack([person[quarter["stream"]], quarter["at"]]), axis=1)
    frames = [
        pd.DataFrame({"person": person[minute["stream"]], "minute": minute["at"]}),
        pd.DataFrame(
            {
                "person": np.repeat(spread[0], 15),
                "minute": (spread[1][:, None] * 15 + np.arange(15)).ravel(),
            }
        ),
        *(pd.DataFrame(piece)[["person", "minute"]] for piece in _unions(fine, catalogue)),
    ]
    worn = pd.concat(frames).drop_duplicates()
    worn["day"] = worn["minute"] // FULL_DAY
    return (
        worn.groupby(["person", "day"], as_index=False)
        .size()
        .rename(columns={"size": "wear_minutes"})
    )
