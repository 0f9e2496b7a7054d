"""Draw one block of patients and write everything of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ehrkit.synthetic.answers.key import answer_key, links, planted_table
from ehrkit.synthetic.devices.cohort import draw_cohort
from ehrkit.synthetic.devices.exports import write_exports
from ehrkit.synthetic.devices.key import device_key
from ehrkit.synthetic.devices.profiles import make_profiles
from ehrkit.synthetic.history import draw_history
from ehrkit.synthetic.parts import write_part
from ehrkit.synthetic.projection import Planted
from ehrkit.synthetic.projectors import projector
from ehrkit.synthetic.spec import Spec
from ehrkit.synthetic.streams import Streams


@dataclass(frozen=True)
class Made:
    """What one block added: rows by shape and table, users by vendor, and two small tables."""

    chart_rows: dict[str, dict[str, int]]
    truth_rows: dict[str, int]
    users: dict[str, int]
    profiles: pa.Table
    links: pa.Table


def write_block(folder: Path, shapes: tuple[str, ...], spec: Spec, streams: Streams) -> Made:
    """Draw one block and write its charts, device exports and answer key below `folder`."""
    history = draw_history(spec, streams)
    planted: Planted = []
    chart_rows = {}
    for name in shapes:
        projected = projector(name).project(history)
        planted += [(kind, f"{name}.{table}", keys) for kind, table, keys in projected.planted]
        for table, rows in projected.tables.items():
            write_part(folder / name, table, rows, streams)
        chart_rows[name] = {table: rows.num_rows for table, rows in projected.tables.items()}
    cohort = draw_cohort(history.truth, streams)
    users, minutes = write_exports(folder, cohort, streams)
    profiles, errors = make_profiles(cohort.wearers, cohort.everybody, streams)
    key = answer_key(history) | device_key(history.truth, cohort)
    key |= {"profile_errors": errors, "planted": planted_table(planted)}
    for name, rows in key.items():
        write_part(folder / "truth", name, rows, streams)
    truth_rows = {name: rows.num_rows for name, rows in key.items()}
    truth_rows |= {"wear_minutes": minutes} if cohort.by_minute else {}
    return Made(chart_rows, truth_rows, users, profiles, links(history, cohort.wearers))
