"""One export per device user and vendor, in a folder per vendor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from ehrkit.synthetic.devices.apple import apple_export
from ehrkit.synthetic.devices.cohort import Cohort
from ehrkit.synthetic.devices.days import WearDays
from ehrkit.synthetic.devices.fitbit import fitbit_archive
from ehrkit.synthetic.devices.gear import Devices
from ehrkit.synthetic.devices.google import google_archive, google_payload
from ehrkit.synthetic.devices.key import MINUTE_SCHEMA, minute_rows
from ehrkit.synthetic.devices.minutes import Fetched, unfold
from ehrkit.synthetic.devices.wearers import APPLE, FITBIT, GOOGLE
from ehrkit.synthetic.devices.wearing import Reason
from ehrkit.synthetic.parts import part_path
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.streams import Streams

VENDORS = (GOOGLE, FITBIT, APPLE)
# Everything repeats but the time, which goes up by a minute.
MINUTE_PACKING: dict[str, Any] = {
    "compression": "zstd",
    "compression_level": 1,
    "use_dictionary": [name for name in MINUTE_SCHEMA.names if name != "minute_utc"],
    "column_encoding": {"minute_utc": "DELTA_BINARY_PACKED"},
}


@dataclass(frozen=True)
class _User:
    """All that goes into the exports of one device user."""

    name: str
    first_name: str
    moved: np.datetime64
    days: WearDays
    devices: Devices
    fetched: Fetched | None


def write_exports(site: Path, cohort: Cohort, streams: Streams) -> tuple[dict[str, int], int]:
    """Write the exports, and the truth by minute where minutes are wanted, into a site's folder.

    Returns:
        The number of users by the vendor they began with, loans aside, and of rows of minutes.
    """
    rng = streams.of("exports")
    rows = 0
    with _minute_key(site, cohort, streams) as key:
        for user in _users(cohort, streams):
            _write(site / "wearables", user, rng)
            if key is not None and user.fetched is not None:
                table = minute_rows(user.name, user.fetched.minutes)
                key.write_table(table)
                rows += table.num_rows
    vendor = cohort.wearers.vendor[cohort.wearers.lender < 0]
    return {name: int((vendor == name).sum()) for name in VENDORS}, rows


def _minute_key(
    site: Path, cohort: Cohort, streams: Streams
) -> AbstractContextManager[pq.ParquetWriter | None]:
    """Open the truth by minute for writing, where minutes are wanted."""
    if not cohort.by_minute:
        return nullcontext()
    path = part_path(site / "truth", "wear_minutes", streams)
    writer: AbstractContextManager[pq.ParquetWriter] = pq.ParquetWriter(
        path, MINUTE_SCHEMA, **MINUTE_PACKING
    )
    return writer


def _users(cohort: Cohort, streams: Streams) -> Iterator[_User]:
    """Yield each device user with the days since the device came."""
    wearers, days, devices = cohort.wearers, cohort.days, cohort.devices
    edges = np.searchsorted(days.user, np.arange(len(wearers) + 1)).tolist()
    rng = streams.of("minutes")
    for number in range(len(wearers)):
        own = days.take(slice(edges[number], edges[number + 1]))
        own = own.take(own.reason != Reason.NOT_ENROLLED)
        yield _User(
            name=str(wearers.device_user_id[number]),
            first_name=str(cohort.everybody.first[wearers.identity[number]]),
            moved=wearers.moved[number],
            days=own,
            devices=devices.take(devices.user == number),
            fetched=unfold(own.take(own.fine), rng) if cohort.by_minute else None,
        )


def _write(folder: Path, user: _User, rng: np.random.Generator) -> None:
    """Write the user's exports: two vendors' for those whose data moved."""
    for vendor in np.unique(user.days.vendor.astype(str)).tolist():
        suffix, content = _export(vendor, user, rng)
        (folder / vendor / f"{user.name}.{suffix}").write_bytes(content)


def _export(vendor: str, user: _User, rng: np.random.Generator) -> tuple[str, bytes]:
    """Return the ending of the file's name, and its content."""
    if vendor == APPLE:
        return "xml", apple_export(user.days, user.first_name, user.fetched, rng)
    days, fetched = user.days, user.fetched
    mask = _held_by(vendor, days, user.moved)
    if fetched is not None:
        fetched = fetched.where(_held_by(vendor, fetched.days, user.moved))
    if vendor == FITBIT:
        archive = fitbit_archive(days.take(mask), user.devices, user.moved, fetched, rng)
        return "zip", archive
    if fetched is None:
        return "json", google_payload(days.take(mask), user.devices)
    return "zip", google_archive(days.take(mask), user.devices, fetched)


def _held_by(vendor: str, days: WearDays, moved: np.datetime64) -> Array:
    """Return a mask of the vendor's days; Fitbit holds the day of the move too."""
    mask: Array = days.vendor == vendor
    return mask | (days.day == moved) if vendor == FITBIT else mask
