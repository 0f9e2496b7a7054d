"""Google Health and Fitbit payloads to records, and what is refused."""

from __future__ import annotations

import json
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from ehrkit.core.errors import DataError, UsageError
from tests.wearables.make import read_export

SECRET = "Zebrowski"


def civil(day: int, **time: int) -> dict[str, Any]:
    return {"date": {"year": 2026, "month": 3, "day": day}, "time": time}


ROLLUP = {
    "rollupDataPoints": [
        {"civilStartTime": civil(7), "civilEndTime": civil(8), "steps": {"countSum": "8123"}},
        {"civilStartTime": civil(9), "civilEndTime": civil(10), "steps": {"countSum": "0"}},
        {
            "civilStartTime": civil(10),
            "civilEndTime": civil(10, hours=15),
            "steps": {"countSum": "9"},
        },
    ]
}
POINTS = {
    "dataPoints": [
        {
            "dataSource": {"device": {"displayName": "Pixel Watch", "owner": SECRET}},
            "steps": {
                "interval": {
                    "startTime": "2026-03-08T05:30:00Z",
                    "startUtcOffset": "-21600s",
                    "endTime": "2026-03-08T05:31:00Z",
                    "endUtcOffset": "-21600s",
                },
                "count": "57",
            },
        },
        {
            "sleep": {
                "interval": {
                    "startTime": "2026-03-08T05:00:00Z",
                    "startUtcOffset": "-21600s",
                    "endTime": "2026-03-08T12:00:00Z",
                    "endUtcOffset": "-18000s",
                },
                "summary": {"minutesAsleep": "390"},
            }
        },
        {"dailyRestingHeartRate": {"date": civil(8)["date"], "beatsPerMinute": "58"}},
        {"weight": {"weightGrams": "80000"}},
    ]
}


def google(tmp_path: Path, document: Any) -> Path:
    path = tmp_path / "u-1.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def test_google_roll_ups_keep_true_zeros_gaps_and_the_partial_day(tmp_path: Path) -> None:
    rows, _ = read_export(google(tmp_path, ROLLUP), "google-health")
    assert [(row["start_local"].day, row["value"]) for row in rows] == [(7, 8123), (9, 0), (10, 9)]
    assert {row["zero_semantics"] for row in rows} == {"true_zero"}
    assert {row["device_user_id"] for row in rows} == {"u-1"}
    assert rows[2]["end_local"] == datetime(2026, 3, 10, 15)


def test_google_points_take_the_local_day_from_their_own_offsets(tmp_path: Path) -> None:
    rows, tally = read_export(google(tmp_path, {"steps": [POINTS], "x": ROLLUP}), "google-health")
    steps, sleep, resting = rows[:3]
    assert (steps["start_local"], steps["utc_offset_minutes"]) == (
        datetime(2026, 3, 7, 23, 30),
        -360,
    )
    assert (steps["grain"], steps["value"], steps["source"]) == ("minute", 57, "watch-1")
    assert (sleep["start_local"], sleep["end_local"]) == (
        datetime(2026, 3, 7, 23),
        datetime(2026, 3, 8, 7),
    )
    assert (resting["start_local"].date(), resting["value"]) == (date(2026, 3, 8), 58)
    assert tally["data points of other kinds left out"] == 1
    assert SECRET not in str(rows)


STEP = POINTS["dataPoints"][0]


def changed(**fields: Any) -> dict[str, Any]:
    steps = STEP["steps"]
    inner = {
        key: value for key, value in {**steps["interval"], **fields}.items() if value is not None
    }
    return {"dataPoints": [STEP, {"steps": {**steps, "interval": inner}}]}


@pytest.mark.parametrize(
    ("document", "where"),
    [
        (f'{{"dataPoints": [{SECRET}', "line 1"),
        ({"other": []}, "u-1.json"),
        ({"dataPoints": {}}, "u-1.json"),
        (changed(startUtcOffset=None), "dataPoints[1]"),
        (changed(startUtcOffset=SECRET), "dataPoints[1]"),
        (changed(startTime=SECRET), "dataPoints[1]"),
        ({"dataPoints": [{"steps": {**STEP["steps"], "count": SECRET}}]}, "dataPoints[0].steps"),
        ({"dataPoints": [{"steps": {**STEP["steps"], "count": "-4"}}]}, "dataPoints[0].steps"),
        ({"dataPoints": [{"steps": {**STEP["steps"], "count": "1000001"}}]}, "dataPoints[0].steps"),
        ({"rollupDataPoints": [{"steps": {"countSum": "1"}}]}, "rollupDataPoints[0]"),
        (
            {"rollupDataPoints": [{"civilStartTime": civil(1), "civilEndTime": civil(8)}]},
            "rollupDataPoints[0]",
        ),
    ],
)
def test_malformed_google_documents_are_refused_without_their_values(
    tmp_path: Path, document: Any, where: str
) -> None:
    with pytest.raises(DataError) as caught:
        read_export(google(tmp_path, document), "google-health")
    assert where in (caught.value.where or "")
    assert SECRET not in str(caught.value)


