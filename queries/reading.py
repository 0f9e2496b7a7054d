"""Reading cohort files: TOML to a `Cohort`, every rule checked, every error with file and key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ehrkit.core.errors import DataError, UsageError
from ehrkit.core.spelling import suggest
from ehrkit.queries.codesets import CodeSet, load_code_sets, pick, read_code_set
from ehrkit.queries.definition import (
    ANCHORS,
    ENDS,
    GROUPS,
    KEEPS,
    SCOPES,
    VALUES,
    Age,
    Cohort,
    Column,
    Criterion,
    Events,
    FollowUp,
    Group,
    Happened,
    Index,
    Parameter,
    Rule,
    Sex,
    Window,
)
from ehrkit.queries.parameters import parse_value, read_parameters
from ehrkit.queries.relations import CODED_RELATIONS, ENCOUNTER_KINDS, RELATIONS, SEXES
from ehrkit.queries.sections import Section, read_toml
from ehrkit.queries.spelling import unknown

LIBRARY = Path(__file__).parent / "library"
LOOKS = (*CODED_RELATIONS, "encounter")


def library() -> dict[str, Path]:
    """Return the shipped cohorts by name."""
    return {path.stem: path for path in sorted(LIBRARY.glob("*.toml"))}


def find_cohort(name: str) -> Path:
    """Return the file of a library name or of a path that ends in .toml.

    Raises:
        UsageError: there is neither; the nearest library name is given.
    """
    if name.endswith(".toml"):
        return Path(name)
    if name not in library():
        raise unknown("cohort", name, library())
    return library()[name]


def load_cohort(
    name: str,
    *,
    values: Mapping[str, str] | None = None,
    code_sets: Mapping[str, CodeSet] | None = None,
) -> Cohort:
    """Read a cohort by library name or path.

    Args:
        name: a library name, or a path that ends in .toml.
        values: parameter overrides as text.
        code_sets: what code set names mean; by default the shipped ones.

    Raises:
        UsageError: no such cohort, file, parameter or code set.
        DataError: the file breaks a rule of the language.
    """
    path = find_cohort(name)
    known = load_code_sets() if code_sets is None else code_sets
    return read_cohort(read_toml(path), values or {}, known)


def read_cohort(
    section: Section, values: Mapping[str, str], code_sets: Mapping[str, CodeSet]
) -> Cohort:
    """Read a cohort from an open file."""
    parameters = read_parameters(section, values)
    reader = _Reader(parameters, {**code_sets, **_own_code_sets(section)})
    with _placed(section.where):
        cohort = Cohort(
            id=section.need("id", str),
            title=section.need("title", str),
            index=reader.index(section),
            rules=tuple(reader.rules(section)),
            columns=tuple(reader.column(one) for one in section.subs("column")),
            follow_up=reader.follow_up(section.sub("follow_up")),
            parameters=tuple(parameters.values()),
            source=section.where,
        )
    section.finish()
    return cohort


def _own_code_sets(section: Section) -> dict[str, CodeSet]:
    table = section.sub("codes")
    if table is None:
        return {}
    subs = ((name, table.sub(name)) for name in list(table.table))
    return {name: read_code_set(sub, name) for name, sub in subs if sub is not None}


@contextmanager
def _placed(where: str) -> Iterator[None]:
    """Give errors of the values themselves the place in the file."""
    try:
        yield
    except DataError as error:
        if error.where:
            raise
        raise DataError(error.what, where=where, hint=error.hint) from None


@dataclass(frozen=True)
class _Context:
    """What criteria inside a group inherit from it."""

    anchor: str = "index"
    window: Window = field(default_factory=Window)


@dataclass(frozen=True)
class _Reader:
    parameters: Mapping[str, Parameter]
    code_sets: Mapping[str, CodeSet]

    def index(self, section: Section) -> Index:
        table = section.sub("index")
        if table is None:
            raise section.error("the table [index] is missing")
        events = self.events(table)
        with _placed(table.where):
            index = Index(
                events,
                table.one_of("keep", KEEPS, "first"),
                table.one_of("of", SCOPES, "history"),
                self.between(table),
            )
        table.finish()
        return index

    def between(self, table: Section) -> tuple[date, date] | None:
        bounds = table.take("between", list)
        if bounds is None:
            return None
        dates = [self.value("date", bound) for bound in bounds]
        if len(dates) != 2 or None in dates:
            raise table.error("must be two dates, YYYY-MM-DD", key="between")
        return (dates[0], dates[1])

    def rules(self, section: Section) -> Iterator[Rule]:
        for key in ("require", "forbid"):
            for table in section.subs(key):
                label = table.need("label", str)
                criterion = self.criterion(table, _Context())
                table.finish()
                yield Rule(label, key == "forbid", criterion)

    def criterion(self, table: Section, context: _Context) -> Criterion:
        keys = ("age", "sex", *LOOKS, *GROUPS)
        found = [key for key in keys if key in table.table]
        if len(found) != 1:
            for key in table.table:
                if key not in (*keys, "label", "days", "after", "at_least"):
                    raise table.error("the key is not known", key=key, hint=suggest(key, keys))
            raise table.error(f"needs exactly one of {', '.join(keys)}")
        with _placed(table.where):
            if found[0] == "age":
                return self.age(table)
            if found[0] == "sex":
                return self.sex(table)
            if found[0] in GROUPS:
                return self.group(table, found[0], context)
            return self.happened(table, context)

    def group(self, table: Section, how: str, context: _Context) -> Group:
        inner = self.context(table, context)
        parts = []
        for part in table.subs(how):
            parts.append(self.criterion(part, inner))
            part.finish()
        return Group(how, tuple(parts))

    def age(self, table: Section) -> Age:
        bounds = table.need_sub("age")
        low, high = self.number(bounds, "at_least"), self.number(bounds, "at_most")
        bounds.finish()
        return Age(low, high)

    def sex(self, table: Section) -> Sex:
        return Sex(self.choices(table, "sex", SEXES))

    def happened(self, table: Section, context: _Context) -> Happened:
        inner = self.context(table, context)
        events = self.events(table)
        return Happened(events, inner.anchor, inner.window, self.number(table, "at_least") or 1)

    def context(self, table: Section, outer: _Context) -> _Context:
        anchor = table.one_of("after", ANCHORS, outer.anchor)
        return _Context(anchor, self.window(table, outer.window))

    def window(self, table: Section, default: Window) -> Window:
        bounds = table.take("days", list)
        if bounds is None:
            return default
        if len(bounds) != 2:
            raise table.error('must be two bounds, such as [1, 30] or ["any", -1]', key="days")
        with _placed(f"{table.where}: days"):
            return Window(self.bound(table, bounds[0]), self.bound(table, bounds[1]))

    def bound(self, table: Section, raw: Any) -> int | None:
        if raw == "any":
            return None
        value = self.value("days", raw)
        if not isinstance(value, int):
            raise table.error(
                "a bound is a whole number, a parameter, or any",
                key="days",
                hint=suggest(raw, self.parameters) if isinstance(raw, str) else None,
            )
        return value

    def number(self, table: Section, key: str) -> int | None:
        raw = table.take(key, object)
        if raw is None:
            return None
        value = self.value("integer", raw)
        if not isinstance(value, int):
            raise table.error("must be a whole number or a parameter", key=key)
        return value

    def value(self, kind: str, raw: Any) -> Any:
        """Return a literal, or the value of the parameter that a text names."""
        if isinstance(raw, str) and raw in self.parameters:
            raw = self.parameters[raw].value
        return parse_value(kind, raw)

    def events(self, table: Section) -> Events:
        found = [key for key in LOOKS if key in table.table]
        table.offer(LOOKS)
        if len(found) != 1:
            table_keys = ", ".join(LOOKS)
            raise table.error(f"needs exactly one of {table_keys}")
        relation = found[0]
        if relation == "encounter":
            return Events(relation, kinds=self.choices(table, "encounter", ENCOUNTER_KINDS))
        name = table.take(relation, str)
        code_set = pick(self.code_sets, name, where=f"{table.where}: {relation}")
        if not set(code_set.include) & set(RELATIONS[relation].vocabularies):
            raise table.error(
                f"the code set {name} has no code of a {relation} vocabulary",
                key=relation,
                hint=f"A {relation} is coded in {', '.join(RELATIONS[relation].vocabularies)}.",
            )
        return Events(relation, codes=code_set)

    def choices(self, table: Section, key: str, known: tuple[str, ...]) -> tuple[str, ...]:
        values = table.texts(key)
        for value in values:
            if value not in known:
                raise table.error(f"knows {', '.join(known)}", key=key, hint=suggest(value, known))
        if not values:
            raise table.error("needs at least one value", key=key)
        return values

    def column(self, table: Section) -> Column:
        name = table.need("name", str)
        with _placed(table.where):
            happened = self.happened(table, _Context())
            column = Column(name, happened, table.one_of("value", VALUES, "any"))
        table.finish()
        return column

    def follow_up(self, table: Section | None) -> FollowUp:
        if table is None:
            return FollowUp()
        until = self.choices(table, "until", ENDS) if "until" in table.table else ENDS
        end = table.take("end_of_data", object)
        end_date = None if end is None else self.value("date", end)
        if end is not None and end_date is None:
            raise table.error("must be a date, YYYY-MM-DD", key="end_of_data")
        with _placed(table.where):
            follow_up = FollowUp(until, end_date, self.number(table, "days"))
        table.finish()
        return follow_up


def overrides(pairs: tuple[str, ...]) -> dict[str, str]:
    """Return `name=value` texts as a mapping.

    Raises:
        UsageError: a text has no equals sign.
    """
    found = {}
    for number, pair in enumerate(pairs, 1):
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise UsageError("must look like name=value", where=f"--set number {number}")
        found[name] = value
    return found
