"""A whole cohort as one statement: schema, events, index, rules, follow-up, columns, rows."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from ehrkit.queries.adapting.adapters import Adapter
from ehrkit.queries.canonical.build import assemble, parse
from ehrkit.queries.canonical.functions import Node
from ehrkit.queries.compiling.build import Build, Cte, Names
from ehrkit.queries.compiling.columns import Output, add_columns
from ehrkit.queries.compiling.entry import add_eligible, add_entry, eligible_step, entry_steps
from ehrkit.queries.compiling.follow_up import add_follow_up
from ehrkit.queries.compiling.needs import needs_of, relations_of
from ehrkit.queries.compiling.picking import add_named_event
from ehrkit.queries.compiling.rules import add_rules
from ehrkit.queries.compiling.selecting import EventTables
from ehrkit.queries.language.cohort import Cohort

STANDARD = {
    "person_id": "s.person_id",
    "encounter_id": "s.encounter_id",
    "index_date": "s.index_date",
    "discharge_date": "s.discharge_date",
    "death_date": "s.death_date",
    "follow_up_end": "{follow_ups}.end_date",
    "follow_up_reason": "{follow_ups}.reason",
    "age": "s.age",
    "sex": "s.sex",
}


@dataclass(frozen=True)
class Steps:
    """The CTEs that tell how far each index event comes, for attrition.

    Attributes:
        found: all found events with `reached`, up to the rules.
        judged: those that the rules were applied to, with `reached`; empty without rules.
    """

    found: str
    judged: str


class Compiler:
    """Compiles one statement; nested cohorts become CTEs of the same statement."""

    def __init__(self, cohort: Cohort, adapter: Adapter) -> None:
        """Reserve the names of the schema's CTEs."""
        self._schema = adapter.ctes(relations_of(cohort))
        self._names = Names()
        self._names.taken |= {name for name, _, _ in self._schema}
        self._nested: list[Cte] = []
        self._tables = EventTables(self._names, self._nested_members)
        self._cohorts = 0
        self.build = Build(cohort, self._names)
        self.steps = self._add_members(self.build)

    def rows(self) -> Node:
        """Return the statement of the cohort's rows."""
        build = self.build
        if not build.follow_ups:
            add_follow_up(build, self._tables, build.members)
        output = Output(build, self._tables)
        output.join(build.follow_ups)
        for name, text in STANDARD.items():
            output.item(name, text.format(follow_ups=build.follow_ups))
        add_columns(output)
        query = parse(
            f"SELECT 1 AS one FROM {build.members} AS s{output.joins()} "
            "ORDER BY EHR_ORDER(s.person_id), s.event_number"
        )
        query.set("expressions", output.items)
        return self.statement(query)

    def statement(self, final: Node) -> Node:
        """Return a statement that reads the CTEs compiled so far."""
        ctes = [*self._schema, *self._tables.ctes(), *self._nested, *self.build.ctes]
        return assemble(_in_order(ctes), final)

    def _add_members(self, build: Build) -> Steps:
        """Add the CTEs up to the index events that passed everything."""
        needs = needs_of(build.cohort)
        found = add_entry(build, self._tables, needs)
        if needs.follow_up_early:
            add_follow_up(build, self._tables, build.base)
        for event in build.cohort.events:
            add_named_event(build, self._tables, event)
        judged, passed = "", build.base
        if build.cohort.rules:
            first = len(entry_steps(build.cohort))
            judged = add_rules(build, self._tables, first)
            passed = self._passed(build, judged, first + len(build.cohort.rules) - 1)
        build.members = add_eligible(build, passed) if eligible_step(build.cohort) else passed
        return Steps(found, judged)

    def _passed(self, build: Build, judged: str, last: int) -> str:
        return build.add(
            "index_passed",
            "Index events that passed all rules",
            f"SELECT s.* FROM {build.base} AS s JOIN {judged} AS j "
            "ON j.person_id = s.person_id AND j.event_number = s.event_number "
            f"WHERE j.reached = {last}",
        )

    def _nested_members(self, cohort: Cohort) -> str:
        self._cohorts += 1
        build = Build(cohort, self._names, f"c{self._cohorts}_")
        self._add_members(build)
        self._nested += build.ctes
        return build.members


def _in_order(ctes: list[Cte]) -> list[Cte]:
    """Put each CTE after those that it reads, and else leave the order as it is."""
    waiting = {cte[0]: cte for cte in ctes}
    ordered: list[Cte] = []

    def place(name: str) -> None:
        cte = waiting.pop(name, None)
        if cte is not None:
            for table in cte[2].find_all(exp.Table):
                place(table.name)
            ordered.append(cte)

    for name, _, _ in ctes:
        place(name)
    return ordered


def compile_cohort(cohort: Cohort, adapter: Adapter) -> Node:
    """Return the statement whose rows are the cohort, one per index event.

    Raises:
        UsageError: the schema does not supply a relation.
    """
    return Compiler(cohort, adapter).rows()
