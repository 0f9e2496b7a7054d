"""The people: who they are, where they live, whom they live with, and when they die."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace

import numpy as np

from ehrkit.synthetic import identifiers
from ehrkit.synthetic.care.vocabulary import FIRST_KINDS, SurgeryKind
from ehrkit.synthetic.people.pools import NICKNAMES, Pools, Weighted, pools
from ehrkit.synthetic.rows import Array, Rows
from ehrkit.synthetic.spec import CHART_START, EXTRACT, SURGERY_END, SURGERY_START, Spec
from ehrkit.synthetic.streams import Streams

FEMALE, MALE, UNKNOWN_SEX = 0, 1, 2
NO_ROLE = -1
# Reference calibration: 15 % of rows are a relative of another row, about 1.2 % share a birth date.
RELATIVES = 0.15
SPOUSE, SIBLING, TWIN, CHILD = range(4)
RELATION_SHARES = (0.50, 0.24, 0.06, 0.20)
# Age at surgery by kind (mean, standard deviation), design choice near published series.
AGE_AT_SURGERY = {
    SurgeryKind.LUMBAR_FUSION: (61.0, 12.0),
    SurgeryKind.CERVICAL_FUSION: (56.0, 11.0),
    SurgeryKind.DECOMPRESSION: (58.0, 15.0),
    SurgeryKind.SACROILIAC_FUSION: (54.0, 12.0),
    SurgeryKind.JOINT_FUSION: (57.0, 13.0),
}
ADOLESCENT_FUSION = 0.015
# Gompertz hazard a*exp(b*(age-30)) near US life tables: 1 % a year at 60, 6 % at 80.
GOMPERTZ_A, GOMPERTZ_B = 0.0007, 0.088
# Share of groups: design choice near the US census.
HISPANIC, BLACK, ASIAN = 0.08, 0.13, 0.04
YEAR = 365.25


@dataclass(frozen=True)
class People(Rows):
    """One row per true person, then one per test patient.

    `role` is the kind of the first surgery (SurgeryKind) or -1; `index_date` its day.
    `maiden` is empty where the name never changed. `other_*` is the address before or
    after a move, which an outside profile may still hold.
    """

    role: Array
    test: Array
    index_date: Array
    first: Array
    middle: Array
    last: Array
    maiden: Array
    preferred: Array
    sex: Array
    birth: Array
    death: Array
    death_known: Array
    race: Array
    hispanic: Array
    relative_of: Array
    relation: Array
    street: Array
    unit: Array
    city: Array
    state: Array
    zip: Array
    other_street: Array
    other_city: Array
    other_zip: Array
    phone: Array
    email: Array
    ssn: Array
    pat_id: Array
    mrn: Array


def make_people(spec: Spec, streams: Streams) -> People:
    """Return the people of a chart; test patients come last."""
    tests = round(spec.patients * spec.test_patients)
    # A site has some, however small it is.
    tests = max(2, tests) if streams.block == 0 else tests
    size = spec.patients + tests
    rng = streams.of("people")
    role, index_date = _roles(spec, size, tests, rng)
    relative_of, relation = _relatives(role, spec.patients, rng)
    birth = _births(role, index_date, relative_of, relation, rng)
    sex = _sexes(relative_of, relation, rng, size)
    names = _names(sex, relative_of, relation, rng)
    home = _homes(relative_of, rng, size)
    slot = identifiers.slots(streams, 0, size)
    people = People(
        role=role,
        test=np.arange(size) >= spec.patients,
        index_date=index_date,
        sex=sex,
        birth=birth,
        relative_of=relative_of,
        relation=relation,
        death=_deaths(birth, index_date, rng),
        death_known=rng.random(size) >= spec.unknown_deaths,
        email=_emails(names["first"], names["last"], birth, relative_of, rng),
        ssn=identifiers.ssns(streams, slot),
        pat_id=identifiers.pat_ids(streams, slot),
        mrn=identifiers.mrns(streams, slot),
        **names,
        **home,
    )
    return _mark_tests(people)


def _roles(spec: Spec, size: int, tests: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Give exact shares of patients a first surgery on a weekday; test patients have fusions."""
    role = np.full(size, NO_ROLE, dtype=np.int8)
    shuffled = rng.permutation(spec.patients)
    cuts = np.round(np.cumsum((0.0, *spec.surgical_shares)) * spec.patients).astype(int)
    for kind in FIRST_KINDS:
        role[shuffled[cuts[kind] : cuts[kind + 1]]] = kind
    role[size - tests :] = SurgeryKind.LUMBAR_FUSION
    days = int((SURGERY_END - SURGERY_START).astype(int))
    date = np.busday_offset(SURGERY_START + rng.integers(0, days, size), 0, roll="backward")
    return role, np.where(role == NO_ROLE, np.datetime64("NaT", "D"), date)


