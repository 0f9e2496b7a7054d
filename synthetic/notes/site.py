"""Clinicians and places of the site as notes tell of them, and who was around a surgery."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from ehrkit.synthetic.care.surgeries import Surgeries
from ehrkit.synthetic.people.pools import pools
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.staff import staff, teams
from ehrkit.synthetic.streams import Streams

HOSPITALS, HOMES, AREA_CODES = 7, 9, ("614", "740", "380")
# People whom the chart does not list as providers: nurses, scribes, family doctors.
NURSES, SCRIBES, FAMILY_DOCTORS = 24, 8, 40
HOSPITAL_ENDINGS = (" Medical Center", " Regional Hospital", " Memorial Hospital", " General")
HOME_ENDINGS = (" Care Center", " Manor", " Rehabilitation Center", " Village")
# Places of the team of a surgery; each role is filled from people of its own.
SURGEON, ASSISTANT, RESIDENT, ANESTHETIST, INTERNIST, VASCULAR, PAIN, NURSE, SCRIBE = range(9)


@dataclass(frozen=True)
class Site:
    """Clinicians and places of the whole site: the same in every block of patients.

    The clinicians are the staff of the chart, in its order, and then nurses, scribes and
    family doctors; `listed` is how many the chart knows.
    """

    first: Array
    last: Array
    phone: list[str]
    listed: int
    hospitals: Array
    homes: Array
    own: str

    @property
    def nurses(self) -> Array:
        """Return the positions of the nurses."""
        return self.listed + np.arange(NURSES)

    @property
    def scribes(self) -> Array:
        """Return the positions of the scribes."""
        return self.listed + NURSES + np.arange(SCRIBES)

    @property
    def family_doctors(self) -> Array:
        """Return the positions of the family doctors."""
        return self.listed + NURSES + SCRIBES + np.arange(FAMILY_DOCTORS)


def draw_site(streams: Streams) -> Site:
    """Return the clinicians and places of a site."""
    return _draw(Streams(streams.seed, world=streams.world))


@cache
def _draw(streams: Streams) -> Site:
    rng, known = streams.of_site("note site"), staff(streams)
    pool, more = pools(), NURSES + SCRIBES + FAMILY_DOCTORS
    woman = rng.random(more) < 0.7
    female, male = pool.female.draw(rng, more), pool.male.draw(rng, more)
    first = np.concatenate([known.first, np.where(woman, female, male)])
    codes = rng.integers(0, len(AREA_CODES), len(first)).tolist()
    numbers = rng.integers(0, 10_000, len(first)).tolist()
    phones = zip(codes, numbers, strict=True)
    return Site(
        first=first,
        last=np.concatenate([known.last, pool.last.draw(rng, more)]),
        phone=[f"{AREA_CODES[code]}-555-{number:04d}" for code, number in phones],
        listed=len(known.kind),
        hospitals=named(rng, HOSPITALS, HOSPITAL_ENDINGS),
        homes=named(rng, HOMES, HOME_ENDINGS),
        own=f"{pool.last.draw(rng, 1)[0]} University Hospital",
    )


def named(rng: np.random.Generator, size: int, endings: tuple[str, ...]) -> Array:
    """Return names of firms and institutions: a last name and one of the endings."""
    names: Array = pools().last.draw(rng, size) + rng.choice(np.array(endings, object), size)
    return names


def note_teams(surgeries: Surgeries, streams: Streams) -> list[list[int]]:
    """Return the team of each surgery as positions in the site, in the order of the roles.

    Surgeon, assistant, resident and anesthetist are those of the chart; -1: nobody.
    """
    rng, site, size = streams.of("note teams"), draw_site(streams), len(surgeries)
    known, team = staff(streams), teams(surgeries, streams)
    doctors = [known.of(kind) for kind in ("Internist", "Vascular surgeon", "Pain physician")]
    drawn = [rng.choice(people, size) for people in (*doctors, site.nurses, site.scribes)]
    charted = (team.surgeon, team.assistant, team.resident, team.anesthetist)
    rows: list[list[int]] = np.column_stack([*charted, *drawn]).tolist()
    return rows
