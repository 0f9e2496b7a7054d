"""Whose device is it: the table that links device users to people, from linkage or enrolment."""

from __future__ import annotations

import pyarrow as pa

from ehrkit.core.errors import DataError
from ehrkit.wearables.records import cast_column


def read_crosswalk(
    reader: pa.RecordBatchReader, person: str = "person_id", name: str = "the crosswalk"
) -> dict[str, str]:
    """Return `device_user_id -> person`.

    A person may have several devices, a device only one person.

    Raises:
        DataError: a column is missing, an id is empty, or a device has two people.
    """
    table = reader.read_all()
    columns = []
    for column in ("device_user_id", person):
        if column not in table.schema.names:
            raise DataError(f"there is no column {column}", where=name)
        cast = cast_column(table[column], pa.string(), f"{name}, column {column}")
        if cast.null_count:
            raise DataError("a value is missing", where=f"{name}, column {column}")
        columns.append(cast.to_pylist())
    people: dict[str, str] = {}
    for row, (device, owner) in enumerate(zip(*columns, strict=True), start=1):
        if people.setdefault(device, owner) != owner:
            raise DataError(
                "a device user is linked to two people",
                where=f"{name}, row {row}",
                hint="Resolve the links one to one first.",
            )
    return people
