"""Schema adapters: rules of their files, overlays, and what their SQL needs from a database."""

from __future__ import annotations

from pathlib import Path

import pytest

from ehrkit.core.errors import DataError, UsageError
from ehrkit.queries.adapting.adapters import load_adapter, schemas
from ehrkit.queries.listing import describe_tables
from ehrkit.queries.relations import ADDED_RELATIONS, RELATIONS

PERSON = (
    "SELECT p.A AS person_id, {} AS birth_date, 'x' AS sex, 'unknown' AS race, "
    "'unknown' AS ethnicity, EHR_NO_DATE() AS death_date FROM T AS p"
)


def folder(tmp_path: Path, **files: str) -> str:
    where = tmp_path / "ours"
    where.mkdir(exist_ok=True)
    (where / "schema.toml").write_text(files.pop("settings", 'title = "Ours"'))
    for name, text in files.items():
        (where / f"{name}.sql").write_text(text)
    return str(where)


@pytest.mark.parametrize("name", sorted(schemas()))
def test_shipped_relations_have_the_columns_of_the_contract(name: str) -> None:
    adapter = load_adapter(name)
    for relation in adapter.relations:
        last = adapter.parts[RELATIONS[relation].cte].ctes[-1][1]
        first = last.left if hasattr(last, "left") and last.left else last
        assert first.named_selects == list(RELATIONS[relation].columns), relation


def test_what_a_schema_needs_is_found_in_its_sql(tmp_path: Path) -> None:
    tables = load_adapter("epic-clarity").tables(["person"])
    assert tables["PATIENT_3"] == {"PAT_ID", "IS_TEST_PAT_YN"}
    assert tables["ZC_SEX"] == {"NAME", "RCPT_MEM_SEX_C"}
    assert "PAT_ENC" not in tables
    ours = load_adapter(folder(tmp_path, person=PERSON.format("EHR_TO_DATE(p.B)")))
    assert ours.tables(["person"]) == {"T": {"A", "B"}}


@pytest.mark.parametrize("name", sorted(set(schemas()) - {"logical"}))
def test_a_shipped_schema_reads_only_what_is_described(name: str) -> None:
    adapter = load_adapter(name)
    assert adapter.shape is not None
    described = {
        (table.name.upper(), column.name.upper())
        for table in adapter.shape.tables.values()
        for column in table.columns
    }
    own = set(adapter.relations) - set(ADDED_RELATIONS)
    read = {
        (table.upper(), column.upper())
        for table, columns in adapter.tables(own).items()
        for column in columns
    }
    assert read - described == set()


def test_tables_are_described_with_who_reads_them() -> None:
    rows = describe_tables(load_adapter("epic-clarity"), "PATIENT_3").to_pylist()
    assert [row["column"] for row in rows] == ["PAT_ID", "IS_TEST_PAT_YN"]
    assert "person" in rows[1]["relations"].split(", ")
    with pytest.raises(UsageError, match="PAT_ENC"):
        describe_tables(load_adapter("epic-clarity"), "PAT_ENCC")


def test_a_site_replaces_one_relation(tmp_path: Path) -> None:
    where = folder(
        tmp_path,
        settings='title = "Ours"\nextends = "epic-clarity"',
        person=PERSON.format("EHR_NO_DATE()"),
    )
    ours, theirs = load_adapter(where), load_adapter("epic-clarity")
    assert ours.relations == theirs.relations
    assert ours.tables(["person"]) == {"T": {"A"}}
    assert ours.tables(["encounter"]) == theirs.tables(["encounter"])
    billing = load_adapter("epic-clarity-billing")
    assert "ARPB_TRANSACTIONS" in billing.tables(["procedure"])


STRENGTHS = "SELECT d.drug_id AS x, d.strength AS y FROM drug_strengths AS d"
DRUGS = {
    "_drug_names": "SELECT t.A AS drug_id, t.B AS name, t.C AS rest FROM T AS t",
    "_drug_ingredients": "SELECT u.A AS drug_id, u.R AS code FROM U AS u",
}


