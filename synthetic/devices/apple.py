"""Apple Health export.xml of one user: phone and watch both count the same steps.

Every time carries the zone of the phone at export. Source names hold the owner's first
name, a curly apostrophe and a no-break space, as the phone writes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

import numpy as np

from ehrkit.synthetic.care.encounters import CALENDAR_DAY
from ehrkit.synthetic.devices.days import WearDays
from ehrkit.synthetic.rows import Array

HOURS = np.arange(7, 22)
HOUR_WEIGHTS = np.array([3, 6, 8, 7, 7, 9, 8, 7, 8, 9, 9, 8, 5, 4, 2]) / 100
PHONE_SHARE = 0.65
OFFSET = "-0400"
STEPS = "HKQuantityTypeIdentifierStepCount"
RATE = "HKQuantityTypeIdentifierRestingHeartRate"
SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE HealthData [
<!ELEMENT HealthData (ExportDate,Me,Record*)>
<!ATTLIST HealthData locale CDATA #REQUIRED>
<!ELEMENT ExportDate EMPTY>
<!ATTLIST ExportDate value CDATA #REQUIRED>
<!ELEMENT Me EMPTY>
<!ELEMENT Record (MetadataEntry*)>
<!ELEMENT MetadataEntry EMPTY>
]>
<HealthData locale="en_US">
"""


def apple_export(days: WearDays, first_name: str, rng: np.random.Generator) -> bytes:
    """Return the export of one user."""
    watch = quoteattr(f"{first_name}\u2019s Apple\u00a0Watch")
    phone = quoteattr(f"{first_name}\u2019s iPhone")
    last = days.day[-1] + CALENDAR_DAY
    lines = [HEAD, f' <ExportDate value="{last} 09:00:00 {OFFSET}"/>\n', " <Me/>\n"]
    lines += _step_records(days, watch, phone, rng)
    lines += _night_records(days, watch)
    lines.append("</HealthData>\n")
    return "".join(lines).encode()


def _step_records(
    days: WearDays, watch: str, phone: str, rng: np.random.Generator
) -> Iterator[str]:
    """Yield hourly steps: the watch while worn, the phone whenever it was carried."""
    share = rng.dirichlet(HOUR_WEIGHTS * 60, len(days))
    on_wrist = _hourly(days.recorded_steps, share)
    carried = rng.random(share.shape) < PHONE_SHARE
    in_pocket = (
        _hourly(days.true_steps, share) * carried * rng.uniform(0.75, 1.0, share.shape)
    ).astype(int)
    for source, counts in ((phone, in_pocket), (watch, on_wrist)):
        for row, column in zip(*np.nonzero(counts), strict=True):
            day, hour = days.day[row], HOURS[column]
            yield (
                f' <Record type="{STEPS}" sourceName={source} unit="count" '
                f'startDate="{day} {hour:02d}:00:00 {OFFSET}" '
                f'endDate="{day} {hour:02d}:59:00 {OFFSET}" value="{counts[row, column]}"/>\n'
            )


def _hourly(steps: Array, share: Array) -> Array:
    """Split daily steps over hours so that they still add up."""
    whole = np.floor(np.cumsum(share, axis=1) * steps[:, None] + 1e-6).astype(int)
    whole[:, -1] = steps
    return np.diff(whole, axis=1, prepend=0)


def _night_records(days: WearDays, watch: str) -> Iterator[str]:
    """Yield resting heart rate (with metadata) and sleep of worn days."""
    for day, rate, minutes in zip(
        days.day, days.resting_heart_rate.tolist(), days.sleep_minutes.tolist(), strict=True
    ):
        if rate:
            yield (
                f' <Record type="{RATE}" sourceName={watch} unit="count/min" '
                f'startDate="{day} 00:05:00 {OFFSET}" endDate="{day} 23:50:00 {OFFSET}" '
                f'value="{rate}">\n  <MetadataEntry key="HKMetadataKeyHeartRateMotionContext" '
                f'value="1"/>\n </Record>\n'
            )
        if minutes:
            end = day.astype("datetime64[s]") + np.timedelta64(6 * 3600 + 45 * 60, "s")
            begin = str(end - np.timedelta64(60 * minutes, "s")).replace("T", " ")
            yield (
                f' <Record type="{SLEEP}" sourceName={watch} startDate="{begin} {OFFSET}" '
                f'endDate="{str(end).replace("T", " ")} {OFFSET}" '
                f'value="HKCategoryValueSleepAnalysisAsleepUnspecified"/>\n'
            )
