"""A policy as a table that a privacy officer can read: what each line meets, and why."""

from __future__ import annotations

import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.deid.policy import Policy

_NAMES = ("table", "column", "action", "meets", "because")


def explain_policy(policy: Policy) -> pa.Table:
    """Return one row per policy line: table, column, action, the strictest standard met, why.

    Raises:
        PolicyError: a line that no standard permits without a reason.
    """
    rows = [
        (name, finding.column, table.rules[finding.column].action, finding.meets, finding.because)
        for name, table in policy.tables.items()
        for finding in table.verdict().findings
    ]
    columns = [pa.array([str(value) for value in column]) for column in zip(*rows, strict=True)]
    schema = pa.schema([field(name, pa.string(), Phi.NONE) for name in _NAMES])
    return pa.table(columns, schema=schema)
