"""From a logical plan to one canonical SQL statement; the dialects print it."""

from __future__ import annotations

from datetime import date

from sqlglot import exp

from ehrkit.queries.adapters import Adapter
from ehrkit.queries.build import all_of, any_of, assemble, condition, parse
from ehrkit.queries.definition import Age, Criterion, Group, Happened, Rule, Sex
from ehrkit.queries.functions import Node
from ehrkit.queries.matching import KEY, count_matches, select_events, with_condition
from ehrkit.queries.outputs import column_ctes, final_select, follow_up_ctes
from ehrkit.queries.plan import Plan, Step, Test

Ctes = list[tuple[str, str, Node]]
# Which encounter row tells the discharge, where one encounter has several.
STAY_ORDER = ("inpatient", "observation", "outpatient", "emergency")


def adapter_ctes(adapter: Adapter, relations: set[str]) -> Ctes:
    """Return the schema's CTEs that the relations need."""
    return [(name, "", query) for part in adapter.need(relations) for name, query in part.ctes]


def compile_cohort(plan: Plan, adapter: Adapter) -> Node:
    """Return the statement whose rows are the cohort, one per index event."""
    ctes = compile_steps(plan, adapter)
    ctes += list(column_ctes(plan))
    ctes += list(follow_up_ctes(plan))
    return assemble(ctes, final_select(plan))


def compile_steps(plan: Plan, adapter: Adapter) -> Ctes:
    """Return the CTEs up to the last step: schema, events, and each step in order."""
    ctes = adapter_ctes(adapter, plan.cohort.relations())
    ctes += [(name, events.name, select_events(events)) for name, events in plan.events]
    ctes.append(("index_stays", "The encounter row that tells the discharge", _stays()))
    previous = ""
    for step in plan.steps:
        ctes += [
            (
                test.cte,
                f"Matches of {test.happened.events.name}",
                count_matches(plan, test.happened, previous),
            )
            for test in step.tests
        ]
        if step.kind == "keep":
            ctes.append((f"{step.cte}_ranked", "Ranked for the next step", _ranked(plan, previous)))
        ctes.append((step.cte, step.label, _step(plan, step, previous)))
        previous = step.cte
    return ctes


def _stays() -> Node:
    order = " ".join(f"WHEN '{kind}' THEN {rank}" for rank, kind in enumerate(STAY_ORDER, 1))
    return parse(
        "SELECT e.person_id AS person_id, e.encounter_id AS encounter_id, e.end_date AS end_date, "
        "ROW_NUMBER() OVER (PARTITION BY e.person_id, e.encounter_id "
        f"ORDER BY CASE e.kind {order} ELSE {len(STAY_ORDER) + 1} END, "
        "CASE WHEN e.end_date IS NULL THEN 1 ELSE 0 END, "
        "COALESCE(e.end_date, EHR_DATE('9999-12-31')) DESC) AS choice FROM encounters AS e"
    )


def _order(direction: str, alias: str) -> str:
    """Order index events of a person: by date, a known encounter first, then its id."""
    return (
        f"{alias}.index_date{direction}, CASE WHEN {alias}.encounter_id IS NULL THEN 1 ELSE 0 END, "
        f"COALESCE({alias}.encounter_id, '-'){direction}"
    )


def _step(plan: Plan, step: Step, previous: str) -> Node:
    if step.rule is not None:
        return _rule(step.rule, step.tests, previous)
    if step.dates is not None:
        return _dated(step.dates, previous)
    if step.kind == "keep":
        return parse(f"SELECT s.* FROM {step.cte}_ranked AS s WHERE s.place = 1")
    return _entered(previous) if step.kind == "entered" else _found(plan)


def _found(plan: Plan) -> Node:
    return parse(
        "SELECT DISTINCT x.person_id AS person_id, x.event_date AS index_date, "
        f"x.encounter_id AS encounter_id FROM {plan.events_cte(plan.cohort.index.events)} AS x"
    )


def _dated(dates: tuple[date, date], previous: str) -> Node:
    return parse(
        f"SELECT s.* FROM {previous} AS s WHERE s.index_date BETWEEN :low AND :high",
        low=dates[0],
        high=dates[1],
    )


def _entered(previous: str) -> Node:
    return parse(
        "SELECT f.person_id AS person_id, f.encounter_id AS encounter_id, "
        "f.index_date AS index_date, t.end_date AS discharge_date, p.death_date AS death_date, "
        "EHR_AGE(p.birth_date, f.index_date) AS age, p.sex AS sex, "
        f"ROW_NUMBER() OVER (PARTITION BY f.person_id ORDER BY {_order('', 'f')}) AS event_number "
        f"FROM {previous} AS f JOIN persons AS p ON p.person_id = f.person_id "
        "LEFT JOIN index_stays AS t ON t.person_id = f.person_id "
        "AND t.encounter_id = f.encounter_id AND t.choice = 1 WHERE NOT f.index_date IS NULL"
    )


def _ranked(plan: Plan, previous: str) -> Node:
    direction = " DESC" if plan.cohort.index.keep == "last" else ""
    return parse(
        "SELECT s.person_id AS person_id, s.encounter_id AS encounter_id, "
        "s.index_date AS index_date, s.discharge_date AS discharge_date, "
        "s.death_date AS death_date, s.age AS age, s.sex AS sex, s.event_number AS event_number, "
        f"ROW_NUMBER() OVER (PARTITION BY s.person_id ORDER BY {_order(direction, 's')}) AS place "
        f"FROM {previous} AS s"
    )


def _rule(rule: Rule, tests: tuple[Test, ...], previous: str) -> Node:
    met = _criterion(rule.criterion, list(tests))
    joins = " ".join(
        f"LEFT JOIN {test.cte} ON {KEY.format(left=test.cte, right='s')}" for test in tests
    )
    return with_condition(
        f"SELECT s.* FROM {previous} AS s {joins}",
        exp.Not(this=exp.paren(met)) if rule.forbid else met,
    )


def _criterion(criterion: Criterion, waiting: list[Test]) -> Node:
    """Return a condition that is never unknown; event criteria take their tests in order."""
    if isinstance(criterion, Age):
        tests = [condition("NOT s.age IS NULL")]
        if criterion.at_least is not None:
            tests.append(condition("s.age >= :n", n=criterion.at_least))
        if criterion.at_most is not None:
            tests.append(condition("s.age <= :n", n=criterion.at_most))
        return all_of(tests)
    if isinstance(criterion, Sex):
        return any_of([condition("COALESCE(s.sex, '-') = :x", x=one) for one in criterion.allowed])
    if isinstance(criterion, Happened):
        return condition(f"COALESCE({waiting.pop(0).cte}.n, 0) >= :n", n=criterion.at_least)
    return _group(criterion, waiting)


def _group(group: Group, waiting: list[Test]) -> Node:
    parts = [_criterion(part, waiting) for part in group.parts]
    if group.how == "all":
        return all_of(parts)
    joined = any_of(parts)
    return exp.Not(this=exp.paren(joined)) if group.how == "none" else joined
