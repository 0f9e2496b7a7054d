"""Two overlapping sides of corrupted people, with the truth: the data of benchmarks/linkage.py.

Names follow the frequencies of Faker's en_US lists. Error rates per side are set
so that agreement among true pairs comes near what is published for hospital data
of this kind: first .85, last .86, birth date .92, sex .96, ZIP .78, address .62,
phone .49, e-mail .37 (a missing value counts as disagreement). Hard negatives: 15 %
of people are a relative of another (same last name, address, ZIP; half share the
phone), and 1.2 % of people are also born on the same day (twins).
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pyarrow as pa
from faker.providers.person.en_US import Provider

NICKNAMES = {
    "James": "Jim", "Robert": "Bob", "John": "Jack", "Michael": "Mike", "David": "Dave",
    "William": "Bill", "Richard": "Rick", "Joseph": "Joe", "Thomas": "Tom", "Charles": "Chuck",
    "Christopher": "Chris", "Daniel": "Dan", "Matthew": "Matt", "Anthony": "Tony",
    "Patricia": "Pat", "Jennifer": "Jen", "Elizabeth": "Liz", "Barbara": "Barb",
    "Susan": "Sue", "Jessica": "Jess", "Margaret": "Peggy", "Katherine": "Kate",
    "Kimberly": "Kim", "Rebecca": "Becky", "Deborah": "Debbie", "Stephanie": "Steph",
}  # fmt: skip
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_MISSING = {"birth_date": 0.014, "sex": 0.014, "zip": 0.014, "address": 0.055,
            "phone": 0.215, "email": 0.29}  # fmt: skip


@dataclass(frozen=True)
class Person:
    """One true person, or one record of them."""

    first_name: str
    last_name: str
    birth_date: str
    sex: str
    zip: str
    phone: str
    email: str
    address: str


FIELDS = tuple(Person.__dataclass_fields__)


class World:
    """Draws people and spoils their records; everything follows from the seed."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.names = {
            "female": _weighted(Provider.first_names_female),
            "male": _weighted(Provider.first_names_male),
            "last": _weighted(Provider.last_names),
        }
        self.streets = list(self.names["last"][0])[:400]
        self.zips = [f"{self.draw.randrange(10000, 99999)}" for _ in range(400)]

    def name(self, kind: str) -> str:
        """Draw a name of a kind: female, male or last."""
        names, totals = self.names[kind]
        return self.draw.choices(names, cum_weights=totals)[0]

    def address(self) -> str:
        """Draw a street line."""
        kind = self.draw.choice(["St", "Ave", "Rd", "Dr", "Ln"])
        return f"{self.draw.randrange(1, 9999)} {self.draw.choice(self.streets)} {kind}"

    def phone(self) -> str:
        """Draw ten digits."""
        return f"{self.draw.randrange(200, 999)}{self.draw.randrange(2000000, 9999999)}"

    def email(self, first: str, last: str) -> str:
        """Draw a mailbox for a name."""
        host = self.draw.choice(["gmail.com", "yahoo.com", "outlook.com", "aol.com"])
        return f"{first}.{last}{self.draw.randrange(1000)}@{host}".lower()

    def zip(self) -> str:
        """Draw a ZIP, some much commoner than others."""
        return self.zips[min(int(self.draw.expovariate(1 / 90)), 399)]

    def birth_date(self) -> str:
        """Draw a day from 1930 to 2004."""
        return (date(1930, 1, 1) + timedelta(days=self.draw.randrange(365 * 75))).isoformat()

    def person(self) -> Person:
        """Draw a person who is related to nobody."""
        sex = self.draw.choice(["female", "male"])
        first, last = self.name(sex), self.name("last")
        return Person(
            first, last, self.birth_date(), sex, self.zip(), self.phone(),
            self.email(first, last), self.address(),
        )  # fmt: skip

    def relative(self, of: Person) -> Person:
        """Draw someone of the same home; one in twelve is a twin."""
        other = self.person()
        return replace(
            other,
            last_name=of.last_name,
            zip=of.zip,
            address=of.address,
            phone=of.phone if self.draw.random() < 0.5 else other.phone,
            birth_date=of.birth_date if self.draw.random() < 0.08 else other.birth_date,
            email=self.email(other.first_name, of.last_name),
        )

    def people(self, count: int) -> list[Person]:
        """Draw a population, 15 % of it related to somebody in it."""
        made: list[Person] = []
        while len(made) < count:
            related = made and self.draw.random() < 0.15
            made.append(self.relative(self.draw.choice(made)) if related else self.person())
        return made

    def record(self, person: Person) -> dict[str, str | None]:
        """Return one side's record of a person, spoiled."""
        row: dict[str, str | None] = {name: getattr(person, name) for name in FIELDS}
        row["first_name"] = self._first(person)
        row["last_name"] = self._last(person)
        row["birth_date"] = self._birth(person.birth_date)
        if self.draw.random() < 0.0065:
            row["sex"] = "male" if person.sex == "female" else "female"
        self._move(row, person)
        if self.draw.random() < 0.005:
            row["first_name"], row["last_name"] = row["last_name"], row["first_name"]
        for name, share in _MISSING.items():
            if self.draw.random() < share:
                row[name] = None
        return row

    def _first(self, person: Person) -> str:
        name, chance = person.first_name, self.draw.random()
        if chance < 0.045:
            return NICKNAMES.get(name, name[:4])
        if chance < 0.075:
            return self.typo(name)
        return name[0] if chance < 0.085 else name

    def _last(self, person: Person) -> str:
        name, chance = person.last_name, self.draw.random()
        if chance < 0.03:
            return self.typo(name)
        if chance < 0.07 and person.sex == "female":
            return self.name("last")
        return f"{name}-{self.name('last')}" if chance > 0.99 else name

    def _birth(self, iso: str) -> str:
        born, chance = date.fromisoformat(iso), self.draw.random()
        if chance < 0.008 and born.day <= 12:
            return date(born.year, born.day, born.month).isoformat()
        if chance < 0.016:
            return born.replace(day=self.draw.randrange(1, 28)).isoformat()
        if chance < 0.024:
            return born.replace(
                year=born.year + self.draw.choice([-10, -1, 1, 10]), day=min(born.day, 28)
            ).isoformat()
        return iso

    def _move(self, row: dict[str, str | None], person: Person) -> None:
        if self.draw.random() < 0.09:
            row["zip"], row["address"] = self.zip(), self.address()
        elif self.draw.random() < 0.08:
            row["address"] = self.typo(person.address)
        if self.draw.random() < 0.01:
            row["zip"] = self.typo(person.zip, "0123456789")
        if self.draw.random() < 0.10:
            row["phone"] = self.phone()
        if self.draw.random() < 0.14:
            row["email"] = self.email(person.first_name, person.last_name)

    def typo(self, text: str, letters: str = _LETTERS) -> str:
        """Replace, insert or swap one letter after the first."""
        at, kind = self.draw.randrange(1, max(len(text), 2)), self.draw.randrange(3)
        if kind == 0:
            return text[:at] + self.draw.choice(letters) + text[at + 1 :]
        if kind == 1:
            return text[:at] + self.draw.choice(letters) + text[at:]
        return text[: at - 1] + text[at : at + 1] + text[at - 1] + text[at + 1 :]


