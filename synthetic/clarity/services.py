"""Orders of therapy, injections and images: rows of ORDER_PROC."""

from __future__ import annotations

import numpy as np

from ehrkit.synthetic.booking import midnight
from ehrkit.synthetic.care.encounters import NOT_A_TIME
from ehrkit.synthetic.care.vocabulary import IMAGES, Service
from ehrkit.synthetic.clarity.labs import FIRST_ORDER
from ehrkit.synthetic.history import History
from ehrkit.synthetic.rows import stable_order
from ehrkit.synthetic.shaping import Coded, Columns, repeated

# Code, name and type of order, by Service; codes and names are the site's own.
ORDERS = {
    Service.PHYSICAL_THERAPY: ("REF501", "PHYSICAL THERAPY EVALUATE AND TREAT", "Referral"),
    Service.EPIDURAL_INJECTION: ("PRC310", "EPIDURAL STEROID INJECTION SPINE", "Procedures"),
    Service.FACET_INJECTION: ("PRC311", "FACET JOINT INJECTION SPINE", "Procedures"),
    Service.XRAY_SPINE: ("IMG210", "XR SPINE", "Imaging"),
    Service.MRI_SPINE: ("IMG243", "MRI SPINE WITHOUT CONTRAST", "Imaging"),
    Service.CT_SPINE: ("IMG227", "CT SPINE WITHOUT CONTRAST", "Imaging"),
}


def service_orders(history: History) -> Columns:
    """Return one order per service; images have a time of result, the time of the picture.

    Keys are odd steps of the count whose even steps are laboratory orders.
    """
    services, booking = history.services, history.booking
    services = services.take(stable_order(services.ordered))
    size = len(services)
    code, name, kind = (
        np.array([ORDERS[one][column] for one in Service], dtype=object) for column in range(3)
    )
    image = np.isin(services.kind, IMAGES)
    return {
        "ORDER_PROC_ID": FIRST_ORDER + history.streams.spread(2 * np.arange(size) + 1),
        "PAT_ID": booking.patient(services.encounter),
        "PAT_ENC_CSN_ID": booking.csn[services.encounter],
        "PROC_CODE": Coded(code, services.kind),
        "DESCRIPTION": Coded(name, services.kind),
        "ORDER_TYPE_C": Coded(kind, services.kind),
        "ORDER_STATUS_C": repeated("Completed", size),
        "ORDERING_DATE": midnight(services.ordered),
        "ORDER_TIME": services.ordered,
        "PROC_START_TIME": services.performed,
        "RESULT_TIME": np.where(image, services.performed, NOT_A_TIME),
    }
