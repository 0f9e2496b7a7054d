"""Crosswalks: ids come back under their own names, or not at all."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.csv as pacsv
import pytest

from ehrkit.core.columns import Phi, field, phi_of
from ehrkit.core.errors import DataError, PolicyError
from ehrkit.core.keys import ProjectKey
from ehrkit.linkage.matching import match
from ehrkit.linkage.resolve import People, resolve
from tests.linkage.conftest import KEY, Sample, sides_of
from tests.linkage.test_matching import matched


def people(table: pa.Table, column: str | None = None, where: str = "people") -> People:
    return People(table.to_reader(), column, where)


@pytest.fixture(scope="module")
def matches(small: Sample) -> pa.Table:
    return matched(small[0], small[1]).table


def test_ids_come_back_under_their_names(small: Sample, matches: pa.Table) -> None:
    crosswalk = resolve(matches, people(small[0]), people(small[1]), KEY)
    assert crosswalk.schema.names == ["patient", "member", "probability"]
    truth = set(zip(*(small[2][n].to_pylist() for n in ("patient", "member")), strict=True))
    found = set(zip(*(crosswalk[n].to_pylist() for n in ("patient", "member")), strict=True))
    assert len(found & truth) >= 55
    assert [phi_of(column) for column in crosswalk.schema] == [Phi.OTHER_ID] * 2 + [Phi.NONE]


def test_a_tag_of_the_id_column_is_kept(small: Sample, matches: pa.Table) -> None:
    tagged = small[0].cast(
        pa.schema([field("patient", pa.string(), Phi.MRN), *list(small[0].schema)[1:]])
    )
    crosswalk = resolve(matches, people(tagged), people(small[1]), KEY)
    assert phi_of(crosswalk.schema.field("patient")) is Phi.MRN


def test_matches_that_passed_through_csv_need_the_columns_named(
    small: Sample, matches: pa.Table
) -> None:
    sink = io.BytesIO()
    pacsv.write_csv(matches, sink)
    text = pacsv.read_csv(
        io.BytesIO(sink.getvalue()),
        convert_options=pacsv.ConvertOptions(
            column_types={name: pa.string() for name in matches.schema.names}
        ),
    )
    with pytest.raises(DataError, match="--left-id"):
        resolve(text, people(small[0]), people(small[1]), KEY)
    named = resolve(text, people(small[0], "patient"), people(small[1], "member"), KEY)
    plain = resolve(matches, people(small[0]), people(small[1]), KEY)
    assert named["member"].equals(plain["member"])


def test_one_name_on_both_sides_gets_a_side(small: Sample) -> None:
    left = small[0].rename_columns(["id", *small[0].schema.names[1:]])
    right = small[1].rename_columns(["id", *small[1].schema.names[1:]])
    sides_of(left, right, "id", "id")
    from ehrkit.linkage.encoded import encode

    linked = match(
        encode(left.to_reader(), id_column="id", key=KEY).table,
        encode(right.to_reader(), id_column="id", key=KEY).table,
    )
    crosswalk = resolve(linked.table, people(left), people(right), KEY)
    assert crosswalk.schema.names == ["left_id", "right_id", "probability"]


def test_a_wrong_key_table_or_shape_is_refused(small: Sample, matches: pa.Table) -> None:
    with pytest.raises(PolicyError, match="matches were made with key"):
        resolve(matches, people(small[0]), people(small[1]), ProjectKey(bytes(32)))
    with pytest.raises(DataError, match="stand for no id of this table"):
        resolve(matches, people(small[0].slice(0, 3)), people(small[1]), KEY)
    with pytest.raises(DataError, match="no column probability"):
        resolve(matches.drop_columns(["probability"]), people(small[0]), people(small[1]), KEY)
    with pytest.raises(DataError, match="no such column"):
        resolve(matches, people(small[1]), people(small[1]), KEY)
