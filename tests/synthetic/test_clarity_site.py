"""Numbers of a site: shuffled where nobody confirmed them, and looked up by name everywhere."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from ehrkit.synthetic.clarity.project import site_tables
from ehrkit.synthetic.clarity.site import CONFIRMED, identifier_types
from ehrkit.synthetic.streams import Streams

DESCRIBED = tomllib.loads(
    files("ehrkit.core.shapes").joinpath("epic-clarity", "categories.toml").read_text("utf-8")
)


def numbers(seed: int, name: str) -> dict[str, int]:
    table = site_tables(Streams(seed))[name]
    codes = table[DESCRIBED[name]["key"]].to_pylist()
    return dict(zip(table["NAME"].to_pylist(), map(int, codes), strict=True))


@pytest.mark.parametrize("name", sorted(DESCRIBED))
def test_a_list_keeps_its_names_and_its_numbers_whoever_has_them(name: str) -> None:
    described = DESCRIBED[name]["values"]
    found = numbers(11, name)
    assert sorted(found) == sorted(described)
    assert sorted(found.values()) == sorted(described.values())


def test_numbers_that_analysts_agree_on_stay() -> None:
    for seed in range(6):
        assert numbers(seed, "ZC_SEX") == {"Female": 1, "Male": 2, "Unknown": 3}
        assert numbers(seed, "ZC_PAT_CLASS")["Emergency"] == 103
        assert numbers(seed, "ZC_CONF_STAT")["Canceled"] == 3
        assert numbers(seed, "ZC_ACCT_BILLSTS_HA")["Combined"] == 99
        assert numbers(seed, "ZC_DISP_ENC_TYPE")["Surgery"] == 51


def test_other_numbers_change_from_site_to_site() -> None:
    for name in ("ZC_ED_DISPOSITION", "ZC_PATIENT_RACE", "ZC_TX_TYPE_HA", "ZC_ADT_UNIT_TYPE"):
        found = {tuple(sorted(numbers(seed, name).items())) for seed in range(6)}
        assert len(found) > 2, name
    assert len({identifier_types(Streams(seed)) for seed in range(8)}) > 2


def test_every_confirmed_name_is_in_its_list() -> None:
    for name, kept in CONFIRMED.items():
        if isinstance(kept, tuple):
            assert set(kept) <= set(DESCRIBED[name]["values"]), name


def test_blocks_of_a_site_agree() -> None:
    one, other = (site_tables(Streams(3, block, 2)) for block in range(2))
    assert one["ZC_ED_DISPOSITION"].equals(other["ZC_ED_DISPOSITION"])
