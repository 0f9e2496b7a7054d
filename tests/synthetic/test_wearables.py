"""Device exports: they parse with the standard library and hold what the truth says."""

from __future__ import annotations

import csv
import json
import zipfile
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest


class Day(NamedTuple):
    """What is true of one user's day."""

    true: int
    recorded: int
    worn: int
    reason: str
    vendor: str
    twice: bool


Days = dict[str, dict[str, Day]]


@pytest.fixture(scope="session")
def truth(site: Path) -> Days:
    """Per user and date, from the day on which the device came."""
    days: Days = defaultdict(dict)
    names = ("true_steps", "recorded_steps", "worn_minutes", "reason", "vendor", "sent_twice")
    for row in pq.read_table(site / "truth" / "wear_days.parquet").to_pylist():
        if row["reason"] != "not-enrolled":
            days[row["device_user_id"]][str(row["date"])] = Day(*(row[name] for name in names))
    return days


@pytest.fixture(scope="session")
def moved(site: Path) -> dict[str, str]:
    """Users whose data moved from Fitbit to Google, and the day of the move."""
    rows = pq.read_table(site / "truth" / "wearers.parquet").to_pylist()
    return {row["device_user_id"]: str(row["moved_on"]) for row in rows if row["moved_on"]}


@pytest.fixture(scope="session")
def profiles(site: Path) -> list[dict[str, str]]:
    with (site / "wearables" / "profiles.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def exports(site: Path, vendor: str) -> list[Path]:
    return sorted((site / "wearables" / vendor).iterdir())


def test_every_profile_has_an_export_of_its_vendor_and_of_the_next_one(
    site: Path, profiles: list[dict[str, str]], truth: Days, moved: dict[str, str]
) -> None:
    """A loaned device has an export, and no profile: it belongs to the study."""
    rows = pq.read_table(site / "truth" / "wearers.parquet").to_pylist()
    loans = {(row["device_user_id"], row["vendor"]) for row in rows if row["loaned_to_user"]}
    found = {
        (path.stem, vendor)
        for vendor in ("google-health", "fitbit", "apple-health")
        for path in exports(site, vendor)
    }
    first = {(row["device_user_id"], row["vendor"]) for row in profiles}
    assert len(moved) > 5
    assert loans
    assert not loans & first
    assert found == first | loans | {(user, "google-health") for user in moved}
    assert {user for user, _ in found} == set(truth)
    assert 0 < len(exports(site, "apple-health")) < 20
    size = sum(path.stat().st_size for path in (site / "wearables").rglob("*") if path.is_file())
    assert size < 60e6


def test_google_rollups_leave_unworn_days_out(site: Path, truth: Days) -> None:
    for path in exports(site, "google-health"):
        document = json.loads(path.read_bytes())
        points: dict[str, int] = {}
        cut, twice = set(), set()
        for point in document["steps"]["rollupDataPoints"]:
            start, end = (
                date(**point[name]["date"]) for name in ("civilStartTime", "civilEndTime")
            )
            day, steps = str(start), int(point["steps"]["countSum"])
            if "time" in point["civilEndTime"]:
                cut.add(day)
                assert end == start
            else:
                assert end == start + timedelta(days=1)
            twice |= {day} & points.keys()
            points[day] = max(steps, points.get(day, 0))
        own = {d: day for d, day in truth[path.stem].items() if day.vendor == "google-health"}
        assert points == {d: day.recorded for d, day in own.items() if day.worn}
        assert twice == {d for d, day in own.items() if day.twice}
        assert cut == twice | {d for d, day in own.items() if day.reason == "last-sync"}


def test_google_sleep_carries_both_offsets(site: Path) -> None:
    away = {
        row["device_user_id"]: row["zone"]
        for row in pq.read_table(site / "truth" / "trips.parquet").to_pylist()
    }
    seen: set[str] = set()
    elsewhere: set[str] = set()
    for path in exports(site, "google-health"):
        offsets = set()
        for point in json.loads(path.read_bytes())["sleep"]["dataPoints"]:
            interval = point["sleep"]["interval"]
            assert interval["startTime"] < interval["endTime"]
            offsets |= {interval["startUtcOffset"], interval["endUtcOffset"]}
        if offsets - {"-14400s", "-18000s"}:
            elsewhere.add(path.stem)
        seen |= offsets
    assert {"-14400s", "-18000s"} < seen
    assert elsewhere
    assert elsewhere <= away.keys()


def test_fitbit_archives_show_zeros_on_unworn_days(
    site: Path, truth: Days, moved: dict[str, str]
) -> None:
    twice = 0
    for path in exports(site, "fitbit"):
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            read = {name: json.loads(archive.read(name)) for name in archive.namelist()}
        steps = read["activities-steps.json"]["activities-steps"]
        assert all(isinstance(row["value"], str) for row in steps)
        days = {d: day for d, day in truth[path.stem].items() if day.vendor == "fitbit"}
        shown = {row["dateTime"]: int(row["value"]) for row in steps}
        last = moved.get(path.stem)
        if last:
            assert shown.pop(last) == truth[path.stem][last].recorded // 2
        assert shown == {d: day.recorded for d, day in days.items()}
        levels = [
            read[f"activities-minutes{level}.json"][f"activities-minutes{level}"]
            for level in ("Sedentary", "LightlyActive", "FairlyActive", "VeryActive")
        ]
        for rows in zip(*levels, strict=True):
            assert sum(int(row["value"]) for row in rows) == 1440
            if not truth[path.stem][rows[0]["dateTime"]].worn:
                assert rows[0]["value"] == "1440"
        rates = {
            row["dateTime"]: "restingHeartRate" in row["value"]
            for row in read["activities-heart.json"]["activities-heart"]
        }
        assert not any(rates[d] for d, day in days.items() if not day.worn)
        nights = [log for name in read if name.startswith("sleep-") for log in read[name]["sleep"]]
        assert all(log["endTime"].startswith(log["dateOfSleep"]) for log in nights)
        earlier = read.get("activities-steps-fetched-earlier.json")
        if earlier:
            twice += 1
            row = earlier["activities-steps"][-1]
            assert truth[path.stem][row["dateTime"]].twice
            assert int(row["value"]) <= shown.get(row["dateTime"], 10**6)
        assert max(device["lastSyncTime"] for device in read["devices.json"])[:10] <= max(rates)
    assert twice > 20


def test_apple_exports_count_steps_twice(site: Path, truth: Days) -> None:
    for path in exports(site, "apple-health"):
        root = ElementTree.parse(path).getroot()
        by_source: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for record in root.iter("Record"):
            if record.attrib["type"] == "HKQuantityTypeIdentifierStepCount":
                day = record.attrib["startDate"][:10]
                by_source[record.attrib["sourceName"]][day] += int(record.attrib["value"])
        watch = next(name for name in by_source if "Watch" in name)
        phone = next(name for name in by_source if "iPhone" in name)
        assert "\u00a0" in watch
        assert "\u2019" in watch
        days = truth[path.stem]
        assert sum(by_source[watch].values()) == sum(day.recorded for day in days.values())
        wrong = {d for d, day in days.items() if by_source[watch].get(d, 0) != day.recorded}
        assert len(wrong) <= 9, "a week away moves hours to other dates, nothing else does"
        assert by_source[phone].keys() & by_source[watch].keys(), "nothing counts twice"
        assert sum(by_source[phone].values()) < sum(day.true for day in days.values())
        assert root.find("Record/MetadataEntry") is not None
        zones = {record.attrib["startDate"][-5:] for record in root.iter("Record")}
        assert len(zones) == 1, "every time has the zone of the phone at export"


def test_about_a_third_of_days_is_not_worn_and_recorded_never_exceeds_true(truth: Days) -> None:
    days = [day for user in truth.values() for day in user.values()]
    unworn = sum(day.worn == 0 for day in days) / len(days)
    assert 0.22 < unworn < 0.40
    assert all(day.recorded <= day.true for day in days)
    assert all(day.recorded == 0 for day in days if not day.worn)
    assert all(day.recorded == day.true for day in days if day.reason == "worn")


# Agreement of true pairs, null counting as disagreement: reference/linkage.md, 4.1.
AGREEMENT = {
    "first_name": 0.846, "last_name": 0.859, "birth_date": 0.924, "sex": 0.959, "zip": 0.779,
    "address": 0.618, "phone": 0.490, "email": 0.371,
}  # fmt: skip


@pytest.mark.parametrize("column", sorted(AGREEMENT))
def test_profiles_agree_with_the_chart_about_as_often_as_published(
    charted: dict[str, dict[str, Any]], site: Path, profiles: list[dict[str, str]], column: str
) -> None:
    by_user = {row["device_user_id"]: row for row in profiles}
    pairs = [line.split(",") for line in (site / "truth" / "links.csv").read_text().split()[1:]]
    agree = sum(
        _plain(by_user[user][column], column) == _plain(charted[person][column], column) != ""
        for person, user in pairs
    )
    assert agree / len(pairs) == pytest.approx(AGREEMENT[column], abs=0.11)


def _plain(value: str | None, column: str) -> str:
    text = value or ""
    return "".join(sign for sign in text if sign.isdigit()) if column == "phone" else text.lower()
