"""Rules: every criterion counted on the same index events, judged once, in one row each."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from ehrkit.queries.canonical.build import all_of, any_of, condition, parse
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.compiling.build import KEY, Build
from ehrkit.queries.compiling.counting import add_counts, met, number_of
from ehrkit.queries.compiling.membership import in_values
from ehrkit.queries.compiling.selecting import EventTables
from ehrkit.queries.language.criteria import (
    Age,
    Attribute,
    Criterion,
    Followed,
    Group,
    Happened,
    Look,
    Observed,
    leaves,
)
from ehrkit.queries.language.windows import Bounds


@dataclass
class Judging:
    """The rules' CTEs: per look its counts, per span of observation who has it."""

    build: Build
    tables: EventTables
    counts: dict[Look, str] = field(default_factory=dict)
    observed: dict[Observed, str] = field(default_factory=dict)
    joined: dict[str, None] = field(default_factory=dict)


def add_rules(build: Build, tables: EventTables, first: int) -> str:
    """Add the CTEs of all rules, the first of which is step `first`.

    Returns:
        The CTE of the index events with `reached`, the last step that each passed.
    """
    judging = Judging(build, tables)
    _add_counts(judging)
    _add_observed(judging)
    cases = []
    for number, rule in enumerate(build.cohort.rules, first):
        passed = _criterion(judging, rule.criterion)
        failed = passed if rule.forbid else exp.Not(this=exp.paren(passed))
        cases.append(exp.If(this=failed, true=exp.Literal.number(number - 1)))
    last = first + len(build.cohort.rules) - 1
    case = exp.Case(ifs=cases, default=exp.Literal.number(last))
    joins = "".join(
        f" LEFT JOIN {table} ON {KEY.format(left=table, right='s')}" for table in judging.joined
    )
    query = parse(
        "SELECT s.person_id AS person_id, s.event_number AS event_number, :reached AS reached "
        f"FROM {build.base} AS s{joins}",
        reached=case,
    )
    return build.add("index_judged", "The last step that each index event passed", query)


def _add_counts(judging: Judging) -> None:
    wanted: dict[Look, set[str]] = {}
    names: dict[Look, str] = {}
    for number, rule in enumerate(judging.build.cohort.rules, 1):
        for leaf in leaves(rule.criterion):
            if isinstance(leaf, Happened):
                wanted.setdefault(leaf.look, set()).add(number_of(leaf.count))
                names.setdefault(leaf.look, f"rule_{number}_{leaf.look.events.name}")
    for look, columns in wanted.items():
        judging.counts[look] = add_counts(
            judging.build, judging.tables, look, judging.build.base, names[look], columns
        )


def _add_observed(judging: Judging) -> None:
    for criterion in judging.build.cohort.criteria():
        if isinstance(criterion, Observed) and criterion not in judging.observed:
            judging.observed[criterion] = judging.build.add(
                f"observed_{criterion.before}_{criterion.after}",
                f"Observed {criterion.before} days before and {criterion.after} after",
                "SELECT s.person_id AS person_id, s.event_number AS event_number, COUNT(*) AS n "
                f"FROM {judging.build.base} AS s JOIN observations AS o "
                "ON o.person_id = s.person_id "
                "AND EHR_DAY_DIFF(o.start_date, s.index_date) >= :before "
                "AND EHR_DAY_DIFF(s.index_date, o.end_date) >= :after "
                "GROUP BY s.person_id, s.event_number",
                before=criterion.before,
                after=criterion.after,
            )


def _criterion(judging: Judging, criterion: Criterion) -> Node:
    """Return a condition that is never unknown."""
    if isinstance(criterion, Age):
        return _between("s.age", criterion.bounds)
    if isinstance(criterion, Attribute):
        return in_values(f"s.{criterion.name}", criterion.allowed)
    if isinstance(criterion, Observed):
        table = judging.observed[criterion]
        judging.joined[table] = None
        return condition(f"NOT {table}.n IS NULL")
    if isinstance(criterion, Followed):
        table = judging.build.follow_ups
        judging.joined[table] = None
        return _between(f"EHR_DAY_DIFF(s.index_date, {table}.end_date)", criterion.bounds)
    if isinstance(criterion, Happened):
        table = judging.counts[criterion.look]
        text, anchor = met(judging.build, criterion.look, criterion.count, table)
        judging.joined[table] = None
        if anchor.table:
            judging.joined[anchor.table] = None
        return exp.paren(condition(text))
    return _group(judging, criterion)


def _between(operand: str, bounds: Bounds) -> Node:
    tests = [condition(f"NOT {operand} IS NULL")]
    if bounds.low is not None:
        sign = ">" if bounds.low_open else ">="
        tests.append(condition(f"{operand} {sign} :n", n=bounds.low))
    if bounds.high is not None:
        sign = "<" if bounds.high_open else "<="
        tests.append(condition(f"{operand} {sign} :n", n=bounds.high))
    return all_of(tests)


def _group(judging: Judging, group: Group) -> Node:
    parts = [_criterion(judging, part) for part in group.parts]
    if group.how == "all":
        return all_of(parts)
    if group.how == "of":
        return _number_of(parts, group.bounds)
    joined = any_of(parts)
    return exp.Not(this=exp.paren(joined)) if group.how == "none" else joined


def _number_of(parts: list[Node], bounds: Bounds) -> Node:
    one, none = exp.Literal.number(1), exp.Literal.number(0)
    total: Node | None = None
    for part in parts:
        case = exp.Case(ifs=[exp.If(this=part, true=one.copy())], default=none.copy())
        total = case if total is None else exp.Add(this=total, expression=case)
    tests = []
    if bounds.low is not None:
        tests.append(parse("(:total) >= :n", total=total, n=bounds.low))
    if bounds.high is not None:
        tests.append(parse("(:total) <= :n", total=total, n=bounds.high))
    return all_of(tests)
