"""What a run did to one table, without a data value: the body of a run record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

EXPERT_UNNAMED = "an expert determination is claimed and approved_by names nobody"
LIMITED_AGREEMENT = "a limited data set needs a data use agreement, 45 CFR 164.514(e)(4)"
SHIFT_EDGES = (
    "shifted dates keep a patient's intervals: three or more known gaps, one known true date, or "
    "the first and last days of the extract can undo a shift"
)
TEXT_LEFT = "scrubbed text may still hold identifiers"


@dataclass(frozen=True)
class ColumnEvidence:
    """What happened to one column.

    Attributes:
        column: its name.
        phi: its class in the input, `A`..`R`, `quasi`, `free-text`, `none`, or None if unknown.
        action: the transform.
        parameters: of the transform, from the policy.
        changed: rows with another value than before.
        blank: rows without a value.
        unreadable: rows whose value the transform could not read.
        tallies: other counts, such as ages capped.
    """

    column: str
    phi: str | None
    action: str
    parameters: Mapping[str, Any]
    changed: int
    blank: int
    unreadable: int
    tallies: Mapping[str, int]


@dataclass(frozen=True)
class Evidence:
    """What happened to one table; `as_json` is what a run record embeds.

    Attributes:
        table: its name in the policy.
        standard: the claim; strongest: the strictest standard that the table really meets.
        rows_in, rows_out, rows_quarantined: counts; rows are dropped for no other reason.
        keys: purpose to fingerprint of the sub-keys used.
        zip3_table: version and source, where a ZIP was reduced.
        overrides: column to the policy's reason.
        warnings: what a privacy officer should know, in fixed words.
    """

    table: str
    standard: str
    strongest: str
    approved_by: str | None
    on_bad: str
    rows_in: int
    rows_out: int
    rows_quarantined: int
    columns: tuple[ColumnEvidence, ...]
    keys: Mapping[str, str]
    date_shift: Mapping[str, Any] | None
    zip3_table: Mapping[str, str] | None
    overrides: Mapping[str, str]
    warnings: tuple[str, ...]
    policy_sha256: str
    policy: str

    def as_json(self) -> dict[str, Any]:
        """Return the evidence as values that JSON can carry."""
        document = asdict(self)
        document["columns"] = [dict(column) for column in document["columns"]]
        document["warnings"] = list(self.warnings)
        return document
