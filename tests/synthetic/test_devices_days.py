"""Days of device users: reasons for non-wear, the course of steps, clocks; and what readers see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pytest

from ehrkit.synthetic.care.truth import Truth, make_truth
from ehrkit.synthetic.clock import utc_offset
from ehrkit.synthetic.devices.activity import holidays
from ehrkit.synthetic.devices.clock import Clock, offset_at
from ehrkit.synthetic.devices.cohort import Cohort, draw_cohort
from ehrkit.synthetic.devices.wearing import Reason
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.spec import Spec
from ehrkit.synthetic.streams import Streams
from ehrkit.wearables.daily import summarise_days
from ehrkit.wearables.records import Tally
from ehrkit.wearables.validity import ValidDay
from ehrkit.wearables.vendors import ingest
from tests.synthetic.conftest import Query

VENDORS = ("google-health", "fitbit", "apple-health")


@pytest.fixture(scope="module")
def drawn() -> tuple[Truth, Cohort]:
    """A study of about 1,800 wearers, truth alone."""
    spec = Spec(12_000, 21, notes=False, device_users=4000, spine_opt_in=0.45)
    truth = make_truth(spec, Streams(21))
    return truth, draw_cohort(truth, Streams(21))


@pytest.fixture(scope="module")
def daily(site: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The daily table that the package's own readers make of the exports, beside the key."""
    readers = [ingest(site / "wearables" / vendor, vendor, Tally()) for vendor in VENDORS]
    table = summarise_days(readers, ValidDay(min_steps=0)).table
    with duckdb.connect() as connection:
        connection.register("daily", table)
        for name in ("wear_days", "wearers"):
            connection.execute(f"CREATE VIEW {name} AS FROM '{site}/truth/{name}.parquet'")
        yield connection


def mean_of(cohort: Cohort, rows: Array) -> Array:
    """Return mean true steps per user over some days, NaN without any."""
    users, days = len(cohort.wearers), cohort.days
    count = np.bincount(days.user[rows], minlength=users)
    total = np.bincount(days.user[rows], days.true_steps[rows], minlength=users)
    return np.divide(total, count, out=np.full(users, np.nan), where=count > 0)


def since_surgery(truth: Truth, cohort: Cohort) -> tuple[Array, Array]:
    """Return days since surgery of each day, and the kind of surgery (-1 without one)."""
    surgery = np.where(cohort.wearers.lender < 0, cohort.wearers.surgery, -1)[cohort.days.user]
    since = (cohort.days.day - truth.surgeries.date[surgery]).astype(int)
    return np.where(surgery >= 0, since, -9999), np.where(
        surgery >= 0, truth.surgeries.kind[surgery], -1
    )


def test_steps_fall_after_lumbar_fusion_as_published(drawn: tuple[Truth, Cohort]) -> None:
    """Stienen 2020 (PMC7080733): -71 % in week 1, -37 % in week 2, -23 % in week 4."""
    truth, cohort = drawn
    since, kind = since_surgery(truth, cohort)
    before = mean_of(cohort, (kind == 0) & (since >= -14) & (since < 0))
    assert (~np.isnan(before)).sum() > 400
    for week, published in ((1, -0.71), (2, -0.37), (4, -0.23)):
        inside = (kind == 0) & (since > 7 * week - 7) & (since <= 7 * week)
        assert np.nanmean(mean_of(cohort, inside) / before) - 1 == pytest.approx(
            published, abs=0.035
        )