FITBIT = {
    "steps.json": {
        "activities-steps": [
            {"dateTime": "2020-10-07", "value": "1775"},
            {"dateTime": "2020-10-08", "value": "0"},
        ]
    },
    "sedentary.json": {
        "activities-minutesSedentary": [{"dateTime": "2020-10-08", "value": "1440"}]
    },
    "heart.json": {
        "activities-heart": [
            {"dateTime": "2020-10-07", "value": {"restingHeartRate": 61, "heartRateZones": []}},
            {"dateTime": "2020-10-08", "value": {"heartRateZones": []}},
        ]
    },
    "sleep.json": {
        "sleep": [
            {
                "dateOfSleep": "2020-10-08",
                "startTime": "2020-10-07T23:10:00.000",
                "endTime": "2020-10-08T06:40:30.000",
                "minutesAsleep": 411,
                "isMainSleep": True,
            },
            {"dateOfSleep": "2020-10-07", "minutesAsleep": 20},
        ],
        "summary": {"totalMinutesAsleep": 431},
    },
    "intraday.json": {
        "activities-steps": [{"dateTime": "2020-10-09", "value": "11"}],
        "activities-steps-intraday": {
            "dataset": [{"time": "00:00:00", "value": 5}, {"time": "23:59:00", "value": 6}],
            "datasetInterval": 1,
            "datasetType": "minute",
        },
    },
    "2020-10-10.json": {
        "summary": {
            "steps": 10,
            "sedentaryMinutes": 1400,
        }
    },
    "devices.json": [{"deviceVersion": "Charge 4", "lastSyncTime": "2020-10-11T07:00:00.000"}],
    "profile.json": {"user": {"fullName": SECRET}},
}


def archive(folder: Path, name: str, documents: dict[str, Any]) -> Path:
    path = folder / f"{name}.zip"
    with zipfile.ZipFile(path, "w") as target:
        for member, document in documents.items():
            target.writestr(f"export/{member}", json.dumps(document))
    return path


def test_a_fitbit_archive_is_read_from_zip_folder_and_folder_of_zips(tmp_path: Path) -> None:
    zipped = archive(tmp_path, "u-2", FITBIT)
    rows, tally = read_export(zipped, "fitbit")
    by_metric: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        entry = (row["start_local"], row["grain"], row["value"])
        by_metric.setdefault(row["metric"], []).append(entry)
    steps = sorted(by_metric["steps"])
    assert [(start.day, grain, value) for start, grain, value in steps] == [
        (7, "day", 1775),
        (8, "day", 0),
        (9, "day", 11),
        (9, "minute", 5),
        (9, "minute", 6),
        (10, "day", 10),
    ]
    assert by_metric["resting_heart_rate"] == [(datetime(2020, 10, 7), "day", 61)]
    assert [entry[2] for entry in by_metric["sleep_minutes"]] == [411, 20]
    assert by_metric["sync"][0][0] == datetime(2020, 10, 11, 7)
    assert {row["zero_semantics"] for row in rows} == {"ambiguous"}
    assert {row["utc_offset_minutes"] for row in rows} == {None}
    assert tally["payloads without a metric that is read"] == 1
    assert SECRET not in str(rows)

    folder = tmp_path / "loose" / "u-2"
    with zipfile.ZipFile(zipped) as found:
        found.extractall(folder)
    assert read_export(folder.parent, "fitbit")[0] == rows
    several = tmp_path / "many"
    several.mkdir()
    archive(several, "u-3", FITBIT)
    archive(several, "u-4", FITBIT)
    users = [row["device_user_id"] for row in read_export(several, "fitbit")[0]]
    assert users == ["u-3"] * len(rows) + ["u-4"] * len(rows)


@pytest.mark.parametrize(
    "document",
    [
        {"activities-steps": [{"dateTime": "2020-10-07", "value": SECRET}]},
        {"activities-steps": [{"dateTime": SECRET, "value": "1"}]},
        {"activities-steps": [{"value": "1"}]},
        {"activities-steps": SECRET},
        {"activities-steps": [], "activities-steps-intraday": {"dataset": []}},
        {"summary": {"steps": 4}},
        {"user": {"fullName": SECRET}},
        [SECRET],
    ],
)
def test_malformed_fitbit_payloads_are_refused_without_their_values(
    tmp_path: Path, document: Any
) -> None:
    with pytest.raises(DataError) as caught:
        read_export(archive(tmp_path, "u-2", {"a.json": document}), "fitbit")
    assert "u-2.zip" in (caught.value.where or "")
    assert SECRET not in str(caught.value)


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    whole = archive(tmp_path, "u-2", FITBIT).read_bytes()
    (tmp_path / "u-2.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match="damaged"):
        read_export(tmp_path / "u-2.zip", "fitbit")


def test_nothing_to_read_and_unknown_vendors_are_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        read_export(tmp_path / "nowhere", "google-health")
    with pytest.raises(UsageError, match="ends in"):
        read_export(tmp_path, "google-health")
    with pytest.raises(UsageError, match="no reader") as caught:
        read_export(tmp_path, "fitbitt")
    assert "fitbit" in (caught.value.hint or "")
