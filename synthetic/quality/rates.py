"""The answer key's counts beside the rates at which trouble was to be planted.

Everything is counted in the written files: the planted rows of the key, and the rows that
could have been planted. A kind passes when its count lies within four standard deviations
of what its rate gives, plus one (about one fair comparison in 10,000 fails).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import UsageError
from ehrkit.synthetic.quality.stated import Stated, stated
from ehrkit.synthetic.quality.written import Files
from ehrkit.synthetic.spec import Spec

DEVIATIONS = 4
SCHEMA = pa.schema(
    [
        field("kind", pa.string(), Phi.NONE),
        field("rate", pa.float64(), Phi.NONE),
        field("of", pa.string(), Phi.NONE),
        field("possible", pa.int64(), Phi.NONE),
        field("expected", pa.float64(), Phi.NONE),
        field("planted", pa.int64(), Phi.NONE),
        field("within", pa.bool_(), Phi.NONE),
    ]
)


def planted_rates(folder: Path, spec: Spec | None = None) -> pa.Table:
    """Compare the answer key of a site with the stated rates.

    Args:
        folder: a written site that holds the clarity shape.
        spec: the rates that it was made with; the usual ones if not given.

    Returns:
        One row per kind: its rate, of what, how many rows could have it (possible), how many
        were to be expected, how many are in the answer key (planted), and whether that is
        within DEVIATIONS standard deviations.

    Raises:
        UsageError: the folder is no synthetic site with Clarity tables.
    """
    if not (folder / "clarity").is_dir() or not (folder / "truth").is_dir():
        raise UsageError(
            "is not a synthetic site with the clarity shape", where=str(folder),
            hint="Make one: ehrkit synth OUT",
        )  # fmt: skip
    files = Files(folder)
    rows = [_compared(files, one) for one in stated(spec or Spec(1, 0))]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _compared(files: Files, one: Stated) -> dict[str, object]:
    possible, planted = one.possible(files), one.planted(files)
    expected = one.rate * possible
    # One more for rates that are kept exactly, and rounded.
    slack = DEVIATIONS * np.sqrt(expected * (1 - one.rate)) + 1
    return {
        "kind": one.kind,
        "rate": one.rate,
        "of": one.of,
        "possible": possible,
        "expected": expected,
        "planted": planted,
        "within": bool(abs(planted - expected) <= slack),
    }