def test_people_recover_at_their_own_speed(drawn: tuple[Truth, Cohort]) -> None:
    """Slower with age, severity of the stay and complications; and people differ beyond that."""
    truth, cohort = drawn
    since, kind = since_surgery(truth, cohort)
    before = mean_of(cohort, (kind == 0) & (since >= -14) & (since < 0))
    early = mean_of(cohort, (kind == 0) & (since >= 5) & (since <= 28)) / before
    anchor = cohort.wearers.surgery
    had = np.isin(anchor, truth.complications.surgery[truth.complications.after <= 28])
    age, severity = cohort.wearers.age, truth.surgeries.severity[anchor]
    known = ~np.isnan(early) & ~np.isin(anchor, truth.complications.surgery)
    assert np.nanmean(early[known & (age > 70)]) < np.nanmean(early[known & (age < 55)]) - 0.03
    assert np.nanmean(early[known & (severity > 0)]) < np.nanmean(early[known & (severity == 0)])
    assert np.nanmean(early[had]) < np.nanmean(early[known]) - 0.05
    first, then = (
        mean_of(cohort, (kind == 0) & (since >= low) & (since < low + 8)) / before
        for low in (4, 12)
    )
    alike = known & ~np.isnan(first) & ~np.isnan(then)
    assert np.corrcoef(first[alike], then[alike])[0, 1] > 0.3


def test_most_regain_their_usual_level_by_seven_months(drawn: tuple[Truth, Cohort]) -> None:
    """Usual is what was walked before the decline that begins twelve weeks before surgery."""
    truth, cohort = drawn
    since, kind = since_surgery(truth, cohort)
    usual = mean_of(cohort, (kind >= 0) & (since < -84))
    just_before, month, late = (
        mean_of(cohort, (kind >= 0) & (since >= low) & (since < high)) / usual
        for low, high in ((-14, 0), (25, 35), (195, 230))
    )
    assert (~np.isnan(late)).sum() > 200
    assert np.nanmedian(month) < np.nanmedian(just_before) < 0.85
    assert np.nanmedian(late) > 0.95
    assert (late[~np.isnan(late)] > 0.85).mean() > 0.7


def test_sleep_is_short_and_broken_for_some_weeks_after_surgery(
    drawn: tuple[Truth, Cohort],
) -> None:
    truth, cohort = drawn
    days = cohort.days
    since, kind = since_surgery(truth, cohort)
    slept = (kind >= 0) & (days.sleep_minutes > 0)

    def nights(low: int, high: int) -> tuple[float, float]:
        rows = slept & (since >= low) & (since < high)
        asleep, awake = days.sleep_minutes[rows], days.awake_minutes[rows]
        return float(asleep.mean()), float((awake / (asleep + awake)).mean())

    before, week, month, late = nights(-60, 1), nights(1, 8), nights(22, 36), nights(90, 200)
    assert week[0] < before[0] - 40
    assert week[1] > before[1] + 0.04
    assert week[0] < month[0] < before[0] - 5
    assert late == pytest.approx(before, rel=0.01)


def test_a_decompression_costs_fewer_steps_than_a_fusion(drawn: tuple[Truth, Cohort]) -> None:
    truth, cohort = drawn
    since, kind = since_surgery(truth, cohort)
    loss = []
    for number in (0, 2):
        before = mean_of(cohort, (kind == number) & (since >= -14) & (since < 0))
        after = mean_of(cohort, (kind == number) & (since > 0) & (since <= 28))
        loss.append(1 - np.nanmean(after / before))
    assert loss[1] < loss[0] - 0.08


def test_days_in_hospital_and_the_weeks_after_a_readmission_are_low(
    drawn: tuple[Truth, Cohort],
) -> None:
    truth, cohort = drawn
    days = cohort.days
    since, kind = since_surgery(truth, cohort)
    later = (kind >= 0) & (since >= 14) & (since <= 80)
    inside, outside = later & days.in_hospital, later & ~days.in_hospital
    assert inside.sum() > 60
    assert days.true_steps[inside].mean() < 0.3 * days.true_steps[outside].mean()
    readmitted = np.zeros(len(cohort.wearers), bool)
    readmitted[days.user[later & days.in_hospital]] = True
    before = mean_of(cohort, (kind >= 0) & (since >= -14) & (since < 0))
    late = (kind >= 0) & (since >= 60) & (since <= 90) & ~days.in_hospital
    ratio = mean_of(cohort, late) / before
    assert np.nanmean(ratio[readmitted]) < np.nanmean(ratio[~readmitted]) - 0.05


