"""Where people live and lived, and how to reach them."""

from __future__ import annotations

from functools import cache

import numpy as np

from ehrkit.synthetic.people.households import Households
from ehrkit.synthetic.people.names import plain
from ehrkit.synthetic.people.places import ZIPS_PER_TOWN, places
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.spec import CHART_START, EXTRACT

# Shares of households: an apartment, one phone, one e-mail address; design choices.
APARTMENT, ONE_PHONE, ONE_EMAIL = 0.18, 0.5, 0.1
# Households that the chart knows to have moved. About 9 % of Americans move in a year
# (Census Bureau, Current Population Survey 2021); charts miss most of it.
MOVED = 0.30
# Movers who stay in their town: 60 % stay in their county (same survey).
SAME_TOWN = 0.6
# No exchange starts with 0 or 1 (North American Numbering Plan), so no number is in service:
# of 555, a hundred numbers alone are kept for fiction, too few to tell people apart.
EXCHANGES = 200
MONTH = np.timedelta64(30, "D")


def draw_towns(rng: np.random.Generator, size: int) -> tuple[Array, Array]:
    """Return the town of each person, and an origin by the mix of that town."""
    known = places()
    town = rng.choice(len(known.towns), size, p=known.weights)
    ladder = (known.origins + np.arange(len(known.towns))[:, None]).ravel()
    kinds = known.origins.shape[1]
    origin = np.searchsorted(ladder, rng.random(size) + town, side="right") - kinds * town
    return town, np.minimum(origin, kinds - 1).astype(np.int8)


def draw_homes(
    town: Array, birth: Array, death: Array, homes: Households, rng: np.random.Generator
) -> dict[str, Array]:
    """Return addresses, moves and phones; a household shares its homes, and half of them a phone.

    `other_*` is where somebody lived before the move on the day `moved`; where that
    is NaT, an address that the chart does not know (an outside profile may).
    """
    known, size, town = places(), len(town), town[homes.head]
    before = np.where(rng.random(size) < SAME_TOWN, town, rng.permutation(town))
    home, other = _address(town, rng), _address(before, rng)
    days = int((EXTRACT - CHART_START).astype(int))
    moved = CHART_START + rng.integers(30, days, size)
    moved = np.where(rng.random(size) < MOVED, moved, np.datetime64("NaT", "D"))
    moved = moved[homes.head]
    lived = (moved - birth > MONTH) & (np.isnat(death) | (moved < death))
    exchange = digits(3)[rng.integers(0, EXCHANGES, size)]
    line = digits(4)[rng.integers(0, 10_000, size)]
    own = known.area_codes[town] + "-" + exchange + "-" + line
    one_phone = homes.related & (rng.random(size) < ONE_PHONE)
    before_move = ("street", "city", "state", "zip")
    return {
        **{name: column[homes.head] for name, column in home.items()},
        **{f"other_{name}": other[name][homes.head] for name in before_move},
        "moved": np.where(lived, moved, np.datetime64("NaT", "D")),
        "phone": homes.follow(own, one_phone),
    }


def _address(town: Array, rng: np.random.Generator) -> dict[str, Array]:
    known, size = places(), len(town)
    number = _numbers()[rng.integers(1, 9900, size)]
    unit = "Apt " + _numbers()[rng.integers(1, 40, size)]
    return {
        "street": number + " " + rng.choice(known.streets, size),
        "unit": np.where(rng.random(size) < APARTMENT, unit, ""),
        "city": known.towns[town],
        "state": known.states[town],
        "zip": known.zips[town, rng.integers(0, ZIPS_PER_TOWN, size)],
    }


def draw_emails(
    first: Array, last: Array, birth: Array, homes: Households, rng: np.random.Generator
) -> Array:
    """Return addresses under reserved domains (RFC 2606); some households share one."""
    size = len(first)
    domain = rng.choice(["example.com", "example.net", "example.org"], size, p=(0.6, 0.2, 0.2))
    pattern = rng.integers(0, 4, size)
    year = birth.astype("datetime64[Y]").astype(int) + 1970
    parts = zip(first, last, pattern.tolist(), year.tolist(), domain, strict=True)
    email = np.array([_email(*part) for part in parts], dtype=object)
    return homes.follow(email, homes.related & (rng.random(size) < ONE_EMAIL))


def _email(first: str, last: str, pattern: int, year: int, domain: str) -> str:
    given, family = plain(first), plain(last)
    local = (
        f"{given}.{family}",
        f"{given[:1]}{family}{year % 100:02d}",
        f"{given}{family}",
        f"{given}_{family}{year}",
    )[pattern]
    return f"{local}@{domain}"


@cache
def digits(width: int) -> Array:
    """Return all numbers of so many digits as text, with leading zeros."""
    return np.array([f"{number:0{width}d}" for number in range(10**width)], dtype=object)


@cache
def _numbers() -> Array:
    return np.array([str(number) for number in range(10_000)], dtype=object)
