"""A definition and the data that it is run on."""

from __future__ import annotations

import tomllib

from hypothesis import reject
from hypothesis import strategies as st

from ehrkit.core.errors import DataError
from tests.queries.oracle.comparing import Case, read, study
from tests.queries.oracle.criteria import meets
from tests.queries.oracle.drawing.chance import maybe
from tests.queries.oracle.drawing.data import data_for
from tests.queries.oracle.drawing.definitions import definitions
from tests.queries.oracle.drawing.words import CODES
from tests.queries.oracle.interpreter import run
from tests.queries.oracle.toml_text import toml_text

RULES = ("require", "forbid")
# How a refusal of what nothing can meet begins; such definitions are drawn anew.
VAIN = ("no instant lies", "no number lies", "no whole number lies", "no date of calendar lies",
        "is always one of", "asks for", "nobody is younger")  # fmt: skip


@st.composite
def cases(draw):
    """Draw a definition and rows of the relations that it names.

    Most rules that would leave nobody change sides, so that there are rows to compare.
    """
    definition, other, as_of, given = draw(definitions())
    if _is_vain(Case(definition, {}, CODES, as_of, given, other)):
        reject()
    data = draw(data_for(definition, other))
    case = Case(definition, data, CODES, as_of, given, other)
    if maybe(draw, 80):
        _spare(case)
    return case


def _spare(case):
    """Put every rule where it keeps most of the index events that come to the rules."""
    rules = [rule for key in RULES for rule in case.definition.pop(key, [])]
    told = study(case)
    members = run(told)[1][-1]
    for rule in rules:
        (plain,) = tomllib.loads(toml_text({"rule": [rule]}))["rule"]
        met = sum(meets(told, one, plain) for one in members)
        side = "require" if met * 2 > len(members) else "forbid"
        case.definition.setdefault(side, []).append(rule)


def _is_vain(case):
    try:
        read(case)
    except DataError as error:
        return error.what.startswith(VAIN)
    return False
