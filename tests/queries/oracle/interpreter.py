"""The whole: the steps of the index events, and one output row for each that is left."""

from __future__ import annotations

from tests.queries.oracle import follow_up, index
from tests.queries.oracle.anchors import discharge
from tests.queries.oracle.columns import column, outcome
from tests.queries.oracle.criteria import meets
from tests.queries.oracle.values import age


def run(study):
    """Return output rows in order and, per attrition step, the index events kept."""
    steps = list(_steps(study))
    rows = [_row(study, one) for one in steps[-1]]
    return sorted(rows, key=_order), steps


def _steps(study):
    table = study.definition["index"]
    alive = index.found(study)
    yield alive
    alive = index.entered(study, alive)
    yield alive
    if "washout" in table:
        alive = index.washed(alive, study.values.number(table["washout"]))
        yield alive
    keeps = "calendar" not in table and table.get("keep", "first") != "every"
    eligible = table.get("of", "history") == "eligible"
    if keeps and not eligible:
        alive = index.kept(study, alive)
        yield alive
    if "between" in table:
        alive = index.between(study, alive)
        yield alive
    for key in ("require", "forbid"):
        for rule in study.definition.get(key, []):
            alive = {one for one in alive if meets(study, one, rule) == (key == "require")}
            yield alive
    if keeps and eligible:
        yield index.kept(study, alive)


def _order(row):
    encounter = row["encounter_id"]
    return (row["person_id"], row["index_date"], encounter is None, encounter or "")


def _row(study, one):
    person = study.persons[one.person]
    end = follow_up.end(study, one)
    born = person["birth_date"]
    row = {
        "person_id": one.person,
        "encounter_id": one.encounter,
        "index_date": one.date,
        "discharge_date": discharge(study, one)[0],
        "death_date": person["death_date"],
        "follow_up_end": end[0],
        "follow_up_reason": end[1],
        "age": None if born is None else age(born, one.date),
        "sex": person.get("sex") or "unknown",
    }
    for table in study.definition.get("column", []):
        row[table["name"]] = column(study, one, table)
    for table in study.definition.get("outcome", []):
        row |= outcome(study, one, table, end)
    return row
