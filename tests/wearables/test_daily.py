"""Records to days: union of devices, wear, placeholders, the day itself."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from math import floor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ehrkit.core.columns import phi_of
from ehrkit.core.errors import DataError, UsageError
from ehrkit.wearables import minutes
from ehrkit.wearables import records as r
from ehrkit.wearables.daily import daily_schema
from ehrkit.wearables.validity import ValidDay
from tests.wearables.make import MIDNIGHT, days_of, record, total

DAY = MIDNIGHT.date()
LATER = total(5000, DAY + timedelta(days=30))
"""A later day, so that the day under test is not the one of the last sync."""
MINUTE = timedelta(minutes=1)


def first(records: list[r.Record], **options: Any) -> dict[str, Any]:
    return days_of(records, **options)[0]


def minute_truth(
    records: list[r.Record], belief: list[tuple[str, str]]
) -> dict[tuple[date], float]:
    """Give every minute to the best source with data for it, by walking over minutes."""
    per_source: dict[tuple[str, str], dict[datetime, float]] = {}
    for one in records:
        begin = one.start_local.replace(second=0)
        spans = []
        while begin < one.end_local or (
            begin <= one.start_local and one.start_local == one.end_local
        ):
            inside = min(one.end_local, begin + MINUTE) - max(one.start_local, begin)
            length = one.end_local - one.start_local
            spans.append((begin, inside / length if length else 1.0))
            begin += MINUTE
        counts = per_source.setdefault((one.device_user_id, one.source), {})
        for minute, share in spans:
            counts[minute] = counts.get(minute, 0.0) + one.value * share
    result: dict[Any, float] = {}
    for minute in {minute for counts in per_source.values() for minute in counts}:
        best = next(name for name in belief if minute in per_source.get(name, {}))
        day = minute.date()
        result[day] = result.get(day, 0.0) + per_source[best][minute]
    return result


BELIEF = [("dev-1", "watch-1"), ("dev-2", "watch-1"), ("dev-1", "phone-1"), ("dev-2", "phone-1")]
walks = st.builds(
    lambda name, start, length, value: record(
        r.STEPS,
        value,
        MIDNIGHT + timedelta(seconds=start * 20),
        length / 3,
        device=name[0],
        source=name[1],
    ),
    st.sampled_from(BELIEF),
    st.integers(4200, 4500),
    st.integers(0, 90),
    st.integers(0, 200),
)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(walks, min_size=1, max_size=25, unique_by=lambda one: one[:1] + one[2:3] + one[5:7]),
    st.sampled_from([20, 2_000_000]),
)
def test_two_people_with_phones_and_watches_equal_a_loop_over_minutes(
    walked: list[r.Record], chunk: int
) -> None:
    """Nothing counts twice, nothing that only one source saw is lost, midnight divides."""
    others = [one._replace(device_user_id="dev-9", value=7.0) for one in walked]
    people = {"dev-1": "P", "dev-2": "P", "dev-9": "Q"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(minutes, "MINUTES_PER_CHUNK", chunk)
        found = days_of([*walked, *others], people)
    truth = minute_truth(walked, BELIEF)
    steps = {row["date"]: row["steps"] for row in found if row["person_id"] == "P"}
    assert steps.keys() == truth.keys()
    for day, count in steps.items():
        if not truth[day]:
            assert count is None
        else:
            assert count == pytest.approx(truth[day], abs=0.5 + 1e-6)
    assert {row["date"] for row in found if row["person_id"] == "Q"} == truth.keys()


def test_a_watch_goes_before_a_phone_and_neither_sum_nor_maximum_is_taken() -> None:
    walk = MIDNIGHT + timedelta(hours=9)
    records = [
        record(value=100, start=walk, minutes=10, source="watch-1"),
        record(value=130, start=walk, minutes=10, source="phone-1"),
        record(value=40, start=walk + timedelta(hours=1), minutes=4, source="phone-1"),
        LATER._replace(vendor="apple-health", source="watch-1", grain=r.INTERVAL),
    ]
    assert first(records)["steps"] == 140


def test_the_same_record_sent_twice_counts_once() -> None:
    one = record(value=500, minutes=30)
    assert first([one, one, one._replace(value=200)])["steps"] == 500


def test_the_hour_that_the_clock_repeats_in_autumn_counts_twice() -> None:
    """01:10 summer time and 01:10 winter time are an hour apart: no repeat of one record."""
    start = datetime(2024, 11, 3, 1, 10)
    summer = record(value=100, start=start, minutes=10, offset=-240)
    winter = record(value=60, start=start, minutes=10, offset=-300)
    assert first([summer, winter, winter])["steps"] == 160


def test_the_local_day_is_that_of_each_records_own_offset() -> None:
    """23:30 in Chicago is the next day in UTC; the wearer's own clock decides."""
    records = [
        record(value=300, start=datetime(2024, 5, 6, 23, 30), minutes=10, offset=-300),
        record(value=200, start=datetime(2024, 5, 7, 0, 10), minutes=10, offset=120),
    ]
    assert [(row["date"].day, row["steps"]) for row in days_of(records)] == [(6, 300), (7, 200)]