def test_summer_sundays_and_holidays_differ(drawn: tuple[Truth, Cohort]) -> None:
    _, cohort = drawn
    days = cohort.days
    plain = cohort.wearers.surgery[days.user] < 0
    month = days.day.astype("datetime64[M]").astype(int) % 12 + 1
    weekday = (days.day.astype(int) + 3) % 7
    steps = np.log(np.maximum(days.true_steps, 1))

    def gap(one: Array, other: Array) -> float:
        return float(np.exp(steps[plain & one].mean() - steps[plain & other].mean()))

    assert gap(np.isin(month, (6, 7, 8)), np.isin(month, (12, 1, 2))) == pytest.approx(
        1.12, abs=0.03
    )
    assert gap(weekday == 6, weekday == 2) == pytest.approx(0.87 / 1.03, abs=0.03)
    assert gap(holidays(days.day), weekday == 2) == pytest.approx(0.8 / 1.03, abs=0.05)


def test_the_holidays_of_a_year_are_the_four() -> None:
    year = np.arange(np.datetime64("2024-01-01"), np.datetime64("2025-01-01"))
    found = [str(day) for day in year[holidays(year)]]
    assert found == ["2024-01-01", "2024-07-04", "2024-11-28", "2024-12-25"]


def test_low_days_are_worn_less_with_the_odds_stated(drawn: tuple[Truth, Cohort]) -> None:
    """The odds double with each halving of steps below the usual level."""
    truth, cohort = drawn
    days = cohort.days
    own = cohort.wearers.lender[days.user] < 0
    known = own & np.isin(
        days.reason, (Reason.WORN, Reason.NIGHT, Reason.PARTLY, Reason.INFORMATIVE)
    )
    since, _ = since_surgery(truth, cohort)
    far = known & ((since < -90) | (since > 120))
    usual = np.full(len(cohort.wearers), np.nan)
    for user in np.unique(days.user[far]):
        usual[user] = np.median(days.true_steps[far & (days.user == user)])
    halvings = np.log2(usual[days.user] / np.maximum(days.true_steps, 1))

    def odds(low: float, high: float) -> float:
        rows = known & (halvings >= low) & (halvings < high)
        off = (days.reason[rows] == Reason.INFORMATIVE).sum()
        return float(off / (rows.sum() - off))

    assert odds(2.7, 9) / odds(0.7, 1.3) == pytest.approx(4, rel=0.4)
    assert odds(1.7, 2.3) / odds(0.7, 1.3) == pytest.approx(2, rel=0.35)


def test_thirty_in_a_hundred_days_are_forgotten_in_runs(drawn: tuple[Truth, Cohort]) -> None:
    """0.65 Beta(8, 11.5) + 0.35 Beta(1.5, 14): mean 0.300, median 0.328, last decile from 0.524."""
    _, cohort = drawn
    days = cohort.days
    own = (cohort.wearers.lender[days.user] < 0) & ~np.isin(
        days.reason, (Reason.NOT_ENROLLED, Reason.STOPPED, Reason.DEVICE_LOST)
    )
    off = own & (days.reason == Reason.FORGOT_TO_CHARGE)
    share = np.bincount(days.user[off], minlength=len(cohort.wearers)) / np.maximum(
        np.bincount(days.user[own], minlength=len(cohort.wearers)), 1
    )
    assert off.sum() / own.sum() == pytest.approx(0.30, abs=0.02)
    assert np.quantile(share, 0.9) == pytest.approx(0.524, abs=0.05)
    assert np.median(share) == pytest.approx(0.328, abs=0.05)
    same = days.user[1:] == days.user[:-1]
    again = (off[1:] & off[:-1] & same).sum() / off[:-1].sum()
    assert again == pytest.approx(0.6, abs=0.05), "days off come in runs"


