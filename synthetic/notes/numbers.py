"""Slots of contacts and numbers: telephones, addresses on a network, identifiers, devices."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ehrkit.synthetic.notes.kinds import Identifier
from ehrkit.synthetic.notes.scene import Scene
from ehrkit.synthetic.notes.site import NURSE, SCRIBE, SURGEON
from ehrkit.synthetic.notes.slot import Slot, Text, of_person, pick

# How area code, exchange and line are put together.
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
# RFC 5737: addresses for documentation.
NETWORKS = ("192.0.2", "198.51.100", "203.0.113")
LETTERS = "ABCDEFGHJKLMNPRSTUVWXY"


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
        written = spelled(number, pick(scene, 5))
        return f"{written} x{pick(scene, 9000) + 1000}" if extension else written

    return text


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


def _surgeon_npi(scene: Scene) -> str:
    """Return the surgeon's national number: ten digits."""
    return f"1{_clinician_number(scene.chart.surgery.team[scene.surgery][SURGEON]):09d}"


def _emergency_dea(scene: Scene) -> str:
    """Return the emergency doctor's number as a prescriber: two letters, seven digits."""
    place = scene.chart.doctor[scene.place]
    return f"B{scene.chart.site.last[place][0].upper()}{_clinician_number(place)}"


def _clinician_number(place: int) -> int:
    return 1_000_000 + 7919 * place


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
    )[pick(scene, 3)]


def _staff_email(scene: Scene) -> str:
    site, place = scene.chart.site, scene.chart.surgery.team[scene.surgery][NURSE]
    return f"{site.first[place]}.{site.last[place]}@example.org".lower().replace(" ", "")


def _accession(scene: Scene) -> str:
    digits = scene.chart.surgery.digits[scene.surgery]
    return (f"MR-{digits % 10_000_000:07d}", f"E{digits}")[pick(scene, 2)]


NUMBERS: Mapping[str, Slot] = {
    "phone": Slot(Identifier.PHONE, _phone),
    "phone.relative": Slot(Identifier.PHONE, _relative_phone),
    "phone.clinic": Slot(Identifier.PHONE, _clinic_phone(SURGEON)),
    "phone.extension": Slot(Identifier.PHONE, _clinic_phone(NURSE, extension=True)),
    "fax": Slot(Identifier.FAX, _clinic_phone(SCRIBE)),
    "email": Slot(Identifier.EMAIL, of_person("email")),
    "email.staff": Slot(Identifier.EMAIL, _staff_email),
    "ssn": Slot(Identifier.SSN, of_person("ssn")),
    "ssn.end": Slot(
        Identifier.SSN, lambda scene: str(scene.chart.truth.people.ssn[scene.person])[-4:]
    ),
    "mrn": Slot(Identifier.MRN, of_person("mrn")),
    "member": Slot(Identifier.MEMBER, _member),
    "account": Slot(Identifier.ACCOUNT, _account),
    "licence.driver": Slot(Identifier.LICENCE, _driving_licence),
    "npi": Slot(Identifier.LICENCE, _surgeon_npi),
    "dea": Slot(Identifier.LICENCE, _emergency_dea),
    "plate": Slot(Identifier.VEHICLE, _plate),
    "serial": Slot(Identifier.DEVICE, device_number),
    "lot": Slot(Identifier.DEVICE, _lot),
    "url": Slot(Identifier.URL, _address_in_portal),
    "ip": Slot(Identifier.IP, lambda scene: f"{NETWORKS[pick(scene, 3)]}.{pick(scene, 254) + 1}"),
    "case": Slot(Identifier.OTHER, lambda scene: str(scene.chart.log[scene.surgery])),
    "accession": Slot(Identifier.OTHER, _accession),
}
