"""Second patient records: who has one, and when it was merged."""

from __future__ import annotations

from tests.synthetic.conftest import Query

# Contacts of each person, under their own record and second ones.
CONTACTS = """
    SELECT coalesce(m.person_id, e.PAT_ID) AS person_id, CAST(e.CONTACT_DATE AS DATE) AS day
    FROM PAT_ENC AS e LEFT JOIN truth_merges AS m ON m.old_pat_id = e.PAT_ID
"""


def test_records_are_merged_after_birth_and_a_first_contact(query: Query) -> None:
    late, size = query(
        f"SELECT count(*) FILTER (since > first AND since > birth_date), count(*) "
        f"FROM truth_merges JOIN truth_persons USING (person_id) "
        f"LEFT JOIN (SELECT person_id, min(day) AS first FROM ({CONTACTS}) GROUP BY 1) "
        f"USING (person_id)"
    )[0]
    assert late == size > 70


def test_the_first_record_of_a_chain_is_merged_first(query: Query) -> None:
    chained = query(
        "SELECT a.since < b.since FROM truth_merges AS a "
        "JOIN truth_merges AS b ON a.into_pat_id = b.old_pat_id"
    )
    assert chained
    assert all(row[0] for row in chained)


def test_contacts_under_an_old_record_come_before_its_merge(query: Query) -> None:
    rows = query(
        "SELECT count(*), count(*) FILTER (CAST(CONTACT_DATE AS DATE) < since) "
        "FROM PAT_ENC JOIN truth_merges ON old_pat_id = PAT_ID"
    )[0]
    assert rows[0] == rows[1] > 100
