"""Every format gives back what was written; text keeps text; damage is named and never passed."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ehrkit.core.columns import Phi, field, phi_of
from ehrkit.core.errors import DataError, UsageError
from ehrkit.core.tables import open_table, write_table
from ehrkit.core.tables.source import HEAD_BYTES

TYPED = [".arrow", ".arrows", ".arrows.zst", ".parquet"]
TEXT = [".csv", ".tsv", ".csv.gz", ".tsv.zst", ".ndjson", ".ndjson.gz"]
SECRET = "Zebrowski"

people = pa.table(
    {
        "mrn": ["00123", "", None, 'x,"y"\tz\nw'],
        "visits": pa.array([1, None, 3, 4], pa.int64()),
        "score": [0.5, None, 2.0, 1e20],
        "born": [dt.date(2020, 2, 29), None, dt.date(1899, 12, 31), dt.date(2000, 1, 1)],
        "seen": pa.array(
            [dt.datetime(2020, 1, 1, 23, 59), None, dt.datetime(2020, 1, 1, 1, 1, 1, 5), None],
            pa.timestamp("us"),
        ),
        "alive": [True, None, False, True],
    }
)


@pytest.mark.parametrize("extension", TYPED)
def test_typed_formats_give_back_types_nulls_and_values(tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"people{extension}"
    write_table(people, path)
    assert open_table(path).read_all().equals(people)


@pytest.mark.parametrize("extension", TEXT)
def test_text_formats_keep_leading_zeros_and_tell_null_from_empty(
    tmp_path: Path, extension: str
) -> None:
    path = tmp_path / f"people{extension}"
    write_table(people, path)
    assert open_table(path).read_all()["mrn"].to_pylist() == people["mrn"].to_pylist()


@pytest.mark.parametrize("extension", [*TYPED, *TEXT])
def test_tables_far_larger_than_the_looked_at_head_come_back_whole(
    tmp_path: Path, extension: str
) -> None:
    noise = [f"{number * 2654435761 % 2**32:010d}" for number in range(60_000)]
    path = tmp_path / f"noise{extension}"
    write_table(pa.table({"noise": noise}), path)
    assert path.stat().st_size > 3 * HEAD_BYTES
    assert open_table(path).read_all()["noise"].to_pylist() == noise
    with path.open("rb") as stream:  # as from a pipe
        assert open_table(stream).read_all()["noise"].to_pylist() == noise


@pytest.mark.parametrize("extension", TYPED)
def test_phi_tags_travel(tmp_path: Path, extension: str) -> None:
    tagged = pa.table([["1"]], schema=pa.schema([field("mrn", pa.string(), Phi.MRN)]))
    write_table(tagged, tmp_path / f"t{extension}")
    assert phi_of(open_table(tmp_path / f"t{extension}").schema.field("mrn")) is Phi.MRN


def test_csv_is_readable_by_a_person(tmp_path: Path) -> None:
    write_table(people, tmp_path / "people.csv")
    assert (tmp_path / "people.csv").read_text().splitlines()[:3] == [
        "mrn,visits,score,born,seen,alive",
        "00123,1,0.5,2020-02-29,2020-01-01 23:59:00,true",
        '"",,,,,',
    ]


cells = st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8)


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(cells, min_size=n, max_size=n))))
@pytest.mark.parametrize("format_", ["csv", "tsv", "ndjson"])
def test_any_text_survives_a_round_trip(format_: str, rows: list[list[str | None]]) -> None:
    width = len(rows[0]) if rows else 1
    columns = [pa.array([row[i] for row in rows], pa.string()) for i in range(width)]
    table = pa.table(columns, names=[f"c{i}" for i in range(width)])
    sink = io.BytesIO()
    write_table(table, sink, format_)
    if format_ == "ndjson" and not rows:
        return  # an NDJSON file without lines has no columns to tell
    back = open_table(io.BytesIO(sink.getvalue()), format_).read_all()
    assert back.to_pylist() == table.to_pylist()


@pytest.mark.parametrize(
    ("name", "content", "where", "what"),
    [
        ("empty", b"", "", "empty"),
        ("ragged, short", b"a,b\n1,Zebrowski\n3\n", "row 3", "1 values where the header has 2"),
        ("ragged, long", b"a,b\n1,2,Zebrowski\n", "row 2", "3 values where the header has 2"),
        ("NUL", b"a,b\n1,2\nZebrowski\0,4\n", ":3", "NUL"),
        ("Latin-1", b"a,b\nZebrowski,M\xfcller\n", ":2", "UTF-8"),
        ("open quote", b'a,b\n1,"Zebrowski\n', "", "quote"),
        ("twice the same column", b"a,a\n1,Zebrowski\n", "column 2", "same name"),
        ("unnamed column", b"a,,c\n1,2,Zebrowski\n", "column 2", "no name"),
        ("UTF-16", "a,b\nZebrowski,2\n".encode("utf-16"), "", "UTF-16"),
        ("JSON array", b'[{"a": "Zebrowski"}]', "", "array"),
        ("NDJSON, broken line", b'{"a": 1}\n{"a": Zebrowski}\n', ":2", "JSON object"),
        ("NDJSON, mixed types", b'{"a": 1}\n{"a": "Zebrowski"}\n', "key a", "several"),
        ("zip", b"PK\x03\x04Zebrowski", "", "zip"),
        ("gzip, cut", b"\x1f\x8b\x08\x00Zebrowski", "", "gzip"),
    ],
)
def test_bad_input_is_named_and_its_values_are_not(
    name: str, content: bytes, where: str, what: str
) -> None:
    with pytest.raises(DataError) as caught:
        open_table(io.BytesIO(content)).read_all()
    assert what in str(caught.value), name
    assert where in str(caught.value), name
    assert SECRET not in str(caught.value), name


@pytest.mark.parametrize("extension", [*TYPED, ".csv.gz", ".tsv.zst"])
@pytest.mark.parametrize("lost", [1, 8, 40])
def test_a_file_cut_short_is_refused(tmp_path: Path, extension: str, lost: int) -> None:
    path = tmp_path / f"people{extension}"
    write_table(people, path)
    path.write_bytes(path.read_bytes()[:-lost])
    with pytest.raises(DataError, match=r"cut short|not a complete"):
        open_table(path).read_all()


def test_a_long_note_is_read_and_a_row_beyond_the_block_is_refused() -> None:
    note = "word " * 200_000
    table = open_table(io.BytesIO(f"id,note\n1,{note}\n2,x\n".encode())).read_all()
    assert table["note"].to_pylist() == [note, "x"]
    with pytest.raises(DataError, match="a row is longer than 2 MiB"):
        open_table(io.BytesIO(f"id,note\n1,{note * 8}\n2,x\n".encode())).read_all()


def test_a_late_value_of_another_type_is_refused_with_its_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ehrkit.core.tables.ndjson.SAMPLE_ROWS", 2)
    lines = b'{"a": 1}\n{"a": 2}\n{"a": "Zebrowski"}\n'
    with pytest.raises(DataError, match=r":3, key a: is not int64"):
        open_table(io.BytesIO(lines)).read_all()


def test_a_wrong_extension_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.parquet"):
        write_table(people, tmp_path / "people.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_bad_input_leaves_no_output(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        write_table(open_table(io.BytesIO(b"a,b\n1\n")), tmp_path / "out.parquet")
    assert list(tmp_path.iterdir()) == []


def test_the_digest_is_of_the_bytes_on_disk(tmp_path: Path) -> None:
    import hashlib

    for extension in (*TYPED, *TEXT):
        path = tmp_path / f"people{extension}"
        written = write_table(people, path)
        assert written.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert (written.rows, written.bytes) == (4, path.stat().st_size)


def test_memory_is_bounded_by_batches_not_by_the_file(tmp_path: Path) -> None:
    """A reader of an endless source is asked for one batch only."""

    class Endless(io.RawIOBase):
        given = 0

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            Endless.given += size
            return b"00123,x\n" * (size // 8)

    first = next(iter(open_table(Endless(), "csv")))
    assert first.num_rows > 0
    assert Endless.given < 128 << 20


def test_a_folder_of_parts_is_one_table_in_the_order_of_names(tmp_path: Path) -> None:
    folder = tmp_path / "people.parquet"
    folder.mkdir()
    for name, rows in (("part-00001", people.slice(2)), ("part-00000", people.slice(0, 2))):
        write_table(rows, folder / f"{name}.parquet")
    assert open_table(folder).read_all().equals(people)
    write_table(people.drop_columns("mrn"), folder / "part-00002.parquet")
    with pytest.raises(DataError, match=r"part-00002\.parquet: has other columns"):
        open_table(str(folder)).read_all()
    with pytest.raises(UsageError, match=r"without \.parquet files"):
        open_table(tmp_path)
