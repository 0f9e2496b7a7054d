"""Write de-identified tables: a folder with its signed record, or one stream."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ehrkit.cli.options import TableInput, TableOutput, say
from ehrkit.core.errors import UsageError

if TYPE_CHECKING:
    from ehrkit.core.keys import ProjectKey
    from ehrkit.core.records import FileDigest
    from ehrkit.deid.evidence import Evidence
    from ehrkit.deid.policy import Policy, TablePolicy
    from ehrkit.deid.transforms import RunState


@dataclass(frozen=True)
class Release:
    """One run of `deid apply`."""

    policy: Policy
    key: ProjectKey
    table: str | None
    crosswalk: Path | None
    quarantine: Path | None
    _left_out: list[tuple[str, int, str]] = field(default_factory=list)

    def stream(self, source: TableInput, output: TableOutput) -> None:
        """De-identify one table from a file or pipe to another."""
        from ehrkit.deid.apply import apply_policy

        run = self._start(Path())
        named = self.table or (source.stem if source.stem in self.policy.tables else None)
        table = self.policy.table(named)
        applied = apply_policy(source.open(), table, run, on_bad_row=self._noting(table.name))
        if output.write(applied.reader) is not None:
            _tell(applied.evidence())
        self._finish(run)

    def folder(self, files: tuple[TableInput, ...], out_dir: Path, *, force: bool) -> None:
        """De-identify files into a folder that appears whole, with its record, or not at all."""
        from ehrkit.core.files import atomic_folder
        from ehrkit.core.records import Run, append_record

        started = dt.datetime.now(dt.UTC)
        run = self._start(out_dir)
        targets = _targets(files)
        with atomic_folder(out_dir, force=force) as folder:
            done = [
                self._file(source, folder / target, run)
                for source, target in zip(files, targets, strict=True)
            ]
            keys = {name: print_ for _, each in done for name, print_ in each["keys"].items()}
            append_record(
                folder,
                Run(
                    command="deid apply",
                    started=started,
                    inputs=tuple(digest for digest, _ in done),
                    outputs=tuple(folder / target for target in targets),
                    keys=keys,
                    evidence={"tables": [each for _, each in done]},
                ),
                self.key,
            )
            self._finish(run)

    def _start(self, out_dir: Path) -> RunState:
        from ehrkit.deid.transforms import RunState

        if self.crosswalk and self.crosswalk.exists():
            raise UsageError("a crosswalk is never overwritten", where=str(self.crosswalk))
        for path in (self.crosswalk, self.quarantine):
            if path and out_dir != Path() and path.resolve().is_relative_to(out_dir.resolve()):
                raise UsageError("does not belong into the released folder", where=str(path))
        return RunState(self.key, self.policy, {} if self.crosswalk else None)

    def _file(
        self, source: TableInput, target: Path, run: RunState
    ) -> tuple[FileDigest, dict[str, Any]]:
        """Write one table; return the digest of its input and its evidence."""
        from ehrkit.core.records import digest_file
        from ehrkit.core.tables import write_table
        from ehrkit.deid.apply import apply_policy

        table = self.policy.table(self.table or source.stem)
        applied = apply_policy(source.open(), table, run, on_bad_row=self._noting(table.name))
        write_table(applied.reader, target)
        evidence = applied.evidence()
        _tell(evidence)
        digest = digest_file(Path(source.path), rows=evidence.rows_in)
        return digest, evidence.as_json() | {"risk": _risk(table, source, target)}

    def _noting(self, table: str) -> Any:
        return lambda row, column: self._left_out.append((table, row, column))

    def _finish(self, run: RunState) -> None:
        """Write what goes beside the tables: the crosswalk, and the list of rows left out."""
        if self.quarantine:
            from ehrkit.core.tables import write_table
            from ehrkit.deid.quarantine import quarantine_table

            write_table(quarantine_table(self._left_out), self.quarantine)
        if self.crosswalk and run.crosswalk is not None:
            from ehrkit.deid.crosswalk import write_crosswalk

            write_crosswalk(run.crosswalk, self.crosswalk, self.key)


def _targets(files: tuple[TableInput, ...]) -> list[str]:
    """Return the output names: the inputs' own, or .parquet where the name tells no format."""
    from ehrkit.core.tables.formats import from_name

    names = []
    for source in files:
        try:
            from_name(Path(source.path))
            names.append(source.name)
        except UsageError:
            names.append(f"{source.stem}.parquet")
    if len(set(names)) < len(names):
        raise UsageError("two inputs have the same name, and would share one output")
    return names


def _risk(table: TablePolicy, source: TableInput, target: Path) -> dict[str, Any] | None:
    """Measure risk before and after, over the policy's quasi-identifiers that are still there."""
    if not table.quasi:
        return None
    from ehrkit.core.tables import open_table
    from ehrkit.deid.risk import measure_risk

    after = open_table(target)
    left = [name for name in table.quasi if name in after.schema.names]
    return {
        "before": measure_risk(source.open(), table.quasi).as_json(),
        "after": measure_risk(after, left).as_json() if left else None,
    }


def _tell(evidence: Evidence) -> None:
    left_out = f", {evidence.rows_quarantined:,} quarantined" if evidence.rows_quarantined else ""
    say(
        f"{evidence.table}: {evidence.rows_in:,} rows in, {evidence.rows_out:,} out{left_out}; "
        f"claims {evidence.standard}, meets {evidence.strongest}"
    )
