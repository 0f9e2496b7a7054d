"""Slots that identify: names, places, dates, contacts and numbers, each in several spellings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from ehrkit.synthetic.notes import dates
from ehrkit.synthetic.notes.kinds import Identifier
from ehrkit.synthetic.notes.scene import Scene
from ehrkit.synthetic.notes.slot import Slot, Text

# How first name, middle initial and last name are put together; upper-case forms last.
FULL_NAMES: tuple[Callable[[str, str, str], str], ...] = (
    lambda first, middle, last: f"{first} {last}",
    lambda first, middle, last: f"{first} {middle}. {last}" if middle else f"{first} {last}",
    lambda first, middle, last: f"{last}, {first}",
    lambda first, middle, last: f"{last}, {first} {middle}" if middle else f"{last}, {first}",
    lambda first, middle, last: f"{last.upper()}, {first.upper()}",
    lambda first, middle, last: f"{first} {last}".upper(),
)
PHONES: tuple[Callable[[str, str, str], str], ...] = (
    lambda area, office, line: f"{area}-{office}-{line}",
    lambda area, office, line: f"({area}) {office}-{line}",
    lambda area, office, line: f"({area}){office}-{line}",
    lambda area, office, line: f"{area}.{office}.{line}",
    lambda area, office, line: f"{area} {office} {line}",
    lambda area, office, line: f"{area}{office}{line}",
    lambda area, office, line: f"+1 {area}-{office}-{line}",
    lambda area, office, line: f"{office}-{line}",
)
# One mention of a last name in so many is misspelt, where a misspelling is known.
MISSPELT = 12
# RFC 5737: addresses for documentation.
NETWORKS = ("192.0.2", "198.51.100", "203.0.113")
LETTERS = "ABCDEFGHJKLMNPRSTUVWXY"
SURGEON, ASSISTANT, ANESTHETIST, NURSE, OTHER, SCRIBE = range(6)


def _pick(scene: Scene, options: int) -> int:
    return next(scene.numbers) % options


def _full_name(scene: Scene) -> str:
    people, person = scene.chart.truth.people, scene.person
    form = FULL_NAMES[_pick(scene, len(FULL_NAMES))]
    return form(people.first[person], people.middle[person], people.last[person])


def _plain_name(scene: Scene) -> str:
    people, person = scene.chart.truth.people, scene.person
    return f"{people.first[person]} {people.last[person]}"


def _last_name(scene: Scene) -> str:
    if _pick(scene, MISSPELT):
        return str(scene.chart.truth.people.last[scene.person])
    return str(scene.chart.cast.misspelt[scene.person])


def _initials(scene: Scene) -> str:
    people, person = scene.chart.truth.people, scene.person
    form = ("{}.{}.", "{}{}", "{}. {}.")[_pick(scene, 3)]
    return form.format(people.first[person][0], people.last[person][0])


def _relative(scene: Scene) -> str:
    cast, person = scene.chart.cast, scene.person
    if _pick(scene, 3):
        return str(cast.relative[person])
    return f"{cast.relative[person]} {cast.relative_last[person]}"


def _member_of_team(role: int, *, last_only: bool = False) -> Text:
    def text(scene: Scene) -> str:
        return clinician(scene, scene.chart.surgery.team[scene.surgery][role], last_only)

    return text


def _family_doctor(scene: Scene) -> str:
    return clinician(scene, int(scene.chart.cast.family_doctor[scene.person]), False)


def clinician(scene: Scene, place: int, last_only: bool) -> str:
    """Return the name of a clinician of the site, in one of several forms."""
    first, last = scene.chart.site.first[place], scene.chart.site.last[place]
    if last_only:
        return str(last)
    return (f"{first} {last}", f"{first[0]}. {last}", f"{last}, {first}")[_pick(scene, 3)]


def _nurse(scene: Scene) -> str:
    site = scene.chart.site
    place = scene.chart.surgery.team[scene.surgery][NURSE]
    first, last = site.first[place], site.last[place]
    return (f"{first} {last[0]}.", f"{first} {last}", str(first))[_pick(scene, 3)]


def spelled(number: str, style: int) -> str:
    """Return a number of the form NNN-NNN-NNNN in the style that `style` picks."""
    area, office, line = number.split("-")
    return PHONES[style % len(PHONES)](area, office, line)


def _phone(scene: Scene) -> str:
    return spelled(scene.chart.truth.people.phone[scene.person], next(scene.numbers))


def _relative_phone(scene: Scene) -> str:
    return spelled(scene.chart.cast.relative_phone[scene.person], next(scene.numbers))


def _clinic_phone(role: int, *, extension: bool = False) -> Text:
    def text(scene: Scene) -> str:
        number = scene.chart.site.phone[scene.chart.surgery.team[scene.surgery][role]]
        written = spelled(number, _pick(scene, 5))
        return f"{written} x{_pick(scene, 9000) + 1000}" if extension else written

    return text


def _street(scene: Scene) -> str:
    people, person = scene.chart.truth.people, scene.person
    street, unit = people.street[person], people.unit[person]
    return f"{street}, {unit}" if unit else str(street)


def _on(day: Callable[[Scene], date], style: Callable[[date, int], str]) -> Text:
    return lambda scene: style(day(scene), next(scene.numbers))


def _birth(scene: Scene) -> date:
    return scene.chart.birth[scene.person]


def _surgery(scene: Scene) -> date:
    return scene.chart.surgery.date[scene.surgery]


def _admitted(scene: Scene) -> date:
    return scene.chart.surgery.admitted[scene.surgery].date()


def _discharged(scene: Scene) -> date:
    """Return the day of discharge; of somebody still in hospital, the day of surgery."""
    end = scene.chart.surgery.discharged[scene.surgery]
    return end.date() if end else _surgery(scene)


def _onset(scene: Scene) -> date:
    """Return a day long before surgery, the same in every note about it."""
    days = 400 + scene.chart.surgery.digits[scene.surgery] % 900
    return date.fromordinal(_surgery(scene).toordinal() - days)


def _imaged(scene: Scene) -> date:
    """Return the day of the last MRI; only where a phrase asked whether there was one."""
    return scene.chart.image[scene.place] or scene.today


def _injected(scene: Scene) -> date:
    """Return the day of the last injection; only where a phrase asked whether there was one."""
    return scene.chart.injection[scene.place] or scene.today


def _treated(scene: Scene) -> date:
    """Return the last day of therapy; only where a phrase asked whether there was one."""
    return scene.chart.therapy[scene.place] or scene.today


def _next_visit(scene: Scene) -> date:
    return date.fromordinal(scene.today.toordinal() + (14, 42, 90)[_pick(scene, 3)])


def _stay(scene: Scene) -> str:
    return dates.ranged(_admitted(scene), _discharged(scene), next(scene.numbers))


def _digits(scene: Scene) -> str:
    return str(scene.chart.cast.digits[scene.person])


def _letters(digits: str, count: int) -> str:
    return "".join(LETTERS[(int(digits[at : at + 2])) % len(LETTERS)] for at in range(count))


def _member(scene: Scene) -> str:
    digits = _digits(scene)
    return (f"{_letters(digits, 3)}{digits}", f"W{digits}", f"{digits[:3]}-{digits[3:]}A")[
        int(digits) % 3
    ]


def _account(scene: Scene) -> str:
    account = int(scene.chart.account[scene.row])
    return str(account if account >= 0 else scene.chart.csn[scene.row])


def _driving_licence(scene: Scene) -> str:
    digits = _digits(scene)
    return f"{_letters(digits, 2)}{digits[2:8]}"


def _plate(scene: Scene) -> str:
    digits = _digits(scene)
    return f"{_letters(digits[::-1], 3)} {digits[:4]}"


def _prescriber(scene: Scene) -> str:
    """Return a clinician's NPI-like or DEA-like number."""
    team = scene.chart.surgery.team[scene.surgery]
    number = 1_000_000 + 7919 * team[SURGEON]
    return (f"1{number:09d}", f"B{scene.chart.site.last[team[SURGEON]][0].upper()}{number}")[
        _pick(scene, 2)
    ]


