"""A stream under a policy: what is refused, what is left out, what never gets through."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ehrkit.core.columns import KEY as PHI_KEY
from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import DataError, PolicyError
from ehrkit.core.tables import open_table, write_table
from ehrkit.deid.apply import apply_policy
from tests.deid.conftest import SENTINEL, applied, columns, deidentified, run_of

LINES = """
person_id = { pseudonym = "person" }
index_date = { shift = "person_id" }
age = "age-cap"
sex = "keep"
zip = "zip3"
name = "drop"
"""


def cohort(rows: int = 50) -> pa.Table:
    return pa.table(
        {
            "person_id": [f"PAT{n % 17:07d}" for n in range(rows)],
            "index_date": [dt.date(2020, 1, 1) + dt.timedelta(days=3 * n) for n in range(rows)],
            "age": [40 + n for n in range(rows)],
            "sex": ["female", "male"] * (rows // 2),
            "zip": ["02138", "03601"] * (rows // 2),
            "name": [f"{SENTINEL}{n}" for n in range(rows)],
        }
    )


def test_a_column_without_a_line_stops_the_run_and_is_named() -> None:
    table = cohort().append_column("ssn", pa.array([SENTINEL] * 50))
    with pytest.raises(PolicyError, match="ssn") as refused:
        applied(table, columns(LINES))
    assert refused.value.exit_code == 4
    assert SENTINEL not in str(refused.value)


def test_a_line_without_a_column_stops_the_run_and_is_named() -> None:
    with pytest.raises(DataError, match=r"table\.t\.columns\.name") as refused:
        applied(cohort().drop_columns(["name"]), columns(LINES))
    assert refused.value.exit_code == 3


def test_a_tag_in_the_file_outweighs_a_harmless_name() -> None:
    schema = pa.schema([field("label", pa.string(), Phi.MRN)])
    table = pa.table([pa.array(["x"])], schema=schema)
    with pytest.raises(PolicyError, match=r"class \(H\)"):
        deidentified(table, 'label = "keep"')
    with pytest.raises(PolicyError, match="the tag of this column says H, the policy none"):
        deidentified(table, 'label = { keep = true, phi = "none" }')
    line = 'label = { keep = true, reason = "approved by the board" }'
    run = applied(table, columns(line))
    assert run.reader.read_all()["label"].to_pylist() == ["x"]
    assert run.evidence().overrides == {"label": "approved by the board"}


def test_an_untagged_date_column_is_a_date_by_its_type() -> None:
    table = pa.table({"x": [dt.date(2020, 1, 1)]})
    with pytest.raises(PolicyError, match=r"class \(C\)"):
        applied(table, columns('x = "keep"', standard="safe-harbor"))


def test_quarantine_leaves_rows_out_counts_them_and_tells_where() -> None:
    table = cohort().set_column(
        4, "zip", pa.array(["02138"] * 10 + ["nowhere"] + ["02138"] * 38 + ["?"])
    )
    left_out: list[tuple[int, str]] = []
    policy = columns(LINES, on_bad="quarantine")
    run = applied(table, policy, batch=7, on_bad_row=lambda row, name: left_out.append((row, name)))
    done = run.reader.read_all()
    evidence = run.evidence()
    assert left_out == [(11, "zip"), (50, "zip")]
    assert (evidence.rows_in, evidence.rows_out, evidence.rows_quarantined) == (50, 48, 2)
    assert done.num_rows == 48
    assert next(c for c in evidence.columns if c.column == "zip").unreadable == 2


def test_refusal_names_row_and_column_and_no_value() -> None:
    table = cohort().set_column(4, "zip", pa.array(["02138"] * 40 + [SENTINEL] + ["02138"] * 9))
    run = applied(table, columns(LINES), batch=7)
    with pytest.raises(DataError, match=r"table\.t, row 41, column zip") as refused:
        run.reader.read_all()
    assert SENTINEL not in str(refused.value)


@given(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.dates(dt.date(1950, 1, 1), dt.date(2049, 1, 1))),
        min_size=2, max_size=40,
    ),
    st.sampled_from([pa.date32(), pa.string(), pa.timestamp("ms")]),
)  # fmt: skip
@settings(max_examples=30, deadline=None)
def test_intervals_of_a_patient_are_kept_and_no_date_stays(
    rows: list[tuple[str, dt.date]], type_: pa.DataType
) -> None:
    people, days = [p for p, _ in rows], [d for _, d in rows]
    table = pa.table({"person_id": people, "d_date": pa.array(days, pa.date32()).cast(type_)})
    done = deidentified(table, 'person_id = "drop"\nd_date = { shift = "person_id" }')
    moved = done["d_date"].cast(pa.date32()).to_pylist()
    moves: dict[str, set[int]] = {}
    for person, before, after in zip(people, days, moved, strict=True):
        moves.setdefault(person, set()).add((after - before).days)
    assert all(len(each) == 1 and 0 not in each for each in moves.values())


def test_two_files_agree_on_every_token_and_shift() -> None:
    visits = 'pat_id = { pseudonym = "person" }\nseen_date = { shift = "pat_id" }'
    policy = columns(LINES) + f"\n[table.visits.columns]\n{visits}"
    other = pa.table(
        {
            "pat_id": pa.array([f"PAT{n:07d}" for n in range(17)]).dictionary_encode(),
            "seen_date": ["2020-01-01T08:00:00"] * 17,
        }
    )
    one = applied(cohort(), policy).reader.read_all()
    run = run_of(policy)
    two = apply_policy(other.to_reader(), run.policy.table("visits"), run).reader.read_all()
    shifts = {
        token: (dt.date.fromisoformat(text[:10]) - dt.date(2020, 1, 1)).days
        for token, text in zip(*(two[c].to_pylist() for c in ("pat_id", "seen_date")), strict=True)
    }
    true = cohort()["index_date"].to_pylist()
    for token, day, before in zip(
        one["person_id"].to_pylist(), one["index_date"].to_pylist(), true, strict=True
    ):
        assert (day - before).days == shifts[token]


@given(st.integers(1, 60))
@settings(max_examples=10, deadline=None)
def test_the_batch_size_changes_nothing(size: int) -> None:
    whole = applied(cohort(), columns(LINES), batch=1_000)
    parts = applied(cohort(), columns(LINES), batch=size)
    assert whole.reader.read_all().equals(parts.reader.read_all().combine_chunks())
    assert whole.evidence() == parts.evidence()


def planted() -> tuple[pa.Table, list[bytes]]:
    """Return a table full of hiding places, and the byte strings that must not come out."""
    secret = f"{SENTINEL}-hidden"
    people = [f"{SENTINEL}{n:03d}" for n in range(40)]
    hidden = pa.Array.from_buffers(
        pa.int64(), 40, [pa.py_buffer(bytes([0x55] * 5)),
                         pa.array([0x7A7A4A4A5A5A0000 + n for n in range(40)]).buffers()[1]],
    )  # fmt: skip
    indices = pa.array([0, 1] * 20, pa.int32())
    ward = pa.DictionaryArray.from_arrays(indices, pa.array(["ICU", "OR", secret]))
    table = pa.table(
        {
            "person_id": people,
            "first_name": [secret] * 40,
            "visit_date": [f"2019-07-{1 + n % 28:02d}" for n in range(40)],
            "zip": ["94305"] * 40,
            "steps": hidden,
            "ward": ward,
        }
    )
    metadata = {b"pandas": secret.encode(), b"note": secret.encode()}
    schema = table.schema.with_metadata(metadata)
    schema = schema.set(0, schema.field(0).with_metadata({b"source": secret.encode()}))
    nulls = [(0x7A7A4A4A5A5A0000 + n).to_bytes(8, "little") for n in range(40) if n % 2]
    values = [SENTINEL.encode(), secret.encode(), b"94305", b"2019-07-", *nulls]
    return table.cast(schema), values


HIDING = """
person_id = { pseudonym = "person" }
first_name = "drop"
visit_date = { shift = "person_id" }
zip = "zip3"
steps = "keep"
ward = "keep"
"""


@pytest.mark.parametrize("format_", ["parquet", "arrow", "arrow-file", "csv", "ndjson"])
def test_no_original_value_survives_in_the_bytes_of_an_output(format_: str) -> None:
    table, values = planted()
    before, after = io.BytesIO(), io.BytesIO()
    pq.write_table(table, before, compression="none")
    assert all(value in before.getvalue() for value in values[:4])
    shift = {b"2019-07-"}  # a shifted date may land in any month, so compare day by day below
    write_table(applied(table, columns(HIDING)).reader, after, format_)
    raw = after.getvalue()
    if format_ == "parquet":
        loose = io.BytesIO()
        pq.write_table(pq.read_table(io.BytesIO(raw)), loose, compression="none")
        raw += loose.getvalue()
    assert not [value for value in values if value in raw and value not in shift]


def test_outputs_carry_their_tags_and_no_other_metadata(tmp_path: Path) -> None:
    table, _ = planted()
    write_table(applied(table, columns(HIDING)).reader, tmp_path / "t.parquet")
    schema = open_table(tmp_path / "t.parquet").schema
    assert not schema.metadata
    assert all(set(column.metadata) == {PHI_KEY} for column in schema)
    assert {c.name: c.metadata[PHI_KEY].decode() for c in schema} == {
        "person_id": "R", "visit_date": "C", "zip": "quasi", "steps": "none", "ward": "none",
    }  # fmt: skip


def test_evidence_is_json_without_a_value_and_says_what_was_done() -> None:
    run = applied(cohort(), columns(LINES, approved_by="the board"))
    with pytest.raises(RuntimeError):
        run.evidence()
    run.reader.read_all()
    document = run.evidence().as_json()
    text = json.dumps(document)
    assert not any(word in text for word in (SENTINEL, "PAT0", "02138", "female"))
    assert document["strongest"] == "limited"
    assert document["approved_by"] == "the board"
    assert set(document["keys"]) == {"pseudonym/person", "date-shift"}
    assert document["zip3_table"]["version"] == "2022.1"
    columns_ = {each["column"]: each for each in document["columns"]}
    assert columns_["zip"]["tallies"] == {"masked": 25}
    assert columns_["zip"]["phi"] == "B"
    assert columns_["name"]["action"] == "drop"
    assert columns_["index_date"]["changed"] == 50
    assert len(document["policy_sha256"]) == 64
    assert json.loads(document["policy"])["standard"] == "expert"


def test_memory_of_distinct_values_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    from ehrkit.deid.transforms import kernel

    whole = applied(cohort(), columns(LINES)).reader.read_all()
    monkeypatch.setattr(kernel, "MEMORY", 5)
    assert applied(cohort(), columns(LINES), batch=3).reader.read_all().combine_chunks() == whole


def test_entries_of_a_dictionary_that_no_row_uses_do_not_come_out() -> None:
    secret = 0x7A7A4A4A5A5A1234
    indices = pa.array([0, 1, 0, None], pa.int32())
    coded = pa.DictionaryArray.from_arrays(indices, pa.array([1, 2, secret]))
    run = applied(pa.table({"steps": coded}), columns('steps = "keep"'))
    assert run.reader.schema.field("steps").type == pa.int64()
    sink = io.BytesIO()
    write_table(run.reader, sink, "arrow")
    assert secret.to_bytes(8, "little") not in sink.getvalue()


def test_memory_does_not_grow_with_the_number_of_batches() -> None:
    rows = 20_000
    schema = pa.schema([("person_id", pa.string()), ("d_date", pa.string())])

    def batches(count: int) -> pa.RecordBatchReader:
        made = (
            pa.RecordBatch.from_pydict(
                {"person_id": [f"p{n}" for n in range(rows)], "d_date": ["2020-01-01"] * rows},
                schema=schema,
            )
            for _ in range(count)
        )
        return pa.RecordBatchReader.from_batches(schema, made)

    def peak(count: int) -> int:
        run = run_of(columns('person_id = "drop"\nd_date = { shift = "person_id" }'))
        held = []
        for batch in apply_policy(batches(count), run.policy.table("t"), run).reader:
            assert batch.num_rows == rows
            held.append(pa.total_allocated_bytes())
        return max(held)

    assert peak(30) < 2 * peak(5)


@pytest.mark.parametrize("column", [pa.nulls(4), pa.nulls(0), pa.nulls(3, pa.string())])
def test_columns_without_a_value_and_tables_without_a_row_pass(column: pa.Array) -> None:
    names = ("person_id", "index_date", "birth_date", "age", "zip", "note", "ward")
    lines = """
    person_id = { pseudonym = "person" }
    index_date = { shift = "person_id" }
    birth_date = "birth-year"
    age = "age-cap"
    zip = "zip3"
    note = "scrub"
    ward = "keep"
    """
    run = applied(pa.table(dict.fromkeys(names, column)), columns(lines, last_year=2024))
    done = run.reader.read_all()
    assert done.num_rows == len(column) == run.evidence().rows_out
    assert all(each.null_count == len(column) for each in done.columns)
    assert {each.blank for each in run.evidence().columns} == {len(column)}
