"""The pictures of the report, each from plain arrays to one SVG text."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

INK = "#1f2933"
QUIET = "#8a97a6"
LINE = "#d9e0e7"
BLUE = "#1d5fa8"
ORANGE = "#d2691e"
PAPER = "#ffffff"
# Light means little worn; a colour-blind reader sees lightness.
COVERAGE = LinearSegmentedColormap.from_list("coverage", ["#f7e6d0", "#8fb8de", "#123f73"])

_STYLE: Any = {
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "grid.color": LINE,
    "legend.frameon": False,
    "svg.fonttype": "path",
    # Equal tables give equal bytes.
    "svg.hashsalt": "ehrkit",
}

Floats = npt.NDArray[np.float64]


def threshold_curve(thresholds: Floats, precision: Floats, recall: Floats) -> str:
    """Draw precision and recall of the links kept at each probability threshold."""
    with _figure(6.4, 3.0) as (figure, axes):
        places = np.arange(len(thresholds))
        axes.plot(places, precision, color=BLUE, marker="o", label="precision")
        axes.plot(places, recall, color=ORANGE, marker="s", label="recall")
        axes.set_xticks(places, ["all" if t == 0 else f"{t:g}" for t in thresholds])
        lowest = np.nanmin(np.concatenate([precision, recall, [0.9]]))
        axes.set_ylim(np.floor(lowest * 10) / 10, 1.01)
        axes.set_xlabel("links with at least this probability")
        axes.grid(axis="y")
        axes.legend(loc="lower left", ncols=2)
        return _svg(figure)


def coverage_map(coverage: Floats, labels: Sequence[str], anchor: int) -> str:
    """Draw people (rows, most covered first) by window (columns); white is not expected.

    Args:
        coverage: people x windows, 0..1; NaN where no day was expected.
        labels: a label for each window.
        anchor: the window before which the anchor lies, marked by a line.
    """
    order = np.argsort(-np.nan_to_num(np.nanmean(coverage, axis=1)), kind="stable")
    with _figure(10.4, 4.4) as (figure, axes):
        image = axes.imshow(
            coverage[order], aspect="auto", cmap=COVERAGE, vmin=0, vmax=1, interpolation="nearest"
        )
        axes.axvline(anchor - 0.5, color=ORANGE, linewidth=1.6)
        every = max(1, len(labels) // 12)
        axes.set_xticks(range(0, len(labels), every), list(labels)[::every])
        axes.set_yticks([])
        axes.set_ylabel(f"{len(coverage)} people")
        axes.set_xlabel("week from surgery")
        bar = figure.colorbar(image, ax=axes, fraction=0.02, pad=0.01)
        bar.set_label("share of expected days that are valid")
        bar.outline.set_visible(False)
        return _svg(figure)


def recovery(weeks: Floats, quartiles: Floats, people: Sequence[int]) -> str:
    """Draw the median and the quartiles of steps, as percent of own baseline, by week.

    Args:
        weeks: week from surgery.
        quartiles: 3 x weeks: first quartile, median, third quartile.
        people: how many people each week rests on.
    """
    with _figure(10.4, 4.4) as (figure, axes):
        axes.fill_between(weeks, quartiles[0], quartiles[2], color=BLUE, alpha=0.18, linewidth=0)
        axes.plot(weeks, quartiles[1], color=BLUE, linewidth=2, label="median and quartiles")
        axes.axhline(100, color=QUIET, linewidth=1, linestyle=":")
        axes.axvline(0, color=ORANGE, linewidth=1.6)
        axes.set_ylim(0, 1.12 * max(100.0, float(np.nanmax(quartiles))))
        axes.set_xlabel("week from surgery")
        axes.set_ylabel("steps, % of own baseline")
        axes.grid(axis="y")
        axes.legend(loc="upper right")
        _count_strip(axes, weeks, people)
        return _svg(figure)


def class_sizes(before: Sequence[int], after: Sequence[int], labels: Sequence[str]) -> str:
    """Draw how many records share their quasi-identifiers with how few, before and after."""
    with _figure(6.4, 3.0) as (figure, axes):
        places = np.arange(len(labels))
        axes.bar(places - 0.2, before, 0.38, color=ORANGE, label="before")
        axes.bar(places + 0.2, after, 0.38, color=BLUE, label="after")
        axes.set_xticks(places, list(labels))
        axes.set_xlabel("records that look alike (k)")
        axes.set_ylabel("records")
        axes.grid(axis="y")
        axes.legend(loc="upper left", ncols=2)
        return _svg(figure)


def _count_strip(axes: Axes, weeks: Floats, people: Sequence[int]) -> None:
    """Write under the curve how many people it rests on: a median of five is not one of fifty."""
    top = axes.get_ylim()[1]
    for index in range(0, len(weeks), max(1, len(weeks) // 10)):
        axes.text(
            weeks[index], top * 0.03, f"{people[index]}", color=QUIET, fontsize=8, ha="center"
        )
    axes.text(weeks[0], top * 0.1, "people", color=QUIET, fontsize=8, ha="center")


@contextmanager
def _figure(width: float, height: float) -> Iterator[tuple[Figure, Axes]]:
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained", facecolor=PAPER)
        axes = figure.subplots()
        axes.set_axisbelow(True)
        yield figure, axes


def _svg(figure: Figure) -> str:
    sink = io.StringIO()
    figure.savefig(sink, format="svg", metadata={"Date": None})
    text = sink.getvalue()
    return text[text.index("<svg") :]