@pytest.mark.parametrize(
    ("day", "before", "after", "length"),
    [((3, 10), -360, -300, 1380), ((11, 3), -300, -360, 1500), ((6, 3), -300, -300, 1440)],
    ids=["spring", "autumn", "summer"],
)
def test_days_on_which_clocks_change_have_their_own_length(
    day: tuple[int, int], before: int, after: int, length: int
) -> None:
    start = datetime(2024, *day)
    records = [
        record(start=start - timedelta(hours=4), offset=before),
        record(start=start + timedelta(hours=9), offset=after),
        record(start=start + timedelta(hours=33), offset=after),
    ]
    assert [row["day_minutes"] for row in days_of(records)] == [1440, length, 1440]


def test_the_length_of_a_day_without_offsets_is_not_known() -> None:
    assert first([record()])["day_minutes"] is None


def test_an_unworn_fitbit_day_is_flagged_with_steps_null() -> None:
    records = [total(0, DAY), total(1440, DAY, r.SEDENTARY), LATER]
    found = first(records)
    assert (found["steps"], found["recorded"], found["valid"]) == (None, False, False)
    assert found["reason"] == "unworn"


def test_a_zero_with_a_heart_rate_stays_a_zero_but_is_not_plausible() -> None:
    found = first([total(0, DAY), total(61, DAY, r.RESTING_HEART_RATE), LATER])
    assert (found["steps"], found["reason"]) == (0, "implausible")
    assert first([total(0, DAY), LATER])["reason"] == "unworn"


def test_a_true_zero_is_kept_and_an_absent_day_stays_absent() -> None:
    fields: dict[str, Any] = {"vendor": "google-health", "zero": r.TRUE_ZERO}
    found = days_of([total(0, DAY, **fields), total(900, DAY + timedelta(days=2), **fields)])
    assert [(row["date"], row["steps"]) for row in found] == [
        (DAY, 0),
        (DAY + timedelta(days=2), 900),
    ]


def test_steps_without_one_active_minute_are_inconsistent() -> None:
    records = [total(9000, DAY), total(1440, DAY, r.SEDENTARY), LATER]
    assert first(records)["reason"] == "inconsistent"


@pytest.mark.parametrize(
    ("steps", "reason"),
    [(99, "implausible"), (100, "valid"), (45_000, "valid"), (45_001, "implausible")],
)
def test_plausible_steps_have_inclusive_bounds(steps: int, reason: str) -> None:
    found = first([total(steps, DAY), LATER])
    assert (found["reason"], found["valid"]) == (reason, reason == "valid")


