"""Device profiles as a vendor's portal exports them: what people typed about themselves.

Rates follow the calibration table of the project's linkage reference (true pairs agree on
first name .85, last .86, birth date .92, sex .96, ZIP .78, address .62, phone .49, e-mail .37).
Every way in which a profile departs from the chart is in the answer key.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.synthetic.devices.differences import Draft
from ehrkit.synthetic.devices.wearers import Wearers
from ehrkit.synthetic.people.people import FEMALE, MALE, People
from ehrkit.synthetic.people.typos import misdialled, misspelled
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.streams import Streams

NICKNAME, FIRST_TYPO, INITIAL, SWAPPED = 0.20, 0.045, 0.012, 0.008
OLD_NAME, HALF_NAME, LAST_TYPO = 0.40, 0.5, 0.06
SWAPPED_DAY, WRONG_DAY, WRONG_YEAR, MISSING_BIRTH = 0.018, 0.016, 0.014, 0.028
WRONG_SEX, MISSING_SEX, MOVED, MISSING_ZIP = 0.012, 0.028, 0.185, 0.028
SHORT_STREET, STREET_TYPO, MISSING_STREET = 0.12, 0.6, 0.10
OTHER_PHONE, MISSING_PHONE = 0.18, 0.30
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
ERRORS = pa.schema([
    field("device_user_id", pa.string(), Phi.DEVICE), field("field", pa.string(), Phi.NONE),
    field("kind", pa.string(), Phi.NONE),
])  # fmt: skip


def make_profiles(
    wearers: Wearers, everybody: People, streams: Streams
) -> tuple[pa.Table, pa.Table]:
    """Return one profile per device user, and every difference from what is true of the user.

    What is missing is null. A field that was changed twice has two differences. Loaned
    devices belong to the study, so they have no profile.
    """
    wearers = wearers.take(wearers.lender < 0)
    draft = Draft(_true(everybody.take(wearers.identity)), streams.of("profiles"))
    who = everybody.take(wearers.identity)
    _names(draft, who)
    _births(draft, who)
    _sexes(draft)
    _homes(draft, who)
    _phones(draft)
    _emails(draft)
    ids = wearers.device_user_id
    columns = {"device_user_id": ids, "vendor": wearers.vendor, **draft.now}
    order = np.argsort(ids.astype(str), kind="stable")
    profiles = pa.Table.from_arrays(
        [pa.array(c, pa.string(), mask=c == "") for c in (columns[n][order] for n in SCHEMA.names)],
        schema=SCHEMA,
    )
    rows, fields, kinds = draft.differences()
    named = [ids[rows], fields, kinds]
    return profiles, pa.Table.from_arrays([pa.array(c, pa.string()) for c in named], schema=ERRORS)


def _true(who: People) -> dict[str, Array]:
    """Return what a profile without any error would say."""
    sex = np.select([who.sex == FEMALE, who.sex == MALE], ["female", "male"], "")
    return {
        "first_name": who.first, "last_name": who.last,
        "birth_date": who.birth.astype("datetime64[D]").astype(str).astype(object),
        "sex": sex.astype(object), "zip": who.zip, "phone": who.phone, "email": who.email,
        "address": who.street,
    }  # fmt: skip


def _names(draft: Draft, who: People) -> None:
    """Write nicknames, initials, former and half names, typing errors, and names swapped."""
    first, last = "first_name", "last_name"
    draft.write(first, "nickname", who.preferred, NICKNAME)
    draft.write(first, "typing error", misspelled(draft.now[first], draft.rng, FIRST_TYPO))
    draft.write(first, "initial", _each(lambda name: name[:1], draft.now[first]), INITIAL)
    maiden = np.where(who.maiden != "", who.maiden, who.last)
    draft.write(last, "former name", maiden, OLD_NAME)
    half = _each(lambda name: name.split("-")[-1], draft.now[last])
    draft.write(last, "half of a double name", half, HALF_NAME)
    draft.write(last, "typing error", misspelled(draft.now[last], draft.rng, LAST_TYPO))
    swapped = draft.chance(SWAPPED)
    before = dict(draft.now)
    draft.write(first, "names swapped", np.where(swapped, before[last], before[first]))
    draft.write(last, "names swapped", np.where(swapped, before[first], before[last]))


def _births(draft: Draft, who: People) -> None:
    """Write birth dates as ISO text: a wrong day or year, day and month swapped, or none."""
    rng, name = draft.rng, "birth_date"
    wrong_day, wrong_year = draft.chance(WRONG_DAY), draft.chance(WRONG_YEAR)
    days = np.where(wrong_day, rng.choice([-1, 1, 10], len(who)), 0)
    birth = (who.birth + days).astype("datetime64[D]")
    draft.write(name, "wrong day", birth.astype(str).astype(object))
    birth = birth + np.where(wrong_year, 365 * rng.choice([-1, 1], len(who)), 0)
    draft.write(name, "wrong year", birth.astype(str).astype(object))
    draft.write(name, "day and month swapped", _each(_swapped, draft.now[name]), SWAPPED_DAY)
    draft.leave_out(name, MISSING_BIRTH)


def _swapped(birth: str) -> str:
    year, month, day = birth.split("-")
    return f"{year}-{day}-{month}" if int(day) <= 12 else birth


def _sexes(draft: Draft) -> None:
    sex = draft.now["sex"]
    wrong = np.where(sex == "female", "male", "female").astype(object)
    draft.write("sex", "wrong", np.where(sex == "", "", wrong), WRONG_SEX)
    draft.leave_out("sex", MISSING_SEX)


def _homes(draft: Draft, who: People) -> None:
    """Write addresses: of before a move, abbreviated, mistyped."""
    moved = draft.chance(MOVED)
    draft.write("zip", "moved", np.where(moved, who.other_zip, who.zip))
    draft.leave_out("zip", MISSING_ZIP)
    draft.write("address", "moved", np.where(moved, who.other_street, who.street))
    short = _each(_shortened, draft.now["address"])
    is_short = draft.chance(SHORT_STREET)
    draft.write("address", "abbreviated", np.where(is_short, short, draft.now["address"]))
    typed = misspelled(draft.now["address"], draft.rng, STREET_TYPO)
    draft.write("address", "typing error", np.where(is_short, typed, draft.now["address"]))
    draft.leave_out("address", MISSING_STREET)


def _phones(draft: Draft) -> None:
    """Write phone numbers in the styles that people type."""
    draft.write("phone", "other number", misdialled(draft.now["phone"], draft.rng, 1), OTHER_PHONE)
    style = draft.rng.integers(0, 3, len(draft))
    typed = [
        (text, f"({text[:3]}) {text[4:]}", text.replace("-", "."))[form]
        for text, form in zip(draft.now["phone"], style.tolist(), strict=True)
    ]
    draft.write("phone", "written otherwise", np.array(typed, dtype=object))
    draft.leave_out("phone", MISSING_PHONE)


def _emails(draft: Draft) -> None:
    names = zip(draft.now["first_name"], draft.now["last_name"], strict=True)
    joined = [f"{a}{b}".lower().replace(" ", "").replace("'", "") for a, b in names]
    number = draft.rng.integers(1, 99, len(draft)).tolist()
    other = [
        f"{name.encode('ascii', 'ignore').decode()}{n}@example.com"
        for name, n in zip(joined, number, strict=True)
    ]
    draft.write("email", "other address", np.array(other, dtype=object), OTHER_EMAIL)
    draft.leave_out("email", MISSING_EMAIL)


def _shortened(street: str) -> str:
    return " ".join(ABBREVIATIONS.get(word, word) for word in street.split())


def _each(change: Callable[[str], str], texts: Array) -> Array:
    out = np.empty(len(texts), dtype=object)
    out[:] = [change(str(text)) for text in texts]
    return out