def two_sides(
    n_left: int, n_right: int, shared: int, seed: int
) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Return left people (id `patient`), right people (id `member`) and the true pairs."""
    world = World(seed)
    people = world.people(n_left + n_right - shared)
    order = world.draw.sample(range(len(people)), len(people))
    both, only_left = order[:shared], order[shared:n_left]
    left, right = both + only_left, both + order[n_left:]
    world.draw.shuffle(left)
    world.draw.shuffle(right)
    left_ids = {person: f"L{place:07d}" for place, person in enumerate(left)}
    right_ids = {person: f"R{place:07d}" for place, person in enumerate(right)}
    truth = pa.table(
        {"patient": [left_ids[p] for p in both], "member": [right_ids[p] for p in both]}
    )
    return (
        _table("patient", list(left_ids.values()), [world.record(people[p]) for p in left]),
        _table("member", list(right_ids.values()), [world.record(people[p]) for p in right]),
        truth,
    )


def _table(name: str, ids: list[str], rows: list[dict[str, str | None]]) -> pa.Table:
    columns = {field: pa.array([row[field] for row in rows], pa.string()) for field in FIELDS}
    return pa.table({name: pa.array(ids, pa.string()), **columns})


def _weighted(names: dict[str, float]) -> tuple[list[str], list[float]]:
    total, totals = 0.0, []
    for weight in names.values():
        totals.append(total := total + weight)
    return list(names), totals