def _relatives(role: Array, patients: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Attach some people without surgery to the household of somebody else."""
    size = len(role)
    background = np.flatnonzero(role[:patients] == NO_ROLE)
    chosen = rng.permutation(background)[: int(RELATIVES * patients)]
    heads = np.setdiff1d(np.arange(patients), chosen)
    relative_of = np.full(size, -1)
    relation = np.full(size, -1, dtype=np.int8)
    if len(heads):
        relative_of[chosen] = rng.choice(heads, len(chosen))
        relation[chosen] = rng.choice(4, len(chosen), p=RELATION_SHARES)
    return relative_of, relation


def _births(
    role: Array, index_date: Array, relative_of: Array, relation: Array, rng: np.random.Generator
) -> Array:
    """Draw ages at surgery, or in 2020 for the others; relatives follow their household."""
    size = len(role)
    age = 19 + 68 * rng.beta(1.3, 1.4, size)
    at = np.where(role == NO_ROLE, np.datetime64("2020-01-01"), index_date)
    for kind, (mean, deviation) in AGE_AT_SURGERY.items():
        age = np.where(role == kind, np.clip(rng.normal(mean, deviation, size), 18.2, 89), age)
    young = (role == SurgeryKind.LUMBAR_FUSION) & (rng.random(size) < ADOLESCENT_FUSION)
    age = np.where(young, rng.uniform(13, 17.9, size), age)
    birth = at - (age * YEAR).astype("timedelta64[D]")
    gaps = np.stack(
        [
            rng.normal(0, 4, size),
            rng.choice([-1, 1], size) * rng.uniform(1.2, 9, size),
            np.zeros(size),
            rng.uniform(21, 36, size),
        ]
    )
    gap = (gaps[np.maximum(relation, 0), np.arange(size)] * YEAR).astype("timedelta64[D]")
    related = np.minimum(birth[relative_of] + gap, np.datetime64("2019-06-30"))
    final: Array = np.where(relative_of >= 0, related, birth).astype("datetime64[D]")
    return final


def _sexes(relative_of: Array, relation: Array, rng: np.random.Generator, size: int) -> Array:
    """Draw sex; most spouses differ from the head of the household."""
    sex = rng.choice([FEMALE, MALE, UNKNOWN_SEX], size, p=(0.535, 0.462, 0.003)).astype(np.int8)
    spouse = (relation == SPOUSE) & (rng.random(size) < 0.97)
    return np.where(spouse, 1 - np.minimum(sex[relative_of], 1), sex).astype(np.int8)


def _names(
    sex: Array, relative_of: Array, relation: Array, rng: np.random.Generator
) -> dict[str, Array]:
    """Draw names by origin; relatives share the last name, spouses mostly."""
    pool, size = pools(), len(sex)
    draw = rng.random(size)
    group = np.digitize(draw, np.cumsum((HISPANIC, BLACK, ASIAN)))
    group = np.where(relative_of >= 0, group[relative_of], group)
    last = _by_origin(group, pool.hispanic_last, pool.last, pool.asian_last, rng)
    born = last.copy()
    shares = (relative_of >= 0) & ((relation != SPOUSE) | (rng.random(size) < 0.8))
    last = np.where(shares, last[relative_of], last)
    married = (sex == FEMALE) & (rng.random(size) < 0.3)
    maiden = np.where(
        married & (born != last),
        born,
        _by_origin(group, pool.hispanic_last, pool.last, pool.asian_last, rng),
    )
    maiden = np.where(married & (maiden != last), maiden, "")
    hyphened = (maiden != "") & (rng.random(size) < 0.12)
    last = np.where(hyphened, maiden + "-" + last, last)
    woman = sex != MALE
    first = np.where(
        woman,
        _first(group, pool.hispanic_female, pool.female, rng),
        _first(group, pool.hispanic_male, pool.male, rng),
    )
    return {
        "first": first,
        "last": last,
        "maiden": maiden,
        "middle": _initials(rng, size),
        "preferred": np.array([NICKNAMES.get(name, name) for name in first], dtype=object),
        "hispanic": group == 0,
        "race": _races(group, rng),
    }


def _by_origin(
    group: Array, hispanic: Weighted, general: Weighted, asian: Weighted, rng: np.random.Generator
) -> Array:
    size = len(group)
    return np.select(
        [group == 0, group == 2],
        [hispanic.draw(rng, size), asian.draw(rng, size)],
        general.draw(rng, size),
    )


def _first(group: Array, hispanic: Weighted, general: Weighted, rng: np.random.Generator) -> Array:
    own = (group == 0) & (rng.random(len(group)) < 0.6)
    size = len(group)
    return np.where(own, hispanic.draw(rng, size), general.draw(rng, size))


def _initials(rng: np.random.Generator, size: int) -> Array:
    letters = np.array([*"ABCDEFGHJKLMNPRSTW"], dtype=object)
    return np.where(rng.random(size) < 0.7, rng.choice(letters, size), "")


def _races(group: Array, rng: np.random.Generator) -> Array:
    """Return the name in ZC_PATIENT_RACE; recorded race is sometimes unknown."""
    race = np.select(
        [group == 0, group == 1, group == 2],
        ["Other", "Black or African American", "Asian"],
        "White",
    )
    hispanic_white = (group == 0) & (rng.random(len(group)) < 0.6)
    race = np.where(hispanic_white, "White", race)
    unrecorded = rng.choice(["Unknown", "Patient Refused"], len(group))
    return np.where(rng.random(len(group)) < 0.03, unrecorded, race).astype(object)


def _homes(relative_of: Array, rng: np.random.Generator, size: int) -> dict[str, Array]:
    """Draw an address, another one before or after a move, and a phone; households share them."""
    pool = pools()
    home, other = _address(pool, rng, size), _address(pool, rng, size)
    lives_with = np.where(relative_of >= 0, relative_of, np.arange(size))
    home = {name: column[lives_with] for name, column in home.items()}
    shares_phone = rng.random(size) < 0.5
    own = home.pop("area_code") + "-555-" + _digits(rng, size, 4)
    phone = np.where(shares_phone, own[lives_with], own)
    return home | {
        "phone": phone,
        "other_street": other["street"],
        "other_city": other["city"],
        "other_zip": other["zip"],
    }


def _address(pool: Pools, rng: np.random.Generator, size: int) -> dict[str, Array]:
    town = rng.choice(len(pool.town_names), size, p=pool.town_weights)
    number = rng.integers(1, 9900, size).astype(str).astype(object)
    unit = "Apt " + rng.integers(1, 40, size).astype(str).astype(object)
    return {
        "street": number + " " + rng.choice(pool.streets, size),
        "unit": np.where(rng.random(size) < 0.18, unit, ""),
        "city": pool.town_names[town],
        "state": pool.town_states[town],
        "zip": pool.town_prefixes[town]
        + np.array(
            [
                f"{(t * 7 + k) % 100:02d}"
                for t, k in zip(town, rng.integers(0, 3, size), strict=True)
            ],
            dtype=object,
        ),
        "area_code": pool.town_area_codes[town],
    }


def _digits(rng: np.random.Generator, size: int, width: int) -> Array:
    numbers = rng.integers(0, 10**width, size).tolist()
    return np.array([f"{number:0{width}d}" for number in numbers], dtype=object)


def _deaths(birth: Array, index_date: Array, rng: np.random.Generator) -> Array:
    """Draw a day of death up to the extract; nobody dies before a first surgery."""
    age = (CHART_START - birth).astype(int) / YEAR - 30
    hazard = GOMPERTZ_A * np.exp(GOMPERTZ_B * age)
    years = np.log1p(-np.log1p(-rng.random(len(birth))) * GOMPERTZ_B / hazard) / GOMPERTZ_B
    death: Array = CHART_START + np.minimum(years * YEAR, 40_000).astype("timedelta64[D]")
    too_early = (death <= index_date) & ~np.isnat(index_date)
    unborn = death <= birth
    return np.where((death > EXTRACT) | too_early | unborn, np.datetime64("NaT", "D"), death)


def _emails(
    first: Array, last: Array, birth: Array, relative_of: Array, rng: np.random.Generator
) -> Array:
    """Return addresses under reserved domains (RFC 2606); some couples share one."""
    size = len(first)
    domain = rng.choice(["example.com", "example.net", "example.org"], size, p=(0.6, 0.2, 0.2))
    pattern = rng.integers(0, 4, size)
    year = birth.astype("datetime64[Y]").astype(int) + 1970
    parts = zip(first, last, pattern.tolist(), year.tolist(), domain, strict=True)
    email = np.array([_email(*part) for part in parts], dtype=object)
    shared = (relative_of >= 0) & (rng.random(size) < 0.1)
    return np.where(shared, email[relative_of], email)


def _email(first: str, last: str, pattern: int, year: int, domain: str) -> str:
    given, family = (plain(name) for name in (first, last))
    local = (
        f"{given}.{family}",
        f"{given[:1]}{family}{year % 100:02d}",
        f"{given}{family}",
        f"{given}_{family}{year}",
    )[pattern]
    return f"{local}@{domain}"


def plain(name: str) -> str:
    """Return a name as lower-case ASCII letters, as an e-mail address spells it."""
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "".join(letter for letter in folded.lower() if letter.isalpha())


def _mark_tests(people: People) -> People:
    """Name the test patients as sites do; they look like anybody else in every other way."""
    first = np.where(people.test, "Spine", people.first)
    last = np.where(people.test, "Zztest", people.last)
    mrn = np.where(people.test, "ZZ" + people.mrn, people.mrn)
    return replace(
        people,
        first=first,
        last=last,
        mrn=mrn,
        preferred=np.where(people.test, "Spine", people.preferred),
        maiden=np.where(people.test, "", people.maiden),
    )
