"""Short notes around surgery, with the exact place of every identifier in them.

The clinical words that look like names (eponyms, scores, vertebral levels) are there
on purpose: a scrubber must leave them alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ehrkit.synthetic.care.encounters import HOUR
from ehrkit.synthetic.care.truth import Truth
from ehrkit.synthetic.care.vocabulary import EMERGENCY_KINDS, Kind, Status
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.people.pools import pools
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.streams import Streams

SIDES = ("left", "right")
LEVELS = ("L3-L4", "L4-L5", "L5-S1", "C5-C6")


@dataclass
class Draft:
    """A note in the making: text, and (kind, start, end) of each identifier."""

    parts: list[str] = field(default_factory=list)
    spans: list[tuple[str, int, int]] = field(default_factory=list)
    length: int = 0

    def say(self, text: str) -> Draft:
        """Append text that identifies nobody."""
        self.parts.append(text)
        self.length += len(text)
        return self

    def tell(self, kind: str, text: str) -> Draft:
        """Append an identifier and remember where it is."""
        self.spans.append((kind, self.length, self.length + len(text)))
        return self.say(text)

    @property
    def text(self) -> str:
        """Return the note so far."""
        return "".join(self.parts)


@dataclass(frozen=True)
class Note:
    """A finished note: `type` names it in ZC_NOTE_TYPE_IP, `created` is local time."""

    encounter: int
    type: str
    created: np.datetime64
    deleted: bool
    text: str
    spans: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Facts:
    """What a note may tell about its patient, its surgery and its people."""

    name: str
    last: str
    mrn: str
    birth: str
    age: int
    sex: str
    city: str
    phone: str
    surgeon: str
    relative: str
    date: np.datetime64
    surgery_date: np.datetime64
    indication: str
    level: str
    serial: str
    draw: int


def write_notes(truth: Truth, streams: Streams) -> list[Note]:
    """Return the notes in the order of their encounters."""
    rng = streams.of("notes")
    encounters = truth.encounters
    linked = (
        (encounters.surgery >= 0) & ~encounters.outside & (encounters.kind != Kind.PREADMISSION)
    )
    linked &= encounters.status != Status.CANCELED
    rows = np.flatnonzero(linked)
    surgeons = [
        f"{first} {last}"
        for first, last in zip(
            pools().female.draw(rng, 12), pools().last.draw(rng, 12), strict=True
        )
    ]
    notes = []
    for row in rows.tolist():
        written = _template(int(encounters.kind[row]))
        if written is None or rng.random() > 0.8:
            continue
        kind, template = written
        draft = template(Draft(), _facts(truth, row, surgeons, rng))
        end = encounters.end[row]
        created = encounters.start[row] if np.isnat(end) else end
        notes.append(
            Note(
                row,
                kind,
                created + HOUR // 3,
                bool(rng.random() < truth.spec.deleted_notes),
                draft.text,
                tuple(draft.spans),
            )
        )
    return notes


def _template(kind: int) -> tuple[str, Callable[[Draft, Facts], Draft]] | None:
    if kind in EMERGENCY_KINDS:
        return "ED Provider Notes", _emergency
    return {
        int(Kind.SURGERY_CONTACT): ("Op Note", _operative),
        int(Kind.STAY): ("Discharge Summary", _discharge),
        int(Kind.CONSULT): ("Progress Notes", _consult),
        int(Kind.TELEPHONE): ("Telephone Encounter", _telephone),
    }.get(kind)


def _facts(truth: Truth, row: int, surgeons: list[str], rng: np.random.Generator) -> Facts:
    people, surgeries = truth.people, truth.surgeries
    person, surgery = int(truth.encounters.person[row]), int(truth.encounters.surgery[row])
    date = truth.encounters.start[row].astype("datetime64[D]")
    return Facts(
        name=f"{people.first[person]} {people.last[person]}",
        last=str(people.last[person]),
        mrn=str(people.mrn[person]),
        birth=us_date(people.birth[person]),
        age=int((date - people.birth[person]).astype(int) // 365.25),
        sex=("woman", "man", "person")[people.sex[person]],
        city=str(people.city[person]),
        phone=str(people.phone[person]),
        surgeon=surgeons[surgery % len(surgeons)],
        relative=str(pools().male.draw(rng, 1)[0]),
        date=date,
        surgery_date=surgeries.date[surgery],
        indication=catalogue().diagnoses.names[int(surgeries.indication[surgery])].lower(),
        level=LEVELS[3] if surgeries.kind[surgery] == 1 else LEVELS[int(rng.integers(3))],
        serial=f"SN{int(rng.integers(10**6, 10**7))}",
        draw=int(rng.integers(1000)),
    )


def us_date(day: np.datetime64) -> str:
    """Return a date as MM/DD/YYYY."""
    year, month, date = str(day).split("-")
    return f"{month}/{date}/{year}"


def long_date(day: np.datetime64) -> str:
    """Return a date as Month D, YYYY."""
    names = (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    )
    year, month, date = str(day).split("-")
    return f"{names[int(month) - 1]} {int(date)}, {year}"


def _age(draft: Draft, facts: Facts) -> Draft:
    """Write an age; over 89 it is an identifier (45 CFR 164.514(b)(2)(i)(C))."""
    if facts.age > 89:
        return draft.tell("age", str(facts.age))
    return draft.say(str(facts.age))


def _operative(draft: Draft, facts: Facts) -> Draft:
    draft.say("OPERATIVE NOTE\nPatient: ").tell("name", facts.name)
    draft.say("   MRN: ").tell("mrn", facts.mrn).say("   DOB: ").tell("date", facts.birth)
    draft.say("\nDate of surgery: ").tell("date", us_date(facts.surgery_date))
    draft.say("\nSurgeon: Dr. ").tell("name", facts.surgeon)
    draft.say(f"\nPreoperative diagnosis: {facts.indication}.\nProcedure at {facts.level} under ")
    draft.say("general anesthesia on a Jackson table. A Cobb elevator and Kerrison rongeurs were ")
    draft.say("used; the Penfield dissector protected the dura. Implant system serial ")
    draft.tell("device", facts.serial).say(f". Estimated blood loss {150 + facts.draw} mL. ")
    draft.say("A Hemovac drain was placed. Findings were discussed with the patient's brother ")
    return draft.tell("name", facts.relative).say(" in the waiting area.\n")


def _discharge(draft: Draft, facts: Facts) -> Draft:
    draft.say("DISCHARGE SUMMARY\n").tell("name", facts.name).say(" is a ")
    _age(draft, facts).say(f"-year-old {facts.sex} from ").tell("place", facts.city)
    draft.say(f" with {facts.indication}, operated on ").tell("date", long_date(facts.surgery_date))
    draft.say(" by Dr. ").tell("name", facts.surgeon)
    draft.say(". Foley removed on day 1, Hoffmann sign absent, Babinski down-going. Hemoglobin ")
    draft.say(f"{9 + facts.draw % 5}.{facts.draw % 10} g/dL. Home on oxycodone 5 mg every 6 hours ")
    draft.say("as needed. Call ").tell("phone", facts.phone).say(
        " was confirmed as the contact number.\n"
    )
    return draft


def _consult(draft: Draft, facts: Facts) -> Draft:
    draft.say("NEW PATIENT VISIT ").tell("date", us_date(facts.date)).say("\nMr./Ms. ")
    draft.tell("name", facts.last).say(" (").tell("mrn", facts.mrn).say(") is a ")
    _age(draft, facts).say(
        f"-year-old {facts.sex} with {facts.indication}. ODI {20 + facts.draw % 50}, "
    )
    draft.say(
        f"VAS back {4 + facts.draw % 6}/10. Lasegue positive on the {SIDES[facts.draw % 2]}. "
    )
    draft.say(
        f"MRI shows narrowing at {facts.level}, Modic type 2 changes, Meyerding grade 1. Works in "
    )
    draft.tell("place", facts.city).say(". Lives with ").tell("name", facts.relative)
    return draft.say(". We discussed physical therapy, injection and surgery.\n")


def _telephone(draft: Draft, facts: Facts) -> Draft:
    draft.say("Telephone call. ").tell("name", facts.relative).say(" called from ")
    draft.tell("phone", facts.phone).say(" about ").tell("name", facts.name)
    draft.say(", surgery on ").tell("date", f"{facts.surgery_date}")
    draft.say(f". Pain {facts.draw % 10}/10, no fever, incision dry. Advised gabapentin 300 mg at ")
    return draft.say("night and to call again if Homans sign or leg swelling appears.\n")


def _emergency(draft: Draft, facts: Facts) -> Draft:
    draft.say("EMERGENCY DEPARTMENT NOTE\n").tell("name", facts.name).say(", DOB ")
    draft.tell("date", facts.birth).say(", arrived on ").tell("date", us_date(facts.date))
    draft.say(f". History of {facts.level} surgery by Dr. ").tell("name", facts.surgeon)
    draft.say(" on ").tell("date", long_date(facts.surgery_date))
    draft.say(". Glasgow Coma Scale 15. Wells score low. Murphy sign negative. Incision ")
    return draft.say("inspected. Discussed with the spine service.\n")


def note_kinds() -> Array:
    """Return every kind of identifier that notes may hold."""
    return np.array(["name", "mrn", "date", "device", "phone", "place", "age"], dtype=object)
