"""A definition and the data that it is run on."""

from __future__ import annotations

import tomllib

from hypothesis import strategies as st

from tests.queries.oracle.criteria import meets
from tests.queries.oracle.drawing.chance import maybe
from tests.queries.oracle.drawing.data import data_for
from tests.queries.oracle.drawing.definitions import definitions
from tests.queries.oracle.drawing.words import CODES
from tests.queries.oracle.interpreter import run
from tests.queries.oracle.study import Study
from tests.queries.oracle.toml_text import toml_text

RULES = ("require", "forbid")


@st.composite
def cases(draw):
    """Draw a definition and rows of the relations that it names.

    Most rules that would leave nobody change sides, so that there are rows to compare.
    """
    drawn = draw(definitions())
    data = draw(data_for(drawn.definition, drawn.other))
    if maybe(draw, 80):
        _spare(drawn, data)
    return drawn, data


def _spare(drawn, data):
    """Put every rule where it keeps most of the index events that come to the rules."""
    rules = [(key, rule) for key in RULES for rule in drawn.definition.pop(key, [])]
    study = _study(drawn, data)
    members = run(study)[1][-1]
    for _, rule in rules:
        (plain,) = tomllib.loads(toml_text({"rule": [rule]}))["rule"]
        met = sum(meets(study, one, plain) for one in members)
        side = "require" if met * 2 > len(members) else "forbid"
        drawn.definition.setdefault(side, []).append(rule)


def _study(drawn, data):
    definition, other = (
        tomllib.loads(toml_text(one)) for one in (drawn.definition, drawn.other)
    )
    return Study(
        definition, data, CODES, as_of=drawn.as_of, given=drawn.given,
        cohorts={"other.toml": other},
    )  # fmt: skip
