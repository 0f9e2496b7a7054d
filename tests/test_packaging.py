"""What the repository's packages hold is what an installation holds, data files included."""

from __future__ import annotations

import configparser
from pathlib import Path

import pytest

import ehrkit.core.errors

REPOSITORY = Path(__file__).parents[1]
PACKAGES = ("cli", "core", "deid", "linkage", "queries", "synthetic", "wearables")
SHIPPED = {".py", ".sql", ".toml", ".html", ".css"}


def _in_repository() -> set[str]:
    return {
        f"ehrkit/{path.relative_to(REPOSITORY)}"
        for package in PACKAGES
        for path in (REPOSITORY / package).rglob("*")
        if path.suffix in SHIPPED or path.name == "py.typed"
    }


def test_every_file_of_the_packages_is_installed() -> None:
    installed = Path(ehrkit.core.errors.__file__).parents[1]
    if installed == REPOSITORY:
        pytest.skip("an editable install copies no files; tox installs the wheel")
    found = {f"ehrkit/{path.relative_to(installed)}" for path in installed.rglob("*")}
    assert _in_repository() - found == set()


def test_setup_cfg_names_every_package() -> None:
    config = configparser.ConfigParser()
    config.read(REPOSITORY / "setup.cfg")
    named = set(config["options"]["packages"].split())
    found = {
        "ehrkit." + str(path.parent.relative_to(REPOSITORY)).replace("/", ".")
        for package in PACKAGES
        for path in (REPOSITORY / package).rglob("__init__.py")
    }
    assert named == found


def test_every_package_is_typed() -> None:
    for package in PACKAGES:
        assert (REPOSITORY / package / "py.typed").exists()
