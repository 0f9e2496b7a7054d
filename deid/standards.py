"""The three standards of 45 CFR 164.514, and which of them each column rule still permits.

The claim of a policy is computed, never believed: every rule is judged for what
it leaves in the data, and the policy meets a standard only if every rule does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ehrkit.core.columns import Phi
from ehrkit.core.errors import PolicyError
from ehrkit.deid.names import Kind, guess
from ehrkit.deid.rules import Action, ColumnRule


class Standard(StrEnum):
    """What a released table claims to be; each includes all that the one before it permits."""

    SAFE_HARBOR = "safe-harbor"
    """45 CFR 164.514(b)(2): all eighteen identifiers removed, dates reduced to years."""
    LIMITED = "limited"
    """45 CFR 164.514(e): dates, city, State and ZIP may stay; needs a data use agreement."""
    EXPERT = "expert"
    """45 CFR 164.514(b)(1): an expert finds the risk very small and documents it."""


# Strictest first: what meets one standard meets the ones after it.
STRICTEST_FIRST = (Standard.SAFE_HARBOR, Standard.LIMITED, Standard.EXPERT)

# 45 CFR 164.514(e)(2) lists what a limited data set must not hold; of the letters of (b)(2)(i) it
# leaves out (C) dates, (R) other codes and, of (B), town, city, State and ZIP.
LIMITED_KEEPS = frozenset({Phi.GEOGRAPHY, Phi.DATE, Phi.OTHER_ID})
NOT_IDENTIFYING = frozenset({Phi.QUASI, Phi.NONE})


@dataclass(frozen=True)
class Finding:
    """The strictest standard that one column rule still permits, and why not a stricter one."""

    column: str
    meets: Standard
    because: str = ""
    instead: str = ""


@dataclass(frozen=True)
class Verdict:
    """What a set of column rules meets."""

    findings: tuple[Finding, ...]

    @property
    def strongest(self) -> Standard:
        """Return the strictest standard that every rule meets."""
        return max((f.meets for f in self.findings), key=_rank, default=Standard.SAFE_HARBOR)

    def breaches(self, claimed: Standard) -> tuple[Finding, ...]:
        """Return the findings that the claimed standard does not permit."""
        return tuple(f for f in self.findings if _rank(f.meets) > _rank(claimed))

    def enforce(self, claimed: Standard, where: str) -> None:
        """Raise PolicyError, naming every column that breaks the claim."""
        breaches = self.breaches(claimed)
        if breaches:
            named = "; ".join(f"{f.column}: {f.because}" for f in breaches)
            ways = " ".join(sorted({f.instead for f in breaches if f.instead}))
            raise PolicyError(
                f"the claim {claimed} does not hold, the rules meet {self.strongest} ({named})",
                where=where,
                hint=f"{ways} Or claim {self.strongest}.".strip(),
            )


def judge(rules: Iterable[tuple[ColumnRule, Phi | None]]) -> Verdict:
    """Judge column rules, each with the class of its column (None: judged by its name alone)."""
    return Verdict(tuple(_judge_one(rule, phi) for rule, phi in rules))


def effective_phi(rule: ColumnRule, tag: Phi | None) -> Phi | None:
    """Return the class of a column: the policy's word, the file's tag, or a guess from its name.

    Raises:
        PolicyError: the policy contradicts the tag (or name) and gives no reason, or keeps a
            direct identifier without one.
    """
    name = guess(rule.column)
    known = tag or name.phi
    if known and rule.phi and known is not rule.phi and not rule.reason:
        raise PolicyError(
            f"the {'tag' if tag else 'name'} of this column says {known}, the policy {rule.phi}",
            where=f"column {rule.column}",
            hint='Correct the policy, or add reason = "..." to overrule.',
        )
    phi = rule.phi or known
    direct = _direct(phi) or (name.kind is Kind.ADDRESS and phi is Phi.GEOGRAPHY)
    if rule.action is Action.KEEP and direct and not rule.reason:
        raise PolicyError(
            f"keep would release a direct identifier, class ({phi}) of 45 CFR 164.514(b)(2)(i)",
            where=f"column {rule.column}",
            hint='Drop or pseudonymise it, or write { keep = true, reason = "..." }.',
        )
    return phi


def _direct(phi: Phi | None) -> bool:
    """Tell whether a class is a letter A..R other than dates and geography, which (e) permits."""
    return phi not in (None, Phi.DATE, Phi.GEOGRAPHY, Phi.FREE_TEXT, *NOT_IDENTIFYING)


def _rank(standard: Standard) -> int:
    return STRICTEST_FIRST.index(standard)


def _judge_one(rule: ColumnRule, phi: Phi | None) -> Finding:
    match rule.action:
        case Action.KEEP:
            return _judge_keep(rule, phi)
        case Action.SHIFT:
            return Finding(
                rule.column,
                Standard.LIMITED,
                "a shifted date still has its day, (b)(2)(i)(C)",
                'Reduce dates with "year".',
            )
        case Action.PSEUDONYM:
            return Finding(
                rule.column,
                Standard.LIMITED,
                "a keyed pseudonym is derived from the identifier, 164.514(c)",
                'Use random codes: { code = "..." }.',
            )
        case Action.SCRUB:
            return Finding(
                rule.column,
                Standard.EXPERT,
                "scrubbed text may still hold identifiers",
                "Drop the text.",
            )
        case Action.YEAR if guess(rule.column).kind is Kind.BIRTH_DATE:
            return Finding(
                rule.column,
                Standard.LIMITED,
                "a year of birth reveals ages over 89, (b)(2)(i)(C)",
                'Use "birth-year", which caps them.',
            )
        case _:
            return Finding(rule.column, Standard.SAFE_HARBOR)


def _judge_keep(rule: ColumnRule, phi: Phi | None) -> Finding:
    column = rule.column
    if guess(column).kind is Kind.AGE and not rule.reason:
        return Finding(
            column, Standard.LIMITED, "ages over 89 stay, (b)(2)(i)(C)", 'Use "age-cap".'
        )
    if phi is None or phi in NOT_IDENTIFYING:
        return Finding(column, Standard.SAFE_HARBOR)
    if phi is Phi.FREE_TEXT:
        return Finding(column, Standard.EXPERT, "free text stays as it is", "Drop the text.")
    if phi in LIMITED_KEEPS and guess(column).kind is not Kind.ADDRESS:
        return Finding(
            column, Standard.LIMITED, f"class ({phi}) stays as it is", f"Transform the ({phi})."
        )
    return Finding(column, Standard.EXPERT, f"the direct identifier ({phi}) stays", "Drop it.")
