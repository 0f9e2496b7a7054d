"""Hospital accounts that hold nothing: opened by mistake, or combined into another one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ehrkit.synthetic.rows import Array, Rows
from ehrkit.synthetic.spec import Spec
from ehrkit.synthetic.streams import Streams


@dataclass(frozen=True)
class SpareAccounts(Rows):
    """One row per account without charges: the stay that it was opened for.

    `combined` accounts were joined to the true account of that stay; the others are open.
    """

    encounter: Array
    combined: Array


def spare_accounts(real_stay: Array, spec: Spec, streams: Streams) -> SpareAccounts:
    """Open a second account for some stays."""
    rng = streams.of("spare accounts")
    stays = np.flatnonzero(real_stay)
    draw = rng.random(len(stays))
    chosen = draw < spec.combined_accounts + spec.zero_charge_accounts
    return SpareAccounts(stays[chosen], draw[chosen] < spec.combined_accounts)
