"""Records of any vendors to one row per person and local date, with its wear.

A day without data is an absent row, never a zero. A placeholder of an unworn tracker
keeps its row, flagged, with steps null.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.wearables import records as r
from ehrkit.wearables.candidates import step_candidates, wear_minutes
from ehrkit.wearables.day_length import day_lengths
from ehrkit.wearables.streams import Stream, Streams, collect
from ehrkit.wearables.validity import UNWORN, VALID, Flags, ValidDay

KEYS = ["person", "day"]


@dataclass(frozen=True)
class Daily:
    """The daily table, and how many device users the crosswalk did not name."""

    table: pa.Table
    unmatched_devices: int


def daily_schema(key: str) -> pa.Schema:
    """Return the columns of the daily table.

    `key` is `person_id`, or `device_user_id` without a crosswalk.
    """
    tag = Phi.DEVICE if key == "device_user_id" else Phi.OTHER_ID
    return pa.schema(
        [
            field(key, pa.string(), tag),
            field("date", pa.date32(), Phi.DATE),
            field("steps", pa.int64(), Phi.NONE),
            field("resting_heart_rate", pa.float64(), Phi.NONE),
            field("sleep_minutes", pa.float64(), Phi.NONE),
            field("wear_minutes", pa.int32(), Phi.NONE),
            field("day_minutes", pa.int32(), Phi.NONE),
            field("recorded", pa.bool_(), Phi.NONE),
            field("valid", pa.bool_(), Phi.NONE),
            field("reason", pa.string(), Phi.NONE),
            field("zero_semantics", pa.string(), Phi.NONE),
            field("vendor", pa.string(), Phi.NONE),
            field("spliced", pa.bool_(), Phi.NONE),
        ]
    )


def summarise_days(
    readers: Iterable[pa.RecordBatchReader],
    rule: ValidDay,
    people: Mapping[str, str] | None = None,
    key: str = "person_id",
) -> Daily:
    """Return one row per person and local date, sorted; see `daily_schema`.

    `recorded` says that the day has a step count; `spliced`, that the person's series
    mixes two meanings of zero, so that before and after do not compare. `day_minutes` is 1440,
    or 1380 and 1500 where the offsets show a change of clocks; null where no offset is known.

    Raises:
        DataError: a table does not have the shape of records.
    """
    streams = collect(readers, people)
    catalogue = _catalogue(streams)
    days = _join(streams, catalogue)
    days = _judge(days, catalogue, rule)
    schema = daily_schema("device_user_id" if people is None else key)
    columns = [days[name] for name in ["person_id", *schema.names[1:]]]
    arrays = [
        pa.Array.from_pandas(column, type=type_)
        for column, type_ in zip(columns, schema.types, strict=True)
    ]
    return Daily(pa.Table.from_arrays(arrays, schema=schema), len(streams.unmatched))


def _catalogue(streams: Streams) -> pd.DataFrame:
    """Return one row per stream number: its person, series, and place in the order of belief."""
    numbered: list[Stream] = list(streams.numbers)
    belief = {stream: place for place, stream in enumerate(sorted(numbered))}
    frame = pd.DataFrame(
        {
            "person_id": [streams.person(stream) for stream in numbered],
            "series": [f"{stream.vendor}\t{stream.device_user_id}" for stream in numbered],
            "vendor": [stream.vendor for stream in numbered],
            "zero_semantics": [stream.zero_semantics for stream in numbered],
            "rank": [stream.rank for stream in numbered],
            "belief": [belief[stream] for stream in numbered],
        }
    )
    frame["person"] = np.unique(frame["person_id"].to_numpy(str), return_inverse=True)[1]
    frame["series"] = pd.factorize(frame["series"])[0]
    return frame


def _join(streams: Streams, catalogue: pd.DataFrame) -> pd.DataFrame:
    """Put the metrics of a person and day side by side, each from its best source."""
    resting = _best_of(streams, catalogue, r.RESTING_HEART_RATE, "mean", "resting_heart_rate")
    sleep = _best_of(streams, catalogue, r.SLEEP, "sum", "sleep_minutes")
    wear = wear_minutes(streams, catalogue)
    evidence = pd.concat([frame[KEYS] for frame in (resting, sleep, wear)]).drop_duplicates()
    steps = step_candidates(streams, catalogue, evidence)
    days = pd.concat([steps[KEYS], evidence]).drop_duplicates().sort_values(KEYS)
    for frame in (steps, resting, sleep, wear):
        days = days.merge(frame, on=KEYS, how="left", sort=False)
    return days.merge(day_lengths(streams, catalogue), on=["series", "day"], how="left", sort=False)


def _best_of(
    streams: Streams, catalogue: pd.DataFrame, metric: str, how: str, name: str
) -> pd.DataFrame:
    """Return `person, day, NAME`.

    One figure per stream and day, of which the best source's is kept.

    The same sleep or rate sent twice counts once.
    """
    frame = pd.DataFrame(streams.table(metric, "stream", "day", "value")).drop_duplicates()
    figures = frame.groupby(["stream", "day"])["value"].agg(how).reset_index()
    figures = figures.join(catalogue[["person", "belief"]], on="stream")
    best = figures.sort_values("belief").drop_duplicates(KEYS)
    return best[[*KEYS, "value"]].rename(columns={"value": name})


def _judge(days: pd.DataFrame, catalogue: pd.DataFrame, rule: ValidDay) -> pd.DataFrame:
    """Add the reason, and what follows from it."""
    unworn = _flag(days["unworn"])
    steps = days["steps"].to_numpy(np.float64, na_value=np.nan)
    days["reason"] = rule.reasons(
        unworn=unworn,
        partial=_flag(days["partial"]),
        inconsistent=_flag(days["inconsistent"]),
        phone_only=_flag(days["phone_only"]),
        without_rate=_without_rate(days),
        steps=steps,
        wear_minutes=days["wear_minutes"].to_numpy(np.float64, na_value=np.nan),
    )
    steps = np.where(days["reason"] == UNWORN, np.nan, np.rint(steps))
    days["steps"] = pd.array(steps, dtype="Float64").astype("Int64")
    days["recorded"] = ~np.isnan(steps)
    days["valid"] = days["reason"] == VALID
    days["wear_minutes"] = days["wear_minutes"].astype("Int64")
    days["day_minutes"] = days["day_minutes"].astype("Int64")
    days["date"] = days["day"].to_numpy().astype("datetime64[D]")
    names = catalogue.drop_duplicates("person").set_index("person")["person_id"]
    days["person_id"] = days["person"].map(names)
    meanings = days.groupby("person")["zero_semantics"].nunique()
    days["spliced"] = days["person"].map(meanings > 1)
    return days


def _without_rate(days: pd.DataFrame) -> Flags:
    """Tell days without a resting heart rate, of people who have one on other days."""
    rate = days["resting_heart_rate"]
    elsewhere = rate.notna().groupby(days["person"]).transform("any")
    return (rate.isna() & elsewhere).to_numpy(bool)


def _flag(column: pd.Series) -> Flags:
    """Return a column of flags; a day without steps has none, which is false."""
    return column.eq(True).to_numpy(bool)
