"""What a column probably holds, judged by its name: the last resort where no tag says it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from ehrkit.core.columns import Phi


class Kind(StrEnum):
    """What a column holds, finer than its PHI class where the transform depends on it."""

    NAME = "name"
    ADDRESS = "address"
    PLACE = "place"
    ZIP = "zip"
    BIRTH_DATE = "birth-date"
    DATE = "date"
    AGE = "age"
    CONTACT = "contact"
    IDENTIFIER = "identifier"
    MEDIA = "media"
    TEXT = "text"
    QUASI = "quasi"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Guess:
    """A guess at a column's kind and class; `phi` is None when the name says nothing."""

    kind: Kind
    phi: Phi | None


UNKNOWN = Guess(Kind.UNKNOWN, None)

# Read in order, the first match wins: `birth_zip` is a ZIP, `phone_number` a phone. Names are
# compared in snake_case, and a word matches only as a whole word between underscores.
_WORDS: tuple[tuple[str, Kind, Phi], ...] = (
    (r"ssn|social_security(_number|_no)?", Kind.IDENTIFIER, Phi.SSN),
    (r"mrn|mrns|medical_record(_number|_no)?|pat_mrn_id", Kind.IDENTIFIER, Phi.MRN),
    (r"e?mail|email_address", Kind.CONTACT, Phi.EMAIL),
    (r"fax(_number)?", Kind.CONTACT, Phi.FAX),
    (r"(home_|work_|cell_|mobile_)?(tele)?phone(_number|_no)?|mobile", Kind.CONTACT, Phi.PHONE),
    (r"zip|zip_?code|postcode|postal_code|zip5|zip_4", Kind.ZIP, Phi.GEOGRAPHY),
    (r"url|website|web_address|uri", Kind.CONTACT, Phi.URL),
    (r"ip|ip_address|ipv4|ipv6", Kind.CONTACT, Phi.IP),
    (r"mac_address", Kind.IDENTIFIER, Phi.DEVICE),
    (
        r"address(_line)?(_?\d)?|addr(_line)?(_?\d)?|street"
        r"|latitude|longitude|lat|lon|lng|geocode|census_tract",
        Kind.ADDRESS,
        Phi.GEOGRAPHY,
    ),
    (r"city|town|county|precinct|fips|neighbou?rhood", Kind.PLACE, Phi.GEOGRAPHY),
    (r"birth_date|date_of_birth|dob|birth_?day|born|birth_datetime", Kind.BIRTH_DATE, Phi.DATE),
    (r"year_of_birth|birth_year", Kind.BIRTH_DATE, Phi.DATE),
    (
        r"(health_)?(plan|policy|subscriber|member|beneficiary|payer)_(id|number|no)|mbi|hicn",
        Kind.IDENTIFIER,
        Phi.HEALTH_PLAN,
    ),
    (r"account(_id|_number|_no)?|acct(_id|_no)?|hsp_account_id|har", Kind.IDENTIFIER, Phi.ACCOUNT),
    (r"licen[cs]e(_id|_number|_no)?|certificate(_number)?|npi|dea", Kind.IDENTIFIER, Phi.LICENCE),
    (r"vin|plate|license_plate|vehicle_id", Kind.IDENTIFIER, Phi.VEHICLE),
    (
        r"serial(_number|_no)?|imei|device_(id|serial|name)|udi|bluetooth_name",
        Kind.IDENTIFIER,
        Phi.DEVICE,
    ),
    (r"photo|picture|image|portrait|avatar", Kind.MEDIA, Phi.PHOTO),
    (r"fingerprint|voice_?print|biometric|retina", Kind.MEDIA, Phi.BIOMETRIC),
    (
        r"(pat(ient)?_|first_|last_|middle_|maiden_|full_|given_|family_|provider_|prov_|nick|sur|"
        r"user_?|emergency_contact_|next_of_kin_)?names?|initials|alias|surgeon|attending",
        Kind.NAME,
        Phi.NAME,
    ),
    (r"notes?|note_text|comments?|narrative|free_text|remarks?|report_text|text|impression",
     Kind.TEXT, Phi.FREE_TEXT),
    (r"age|ages", Kind.AGE, Phi.QUASI),
    (r"date|dates|datetime|timestamp|dt|dttm|instant", Kind.DATE, Phi.DATE),
    (r"(start|end|admit|admission|discharge|arrival|departure|event|local|utc)_time",
     Kind.DATE, Phi.DATE),
    (r"(start|end)_local|(first|last)_day|(admitted|discharged|created|updated|died)_(at|on)",
     Kind.DATE, Phi.DATE),
    (r"sex|gender|race|ethnicity|ethnic_group|language|marital_status|religion|occupation|state",
     Kind.QUASI, Phi.QUASI),
    (r"id|ids|uid|uuid|guid|identifier|key|csn", Kind.IDENTIFIER, Phi.OTHER_ID),
)  # fmt: skip
_PATTERNS = tuple(
    (re.compile(rf"(?:^|.*_)(?:{words})(?:$|_.*)" if kind is Kind.AGE
                else rf"(?:^|.*_)(?:{words})$"), Guess(kind, phi))
    for words, kind, phi in _WORDS
)  # fmt: skip
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def guess(name: str) -> Guess:
    """Guess what a column holds from its name, in snake, kebab, camel or upper case.

    A name such as `date` means a date wherever it ends the column's name (`index_date`), and so
    for every word here; `age` is also found at the start (`age_at_index`).
    """
    words = _CAMEL.sub("_", name.strip())
    words = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
    return next((found for pattern, found in _PATTERNS if pattern.match(words)), UNKNOWN)
