"""Write a synthetic site: a chart, device exports, and the answer key, all or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from ehrkit.core.files import PRIVATE_FILE, PRIVATE_FOLDER, atomic_folder
from ehrkit.core.tables import write_table
from ehrkit.synthetic.answer_key import answer_key
from ehrkit.synthetic.chart import make_chart
from ehrkit.synthetic.chart_file import write_chart
from ehrkit.synthetic.people import People
from ehrkit.synthetic.planted import planted
from ehrkit.synthetic.profiles import make_profiles
from ehrkit.synthetic.spec import Spec
from ehrkit.synthetic.streams import Streams
from ehrkit.synthetic.vendor_apple import apple_export
from ehrkit.synthetic.vendor_fitbit import fitbit_archive
from ehrkit.synthetic.vendor_google import google_payload
from ehrkit.synthetic.wear_truth import WearDays, wear
from ehrkit.synthetic.wearers import APPLE, FITBIT, GOOGLE, Wearers, choose_wearers

CSV_TABLES = ("links",)
SUFFIXES = {GOOGLE: "json", FITBIT: "zip", APPLE: "xml"}


@dataclass(frozen=True)
class Generated:
    """What was written: rows by chart table, device users by vendor, rows by answer-key table."""

    folder: Path
    chart_rows: dict[str, int]
    users: dict[str, int]
    truth_rows: dict[str, int]


def generate(folder: Path, patients: int, seed: int, *, force: bool = False) -> Generated:
    """Write chart.duckdb, wearables/ and truth/ into a folder that appears only when complete.

    The same patients and seed give the same content.

    Raises:
        UsageError: a size or seed out of range, or a folder that is occupied.
        EngineError: the disk is full, or the database cannot be written.
    """
    spec = Spec(patients, seed)
    with atomic_folder(folder, force=force) as target:
        chart, streams = make_chart(spec), Streams(seed)
        write_chart(target / "chart.duckdb", chart.tables)
        wearers, everybody = choose_wearers(chart.truth, streams)
        days = wear(chart.truth, wearers, streams)
        _write_wearables(target / "wearables", wearers, everybody, days, streams)
        key = answer_key(chart, wearers, days) | {"planted": planted(chart)}
        _write_truth(target / "truth", key)
        _keep_private(target)
    rows = {name: table.num_rows for name, table in chart.tables.items()}
    users = {vendor: int((wearers.vendor == vendor).sum()) for vendor in SUFFIXES}
    return Generated(folder, rows, users, {name: table.num_rows for name, table in key.items()})


def _write_wearables(
    folder: Path, wearers: Wearers, everybody: People, days: WearDays, streams: Streams
) -> None:
    """Write the portal's profiles and one export per device user, in a folder per vendor."""
    folder.mkdir()
    write_table(make_profiles(wearers, everybody, streams), folder / "profiles.csv")
    for vendor in SUFFIXES:
        (folder / vendor).mkdir()
    for name, content in _exports(wearers, everybody, days, streams):
        (folder / name).write_bytes(content)


def _exports(
    wearers: Wearers, everybody: People, days: WearDays, streams: Streams
) -> Iterator[tuple[str, bytes]]:
    edges = np.searchsorted(days.user, np.arange(len(wearers) + 1))
    rng = streams.of("apple exports")
    for user in range(len(wearers)):
        own = days.take(np.arange(edges[user], edges[user + 1]))
        vendor = str(wearers.vendor[user])
        if vendor == GOOGLE:
            content = google_payload(own)
        elif vendor == FITBIT:
            content = fitbit_archive(own)
        else:
            content = apple_export(own, str(everybody.first[wearers.identity[user]]), rng)
        yield f"{vendor}/{wearers.device_user_id[user]}.{SUFFIXES[vendor]}", content


def _write_truth(folder: Path, key: dict[str, pa.Table]) -> None:
    folder.mkdir()
    for name, table in key.items():
        write_table(table, folder / (f"{name}.csv" if name in CSV_TABLES else f"{name}.parquet"))


def _keep_private(folder: Path) -> None:
    """Let only the owner read: what looks like patients is treated like patients."""
    for path in folder.rglob("*"):
        path.chmod(PRIVATE_FOLDER if path.is_dir() else PRIVATE_FILE)
