"""One export per device user, in a folder per vendor."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ehrkit.synthetic.devices.apple import apple_export
from ehrkit.synthetic.devices.days import WearDays
from ehrkit.synthetic.devices.fitbit import fitbit_archive
from ehrkit.synthetic.devices.google import google_payload
from ehrkit.synthetic.devices.wearers import APPLE, FITBIT, GOOGLE, Wearers
from ehrkit.synthetic.people.people import People
from ehrkit.synthetic.streams import Streams

VENDORS = {GOOGLE: "json", FITBIT: "zip", APPLE: "xml"}


def write_exports(
    folder: Path, wearers: Wearers, everybody: People, days: WearDays, streams: Streams
) -> dict[str, int]:
    """Write the exports below `folder`, and return the number of users by vendor."""
    edges = np.searchsorted(days.user, np.arange(len(wearers) + 1))
    rng = streams.of("apple exports")
    for user in range(len(wearers)):
        own = days.take(np.arange(edges[user], edges[user + 1]))
        vendor = str(wearers.vendor[user])
        if vendor == GOOGLE:
            content = google_payload(own)
        elif vendor == FITBIT:
            content = fitbit_archive(own)
        else:
            content = apple_export(own, str(everybody.first[wearers.identity[user]]), rng)
        name = f"{wearers.device_user_id[user]}.{VENDORS[vendor]}"
        (folder / vendor / name).write_bytes(content)
    return {vendor: int((wearers.vendor == vendor).sum()) for vendor in VENDORS}
