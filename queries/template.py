"""The cohort file that `ehrkit cohort new` writes: a working start, with its choices explained."""

from __future__ import annotations

TEMPLATE = """\
# Check: ehrkit cohort check {name}.toml     Read: ehrkit cohort explain {name}.toml
id = "{name}"
title = "Emergency visit within 30 days of a first lumbar fusion"

# Values that `--set window=90` replaces.
[parameters]
window = {{ type = "days", default = 30 }}

# One output row per index event: procedure, condition, medication or encounter.
[index]
procedure = "lumbar-fusion"              # ehrkit codes list
keep = "first"                           # first, last, every
of = "history"                           # history: before dates and rules; eligible: after them
between = ["2018-01-01", "2024-12-31"]   # both days included

# Rules in this order, all [[require]] before all [[forbid]]; attrition counts each.
[[require]]
label = "18 or older"
age = {{ at_least = 18 }}

[[forbid]]
label = "Vertebral fracture in the year before"
condition = "vertebral-fracture"
days = [-365, 0]                         # relative to the index date; day 0 is included

# One column each: value = any, count, first_date, days_to.
[[column]]
name = "ed_visit"
encounter = "emergency"
after = "discharge"                      # or "index"
days = [1, "window"]
value = "any"
"""


def new_cohort(name: str) -> str:
    """Return the text of a new cohort file."""
    return TEMPLATE.format(name=name)
