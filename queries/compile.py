"""From a logical plan to one canonical SQL statement; the dialects print it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from ehrkit.queries.adapters import Adapter
from ehrkit.queries.build import IN_LIST, all_of, any_of, assemble, condition, parse
from ehrkit.queries.codesets import CodeSet
from ehrkit.queries.definition import Age, Column, Criterion, Events, Group, Happened, Sex
from ehrkit.queries.functions import Node
from ehrkit.queries.plan import Plan, Step, Test
from ehrkit.queries.relations import RELATIONS

Ctes = list[tuple[str, str, Node]]
KEY = "{left}.person_id = {right}.person_id AND {left}.event_number = {right}.event_number"
ANCHOR = {"index": "s.index_date", "discharge": "s.discharge_date"}
# Which encounter row tells the discharge, where one encounter has several.
STAY_ORDER = ("inpatient", "observation", "outpatient", "emergency")


def adapter_ctes(adapter: Adapter, relations: set[str]) -> Ctes:
    """Return the schema's CTEs that the relations need."""
    return [(name, "", query) for part in adapter.need(relations) for name, query in part.ctes]


def compile_cohort(plan: Plan, adapter: Adapter) -> Node:
    """Return the statement whose rows are the cohort, one per index event."""
    ctes = compile_steps(plan, adapter)
    ctes += list(_column_ctes(plan))
    ctes += list(_follow_up_ctes(plan))
    return assemble(ctes, _final_select(plan))


def compile_steps(plan: Plan, adapter: Adapter) -> Ctes:
    """Return the CTEs up to the last step: schema, events, and each step in order."""
    ctes = adapter_ctes(adapter, plan.cohort.relations())
    ctes += [(name, events.name, _events(events)) for name, events in plan.events]
    ctes.append(("index_stays", "The encounter row that tells the discharge", _stays()))
    previous = ""
    for step in plan.steps:
        ctes += [
            (test.cte, f"Matches of {test.happened.events.name}", _matches(plan, test, previous))
            for test in step.tests
        ]
        if step.kind == "keep":
            ctes.append((f"{step.cte}_ranked", "Ranked for the next step", _ranked(plan, previous)))
        ctes.append((step.cte, step.label, _step(plan, step, previous)))
        previous = step.cte
    return ctes


def _events(events: Events) -> Node:
    relation = RELATIONS[events.relation].cte
    if events.codes is None:
        member = condition("x.kind IN (:k)", k="x")
        member.set("expressions", [exp.Literal.string(kind) for kind in events.kinds])
    else:
        member = code_condition(events.codes, RELATIONS[events.relation].vocabularies)
    return _with_condition(
        "SELECT DISTINCT x.person_id AS person_id, x.encounter_id AS encounter_id, "
        f"x.event_id AS event_id, x.event_date AS event_date FROM {relation} AS x",
        member,
    )


def _with_condition(select: str, member: Node) -> Node:
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
    if step.kind == "found":
        return parse(
            "SELECT DISTINCT x.person_id AS person_id, x.event_date AS index_date, "
            f"x.encounter_id AS encounter_id FROM {plan.events_cte(plan.cohort.index.events)} AS x"
        )
    if step.kind == "entered":
        return _entered(previous)
    if step.kind == "keep":
        return parse(f"SELECT s.* FROM {step.cte}_ranked AS s WHERE s.place = 1")
    if step.kind == "between" and plan.cohort.index.between:
        first, last = plan.cohort.index.between
        return parse(
            f"SELECT s.* FROM {previous} AS s WHERE s.index_date BETWEEN :low AND :high",
            low=first,
            high=last,
        )
    return _rule(step, previous)


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


