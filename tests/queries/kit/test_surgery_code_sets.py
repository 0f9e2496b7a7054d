"""Code sets of spine surgery, and how a query of the kit names one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlglot import exp

from ehrkit.core.errors import DataError, EhrkitError, UsageError
from ehrkit.queries.adapting.adapters import load_adapter, schemas
from ehrkit.queries.kit.named import compile_query, kit, load_query
from ehrkit.queries.listing import list_queries
from ehrkit.queries.vocabulary.codesets import CodeSet, load_code_sets
from tests.queries.databases import Databases
from tests.queries.kit.people import People, diagnosis, operation, stay

SETS = load_code_sets()
OURS = """/*
title = "Ours"
[parameters]
wanted = { type = "codes", default = "dural-tear" }
n = { type = "integer", default = 1 }
[columns]
person_id = ["text", "R"]
*/
SELECT c.person_id AS person_id FROM conditions AS c WHERE EHR_IN_CODES(c, :wanted)
"""


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("any-spine-surgery", "0SG00AJ 0RG2071 XRGB0R7 01NB0ZZ 0SB20ZZ 0ST20ZZ 0SR20JZ 0SP004Z "
         "0SW00AZ 0SH004Z 0QS004Z", "0SG704Z 0SG504Z 0SGF04Z 0RGJ04Z XRGE058 XRGJ0B9 0SB20ZX "
         "0SP000Z 0SP003Z 0SPX0XZ 0SJ00ZZ 0QU03JZ"),
        ("lumbar-spine-surgery", "0SG00AJ XRGD092 01NB0ZZ 01NR0ZZ 0QB10ZZ",
         "0RG10A0 0RGA0AJ 00NX0ZZ"),
        ("cervical-spine-surgery", "0RG0070 XRG1092 0RG40A0 00NW0ZZ 0RB30ZZ", "0RG60AJ 0SG00AJ"),
        ("thoracic-spine-surgery", "0RG60AJ XRG6092 XRG80F3 0RGA0AJ XRGA0R7 00NX0ZZ",
         "0RG40A0 0SG00AJ"),
        ("lumbar-fusion", "0SG00AJ 0SG1071 0SG3371 XRGB0R7 XRGC092 XRGD0F3",
         "0SG504Z 0RGA0AJ XRGA0R7 XRGE058 0SB20ZZ"),
        ("cervical-fusion", "0RG00A0 0RG10A0 0RG2071 0RG40A0 XRG0092 XRG1092 XRG20F3 XRG4092",
         "0RG60A0 0RGC04Z XRG6092 XRGA0R7"),
        ("spinal-fusion", "0RG10A0 0RG6071 0RG7071 0RG8071 0RGA071 0SG00AJ XRG1092 XRG6092 XRG7092 "
         "XRG80F3 XRGA0R7 XRGB0R7", "0SG504Z 0SG704Z 0RGC04Z XRGE058 XRGF058 XRGJ0B9 XRG3092"),
        ("spine-decompression", "01NB0ZZ 00NY4ZZ 0RT30ZZ", "0SG00AJ 0SB20ZX 01N30ZZ"),
        ("spine-implant-revision", "0SP004Z 0RW10AZ 0QP004Z", "0SP000Z 0SW003Z 0SG00AJ 0SP90JZ"),
        ("disc-replacement", "0SR20JZ 0RR30JZ", "0SR90JZ 0RRJ0JZ"),
        ("operating-room-procedure", "0SG00AJ 0DTJ4ZZ", "02HV33Z 0BJ08ZZ 0SB20ZX BR39ZZZ"),
        ("dura-repair", "00Q20ZZ 00UT0JZ", "00Q00ZZ"),
        ("always-planned-procedure", "0TY00Z0 02YA0Z0 30233G0", "0SG00AJ 30233N1"),
        ("potentially-planned-procedure", "0SG00AJ 0SR9019 0SRC0J9", "01NB0ZZ 0SRA0J9"),
        ("spine-mri", "BR39ZZZ BR30YZZ B03BZZZ", "B030ZZZ BR3CZZZ BR29ZZZ"),
        ("epidural-injection", "3E0R33Z 3E0S3BZ", "3E0R329 3E0T33Z"),
    ],
)  # fmt: skip
def test_procedures(name: str, inside: str, outside: str) -> None:
    assert_members(SETS[name], "icd10pcs", inside, outside)


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("surgical-site-infection", "T8140XA T8141XA T8142XA T8143XA T8149XA T8463XA",
         "T8144XA T8141XD T8460XA"),
        ("wound-dehiscence", "T8130XA T8131XA T81321A", "T8133XA T8131XS"),
        ("deep-vein-thrombosis", "I82401 I824Y9", "I82501 I82621 I82811"),
        ("pulmonary-embolism", "I2602 I2609 I2692 I2693 I2699",
         "I2601 I2690 I2603 I2604 I2695 I2696 I2782"),
        ("dural-tear", "G9741 G9611", "G9749 G9612"),
        ("cerebrospinal-fluid-leak", "G9600 G9609", "G9601 G9602 G9608"),
        ("postoperative-haematoma", "G9731 G9751 M96810 M96830 M96840 M96841", "M96842 M96820"),
        ("spinal-implant-complication", "T84216A T84226A T84296A", "T84210A T84216D M960"),
        ("acute-myocardial-infarction", "I214 I21A1", "I220 I252"),
        ("pneumonia", "J189 J13 J690 J95851", "J209 J9589"),
        ("sepsis", "A419 A403 R6521 T8112XA T8144XA", "R6510 B377"),
        ("stroke", "I639 I6000 I97820", "I6529 G459"),
        ("acute-kidney-injury", "N179 N990", "N189"),
        ("ileus", "K567 K560", "K5660"),
        ("urinary-retention", "R339 R338", "R32"),
        ("urinary-tract-infection", "N390", "N393"),
        ("always-planned-diagnosis", "Z510 Z5111 Z5112 Z44101", "Z515 Z5189"),
        ("acute-diagnosis", "A419 S72001A T8142XA R509 N179", "M48062 Z5111 M4316"),
        ("readmission-excluded-diagnosis", "F200 F329 C7951 Z5111", "F1010 D166 I214"),
        ("pregnancy", "O80 O9A211 Z3400", "N800"),
    ],
)  # fmt: skip
def test_diagnoses(name: str, inside: str, outside: str) -> None:
    assert_members(SETS[name], "icd10cm", inside, outside)


def assert_members(codes: CodeSet, vocabulary: str, inside: str, outside: str) -> None:
    today = date(2024, 6, 1)
    assert [one for one in inside.split() if not codes.matches(vocabulary, one, today)] == []
    assert [one for one in outside.split() if codes.matches(vocabulary, one, today)] == []


def test_codes_end_with_their_last_day() -> None:
    infection, leak = SETS["surgical-site-infection"], SETS["cerebrospinal-fluid-leak"]
    assert infection.matches("icd10cm", "T814XXA", date(2018, 9, 30))
    assert not infection.matches("icd10cm", "T814XXA", date(2018, 10, 1))
    assert leak.matches("icd10cm", "G960", date(2020, 9, 30))
    assert not leak.matches("icd10cm", "G960", date(2020, 10, 1))


def test_the_three_regions_are_the_whole_spine() -> None:
    regions = [SETS[f"{one}-spine-surgery"] for one in ("cervical", "thoracic", "lumbar")]
    whole = SETS["any-spine-surgery"]
    parts = [entry for one in regions for entry in one.include["icd10pcs"]]
    assert sorted(map(str, parts)) == sorted(map(str, whole.include["icd10pcs"]))
    assert {one.exclude["icd10pcs"] for one in regions} == {whole.exclude["icd10pcs"]}


@pytest.mark.parametrize("name", sorted(SETS))
def test_every_code_set_has_a_title_and_a_source(name: str) -> None:
    assert SETS[name].title != name
    assert SETS[name].source


def test_a_query_names_a_code_set(databases: Databases, tmp_path: Path) -> None:
    path = tmp_path / "ours.sql"
    path.write_text(OURS)
    people = People()
    people.add("torn", stay("01-01", "01-05"), diagnosis("G97.41", "01-01"))
    people.add("infected", stay("01-01", "01-05"), diagnosis("t81.42xa", "01-01"))
    people.add("operated", stay("01-01", "01-05"), operation("0SG00AJ", "01-01"))

    def found(**values: str) -> list[str]:
        return [who for who, rows in people.run(str(path), databases, "duckdb", **values).items()
                if rows]  # fmt: skip

    assert found() == ["torn"]
    assert found(wanted="surgical-site-infection") == ["infected"]
    with pytest.raises(DataError, match="has no code of a condition vocabulary"):
        found(wanted="lumbar-fusion")
    path.write_text(OURS.replace("FROM conditions AS c", "FROM procedures AS c"))
    assert found(wanted="lumbar-fusion") == ["operated"]


@pytest.mark.parametrize(
    ("right", "wrong", "error", "says"),
    [
        ('"dural-tear"', '"dural-tears"', UsageError, "Did you mean dural-tear?"),
        ("(c, :wanted)", "(c, :n)", DataError, "a parameter of type codes"),
        ("(c, :wanted)", "(c, 'G97.41')", DataError, "a parameter of type codes"),
        ("(c, :wanted)", "(:wanted)", DataError, "a parameter of type codes"),
        ("(c, :wanted)", "(c, :wanting)", DataError, "Did you mean wanted?"),
        ("conditions AS c", "hospital_stay AS c", DataError, "Did you mean hospital_stays?"),
        ("conditions AS c", "own_part AS c", DataError, "_own_part.sql: not one SQL statement"),
        ("SELECT c.", "WITH bed_rows AS (SELECT 1 AS x) SELECT c.", DataError,
         "the name bed_rows is taken"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(
    tmp_path: Path, right: str, wrong: str, error: type[EhrkitError], says: str
) -> None:
    path = tmp_path / "ours.sql"
    text = OURS.replace(right, wrong)
    if "bed_rows" in wrong:
        text = text.replace("conditions AS c", "hospital_stays AS c")
        text = text.replace("EHR_IN_CODES(c, :wanted)", "1 = 1")
    path.write_text(text)
    (tmp_path / "_own_part.sql").write_text("SELEC 1")
    with pytest.raises(error) as caught:
        load_query(str(path))
    assert says in str(caught.value)


def test_surgical_queries_cite_a_source_and_parts_are_no_queries() -> None:
    listed = {row["query"]: row["source"] for row in list_queries().to_pylist()}
    for name in (
        "readmission-cms-hwr",
        "readmission-ncqa-pcr",
        "hospital-stays",
        "discharge-disposition",
        "levels-fused",
        "team-spinal-fusion-episodes",
    ):
        assert listed[name]
    assert not [name for name in kit() if name.startswith("_")]


@pytest.mark.parametrize("schema", sorted(schemas()))
@pytest.mark.parametrize("name", sorted(kit()))
def test_names_in_a_query_and_in_a_schema_never_meet(name: str, schema: str) -> None:
    query, adapter = load_query(name), load_adapter(schema)
    if query.relations <= set(adapter.relations):
        names = [cte.alias for cte in compile_query(query, adapter).find_all(exp.CTE)]
        assert sorted(names) == sorted(set(names))


def test_a_name_that_the_schema_has_is_set_apart(tmp_path: Path) -> None:
    """The OMOP schema has a part called deaths; a query may have one too."""
    path = tmp_path / "ours.sql"
    part = "SELECT p.person_id AS person_id, p.death_date AS died FROM persons AS p"
    select = (
        "SELECT deaths.person_id AS person_id FROM deaths JOIN deaths AS d ON d.died = deaths.died"
    )
    path.write_text(OURS.partition("SELECT")[0] + f"WITH deaths AS ({part}) {select}")
    tree = compile_query(load_query(str(path)), load_adapter("omop-5.4"))
    names = [cte.alias for cte in tree.find_all(exp.CTE)]
    assert names.index("deaths") < names.index("persons") < names.index("own_deaths")
    final = [(one.name, one.alias) for one in tree.find_all(exp.Table) if one.name == "own_deaths"]
    assert sorted(final) == [("own_deaths", "d"), ("own_deaths", "deaths")]
    path.write_text(OURS.replace("SELECT c", "WITH persons AS (SELECT 1 AS x) SELECT c"))
    with pytest.raises(DataError, match="the name persons is taken"):
        load_query(str(path))