def test_every_reason_occurs_and_agrees_with_worn_minutes(drawn: tuple[Truth, Cohort]) -> None:
    _, cohort = drawn
    days = cohort.days
    assert set(days.reason.tolist()) == set(Reason)
    worn = np.isin(days.reason, (Reason.WORN, Reason.NIGHT, Reason.PARTLY, Reason.LAST_SYNC))
    assert ((days.worn_minutes > 0) == worn).all()
    assert (days.worn_minutes <= days.minutes).all()
    assert (days.recorded_steps <= days.true_steps).all()
    assert days.in_hospital[days.reason == Reason.HOSPITAL].all()


@pytest.mark.parametrize(
    ("day", "minutes"),
    [("2024-03-10", 1380), ("2024-11-03", 1500), ("2024-07-01", 1440), ("2021-11-07", 1500)],
)
def test_days_on_which_clocks_change_have_another_length(
    drawn: tuple[Truth, Cohort], day: str, minutes: int
) -> None:
    _, cohort = drawn
    days = cohort.days
    at_home = cohort.trips.zone[np.minimum(days.user, len(cohort.trips) - 1)] < 0
    found = days.minutes[(days.day == np.datetime64(day)) & at_home]
    assert set(found.tolist()) == {minutes}


def test_home_time_is_that_of_the_zone_database() -> None:
    days = np.arange(np.datetime64("2016-01-01"), np.datetime64("2027-01-01"))
    zone = ZoneInfo("America/New_York")
    for day, offset in zip(days.tolist(), utc_offset(days).tolist(), strict=True):
        shift = datetime(day.year, day.month, day.day, tzinfo=zone).utcoffset()
        assert shift is not None
        assert shift.total_seconds() / 60 == offset


def test_offsets_inside_a_day_change_when_clocks_do() -> None:
    one = np.ones(4, int)
    clock = Clock(-300 * one, 60 * one, -180 * one, (1440 - 60 + 180) * one)
    # 02:00 is minute 120; 18:00 on the wall comes an hour early, at minute 1020.
    assert offset_at(clock, np.array([119, 120, 1019, 1020])).tolist() == [-300, -240, -240, -420]


def test_a_week_away_has_the_offsets_of_its_zone(query: Query) -> None:
    rows = query(
        """SELECT zone, leaves, returns, date, utc_offset_minutes, day_minutes
           FROM truth_trips JOIN truth_wear_days USING (device_user_id)
           WHERE date BETWEEN leaves AND returns + 1 ORDER BY device_user_id, date"""
    )
    assert len({row[0] for row in rows}) >= 5
    lengths: Counter[tuple[str, date]] = Counter()
    for zone, leaves, returns, day, offset, length in rows:
        abroad = leaves < day <= returns
        name = zone if abroad else "America/New_York"
        shift = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(name)).utcoffset()
        assert shift is not None
        assert shift.total_seconds() / 60 == offset, (zone, day)
        lengths[zone, leaves] += length - 1440
    changed = [total for total in lengths.values() if total]
    assert len(changed) < 0.2 * len(lengths), "what is lost on leaving is won on coming back"


def test_the_readers_find_the_recorded_steps_of_every_day(daily: Any) -> None:
    ((compared, wrong, lost),) = daily.execute(
        """SELECT count(*), count(*) FILTER (d.steps <> w.recorded_steps),
                  count(*) FILTER (d.steps IS NULL AND w.recorded_steps > 0)
           FROM wear_days w LEFT JOIN daily d USING (device_user_id, date)
           WHERE w.vendor <> 'apple-health' AND w.worn_minutes > 0"""
    ).fetchall()
    assert compared > 30_000
    assert wrong == 0
    assert lost == 0


