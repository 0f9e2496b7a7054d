"""Windows around anchors: dense prefix sums against the usual pandas merge and filter, in one run.

    python benchmarks/wear_align.py [--people 5000] [--days 730] [--anchors 100000]

Each method runs in a process of its own and reports CPU seconds and peak memory above that of
its loaded input; both must give the same windows. A last line parses a synthetic Apple Health
export.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from ehrkit.wearables.align import Alignment, align
from ehrkit.wearables.anchors import AnchorColumns, read_anchors
from ehrkit.wearables.records import Tally
from ehrkit.wearables.vendors import ingest
from ehrkit.wearables.windows import Window

WINDOWS = (
    Window("baseline", -90, -29),
    Window("pre", -14, -1),
    Window("week1", 1, 7),
    Window("week12", 78, 84),
)
EPOCH = (date(2022, 1, 1) - date(1970, 1, 1)).days
MB = 1024
Found = tuple[list[pa.ChunkedArray], np.ndarray]


def inputs(people: int, days: int, anchors: int) -> tuple[pa.Table, pa.Table]:
    """Return daily rows (30 % missing, 12 % invalid) and anchors, in no order."""
    draw = np.random.default_rng(7)
    person, day = np.divmod(np.flatnonzero(draw.random(people * days) >= 0.3), days)
    order = draw.permutation(len(person))
    person, day = person[order], day[order]
    names = pa.array([f"P{number:07d}" for number in range(people)])
    count = len(person)
    daily = pa.table(
        {
            "person_id": names.take(pa.array(person)),
            "date": pa.array((EPOCH + day).astype(np.int32), pa.int32()).cast(pa.date32()),
            "steps": pa.array(draw.integers(0, 20_000, count)),
            "recorded": pa.array(np.ones(count, bool)),
            "valid": pa.array(draw.random(count) >= 0.12),
            "zero_semantics": pa.array(["ambiguous"]).take(pa.array(np.zeros(count, int))),
        }
    )
    dates = (EPOCH + draw.integers(0, days, anchors)).astype(np.int32)
    return daily, pa.table(
        {
            "person_id": names.take(pa.array(draw.integers(0, people, anchors))),
            "index_date": pa.array(dates, pa.int32()).cast(pa.date32()),
        }
    )


def dense(daily: pa.Table, anchors: pa.Table) -> Found:
    """Return (n_recorded, n_valid, steps mean) per window, from ehrkit."""
    read = read_anchors(anchors.to_reader(), AnchorColumns("index_date"))
    found = align(daily.to_reader(), read, Alignment(WINDOWS)).read_all()
    keys = [found[name][:: len(WINDOWS)] for name in ("person_id", "anchor_date")]
    values = [found[name].to_numpy() for name in ("n_recorded", "n_valid", "steps_mean")]
    return keys, np.nan_to_num(np.stack(values, 1))


def merged(daily: pa.Table, anchors: pa.Table) -> Found:
    """Return the same from a merge of each person's days and anchors, then a filter."""
    days, wanted = daily.to_pandas(), anchors.to_pandas()
    days["date"] = pd.to_datetime(days["date"])
    wanted["index_date"] = pd.to_datetime(wanted["index_date"])
    wanted["row"] = np.arange(len(wanted))
    every = wanted.merge(days, on="person_id")
    offset = (every["date"] - every["index_date"]).dt.days
    result = []
    for window in WINDOWS:
        inside = every[(offset >= window.first_day) & (offset <= window.last_day)]
        recorded = inside.groupby("row")["recorded"].sum()
        valid = inside[inside["valid"]].groupby("row")["steps"].agg(["size", "mean"])
        part = pd.DataFrame({"recorded": recorded}).join(valid, how="left")
        result.append(part.reindex(range(len(wanted))).fillna(0).to_numpy())
    keys = [anchors["person_id"], anchors["index_date"]]
    return keys, np.stack(result, 1).reshape(-1, 3)


def in_order(keys: list[pa.ChunkedArray], values: np.ndarray) -> np.ndarray:
    """Sort by person and date, so that two methods can be compared."""
    firsts = [column.to_pylist() for column in keys]
    order = sorted(range(len(firsts[0])), key=lambda row: (firsts[0][row], firsts[1][row]))
    return values.reshape(len(order), len(WINDOWS), 3)[order]


def measured(method: Callable[..., Found], sizes: tuple[int, int, int], pipe: Any) -> None:
    """Send CPU seconds, memory gained, peak memory and the result."""
    daily, anchors = inputs(*sizes)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    result = method(daily, anchors)
    used = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pipe.send((used, (peak - before) / MB, peak / MB, in_order(*result)))


def alone(method: Callable[..., Found], *arguments: Any) -> Any:
    """Run in a fresh process, so that peaks do not mix."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=method, args=(*arguments, theirs))
    process.start()
    result = ours.recv()
    process.join()
    return result


def parse_apple(megabytes: int, pipe: Any) -> None:
    """Send records read, CPU seconds and memory gained."""
    record = (
        '<Record type="HKQuantityTypeIdentifierStepCount" sourceName="Somebody\u2019s\u00a0iPhone"'
        ' sourceVersion="12.1" unit="count" creationDate="2023-03-07 09:10:00 -0500"'
        ' startDate="2023-03-07 09:00:00 -0500" endDate="2023-03-07 09:10:00 -0500" value="8"/>\n'
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "u.xml"
        with path.open("w", encoding="utf-8") as target:
            target.write('<?xml version="1.0"?>\n<HealthData>\n')
            for _ in range(megabytes):
                target.write(record * (2**20 // len(record.encode())))
            target.write("</HealthData>\n")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.process_time()
        rows = sum(batch.num_rows for batch in ingest(path, "apple-health", Tally()))
        used = time.process_time() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pipe.send((rows, used, (peak - before) / MB))


def main() -> None:
    """Run everything once and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=5_000)
    parser.add_argument("--days", type=int, default=730)
    parser.add_argument("--anchors", type=int, default=100_000)
    parser.add_argument("--apple-mb", type=int, default=50)
    given = parser.parse_args()
    sizes = (given.people, given.days, given.anchors)
    ours = alone(measured, dense, sizes)
    usual = alone(measured, merged, sizes)
    assert np.allclose(ours[3], usual[3]), "the two methods differ"
    print(f"{given.anchors:,} anchors x {len(WINDOWS)} windows; results equal")
    for name, (used, gained, peak, _) in (("dense prefix sums", ours), ("pandas merge", usual)):
        print(f"  {name:18} {used:6.2f} CPU s   +{gained:6.0f} MB   peak {peak:6.0f} MB")
    print(f"  ratio: {usual[0] / ours[0]:.1f} x CPU, {usual[1] / ours[1]:.1f} x memory")
    rows, used, gained = alone(parse_apple, given.apple_mb)
    rate = given.apple_mb / used
    print(f"Apple Health: {rows:,} records, {rate:.0f} MB per CPU s, +{gained:.0f} MB")


if __name__ == "__main__":
    main()
