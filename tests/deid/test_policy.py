"""Policies: what is read, what is refused with the nearest spelling, and the claims matrix."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ehrkit.core.errors import DataError, EhrkitError, PolicyError, UsageError
from ehrkit.deid.explain import explain_policy
from ehrkit.deid.names import Kind, guess
from ehrkit.deid.policy_toml import parse_policy, read_policy
from ehrkit.deid.standards import STRICTEST_FIRST, Standard
from tests.deid.conftest import columns

SH, LIMITED, EXPERT = STRICTEST_FIRST
ID = 'person_id = "drop"\n'

# One line each, and the strictest standard that it permits: reference 2.2 and 164.514(b), (c), (e).
MATRIX = [
    ('a_date = "year"', SH),
    ('a_date = "drop"', SH),
    ('a_date = "blank"', SH),
    ('birth_date = "birth-year"', SH),
    ('age = "age-cap"', SH),
    ('zip = "zip3"', SH),
    ('mrn = { code = "person" }', SH),
    ('sex = "keep"', SH),
    ('state = "keep"', SH),
    ('steps = "keep"', SH),
    ('a_date = { shift = "person_id" }', LIMITED),
    ('a_date = "keep"', LIMITED),
    ('a_date = { keep = true, phi = "C" }', LIMITED),
    ('date_of_birth = "year"', LIMITED),
    ('age_at_index = "keep"', LIMITED),
    ('zip = "keep"', LIMITED),
    ('city = "keep"', LIMITED),
    ('mrn = { pseudonym = "person" }', LIMITED),
    ('encounter_id = { keep = true, reason = "random already" }', LIMITED),
    ('note = "scrub"', EXPERT),
    ('note = "keep"', EXPERT),
    ('street = { keep = true, reason = "geocoding study" }', EXPERT),
    ('mrn = { keep = true, reason = "the registry needs it" }', EXPERT),
    ('last_name = { keep = true, reason = "the registry needs it" }', EXPERT),
]


@pytest.mark.parametrize(("line", "meets"), MATRIX)
@pytest.mark.parametrize("claimed", list(Standard))
def test_a_claim_holds_exactly_where_every_line_permits_it(
    line: str, meets: Standard, claimed: Standard
) -> None:
    policy = parse_policy(columns(ID + line, standard=claimed, last_year=2024))
    if STRICTEST_FIRST.index(claimed) >= STRICTEST_FIRST.index(meets):
        assert policy.check() is meets
    else:
        column = line.split(" ", 1)[0]
        with pytest.raises(PolicyError, match=column) as refused:
            policy.check()
        assert refused.value.exit_code == 4
        assert refused.value.hint
        assert f"claim {meets}" in refused.value.hint.lower()


@pytest.mark.parametrize(
    "column",
    [
        "first_name",
        "MRN",
        "patientEmail",
        "phone",
        "ssn",
        "device_id",
        "street_address",
        "account_number",
        "ip",
        "url",
        "PAT_ID",
        "person_id",
        "photo",
        "fax",
        "license_number",
        "vin",
        "subscriber_id",
    ],
)
def test_a_direct_identifier_is_not_kept_without_a_reason(column: str) -> None:
    with pytest.raises(PolicyError, match=column):
        parse_policy(columns(f'{column} = "keep"')).check()


def test_the_whole_policy_meets_what_its_weakest_line_meets() -> None:
    policy = parse_policy(columns('zip = "zip3"\na_date = "keep"\nsex = "keep"'))
    assert policy.check() is LIMITED
    rows = explain_policy(policy).to_pylist()
    assert [row["meets"] for row in rows] == ["safe-harbor", "limited", "safe-harbor"]


@pytest.mark.parametrize(
    ("text", "where", "hint"),
    [
        ('standrad = "limited"', "standrad", "Did you mean standard?"),
        (columns("x = \"kep\""), "table.t.columns.x", "Did you mean keep?"),
        (columns("x = \"age_cap\""), "table.t.columns.x", "Did you mean age-cap?"),
        (columns('x = "keep"').replace("columns", "colums"), "table.t.colums", "columns"),
        (columns('x = "keep"', standard="safe harbour"), "standard", "safe-harbor"),
        (columns("x = 3"), "table.t.columns.x", None),
        (columns("x = {}"), "table.t.columns.x", "zip3"),
        (columns("x = { keep = true, drop = true }"), "table.t.columns.x", "zip3"),
        (columns('x = { keep = true, phi = "Z" }'), "table.t.columns.x.phi", None),
        (columns('x = { keep = true, reason = "" }'), "table.t.columns.x", None),
        (columns('x = { keep = "y" }'), "table.t.columns.x", None),
        (columns("x = { scrub = { knwon = [] } }"), "table.t.columns.x.scrub.knwon", "known"),
        (columns('x = "pseudonym"'), "table.t.columns.x", "person"),
        (columns('x = { pseudonym = "A b" }'), "table.t.columns.x", "person"),
        (columns('x = "shift"'), "table.t.columns.x", "person_id"),
        (columns('x_date = { shift = "y" }'), "table.t.columns.x_date", "x_date"),
        (columns('x = { keep = true, format = "%Y" }'), "table.t.columns.x", None),
        (columns('x_date = "birth-year"'), "last_year", None),
        (columns('x = "keep"', on_bad="pass"), "on_bad", "quarantine"),
        (columns('x = "keep"', last_year="2024"), "last_year", None),
        ('standard = "expert"', "p.toml", None),
        ('standard = "expert"\n[table.t.columns]', "table.t.columns", None),
        ('standard = "expert"\n[table.t]\nquasi = ["z"]\n[table.t.columns]\nx = "keep"', "quasi",
         "x"),
        ("[table.t.columns]\nx = 'keep'", "standard", "limited"),
        ("standard = ", "p.toml", None),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_file_key_and_nearest_spelling(
    text: str, where: str, hint: str | None
) -> None:
    with pytest.raises(DataError) as refused:
        parse_policy(text, "p.toml")
    assert refused.value.where is not None
    assert refused.value.where.startswith("p.toml")
    assert where in refused.value.where
    if hint:
        assert hint in (refused.value.hint or "")


@pytest.mark.parametrize("days", [0, 50, 364, 4000])
def test_a_date_window_that_can_be_searched_is_refused(days: int) -> None:
    text = columns('x = "keep"').replace("[table", f"[dates]\nwindow = {days}\n[table")
    with pytest.raises(PolicyError, match="window"):
        parse_policy(text)


def test_the_canonical_text_ignores_order_and_comments_and_nothing_else() -> None:
    one = parse_policy(columns('x = "keep"\ny = "drop"'))
    two = parse_policy(columns('y = "drop"   # gone\nx = { keep = true }'))
    three = parse_policy(columns('x = "keep"\ny = "blank"'))
    assert one.canonical() == two.canonical()
    assert one.sha256() == two.sha256() != three.sha256()
    assert json.loads(one.canonical())["table"]["t"]["columns"]["y"] == {"action": "drop"}


def test_a_table_is_found_by_name_or_because_it_is_the_only_one() -> None:
    policy = parse_policy(columns('x = "keep"'))
    assert policy.table(None) is policy.table("t")
    with pytest.raises(DataError, match="no table 'tt'") as refused:
        policy.table("tt")
    assert "Did you mean t?" in str(refused.value)
    both = parse_policy(columns('x = "keep"') + '\n[table.u.columns]\nx = "keep"')
    with pytest.raises(DataError):
        both.table(None)


def test_a_missing_or_unreadable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="policy cannot be read"):
        read_policy(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b'standard = "\xe9"')
    with pytest.raises(EhrkitError, match="not UTF-8"):
        read_policy(tmp_path / "latin.toml")


@pytest.mark.parametrize(
    ("name", "kind"),
    [("index_date", Kind.DATE), ("BIRTH_DATE", Kind.BIRTH_DATE), ("birthDate", Kind.BIRTH_DATE),
     ("date_of_birth", Kind.BIRTH_DATE), ("home_zip", Kind.ZIP), ("age_at_index", Kind.AGE),
     ("PAT_MRN_ID", Kind.IDENTIFIER), ("surgeon_name", Kind.NAME), ("start_time", Kind.DATE),
     ("ed_within_30d", Kind.UNKNOWN), ("days_to_ed", Kind.UNKNOWN), ("coverage", Kind.UNKNOWN),
     ("steps", Kind.UNKNOWN), ("wear_minutes", Kind.UNKNOWN), ("note_text", Kind.TEXT),
     ("ip_address", Kind.CONTACT), ("mac_address", Kind.IDENTIFIER), ("address", Kind.ADDRESS),
     ("percent_of_baseline", Kind.UNKNOWN), ("dosage", Kind.UNKNOWN), ("valid", Kind.UNKNOWN)],
)  # fmt: skip
def test_names_are_guessed_by_whole_words(name: str, kind: Kind) -> None:
    assert guess(name).kind is kind
