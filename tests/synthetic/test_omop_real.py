"""The description of the CDM against a real one: its columns, and OHDSI's concept numbers."""

from __future__ import annotations

import csv
import io
import tomllib
import zipfile
from importlib.resources import files
from pathlib import Path

import pytest

from ehrkit.synthetic.omop.concepts import FIRST_LOCAL, concepts

DESCRIBED = tomllib.loads(
    files("ehrkit.core.shapes").joinpath("omop-5.4/tables.toml").read_text("utf-8")
)


@pytest.fixture(scope="module")
def real(shared_data: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(shared_data / "omop-synthea27nj" / "Synthea27Nj_5.4.zip")


def rows(real: zipfile.ZipFile, table: str) -> csv.DictReader[str]:
    return csv.DictReader(io.StringIO(real.read(f"{table.upper()}.csv").decode("utf-8")))


@pytest.mark.parametrize("table", DESCRIBED)
def test_tables_have_the_columns_of_a_real_cdm_in_its_order(
    real: zipfile.ZipFile, table: str
) -> None:
    assert list(DESCRIBED[table]["columns"]) == rows(real, table).fieldnames


def test_concepts_are_those_of_ohdsi(real: zipfile.ZipFile) -> None:
    """Where the real vocabulary has a number or a code of ours, it has both."""
    columns = ("concept_id", "vocabulary_id", "concept_code", "domain_id", "standard_concept")
    known = [tuple(row[name] for name in columns) for row in rows(real, "concept")]
    by_number = {int(row[0]): row[1:] for row in known}
    by_code = {(row[1], row[2]): int(row[0]) for row in known if row[4] == "S"}
    shared = 0
    for row in concepts().rows:
        if row.number in by_number and row.number:
            told = (row.vocabulary, row.code, row.domain, row.standard)
            assert told == by_number[row.number], row.number
            shared += 1
        assert by_code.get((row.vocabulary, row.code), row.number) == row.number
        assert (row.number >= FIRST_LOCAL) or (row.vocabulary, row.code) in concepts().numbers
    assert shared > 35
