"""Tokens against the hmac module, and encoded files: what they say and what they never hold."""

from __future__ import annotations

import hashlib
import hmac
import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehrkit.core.columns import Phi, phi_of
from ehrkit.core.errors import DataError, PolicyError
from ehrkit.core.keys import ProjectKey
from ehrkit.linkage.encoded import HEADER, check_pair, encode, header_of
from ehrkit.linkage.fields import FIELDS
from ehrkit.linkage.tokens import BLOCK_KEYS, combine, refs, token
from tests.linkage.conftest import KEY, Sample

PEOPLE = pa.table(
    {
        "id": ["a", "b", "c"],
        "first_name": ["Ann", "Grace", None],
        "last_name": ["Grace", "Ann", "unknown"],
        "birth_date": ["1950-03-04", "1950-03-04", ""],
        "zip": ["02139", "2139", "02139-1234"],
    }
)


def expected(space: str, text: str) -> int:
    mac = hmac.new(KEY.subkey(f"link/token/{space}"), text.encode(), hashlib.sha256).digest()
    return int.from_bytes(mac[:8], "little")


def encoded(table: pa.Table = PEOPLE, key: ProjectKey = KEY) -> pa.Table:
    """Encode a table and put the rows back into its order."""
    made = encode(table.to_reader(), id_column="id", key=key).table
    order = [made["ref"].to_pylist().index(ref) for ref in refs(key, "id", table["id"].to_pylist())]
    return made.take(pa.array(order, pa.int64()))


def test_the_order_of_people_does_not_show() -> None:
    made = encode(PEOPLE.to_reader(), id_column="id", key=KEY).table
    assert made["ref"].to_pylist() == sorted(refs(KEY, "id", ["a", "b", "c"]))


def test_tokens_are_hmac_sha256_of_the_normal_form() -> None:
    table = encoded()
    assert table["first_name"].to_pylist() == [
        expected("name", "ann"),
        expected("name", "grace"),
        None,
    ]
    assert table["last_name_soundex"].to_pylist()[0] == expected("name-soundex", "G620")
    assert table["birth_year"].to_pylist() == [expected("birth-year", "1950")] * 2 + [None]
    assert table["birth_month_day"].to_pylist()[0] == expected("birth-month-day", "03-04")
    assert table["zip"].to_pylist() == [expected("zip", "02139")] * 3


def test_composite_tokens_join_their_parts_and_need_them_all() -> None:
    made = encoded()["block_last_year"].to_pylist()
    assert made[0] == expected("block_last_year", "grace\x1f1950")
    assert made[2] is None


def test_swapped_names_share_a_space_and_a_block() -> None:
    table = encoded()
    assert table["first_name"][0] == table["last_name"][1]
    assert table["block_names"][0] == table["block_names"][1]
    assert table["block_last_zip"][0] != table["block_last_zip"][1]


def test_references_are_bound_to_their_kind_of_id() -> None:
    mac = hmac.new(KEY.subkey("link/ref"), b"id\x1fa", hashlib.sha256).hexdigest()[:32]
    assert refs(KEY, "id", ["a"]) == [mac] == encoded()["ref"].to_pylist()[:1]
    assert refs(KEY, "device", ["a"]) != [mac]


def test_another_key_gives_other_tokens() -> None:
    other = encoded(key=ProjectKey(bytes(32)))
    for name in other.schema.names:
        mine = set(encoded()[name].to_pylist()) - {None}
        assert not mine & set(other[name].to_pylist())


def test_typed_columns_encode_as_their_text() -> None:
    dates = pa.array(["1950-03-04", None, None]).cast(pa.date32())
    typed = PEOPLE.set_column(3, "birth_date", dates).set_column(
        1, "first_name", PEOPLE["first_name"].dictionary_encode()
    )
    assert encoded(typed)["birth_date"][0] == encoded()["birth_date"][0]
    assert encoded(typed)["first_name"].equals(encoded()["first_name"])


def test_every_column_carries_a_tag() -> None:
    assert {phi_of(column) for column in encoded().schema} == {Phi.OTHER_ID}


def test_counts_tell_present_from_usable() -> None:
    counts = encode(PEOPLE.to_reader(), id_column="id", key=KEY).counts
    by_field = {count.field: (count.present, count.usable) for count in counts}
    assert by_field == {
        "first_name": (2, 2),
        "last_name": (3, 2),
        "birth_date": (2, 2),
        "zip": (3, 3),
    }


