"""Apple Health exports: sources apart, broken DOCTYPE survived, sleep joined, little memory."""

from __future__ import annotations

import tracemalloc
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from ehrkit.core.errors import DataError
from ehrkit.wearables.records import Tally
from ehrkit.wearables.vendors import apple_health
from tests.wearables.make import read_export

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
BROKEN_DOCTYPE = """<!DOCTYPE HealthData [
<!-- HealthKit Export Version: 12 -->
<!ELEMENT HealthData (ExportDate,Me,(Record|Correlation)*)>
<!ATTLIST Record
  type CDATA #REQUIRED
  <!-- an attribute list that is never closed
<!ELEMENT Correlation ((MetadataEntry|Record)*)>>
]>
"""
PHONE = "Zebrowski\u2019s\u00a0iPhone"
WATCH = "Zebrowski\u2019s\u00a0Apple\u00a0Watch"


def entry(kind: str, start: str, end: str, value: str = "", source: str = WATCH) -> str:
    shown = f' value="{value}"' if value else ""
    return (
        f'<Record type="{kind}" sourceName="{source}" unit="x" creationDate="{end} -0500"'
        f' startDate="{start} -0500" endDate="{end} -0500"{shown}>'
        '<MetadataEntry key="a" value="b"/></Record>\n'
    )


STEPS = "HKQuantityTypeIdentifierStepCount"
SLEEP = "HKCategoryTypeIdentifierSleepAnalysis"
ASLEEP = "HKCategoryValueSleepAnalysisAsleepCore"
DAY = "2023-03-07"
RECORDS = (
    entry(STEPS, f"{DAY} 09:00:00", f"{DAY} 09:10:00", "812", PHONE)
    + entry(STEPS, f"{DAY} 09:00:00", f"{DAY} 09:10:00", "800")
    + "<Correlation type='c'>"
    + entry(STEPS, f"{DAY} 10:00:00", f"{DAY} 10:10:00", "5")
    + "</Correlation>"
    + entry("HKQuantityTypeIdentifierBodyMass", f"{DAY} 10:00:00", f"{DAY} 10:00:00", "80\x0b")
    + entry("HKQuantityTypeIdentifierRestingHeartRate", f"{DAY} 00:00:00", f"{DAY} 23:00:00", "58")
    + entry(SLEEP, f"{DAY} 22:30:00", f"{DAY} 23:30:00", ASLEEP)
    + entry(SLEEP, f"{DAY} 23:20:00", "2023-03-08 01:00:00", ASLEEP)
    + entry(
        SLEEP, "2023-03-08 01:00:00", "2023-03-08 01:40:00", "HKCategoryValueSleepAnalysisAwake"
    )
    + entry(SLEEP, "2023-03-08 01:40:00", "2023-03-08 06:00:00", ASLEEP)
    + entry(SLEEP, "2023-03-08 13:00:00", "2023-03-08 13:30:00", ASLEEP)
    + entry(
        SLEEP, f"{DAY} 22:00:00", "2023-03-08 06:30:00", "HKCategoryValueSleepAnalysisInBed", PHONE
    )
)
EXPORT = (
    f'{HEAD}{BROKEN_DOCTYPE}<HealthData locale="en_US">\n'
    f'<ExportDate value="2023-03-09 08:00:00 -0500"/>\n{RECORDS}</HealthData>\n'
)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "u-9.xml"
    path.write_text(EXPORT, encoding="utf-8")
    return path


def test_phone_and_watch_are_kept_apart_and_their_owners_name_is_not(export: Path) -> None:
    rows, tally = read_export(export, "apple-health")
    steps = [row for row in rows if row["metric"] == "steps"]
    assert [(row["source"], row["value"]) for row in steps] == [("phone-1", 812), ("watch-1", 800)]
    assert steps[0]["utc_offset_minutes"] == -300
    assert steps[0]["start_local"] == datetime(2023, 3, 7, 9)
    assert {row["device_user_id"] for row in rows} == {"u-9"}
    assert tally["records of other types left out"] == 1
    assert "Zebrowski" not in str(rows)


def test_the_stages_of_a_night_are_one_sleep_that_ends_on_its_wake_date(export: Path) -> None:
    rows, _ = read_export(export, "apple-health")
    nights = [row for row in rows if row["metric"] == "sleep_minutes"]
    assert [(row["end_local"], row["value"]) for row in nights] == [
        (datetime(2023, 3, 8, 6), 150 + 260),
        (datetime(2023, 3, 8, 13, 30), 30),
    ]


def test_the_export_date_and_resting_rate_are_read(export: Path) -> None:
    found = {row["metric"]: row for row in read_export(export, "apple-health")[0]}
    assert found["sync"]["start_local"] == datetime(2023, 3, 9, 8)
    assert found["resting_heart_rate"]["value"] == 58
    assert found["resting_heart_rate"]["start_local"] == datetime(2023, 3, 7)


def test_an_export_zip_is_read_and_the_cda_file_passed_over(export: Path, tmp_path: Path) -> None:
    zipped = tmp_path / "zips" / "u-9.zip"
    zipped.parent.mkdir()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("apple_health_export/export.xml", EXPORT)
        archive.writestr("apple_health_export/export_cda.xml", "<a/><b/>")
    rows = read_export(zipped.parent, "apple-health")[0]
    assert rows == read_export(export, "apple-health")[0]


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('value="812"', 'value="Zebrowski"', "line 12"),
        (f"{DAY} 09:00:00 -0500", "Zebrowski", "line 12"),
        ("-0500", "", "line 11"),
        ("</HealthData>", "", "line"),
        ("<HealthData", "<Zebrowski", "u-9.xml"),
        ("unit=", "Zebrowski", "line 12"),
    ],
)
def test_malformed_exports_are_refused_with_their_line_and_no_value(
    export: Path, old: str, new: str, where: str
) -> None:
    export.write_text(EXPORT.replace(old, new), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_export(export, "apple-health")
    assert where in (caught.value.where or "")
    assert "Zebrowski" not in str(caught.value)


def test_entities_cannot_be_declared(export: Path) -> None:
    bomb = '<!DOCTYPE HealthData [<!ENTITY a "812">]>\n'
    export.write_text(
        EXPORT.replace(BROKEN_DOCTYPE, bomb).replace('value="812"', 'value="&a;"'), encoding="utf-8"
    )
    with pytest.raises(DataError, match="well-formed"):
        read_export(export, "apple-health")


def test_memory_does_not_grow_with_the_export(tmp_path: Path) -> None:
    """Three times the records, the same peak: nothing is kept but the piece at hand."""
    peaks = []
    for count in (6_000, 18_000):
        path = tmp_path / f"{count}.xml"
        record = entry(STEPS, f"{DAY} 09:00:00", f"{DAY} 09:10:00", "8")
        path.write_text(f"{HEAD}<HealthData>{record * count}</HealthData>", encoding="utf-8")
        tracemalloc.start()
        rows = sum(1 for _ in apple_health.read(path, Tally()))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert rows == count
    assert peaks[1] < 1.3 * peaks[0]
