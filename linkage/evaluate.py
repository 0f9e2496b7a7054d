"""How good a crosswalk is, against known true pairs."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from ehrkit.core.columns import Phi, field
from ehrkit.core.errors import DataError, VerificationError
from ehrkit.linkage.records import numbers, select, texts

CURVE = (0.5, 0.75, 0.9, 0.95, 0.99, 0.999)

_REPORT = pa.schema(
    [
        field("threshold", pa.float64(), Phi.NONE),
        field("links", pa.int64(), Phi.NONE),
        field("true_links", pa.int64(), Phi.NONE),
        field("false_links", pa.int64(), Phi.NONE),
        field("missed_links", pa.int64(), Phi.NONE),
        field("true_pairs", pa.int64(), Phi.NONE),
        field("precision", pa.float64(), Phi.NONE),
        field("recall", pa.float64(), Phi.NONE),
        field("f1", pa.float64(), Phi.NONE),
    ]
)


def evaluate(
    crosswalk: pa.Table, truth: pa.Table, *, thresholds: Sequence[float] = CURVE
) -> pa.Table:
    """Return precision, recall and F1, of all links and of those at or above thresholds.

    The first row, threshold 0, is the crosswalk as it is. A crosswalk without a
    `probability` has that row only. Denominators: precision, the links; recall, all
    distinct pairs of the truth with both ids. A truth row with a missing id (a device
    that belongs to no patient) is no pair. Figures without a denominator are null.

    Args:
        crosswalk: the first two columns are the ids.
        truth: has columns of the same two names.
        thresholds: probabilities of the further rows.

    Raises:
        DataError: the truth lacks a column, holds no pair, or a probability is no number.
    """
    names = crosswalk.schema.names[:2]
    if len(names) < 2:
        raise DataError("a crosswalk has two id columns", where="crosswalk")
    graded = "probability" in crosswalk.schema.names
    known = _pairs(truth, names, where="truth")
    if not known.num_rows:
        raise DataError("there is no pair with both ids", where="truth")
    links = _pairs(crosswalk, names, where="crosswalk", with_probability=graded)
    known = known.append_column("found", pa.array([True] * known.num_rows))
    hit = links.join(known, keys=["left", "right"])
    rows = [_figures(0.0, hit, known.num_rows)]
    if graded:
        for limit in thresholds:
            above = hit.filter(pc.greater_equal(hit["probability"], limit))
            rows.append(_figures(limit, above, known.num_rows))
    columns = zip(*rows, strict=True)
    return pa.table(
        [pa.array(column, f.type) for column, f in zip(columns, _REPORT, strict=True)], _REPORT
    )


def require(
    report: pa.Table, *, precision: float | None = None, recall: float | None = None
) -> None:
    """Hold the crosswalk as it is (the first row) to least figures.

    Raises:
        VerificationError: a figure is below its threshold, or has no denominator.
    """
    for name, least in (("precision", precision), ("recall", recall)):
        reached = report[name][0].as_py()
        if least is not None and (reached is None or reached < least):
            shown = "undefined" if reached is None else f"{reached:.4f}"
            raise VerificationError(f"{name} is {shown}, below the required {least:.4f}")


def _pairs(
    table: pa.Table, names: Sequence[str], *, where: str, with_probability: bool = False
) -> pa.Table:
    """Return the distinct pairs of ids as text, rows with a missing id left out."""
    wanted = [*names, "probability"] if with_probability else list(names)
    table = select(table.to_reader(), wanted, where=where)
    columns = {"left": texts(table, names[0]), "right": texts(table, names[1])}
    if with_probability:
        columns["probability"] = numbers(table, "probability", where=where)
        made = pa.table(columns).group_by(["left", "right"]).aggregate([("probability", "max")])
        made = made.rename_columns(["left", "right", "probability"])
    else:
        made = pa.table(columns).group_by(["left", "right"]).aggregate([])
    return made.filter(pc.and_(pc.is_valid(made["left"]), pc.is_valid(made["right"])))


def _figures(limit: float, hit: pa.Table, known: int) -> tuple[float | int | None, ...]:
    links = hit.num_rows
    true = pc.sum(hit["found"]).as_py() or 0
    precision = true / links if links else None
    return (
        limit,
        links,
        true,
        links - true,
        known - true,
        known,
        precision,
        true / known,
        2 * true / (links + known),
    )
