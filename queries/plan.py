"""The logical plan of a cohort: the steps that index events go through, in the order told.

    found -> entered -> [kept of the history] -> [dates] -> rules -> [kept of the eligible]

Each step keeps a part of the rows of the step before it, so counts between two
steps are that step's exclusions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ehrkit.queries.build import NAME_LENGTH, identifier
from ehrkit.queries.definition import Cohort, Events, Happened, Rule, leaves
from ehrkit.queries.relations import RELATIONS


@dataclass(frozen=True)
class Test:
    """One event criterion of a rule and the CTE that counts its matches."""

    cte: str
    happened: Happened


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        cte: its name in SQL.
        kind: found, entered, keep, between or rule.
        label: as attrition and the SQL's comments say it.
        tests: for a rule, its event criteria in file order.
        dates: for between, the first and the last date.
    """

    cte: str
    kind: str
    label: str
    rule: Rule | None = None
    tests: tuple[Test, ...] = ()
    dates: tuple[date, date] | None = None


@dataclass(frozen=True)
class Plan:
    """A cohort, its steps, and names for what the steps look at."""

    cohort: Cohort
    steps: tuple[Step, ...]
    events: tuple[tuple[str, Events], ...]

    def events_cte(self, events: Events) -> str:
        """Return the CTE name of events."""
        return next(name for name, one in self.events if one == events)

    @property
    def members(self) -> str:
        """The CTE of the last step: the cohort."""
        return self.steps[-1].cte


def make_plan(cohort: Cohort) -> Plan:
    """Lay out the steps of a cohort."""
    index = cohort.index
    steps = [
        Step("index_found", "found", f"Index events: {index.events.relation} {index.events.name}"),
        Step("index_entered", "entered", "Has a date, and the person is known"),
    ]
    if index.keep != "every" and index.of == "history":
        steps.append(Step("index_kept", "keep", f"The {index.keep} of the person's history"))
    if index.between:
        first, last = index.between
        label = f"Index date from {first} to {last}"
        steps.append(Step("index_dated", "between", label, dates=index.between))
    steps += [_rule_step(number, rule) for number, rule in enumerate(cohort.rules, 1)]
    if index.keep != "every" and index.of == "eligible":
        steps.append(Step("index_kept", "keep", f"The {index.keep} of the eligible events"))
    return Plan(cohort, tuple(steps), tuple(_event_names(cohort.all_events())))


def _rule_step(number: int, rule: Rule) -> Step:
    tests = tuple(
        Test(identifier(one.events.name, f"r{number}_{place}_"), one)
        for place, one in enumerate(leaves(rule.criterion), 1)
    )
    label = f"Excluded: {rule.label}" if rule.forbid else rule.label
    return Step(identifier(rule.label, f"rule_{number}_"), "rule", label, rule, tests)


def _event_names(all_events: list[Events]) -> list[tuple[str, Events]]:
    names: list[tuple[str, Events]] = []
    taken = {one.cte for one in RELATIONS.values()}
    for events in all_events:
        plural = RELATIONS[events.relation].cte
        stem = identifier(events.name)[: NAME_LENGTH - len(plural) - 1].rstrip("_")
        name = f"{stem}_{plural}"
        for number in range(2, len(all_events) + 2):
            if name in taken:
                name = f"{stem[: -len(str(number))]}{number}_{plural}"
        taken.add(name)
        names.append((name, events))
    return names
