"""A key, a short way from policy text to a de-identified table, and a planted sentinel."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pytest

from ehrkit.core.keys import ProjectKey
from ehrkit.deid.apply import Applied, apply_policy
from ehrkit.deid.policy_toml import parse_policy
from ehrkit.deid.transforms import RunState

KEY = ProjectKey(bytes(range(32)))
SENTINEL = "Zyzzogeton"


def run_of(policy: str, key: ProjectKey = KEY) -> RunState:
    """Return a new run of a policy's text."""
    return RunState(key, parse_policy(policy))


def columns(text: str, *, standard: str = "expert", **top: object) -> str:
    """Return a policy of one table `t` from its column lines."""
    head = [f'standard = "{standard}"']
    head += [f"{k} = {v if isinstance(v, int) else repr(str(v))}" for k, v in top.items()]
    return "\n".join([*head, "[table.t.columns]", text])


def applied(table: pa.Table, policy: str, *, batch: int = 1_000, run: RunState | None = None,
            on_bad_row: Callable[[int, str], None] | None = None) -> Applied:  # fmt: skip
    run = run or run_of(policy)
    reader = table.to_reader(max_chunksize=batch)
    return apply_policy(reader, run.policy.table("t"), run, on_bad_row=on_bad_row)


def deidentified(table: pa.Table, lines: str, **options: object) -> pa.Table:
    """Return a table under the column lines of a policy that claims `expert`."""
    return applied(table, columns(lines, **options)).reader.read_all()


@pytest.fixture
def key() -> ProjectKey:
    return KEY