def test_a_helper_that_schemas_share_reads_their_own_files(tmp_path: Path) -> None:
    ours = load_adapter(folder(tmp_path, _ours=STRENGTHS, **DRUGS))
    assert ours.parts["drug_strengths"].path.parent.name == "_shared"
    assert ours.parts["drug_strengths"].uses.keys() == {"drug_names", "drug_ingredients"}
    own = "SELECT v.A AS drug_id, v.S AS strength FROM V AS v"
    ours = load_adapter(folder(tmp_path, _drug_strengths=own))
    assert ours.parts["drug_strengths"].tables.keys() == {"V"}
    assert "_shared" not in schemas()


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"_ours": STRENGTHS, "_drug_names": DRUGS["_drug_names"]},
         "_drug_strengths.sql: names the relation drug_ingredients, which no file supplies"),
        ({"persn": "SELECT 1 AS x"}, "Did you mean person?"),
        ({"person": "SELEC 1"}, "not one SQL statement"),
        ({"_one": "SELECT p.A AS x FROM helprs AS p", "_helpers": "SELECT 1 AS x"},
         "Did you mean helpers?"),
        ({"_two": "SELECT p.x AS x FROM one AS p", "_one": "SELECT q.x AS x FROM two AS q"},
         "in a circle"),
        ({"_two": "SELECT p.patid AS x FROM one AS p", "_one": "SELECT q.A AS pat_id FROM T AS q"},
         "_two.sql: reads the column patid of one, which does not supply it\n  Did you mean pat"),
        ({"person": "SELECT A AS x FROM T JOIN U ON T.B = U.B"}, "column A needs the alias"),
        ({"person": "SELECT DATE_ADD(p.A, 3) AS x FROM T AS p"}, "outside the portable SQL"),
        ({"_one": "WITH encounters AS (SELECT 1 AS x) SELECT e.x AS x FROM encounters AS e"},
         "the name encounters is taken"),
        ({"settings": 'titel = "x"'}, "title"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_folder_is_named(tmp_path: Path, files: dict[str, str], says: str) -> None:
    with pytest.raises(DataError) as caught:
        load_adapter(folder(tmp_path, **files))
    assert says in str(caught.value)


DESCENT = "SELECT t.A AS ancestor, t.D AS descendant FROM T AS t"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (DESCENT.replace("ancestor", "ancester"),
         "descent.sql: a descent has no column ancester\n  Did you mean ancestor?"),
        ("SELECT t.A AS ancestor FROM T AS t",
         "descent.sql: a descent lacks the column descendant\n  Where the site does not keep it"),
        (DESCENT.replace(" FROM", ", t.X AS level FROM"), "a descent has no column level"),
        ("SELECT t.* FROM T AS t", "must name its columns, not select *"),
        (f"{DESCENT} UNION ALL SELECT t.D AS descendant, t.A AS ancestor FROM T AS t",
         "part 2 of the UNION has descendant in place 1, where the first has ancestor"),
        (f"{DESCENT} UNION ALL SELECT t.A AS ancestor FROM T AS t",
         "part 2 of the UNION has 1 columns, the first 2"),
    ],
)  # fmt: skip
def test_a_relation_with_other_columns_is_refused(tmp_path: Path, text: str, says: str) -> None:
    """An overlay that misses the contract is told so before any database is asked."""
    settings = 'title = "Ours"\nextends = "omop-5.4"'
    with pytest.raises(DataError) as caught:
        load_adapter(folder(tmp_path, settings=settings, descent=text))
    assert says in f"{caught.value}"


def test_unknown_schemas_and_missing_relations(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load_adapter("epic-clarty")
    assert caught.value.hint == "Did you mean epic-clarity?"
    with pytest.raises(UsageError, match="no such schema folder"):
        load_adapter(str(tmp_path / "none"))
    with pytest.raises(UsageError, match="supplies no relation descent"):
        load_adapter("epic-clarity").need(["descent"])
