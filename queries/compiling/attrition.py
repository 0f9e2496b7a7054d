"""How many index events, persons and encounters come how far, counted by one statement."""

from __future__ import annotations

from ehrkit.queries.adapting.adapters import Adapter
from ehrkit.queries.canonical.build import parse
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.compiling.build import KEY
from ehrkit.queries.compiling.cohort import Compiler
from ehrkit.queries.compiling.entry import eligible_step, entry_steps
from ehrkit.queries.language.cohort import Cohort

# What decides about an event that no step has seen.
NOT_FOUND = "not an index event"


def step_labels(cohort: Cohort) -> list[str]:
    """Return the labels of all steps, from the found events to the cohort."""
    labels = [label for _, label in entry_steps(cohort)]
    labels += [f"Excluded: {r.label}" if r.forbid else r.label for r in cohort.rules]
    step = eligible_step(cohort)
    return [*labels, step[1]] if step else labels


def compile_attrition(cohort: Cohort, adapter: Adapter) -> Node:
    """Return the statement that counts how far index events come.

    Its rows: `reached`, the number of the last step that was passed, and the events,
    persons and encounters whose farthest step it is. Who comes to a step is the sum
    over that step and all later ones.
    """
    compiler = Compiler(cohort, adapter)
    ranked = compiler.build.add(
        "farthest_ranked",
        "The event of each person and encounter that comes farthest",
        "SELECT f.person_id AS person_id, f.encounter_id AS encounter_id, f.reached AS reached, "
        "ROW_NUMBER() OVER (PARTITION BY f.person_id ORDER BY f.reached DESC) AS of_person, "
        "ROW_NUMBER() OVER (PARTITION BY f.encounter_id ORDER BY f.reached DESC) AS of_encounter "
        f"FROM {_farthest(compiler)} AS f",
    )
    one = "SUM(CASE WHEN r.of_{0} = 1 AND NOT r.{0}_id IS NULL THEN 1 ELSE 0 END)"
    return compiler.statement(
        parse(
            "SELECT r.reached AS reached, COUNT(*) AS events, "
            f"{one.format('person')} AS persons, {one.format('encounter')} AS encounters "
            f"FROM {ranked} AS r GROUP BY r.reached"
        )
    )


def compile_decisions(cohort: Cohort, adapter: Adapter) -> Node:
    """Return the statement that tells of each found index event which step it passed last.

    Its rows: person_id, encounter_id, index_date, reached.
    """
    compiler = Compiler(cohort, adapter)
    return compiler.statement(parse(f"SELECT f.* FROM {_farthest(compiler)} AS f"))


def _farthest(compiler: Compiler) -> str:
    """Add the CTE of all found events with the last step that each passed."""
    build, steps = compiler.build, compiler.steps
    reached, joins = "s.reached", ""
    base = len(entry_steps(build.cohort)) - 1
    if steps.judged:
        judged = f"COALESCE(j.reached, {base})"
        reached = f"CASE WHEN s.reached < {base} THEN s.reached ELSE {judged} END"
        joins += f" LEFT JOIN {steps.judged} AS j ON {KEY.format(left='j', right='s')}"
    if eligible_step(build.cohort):
        last = len(step_labels(build.cohort)) - 1
        joins += f" LEFT JOIN {build.members} AS k ON {KEY.format(left='k', right='s')}"
        reached = f"CASE WHEN NOT k.person_id IS NULL THEN {last} ELSE {reached} END"
    return build.add(
        "farthest",
        "The last step that each index event passed",
        "SELECT s.person_id AS person_id, s.encounter_id AS encounter_id, "
        f"s.index_date AS index_date, {reached} AS reached FROM {steps.found} AS s{joins}",
    )
