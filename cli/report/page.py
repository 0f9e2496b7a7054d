"""The page: sections made from the tables of other commands, each only where its table is given."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa
from jinja2 import Environment, StrictUndefined

from ehrkit.cli.report import figures
from ehrkit.core.errors import DataError
from ehrkit.core.records import Verdict

CLASS_SIZES = ((1, 1, "1"), (2, 4, "2-4"), (5, 10, "5-10"), (11, None, "11 or more"))
DAYS_IN_WEEK = 7


@dataclass
class Page:
    """A report in the making: the key figures on top, and a context per section."""

    title: str
    subtitle: str
    figures: list[Mapping[str, str]] = field(default_factory=list)
    sections: dict[str, Any] = field(default_factory=dict)

    def add(self, section: str, content: object, figures: Mapping[str, str]) -> None:
        """Add a section, and its key figures as label to value."""
        self.sections[section] = content
        self.figures += [{"label": label, "value": value} for label, value in figures.items()]

    def render(self, footer: str) -> str:
        """Return the page as one HTML text that loads nothing from elsewhere."""
        source = files("ehrkit.cli.report").joinpath("page.html").read_text("utf-8")
        template = Environment(undefined=StrictUndefined, autoescape=True).from_string(source)
        empty = dict.fromkeys(
            ("attrition", "outcome", "linkage", "risk", "coverage", "recovery", "record"), None
        )
        return template.render(
            title=self.title,
            subtitle=self.subtitle,
            figures=self.figures,
            footer=footer,
            **(empty | self.sections),
        )


def add_attrition(page: Page, table: pa.Table) -> None:
    """Add the flow of persons and index events, from `ehrkit cohort attrition`."""
    rows = _rows(table, "attrition", ("label", "persons_kept", "events_kept"))
    steps = []
    for number, row in enumerate(rows):
        lost = {"persons": row["persons_excluded"], "events": row["events_excluded"]}
        steps.append(
            {
                "label": row["label"],
                "persons": _count(row["persons_kept"]),
                "events": _count(row["events_kept"]),
                "excluded": {name: _count(n) for name, n in lost.items()} if number else None,
                "any_excluded": any(int(n) for n in lost.values()),
            }
        )
    page.add("attrition", steps, {"people in the cohort": steps[-1]["persons"]})


def add_outcome(page: Page, table: pa.Table, outcome: str) -> None:
    """Add how many index events had an outcome, a 0/1/null column of `ehrkit cohort run`.

    Args:
        page: the page.
        table: the cohort.
        outcome: `column` or `column=what it is called`.

    The interval is Wilson's 95 % (Wilson 1927, JASA 22:209), which keeps its coverage where
    events are few.
    """
    column, _, label = outcome.partition("=")
    label = label or column
    values = [row[column] for row in _rows(table, "cohort", (column,))]
    known = [float(str(value)) for value in values if value is not None]
    if not known or not set(known) <= {0.0, 1.0}:
        raise DataError("an outcome is 0, 1 or unknown", where=f"--outcome {column}")
    events, total, unknown = int(sum(known)), len(known), len(values) - len(known)
    low, high = (100 * bound for bound in _wilson(events, total))
    percent = f"{100 * events / total:.1f} %"
    text = (
        f"{label}: {events:,} of {total:,} index events, {percent} "
        f"(95 % interval {low:.1f} to {high:.1f}, Wilson)"
        + (f"; unknown for {unknown:,} without an end of stay." if unknown else ".")
    )
    page.add("outcome", text, {label: percent})


def _wilson(events: int, total: int) -> tuple[float, float]:
    z = 1.959964  # the 97.5th percentile of the normal distribution
    centre = (events + z**2 / 2) / (total + z**2)
    half = z / (total + z**2) * math.sqrt(events * (total - events) / total + z**2 / 4)
    return centre - half, centre + half


def add_linkage(page: Page, table: pa.Table) -> None:
    """Add linkage quality, from `ehrkit link evaluate`; its first row is the crosswalk as it is."""
    rows = _rows(table, "linkage", ("threshold", "precision", "recall"))
    curve = np.array(
        [[_number(row[name]) for name in ("threshold", "precision", "recall")] for row in rows]
    ).T
    first = rows[0]
    text = (
        f"{_count(first['links'])} links, {_count(first['true_links'])} of them true; "
        f"{_count(first['missed_links'])} of {_count(first['true_pairs'])} true pairs missed. "
        "Linked by keyed tokens, one to one; no identifier left its file."
    )
    picture = figures.threshold_curve(*curve)
    shown = {
        "linkage precision": f"{_number(first['precision']):.3f}",
        "linkage recall": f"{_number(first['recall']):.3f}",
    }
    page.add("linkage", {"text": text, "picture": picture}, shown)


def add_weeks(page: Page, table: pa.Table) -> None:
    """Add coverage and recovery by week, from `ehrkit wear trajectory`."""
    needed = ("person_id", "anchor_date", "first_day", "n_expected", "n_valid", "coverage")
    rows = [
        row
        for row in _rows(table, "weeks", (*needed, "percent_of_baseline"))
        if int(row["last_day"]) - int(row["first_day"]) == DAYS_IN_WEEK - 1
        and not str(row["window"]).startswith("baseline")
    ]
    starts = sorted({int(row["first_day"]) for row in rows})
    people = sorted({(str(row["person_id"]), str(row["anchor_date"])) for row in rows})
    coverage = np.full((len(people), len(starts)), np.nan)
    percent = np.full_like(coverage, np.nan)
    at = {person: index for index, person in enumerate(people)}
    column = {start: index for index, start in enumerate(starts)}
    for row in rows:
        where = at[str(row["person_id"]), str(row["anchor_date"])], column[int(row["first_day"])]
        coverage[where] = _number(row["coverage"])
        percent[where] = _number(row["percent_of_baseline"])
    wearers = np.nansum(coverage, axis=1) > 0
    if not wearers.any():
        raise DataError("nobody has a valid day in any week", where="--weeks")
    worn = [row for row in rows if wearers[at[str(row["person_id"]), str(row["anchor_date"])]]]
    _add_coverage(page, coverage[wearers], starts, worn)
    _add_recovery(page, percent[wearers], starts)


def _add_coverage(
    page: Page, coverage: figures.Floats, starts: list[int], rows: list[dict[str, Any]]
) -> None:
    expected = sum(int(row["n_expected"]) for row in rows)
    valid = sum(int(row["n_valid"]) for row in rows)
    labels = [str(_week(start)) for start in starts]
    text = (
        f"{len(coverage)} people with a device, one row each, by week from surgery (orange line). "
        "Expected days end at death, end of follow-up or end of data; a day without a record is "
        "missing, never zero."
    )
    anchor = sum(start < 0 for start in starts)
    picture = figures.coverage_map(coverage, labels, anchor)
    shown = {
        "people with a device": _count(len(coverage)),
        "of their expected days are valid": f"{100 * valid / expected:.0f} %",
    }
    page.add("coverage", {"text": text, "picture": picture}, shown)


def _add_recovery(page: Page, percent: figures.Floats, starts: list[int]) -> None:
    known = ~np.isnan(percent)
    enough = known.sum(axis=0) > 0
    quartiles = np.nanpercentile(percent[:, enough], [25, 50, 75], axis=0)
    weeks = np.array([_week(start) for start in starts], float)[enough]
    people = known.sum(axis=0)[enough].tolist()
    text = (
        "Mean steps on valid days, as percent of each person's own baseline. The grey numbers say "
        "how many people a week rests on; who wears is not who was operated on."
    )
    picture = figures.recovery(weeks, quartiles, people)
    page.add("recovery", {"text": text, "picture": picture}, {})


def add_risk(page: Page, table: pa.Table) -> None:
    """Add how alike records look, before and after, from `ehrkit deid risk --histogram`."""
    rows = _rows(table, "risk", ("stage", "k", "records"))
    stages = {stage: _by_class_size(rows, stage) for stage in ("before", "after")}
    unique = {stage: sizes[0] for stage, sizes in stages.items()}
    text = (
        f"Records that are alone in their quasi-identifiers: {unique['before']:,} before, "
        f"{unique['after']:,} after. Eleven is the cell size of the Centers for Medicare & "
        "Medicaid Services."
    )
    labels = [label for _, _, label in CLASS_SIZES]
    picture = figures.class_sizes(stages["before"], stages["after"], labels)
    shown = {"unique records left": _count(unique["after"])}
    page.add("risk", {"text": text, "picture": picture}, shown)


def _by_class_size(rows: list[dict[str, Any]], stage: str) -> list[int]:
    """Return how many records of a stage lie in classes of each range of sizes."""
    sizes = [(int(row["k"]), int(row["records"])) for row in rows if row["stage"] == stage]
    return [
        sum(records for k, records in sizes if low <= k <= (high or k))
        for low, high, _ in CLASS_SIZES
    ]


def add_record(page: Page, verdict: Verdict, outputs: list[Mapping[str, Any]]) -> None:
    """Add the verification of the run records, and the files that they name."""
    wrong = {finding.file for finding in verdict.findings}
    listed = [
        {
            "name": each["name"],
            "sha256": each["sha256"],
            "rows": _count(each["rows"]) if each.get("rows") is not None else "",
            "verdict": "does not match" if each["name"] in wrong else "matches",
        }
        for each in outputs
    ]
    text = (
        f"Signed records: {verdict.records}; files that they name: {len(verdict.files)}. "
        "Anyone with the public key can check this again: ehrkit audit verify, or openssl."
    )
    content = {
        "verified": not verdict.findings,
        "text": text,
        "files": listed,
        "findings": verdict.findings,
        "head": verdict.head,
    }
    page.add("record", content, {})


def _rows(table: pa.Table, name: str, needed: tuple[str, ...]) -> list[dict[str, Any]]:
    for column in needed:
        if column not in table.schema.names:
            raise DataError(f"there is no column {column}", where=f"--{name}")
    if not table.num_rows:
        raise DataError("the table has no rows", where=f"--{name}")
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def _number(value: object) -> float:
    """Return a figure that may come as text, or NaN where there is none."""
    return float("nan") if value is None else float(str(value))


def _count(value: object) -> str:
    return f"{int(str(value)):,}"


def _week(first_day: int) -> int:
    """Return the week of a first day: week 1 is days 1 to 7, week -1 days -7 to -1."""
    return first_day // DAYS_IN_WEEK + (first_day > 0)
