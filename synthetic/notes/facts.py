"""Facts by which a group of phrases chooses its list: each is a short word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from ehrkit.synthetic.care.indications import ANTERIOR, COMBINED, POSTERIOR
from ehrkit.synthetic.care.vocabulary import (
    Complication,
    Disposition,
    Kind,
    SmokingStatus,
    SurgeryKind,
)
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.notes.life import LIFE_FACTS
from ehrkit.synthetic.notes.scene import Scene
from ehrkit.synthetic.notes.site import ASSISTANT, RESIDENT

# Days after surgery up to which a visit is about the wound.
EARLY = 30
# What brought somebody to the emergency department, by the start of its ICD-10-CM code.
TROUBLES = {
    "G89": "pain", "M54": "pain", "R26": "pain", "T81": "wound", "T84": "pain", "R33": "bladder",
    "K59": "bowel", "K56": "bowel", "R11": "bowel", "R50": "fever", "A41": "fever",
    "I82": "leg clot", "R60": "leg", "I26": "lung clot", "N39": "urine", "R07": "chest",
    "I21": "chest", "J18": "lung", "J95": "lung", "G96": "leak", "G97": "leak", "R55": "faint",
    "M96": "wound",
}  # fmt: skip


def yes_no(value: bool) -> str:
    """Return yes or no."""
    return "yes" if value else "no"


def diagnosis(concept: int) -> str:
    """Return a diagnosis by its catalogue position, as it stands inside a sentence."""
    name = catalogue().diagnoses.names[concept]
    return name if name[:2].isupper() else name[0].lower() + name[1:]


def conditions(scene: Scene) -> list[str]:
    """Return the chronic conditions of the patient; smoking has its own place in a note."""
    mask = scene.chart.truth.traits.chronic[scene.person].tolist()
    return [name for name, has in zip(_chronic_names(), mask, strict=True) if has and name]


@cache
def _chronic_names() -> tuple[str, ...]:
    known = catalogue().diagnoses
    return tuple(
        "" if known.codes[place] == "F17.210" else diagnosis(place)
        for place in known.positions("chronic").tolist()
    )


def indication(scene: Scene) -> str:
    """Return the diagnosis that led to surgery."""
    surgeries = scene.chart.truth.surgeries
    return catalogue().diagnoses.names[int(surgeries.indication[scene.surgery])]


def operation(scene: Scene) -> str:
    """Return what was done: a kind of fusion, a decompression, a joint, or a washout."""
    return _operation(scene, scene.surgery)


def _operation(scene: Scene, surgery: int) -> str:
    surgeries = scene.chart.truth.surgeries
    kind, technique = int(surgeries.kind[surgery]), int(surgeries.technique[surgery])
    if kind == SurgeryKind.LUMBAR_FUSION:
        return {POSTERIOR: "plf", COMBINED: "tlif", ANTERIOR: "alif"}.get(technique, "plif")
    if kind == SurgeryKind.CERVICAL_FUSION:
        return "acdf" if technique == ANTERIOR else "pcf"
    if kind == SurgeryKind.DECOMPRESSION:
        return "discectomy" if scene.chart.surgery.disc[surgery] else "laminectomy"
    if kind == SurgeryKind.WASHOUT:
        return "washout"
    return "sacroiliac" if kind == SurgeryKind.SACROILIAC_FUSION else "joint"


def region(scene: Scene) -> str:
    """Return lumbar, cervical, pelvis or joint."""
    done = operation(scene)
    if done == "washout":
        done = _operation(scene, int(scene.chart.truth.surgeries.follows[scene.surgery]))
    return {"acdf": "cervical", "pcf": "cervical", "sacroiliac": "pelvis", "joint": "joint"}.get(
        done, "lumbar"
    )


def phase(scene: Scene) -> str:
    """Return where the patient stands: before, early or late after surgery."""
    days = scene.days_since_surgery
    return "before" if days < 0 else "early" if days <= EARLY else "late"


def trouble(scene: Scene) -> str:
    """Return what brought the patient to the emergency department."""
    code = catalogue().diagnoses.codes[int(scene.chart.truth.encounters.reason[scene.row])]
    return next((word for start, word in TROUBLES.items() if code.startswith(start)), "other")


def smoking(scene: Scene) -> str:
    """Return never, former or current."""
    return SmokingStatus(scene.chart.smoking[scene.place]).name.lower()


def destination(scene: Scene) -> str:
    """Return where the patient went from the hospital."""
    return {
        Disposition.HOME_HEALTH: "home health",
        Disposition.SKILLED_NURSING: "nursing",
        Disposition.REHABILITATION: "rehabilitation",
        Disposition.LEFT_AGAINST_ADVICE: "against advice",
        Disposition.EXPIRED: "died",
    }.get(Disposition(int(scene.chart.truth.encounters.disposition[scene.row])), "home")


def admitted(scene: Scene) -> str:
    """Return how an emergency visit ended: home, admitted or observed."""
    kind = int(scene.chart.truth.encounters.kind[scene.row])
    return {Kind.EMERGENCY_ADMITTED: "admitted", Kind.EMERGENCY_OBSERVED: "observed"}.get(
        Kind(kind), "home"
    )


def assisted(scene: Scene) -> str:
    """Return who helped the surgeon: a resident, else an assistant, or nobody (alone)."""
    team = scene.chart.surgery.team[scene.surgery]
    return "resident" if team[RESIDENT] >= 0 else "assistant" if team[ASSISTANT] >= 0 else "alone"


def drain(scene: Scene) -> str:
    """Return the drain that was left in a spine: hemovac, jackson-pratt, french, or none."""
    if region(scene) not in ("lumbar", "cervical"):
        return "none"
    return ("hemovac", "jackson-pratt", "french", "none")[scene.of_surgery(0, 4)]


def stayed(scene: Scene) -> str:
    """Return how long the patient has been there after surgery: day, night, or longer."""
    days = scene.days_since_surgery
    return "day" if days <= 0 else "night" if days == 1 else "longer"


FACTS: Mapping[str, Callable[[Scene], str]] = {
    "operation": operation,
    "region": region,
    "phase": phase,
    "trouble": trouble,
    "smoking": smoking,
    "destination": destination,
    "admitted": admitted,
    "assisted": assisted,
    "drain": drain,
    "stayed": stayed,
    **LIFE_FACTS,
    "over 89": lambda scene: yes_no(scene.age > 89),
    "freed": lambda scene: yes_no(scene.chart.surgery.freed[scene.surgery]),
    "measured": lambda scene: yes_no(scene.chart.bmi[scene.place] > 0),
    "tested": lambda scene: yes_no(any(value > 0 for value in scene.chart.labs[scene.place])),
    "prescribed": lambda scene: yes_no(scene.place in scene.chart.orders),
    "treated": lambda scene: yes_no(
        any(time < scene.now for time, _ in scene.chart.home_drugs.get(scene.person, ()))
    ),
    "slipped": lambda scene: yes_no("pondylolisthesis" in indication(scene)),
    "ill": lambda scene: yes_no(bool(conditions(scene))),
    "imaged": lambda scene: yes_no(scene.chart.image[scene.place] is not None),
    "injected": lambda scene: yes_no(scene.chart.injection[scene.place] is not None),
    "therapy": lambda scene: yes_no(scene.chart.therapy[scene.place] is not None),
    # By the last instrument, Oswestry, which is not asked after surgery of the neck.
    "scored": lambda scene: yes_no(scene.chart.scores[scene.place][-1] >= 0),
    "complicated": lambda scene: yes_no(scene.surgery in scene.chart.surgery.complications),
    "washed": lambda scene: yes_no(operation(scene) == "washout"),
    "torn": lambda scene: yes_no(
        any(
            kind == Complication.DURAL_TEAR
            for kind, _ in scene.chart.surgery.complications.get(scene.surgery, ())
        )
    ),
}
