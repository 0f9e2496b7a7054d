"""The crosswalk: the only way back from a token to its original, written only when asked for.

Pseudonyms are one-way and codes are random; a run that is told to keeps their
originals in one encrypted file, for the holder of the project key. The file is a
header line of JSON, a 12-byte nonce, and AES-256-GCM over an Arrow stream of
(purpose, token, original); the header is authenticated with it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import DataError, PolicyError, UsageError
from ehrkit.core.files import atomic_file
from ehrkit.core.keys import ProjectKey
from ehrkit.core.spelling import suggest
from ehrkit.deid.transforms.kernel import text_column

PURPOSE = "crosswalk"
NONCE_BYTES = 12
_SCHEMA = pa.schema(
    [
        field("purpose", pa.string(), Phi.NONE),
        field("token", pa.string(), Phi.OTHER_ID),
        field("original", pa.string(), Phi.OTHER_ID),
    ]
)

Originals = Mapping[tuple[str, str], str]


def write_crosswalk(originals: Originals, path: Path, key: ProjectKey) -> None:
    """Write a crosswalk, mode 0600, encrypted under a sub-key of the project key.

    Raises:
        UsageError: the file exists. It may be the only way back for an older release.
    """
    if path.exists():
        raise UsageError("a crosswalk is never overwritten", where=str(path))
    table = pa.table(
        [
            pa.array([purpose for purpose, _ in originals], pa.string()),
            pa.array([token for _, token in originals], pa.string()),
            pa.array(list(originals.values()), pa.string()),
        ],
        schema=_SCHEMA,
    ).sort_by([("purpose", "ascending"), ("token", "ascending")])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    header = _header(key)
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(key.subkey(PURPOSE)).encrypt(nonce, sink.getvalue().to_pybytes(), header)
    with atomic_file(path) as handle:
        handle.write(header + nonce + sealed)


def read_crosswalk(path: Path, key: ProjectKey) -> pa.Table:
    """Read a crosswalk: columns purpose, token, original.

    Raises:
        UsageError: there is no such file.
        DataError: not a crosswalk.
        PolicyError: another key's crosswalk, or one that was changed.
    """
    try:
        raw = path.read_bytes()
    except OSError:
        raise UsageError("there is no such crosswalk", where=str(path)) from None
    header, newline, rest = raw.partition(b"\n")
    if not newline or _kind(header) != PURPOSE:
        raise DataError("not a crosswalk", where=str(path))
    if header + newline != _header(key):
        raise PolicyError("the crosswalk was written under another key or epoch", where=str(path))
    try:
        opened = AESGCM(key.subkey(PURPOSE)).decrypt(
            rest[:NONCE_BYTES], rest[NONCE_BYTES:], header + newline
        )
    except (InvalidTag, ValueError):
        raise PolicyError("the crosswalk was changed or cut short", where=str(path)) from None
    return pa.ipc.open_stream(opened).read_all()


def reidentify(
    reader: pa.RecordBatchReader, column: str, crosswalk: pa.Table, purpose: str
) -> pa.RecordBatchReader:
    """Return the stream with the tokens of a column replaced by their originals, tagged `R`.

    Raises:
        UsageError: no such column, or no such purpose in the crosswalk.
        DataError: a token that the crosswalk does not hold (while the stream is read).
    """
    if column not in reader.schema.names:
        raise UsageError(
            f"the table has no column '{column}'", hint=suggest(column, reader.schema.names)
        )
    known = crosswalk.filter(pc.equal(crosswalk["purpose"], purpose))
    if not known.num_rows:
        purposes = pc.unique(crosswalk["purpose"]).to_pylist()
        raise UsageError(
            f"the crosswalk holds no purpose '{purpose}'", hint=suggest(purpose, purposes)
        )
    at = reader.schema.get_field_index(column)
    schema = reader.schema.set(at, field(column, pa.string(), Phi.OTHER_ID))
    tokens = known["token"].combine_chunks()
    originals = known["original"].combine_chunks()

    def restored(batch: pa.RecordBatch) -> pa.RecordBatch:
        text = text_column(batch, column)
        found = originals.take(pc.index_in(text, value_set=tokens))
        if found.null_count > text.null_count:
            raise DataError(
                f"{found.null_count - text.null_count} tokens are not in the crosswalk",
                where=f"column {column}",
                hint="Random codes differ from run to run: use the crosswalk of this release.",
            )
        columns = [*batch.columns[:at], found, *batch.columns[at + 1 :]]
        return pa.RecordBatch.from_arrays(columns, schema=schema)

    return pa.RecordBatchReader.from_batches(schema, (restored(batch) for batch in reader))


def _header(key: ProjectKey) -> bytes:
    document = {
        "ehrkit": PURPOSE,
        "version": 1,
        "epoch": key.epoch,
        "key": key.fingerprint(PURPOSE),
    }
    return json.dumps(document, sort_keys=True).encode() + b"\n"


def _kind(header: bytes) -> str | None:
    try:
        document = json.loads(header)
    except ValueError:
        return None
    return document.get("ehrkit") if isinstance(document, dict) else None
