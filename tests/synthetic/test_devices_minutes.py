"""Minutes of steps and heart rate: each vendor's files give back the days of the answer key."""

from __future__ import annotations

import json
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from ehrkit.synthetic.generate import generate
from ehrkit.synthetic.spec import Spec
from ehrkit.wearables.daily import summarise_days
from ehrkit.wearables.records import Tally
from ehrkit.wearables.validity import ValidDay
from ehrkit.wearables.vendors import ingest

SPEC = Spec(
    390, 12, notes=False, minutes=True, lumbar_fusion=0.5, spine_opt_in=0.6, other_opt_in=0.2
)


@pytest.fixture(scope="module")
def fine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("minutes") / "site"
    generate(folder, SPEC)
    return folder


@pytest.fixture(scope="module")
def key(fine: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for path in (fine / "truth").glob("*.parquet"):
            connection.execute(f"CREATE VIEW {path.stem} AS FROM '{path}'")
        yield connection


def users(key: Any, sql: str) -> list[str]:
    return [row[0] for row in key.execute(sql).fetchall()]


def travellers(key: Any, vendor: str, most: int = 3) -> list[str]:
    """Some users who were away while they had this vendor's device on their wrist."""
    return users(
        key,
        f"""SELECT device_user_id FROM trips JOIN wear_days USING (device_user_id)
            WHERE vendor = '{vendor}' AND date IN (leaves, returns) AND worn_minutes > 600
            GROUP BY 1 HAVING count(*) = 2 ORDER BY 1 LIMIT {most}""",
    )


def minute_records(path: Path, vendor: str) -> pa.Table:
    return ingest(path, vendor, Tally()).read_all()


def test_minutes_add_up_to_their_days(key: Any) -> None:
    ((days, wrong),) = key.execute(
        """WITH summed AS (
             SELECT device_user_id, (minute_utc + to_minutes(utc_offset_minutes))::DATE AS date,
                    count(*) AS minutes, sum(true_steps) AS done, sum(recorded_steps) AS seen,
                    sum(worn::INT) AS worn
             FROM wear_minutes GROUP BY ALL)
           SELECT count(*), count(*) FILTER (
             minutes <> day_minutes OR done <> true_steps OR seen <> recorded_steps
             OR worn <> worn_minutes)
           FROM summed FULL JOIN (
             FROM wear_days WHERE minutes_fetched AND reason <> 'not-enrolled'
           ) USING (device_user_id, date)"""
    ).fetchall()
    assert days > 3000
    assert wrong == 0
    ((walking, brisk, impossible),) = key.execute(
        """SELECT count(*) FILTER (true_steps > 0), count(*) FILTER (true_steps > 200),
                  count(*) FILTER (true_steps > 400) FROM wear_minutes"""
    ).fetchall()
    assert impossible == 0
    assert brisk < 1e-4 * walking


def test_off_the_wrist_there_are_no_steps_and_no_heart(key: Any) -> None:
    rows = key.execute(
        """SELECT count(*) FILTER (NOT worn AND (recorded_steps > 0 OR heart_rate IS NOT NULL)),
                  count(*) FILTER (worn AND (recorded_steps <> true_steps OR heart_rate IS NULL)),
                  avg(heart_rate) FILTER (true_steps > 60),
                  avg(heart_rate) FILTER (true_steps = 0)
           FROM wear_minutes"""
    ).fetchall()
    ((off, on, walking, still),) = rows
    assert (off, on) == (0, 0)
    assert walking > still + 20
    ((nights,),) = key.execute(
        """SELECT avg(worn::INT) FROM wear_minutes JOIN wear_days d
             ON d.device_user_id = wear_minutes.device_user_id
            AND d.date = (minute_utc + to_minutes(m_offset))::DATE
           WHERE reason = 'night' AND hour(minute_utc + to_minutes(m_offset)) IN (2, 3)""".replace(
            "m_offset", "wear_minutes.utc_offset_minutes"
        )
    ).fetchall()
    assert nights < 0.02


def test_clocks_and_zones_change_inside_days(key: Any) -> None:
    ((minutes, instants),) = key.execute(
        "SELECT count(*), count(DISTINCT (device_user_id, minute_utc)) FROM wear_minutes"
    ).fetchall()
    assert minutes == instants, "every minute is lived once"
    rows = key.execute(
        """SELECT day_minutes, utc_offset_minutes AS opens, arg_min(m_offset, minute_utc) AS first,
                  arg_max(m_offset, minute_utc) AS last, count(DISTINCT m_offset) AS offsets
           FROM wear_days JOIN (
             SELECT device_user_id, minute_utc, utc_offset_minutes AS m_offset,
                    (minute_utc + to_minutes(m_offset))::DATE AS date FROM wear_minutes)
             USING (device_user_id, date) GROUP BY device_user_id, date, day_minutes, opens"""
    ).fetchall()
    changed = [row for row in rows if row[0] != 1440]
    assert len({length for length, *_ in changed}) > 4
    assert {offsets for *_, offsets in changed} == {2}
    assert {offsets for length, *_, offsets in rows if length == 1440} == {1}
    for length, opens, first, last, _ in rows:
        assert first == opens
        assert last - first == 1440 - length, "clocks jump by what the day lacks"


def test_google_minutes_fall_on_the_local_day_of_travellers(key: Any, fine: Path) -> None:
    chosen = travellers(key, "google-health")
    assert chosen
    by_utc = 0
    for user in chosen:
        path = fine / "wearables" / "google-health" / f"{user}.zip"
        records = minute_records(path, "google-health")
        steps = records.filter(pc.equal(records["metric"], "steps"))
        steps = steps.filter(pc.equal(steps["grain"], "minute"))
        best: dict[Any, float] = {}
        # Two devices of one wearer repeat a minute.
        for row in steps.to_pylist():
            start = row["start_local"], row["utc_offset_minutes"]
            best[start] = max(row["value"], best.get(start, 0))
        local: dict[Any, float] = defaultdict(float)
        utc: dict[Any, float] = defaultdict(float)
        for (start, offset), value in best.items():
            local[start.date()] += value
            utc[(start - timedelta(minutes=offset)).date()] += value
        truth = dict(
            key.execute(
                """SELECT date, recorded_steps FROM wear_days WHERE device_user_id = ?
                   AND minutes_fetched AND worn_minutes > 0 AND vendor = 'google-health'""",
                [user],
            ).fetchall()
        )
        assert local == truth
        by_utc += sum(utc[day] != steps for day, steps in truth.items())
    assert by_utc > 20, "days by UTC would differ"


def test_daily_totals_that_the_reader_sums_from_minutes_are_those_of_the_key(
    key: Any, fine: Path, tmp_path: Path
) -> None:
    """Fed with minutes of steps alone; a minute that the wall clock shows twice is worn once."""
    for user in travellers(key, "google-health", 2):
        with zipfile.ZipFile(fine / "wearables" / "google-health" / f"{user}.zip") as archive:
            (tmp_path / f"{user}.json").write_bytes(archive.read("steps.json"))
    readers = [ingest(tmp_path, "google-health", Tally())]
    key.register("summed", summarise_days(readers, ValidDay()).table)
    rows = key.execute(
        """SELECT day_length, steps = recorded_steps, wear = worn_minutes
           FROM (SELECT device_user_id, date, steps, wear_minutes AS wear FROM summed)
           JOIN (SELECT *, day_minutes AS day_length FROM wear_days)
             USING (device_user_id, date)"""
    ).fetchall()
    assert len(rows) > 40
    assert all(steps for _, steps, _ in rows)
    assert all(wear for length, _, wear in rows if length <= 1440)
    assert min(length for length, *_ in rows) < 1440 < max(length for length, *_ in rows)


def test_days_with_two_devices_hold_every_minute_twice(key: Any, fine: Path) -> None:
    shared = key.execute(
        """SELECT device_user_id, w.date::TEXT, w.worn_minutes FROM devices new
           JOIN devices old USING (device_user_id) JOIN wear_days w USING (device_user_id)
           WHERE new.origin = 'upgrade' AND old.origin <> 'upgrade' AND minutes_fetched
             AND w.date BETWEEN new.first_day AND old.last_day
             AND vendor = 'google-health' AND worn_minutes > 0 ORDER BY ALL LIMIT 2"""
    ).fetchall()
    assert shared
    for user, day, worn in shared:
        with zipfile.ZipFile(fine / "wearables" / "google-health" / f"{user}.zip") as archive:
            points = json.loads(archive.read("steps.json"))["dataPoints"]
        of_day: dict[str, list[str]] = defaultdict(list)
        for point in points:
            interval = point["steps"]["interval"]
            hours = int(interval["startUtcOffset"].removesuffix("s")) / 3600
            start = datetime.fromisoformat(interval["startTime"]) + timedelta(hours=hours)
            if str(start.date()) == day:
                device = point["dataSource"]["device"]["displayName"]
                of_day[interval["startTime"]].append(device)
        assert len(of_day) == worn
        assert all(len(set(devices)) == 2 for devices in of_day.values())


def test_the_reader_sees_the_length_of_days_and_the_minutes_of_wear(key: Any, fine: Path) -> None:
    chosen = travellers(key, "google-health", 4)
    readers = [
        ingest(fine / "wearables" / "google-health" / f"{user}.zip", "google-health", Tally())
        for user in chosen
    ]
    key.register("seen", summarise_days(readers, ValidDay()).table)
    rows = key.execute(
        """SELECT d.day_minutes, seen.day_minutes, worn_minutes, wear_minutes, lag(d.worn_minutes)
             OVER (PARTITION BY device_user_id ORDER BY date) AS before, d.reason
           FROM wear_days d JOIN seen USING (device_user_id, date)
           WHERE minutes_fetched AND worn_minutes > 0"""
    ).fetchall()
    full = [row for row in rows if row[2] > 1200 and (row[4] or 0) > 1200 and row[5] == "worn"]
    assert len(full) > 15
    right = sum(truth == found for truth, found, *_ in full)
    assert right > 0.93 * len(full)
    assert {truth for truth, *_ in full} > {1440}
    # A heart rate stands for its quarter of an hour, so a stretch may gain one at each end;
    # an hour that came twice on the wall clock counts once.
    gains = [
        (found - worn, max(length - 1440, 0)) for length, _, worn, found, *_ in rows if worn < 1400
    ]
    assert all(-twice <= gain <= 60 for gain, twice in gains)


def test_fitbit_minutes_have_no_date_and_drift_as_documented(key: Any, fine: Path) -> None:
    exact, gaps = 0, []
    chosen = travellers(key, "fitbit") + users(
        key, "SELECT device_user_id FROM wearers WHERE vendor = 'fitbit' ORDER BY 1 LIMIT 12"
    )
    for user in dict.fromkeys(chosen):
        days = dict(
            key.execute(
                "SELECT date::TEXT, (recorded_steps, worn_minutes, reason, vendor) FROM wear_days "
                "WHERE device_user_id = ? AND minutes_fetched AND reason <> 'not-enrolled'",
                [user],
            ).fetchall()
        )
        with zipfile.ZipFile(fine / "wearables" / "fitbit" / f"{user}.zip") as archive:
            names = {name for name in archive.namelist() if name.startswith("intraday/steps")}
            shown = {name.removeprefix("intraday/steps-").removesuffix(".json") for name in names}
            assert {day for day, truth in days.items() if truth[3] == "fitbit"} <= shown
            for day in shown:
                recorded, worn, reason, vendor = days[day]
                document = json.loads(archive.read(f"intraday/steps-{day}.json"))
                heart = json.loads(archive.read(f"intraday/heart-{day}.json"))
                rows = document["activities-steps-intraday"]["dataset"]
                beats = heart["activities-heart-intraday"]["dataset"]
                assert all(set(row) == {"time", "value"} for row in (*rows, *beats))
                if vendor == "fitbit" and reason != "last-sync":
                    assert len(rows) == 1440
                    total = int(document["activities-steps"][0]["value"])
                    assert total == recorded
                    gap = total - sum(row["value"] for row in rows)
                    assert 0 <= gap <= 0.004 * total + 1
                    exact += gap == 0
                    gaps.append(gap)
                assert not beats if not worn else len(beats) <= worn
    assert len(gaps) > 400
    assert exact / len(gaps) == pytest.approx(0.84, abs=0.12)


def test_fitbit_minutes_read_through_the_reader_give_the_key_by_wall_clock(
    key: Any, fine: Path
) -> None:
    chosen = travellers(key, "fitbit", 2)
    assert chosen
    for user in chosen:
        records = minute_records(fine / "wearables" / "fitbit" / f"{user}.zip", "fitbit")
        minutes = records.filter(pc.equal(records["grain"], "minute"))
        key.register("read", minutes)
        ((compared, wrong),) = key.execute(
            """WITH wall AS (
                 SELECT minute_utc + to_minutes(utc_offset_minutes) AS start_local,
                        sum(recorded_steps) AS steps
                 FROM wear_minutes WHERE device_user_id = ? GROUP BY ALL)
               SELECT count(*), count(*) FILTER (value <> steps)
               FROM read JOIN wall USING (start_local)
               WHERE metric = 'steps' AND start_local < (
                 SELECT coalesce(moved_on, DATE '2030-01-01') FROM wearers
                 WHERE device_user_id = ?)""",
            [user, user],
        ).fetchall()
        assert compared > 30_000
        assert wrong < 0.001 * compared, "minutes that were lost on the way"


def test_apple_records_of_a_few_minutes_add_up(key: Any, fine: Path) -> None:
    paths = sorted((fine / "wearables" / "apple-health").iterdir())
    assert paths
    for path in paths[:3]:
        total = beats = 0
        for record in ElementTree.parse(path).getroot().iter("Record"):
            kind, source = record.attrib["type"], record.attrib["sourceName"]
            if kind == "HKQuantityTypeIdentifierStepCount" and "Watch" in source:
                total += int(record.attrib["value"])
            beats += kind == "HKQuantityTypeIdentifierHeartRate"
        ((recorded, worn),) = key.execute(
            "SELECT sum(recorded_steps), sum(worn_minutes) FILTER (minutes_fetched) "
            "FROM wear_days WHERE device_user_id = ?",
            [path.stem],
        ).fetchall()
        assert total == recorded
        assert worn / 5 <= beats <= worn / 4


def test_the_minutes_of_a_seed_are_always_the_same(tmp_path: Path) -> None:
    spec = Spec(18, 6, block=9, notes=False, minutes=True, lumbar_fusion=0.6, spine_opt_in=0.6)
    made = [generate(tmp_path / str(jobs), spec, jobs=jobs) for jobs in (1, 2)]
    assert made[0].truth_rows["wear_minutes"] == made[1].truth_rows["wear_minutes"] > 50_000
    for name in ("truth/wear_minutes.parquet", "wearables"):
        parts = [
            {p.name: p.read_bytes() for p in (tmp_path / jobs / name).rglob("*") if p.is_file()}
            for jobs in ("1", "2")
        ]
        assert parts[0] == parts[1]
        assert len(parts[0]) > 1
