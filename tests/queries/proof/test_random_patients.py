"""Whatever a file of patients holds, it is read into typed tables or refused with its place."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ehrkit.core.errors import DataError
from ehrkit.queries.proving.invented import SHORT, TYPED, read_patient, tables_of
from ehrkit.queries.relations import RELATIONS
from ehrkit.queries.sections import Section

COLUMNS = sorted({*SHORT, *(name for one in RELATIONS.values() for name in one.columns)})
VALUES = st.one_of(
    st.sampled_from([
        date(2020, 2, 29), datetime(2020, 2, 29, 23, 59), time(12), "2020-02-29", "x", "",
        datetime(2020, 2, 29, tzinfo=UTC), True, 3, 10**30, 1.5, float("nan"), [], {},
    ]),
    st.integers(),
    st.text(max_size=3),
)  # fmt: skip


def rows(relation: str) -> st.SearchStrategy[Any]:
    """Draw rows with some of a relation's columns, and now and then one of another."""
    own = [*RELATIONS[relation].columns, *SHORT]
    one = st.dictionaries(st.sampled_from([*own, *own, *COLUMNS]), VALUES, max_size=2)
    return one if relation == "person" else st.lists(one, max_size=2) | VALUES


TABLES = st.fixed_dictionaries(
    {}, optional={"proceedure": VALUES, **{relation: rows(relation) for relation in TYPED}}
)


@settings(max_examples=400, deadline=None)
@given(TABLES)
def test_any_patient_is_read_or_refused(table: dict[str, Any]) -> None:
    section = Section({"label": "A"} | table, "mine.test.toml: patient[1]")
    try:
        patient = read_patient(section, 1)
        section.finish()
    except DataError as error:
        assert error.where and error.where.startswith("mine.test.toml: patient[1]")
        return
    assert set(tables_of([patient])) == {f"EHRKIT_{name.upper()}" for name in RELATIONS}
