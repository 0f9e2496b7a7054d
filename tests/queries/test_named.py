"""Kit queries: headers, parameters bound as typed literals, PHI tags, mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlglot import exp

from ehrkit.core.columns import Phi, phi_of
from ehrkit.core.errors import DataError, EhrkitError, UsageError
from ehrkit.queries.adapting.adapters import load_adapter
from ehrkit.queries.counting import count_codes
from ehrkit.queries.engines import open_engine
from ehrkit.queries.kit.named import kit, load_query, run_query
from ehrkit.queries.reading import load_cohort
from ehrkit.queries.running import cohort_schema
from ehrkit.queries.vocabulary.codesets import load_code_sets
from tests.queries.clarity_chart import Chart

OURS = """/*
title = "Ours"
[parameters]
kind = { type = "text", default = "emergency" }
[columns]
n = ["integer", "none"]
*/
SELECT COUNT(*) AS n FROM encounters AS e WHERE e.kind = :kind
"""


@pytest.mark.parametrize("name", sorted(kit()))
def test_every_kit_query_names_its_columns_and_tags(name: str) -> None:
    query = load_query(name)
    assert query.title
    assert query.conventions
    assert query.tree.named_selects == query.schema.names
    assert all(phi_of(column) is not None for column in query.schema)


def test_every_cohort_column_has_a_tag() -> None:
    schema = cohort_schema(load_cohort("lumbar-fusion-ed-30d"))
    tags = {column.name: phi_of(column) for column in schema}
    assert tags["person_id"] is Phi.OTHER_ID
    assert tags["index_date"] is Phi.DATE
    assert tags["first_ed_date"] is Phi.DATE
    assert (tags["age"], tags["sex"]) == (Phi.QUASI, Phi.QUASI)
    assert None not in tags.values()


def test_values_are_bound_and_never_spliced(chart: Chart, tmp_path: Path) -> None:
    chart.patient("Z1")
    chart.emergency(1, "Z1", "2020-03-20 12:00")
    path = tmp_path / "ours.sql"
    path.write_text(OURS)
    evil = "x' OR '1' = '1"
    literals = [
        one.this for one in load_query(str(path), {"kind": evil}).tree.find_all(exp.Literal)
    ]
    assert evil in literals
    with open_engine(str(chart.close())) as engine:
        adapter = load_adapter("epic-clarity")
        counts = [
            run_query(load_query(str(path), values), adapter, engine).read_all().to_pylist()
            for values in ({}, {"kind": evil})
        ]
    assert counts == [[{"n": 1}], [{"n": 0}]]


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("/*", "", "must start with"),
        ("encounters AS", "encountrs AS", "Did you mean encounters?"),
        (":kind", ":kinds", "Did you mean kind?"),
        ('"integer", "none"', '"integr", "none"', "Did you mean integer?"),
        ('"integer", "none"', '"integer", "secret"', "[type, PHI tag]"),
        ('title = "Ours"', "", "title is missing"),
        ("COUNT(*)", "MEDIAN(e.x)", "portable"),
        ("SELECT COUNT", "SELEC COUNT", "not one SQL statement"),
        ("AS n", "AS m", "gives no column n, which [columns] declares"),
    ],
)
def test_a_mistake_is_named(
    chart: Chart, tmp_path: Path, right: str, wrong: str, says: str
) -> None:
    path = tmp_path / "ours.sql"
    path.write_text(OURS.replace(right, wrong))
    with pytest.raises(EhrkitError) as caught, open_engine(str(chart.close())) as engine:
        run_query(load_query(str(path)), load_adapter("epic-clarity"), engine)
    assert isinstance(caught.value, DataError)
    assert says in str(caught.value)


SIZES = """/*
title = "Sizes"
[parameters]
weight = { type = "codes", default = "body-weight" }
[columns]
kilograms = ["number", "none"]
*/
SELECT EHR_IN_UNIT(m, 'kg') AS kilograms FROM measurements AS m WHERE EHR_IN_CODES(m, :weight)
"""


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("'kg'", "'kgg'", "Did you mean kg?"),
        ("(m, 'kg')", "(m, :weight)", "takes the alias of a table and a unit"),
        ("(m, 'kg')", "('kg')", "EHR_IN_UNIT(m, 'kg')"),
        (":weight", ":wait", "Did you mean weight?"),
        ("(m, :weight)", "(m)", "takes the alias of a table and a parameter of type codes"),
        ("EHR_IN_UNIT(m, 'kg')", "EHR_MME(m, 1)", "EHR_MME takes the alias of a table"),
        ("EHR_IN_UNIT(m, 'kg')", "EHR_IN_UNITS(m, 'kg')", "Did you mean EHR_IN_UNIT"),
    ],
)
def test_a_mistake_in_a_short_form_is_named(
    tmp_path: Path, right: str, wrong: str, says: str
) -> None:
    path = tmp_path / "sizes.sql"
    path.write_text(SIZES)
    assert "0.45359237" in load_query(str(path)).tree.sql()
    path.write_text(SIZES.replace(right, wrong))
    with pytest.raises(EhrkitError) as caught:
        load_query(str(path))
    assert caught.value.where is not None and caught.value.where.startswith("sizes.sql")
    assert says in str(caught.value)


def test_unknown_queries_and_values() -> None:
    with pytest.raises(UsageError) as caught:
        load_query("encounter")
    assert caught.value.hint == "Did you mean encounters?"
    with pytest.raises(UsageError, match="of type date"):
        load_query("encounters", {"since": "yesterday"})


def test_codes_are_counted_by_event_and_person(chart: Chart) -> None:
    chart.patient("Z1")
    chart.surgery(1, "Z1", "2020-03-07 07:00", "2020-03-10 12:00")
    chart.procedure(1, "0SG00A0", "2020-03-07")
    chart.procedure(1, "0SG10A0", "2020-03-07")
    chart.procedure(1, "0SG50A0", "2020-03-07")
    with open_engine(str(chart.close())) as engine:
        codes = load_code_sets()["lumbar-fusion"]
        table = count_codes(codes, load_adapter("epic-clarity"), engine)
    assert [tuple(row.values()) for row in table.to_pylist()] == [
        ("procedure", "icd10pcs", "0SG00A0", 2, 1, "0SG0*"),
        ("procedure", "icd10pcs", "0SG10A0", 1, 1, "0SG1*"),
        *((None, "icd10pcs", None, 0, 0, f"{stem}*") for stem in ("0SG3", "XRGB", "XRGC", "XRGD")),
    ]
