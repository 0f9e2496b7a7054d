"""Code sets: dots, prefixes, wildcards, exclusions, vocabularies, and a site's own files."""

from __future__ import annotations

from pathlib import Path

import pytest

from ehrkit.core.errors import DataError, UsageError
from ehrkit.queries.sections import Section
from ehrkit.queries.vocabulary.code_entries import normalise
from ehrkit.queries.vocabulary.codesets import load_code_sets, pick, read_code_set

SETS = load_code_sets()


@pytest.mark.parametrize(
    ("name", "vocabulary", "code", "listed"),
    [
        ("lumbar-fusion", "icd10pcs", "0SG00A0", True),
        ("lumbar-fusion", "icd10pcs", "0SG1070", True),
        ("lumbar-fusion", "icd10pcs", "0SG30AJ", True),
        ("lumbar-fusion", "icd10pcs", "0SG5070", False),
        ("lumbar-fusion", "icd10pcs", "0SG9070", False),
        ("lumbar-fusion", "icd10cm", "0SG00A0", False),
        ("cervical-fusion", "icd10pcs", "0RGC070", False),
        ("spinal-fusion", "icd10pcs", "0RGA070", True),
        ("any-surgery", "icd10pcs", "0DTJ4ZZ", True),
        ("any-surgery", "icd10pcs", "3E0R3BZ", False),
        ("vertebral-fracture", "icd10cm", "S12.8XXA", False),
        ("vertebral-fracture", "icd10cm", "S12.9XXA", True),
        ("vertebral-fracture", "icd10cm", "S22.31XA", False),
        ("vertebral-fracture", "icd10cm", "M80.051A", False),
        ("spinal-neoplasm", "icd10cm", "c79.51", True),
        ("spinal-infection", "icd10cm", "M46.1", False),
        ("spinal-fusion-episode", "drg", "402", True),
        ("spinal-fusion-episode", "drg", "456", False),
    ],
)
def test_the_shipped_sets_hold_what_they_should(
    name: str, vocabulary: str, code: str, listed: bool
) -> None:
    assert SETS[name].matches(vocabulary, normalise(code)) is listed


def test_every_shipped_set_has_a_title_and_a_source() -> None:
    for name, one in SETS.items():
        assert one.title != name
        assert one.source


def test_a_site_adds_its_own_file_or_folder_and_may_replace(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text('[include]\nicd10cm = ["M48.06?"]\n')
    (tmp_path / "lumbar-fusion.toml").write_text('[include]\nomop = ["123"]\n')
    own = load_code_sets([tmp_path])
    assert own["ours"].matches("icd10cm", "M48061")
    assert not own["ours"].matches("icd10cm", "M4806")
    assert own["lumbar-fusion"].matches("omop", "123")
    assert "ours" in load_code_sets([tmp_path / "ours.toml"])
    with pytest.raises(UsageError, match="no such file"):
        load_code_sets([tmp_path / "none.toml"])


def read(**table: object) -> None:
    read_code_set(Section(table, "ours.toml"), "ours")


def test_mistakes_name_the_place_and_no_value() -> None:
    with pytest.raises(DataError, match=r"ours.toml: include: icd10pc: .*\n.*icd10pcs"):
        try:
            read(include={"icd10pc": ["0SG0*"]})
        except DataError as error:
            raise DataError(str(error)) from None
    with pytest.raises(DataError, match="entry 2 is no icd10pcs code") as caught:
        read(include={"icd10pcs": ["0SG0*", "M48.0O"]})
    assert "M48" not in str(caught.value)
    with pytest.raises(DataError, match="entry 1 is no drg code"):
        read(include={"drg": ["45*0"]})
    with pytest.raises(DataError, match="includes no code"):
        read(include={})
    with pytest.raises(DataError, match="include is missing"):
        read(title="x")
    with pytest.raises(DataError, match="excludes icd10cm codes but includes none"):
        read(include={"drg": ["450"]}, exclude={"icd10cm": ["A"]})
    with pytest.raises(UsageError) as wrong:
        pick(SETS, "lumber-fusion")
    assert wrong.value.hint == "Did you mean lumbar-fusion?"


@pytest.mark.parametrize("code", ["M48.06", "0SG"])
def test_a_procedure_code_too_short_to_be_whole_is_refused(tmp_path: Path, code: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(f'[include]\nicd10pcs = ["{code}"]\n')
    with pytest.raises(DataError, match="entry 1 is no icd10pcs code") as caught:
        load_code_sets([path])
    assert caught.value.hint is not None
    assert "Such as " in caught.value.hint
    path.write_text(f'[include]\nicd10pcs = ["{code}*"]\n')
    load_code_sets([path])
