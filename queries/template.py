"""What `ehrkit cohort new` writes: a working cohort and its test, with the choices explained."""

from __future__ import annotations

import re

from ehrkit.core.errors import UsageError

TEMPLATE = """\
# Check: ehrkit cohort check {name}.toml     Read: ehrkit cohort explain {name}.toml
# Test:  ehrkit cohort test {name}.toml      The whole language: docs/cohort-language.md
id = "{name}"
title = "Emergency visit within 30 days of a first lumbar fusion"

# Values that `--set window=90` replaces.
[parameters]
window = {{ type = "days", default = 30 }}

# One output row per index event: procedure, condition, medication or encounter.
[index]
procedure = "lumbar-fusion"              # ehrkit codes list
keep = "first"                           # first, last, nth, every
of = "history"                           # history: before dates and rules; eligible: after them
between = ["2018-01-01", "2024-12-31"]   # both days included

# Rules in this order, all [[require]] before all [[forbid]]; attrition counts each.
[[require]]
label = "18 or older"
age = {{ at_least = 18 }}

[[forbid]]
label = "Vertebral fracture in the year before"
condition = "vertebral-fracture"
days = [-365, 0]                         # from 365 days before to the index date itself

# One column each: value = any, count, first_date, days_to, nearest, sum, and more.
[[column]]
name = "ed_visit"
encounter = "emergency"
after = "discharge"                      # or "index"
days = [1, "window"]
value = "any"
"""


TESTS = """\
# Invented patients for {name}.toml, each on one side of a rule. Run: ehrkit cohort test {name}.toml
[[patient]]
label = "Home after fusion, an emergency visit on day 30"
person = {{ birth_date = 1960-02-29, sex = "female" }}
encounter = [
    {{ encounter = "1", kind = "inpatient", date = 2020-03-01, end = 2020-03-04 }},
    {{ encounter = "2", kind = "emergency", date = 2020-04-03, end = 2020-04-03 }},
]
procedure = [{{ encounter = "1", date = 2020-03-01, code = "0SG00J1" }}]
[[patient.expect]]
index_date = 2020-03-01
age = 60
ed_visit = 1

[[patient]]
label = "The same visit on day 31 does not count"
person = {{ birth_date = 1960-02-29 }}
encounter = [
    {{ encounter = "1", kind = "inpatient", date = 2020-03-01, end = 2020-03-04 }},
    {{ encounter = "2", kind = "emergency", date = 2020-04-04, end = 2020-04-04 }},
]
procedure = [{{ encounter = "1", date = 2020-03-01, code = "0SG00J1" }}]
[[patient.expect]]
ed_visit = 0

[[patient]]
label = "One day short of 18"
person = {{ birth_date = 2002-03-02 }}
procedure = [{{ date = 2020-03-01, code = "0SG00J1" }}]
excluded_by = "18 or older"
"""


def check_name(name: str) -> None:
    """Refuse a name that a file, a command line or a column could not hold as it is.

    Raises:
        UsageError: it is not letters, digits, - and _.
    """
    if not re.fullmatch(r"\w[\w-]*", name, re.ASCII):
        raise UsageError(
            "the name of a cohort is letters, digits, - and _", hint="Such as my-cohort."
        )


def new_cohort(name: str) -> str:
    """Return the text of a new cohort file."""
    return TEMPLATE.format(name=name)


def new_tests(name: str) -> str:
    """Return the text of its tests."""
    return TESTS.format(name=name)
