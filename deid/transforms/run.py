"""What all tables of one run share, so that their pseudonyms, codes and shifts agree."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from ehrkit.core.keys import ProjectKey
from ehrkit.deid.policy import Policy
from ehrkit.deid.transforms.kernel import Remembered
from ehrkit.deid.transforms.keyed import day_offset, keyed_hash

SHIFT_PURPOSE = "date-shift"
# 128 bits: among 10^9 people two tokens collide with a probability below 10^-20.
TOKEN_BYTES = 16


@dataclass
class RunState:
    """The key, what was derived from it, and the random codes drawn so far.

    Attributes:
        key: the project key.
        policy: the policy of the run.
        crosswalk: when a dict, filled with (purpose, token) -> original value; it is PHI.
    """

    key: ProjectKey
    policy: Policy
    crosswalk: dict[tuple[str, str], str] | None = None
    _codes: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)
    _tokens: dict[tuple[str, str], Remembered[str]] = field(default_factory=dict, repr=False)
    _shifts: Remembered[int] | None = field(default=None, repr=False)

    def pseudonyms(self, purpose: str) -> Remembered[str]:
        """Return the function value -> keyed token of a purpose.

        A token is `e` and the key's epoch, `-`, and 32 hexadecimal digits of
        HMAC-SHA256(sub-key of `pseudonym/PURPOSE`, value in UTF-8).
        """
        digest = keyed_hash(self.key.subkey(f"pseudonym/{purpose}"))
        prefix = f"e{self.key.epoch}-"
        return self._shared(
            "pseudonym", purpose, lambda value: prefix + digest(value.encode())[:TOKEN_BYTES].hex()
        )

    def codes(self, purpose: str) -> Remembered[str]:
        """Return the function value -> random code: `r-` and 32 random hexadecimal digits.

        The same value gets the same code in every table of this run, and another one in the next
        run: nothing about the person goes into it (45 CFR 164.514(c)).
        """

        def code(value: str) -> str:
            known = self._codes.get((purpose, value))
            if known is None:
                known = self._codes[purpose, value] = f"r-{secrets.token_hex(TOKEN_BYTES)}"
            return known

        return self._shared("code", purpose, code)

    def shifts(self) -> Remembered[int]:
        """Return the function true patient id -> days, the same in every file under one key."""
        if self._shifts is None:
            digest = keyed_hash(self.key.subkey(SHIFT_PURPOSE))
            window, weeks = self.policy.dates.window, self.policy.dates.whole_weeks
            self._shifts = Remembered(
                lambda patient: day_offset(digest(patient.encode()), window, whole_weeks=weeks)
            )
        return self._shifts

    def _shared(self, kind: str, purpose: str, token: Callable[[str], str]) -> Remembered[str]:
        """Return one memory per purpose for the whole run, which also fills the crosswalk."""

        def recorded(value: str) -> str:
            made = token(value)
            if self.crosswalk is not None:
                self.crosswalk[purpose, made] = value
            return made

        return self._tokens.setdefault((kind, purpose), Remembered(recorded))
