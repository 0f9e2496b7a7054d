"""Write a synthetic site: charts in the wanted shapes, device exports, and the answer key."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ehrkit.core.errors import EngineError, UsageError
from ehrkit.core.files import PRIVATE_FILE, PRIVATE_FOLDER, atomic_folder, refuse_occupied
from ehrkit.core.tables import write_table
from ehrkit.synthetic.block import Made, write_block
from ehrkit.synthetic.devices.exports import VENDORS
from ehrkit.synthetic.division import blocks
from ehrkit.synthetic.projectors import projector
from ehrkit.synthetic.spec import Spec
from ehrkit.synthetic.streams import Streams

MOST_JOBS = 64
Advance = Callable[[int], None]


@dataclass(frozen=True)
class Generated:
    """What was written: rows by shape and table, users by vendor, rows by answer-key table."""

    folder: Path
    chart_rows: dict[str, dict[str, int]]
    users: dict[str, int]
    truth_rows: dict[str, int]


def generate(
    folder: Path,
    spec: Spec,
    shapes: Sequence[str] = ("clarity",),
    *,
    jobs: int = 1,
    force: bool = False,
    advance: Advance | None = None,
) -> Generated:
    """Write a folder per shape, wearables/ and truth/ into a folder that appears when complete.

    The same spec gives the same bytes, whatever the number of jobs. `advance` is
    called with the patients of each block that is done.

    Raises:
        UsageError: an unknown shape, too many jobs, or a folder that is occupied.
        EngineError: the disk is full, or a process was killed.
    """
    projectors = {name: projector(name) for name in dict.fromkeys(shapes)}
    if not 1 <= jobs <= MOST_JOBS:
        raise UsageError(f"a whole number from 1 to {MOST_JOBS}", where="--jobs")
    refuse_occupied(folder, force=force)
    with atomic_folder(folder, force=force) as target:
        for inner in ("truth", "wearables", *projectors, *(f"wearables/{v}" for v in VENDORS)):
            (target / inner).mkdir(mode=PRIVATE_FOLDER)
        rows = {name: Counter[str]() for name in projectors}
        for name, one in projectors.items():
            for table, content in one.site_tables(Streams(spec.seed)).items():
                pq.write_table(content, target / name / f"{table}.parquet")
                rows[name][table] += content.num_rows
        work = partial(write_block, target, tuple(projectors))
        made = list(_watched(_run(work, spec, jobs, folder), spec, advance))
        _write_joined(target, made)
        _keep_private(target)
    for one_block in made:
        for name, counted in one_block.chart_rows.items():
            rows[name].update(counted)
    users, truth = Counter[str](), Counter[str]()
    for one_block in made:
        users.update(one_block.users)
        truth.update(one_block.truth_rows)
    return Generated(folder, {name: dict(own) for name, own in rows.items()}, users, truth)


def _run(work: Callable[..., Made], spec: Spec, jobs: int, folder: Path) -> Iterator[Made]:
    """Yield what each block made, in the order of blocks."""
    todo = blocks(spec)
    if jobs == 1 or len(todo) == 1:
        yield from map(work, *zip(*todo, strict=True))
        return
    # Not fork: Arrow has threads, and a forked process would wait for them for ever.
    context = get_context("forkserver")
    pool = ProcessPoolExecutor(min(jobs, len(todo)), context, _leave_interrupts_to_the_parent)
    try:
        yield from pool.map(work, *zip(*todo, strict=True))
    except BrokenProcessPool:
        raise EngineError(
            "a process that drew patients was killed",
            where=str(folder),
            hint="Was memory short? Give fewer --jobs.",
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _watched(made: Iterable[Made], spec: Spec, advance: Advance | None) -> Iterator[Made]:
    for (part, _), one in zip(blocks(spec), made, strict=True):
        if advance is not None:
            advance(part.patients)
        yield one


def _write_joined(folder: Path, made: Sequence[Made]) -> None:
    """Write the two small tables that people open by hand as one CSV file each."""
    for name, tables in (
        ("wearables/profiles.csv", [one.profiles for one in made]),
        ("truth/links.csv", [one.links for one in made]),
    ):
        joined = pa.concat_tables(tables)
        write_table(joined.sort_by("device_user_id"), folder / name)


def _keep_private(folder: Path) -> None:
    """Let only the owner read: what looks like patients is treated like patients."""
    for path in folder.rglob("*"):
        path.chmod(PRIVATE_FOLDER if path.is_dir() else PRIVATE_FILE)
