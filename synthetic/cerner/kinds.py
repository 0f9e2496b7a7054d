"""How encounters read in Millennium: types and classes by kind, and units by department."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.care.vocabulary import Kind
from ehrkit.synthetic.catalogue import catalogue
from ehrkit.synthetic.cerner.chart import Chart
from ehrkit.synthetic.clarity.providers import LOCATIONS, department_locations
from ehrkit.synthetic.rows import Array
from ehrkit.synthetic.shaping import Coded

# LAST type and class by kind: an admitted emergency visit reads Inpatient.
TYPES = {
    Kind.OFFICE: ("Clinic", "Outpatient"),
    Kind.CONSULT: ("Clinic", "Outpatient"),
    Kind.IMAGING: ("Outpatient", "Outpatient"),
    Kind.TELEPHONE: ("Phone Message", "Outpatient"),
    Kind.STAY: ("Inpatient", "Inpatient"),
    Kind.OUTPATIENT_SURGERY: ("Day Surgery", "Outpatient"),
    Kind.EMERGENCY: ("Emergency", "Emergency"),
    Kind.EMERGENCY_ADMITTED: ("Inpatient", "Inpatient"),
    Kind.EMERGENCY_OBSERVED: ("Observation", "Observation"),
    Kind.ADMISSION: ("Inpatient", "Inpatient"),
    Kind.PREADMISSION: ("Preadmit", "Preadmit"),
    Kind.CANCELLED_ADMISSION: ("Inpatient", "Inpatient"),
}
HIDDEN = ("Outpatient", "Outpatient")


def last_types(chart: Chart, rows: Array) -> tuple[Coded, Coded]:
    """Return the LAST type and class of encounters."""
    encounters = chart.history.truth.encounters
    pairs = [*(TYPES.get(kind, HIDDEN) for kind in Kind), HIDDEN]
    kind = encounters.kind[rows].astype(np.int64)
    hidden = (kind == Kind.EMERGENCY) & ~encounters.class_or_department[rows]
    place = np.where(hidden, len(pairs) - 1, kind)
    return (
        Coded(np.array([name for name, _ in pairs], object), place),
        Coded(np.array([name for _, name in pairs], object), place),
    )


def units() -> tuple[Array, Array, Array]:
    """Return unit, service and facility by department; the last entry is for no department."""
    listed = list(catalogue().departments.values())
    names = np.array([name for name, _, _ in listed] + [""], dtype=object)
    services = np.array([service for _, service, _ in listed] + [""], dtype=object)
    places = np.array([*LOCATIONS, ""], dtype=object)[np.append(department_locations(), -1)]
    return names, services, places
