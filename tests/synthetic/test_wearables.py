"""Device exports: they parse with the standard library and hold what the truth says."""

from __future__ import annotations

import csv
import json
import zipfile
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest

from tests.synthetic.conftest import Query

Days = dict[str, dict[str, tuple[int, int, int]]]


@pytest.fixture(scope="session")
def truth(site: Path) -> Days:
    """Per user and date: true steps, recorded steps, worn minutes."""
    days: Days = defaultdict(dict)
    for row in pq.read_table(site / "truth" / "wear_days.parquet").to_pylist():
        found = (row["true_steps"], row["recorded_steps"], row["worn_minutes"])
        days[row["device_user_id"]][str(row["date"])] = found
    return days


@pytest.fixture(scope="session")
def profiles(site: Path) -> list[dict[str, str]]:
    with (site / "wearables" / "profiles.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def exports(site: Path, vendor: str) -> list[Path]:
    return sorted((site / "wearables" / vendor).iterdir())


def test_every_profile_has_one_export_of_its_vendor(
    site: Path, profiles: list[dict[str, str]], truth: Days
) -> None:
    found = {
        (path.stem, vendor)
        for vendor in ("google-health", "fitbit", "apple-health")
        for path in exports(site, vendor)
    }
    assert found == {(row["device_user_id"], row["vendor"]) for row in profiles}
    assert {user for user, _ in found} == set(truth)
    assert 0 < len(exports(site, "apple-health")) < 20
    size = sum(path.stat().st_size for path in (site / "wearables").rglob("*") if path.is_file())
    assert size < 60e6


def test_google_rollups_leave_unworn_days_out(site: Path, truth: Days) -> None:
    for path in exports(site, "google-health"):
        document = json.loads(path.read_bytes())
        points = {}
        for point in document["steps"]["rollupDataPoints"]:
            start, end = (
                date(**point[name]["date"]) for name in ("civilStartTime", "civilEndTime")
            )
            assert end == start + timedelta(days=1)
            points[str(start)] = int(point["steps"]["countSum"])
        worn = {day: steps for day, (_, steps, minutes) in truth[path.stem].items() if minutes}
        assert points == worn


def test_google_sleep_carries_both_offsets(site: Path) -> None:
    offsets = set()
    for path in exports(site, "google-health")[:10]:
        for point in json.loads(path.read_bytes())["sleep"]["dataPoints"]:
            interval = point["sleep"]["interval"]
            assert interval["startTime"] < interval["endTime"]
            offsets |= {interval["startUtcOffset"], interval["endUtcOffset"]}
    assert offsets == {"-14400s", "-18000s"}


def test_fitbit_archives_show_zeros_on_unworn_days(site: Path, truth: Days) -> None:
    for path in exports(site, "fitbit"):
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            read = {name: json.loads(archive.read(name)) for name in archive.namelist()}
        steps = read["activities-steps.json"]["activities-steps"]
        assert all(isinstance(row["value"], str) for row in steps)
        days = truth[path.stem]
        assert {row["dateTime"]: int(row["value"]) for row in steps} == {
            day: recorded for day, (_, recorded, _) in days.items()
        }
        levels = [
            read[f"activities-minutes{level}.json"][f"activities-minutes{level}"]
            for level in ("Sedentary", "LightlyActive", "FairlyActive", "VeryActive")
        ]
        for rows in zip(*levels, strict=True):
            assert sum(int(row["value"]) for row in rows) == 1440
            if days[rows[0]["dateTime"]][2] == 0:
                assert rows[0]["value"] == "1440"
        rates = {
            row["dateTime"]: "restingHeartRate" in row["value"]
            for row in read["activities-heart.json"]["activities-heart"]
        }
        assert not any(rates[day] for day, (_, _, minutes) in days.items() if not minutes)
        nights = [log for name in read if name.startswith("sleep-") for log in read[name]["sleep"]]
        assert all(log["endTime"].startswith(log["dateOfSleep"]) for log in nights)


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
        assert dict(by_source[watch]) == {day: r for day, (_, r, _) in days.items() if r}
        assert all(steps <= days[day][0] for day, steps in by_source[phone].items())
        assert by_source[phone].keys() & by_source[watch].keys(), "nothing counts twice"
        assert root.find("Record/MetadataEntry") is not None


def test_about_a_third_of_days_is_not_worn_and_recorded_never_exceeds_true(truth: Days) -> None:
    days = [day for user in truth.values() for day in user.values()]
    unworn = sum(minutes == 0 for _, _, minutes in days) / len(days)
    assert 0.22 < unworn < 0.40
    assert all(recorded <= true for true, recorded, _ in days)
    assert all(recorded == 0 for _, recorded, minutes in days if not minutes)
    assert all(recorded == true for true, recorded, minutes in days if minutes >= 840)


def test_steps_fall_after_surgery_as_published(query: Query, site: Path, truth: Days) -> None:
    """Stienen 2020 (PMC7080733): -71 % in week 1, -37 % in week 2, -23 % in week 4."""
    pairs = [line.split(",") for line in (site / "truth" / "links.csv").read_text().split()[1:]]
    dates = dict(
        query(
            "SELECT person_id, min(procedure_date) FROM truth_surgeries WHERE performed AND "
            "kind = 'lumbar-fusion' AND procedure_date >= DATE '2018-06-01' GROUP BY 1"
        )
    )
    weeks: dict[int, list[float]] = defaultdict(list)
    for person, user in pairs:
        if person not in dates:
            continue
        before = _mean(truth[user], dates[person], -14, -1)
        for week in (1, 2, 4):
            weeks[week].append(_mean(truth[user], dates[person], 7 * week - 6, 7 * week) / before)
    change = {week: sum(values) / len(values) - 1 for week, values in weeks.items()}
    assert len(weeks[1]) > 40
    assert change[1] == pytest.approx(-0.71, abs=0.06)
    assert change[2] == pytest.approx(-0.37, abs=0.07)
    assert change[4] == pytest.approx(-0.23, abs=0.07)


def _mean(days: dict[str, tuple[int, int, int]], anchor: date, first: int, last: int) -> float:
    found = [
        days[str(anchor + timedelta(days=offset))][0]
        for offset in range(first, last + 1)
        if str(anchor + timedelta(days=offset)) in days
    ]
    return sum(found) / len(found)


def test_the_young_opt_in_more_often(query: Query, site: Path) -> None:
    users = {line.split(",")[0] for line in (site / "truth" / "links.csv").read_text().split()}
    people = query(
        "SELECT p.person_id, date_diff('year', p.birth_date, min(s.procedure_date)) "
        "FROM truth_persons AS p JOIN truth_surgeries AS s USING (person_id) "
        "WHERE s.kind = 'lumbar-fusion' GROUP BY p.person_id, p.birth_date"
    )
    ages = [
        [age for person, age in people if (person in users) is joined] for joined in (True, False)
    ]
    share = len(ages[0]) / len(people)
    assert 0.2 < share < 0.36
    assert sum(ages[0]) / len(ages[0]) < sum(ages[1]) / len(ages[1]) - 2


# Agreement of true pairs, null counting as disagreement: reference/linkage.md, 4.1.
AGREEMENT = {
    "first_name": 0.846, "last_name": 0.859, "birth_date": 0.924, "sex": 0.959, "zip": 0.779,
    "address": 0.618, "phone": 0.490, "email": 0.371,
}  # fmt: skip


@pytest.mark.parametrize("column", sorted(AGREEMENT))
def test_profiles_agree_with_the_chart_about_as_often_as_published(
    query: Query, site: Path, profiles: list[dict[str, str]], column: str
) -> None:
    chart = {
        row[0]: dict(zip(AGREEMENT, row[1:], strict=True))
        for row in query(
            "SELECT PAT_ID, PAT_FIRST_NAME, PAT_LAST_NAME, strftime(BIRTH_DATE, '%Y-%m-%d'), "
            "lower(z.NAME), substr(ZIP, 1, 5), ADD_LINE_1, HOME_PHONE, EMAIL_ADDRESS FROM PATIENT "
            "LEFT JOIN ZC_SEX AS z ON z.RCPT_MEM_SEX_C = SEX_C"
        )
    }
    by_user = {row["device_user_id"]: row for row in profiles}
    pairs = [line.split(",") for line in (site / "truth" / "links.csv").read_text().split()[1:]]
    agree = sum(
        _plain(by_user[user][column], column) == _plain(chart[person][column], column) != ""
        for person, user in pairs
    )
    assert agree / len(pairs) == pytest.approx(AGREEMENT[column], abs=0.11)


def _plain(value: str | None, column: str) -> str:
    text = value or ""
    return "".join(sign for sign in text if sign.isdigit()) if column == "phone" else text.lower()
