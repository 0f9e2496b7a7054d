"""The words of the clinical truth: kinds of surgery and of encounter, and what they imply."""

from __future__ import annotations

from enum import IntEnum


class SurgeryKind(IntEnum):
    """Kind of surgery; the values of first surgeries index `Spec.surgical_shares`.

    A washout (irrigation and debridement, or evacuation of a haematoma) follows another.
    """

    LUMBAR_FUSION = 0
    CERVICAL_FUSION = 1
    DECOMPRESSION = 2
    SACROILIAC_FUSION = 3
    JOINT_FUSION = 4
    WASHOUT = 5

    @property
    def label(self) -> str:
        """Return the name in the answer key."""
        return self.name.lower().replace("_", "-")


FIRST_KINDS = tuple(kind for kind in SurgeryKind if kind != SurgeryKind.WASHOUT)
SPINE_KINDS = (SurgeryKind.LUMBAR_FUSION, SurgeryKind.CERVICAL_FUSION, SurgeryKind.DECOMPRESSION)


class Kind(IntEnum):
    """Kind of encounter."""

    OFFICE = 0
    CONSULT = 1
    TELEPHONE = 2
    SURGERY_CONTACT = 3
    STAY = 4
    OUTPATIENT_SURGERY = 5
    EMERGENCY = 6
    EMERGENCY_ADMITTED = 7
    EMERGENCY_OBSERVED = 8
    ADMISSION = 9
    PREADMISSION = 10
    CANCELLED_ADMISSION = 11
    SYSTEM = 12
    IMAGING = 13


class Service(IntEnum):
    """What is done at an encounter beside talking and operating."""

    PHYSICAL_THERAPY = 0
    EPIDURAL_INJECTION = 1
    FACET_INJECTION = 2
    XRAY_SPINE = 3
    MRI_SPINE = 4
    CT_SPINE = 5


INJECTIONS = (Service.EPIDURAL_INJECTION, Service.FACET_INJECTION)
IMAGES = (Service.XRAY_SPINE, Service.MRI_SPINE, Service.CT_SPINE)
NO_SERVICE = -1


class SmokingStatus(IntEnum):
    """Smoking, as asked at a visit."""

    NEVER = 0
    FORMER = 1
    CURRENT = 2


class Complication(IntEnum):
    """What goes wrong during or after surgery."""

    WOUND_INFECTION = 0
    DURAL_TEAR = 1
    HAEMATOMA = 2
    DEEP_VEIN_THROMBOSIS = 3
    PULMONARY_EMBOLISM = 4
    PNEUMONIA = 5
    MYOCARDIAL_INFARCTION = 6
    STROKE = 7
    RESPIRATORY_FAILURE = 8
    SEPSIS = 9
    KIDNEY_INJURY = 10
    ANAEMIA = 11
    URINARY_RETENTION = 12
    ILEUS = 13
    URINARY_INFECTION = 14

    @property
    def label(self) -> str:
        """Return the name in the answer key."""
        return self.name.lower().replace("_", "-")


class Place(IntEnum):
    """Where a complication is treated."""

    STAY = 0
    CLINIC = 1
    EMERGENCY = 2
    READMISSION = 3
    WASHOUT = 4

    @property
    def label(self) -> str:
        """Return the name in the answer key."""
        return self.name.lower()


class Status(IntEnum):
    """Appointment status."""

    NONE = 0
    SCHEDULED = 1
    COMPLETED = 2
    CANCELED = 3
    NO_SHOW = 4
    LEFT = 5
    ARRIVED = 6


# Name in ZC_APPT_STATUS, by status.
STATUS_NAMES = (
    "", "Scheduled", "Completed", "Canceled", "No Show", "Left without seen", "Arrived",
)  # fmt: skip
NOT_SEEN = (Status.SCHEDULED, Status.CANCELED, Status.NO_SHOW, Status.LEFT)


class Disposition(IntEnum):
    """Where somebody went from the hospital."""

    NONE = 0
    HOME = 1
    HOME_HEALTH = 2
    SKILLED_NURSING = 3
    REHABILITATION = 4
    LEFT_AGAINST_ADVICE = 5
    EXPIRED = 6


# Name in ZC_DISCH_DISP, by disposition.
DISPOSITION_NAMES = (
    "", "Home or Self Care", "Home Health", "Skilled Nursing Facility", "Rehab Facility",
    "Left Against Medical Advice", "Expired",
)  # fmt: skip

# Name in ZC_DISP_ENC_TYPE, by kind of encounter.
ENCOUNTER_TYPES = {
    Kind.OFFICE: "Office Visit",
    Kind.CONSULT: "Initial consult",
    Kind.TELEPHONE: "Telephone",
    Kind.SURGERY_CONTACT: "Surgery",
    Kind.SYSTEM: "System Contact",
    Kind.IMAGING: "Appointment",
}
HOSPITAL_TYPE = "Hospital Encounter"

# Name in ZC_PAT_CLASS: the LAST class, so an admitted emergency visit reads Inpatient.
PATIENT_CLASSES = {
    Kind.STAY: "Inpatient",
    Kind.OUTPATIENT_SURGERY: "Hospital Outpatient Surgery",
    Kind.EMERGENCY: "Emergency",
    Kind.EMERGENCY_ADMITTED: "Inpatient",
    Kind.EMERGENCY_OBSERVED: "Observation",
    Kind.ADMISSION: "Inpatient",
    Kind.PREADMISSION: "Surgery Admit",
    Kind.CANCELLED_ADMISSION: "Inpatient",
}
HOSPITAL_KINDS = tuple(PATIENT_CLASSES)
NOT_REAL_STAYS = (Kind.PREADMISSION, Kind.CANCELLED_ADMISSION)
EMERGENCY_KINDS = (Kind.EMERGENCY, Kind.EMERGENCY_ADMITTED, Kind.EMERGENCY_OBSERVED)
INPATIENT_KINDS = (Kind.STAY, Kind.EMERGENCY_ADMITTED, Kind.ADMISSION)