@pytest.mark.parametrize(("worn", "reason"), [(599, "short-wear"), (600, "valid")])
def test_short_wear_is_told_by_minutes_with_a_heart_rate(worn: int, reason: str) -> None:
    rates = [
        record(r.HEART_RATE, 60, MIDNIGHT + MINUTE * at, vendor="fitbit", source="tracker-1")
        for at in range(worn)
    ]
    found = first([*rates, *rates, total(4000, DAY), LATER])
    assert (found["wear_minutes"], found["reason"]) == (worn, reason)
    assert first([*rates, total(4000, DAY), LATER], rule=ValidDay(9.9))["valid"]


def test_heart_rate_samples_stand_for_their_quarter_of_an_hour() -> None:
    rates = [
        record(r.HEART_RATE, 60, MIDNIGHT + MINUTE * at, 0, grain=r.SAMPLE) for at in (0, 5, 14, 15)
    ]
    assert first(rates)["wear_minutes"] == 30


def test_wear_is_unknown_where_nothing_tells_it() -> None:
    assert first([total(4000, DAY), LATER])["wear_minutes"] is None


def test_sleep_counts_on_the_wake_date() -> None:
    night = record(r.SLEEP, 400, MIDNIGHT - timedelta(hours=1), 420)
    nap = record(r.SLEEP, 30, MIDNIGHT + timedelta(hours=14), 35)
    assert [(row["date"], row["sleep_minutes"]) for row in days_of([night, nap])] == [(DAY, 430)]


def test_a_day_with_sleep_alone_has_no_steps() -> None:
    found = first([record(r.SLEEP, 400, MIDNIGHT - timedelta(hours=1), 420), LATER])
    assert (found["steps"], found["recorded"], found["reason"]) == (None, False, "no-steps")


def test_the_day_of_the_last_sync_is_partial() -> None:
    found = days_of([total(8000, DAY), LATER])
    assert [row["reason"] for row in found] == ["valid", "partial"]
    sync = record(
        r.SYNC,
        0,
        datetime.combine(LATER.start_local + timedelta(days=1), datetime.min.time()),
        0,
        vendor="fitbit",
        source="tracker-1",
        grain=r.SAMPLE,
    )
    assert [row["reason"] for row in days_of([total(8000, DAY), LATER, sync])] == ["valid"] * 2


def test_minutes_that_reach_midnight_complete_the_last_day() -> None:
    whole = record(value=4000, minutes=1440)
    assert first([whole])["valid"]
    assert first([record(value=4000, minutes=1438)])["reason"] == "partial"


def test_a_total_over_less_than_a_day_is_partial() -> None:
    assert first([total(8000, DAY, minutes=700), LATER])["reason"] == "partial"


def test_of_one_day_exported_twice_the_fuller_total_is_kept() -> None:
    assert first([total(224, DAY), total(13_162, DAY), LATER])["steps"] == 13_162


def test_a_splice_of_two_meanings_of_zero_is_flagged_for_that_person_only() -> None:
    google = {"vendor": "google-health", "zero": r.TRUE_ZERO, "source": "merged-1"}
    records = [
        total(8000, DAY),
        total(7000, DAY + timedelta(days=1), device="dev-2", **google),
        total(6000, DAY, device="dev-3"),
    ]
    found = days_of(records, {"dev-1": "P", "dev-2": "P", "dev-3": "Q"})
    assert [(row["person_id"], row["spliced"]) for row in found] == [
        ("P", True),
        ("P", True),
        ("Q", False),
    ]
    assert [row["zero_semantics"] for row in found] == ["ambiguous", "true_zero", "ambiguous"]


def test_on_the_day_of_the_splice_data_goes_before_a_placeholder() -> None:
    google = total(
        3000, DAY, device="dev-2", vendor="google-health", zero=r.TRUE_ZERO, source="phone-1"
    )
    found = first([total(0, DAY), google, LATER], people={"dev-1": "P", "dev-2": "P"})
    assert (found["steps"], found["vendor"]) == (3000, "google-health")


def test_minutes_of_a_series_that_has_daily_totals_do_not_count_again() -> None:
    day = total(5000, DAY)
    minute = record(value=90, vendor="fitbit", source="tracker-1", grain=r.MINUTE)
    assert first([day, minute, LATER])["steps"] == 5000


