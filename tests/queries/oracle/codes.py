"""Code sets: wildcards, ranges, validity dates, descendants, exclusions."""

from __future__ import annotations

from tests.queries.oracle.rows import plain_code
from tests.queries.oracle.texts import alike


def in_set(code_set, event, study):
    """Tell whether an event's vocabulary includes its code and does not exclude it."""
    return _listed(code_set["include"], event, study) and not _listed(
        code_set.get("exclude", {}), event, study
    )


def _listed(entries, event, study):
    if event.code is None:
        return False
    return any(_entry(one, event, study) for one in entries.get(event.vocabulary, []))


def _entry(entry, event, study):
    if isinstance(entry, str):
        return _pattern(entry, event.code)
    for key in ("from", "until"):
        if key in entry and event.date is None:
            return False
    if "from" in entry and event.date < study.values.date(entry["from"]):
        return False
    if "until" in entry and event.date > study.values.date(entry["until"]):
        return False
    if _pattern(entry["code"], event.code):
        return True
    return bool(entry.get("descendants")) and event.code in below(
        plain_code(entry["code"]), study.data["descent"]
    )


def below(concept, descents):
    """Return all codes below a concept."""
    found, waiting = set(), [concept]
    while waiting:
        above = waiting.pop()
        for row in descents:
            if row["ancestor"] == above and row["descendant"] not in found:
                found.add(row["descendant"])
                waiting.append(row["descendant"])
    return found


def _pattern(text, code):
    if ".." in text:
        low, high = (plain_code(part) for part in text.split(".."))
        return len(code) >= len(low) and low <= code[: len(low)] <= high
    return alike(plain_code(text), code)