def device_number(scene: Scene) -> str:
    """Return a serial number, different at each mention."""
    number = next(scene.numbers) % 9_000_000 + 1_000_000
    text = str(number)
    return (f"SN{text}", f"{text[:3]}-{text[3:]}", f"{_letters(text, 2)}{text}", text)[number % 4]


def _lot(scene: Scene) -> str:
    number = next(scene.numbers) % 900_000 + 100_000
    text = str(number)
    if number % 2:
        return f"{text[:2]}{_letters(text, 1)}{text[2:]}"
    return f"{_letters(text, 3)}{text[:4]}"


def _address_in_portal(scene: Scene) -> str:
    csn = scene.chart.csn[scene.row]
    return (
        f"https://portal.example.org/visits/{csn}",
        f"www.example.org/spine/records?id={csn}",
        f"https://mychart.example.net/messages/{_digits(scene)}",
    )[_pick(scene, 3)]


def _staff_email(scene: Scene) -> str:
    site, place = scene.chart.site, scene.chart.surgery.team[scene.surgery][NURSE]
    return f"{site.first[place]}.{site.last[place]}@example.org".lower().replace(" ", "")


def _accession(scene: Scene) -> str:
    digits = scene.chart.surgery.digits[scene.surgery]
    return (f"MR-{digits % 10_000_000:07d}", f"E{digits}")[_pick(scene, 2)]