def _matches(plan: Plan, test: Test, previous: str) -> Node:
    """Count the distinct events of a criterion per index event that has any."""
    return parse(
        "SELECT s.person_id AS person_id, s.event_number AS event_number, "
        "COUNT(DISTINCT e.event_id) AS n, MIN(e.event_date) AS first_date "
        f"FROM {previous} AS s JOIN {plan.events_cte(test.happened.events)} AS e ON :matching "
        "GROUP BY s.person_id, s.event_number",
        matching=_window(test.happened),
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


def _rule(step: Step, previous: str) -> Node:
    assert step.rule is not None  # noqa: S101 - steps of this kind carry their rule
    waiting = list(step.tests)
    met = _criterion(step.rule.criterion, waiting)
    joins = " ".join(
        f"LEFT JOIN {test.cte} ON {KEY.format(left=test.cte, right='s')}" for test in step.tests
    )
    return _with_condition(
        f"SELECT s.* FROM {previous} AS s {joins}",
        exp.Not(this=exp.paren(met)) if step.rule.forbid else met,
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


def column_cte(place: int) -> str:
    """Return the CTE name of the n-th output column."""
    return f"column_{place}"


def _column_ctes(plan: Plan) -> Iterator[tuple[str, str, Node]]:
    """One CTE per distinct look: columns that differ in value alone share it."""
    for place, happened in enumerate(looks(plan), 1):
        names = ", ".join(c.name for c in plan.cohort.columns if c.happened == happened)
        cte = column_cte(place)
        yield cte, f"For {names}", _matches(plan, Test(cte, happened), plan.members)


def looks(plan: Plan) -> list[Happened]:
    """Return the distinct events-in-a-window of the output columns."""
    return list(dict.fromkeys(column.happened for column in plan.cohort.columns))


def _follow_up_ctes(plan: Plan) -> Iterator[tuple[str, str, Node]]:
    follow_up = plan.cohort.follow_up
    if "last-contact" in follow_up.until:
        yield (
            "last_contacts",
            "The last day on which each person was seen",
            parse(
                "SELECT e.person_id AS person_id, "
                "MAX(EHR_GREATEST(e.event_date, e.end_date)) AS last_contact "
                "FROM encounters AS e GROUP BY e.person_id"
            ),
        )
    if "end-of-data" in follow_up.until and follow_up.end_of_data is None:
        yield (
            "data_end",
            "The latest day of any encounter: the end of the data",
            parse(
                "SELECT MAX(EHR_GREATEST(e.event_date, e.end_date)) AS last_day "
                "FROM encounters AS e"
            ),
        )
    yield "follow_up_ends", "The days on which observation could end", _follow_up_ends(plan)
    yield (
        "follow_up_halves",
        "The earlier of each two; a missing day does not count",
        parse(
            "SELECT f.*, EHR_LEAST(f.death, f.last_contact) AS seen_until, "
            "EHR_LEAST(f.data_end, f.day_limit) AS counted_until FROM follow_up_ends AS f"
        ),
    )
    yield (
        "follow_ups",
        "When observation ends: the earliest",
        parse(
            "SELECT f.*, EHR_LEAST(f.seen_until, f.counted_until) AS end_date "
            "FROM follow_up_halves AS f"
        ),
    )


def _follow_up_ends(plan: Plan) -> Node:
    """Candidate ends side by side; a known death takes the place of the last contact."""
    follow_up = plan.cohort.follow_up
    nothing = "EHR_NO_DATE()"
    ends = {"death": nothing, "last_contact": nothing, "data_end": nothing, "day_limit": nothing}
    joins = ""
    if "death" in follow_up.until:
        ends["death"] = "s.death_date"
    if "last-contact" in follow_up.until:
        seen = "EHR_GREATEST(l.last_contact, s.index_date)"
        known = "death" in follow_up.until
        ends["last_contact"] = f"CASE WHEN s.death_date IS NULL THEN {seen} END" if known else seen
        joins += " LEFT JOIN last_contacts AS l ON l.person_id = s.person_id"
    if "end-of-data" in follow_up.until:
        ends["data_end"] = "d.last_day" if follow_up.end_of_data is None else ":final_day"
        joins += " CROSS JOIN data_end AS d" if follow_up.end_of_data is None else ""
    if follow_up.days is not None:
        ends["day_limit"] = "EHR_ADD_DAYS(s.index_date, :span)"
    columns = ", ".join(f"{value} AS {name}" for name, value in ends.items())
    return parse(
        "SELECT s.person_id AS person_id, s.event_number AS event_number, "
        f"{columns} FROM {plan.members} AS s{joins}",
        final_day=follow_up.end_of_data or 0,
        span=follow_up.days or 0,
    )


def _final_select(plan: Plan) -> Node:
    places = {happened: column_cte(n) for n, happened in enumerate(looks(plan), 1)}
    columns = [_column(column, places[column.happened]) for column in plan.cohort.columns]
    joins = [f"LEFT JOIN {cte} ON {KEY.format(left=cte, right='s')}" for cte in places.values()]
    reason = (
        "CASE f.end_date WHEN f.death THEN 'death' WHEN f.day_limit THEN 'day-limit' "
        "WHEN f.data_end THEN 'end-of-data' WHEN f.last_contact THEN 'last-contact' END"
    )
    parts = [
        "s.person_id AS person_id",
        "s.encounter_id AS encounter_id",
        "s.index_date AS index_date",
        "s.discharge_date AS discharge_date",
        "s.death_date AS death_date",
        "f.end_date AS follow_up_end",
        f"{reason} AS follow_up_reason",
        "s.age AS age",
        "s.sex AS sex",
        *columns,
    ]
    return parse(
        f"SELECT {', '.join(parts)} FROM {plan.members} AS s "
        f"JOIN follow_ups AS f ON {KEY.format(left='f', right='s')} "
        f"{' '.join(joins)} ORDER BY s.person_id, s.event_number"
    )


def _column(column: Column, cte: str) -> str:
    anchor = ANCHOR[column.happened.anchor]
    if column.value == "first_date":
        value = f"{cte}.first_date"
    elif column.value == "days_to":
        value = f"EHR_DAY_DIFF({anchor}, {cte}.first_date)"
    elif column.value == "count":
        value = f"CASE WHEN {anchor} IS NULL THEN NULL ELSE COALESCE({cte}.n, 0) END"
    else:
        enough = f"COALESCE({cte}.n, 0) >= {column.happened.at_least}"
        value = f"CASE WHEN {anchor} IS NULL THEN NULL WHEN {enough} THEN 1 ELSE 0 END"
    return f"{value} AS {column.name}"
