"""Whole cohort files."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from hypothesis import strategies as st

from tests.queries.oracle.drawing.chance import maybe, one_of, some
from tests.queries.oracle.drawing.criteria import criterion
from tests.queries.oracle.drawing.outputs import column, follow_up, named_event, outcome
from tests.queries.oracle.drawing.selectors import selector
from tests.queries.oracle.drawing.words import CODED

PARAMETERS = {
    "window": {"type": "days", "default": 30},
    "few": {"type": "integer", "default": 2},
    "limit": {"type": "number", "default": 1.5},
    "start": {"type": "date", "default": "as-of - 50 months"},
    "which": {"type": "codes", "default": "imaging"},
    "word": {"type": "text", "default": "Morph*"},
    "ward": {"type": "text", "default": "inpatient"},
    "gender": {"type": "text", "default": "female", "one_of": ["female", "unknown"]},
}
GIVEN = {"window": "2", "few": "1", "limit": "5", "start": "2020-01-02", "which": "fusion",
         "ward": "emergency", "gender": "unknown"}  # fmt: skip
# A parameter goes before a code set of the same name.
SHADOW = {"imaging": {"type": "codes", "default": "fusion"}}
OWN_CODES = {
    "mine": {"title": "Own", "include": {"icd10pcs": ["0SG0?"], "hcpcs": ["72150..72159", "7214"]}},
    "fusion": {"include": {"icd10pcs": ["0SG00*"], "drg": ["450..459"]}},
    "bone": {
        "include": {
            "omop": [{"code": "10", "descendants": True}],
            "icd10cm": [{"code": "D16*", "from": "2020-01-02"}, "C79.5?"],
        },
        "exclude": {"omop": ["11"], "icd10cm": [{"code": "C79.51", "until": "2020-01-31"}]},
    },
}
OWN_SETS = {"procedure": ("mine", "fusion"), "condition": ("bone",)}
DATES = ("2019-12-31", "2020-01-01", "2020-01-31", "2020-02-29", "2020-03-01", "start",
         "as-of - 4 years", "as-of - 1460 days", "as-of - 49 months")  # fmt: skip


@dataclass
class Names:
    """What selectors and windows may name where they stand."""

    sets: dict
    anchors: dict = field(
        default_factory=lambda: {"index": True, "discharge": True, "follow-up-end": False}
    )


@st.composite
def definitions(draw):
    """Draw a cohort file, the file beside it, the day of the run and `--set` values."""
    own = {name: OWN_CODES[name] for name in some(draw, tuple(OWN_CODES), 0, 3)}
    sets = {one: tuple(name for name in OWN_SETS.get(one, ()) if name in own) for one in CODED}
    names = Names(sets | {"procedure": ("which", *sets["procedure"])})
    whole = {"id": "drawn", "title": "Drawn", "source": "None", "conventions": ["None"]}
    whole["parameters"] = PARAMETERS | (SHADOW if maybe(draw, 10) else {})
    if own:
        whole["codes"] = own
    whole["index"] = index(draw, names)
    whole |= _parts(draw, names)
    given = {name: GIVEN[name] for name in some(draw, tuple(GIVEN), 0, 3)}
    as_of = one_of(draw, (date(2024, 2, 29), date(2024, 3, 31), date(2024, 1, 1)))
    return whole, other(draw), as_of, given


def index(draw, names, nested=True):
    if maybe(draw, 16):
        dates = some(draw, DATES)
        table = {"calendar": dates if maybe(draw, 50) else dates[0]}
        return table | _between(draw)
    table = selector(draw, names, index=True, nested=nested)
    keep = one_of(draw, ("not said", "first", "last", "last", "nth", "every", "every"))
    table |= {} if keep == "not said" else {"keep": keep}
    table |= {"nth": one_of(draw, (1, 2, "few"))} if keep == "nth" else {}
    of = one_of(draw, ("history", "eligible")) if maybe(draw, 50) else None
    table |= {} if of is None and keep == "every" else {"of": of or "history"}
    table |= {"washout": one_of(draw, (1, 2, 29, 30, "window"))} if maybe(draw, 20) else {}
    return table | _between(draw)


def _between(draw):
    if not maybe(draw, 25):
        return {}
    return {"between": [one_of(draw, DATES[:2]), one_of(draw, DATES[2:5])]}


def _parts(draw, names):
    """Draw events first, since what follows may be anchored on them."""
    events = ("revision", "visit-2")[: one_of(draw, (0, 1, 2, 2))]
    found = {"event": [named_event(draw, names, one) for one in events]}
    for key in ("require", "forbid"):
        count = one_of(draw, (0, 0, 1, 1, 2))
        found[key] = [{"label": f"{key} {n}"} | criterion(draw, names) for n in range(count)]
    found["column"] = [column(draw, names, f"c{n}") for n in range(one_of(draw, (1, 3, 4, 5, 6)))]
    found["outcome"] = [outcome(draw, names, f"o{n}") for n in range(one_of(draw, (0, 1, 1, 2)))]
    if maybe(draw, 60):
        found["follow_up"] = follow_up(draw, names)
    return {key: one for key, one in found.items() if one}


def other(draw):
    """Draw the small cohort that `cohort = "other.toml"` names."""
    names = Names(dict.fromkeys(CODED, ()))
    rule = selector(draw, names, nested=False)
    return {
        "id": "other", "title": "Other",
        "parameters": PARAMETERS | {"many": {"type": "integer", "default": 0}},
        "index": index(draw, names, nested=False),
        "require": [{"label": "many"} | rule | {"at_least": "many"}],
    }  # fmt: skip
