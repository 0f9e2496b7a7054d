"""Small cohort files for tests: a working one, and one table more or another in its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ehrkit.queries.language.cohort import Cohort
from ehrkit.queries.reading import load_cohort

AS_OF = date(2024, 2, 29)
HEAD = """id = "mine"
title = "Mine"
[parameters]
window = { type = "days", default = 30 }
many = { type = "integer", default = 3 }
level = { type = "number", default = 1.5 }
since = { type = "date", default = "2018-01-01" }
kind = { type = "text", default = "inpatient" }
fusion = { type = "codes", default = "lumbar-fusion" }
"""
INDEX = '[index]\nprocedure = "lumbar-fusion"\nof = "history"\n'


def load(
    folder: Path, rest: str = "", *, index: str = INDEX, head: str = HEAD, **values: str
) -> Cohort:
    """Write and read mine.toml."""
    path = folder / "mine.toml"
    path.write_text(f"{head}{index}{rest}")
    return load_cohort(str(path), values=values, as_of=AS_OF)
