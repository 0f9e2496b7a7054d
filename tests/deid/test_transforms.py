"""Every transform against a plain implementation that shares no code with it."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ehrkit.core.columns import Phi, phi_of
from ehrkit.core.errors import DataError
from ehrkit.deid.transforms.keyed import day_offset, keyed_hash
from ehrkit.deid.transforms.zips import zip3_table
from tests.deid.conftest import KEY, applied, columns, deidentified

IDS = ["p1", "p2", None, "p1", "  ", "00123"]


def plain_token(purpose: str, value: str) -> str:
    key = KEY.subkey(f"pseudonym/{purpose}")
    return "e1-" + hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:32]


def plain_offset(patient: str, window: int = 365, step: int = 1) -> int:
    digest = hmac.new(KEY.subkey("date-shift"), patient.encode(), hashlib.sha256).digest()
    choices = [step * n for n in range(-(window // step), window // step + 1) if n]
    return choices[int.from_bytes(digest[:8], "big") % len(choices)]


@given(st.binary(max_size=200), st.binary(min_size=1, max_size=64))
def test_the_keyed_hash_is_hmac_sha256(message: bytes, key: bytes) -> None:
    assert keyed_hash(key)(message) == hmac.digest(key, message, "sha256")


@given(st.binary(min_size=8, max_size=32), st.integers(365, 3650), st.booleans())
def test_an_offset_is_never_zero_nor_outside_the_window(
    digest: bytes, window: int, whole_weeks: bool
) -> None:
    days = day_offset(digest, window, whole_weeks=whole_weeks)
    assert days != 0
    assert abs(days) <= window
    assert not whole_weeks or days % 7 == 0


def test_every_offset_of_the_window_occurs() -> None:
    offsets = {day_offset(n.to_bytes(8, "big"), 365, whole_weeks=False) for n in range(730)}
    assert offsets == set(range(-365, 366)) - {0}


def test_pseudonyms_are_keyed_by_purpose_and_blank_stays_null() -> None:
    table = pa.table({"person_id": IDS, "other_id": IDS})
    lines = 'person_id = { pseudonym = "person" }\nother_id = { pseudonym = "other" }'
    done = deidentified(table, lines)
    for column, purpose in (("person_id", "person"), ("other_id", "other")):
        expected = [plain_token(purpose, v) if v and v.strip() else None for v in IDS]
        assert done[column].to_pylist() == expected
    assert phi_of(done.schema.field("person_id")) is Phi.OTHER_ID


def test_an_integer_id_and_its_text_are_the_same_person() -> None:
    lines = 'person_id = { pseudonym = "person" }'
    numbers = deidentified(pa.table({"person_id": [7, None, 12]}), lines)
    texts = deidentified(pa.table({"person_id": ["7", None, "12"]}), lines)
    assert numbers.equals(texts)


def test_codes_are_random_and_agree_within_a_run() -> None:
    policy = columns('person_id = { code = "person" }', standard="safe-harbor")
    table = pa.table({"person_id": IDS})
    first, second = applied(table, policy), applied(table, policy)
    one, two = (each.reader.read_all()["person_id"].to_pylist() for each in (first, second))
    assert one[0] == one[3] != one[1]
    assert one[2] is None
    assert re.fullmatch(r"r-[0-9a-f]{32}", one[0])
    assert one[0] != two[0]


DATES = [dt.date(2020, 2, 29), dt.date(1931, 12, 31), None, dt.date(2024, 1, 1), None, None]


@pytest.mark.parametrize("type_", [pa.date32(), pa.date64(), pa.string(), pa.timestamp("us")])
def test_a_date_moves_by_the_days_of_its_patient(type_: pa.DataType) -> None:
    dates = pa.array(DATES, pa.date32())
    table = pa.table({"person_id": IDS, "index_date": dates.cast(type_)})
    lines = 'person_id = "drop"\nindex_date = { shift = "person_id" }'
    done = deidentified(table, lines)["index_date"]
    expected = [
        None if day is None else day + dt.timedelta(days=plain_offset(str(patient)))
        for patient, day in zip(IDS, DATES, strict=True)
    ]
    assert done.cast(pa.date32()).to_pylist() == expected


def test_a_timestamp_keeps_its_time_of_day_to_the_last_digit() -> None:
    moments = [1_600_000_000_123_456_789, None, -5_000_000_000_987_654_321]
    for unit in ("s", "ms", "us", "ns"):
        raw = [None if m is None else m // 10 ** {"s": 9, "ms": 6, "us": 3, "ns": 0}[unit]
               for m in moments]  # fmt: skip
        table = pa.table(
            {"person_id": ["a", "b", "c"], "t_date": pa.array(raw, pa.timestamp(unit))}
        )
        done = deidentified(table, 'person_id = "drop"\nt_date = { shift = "person_id" }')
        per_day = 86_400 * 10 ** {"s": 0, "ms": 3, "us": 6, "ns": 9}[unit]
        expected = [None if r is None else r + plain_offset(p) * per_day
                    for p, r in zip("abc", raw, strict=True)]  # fmt: skip
        assert done["t_date"].cast(pa.int64()).to_pylist() == expected


def test_text_dates_stay_iso_text_with_their_clock() -> None:
    given_ = ["2020-01-31", "2020-01-31T23:59:01.5Z", "2020-01-31 07:08", "", None]
    table = pa.table({"person_id": ["a"] * 5, "when_date": given_})
    done = deidentified(table, 'person_id = "drop"\nwhen_date = { shift = "person_id" }')
    day = (dt.date(2020, 1, 31) + dt.timedelta(days=plain_offset("a"))).isoformat()
    assert done["when_date"].to_pylist() == [day, f"{day}T23:59:01.5Z", f"{day} 07:08", None, None]


def test_a_named_format_is_read_strictly_and_written_as_iso() -> None:
    table = pa.table({"person_id": ["a", "a"], "seen_date": ["1/5/2024", "12/31/2024"]})
    line = 'seen_date = { shift = "person_id", format = "%m/%d/%Y" }'
    done = deidentified(table, f'person_id = "drop"\n{line}')
    move = dt.timedelta(days=plain_offset("a"))
    expected = [(dt.date(2024, m, d) + move).isoformat() for m, d in ((1, 5), (12, 31))]
    assert done["seen_date"].to_pylist() == expected


def test_whole_weeks_keep_the_weekday() -> None:
    patients = [f"p{n}" for n in range(200)]
    table = pa.table({"person_id": patients, "d_date": [dt.date(2022, 6, 15)] * 200})
    lines = 'person_id = "drop"\nd_date = { shift = "person_id" }'
    policy = f'standard = "expert"\n[dates]\nwhole_weeks = true\n[table.t.columns]\n{lines}'
    done = applied(table, policy).reader.read_all()["d_date"].to_pylist()
    moves = [(day - dt.date(2022, 6, 15)).days for day in done]
    assert moves == [plain_offset(p, step=7) for p in patients]
    assert all(move % 7 == 0 and move for move in moves)


@pytest.mark.parametrize(
    "value",
    ["2023-02-30", "2023-13-01", "not a day", "2023-1-5", "01/05/2023", "2023-01-05T25:00",
     "2023-01-05x", "9999-12-31", "0001-01-01"],
)  # fmt: skip
@pytest.mark.parametrize("line", ['{ shift = "person_id" }', '"year"'])
def test_a_date_that_cannot_be_read_is_refused_and_not_quoted(value: str, line: str) -> None:
    table = pa.table({"person_id": ["a", "a"], "d_date": ["2020-01-01", value]})
    with pytest.raises(DataError, match=r"row 2, column d_date") as refused:
        deidentified(table, f'person_id = "drop"\nd_date = {line}')
    assert value not in str(refused.value)


def test_a_date_without_a_patient_cannot_be_moved() -> None:
    table = pa.table({"person_id": ["a", None], "d_date": [None, "2020-01-01"]})
    with pytest.raises(DataError, match="row 2, column d_date"):
        deidentified(table, 'person_id = "drop"\nd_date = { shift = "person_id" }')


def test_year_keeps_the_year_alone() -> None:
    table = pa.table({"d_date": DATES, "w_date": [d and d.isoformat() for d in DATES]})
    done = deidentified(table, 'd_date = "year"\nw_date = "year"')
    expected = [d and d.year for d in DATES]
    assert done["d_date"].to_pylist() == done["w_date"].to_pylist() == expected


@given(st.lists(st.dates(dt.date(1900, 1, 1), dt.date(2024, 12, 31)), min_size=1, max_size=50))
@settings(max_examples=25, deadline=None)
def test_no_birth_year_tells_an_age_over_89(births: list[dt.date]) -> None:
    table = pa.table({"birth_date": births})
    years = deidentified(table, 'birth_date = "birth-year"', last_year=2024)["birth_date"]
    for birth, year in zip(births, years.to_pylist(), strict=True):
        assert year == max(birth.year, 1934)
        # Whoever is 90 on the last day of 2024 falls into the one category.
        assert year == 1934 or dt.date(2024, 12, 31).year - birth.year < 90


def test_a_date_after_the_last_year_would_break_the_cap_and_is_refused() -> None:
    table = pa.table({"d_date": ["2025-01-01"]})
    with pytest.raises(DataError, match="last_year"):
        deidentified(table, 'd_date = "year"', last_year=2024)


@pytest.mark.parametrize("type_", [pa.int8(), pa.int64(), pa.float64(), pa.string()])
def test_ages_of_ninety_and_more_become_ninety(type_: pa.DataType) -> None:
    ages = [0, 17, 89, 90, 91, 120, None]
    table = pa.table({"age": pa.array(ages, pa.int64()).cast(type_)})
    run = applied(table, columns('age = "age-cap"'))
    done = run.reader.read_all()["age"].cast(pa.int64()).to_pylist()
    assert done == [None if age is None else min(age, 90) for age in ages]
    assert run.evidence().columns[0].tallies == {"capped": 2}


@pytest.mark.parametrize("type_", [pa.int64(), pa.float64(), pa.string()])
@pytest.mark.parametrize("years", [5, 10, 30])
def test_ages_fall_into_bands_and_ninety_is_its_own(type_: pa.DataType, years: int) -> None:
    ages = [0, 4, 5, 9, 59, 60, 89, 90, 91, None]
    table = pa.table({"age": pa.array(ages, pa.int64()).cast(type_)})
    done = deidentified(table, f"age = {{ age-band = {years} }}")["age"].to_pylist()
    expected: list[str | None] = []
    for age in ages:
        low = (age or 0) // years * years
        band = "90 or older" if low >= 90 else f"{low}-{low + years - 1}"
        expected.append(None if age is None else band)
    assert done == expected


@pytest.mark.parametrize("years", ["7", "0", "90", "true", '"ten"'])
def test_a_band_that_would_split_ninety_is_refused(years: str) -> None:
    with pytest.raises(DataError, match=r"divides 90|takes a name"):
        deidentified(pa.table({"age": [40]}), f"age = {{ age-band = {years} }}")


@pytest.mark.parametrize("value", [-1, 131, 999])
def test_a_number_that_is_no_age_is_refused(value: int) -> None:
    for column in ([value], [str(value)], [float(value)]):
        with pytest.raises(DataError, match="row 1, column age"):
            deidentified(pa.table({"age": column}), 'age = "age-cap"')


# 45 CFR 164.514(b)(2)(i)(B) by hand: 036 and 059 are small in every census, 821 is Yellowstone,
# 987 is not assigned, 090 is military post in Europe, 008 the US Virgin Islands, 331 is Miami.
@pytest.mark.parametrize(
    ("zip_", "area"),
    [("02138", "021"), ("02138-1234", "021"), ("021381234", "021"), ("021", "021"),
     ("03601", "000"), ("05901", "000"), ("82190", "000"), ("98701", "000"), ("09012", "000"),
     ("00801", "000"), ("33101", "331"), ("89001", "000"), (None, None)],
)  # fmt: skip
def test_a_zip_keeps_three_digits_only_of_a_large_area(zip_: str | None, area: str | None) -> None:
    done = deidentified(pa.table({"zip": pa.array([zip_], pa.string())}), 'zip = "zip3"')
    assert done["zip"].to_pylist() == [area]


def test_an_integer_zip_gets_its_leading_zeros_back() -> None:
    done = deidentified(pa.table({"zip": [2138, 94305, None]}), 'zip = "zip3"')
    assert done["zip"].to_pylist() == ["021", "943", None]


@pytest.mark.parametrize("value", ["2138", "ABCDE", "94305-", "943051", "M5V 2T6"])
def test_what_is_no_zip_is_refused(value: str) -> None:
    with pytest.raises(DataError, match="column zip") as refused:
        deidentified(pa.table({"zip": [value]}), 'zip = "zip3"')
    assert value not in str(refused.value)


def test_the_zip_table_releases_nothing_that_any_census_restricts() -> None:
    table = zip3_table()
    of_2000 = "036059063102203556692790821823830831878879884890893"
    of_2010 = "036059102202203204205369556692753772821823878879884893"
    restricted = {text[at : at + 3] for text in (of_2000, of_2010) for at in range(0, len(text), 3)}
    assert len(restricted) == 23
    assert table.restricted == restricted
    assert not table.released & table.restricted
    assert len(table.released) == 871
    assert all(re.fullmatch(r"\d{3}", area) and area != "000" for area in table.released)


def test_blank_empties_and_drop_removes() -> None:
    table = pa.table({"a_name": ["x", None], "b_name": [1.5, 2.0], "sex": ["f", "m"]})
    done = deidentified(table, 'a_name = "drop"\nb_name = "blank"\nsex = "keep"')
    assert done.column_names == ["b_name", "sex"]
    assert done["b_name"].to_pylist() == [None, None]
    assert done["b_name"].type == pa.float64()


@pytest.mark.parametrize("value", ["123-45-6789", "a.b@example.org", "(617) 555-0100"])
def test_kept_text_with_an_identifier_in_it_is_refused(value: str) -> None:
    table = pa.table({"unit": ["ICU", f"see {value}"]})
    with pytest.raises(DataError, match="row 2, column unit") as refused:
        deidentified(table, 'unit = "keep"')
    assert value not in str(refused.value)


def test_a_day_in_kept_text_is_refused_under_safe_harbor_only() -> None:
    table = pa.table({"unit": ["ICU until 2020-01-02"]})
    assert deidentified(table, 'unit = "keep"').num_rows == 1
    with pytest.raises(DataError):
        deidentified(table, 'unit = "keep"', standard="safe-harbor")


@pytest.mark.parametrize(
    ("column", "line"),
    [(pa.array([[1]]), '"keep"'), (pa.array([b"x"]), '"keep"'), (pa.array([{"a": 1}]), '"blank"'),
     (pa.array([1.5]), '{ pseudonym = "p" }'), (pa.array([1]), '"year"'),
     (pa.array([True]), '"age-cap"'), (pa.array([1]), '"scrub"')],
)  # fmt: skip
def test_a_type_that_a_transform_cannot_read_is_refused(column: pa.Array, line: str) -> None:
    with pytest.raises(DataError, match="column x"):
        deidentified(pa.table({"x": column}), f"x = {line}")
