"""Fitabase files: date orders, lost AM and PM, duplicates; and the real export of 33 people."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from ehrkit.core.errors import DataError
from ehrkit.wearables.daily import summarise_days
from ehrkit.wearables.records import Tally
from ehrkit.wearables.validity import ValidDay
from ehrkit.wearables.vendors import ingest
from ehrkit.wearables.vendors.us_dates import DAY_FIRST, MONTH_FIRST, find_orders
from tests.wearables.make import read_export

ACTIVITY = (
    "Id,ActivityDate,TotalSteps,VeryActiveMinutes,FairlyActiveMinutes,LightlyActiveMinutes,"
    "SedentaryMinutes"
)
SLEEP = "Id,SleepDay,TotalSleepRecords,TotalMinutesAsleep,TotalTimeInBed"
WIDE = "Id,Date,ActivityHour," + ",".join(f"Steps{minute:02d}" for minute in range(60))


def write(folder: Path, name: str, header: str, rows: list[str]) -> Path:
    path = folder / name
    text = "\n".join([header, *rows, ""])
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text)
    return path


def test_activity_sleep_and_weight_are_told_by_their_headers(tmp_path: Path) -> None:
    write(
        tmp_path, "x.csv.gz", ACTIVITY, ["7,4/13/2016,100,1,2,3,1400", "7,4/14/2016,0,0,0,0,1440"]
    )
    night = "7,4/13/2016 12:00:00 AM,1,400,420"
    write(tmp_path, "y.csv", SLEEP, [night, night, "7,4/14/2016 12:00:00 AM,1,300,320"])
    write(tmp_path, "z.csv", "Id,Date,WeightKg", ["7,4/13/2016 11:59:59 PM,80.5"])
    write(tmp_path, "other.csv", "a,b", ["1,2"])
    rows, tally = read_export(tmp_path, "fitabase")
    found = [(row["metric"], row["start_local"], row["value"]) for row in rows]
    one, two = datetime(2016, 4, 13), datetime(2016, 4, 14)
    assert found == [
        ("steps", one, 100),
        ("sedentary_minutes", one, 1400),
        ("steps", two, 0),
        ("sedentary_minutes", two, 1440),
        ("sleep_minutes", one, 400),
        ("sleep_minutes", two, 300),
        ("weight_kg", datetime(2016, 4, 13, 23, 59, 59), 80.5),
    ]
    assert tally == Counter({"exact duplicate rows dropped": 1, "files of other kinds left out": 1})


def orders(texts: list[str]) -> set[str]:
    rows = ((line, "7", text) for line, text in enumerate(texts, start=2))
    return set(find_orders(rows, "x.csv").orders.values())


def spelled(form: str, days: int, start: date = date(2016, 5, 1)) -> list[str]:
    return [(start + timedelta(days=day)).strftime(form) for day in range(days)]


def test_the_order_is_told_by_a_part_above_twelve_or_by_dates_that_follow_on() -> None:
    assert orders(["4/13/2016"]) == {MONTH_FIRST}
    assert orders(["13/4/2016"]) == {DAY_FIRST}
    assert orders(spelled("%m/%d/%Y", 9)) == {MONTH_FIRST}
    assert orders(spelled("%d/%m/%Y", 9)) == {DAY_FIRST}
    assert orders(["5/5/2016", "5/5/2016"]) == {MONTH_FIRST}
    assert orders(["2016-05-04"]) == {MONTH_FIRST}


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["4/13/2016", "14/4/2016"], "both"),
        (["3/4/2016"], "cannot be told"),
        (["3/4/2016", "4/4/2016"], "cannot be told"),
        ([*spelled("%m/%d/%Y", 12), "13/05/2016"], "swapped"),
        (["Zebrowski"], "not written as one"),
        (["2/30/2016"], "order"),
    ],
)
def test_dates_that_cannot_be_told_are_refused(
    tmp_path: Path, texts: list[str], message: str
) -> None:
    rows = [f"7,{text},100,1,2,3,1400" for text in texts]
    with pytest.raises(DataError, match=message) as caught:
        read_export(write(tmp_path, "x.csv", ACTIVITY, rows), "fitabase")
    assert "x.csv" in (caught.value.where or "")
    assert not any(text in str(caught.value) for text in texts)


def hour(day: str, label: str, steps: int) -> str:
    return f"7,{day},{label}," + ",".join([str(steps), *["0"] * 59])


def test_lost_halves_of_the_day_are_read_off_the_order_of_the_hours(tmp_path: Path) -> None:
    dial = ["12:00:00 PM", *(f"{label}:00:00 AM" for label in range(1, 12))]
    rows = [hour("13-04-2016", label, at) for at, label in enumerate([*dial, *dial])] + [
        hour("14-04-2016", "12:00:00 PM", 99)
    ]
    found, tally = read_export(write(tmp_path, "m.csv", WIDE, rows), "fitabase")
    starts = [row["start_local"] for row in found if row["value"]]
    first = datetime(2016, 4, 13)
    assert starts == [*(first + timedelta(hours=at) for at in range(1, 25))]
    assert tally["hours whose AM or PM was read off their order"] == 25
    assert len(found) == 25 * 60


def test_a_true_noon_stays_noon_where_the_file_keeps_its_halves(tmp_path: Path) -> None:
    rows = [hour("13-04-2016", "12:00:00 PM", 5), hour("13-04-2016", "12:00:00 PM", 5)]
    found, tally = read_export(write(tmp_path, "m.csv", WIDE, rows), "fitabase")
    assert [row["start_local"].hour for row in found if row["value"]] == [12]
    assert tally["exact duplicate rows dropped"] == 1


@pytest.mark.parametrize(
    ("header", "row", "where"),
    [
        (ACTIVITY, "7,4/13/2016,Zebrowski,1,2,3,1400", "line 3, column TotalSteps"),
        (ACTIVITY, "7,4/13/2016,1,2", "line 3"),
        (ACTIVITY, '7,4/13/2016,"1"x,1,2,3,4', "x.csv"),
        (SLEEP, "7,4/13/2016 25:00:00,1,2,3", "line 3"),
        (SLEEP, "7,4/13/2016 12:00:00 AM,1,,3", "column TotalMinutesAsleep"),
        (WIDE, hour("13-04-2016", "1:00:00 AM", 7), "line 3"),
        (WIDE, hour("13-04-2016", "Zebrowski", 7), "line 3"),
    ],
)
def test_malformed_rows_are_refused_with_their_line_and_no_value(
    tmp_path: Path, header: str, row: str, where: str
) -> None:
    good = {
        ACTIVITY: "7,4/13/2016,1,1,2,3,1400",
        SLEEP: "7,4/13/2016 12:00:00 AM,1,2,3",
        WIDE: hour("13-04-2016", "1:00:00 AM", 3),
    }
    path = write(tmp_path, "x.csv", header, [good[header], row])
    with pytest.raises(DataError) as caught:
        read_export(path, "fitabase")
    assert where in (caught.value.where or "")
    assert "Zebrowski" not in str(caught.value)


def test_a_file_of_another_kind_or_cut_short_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no file here"):
        read_export(write(tmp_path, "x.csv", "a,b", ["1,2"]), "fitabase")
    path = write(tmp_path, "x.csv.gz", ACTIVITY, ["7,4/13/2016,100,1,2,3,1400"] * 50)
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(DataError, match="damaged"):
        read_export(path, "fitabase")


@pytest.fixture(scope="module")
def real(shared_data: Path) -> Path:
    folder = shared_data / "fitabase"
    if not folder.is_dir():
        pytest.skip("there is no fitabase folder in the real data")
    return folder


def test_the_real_export_keeps_every_recorded_step_and_flags_unworn_days(real: Path) -> None:
    tally: Tally = Tally()
    result = summarise_days([ingest(real, "fitabase", tally)], ValidDay()).table
    found = {(row["device_user_id"], row["date"]): row for row in result.to_pylist()}
    truth = {}
    with (real / "dailyActivity_merged.csv").open(newline="") as lines:
        for row in csv.DictReader(lines):
            day = datetime.strptime(row["ActivityDate"], "%m/%d/%Y").date()
            truth[row["Id"], day] = (int(row["TotalSteps"]), int(row["SedentaryMinutes"]))
    assert found.keys() == truth.keys()
    assert len({person for person, _ in found}) == 33
    assert sum(row["steps"] or 0 for row in found.values()) == sum(
        steps for steps, _ in truth.values()
    )
    last = {person: max(day for name, day in truth if name == person) for person, _ in truth}
    for (person, day), (steps, sedentary) in truth.items():
        row = found[person, day]
        if sedentary == 1440:
            assert not row["valid"]
            assert row["steps"] == (steps or None)
            assert row["reason"] == "unworn" if not steps else row["reason"] != "valid"
        elif day == last[person]:
            assert row["reason"] == "partial"
        else:
            assert row["steps"] == steps
            assert row["valid"] == (100 <= steps <= 45_000)
    assert Counter(row["reason"] for row in found.values())["unworn"] == 72
    assert tally["exact duplicate rows dropped"] == 3


def test_the_minutes_of_the_resaved_copy_add_up_to_the_vendors_daily_totals(real: Path) -> None:
    """Each minute lands on the right day: most user-days agree with the total to the step."""
    sums: Counter[tuple[str, date]] = Counter()
    for batch in ingest(real / "minuteStepsWide_merged.csv.gz", "fitabase", Tally()):
        days = batch.column("start_local").cast("date32").to_pylist()
        users = batch.column("device_user_id").to_pylist()
        for user, day, value in zip(users, days, batch.column("value").to_pylist(), strict=True):
            sums[user, day] += value
    agree = together = 0
    with (real / "dailyActivity_merged.csv").open(newline="") as lines:
        for row in csv.DictReader(lines):
            day = datetime.strptime(row["ActivityDate"], "%m/%d/%Y").date()
            if (row["Id"], day) in sums:
                together += 1
                agree += sums[row["Id"], day] == int(row["TotalSteps"])
    assert together == 903
    assert agree / together > 0.8
    assert max(day for _, day in sums) == date(2016, 5, 13)