def test_devices_that_the_crosswalk_does_not_name_are_left_out() -> None:
    assert days_of([total(5000, DAY)], people={"other": "P"}) == []


def test_resting_heart_rate_comes_from_the_best_source() -> None:
    rates = [
        record(r.RESTING_HEART_RATE, rate, minutes=0, source=source, grain=r.SAMPLE)
        for rate, source in ((80, "phone-1"), (60, "watch-1"), (62, "watch-1"))
    ]
    assert first(rates)["resting_heart_rate"] == 61


def test_a_day_of_the_phone_alone_does_not_compare_with_days_of_the_wrist() -> None:
    walks = [
        record(value=4000, start=MIDNIGHT + timedelta(days=day), minutes=600, source=source)
        for day, source in ((0, "watch-1"), (1, "phone-1"), (2, "watch-1"), (3, "watch-1"))
    ]
    reasons = ["valid", "phone-only", "valid", "partial"]
    assert [row["reason"] for row in days_of(walks)] == reasons
    phones = [walk._replace(source="phone-1") for walk in walks]
    assert [row["reason"] for row in days_of(phones)] == ["valid", "valid", "valid", "partial"]


def test_a_resting_rate_can_be_asked_for_as_the_sign_of_wear() -> None:
    records = [
        total(4000, DAY),
        total(4000, DAY + timedelta(days=1)),
        total(60, DAY, r.RESTING_HEART_RATE),
        total(4000, DAY, device="dev-2"),
        LATER,
        LATER._replace(device_user_id="dev-2"),
    ]
    found = days_of(records, rule=ValidDay(need_resting_heart_rate=True))
    assert [row["reason"] for row in found] == [
        "valid",
        "short-wear",
        "partial",
        "valid",
        "partial",
    ]
    assert days_of(records)[1]["valid"]


def test_every_column_has_a_phi_tag() -> None:
    assert all(
        phi_of(column) for key in ("person_id", "device_user_id") for column in daily_schema(key)
    )
    assert all(phi_of(column) for column in r.RECORDS)


def test_records_that_end_before_they_start_are_refused() -> None:
    with pytest.raises(DataError, match="ends before"):
        days_of([record(minutes=-1)])
    with pytest.raises(DataError, match="longer than a week"):
        days_of([record(minutes=8 * 1440)])


def test_a_rule_that_no_day_can_meet_is_refused() -> None:
    with pytest.raises(UsageError):
        ValidDay(min_wear_hours=25)
    with pytest.raises(UsageError):
        ValidDay(min_steps=10, max_steps=9)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.integers(0, 40),
        st.tuples(st.integers(0, 60_000), st.sampled_from([None, 1200, 1440]), st.booleans()),
        min_size=1,
    )
)
def test_valid_days_equal_the_rule_read_aloud(
    drawn: dict[int, tuple[int, int | None, bool]],
) -> None:
    """Daily totals with or without sedentary minutes and resting rates, judged one by one."""
    records = []
    for offset, (steps, sedentary, heart) in drawn.items():
        day = DAY + timedelta(days=offset)
        records.append(total(steps, day))
        if sedentary is not None:
            records.append(total(sedentary, day, r.SEDENTARY))
        if heart:
            records.append(total(60, day, r.RESTING_HEART_RATE))
    found = days_of(records)
    assert [row["date"] for row in found] == [DAY + timedelta(days=at) for at in sorted(drawn)]
    for row, offset in zip(found, sorted(drawn), strict=True):
        steps, sedentary, heart = drawn[offset]
        if steps == 0 and (sedentary == 1440 or (sedentary is None and not heart)):
            expected = "unworn"
        elif offset == max(drawn):
            expected = "partial"
        elif sedentary == 1440 and steps:
            expected = "inconsistent"
        else:
            expected = "valid" if 100 <= steps <= 45_000 else "implausible"
        assert row["reason"] == expected
        assert row["steps"] == (None if expected == "unworn" else floor(steps))
