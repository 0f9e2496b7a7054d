"""Every kit query and cohort finds the same people, days and values in the three synthetic shapes.

What differs is what a chart does not keep, or keeps in other words: it is listed here with why,
and everything else is compared.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ehrkit.queries.adapting.adapters import load_adapter
from ehrkit.queries.engines import open_engine
from ehrkit.queries.kit.named import kit, load_query, run_query
from ehrkit.queries.reading import library, load_cohort
from ehrkit.queries.running import run_cohort
from ehrkit.synthetic.generate import generate
from ehrkit.synthetic.spec import Spec
from tests.queries.three_shapes import SHAPES, Rows

# Columns that are not compared, by definition and shape (or any shape), and why.
DIFFERENT = {
    ("body-mass-index", "cerner"): (
        {"bmi"}, "Millennium charts it as a text of one decimal, where 31.25 is 31.2"),
    ("ed-signals", "omop"): (
        {"ed_record", "base_class", "class_or_department", "billing", "signals"},
        "the CDM keeps neither base class nor revenue codes; the visits themselves are the same"),
    ("encounters", "any"): (
        {"start_time", "end_time", "disposition"},
        "the CDM gives a clinic visit an end at once, Clarity none; dispositions are in own words"),
    ("identities", "any"): (
        {"first_name", "last_name", "zip", "phone", "email", "address"},
        "the CDM keeps no names; charts differ in which address and telephone is the current one"),
    ("peak-creatinine-after-surgery", "any"): (
        {"peak_48h"}, "surgery begins with anesthesia in Clarity, with the incision elsewhere"),
    ("smoking-at-surgery", "any"): ({"smoking_status"}, "the words are those of each chart"),
    ("spine-surgery-thromboembolism", "omop"): (
        {"in_stay"}, "the CDM has no place for what was present on admission: none of the concepts "
        "of condition_status says so"),
}  # fmt: skip
# Nothing to compare: the counts of ed-signals above.
APART = ("ed-signal-disagreements",)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synthetic") / "site"
    generate(folder, Spec(2000, 11, notes=False), tuple(SHAPES))
    surgeries = rows_of(folder, "clarity", "reoperation-free-survival")
    for shape in SHAPES:
        pq.write_table(_device_days(surgeries, shape), folder / shape / "DEVICE_DAY.parquet")
    return folder


def _device_days(surgeries: Rows, shape: str) -> pa.Table:
    """One person wears a device on no day before surgery, the next on one, up to seven."""
    prefix = "Z" if shape == "clarity" else ""
    days = [
        {
            "person_id": prefix + row["person_id"],
            "date": row["index_date"] - timedelta(days=day),
            "steps": 1000 * day,
            "wear_minutes": 700,
            "valid": True,
        }
        for number, row in enumerate(surgeries)
        for day in range(1, number % 8)
    ]
    return pa.Table.from_pylist(days)


def rows_of(site: Path, shape: str, name: str) -> Rows:
    """Run a kit query or a cohort; persons are the digits of PAT_ID, as in every shape."""
    adapter = load_adapter(SHAPES[shape])
    with open_engine(str(site / shape)) as engine:
        reader = (
            run_query(load_query(name), adapter, engine)
            if name in kit()
            else run_cohort(load_cohort(name), adapter, engine)
        )
        rows = reader.read_all().to_pylist()
    return [{**row, "person_id": row["person_id"].lstrip("Z")} for row in rows]


def compared(rows: Rows, left_out: set[str]) -> Counter[tuple[Any, ...]]:
    """Count rows without some columns; an operation is a contact of its own in Clarity alone."""
    return Counter(
        tuple(value for key, value in row.items() if key not in left_out)
        for row in rows
        if row.get("kind") != "other"
    )


@pytest.mark.parametrize("name", [*(one for one in kit() if one not in APART), *library()])
def test_the_same_rows_in_three_shapes(site: Path, name: str) -> None:
    clarity = rows_of(site, "clarity", name)
    assert len(clarity) >= 5
    for shape in ("cerner", "omop"):
        own, _ = DIFFERENT.get((name, shape), (set(), ""))
        everywhere, _ = DIFFERENT.get((name, "any"), (set(), ""))
        left_out = own | everywhere
        assert compared(rows_of(site, shape, name), left_out) == compared(clarity, left_out)


@pytest.mark.parametrize(("name", "shape"), DIFFERENT)
def test_what_is_left_out_does_differ(site: Path, name: str, shape: str) -> None:
    """A reason that no longer holds must go."""
    own, _ = DIFFERENT[name, shape]
    shapes = ("cerner", "omop") if shape == "any" else (shape,)
    rows = rows_of(site, "clarity", name)
    for column in own:
        rest = set(rows[0]) - {column, "person_id"}
        found = [compared(rows_of(site, one, name), rest) for one in shapes]
        assert any(one != compared(rows, rest) for one in found), column
