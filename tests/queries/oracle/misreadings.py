"""Wrong readings of the language, each a small change of the interpreter.

What is drawn must tell each of them from the right reading; else an engine with that fault
would agree.
"""

from __future__ import annotations

from datetime import timedelta

from tests.queries.oracle import (
    anchors,
    codes,
    columns,
    criteria,
    events,
    index,
    interpreter,
    picking,
    texts,
    values,
    windows,
)


def _open_end(study, raw, number, factor):
    low, high = (study.values.bound(one) for one in raw)
    return (low is None or number >= low * factor) and (high is None or number < high * factor)


def _open_start(study, raw, number, factor):
    low, high = (study.values.bound(one) for one in raw)
    return (low is None or number > low * factor) and (high is None or number <= high * factor)


def _uncut(study, raw, start, moment):
    if moment is None:
        return False
    return windows._between(study, raw, (moment - start) / timedelta(seconds=1), 3600)


def _calendar_days(study, raw, start, moment):
    if moment is None:
        return False
    return windows._between(study, raw, (moment.date() - start.date()).days * 24 * 3600, 3600)


def _early_birthday(born, on):
    early = (born.month, 28 if (born.month, born.day) == (2, 29) else born.day)
    return on.year - born.year - ((on.month, on.day) < early)


def _by_year(born, on):
    return on.year - born.year


def _later_first(row, keep, start):
    order = _order(row, keep, start)
    return (order[0], -order[1], *order[2:]) if keep == "nearest" else order


def _instants_last(row, keep, start):
    order = list(_order(row, keep, start))
    known = 1 if keep == "last" else 2
    order[known] = not order[known]
    return tuple(order)


_order = picking._order


def _washed_on_the_day(events_, days):
    return {
        one
        for one in events_
        if not any(
            other.person == one.person and other != one and 0 <= (one.date - other.date).days <= days
            for other in events_
        )
    }


def _merged_inside(spans, gap):
    return _merged(spans, gap - 1)


_merged = events._merged


def _no_wider(spans, gap):
    """Compare with the last event's end, not with the latest."""
    found = []
    for start, end in spans:
        if found and (start - found[-1][1]).days <= gap:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _short_codes(text, code):
    if ".." not in text:
        return _pattern(text, code)
    low, high = (codes.plain_code(part) for part in text.split(".."))
    return low <= code[: len(low)] <= high


_pattern = codes._pattern


def _same_unknown(anchor, event):
    return event.encounter == anchor.encounter


def _never_none(study, table, number):
    low = study.values.number(table.get("at_least", 1))
    return number >= low and _right_number(study, table, number)


_right_number = criteria.right_number


def _overlooked(study, table, event):
    return True


def _unknown_first(event):
    return (event.date, event.encounter is not None, event.encounter or "")


def _numbers_order(event):
    return (event.date, event.encounter is None, len(event.encounter or ""), event.encounter or "")


def _rolled_over(start, months):
    """Add months as some databases do: what a short month lacks runs over."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return start.replace(year=year, month=month + 1, day=1) + timedelta(days=start.day - 1)


def _window_first(study, table, start, follow_up_end):
    end, reason = _end(study, table, start, follow_up_end)
    last = study.values.bound(table["days"][1]) if "days" in table else None
    on_it = end is not None and last is not None and (end - start.date).days == last
    return (end, "window") if on_it else (end, reason)


_end = columns._end


def _with_case(pattern, text):
    return text is not None and _alike(pattern, text) and pattern[:1] == text[:1]


_alike = texts.alike

MISREADINGS = {
    "the last day is outside a window": [(windows, "_between", _open_end)],
    "the first day is outside a window": [(windows, "_between", _open_start)],
    "instants keep their fractions": [(windows, "_hours", _uncut)],
    "hours are days": [(windows, "_hours", _calendar_days)],
    "unknown encounters are the same": [(windows, "_same", _same_unknown)],
    "29 February becomes the 28th": [
        (criteria, "age", _early_birthday), (interpreter, "age", _early_birthday)],
    "ages by year": [(criteria, "age", _by_year), (interpreter, "age", _by_year)],
    "the later of two as near": [(picking, "_order", _later_first)],
    "unknown instants first": [(picking, "_order", _instants_last)],
    "any row tells the discharge": [(anchors, "ORDER", {})],
    "washout of the same day": [(index, "washed", _washed_on_the_day)],
    "unknown encounters first": [(index, "_first", _unknown_first)],
    "ids are numbers": [(index, "_first", _numbers_order)],
    "a gap is one day shorter": [(events, "_merged", _merged_inside)],
    "an era ends with its last event": [(events, "_merged", _no_wider)],
    "shorter codes in ranges": [(codes, "_pattern", _short_codes)],
    "during is overlooked": [(events, "_during", _overlooked)],
    "at_most needs one": [(criteria, "right_number", _never_none)],
    "months run over": [(values, "months_later", _rolled_over)],
    "the window before follow-up": [(columns, "_end", _window_first)],
    "texts with case": [(events, "alike", _with_case)],
}  # fmt: skip