def test_no_clear_identifier_is_in_the_bytes(small: Sample) -> None:
    table = encode(small[0].to_reader(), id_column="patient", key=KEY).table
    for compression in ("NONE", "ZSTD"):
        sink = io.BytesIO()
        pq.write_table(table, sink, compression=compression)
        raw = sink.getvalue().lower()
        for name in ("patient", *FIELDS):
            values = {str(value) for value in small[0][name].to_pylist() if value}
            forms = values | {FIELDS[name].normalise(v) or "" for v in values if name in FIELDS}
            clear = [v for v in forms if len(v) > 3]
            assert clear
            assert not [v for v in clear if v.lower().encode() in raw], name


def test_ids_must_be_there_and_differ() -> None:
    secret = "SENTINEL-7731"
    twice = pa.table({"id": ["a", secret, secret], "zip": ["1"] * 3, "sex": ["f"] * 3})
    with pytest.raises(DataError, match="1 records repeat an id; the first is row 3") as caught:
        encode(twice.to_reader(), id_column="id", key=KEY, where="people.csv")
    assert secret not in str(caught.value)
    gap = pa.table({"id": [secret, " ", None], "zip": ["1"] * 3, "sex": ["f"] * 3})
    with pytest.raises(DataError, match="2 records have no id; the first is row 2") as caught:
        encode(gap.to_reader(), id_column="id", key=KEY)
    assert secret not in str(caught.value)
    nested = pa.table({"id": [["a"], ["b"], ["c"]], "zip": ["1"] * 3, "sex": ["f"] * 3})
    with pytest.raises(DataError, match="no text form"):
        encode(nested.to_reader(), id_column="id", key=KEY)
    with pytest.raises(DataError, match="Did you mean id"):
        encode(gap.to_reader(), id_column="idd", key=KEY)


def test_the_header_survives_parquet_and_guards_the_file() -> None:
    sink = io.BytesIO()
    pq.write_table(encoded(), sink)
    back = pq.read_table(io.BytesIO(sink.getvalue()))
    header = header_of(back, "left")
    assert (header.rows, header.scope, header.key) == (3, "id", KEY.fingerprint("link"))
    assert header.fields == ("first_name", "last_name", "birth_date", "zip")
    with pytest.raises(DataError, match="3 rows, the file has 2"):
        header_of(back.slice(0, 2), "left")
    with pytest.raises(DataError, match="not an encoded file"):
        header_of(PEOPLE, "left")
    with pytest.raises(DataError, match="no records"):
        header_of(encoded(PEOPLE.slice(0, 0)), "left")
    altered = back.schema.metadata[HEADER].replace(header.schema.encode(), b"0" * 16)
    with pytest.raises(DataError, match="other rules"):
        header_of(back.replace_schema_metadata({HEADER: altered}), "left")


def test_sides_of_two_keys_do_not_meet() -> None:
    other = ProjectKey(bytes(32))
    left, right = header_of(encoded(), "left"), header_of(encoded(key=other), "right")
    with pytest.raises(PolicyError) as caught:
        check_pair(left, right)
    assert KEY.fingerprint("link") in str(caught.value)
    assert other.fingerprint("link") in str(caught.value)


def test_sides_need_two_fields_in_common() -> None:
    left = header_of(encoded(PEOPLE.select(["id", "first_name", "zip"])), "left")
    right = header_of(encoded(PEOPLE.select(["id", "last_name", "zip"])), "right")
    with pytest.raises(DataError, match="fewer than two"):
        check_pair(left, right)


def test_block_keys_have_parts_that_exist() -> None:
    assert len({key.column for key in BLOCK_KEYS}) == len(BLOCK_KEYS)
    assert token(b"k" * 32, "x") < 2**64


@given(st.lists(st.tuples(*[st.integers(-1, 3)] * 3), max_size=30))
def test_combined_codes_are_equal_where_all_parts_are(rows: list[tuple[int, int, int]]) -> None:
    columns = [np.array([row[n] for row in rows], np.int64) for n in range(3)]
    codes = combine(columns).tolist()
    for code, row in zip(codes, rows, strict=True):
        assert (code < 0) == (min(row) < 0)
    whole = [(code, row) for code, row in zip(codes, rows, strict=True) if code >= 0]
    assert len({code for code, _ in whole}) == len({row for _, row in whole}) == len(set(whole))
