"""Count what the kernels of one table did, and turn the counts into evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from ehrkit.core.columns import Phi
from ehrkit.deid.evidence import (
    EXPERT_UNNAMED,
    LIMITED_AGREEMENT,
    SHIFT_EDGES,
    TEXT_LEFT,
    ColumnEvidence,
    Evidence,
)
from ehrkit.deid.policy import Policy, TablePolicy
from ehrkit.deid.rules import Action
from ehrkit.deid.standards import Standard, Verdict
from ehrkit.deid.transforms import Result, RunState
from ehrkit.deid.transforms.kernel import count_true
from ehrkit.deid.transforms.run import SHIFT_PURPOSE
from ehrkit.deid.transforms.zips import zip3_table


@dataclass
class Tally:
    """Counts that grow while a stream is read; `done` says that it was read to its end."""

    table: TablePolicy
    run: RunState
    classes: Mapping[str, Phi | None]
    verdict: Verdict
    rows_in: int = 0
    rows_out: int = 0
    done: bool = False
    _counts: dict[str, Counter[str]] = field(default_factory=dict)
    _tallies: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, rows_in: int, rows_out: int, results: Mapping[str, Result]) -> None:
        """Count one batch."""
        self.rows_in += rows_in
        self.rows_out += rows_out
        for name, result in results.items():
            unreadable = count_true(result.bad) if result.bad is not None else 0
            found = {"changed": result.changed, "blank": result.blank, "unreadable": unreadable}
            self._counts.setdefault(name, Counter()).update(found)
            self._tallies.setdefault(name, Counter()).update(result.tallies)

    def evidence(self) -> Evidence:
        """Return the evidence of all that was counted."""
        policy = self.run.policy
        used = {rule.action for rule in self.table.rules.values()}
        zips = zip3_table()
        return Evidence(
            table=self.table.name,
            standard=policy.standard.value,
            strongest=self.verdict.strongest.value,
            approved_by=policy.approved_by,
            on_bad=policy.on_bad.value,
            rows_in=self.rows_in,
            rows_out=self.rows_out,
            rows_quarantined=self.rows_in - self.rows_out,
            columns=tuple(self._column(name) for name in self.table.rules),
            keys=_fingerprints(self.table, self.run),
            date_shift={
                "window_days": policy.dates.window,
                "whole_weeks": policy.dates.whole_weeks,
            }
            if Action.SHIFT in used
            else None,
            zip3_table={"version": zips.version, "source": zips.source}
            if Action.ZIP3 in used
            else None,
            overrides={
                rule.column: rule.reason for rule in self.table.rules.values() if rule.reason
            },
            warnings=_warnings(policy, used),
            policy_sha256=policy.sha256(),
            policy=policy.canonical(),
        )

    def _column(self, name: str) -> ColumnEvidence:
        rule, phi = self.table.rules[name], self.classes[name]
        counts = self._counts.get(name, Counter[str]())
        parameters = {
            key: value
            for key, value in rule.document().items()
            if key not in ("action", "reason", "phi")
        }
        return ColumnEvidence(
            name,
            phi.value if phi else None,
            rule.action.value,
            parameters,
            counts["changed"],
            counts["blank"],
            counts["unreadable"],
            dict(self._tallies.get(name, {})),
        )


def _fingerprints(table: TablePolicy, run: RunState) -> dict[str, str]:
    """Return the fingerprints of the sub-keys that this table's rules use."""
    purposes = set()
    for rule in table.rules.values():
        if rule.action is Action.PSEUDONYM:
            purposes.add(f"pseudonym/{rule.argument}")
        elif rule.action is Action.SHIFT:
            purposes.add(SHIFT_PURPOSE)
    return {purpose: run.key.fingerprint(purpose) for purpose in sorted(purposes)}


def _warnings(policy: Policy, used: set[Action]) -> tuple[str, ...]:
    """Return what a privacy officer should know of this table."""
    warnings = {
        EXPERT_UNNAMED: policy.standard is Standard.EXPERT and not policy.approved_by,
        LIMITED_AGREEMENT: policy.standard is Standard.LIMITED,
        SHIFT_EDGES: Action.SHIFT in used,
        TEXT_LEFT: Action.SCRUB in used,
    }
    return tuple(text for text, holds in warnings.items() if holds)
