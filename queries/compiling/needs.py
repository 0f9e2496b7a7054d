"""What a cohort needs to know of its index events beyond the standard columns."""

from __future__ import annotations

from dataclasses import dataclass

from ehrkit.queries.language.cohort import Cohort, PersonColumn
from ehrkit.queries.language.criteria import Attribute, Followed, Observed
from ehrkit.queries.relations import RELATIONS


@dataclass(frozen=True)
class Needs:
    """Columns of index events, and whether the end of follow-up is needed before the rules."""

    index_time: bool
    discharge_time: bool
    attributes: frozenset[str]
    birth_date: bool
    follow_up_early: bool


def needs_of(cohort: Cohort) -> Needs:
    """Return what the cohort's looks, criteria and columns need."""
    timed = {look.placement.anchor for look in cohort.looks() if look.placement.needs_instant}
    anchors = {look.placement.anchor for look in cohort.looks()}
    criteria = list(cohort.criteria())
    own = {one.attribute for one in cohort.columns if isinstance(one, PersonColumn)}
    asked = {one.name for one in criteria if isinstance(one, Attribute)}
    return Needs(
        "index" in timed,
        "discharge" in timed,
        frozenset((own | asked) - {"birth_date"}),
        "birth_date" in own,
        "follow-up-end" in anchors or any(isinstance(one, Followed) for one in criteria),
    )


def relations_of(cohort: Cohort) -> set[str]:
    """Return the logical relations that the cohort reads, nested cohorts included."""
    found = {"person"}
    if cohort.index.events is not None or {"last-contact", "end-of-data"} & set(
        cohort.follow_up.until
    ):
        found.add("encounter")
    if "observation-end" in cohort.follow_up.until:
        found.add("observation")
    if any(isinstance(one, Observed) for one in cohort.criteria()):
        found.add("observation")
    for events in cohort.all_events():
        for part in events.parts:
            if part.relation in RELATIONS:
                found.add(part.relation)
            if part.during:
                found.add("encounter")
            if any(codes.has_descendants for codes in part.codes):
                found.add("descent")
            if part.cohort is not None:
                found |= relations_of(part.cohort)
    return found
