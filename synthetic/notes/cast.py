"""Who and what is around each patient: family, work, numbers that only notes hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.notes.site import AREA_CODES, draw_site, named
from ehrkit.synthetic.people.people import People
from ehrkit.synthetic.people.pools import pools
from ehrkit.synthetic.people.typos import misspelled
from ehrkit.synthetic.people.words import CHILD, FEMALE, MALE, SIBLING, SPOUSE, TWIN
from ehrkit.synthetic.rows import Array, Rows
from ehrkit.synthetic.streams import Streams

# A relative who calls or comes along was born before this day.
GROWN_UP = np.datetime64("2000-01-01")
EMPLOYERS = (
    " & Sons Roofing", " Trucking", " Manufacturing", " Logistics", " Foods", " Auto Parts",
    " Bank", " Landscaping", " County Schools", " Plumbing", " Insurance Group", " Steel",
)  # fmt: skip
SCHOOLS = (" Elementary School", " Middle School", " High School", " Community College")
CHURCHES = (" Baptist Church", " Lutheran Church", " Community Church", " Methodist Church")
# Relation of a relative by the relative's sex (female, male, unknown).
RELATIONS = {
    SPOUSE: ("wife", "husband", "spouse"),
    SIBLING: ("sister", "brother", "sibling"),
    TWIN: ("twin sister", "twin brother", "twin"),
    CHILD: ("daughter", "son", "child"),
}
PARENTS = ("mother", "father", "parent")
INVENTED = (
    ("wife", "husband", "spouse"), ("sister", "brother", "sibling"), ("daughter", "son", "child"),
    ("niece", "nephew", "cousin"), ("neighbor", "neighbor", "neighbor"),
)  # fmt: skip


@dataclass(frozen=True)
class Cast(Rows):
    """One row per person: one relative, work, places, and numbers that only notes hold.

    `misspelt` is the last name as somebody else heard it. `digits` are nine random digits
    from which notes take policy and account numbers, plates and the like.
    """

    relation: Array
    relative: Array
    relative_last: Array
    relative_phone: Array
    misspelt: Array
    employer: Array
    school: Array
    church: Array
    pharmacy: Array
    county: Array
    family_doctor: Array
    digits: Array


def draw_cast(truth: Truth, streams: Streams) -> Cast:
    """Draw the cast; a grown-up living relative who is a patient too stands first."""
    rng = streams.of("note cast")
    people, size = truth.people, len(truth.people)
    relation, first, last = _relatives(people, rng)
    code = rng.choice(np.array(AREA_CODES, object), size)
    numbers = np.array([f"-555-{n:04d}" for n in rng.integers(0, 10_000, size).tolist()], object)
    return Cast(
        relation=relation,
        relative=first,
        relative_last=last,
        relative_phone=code + numbers,
        misspelt=misspelled(people.last, rng, 0.3),
        employer=named(rng, size, EMPLOYERS),
        school=named(rng, size, SCHOOLS),
        church=named(rng, size, CHURCHES),
        pharmacy=named(rng, size, (" Pharmacy", " Drug")),
        county=named(rng, size, (" County",)),
        family_doctor=rng.choice(draw_site(streams).family_doctors, size),
        digits=rng.integers(100_000_000, 1_000_000_000, size),
    )


def _relatives(people: People, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Return relation, first and last name of one relative of each person."""
    size = len(people)
    woman = rng.random(size) < 0.5
    kind = rng.integers(0, len(INVENTED), size)
    # Spouses are of the other sex here, as most are in the households.
    woman = np.where(kind == 0, people.sex != FEMALE, woman)
    relation = np.array(INVENTED, dtype=object)[kind, np.where(woman, FEMALE, MALE)]
    first = np.where(woman, pools().female.draw(rng, size), pools().male.draw(rng, size))
    last = np.where(kind < 2, people.last, pools().last.draw(rng, size))
    for person, relative, words in _household(people):
        relation[person] = np.array(words, dtype=object)[people.sex[relative]]
        first[person], last[person] = people.first[relative], people.last[relative]
    return relation, first, last


def _household(people: People) -> list[tuple[Array, Array, tuple[str, str, str]]]:
    """Return persons, their true relatives, and what these are called, by relation."""
    grown = np.isnat(people.death) & (people.birth < GROWN_UP) & ~people.test
    found = []
    for relation, words in RELATIONS.items():
        member = np.flatnonzero(people.relation == relation)
        head = people.relative_of[member]
        mirrored = PARENTS if relation == CHILD else words
        for person, relative, called in ((head, member, words), (member, head, mirrored)):
            usable = grown[relative]
            found.append((person[usable], relative[usable], called))
    return found
