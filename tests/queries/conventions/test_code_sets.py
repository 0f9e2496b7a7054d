"""Code sets: wildcards, ranges, validity dates, descendants, exclusions."""

from __future__ import annotations

import pytest

from tests.queries.conventions.events import coded, tumour


@pytest.mark.parametrize(
    ("entry", "number"),
    [
        (["T81.4*"], 3),
        (["t81.4?"], 1),
        (["T81.43 "], 0),
        (["T81.4..T81.5"], 4),
        (["T81.41..T81.43"], 1),
        ([" t8142"], 1),
        ([{"code": "T81.4", "from": "2020-01-10"}], 1),
        ([{"code": "T81.4", "from": "2020-01-11"}], 0),
        ([{"code": "T81.4", "until": "2020-01-10"}], 1),
        ([{"code": "T81.4", "until": "2020-01-09"}], 0),
    ],
)
def test_code_sets(ask, entry, number):
    known = ("T814", "T81.42", "t81.4xx", "T815", "T91")
    events = [tumour("2020-01-10", f"t{n}", code=code) for n, code in enumerate(known)]
    definition = {
        "codes": {"mine": {"include": {"icd10cm": entry}}},
        "column": [{"name": "c", "condition": "mine", "value": "count", "counting": "codes"}],
    }
    assert [row["c"] for row in ask.rows(definition, condition=events)] == [number]


def test_exclusions_and_descendants(ask):
    mine = {
        "include": {"omop": [{"code": "1", "descendants": True}, "7"]},
        "exclude": {"omop": [{"code": "3", "descendants": True}]},
    }
    descents = [{"ancestor": a, "descendant": d} for a, d in ("12", "13", "14", "34", "56")]
    events = [coded("omop", str(n), "2020-01-10", f"t{n}") for n in range(1, 8)]
    events.append(coded("snomed", "7", "2020-01-10", "t8"))
    definition = {
        "codes": {"mine": mine},
        "column": [{"name": "c", "condition": "mine", "value": "count"}],
    }
    (row,) = ask.rows(definition, condition=events, descent=descents)
    assert row["c"] == 3


def test_a_dated_exclusion_does_not_count_for_an_unknown_date(ask):
    exclude = {"icd10cm": [{"code": "C79.51", "until": "2030-01-01"}]}
    mine = {"include": {"icd10cm": ["C79.5*"]}, "exclude": exclude}
    definition = {"codes": {"mine": mine}, "index": {"condition": "mine", "of": "history"}}
    _, steps = ask.whole(definition, {"condition": [tumour(None), tumour("2020-01-01", "t2")]})
    assert steps[:2] == [(1, 1, 0), (0, 0, 0)]
