"""Apple Health export.xml of one user: phone and watch both count the same steps.

Every time carries the zone of the phone at export, so that an hour may fall on another date
than it had where the wearer was. Source names hold the owner's first name, a curly
apostrophe and a no-break space, as the phone writes them.
"""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

import numpy as np

from ehrkit.synthetic.care.encounters import CALENDAR_DAY
from ehrkit.synthetic.clock import utc_offset
from ehrkit.synthetic.devices.clock import MINUTES, opening
from ehrkit.synthetic.devices.days import WearDays
from ehrkit.synthetic.devices.minutes import MINUTE, WAKES, Fetched
from ehrkit.synthetic.devices.wording import iso
from ehrkit.synthetic.rows import Array

HOURS = np.arange(7, 22)
HOUR_WEIGHTS = np.array([3, 6, 8, 7, 7, 9, 8, 7, 8, 9, 9, 8, 5, 4, 2]) / 100
PHONE_SHARE = 0.65
# The watch writes steps and heart rate every few minutes.
EVERY = 5
QUANTITY = "HKQuantityTypeIdentifier"
STEPS, RESTING, RATE = f"{QUANTITY}StepCount", f"{QUANTITY}RestingHeartRate", f"{QUANTITY}HeartRate"
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


def apple_export(
    days: WearDays, first_name: str, fetched: Fetched | None, rng: np.random.Generator
) -> bytes:
    """Return the export of one user, made on the morning after the last day."""
    watch = quoteattr(f"{first_name}\u2019s Apple\u00a0Watch")
    phone = quoteattr(f"{first_name}\u2019s iPhone")
    after = days.day[-1:] + CALENDAR_DAY
    offset = int(utc_offset(after)[0])
    zone = f" -{-offset // 60:02d}00"
    lines = [HEAD, f' <ExportDate value="{after[0]} 09:00:00{zone}"/>\n', " <Me/>\n"]
    lines += _hourly_steps(days, (watch, phone), fetched is not None, offset, rng)
    if fetched is not None:
        lines += _every_few_minutes(fetched, watch, offset)
    lines += _resting_rates(days, watch, offset)
    lines += _nights(days, watch, offset)
    lines.append("</HealthData>\n")
    return "".join(lines).encode()


def _times(utc: Array, offset: int) -> list[str]:
    """Return UTC instants as the phone's wall clock at export."""
    zone = f" -{-offset // 60:02d}00"
    return [text.replace("T", " ") + zone for text in iso(utc + offset * MINUTE)]


def _records(
    kind: str, source: str, unit: str, times: tuple[Array, Array], values: Array, offset: int
) -> list[str]:
    head = f' <Record type="{kind}" sourceName={source} unit="{unit}" startDate="'
    starts, ends = (_times(column, offset) for column in times)
    return [
        f'{head}{start}" endDate="{end}" value="{value}"/>\n'
        for start, end, value in zip(starts, ends, values.tolist(), strict=True)
    ]


def _hourly_steps(
    days: WearDays, sources: tuple[str, str], finer: bool, offset: int, rng: np.random.Generator
) -> list[str]:
    """Return hourly steps: the watch while worn, the phone whenever it was carried.

    `finer` leaves out the watch on days for which there are minutes.
    """
    share = rng.dirichlet(HOUR_WEIGHTS * 60, len(days))
    carried = rng.random(share.shape) < PHONE_SHARE
    caught = rng.uniform(0.75, 1.0, share.shape)
    on_wrist = _hourly(days.recorded_steps, share)
    if finer:
        on_wrist[days.fine] = 0
    in_pocket = (_hourly(days.true_steps, share) * carried * caught).astype(int)
    opens, scale = opening(days.day, days.clock()), days.minutes / MINUTES
    lines = []
    for source, counts in zip(sources, (on_wrist, in_pocket), strict=True):
        row, column = np.nonzero(counts)
        minute = (HOURS[column] * 60 * scale[row]).astype(np.int64)
        start = opens[row] + minute * MINUTE
        end = start + (59 * scale[row]).astype(np.int64) * MINUTE
        lines += _records(STEPS, source, "count", (start, end), counts[row, column], offset)
    return lines


def _hourly(steps: Array, share: Array) -> Array:
    """Split daily steps over hours so that they still add up."""
    whole = np.floor(np.cumsum(share, axis=1) * steps[:, None] + 1e-6).astype(int)
    whole[:, -1] = steps
    return np.diff(whole, axis=1, prepend=0)


def _every_few_minutes(fetched: Fetched, watch: str, offset: int) -> list[str]:
    """Return sums of steps and a heart rate for every five worn minutes."""
    worn = fetched.minutes.take(fetched.minutes.worn)
    slot = worn.place * MINUTES + worn.start.astype(np.int64) // (60 * EVERY)
    first = np.flatnonzero(np.diff(slot, prepend=-1) != 0)
    if not len(first):
        return []
    steps = np.add.reduceat(worn.recorded_steps, first)
    start = worn.start[first]
    last = worn.start[np.r_[first[1:], len(slot)] - 1] + MINUTE
    some = steps > 0
    lines = _records(STEPS, watch, "count", (start[some], last[some]), steps[some], offset)
    return lines + _records(RATE, watch, "count/min", (start, start), worn.rate[first], offset)


def _resting_rates(days: WearDays, watch: str, offset: int) -> list[str]:
    """Return a resting heart rate per measured day, with metadata inside the record."""
    rated = days.take(days.resting_heart_rate > 0)
    start = opening(rated.day, rated.clock()) + 300 * MINUTE
    end = start + 600 * MINUTE
    records = _records(RESTING, watch, "count/min", (start, end), rated.resting_heart_rate, offset)
    entry = '>\n  <MetadataEntry key="HKMetadataKeyHeartRateMotionContext" value="1"/>\n </Record>'
    return [record.replace("/>", entry) for record in records]


def _nights(days: WearDays, watch: str, offset: int) -> list[str]:
    """Return one sleep per measured night, which ends at 06:45 where the wearer was."""
    slept = days.take(days.sleep_minutes > 0)
    end = opening(slept.day, slept.clock()) + (WAKES - slept.saving) * MINUTE
    starts, ends = _times(end - slept.sleep_minutes * MINUTE, offset), _times(end, offset)
    return [
        f' <Record type="{SLEEP}" sourceName={watch} startDate="{start}" endDate="{end}" '
        f'value="HKCategoryValueSleepAnalysisAsleepUnspecified"/>\n'
        for start, end in zip(starts, ends, strict=True)
    ]
