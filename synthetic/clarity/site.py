"""The numbers of this site: category lists are configured site by site, names are not.

Numbers that public sources confirm for several sites stay as described (reference,
section 5); all others change hands within their list from seed to seed. A program that
looks numbers up by name runs on every site, one that knows them by heart on none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np

from ehrkit.core.shapes import Category, Shape, shape
from ehrkit.synthetic.streams import Streams

SHAPE = "epic-clarity"
EVERYTHING = "*"
# Names whose numbers are confirmed.
CONFIRMED: Mapping[str, tuple[str, ...] | str] = {
    "ZC_SEX": EVERYTHING,
    "ZC_PAT_CLASS": EVERYTHING,
    "ZC_PAT_STATUS": EVERYTHING,
    "ZC_EVENT_TYPE": EVERYTHING,
    "ZC_EVENT_SUBTYPE": EVERYTHING,
    "ZC_APPT_STATUS": EVERYTHING,
    "ZC_HOSP_ADMSN_TYPE": EVERYTHING,
    "ZC_DISCH_DISP": EVERYTHING,
    "ZC_OR_STATUS": EVERYTHING,
    "ZC_ACCT_BASECLS_HA": ("Inpatient",),
    "ZC_ACCT_BILLSTS_HA": ("Voided", "Combined"),
    "ZC_CONF_STAT": ("Canceled",),
    "ZC_ORDER_STATUS": ("Completed",),
    "ZC_PROBLEM_STATUS": ("Active", "Resolved"),
    "ZC_TX_TYPE": ("Charge",),
    "ZC_DISP_ENC_TYPE": (
        "Hospital Encounter", "Appointment", "Surgery", "Anesthesia", "Anesthesia Event",
        "Telemedicine", "Office Visit", "Hospital", "Initial consult", "Procedure visit",
    ),
}  # fmt: skip
# Kinds of identifier that were seen at different sites.
IDENTIFIER_TYPES = (0, 14, 105, 154)


def site_shape(streams: Streams) -> Shape:
    """Return the description of the tables with the numbers of this site."""
    return _numbered(streams.seed)


def identifier_types(streams: Streams) -> tuple[int, int]:
    """Return the numbers of the enterprise and of the facility identifier."""
    one, other = streams.of_site("identifier types").permutation(IDENTIFIER_TYPES)[:2].tolist()
    return one, other


@cache
def _numbered(seed: int) -> Shape:
    described = shape(SHAPE)
    rng = Streams(seed).of_site("category numbers")
    lists = {name: _shuffled(one, rng) for name, one in described.categories.items()}
    return replace(described, categories=lists)


def _shuffled(category: Category, rng: np.random.Generator) -> Category:
    kept = CONFIRMED.get(category.name, ())
    free = [name for name in category.values if kept != EVERYTHING and name not in kept]
    numbers = rng.permutation([category.values[name] for name in free]).tolist()
    return replace(category, values={**category.values, **dict(zip(free, numbers, strict=True))})