def test_the_readers_find_resting_heart_rate_and_sleep_on_the_day_of_waking(daily: Any) -> None:
    ((rates, nights, wrong),) = daily.execute(
        """SELECT count(w.resting_heart_rate), count(w.sleep_minutes), count(*) FILTER (
             d.resting_heart_rate IS DISTINCT FROM w.resting_heart_rate
             OR d.sleep_minutes IS DISTINCT FROM w.sleep_minutes)
           FROM wear_days w JOIN daily d USING (device_user_id, date)
           WHERE w.vendor <> 'apple-health'"""
    ).fetchall()
    assert rates > 30_000
    assert nights > 15_000
    assert wrong == 0


def test_the_readers_see_no_steps_on_unworn_days(daily: Any) -> None:
    rows = daily.execute(
        """SELECT w.vendor, w.reason, coalesce(d.reason, 'absent'), count(*)
           FROM wear_days w LEFT JOIN daily d USING (device_user_id, date)
           JOIN wearers USING (device_user_id)
           WHERE w.vendor <> 'apple-health' AND w.worn_minutes = 0
             AND date IS DISTINCT FROM moved_on GROUP BY ALL"""
    ).fetchall()
    seen = {(vendor, found) for vendor, reason, found, _ in rows if reason != "not-enrolled"}
    assert seen == {("fitbit", "unworn"), ("google-health", "absent")}
    assert {found for *_, reason, found, _ in rows if reason == "not-enrolled"} == {"absent"}


def test_the_last_day_is_partial_for_the_readers(daily: Any) -> None:
    rows = daily.execute(
        """SELECT DISTINCT d.reason FROM wear_days w JOIN daily d USING (device_user_id, date)
           WHERE w.reason = 'last-sync' AND w.vendor <> 'apple-health' AND d.steps > 0"""
    ).fetchall()
    assert rows == [("partial",)]


def test_the_splice_changes_what_a_zero_means(daily: Any) -> None:
    """Before the move an unworn day is a row of zeros; after it, no row at all."""
    rows = daily.execute(
        """SELECT date < moved_on, d.zero_semantics, count(*)
           FROM wearers JOIN wear_days w USING (device_user_id)
           LEFT JOIN daily d USING (device_user_id, date)
           WHERE date <> moved_on AND w.worn_minutes = 0 AND w.reason <> 'not-enrolled'
           GROUP BY ALL"""
    ).fetchall()
    assert {(before, meaning) for before, meaning, _ in rows} == {
        (True, "ambiguous"),
        (False, None),
    }
    assert all(count > 100 for *_, count in rows)
    spliced = daily.execute(
        "SELECT device_user_id FROM daily GROUP BY 1 HAVING bool_or(spliced) ORDER BY 1"
    ).fetchall()
    moved = daily.execute(
        "SELECT device_user_id FROM wearers WHERE moved_on <= last_worn ORDER BY 1"
    ).fetchall()
    assert spliced == moved


def test_the_day_of_the_move_is_read_whole(daily: Any) -> None:
    """The day of the move lies in both exports; the fuller one is taken."""
    rows = daily.execute(
        """SELECT d.vendor, d.steps = w.recorded_steps FROM wearers
           JOIN wear_days w ON w.device_user_id = wearers.device_user_id AND w.date = moved_on
           JOIN daily d ON d.device_user_id = w.device_user_id AND d.date = w.date
           WHERE w.worn_minutes > 0"""
    ).fetchall()
    assert rows
    assert set(rows) == {("google-health", True)}


def test_apple_days_lie_between_what_the_watch_saw_and_what_was_done(daily: Any) -> None:
    ((days, low, high),) = daily.execute(
        """SELECT count(*), count(*) FILTER (d.steps < w.recorded_steps - 2),
                  count(*) FILTER (d.steps > w.true_steps + 2)
           FROM wear_days w JOIN daily d USING (device_user_id, date)
           WHERE w.vendor = 'apple-health' AND w.worn_minutes > 0"""
    ).fetchall()
    assert days > 1000
    assert low + high < 0.02 * days, "only days away from home move between dates"