def _of_person(column: str) -> Text:
    return lambda scene: str(getattr(scene.chart.truth.people, column)[scene.person])


def _of_cast(column: str) -> Text:
    return lambda scene: str(getattr(scene.chart.cast, column)[scene.person])


IDENTITIES: Mapping[str, Slot] = {
    "patient": Slot(Identifier.PATIENT, _full_name),
    "patient.plain": Slot(Identifier.PATIENT, _plain_name),
    "patient.last": Slot(Identifier.PATIENT, _last_name),
    "patient.first": Slot(Identifier.PATIENT, _of_person("first")),
    "patient.nickname": Slot(Identifier.PATIENT, _of_person("preferred")),
    "patient.initials": Slot(Identifier.PATIENT, _initials),
    "relative": Slot(Identifier.RELATIVE, _relative),
    "relative.first": Slot(Identifier.RELATIVE, _of_cast("relative")),
    "surgeon": Slot(Identifier.CLINICIAN, _member_of_team(SURGEON)),
    "surgeon.last": Slot(Identifier.CLINICIAN, _member_of_team(SURGEON, last_only=True)),
    "assistant": Slot(Identifier.CLINICIAN, _member_of_team(ASSISTANT)),
    "anesthetist": Slot(Identifier.CLINICIAN, _member_of_team(ANESTHETIST)),
    "nurse": Slot(Identifier.CLINICIAN, _nurse),
    "other.last": Slot(Identifier.CLINICIAN, _member_of_team(OTHER, last_only=True)),
    "other": Slot(Identifier.CLINICIAN, _member_of_team(OTHER)),
    "scribe": Slot(Identifier.CLINICIAN, _member_of_team(SCRIBE)),
    "family.doctor": Slot(Identifier.CLINICIAN, _family_doctor),
    "employer": Slot(Identifier.EMPLOYER, _of_cast("employer")),
    "street": Slot(Identifier.STREET, _street),
    "city": Slot(Identifier.CITY, _of_person("city")),
    "county": Slot(Identifier.COUNTY, _of_cast("county")),
    "zip": Slot(Identifier.ZIP, _of_person("zip")),
    "hospital": Slot(Identifier.FACILITY, lambda scene: scene.chart.site.own),
    "other.hospital": Slot(
        Identifier.FACILITY,
        lambda scene: str(scene.chart.site.hospitals[scene.person % 7]),
    ),
    "nursing.home": Slot(
        Identifier.FACILITY, lambda scene: str(scene.chart.site.homes[scene.person % 9])
    ),
    "pharmacy": Slot(Identifier.FACILITY, _of_cast("pharmacy")),
    "school": Slot(Identifier.PLACE, _of_cast("school")),
    "church": Slot(Identifier.PLACE, _of_cast("church")),
    "date.birth": Slot(Identifier.DATE, _on(_birth, dates.formal)),
    "date.today": Slot(Identifier.DATE, _on(lambda scene: scene.today, dates.formal)),
    "date.today.spoken": Slot(Identifier.DATE, _on(lambda scene: scene.today, dates.spoken)),
    "date.surgery": Slot(Identifier.DATE, _on(_surgery, dates.spoken)),
    "date.surgery.formal": Slot(Identifier.DATE, _on(_surgery, dates.formal)),
    "date.admitted": Slot(Identifier.DATE, _on(_admitted, dates.formal)),
    "date.discharged": Slot(Identifier.DATE, _on(_discharged, dates.formal)),
    "date.discharged.spoken": Slot(Identifier.DATE, _on(_discharged, dates.spoken)),
    "date.imaging": Slot(Identifier.DATE, _on(_imaged, dates.spoken)),
    "date.injection": Slot(Identifier.DATE, _on(_injected, dates.spoken)),
    "date.therapy": Slot(Identifier.DATE, _on(_treated, dates.monthly)),
    "date.onset": Slot(Identifier.DATE, _on(_onset, dates.monthly)),
    "date.next": Slot(Identifier.DATE, _on(_next_visit, dates.spoken)),
    "dates.stay": Slot(Identifier.DATE, _stay),
    "age.over": Slot(Identifier.AGE, lambda scene: str(scene.age)),
    "phone": Slot(Identifier.PHONE, _phone),
    "phone.relative": Slot(Identifier.PHONE, _relative_phone),
    "phone.clinic": Slot(Identifier.PHONE, _clinic_phone(SURGEON)),
    "phone.extension": Slot(Identifier.PHONE, _clinic_phone(NURSE, extension=True)),
    "fax": Slot(Identifier.FAX, _clinic_phone(SCRIBE)),
    "email": Slot(Identifier.EMAIL, _of_person("email")),
    "email.staff": Slot(Identifier.EMAIL, _staff_email),
    "ssn": Slot(Identifier.SSN, _of_person("ssn")),
    "ssn.end": Slot(
        Identifier.SSN, lambda scene: str(scene.chart.truth.people.ssn[scene.person])[-4:]
    ),
    "mrn": Slot(Identifier.MRN, _of_person("mrn")),
    "member": Slot(Identifier.MEMBER, _member),
    "account": Slot(Identifier.ACCOUNT, _account),
    "licence.driver": Slot(Identifier.LICENCE, _driving_licence),
    "licence.prescriber": Slot(Identifier.LICENCE, _prescriber),
    "plate": Slot(Identifier.VEHICLE, _plate),
    "serial": Slot(Identifier.DEVICE, device_number),
    "lot": Slot(Identifier.DEVICE, _lot),
    "url": Slot(Identifier.URL, _address_in_portal),
    "ip": Slot(Identifier.IP, lambda scene: f"{NETWORKS[_pick(scene, 3)]}.{_pick(scene, 254) + 1}"),
    "case": Slot(Identifier.OTHER, lambda scene: str(scene.chart.log[scene.surgery])),
    "accession": Slot(Identifier.OTHER, _accession),
}
