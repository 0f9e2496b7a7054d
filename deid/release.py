"""A release: several files de-identified into one folder with their signed run record.

Everything appears together or nothing does. Tokens, codes and shifts agree
across the files, because one `RunState` makes them all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ehrkit.core.errors import UsageError
from ehrkit.core.files import atomic_folder
from ehrkit.core.keys import ProjectKey
from ehrkit.core.records import FileDigest, Run, append_record, digest_file
from ehrkit.core.tables import open_table, write_table
from ehrkit.core.tables.formats import from_name
from ehrkit.deid.apply import BadRow, apply_policy
from ehrkit.deid.crosswalk import write_crosswalk
from ehrkit.deid.evidence import Evidence
from ehrkit.deid.policy import Policy, TablePolicy
from ehrkit.deid.quarantine import quarantine_table
from ehrkit.deid.risk import measure_risk
from ehrkit.deid.transforms import RunState

LeftOut = list[tuple[str, int, str]]


@dataclass(frozen=True)
class Beside:
    """Files written beside a release, never inside it: neither belongs to who receives it.

    Attributes:
        crosswalk: the encrypted way back; a new file.
        quarantine: the list of rows that were left out.
    """

    crosswalk: Path | None = None
    quarantine: Path | None = None

    def start(self, policy: Policy, key: ProjectKey, out_dir: Path | None = None) -> RunState:
        """Check the places before any work, and return the state of a new run.

        Raises:
            UsageError: the crosswalk exists, or a file would land in the released folder.
        """
        if self.crosswalk and self.crosswalk.exists():
            raise UsageError("a crosswalk is never overwritten", where=str(self.crosswalk))
        for path in (self.crosswalk, self.quarantine):
            if path and out_dir and path.resolve().is_relative_to(out_dir.resolve()):
                raise UsageError("does not belong into the released folder", where=str(path))
        return RunState(key, policy, {} if self.crosswalk else None)

    def finish(self, run: RunState, left_out: LeftOut) -> None:
        """Write the files that were asked for."""
        if self.quarantine:
            write_table(quarantine_table(left_out), self.quarantine)
        if self.crosswalk and run.crosswalk is not None:
            write_crosswalk(run.crosswalk, self.crosswalk, run.key)


def release_folder(
    files: Sequence[Path],
    out_dir: Path,
    policy: Policy,
    key: ProjectKey,
    *,
    table: str | None = None,
    beside: Beside | None = None,
    force: bool = False,
) -> tuple[Evidence, ...]:
    """De-identify files into a new folder, with a signed record under `records/`.

    Args:
        files: the tables; a file's name without extensions is its table in the policy.
        out_dir: the folder; outputs have the names of their inputs.
        policy: its claim must hold.
        key: the project key.
        table: the policy's table for all files, where their names are not it.
        beside: what else to write.
        force: replace a folder that holds something.

    Raises:
        PolicyError: the claim does not hold, a column has no line.
        DataError: a value, column or type that the policy's transforms cannot read.
        UsageError: the folder is not empty, names clash, a file is missing.
    """
    started = dt.datetime.now(dt.UTC)
    policy.check()
    beside = beside or Beside()
    run, left_out = beside.start(policy, key, out_dir), LeftOut()
    targets = _targets(files)
    with atomic_folder(out_dir, force=force) as folder:
        digests, evidences, documents = [], [], []
        for path, target in zip(files, targets, strict=True):
            rules = policy.table(table or path.name.split(".", 1)[0])
            evidence, digest = _release_file(path, folder / target, rules, run, left_out)
            digests.append(digest)
            evidences.append(evidence)
            documents.append(evidence.as_json() | {"risk": _risk(rules, path, folder / target)})
        keys = {name: print_ for each in evidences for name, print_ in each.keys.items()}
        outputs = {
            folder / target: evidence.rows_out
            for target, evidence in zip(targets, evidences, strict=True)
        }
        told: dict[str, Any] = {"tables": documents}
        record = Run("deid apply", started, tuple(digests), outputs, keys, told)
        append_record(folder, record, key)
        beside.finish(run, left_out)
    return tuple(evidences)


def noting(left_out: LeftOut, table: str) -> BadRow:
    """Return a callback that notes each bad value of a table."""
    return lambda row, column: left_out.append((table, row, column))


def _release_file(
    path: Path, target: Path, rules: TablePolicy, run: RunState, left_out: LeftOut
) -> tuple[Evidence, FileDigest]:
    applied = apply_policy(open_table(path), rules, run, on_bad_row=noting(left_out, rules.name))
    write_table(applied.reader, target)
    evidence = applied.evidence()
    return evidence, digest_file(path, rows=evidence.rows_in)


def _targets(files: Sequence[Path]) -> list[str]:
    """Return the output names: the inputs' own, or .parquet where the name tells no format."""
    names = []
    for path in files:
        try:
            from_name(path)
            names.append(path.name)
        except UsageError:
            names.append(f"{path.name.split('.', 1)[0]}.parquet")
    if len(set(names)) < len(names):
        raise UsageError("two inputs have the same name, and would share one output")
    return names


def _risk(table: TablePolicy, source: Path, target: Path) -> dict[str, Any] | None:
    """Measure risk before and after, over the policy's quasi-identifiers that are still there."""
    if not table.quasi:
        return None
    after = open_table(target)
    left = [name for name in table.quasi if name in after.schema.names]
    return {
        "before": measure_risk(open_table(source), table.quasi).as_json(),
        "after": measure_risk(after, left).as_json() if left else None,
    }
