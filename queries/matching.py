"""Events as SQL: which rows a code set or a kind names, and how many lie in a window."""

from __future__ import annotations

from sqlglot import exp

from ehrkit.queries.build import IN_LIST, all_of, any_of, condition, parse
from ehrkit.queries.codesets import CodeSet
from ehrkit.queries.definition import Events, Happened
from ehrkit.queries.functions import Node
from ehrkit.queries.plan import Plan
from ehrkit.queries.relations import RELATIONS

KEY = "{left}.person_id = {right}.person_id AND {left}.event_number = {right}.event_number"
ANCHOR = {"index": "s.index_date", "discharge": "s.discharge_date"}
# Which encounter row tells the discharge, where one encounter has several.


def select_events(events: Events) -> Node:
    """Return the distinct events that a code set or encounter kinds name."""
    relation = RELATIONS[events.relation].cte
    if events.codes is None:
        member = condition("x.kind IN (:k)", k="x")
        member.set("expressions", [exp.Literal.string(kind) for kind in events.kinds])
    else:
        member = code_condition(events.codes, RELATIONS[events.relation].vocabularies)
    return with_condition(
        "SELECT DISTINCT x.person_id AS person_id, x.encounter_id AS encounter_id, "
        f"x.event_id AS event_id, x.event_date AS event_date FROM {relation} AS x",
        member,
    )


def with_condition(select: str, member: Node) -> Node:
    """Return a SELECT with a WHERE of one condition."""
    query = parse(select)
    query.set("where", exp.Where(this=member))
    return query


def code_condition(codes: CodeSet, vocabularies: tuple[str, ...]) -> Node:
    """Return the membership test: per vocabulary, listed and not excluded."""
    choices = []
    for vocabulary in vocabularies:
        if patterns := codes.include.get(vocabulary):
            tests = [
                condition("x.vocabulary = :v", v=vocabulary),
                any_of(_pattern_tests(patterns)),
            ]
            if left_out := codes.exclude.get(vocabulary):
                tests.append(exp.Not(this=exp.paren(any_of(_pattern_tests(left_out)))))
            choices.append(all_of(tests))
    return any_of(choices)


def _pattern_tests(patterns: tuple[str, ...]) -> list[Node]:
    exact = [code for code in patterns if "*" not in code and "?" not in code]
    tests: list[Node] = []
    for start in range(0, len(exact), IN_LIST):
        chunk = exact[start : start + IN_LIST]
        member = condition("x.code IN (:c)", c="x")
        member.set("expressions", [exp.Literal.string(code) for code in chunk])
        tests.append(member)
    for code in patterns:
        if code not in exact:
            like = code.replace("*", "%").replace("?", "_")
            tests.append(condition("x.code LIKE :p", p=like))
    return tests


def count_matches(plan: Plan, happened: Happened, previous: str) -> Node:
    """Count the distinct events of a criterion per index event that has any."""
    return parse(
        "SELECT s.person_id AS person_id, s.event_number AS event_number, "
        "COUNT(DISTINCT e.event_id) AS n, MIN(e.event_date) AS first_date "
        f"FROM {previous} AS s JOIN {plan.events_cte(happened.events)} AS e ON :matching "
        "GROUP BY s.person_id, s.event_number",
        matching=_window(happened),
    )


def _window(happened: Happened) -> Node:
    """The join of index events (s) with events (e): same person, inside the window."""
    anchor = ANCHOR[happened.anchor]
    first, last = happened.window.first, happened.window.last
    difference = f"EHR_DAY_DIFF({anchor}, e.event_date)"
    tests = [condition("e.person_id = s.person_id")]
    if first is not None and last is not None:
        tests.append(condition(f"{difference} BETWEEN :low AND :high", low=first, high=last))
    elif first is not None:
        tests.append(condition(f"{difference} >= :low", low=first))
    elif last is not None:
        tests.append(condition(f"{difference} <= :high", high=last))
    else:
        tests += [condition(f"NOT {anchor} IS NULL"), condition("NOT e.event_date IS NULL")]
    return exp.and_(*tests, copy=False)
