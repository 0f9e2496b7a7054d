"""Events, and numbers of them, in words."""

from __future__ import annotations

from ehrkit.queries.explaining.words import bounds, days, either
from ehrkit.queries.language.criteria import Count
from ehrkit.queries.language.events import Events, NumberFilter, Selection, TextFilter
from ehrkit.queries.language.windows import Bounds
from ehrkit.queries.spelling import with_article

FIELDS = {"total_mme": "total MME", "daily_mme": "daily MME", "encounter": "encounter id"}


def field(name: str) -> str:
    """Return the words for a field."""
    return FIELDS.get(name, name.replace("_", " "))


def events(one: Events, *, plural: bool = False) -> str:
    """Name events without an article: a union joined by or, eras with their gap."""
    text = either(_selection(part, plural=plural or one.gap is not None) for part in one.parts)
    if one.gap is None:
        return text
    return f"era{'s' if plural else ''} of {text} (gaps of at most {days(one.gap)})"


def _selection(part: Selection, *, plural: bool) -> str:
    extra = [_filter(one) for one in part.where]
    if part.unit:
        extra.append(f"in {part.unit}")
    if part.during:
        extra.append(f"during {with_article(either(part.during))} encounter")
    text = _noun(part, "s" if plural else "")
    return f"{text} ({', '.join(extra)})" if extra else text


def _noun(part: Selection, s: str) -> str:
    if part.relation == "death":
        return f"death{s}"
    if part.cohort is not None:
        return f"index event{s} of the cohort {part.name}"
    if part.relation == "note":
        return f"note{s} of kind {either(map(_quoted, part.kinds))}" if part.kinds else f"note{s}"
    if part.relation == "encounter" and not part.kinds:
        return f"encounter{s} of any kind"
    noun = f"{part.relation.replace('_', ' ')}{s}"
    names = [codes.name for codes in part.codes] or part.kinds
    return f"{either(names)} {noun}" if names else noun


def _quoted(text: str) -> str:
    return f'"{text}"'


def _filter(one: NumberFilter | TextFilter) -> str:
    if isinstance(one, TextFilter):
        return f"{field(one.field)} {either(map(_quoted, one.patterns))}"
    return f"{field(one.field)} {bounds(one.bounds).removeprefix('exactly ')}"


def number(count: Count, one: Events) -> str:
    """Say how many events, or how many different days, codes or encounters of them."""
    if count == Count() and one.relations == ("death",):
        return with_article(events(one))
    size, many = _size(count.bounds), are_many(count)
    if count.counting == "events":
        return f"{size} {events(one, plural=many)}"
    if many and _are_counted(count.counting, one):
        return f"{size} different {events(one, plural=True)}"
    what = count.counting if many else count.counting.removesuffix("s")
    different = " different" if many else ""
    return f"{size}{different} {what} {_counted(count.counting, one)}"


def are_many(count: Count) -> bool:
    """Tell whether the number takes a plural, as `no` does here."""
    return not _size(count.bounds).endswith((" one", " 1"))


def _size(one: Bounds) -> str:
    if one == Bounds(low=1):
        return "at least one"
    if one.high == 0:
        return "no"
    return bounds(one)


def counted(count: Count, one: Events) -> str:
    """Say what is counted where all of it is."""
    if count.counting == "events":
        return f"the number of {events(one, plural=True)}"
    if _are_counted(count.counting, one):
        return f"the number of different {events(one, plural=True)}"
    return f"the number of different {count.counting} {_counted(count.counting, one)}"


def _are_counted(counting: str, one: Events) -> bool:
    """Tell whether the events are the encounters that are counted."""
    return counting == "encounters" and one.relations == ("encounter",) and one.gap is None


def _counted(counting: str, one: Events) -> str:
    if counting == "codes":
        return f"of {events(one, plural=True)}"
    return f"with {with_article(events(one))}"
