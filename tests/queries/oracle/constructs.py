"""Which constructs of the language a definition holds, and all that there are."""

from __future__ import annotations

from tests.queries.oracle.drawing.words import CODED, HAS, parts, relation

WINDOWS = ("days", "hours", "end_days", "end_hours", "same_encounter")
ROLES = {"require": "rule", "forbid": "rule", "event": "event", "column": "column",
         "outcome": "ending", "censor": "ending"}  # fmt: skip
PLACES = ("rule", "event", "column", "ending")
GROUPS = ("all", "any", "none", "of")
VALUES = ("any", "count", "first_date", "last_date", "days_to", "sum", "min", "max", "mean",
          "first", "last", "nearest", "text")  # fmt: skip
_SELECTORS = [name for name in HAS if name != "era"]

ALL = frozenset(
    [f"{role} of {name}" for role in ("index", *PLACES) for name in (*_SELECTORS, "a union")]
    + [f"{role} of eras" for role in PLACES]
    + [f"{role} with {key}" for role in (*PLACES, "group") for key in WINDOWS[:3]]
    + [f"any role with {key}" for key in WINDOWS]
    + [f"{role} after {name}" for role in PLACES for name in ("index", "discharge")]
    + [f"{role} after {name}" for role in ("rule", "column", "event")
       for name in ("follow-up-end", "NAME")]
    + ["any role after NAME-end", "require", "forbid"]
    + [f"group {how}" for how in GROUPS] + ["a group in a group"]
    + [f"group {how} with numbers" for how in ("of",)]
    + [f"{key} of {one}" for key in ("where", "gap", "during") for one in (*CODED, "encounter")]
    + ["unit", "a list of code sets", "a list of kinds", "set", "no set"]
    + [f"keep {keep} of {of}" for keep in ("first", "last", "nth", "every")
       for of in ("history", "eligible")]
    + ["washout", "between", "one calendar date", "calendar dates"]
    + [f"event keep {keep}" for keep in ("first", "last", "nth", "nearest", "not said")]
    + [f"value {value}" for value in VALUES] + ["person column", "a field that is not said"]
    + [f"counting {what}" for what in ("events", "days", "codes", "encounters")]
    + ["at_least", "at_most", "exactly", "at_least and at_most"]
    + [f"criterion {one}" for one in ("age", "sex", "race", "ethnicity", "observed", "followed")]
    + [f"until {one}" for one in ("death", "last-contact", "end-of-data", "observation-end")]
    + ["no follow-up", "day limit", "day of end of data", "own codes", "codes of a shipped name",
       "--set", "a parameter of a code set's name"]
)  # fmt: skip


def constructs(case):
    """Return the constructs of a case."""
    whole = case.definition
    found = set(_index(whole["index"])) | set(_whole(case, whole))
    for role in ("require", "forbid", "event", "column", "outcome"):
        for table in whole.get(role, []):
            found |= {role, *_table(ROLES[role], table)}
    for table in whole.get("follow_up", {}).get("censor", []):
        found |= set(_table(ROLES["censor"], table))
    return found


def _whole(case, whole):
    follow_up = whole.get("follow_up")
    if follow_up is None:
        yield "no follow-up"
        follow_up = {}
    yield from (f"until {one}" for one in follow_up.get("until", []))
    names = {"days": "day limit", "end_of_data": "day of end of data"}
    yield from (name for key, name in names.items() if key in follow_up)
    yield from ["own codes"] if "mine" in whole.get("codes", {}) else []
    yield from ["codes of a shipped name"] if "fusion" in whole.get("codes", {}) else []
    yield from ["--set"] if case.given else []
    yield from ["a parameter of a code set's name"] if "imaging" in whole["parameters"] else []


def _index(table):
    yield from (key for key in ("washout", "between") if key in table)
    if "calendar" in table:
        yield "calendar dates" if isinstance(table["calendar"], list) else "one calendar date"
        return
    yield f"keep {table.get('keep', 'first')} of {table.get('of', 'history')}"
    yield from _selector("index", table)


def _table(role, table):
    """Yield what one criterion, column, outcome, event or censor holds."""
    for how in GROUPS:
        if isinstance(table.get(how), list):
            yield from _group(role, how, table)
            return
    for one in ("age", "sex", "race", "ethnicity", "observed", "followed"):
        if one in table:
            yield f"criterion {one}"
            return
    if "person" in table:
        yield "person column"
        return
    yield from _selector(role, table)
    yield from _numbers(table)
    yield from _place(role, table)
    if role == "event":
        yield f"event keep {table.get('keep', 'not said')}"
    if role == "column":
        yield f"value {table.get('value', 'any')}"
        picked = table.get("value") in VALUES[5:12]
        yield from ["a field that is not said"] if picked and "field" not in table else []


def _group(role, how, table):
    yield f"group {how}"
    yield from [f"group {how} with numbers"] if how == "of" else []
    yield from _place("group", table)
    for part in table[how]:
        if any(isinstance(part.get(inner), list) for inner in GROUPS):
            yield "a group in a group"
        yield from _table(role, part)


def _selector(role, table):
    if "events" in table:
        yield f"{role} of a union"
    if "gap" in table:
        yield f"{role} of eras"
    for part in parts(table):
        name = relation(part)
        yield f"{role} of {name}"
        yield from [f"gap of {name}"] if "gap" in table else []
        yield from (f"{key} of {name}" for key in ("where", "during") if key in part)
        yield from ["unit"] if "unit" in part else []
        if isinstance(part[name], list):
            yield "a list of code sets" if name in CODED else "a list of kinds"
        if name == "cohort":
            yield "set" if "set" in part else "no set"


def _numbers(table):
    yield f"counting {table.get('counting', 'events')}"
    bounds = [key for key in ("at_least", "at_most", "exactly") if key in table]
    yield from [" and ".join(bounds)] if bounds else []


def _place(role, table):
    for key in WINDOWS:
        if key in table:
            yield f"{role} with {key}"
            yield f"any role with {key}"
    after = table.get("after", "index")
    if after not in ("index", "discharge", "follow-up-end"):
        after = "NAME-end" if after.endswith("-end") else "NAME"
    yield from (f"{role} after {after}", f"any role after {after}")
