"""What makes a day of wear valid, as one explicit rule, and the reason where it is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ehrkit.core.errors import UsageError

VALID = "valid"
UNWORN = "unworn"
NO_STEPS = "no-steps"
PARTIAL = "partial"
SHORT_WEAR = "short-wear"
PHONE_ONLY = "phone-only"
INCONSISTENT = "inconsistent"
IMPLAUSIBLE = "implausible"

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ValidDay:
    """The rule of a valid day. The defaults are defaults only: the rule alone moves results.

    Attributes:
        min_wear_hours: hours of wear needed, where wear is known at all; 10 h as used with All of
            Us data (Master 2022, 10.1038/s41591-022-02012-w; rule text not verified).
        min_steps: fewest plausible steps of a worn day (same source).
        max_steps: most plausible steps of a day (same source).
        need_resting_heart_rate: count a day without a resting heart rate as short wear, for
            people who have one on other days. Fitbit leaves it out on poorly worn days
            (carissalow/rapids documentation), the only sign of wear in an export of daily
            figures; but people who take the device off at night can lack it on well worn
            days, so this is off unless asked for.
    """

    min_wear_hours: float = 10.0
    min_steps: int = 100
    max_steps: int = 45_000
    need_resting_heart_rate: bool = False

    def __post_init__(self) -> None:
        """Refuse bounds that no day can meet."""
        if not 0 <= self.min_wear_hours <= 24:
            raise UsageError("the hours of wear must lie from 0 to 24", where="--min-wear-hours")
        if not 0 <= self.min_steps <= self.max_steps:
            raise UsageError(
                "the plausible steps must be a range", where="--min-steps, --max-steps"
            )

    def reasons(
        self,
        *,
        unworn: Flags,
        partial: Flags,
        inconsistent: Flags,
        phone_only: Flags,
        without_rate: Flags,
        steps: npt.NDArray[np.float64],
        wear_minutes: npt.NDArray[np.float64],
    ) -> npt.NDArray[Any]:
        """Return one reason per day, the first that holds; unknown steps or wear are NaN."""
        conditions = [
            unworn,
            np.isnan(steps),
            partial,
            wear_minutes < self.min_wear_hours * 60,
            without_rate & self.need_resting_heart_rate,
            phone_only,
            inconsistent,
            (steps < self.min_steps) | (steps > self.max_steps),
        ]
        names = [
            *(UNWORN, NO_STEPS, PARTIAL, SHORT_WEAR, SHORT_WEAR),
            *(PHONE_ONLY, INCONSISTENT, IMPLAUSIBLE),
        ]
        return np.select(conditions, names, default=VALID)
