"""Device profiles as a vendor's portal exports them: what people typed about themselves.

Rates follow the calibration table of the project's linkage reference (true pairs agree on
first name .85, last .86, birth date .92, sex .96, ZIP .78, address .62, phone .49, e-mail .37).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.synthetic.devices.wearers import Wearers
from ehrkit.synthetic.people.people import FEMALE, MALE, People
from ehrkit.synthetic.people.typos import misdialled, misspelled
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.streams import Streams

NICKNAME, FIRST_TYPO, INITIAL, SWAPPED = 0.20, 0.045, 0.012, 0.008
OLD_NAME, HALF_NAME, LAST_TYPO = 0.40, 0.5, 0.06
SWAPPED_DAY, WRONG_DAY, WRONG_YEAR, MISSING_BIRTH = 0.018, 0.016, 0.014, 0.028
WRONG_SEX, MISSING_SEX, MOVED, MISSING_ZIP = 0.012, 0.028, 0.185, 0.028
SHORT_STREET, MISSING_STREET, OTHER_PHONE, MISSING_PHONE = 0.12, 0.10, 0.18, 0.30
OTHER_EMAIL, MISSING_EMAIL = 0.25, 0.26
ABBREVIATIONS = {"Street": "St", "Avenue": "Ave", "Road": "Rd", "Drive": "Dr", "Lane": "Ln",
                 "Court": "Ct", "Mountain": "Mtn", "Island": "Is"}  # fmt: skip

SCHEMA = pa.schema([
    field("device_user_id", pa.string(), Phi.DEVICE), field("first_name", pa.string(), Phi.NAME),
    field("last_name", pa.string(), Phi.NAME), field("birth_date", pa.string(), Phi.DATE),
    field("sex", pa.string(), Phi.QUASI), field("zip", pa.string(), Phi.GEOGRAPHY),
    field("phone", pa.string(), Phi.PHONE), field("email", pa.string(), Phi.EMAIL),
    field("address", pa.string(), Phi.GEOGRAPHY), field("vendor", pa.string(), Phi.NONE),
])  # fmt: skip


def make_profiles(wearers: Wearers, everybody: People, streams: Streams) -> pa.Table:
    """Return one profile per device user; what is missing is null."""
    rng = streams.of("profiles")
    who = everybody.take(wearers.identity)
    first, last = _names(who, rng)
    moved = _chance(rng, who, MOVED)
    zip_code = np.where(moved, who.other_zip, who.zip)
    columns = {
        "device_user_id": wearers.device_user_id, "first_name": first, "last_name": last,
        "birth_date": _births(who, rng), "sex": _sexes(who, rng),
        "zip": np.where(_chance(rng, who, MISSING_ZIP), "", zip_code),
        "phone": _phones(who, rng), "email": _emails(who, first, last, rng),
        "address": _streets(who, moved, rng), "vendor": wearers.vendor,
    }  # fmt: skip
    order = np.argsort(wearers.device_user_id.astype(str), kind="stable")
    return pa.Table.from_arrays(
        [pa.array(c, pa.string(), mask=c == "") for c in (columns[n][order] for n in SCHEMA.names)],
        schema=SCHEMA,
    )


def _chance(rng: np.random.Generator, who: People, share: float) -> Array:
    mask: Array = rng.random(len(who)) < share
    return mask


def _names(who: People, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return names with nicknames, initials, former and half names, typing errors, swaps."""
    first = np.where(_chance(rng, who, NICKNAME), who.preferred, who.first)
    first = misspelled(first, rng, FIRST_TYPO)
    initials = np.array([name[:1] for name in first], dtype=object)
    first = np.where(_chance(rng, who, INITIAL), initials, first)
    former = (who.maiden != "") & _chance(rng, who, OLD_NAME)
    last = np.where(former, who.maiden, who.last)
    half = np.array([name.split("-")[-1] for name in last], dtype=object)
    last = np.where(_chance(rng, who, HALF_NAME), half, last)
    last = misspelled(last, rng, LAST_TYPO)
    swapped = _chance(rng, who, SWAPPED)
    return np.where(swapped, last, first), np.where(swapped, first, last)


def _births(who: People, rng: np.random.Generator) -> Array:
    """Return birth dates as ISO text: day and month swapped, or one of them mistyped, or none."""
    birth = who.birth
    birth = np.where(_chance(rng, who, WRONG_DAY), birth + rng.choice([-1, 1, 10], len(who)), birth)
    shift = (365 * rng.choice([-1, 1], len(who))).astype("timedelta64[D]")
    birth = np.where(_chance(rng, who, WRONG_YEAR), birth + shift, birth)
    text = birth.astype("datetime64[D]").astype(str).astype(object)
    for row in np.flatnonzero(_chance(rng, who, SWAPPED_DAY)):
        year, month, day = str(text[row]).split("-")
        if int(day) <= 12:
            text[row] = f"{year}-{day}-{month}"
    return np.where(_chance(rng, who, MISSING_BIRTH), "", text)


def _sexes(who: People, rng: np.random.Generator) -> Array:
    other = _chance(rng, who, WRONG_SEX)
    sex = np.select([who.sex == FEMALE, who.sex == MALE], ["female", "male"], "")
    wrong = np.where(sex == "female", "male", "female")
    return np.where(_chance(rng, who, MISSING_SEX), "", np.where(other, wrong, sex)).astype(object)


def _phones(who: People, rng: np.random.Generator) -> Array:
    """Return phone numbers in the styles that people type."""
    number = np.where(_chance(rng, who, OTHER_PHONE), misdialled(who.phone, rng, 1.0), who.phone)
    style = rng.integers(0, 3, len(who))
    typed = [
        (text, f"({text[:3]}) {text[4:]}", text.replace("-", "."))[form]
        for text, form in zip(number, style, strict=True)
    ]
    return np.where(_chance(rng, who, MISSING_PHONE), "", np.array(typed, dtype=object))


def _emails(who: People, first: Array, last: Array, rng: np.random.Generator) -> Array:
    from_names = [
        f"{a}{b}".lower().replace(" ", "").replace("'", "")
        for a, b in zip(first, last, strict=True)
    ]
    ascii_only = [name.encode("ascii", "ignore").decode() for name in from_names]
    other = np.array([f"{name}{n}@example.com" for name, n in zip(
        ascii_only, rng.integers(1, 99, len(who)), strict=True)], dtype=object)  # fmt: skip
    email = np.where(_chance(rng, who, OTHER_EMAIL), other, who.email)
    return np.where(_chance(rng, who, MISSING_EMAIL), "", email)


def _streets(who: People, moved: Array, rng: np.random.Generator) -> Array:
    street = np.where(moved, who.other_street, who.street)
    short = np.array([_shortened(text) for text in street], dtype=object)
    street = np.where(_chance(rng, who, SHORT_STREET), misspelled(short, rng, 0.6), street)
    return np.where(_chance(rng, who, MISSING_STREET), "", street)


def _shortened(street: str) -> str:
    return " ".join(ABBREVIATIONS.get(word, word) for word in street.split())
