"""Every key of the language, read into the value that it means."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ehrkit.queries.language.cohort import Column, FollowUp, Index, PersonColumn, Pick
from ehrkit.queries.language.criteria import (
    Age,
    Attribute,
    Count,
    Followed,
    Group,
    Happened,
    Observed,
)
from ehrkit.queries.language.events import Events, NumberFilter, Selection, TextFilter
from ehrkit.queries.language.windows import Bounds, Placement, Window
from tests.queries.reading.files import load

ENCOUNTER = Events((Selection("encounter"),))


def criterion(folder: Path, text: str) -> object:
    return load(folder, f'[[require]]\nlabel = "R"\n{text}\n').rules[0].criterion


def column(folder: Path, text: str) -> Column:
    (one,) = load(folder, f'[[column]]\nname = "c"\n{text}\n').columns
    assert isinstance(one, Column)
    return one


EVERY = 'encounter = "any"\nkeep = "every"\n'


def index(folder: Path, text: str) -> Index:
    return load(folder, index=f"[index]\n{text}\n").index


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("age = { at_least = 18 }", Age(Bounds(18))),
        ("age = { above = 17, below = 65 }", Age(Bounds(17, 65, True, True))),
        ("age = { at_most = 64.5 }", Age(Bounds(None, 64.5))),
        ('age = { at_least = "many" }', Age(Bounds(3))),
        ('sex = "female"', Attribute("sex", ("female",))),
        ('race = ["white", "unknown"]', Attribute("race", ("white", "unknown"))),
        ('ethnicity = "not-hispanic"', Attribute("ethnicity", ("not-hispanic",))),
        ("observed = { before = 365 }", Observed(365, 0)),
        ('observed = { after = "window" }', Observed(0, 30)),
        ("observed = {}", Observed(0, 0)),
        ("followed = { at_least = 90, at_most = 400 }", Followed(Bounds(90, 400))),
    ],
)
def test_criteria_of_the_person(tmp_path: Path, text: str, expected: object) -> None:
    assert criterion(tmp_path, text) == expected


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", Count(Bounds(1))),
        ("at_least = 2", Count(Bounds(2))),
        ("at_most = 3", Count(Bounds(None, 3))),
        ("at_least = 2\nat_most = 3", Count(Bounds(2, 3))),
        ('exactly = "many"', Count(Bounds(3, 3))),
        ("exactly = 0", Count(Bounds(0, 0))),
        ('counting = "days"', Count(Bounds(1), "days")),
        ('counting = "encounters"\nat_least = 2', Count(Bounds(2), "encounters")),
    ],
)
def test_numbers(tmp_path: Path, text: str, count: Count) -> None:
    found = criterion(tmp_path, f'encounter = "any"\n{text}')
    assert isinstance(found, Happened) and found.count == count
    assert column(tmp_path, f'encounter = "any"\n{text}').count == count


@pytest.mark.parametrize(
    ("text", "placement"),
    [
        ("", Placement()),
        ('after = "discharge"', Placement("discharge")),
        ("days = [1, 30]", Placement(days=Window(1, 30))),
        ('days = ["any", -1]', Placement(days=Window(None, -1))),
        ('days = [1, "any"]', Placement(days=Window(1, None))),
        ('days = [0, "window"]', Placement(days=Window(0, 30))),
        ("hours = [-24, 48]", Placement(hours=Window(-24, 48))),
        ("end_days = [0, 0]", Placement(end_days=Window(0, 0))),
        ("end_hours = [0, 1]", Placement(end_hours=Window(0, 1))),
        ("same_encounter = true", Placement(same_encounter=True)),
        ("same_encounter = false", Placement(same_encounter=False)),
        ('after = "before-end"\ndays = [0, 1]', Placement("before-end", days=Window(0, 1))),
    ],
)
def test_placements(tmp_path: Path, text: str, placement: Placement) -> None:
    event = '[[event]]\nname = "before"\nencounter = "any"\n'
    cohort = load(tmp_path, f'{event}[[column]]\nname = "c"\nencounter = "any"\n{text}\n')
    (one,) = cohort.columns
    assert isinstance(one, Column) and one.look.placement == placement


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('encounter = "any"', Selection("encounter")),
        ('encounter = ["inpatient", "any"]', Selection("encounter")),
        ('encounter = "kind"', Selection("encounter", kinds=("inpatient",))),
        ('note = ["Op Note", "x*"]', Selection("note", kinds=("Op Note", "x*"))),
        ('device_day = "valid"', Selection("device_day", kinds=("valid",))),
        ('device_day = "any"', Selection("device_day")),
        ("death = true", Selection("death")),
        ('encounter = "any"\nduring = ["inpatient", "other"]',
         Selection("encounter", during=("inpatient", "other"))),
        ('encounter = "any"\nwhere = { length_of_stay = 3 }',
         Selection("encounter", where=(NumberFilter("length_of_stay", Bounds(3, 3)),))),
        ('encounter = "any"\nwhere = { length_of_stay = { above = "level" } }',
         Selection("encounter", where=(NumberFilter("length_of_stay", Bounds(1.5, None, True)),))),
        ('encounter = "any"\nwhere = { specialty = ["Spine*", "kind"] }',
         Selection("encounter", where=(TextFilter("specialty", ("spine*", "inpatient")),))),
    ],
)  # fmt: skip
def test_selectors(tmp_path: Path, text: str, expected: Selection) -> None:
    assert column(tmp_path, text).look.events == Events((expected,))


def test_coded_selectors_name_sets_parameters_and_sets_of_the_file(tmp_path: Path) -> None:
    text = '[codes.own.include]\nicd10pcs = ["0SG*"]\n[[column]]\nname = "c"\n'
    text += 'procedure = ["fusion", "own", "lumbar-fusion"]\nwhere = { vocabulary = "icd10pcs" }\n'
    (one,) = load(tmp_path, text, fusion="cervical-fusion").columns
    assert isinstance(one, Column)
    (part,) = one.look.events.parts
    assert [codes.name for codes in part.codes] == ["cervical-fusion", "own", "lumbar-fusion"]
    assert part.where == (TextFilter("vocabulary", ("icd10pcs",)),)


def test_a_parameter_goes_before_a_code_set_of_its_name(tmp_path: Path) -> None:
    head = 'id = "x"\ntitle = "X"\n[parameters]\n'
    head += 'lumbar-fusion = { type = "codes", default = "cervical-fusion" }\n'
    found = load(tmp_path, head=head).index.events
    assert found is not None and found.name == "cervical-fusion"


def test_units_and_unions_and_eras(tmp_path: Path) -> None:
    one = column(tmp_path, 'measurement = "creatinine"\nunit = "umol/L"\nvalue = "max"')
    assert (one.look.events.parts[0].unit, one.field) == ("umol/L", "value")
    union = column(tmp_path, 'events = [{ encounter = "any" }, { death = true }]\ngap = "many"')
    assert union.look.events == Events((Selection("encounter"), Selection("death")), 3)


def test_groups_hand_their_placement_down(tmp_path: Path) -> None:
    found = criterion(
        tmp_path,
        'after = "discharge"\ndays = [-365, 0]\nsame_encounter = false\nany = [\n'
        '{ encounter = "any" }, { encounter = "any", days = [-30, 0], after = "index" },\n'
        '{ sex = "female" }, { none = [{ encounter = "any", same_encounter = true }] }]',
    )
    outer = Placement("discharge", days=Window(-365, 0), same_encounter=False)
    assert isinstance(found, Group) and found.how == "any"
    first, second, third, fourth = found.parts
    assert isinstance(first, Happened) and first.look.placement == outer
    assert isinstance(second, Happened)
    assert second.look.placement == Placement("index", days=Window(-30, 0), same_encounter=False)
    assert third == Attribute("sex", ("female",))
    assert isinstance(fourth, Group) and isinstance(fourth.parts[0], Happened)
    assert fourth.parts[0].look.placement == Placement(
        "discharge", days=Window(-365, 0), same_encounter=True
    )


def test_a_number_of_criteria(tmp_path: Path) -> None:
    text = 'of = [{ sex = "female" }, { age = { at_least = 18 } }]\n'
    found = criterion(tmp_path, text + "at_most = 1")
    assert isinstance(found, Group) and found.bounds == Bounds(None, 1)
    found = criterion(tmp_path, text + "exactly = 0")
    assert isinstance(found, Group) and found.bounds == Bounds(0, 0)


@pytest.mark.parametrize(
    ("text", "value", "field"),
    [
        ("", "any", None),
        ('value = "count"', "count", None),
        ('value = "days_to"', "days_to", None),
        ('value = "sum"', "sum", "length_of_stay"),
        ('value = "nearest"', "nearest", "length_of_stay"),
        ('value = "last"\nfield = "discharged_to"', "last", "discharged_to"),
        ('value = "first"\nfield = "days"', "first", "days"),
    ],
)
def test_columns(tmp_path: Path, text: str, value: str, field: str | None) -> None:
    one = column(tmp_path, f'encounter = "any"\n{text}')
    assert (one.value, one.field) == (value, field)


def test_columns_of_text_and_of_the_person(tmp_path: Path) -> None:
    one = column(tmp_path, 'measurement = "creatinine"\nvalue = "text"')
    assert (one.value, one.field) == ("nearest", "text")
    cohort = load(tmp_path, '[[column]]\nname = "born"\nperson = "birth_date"\n')
    assert cohort.columns == (PersonColumn("born", "birth_date"),)


def test_the_index(tmp_path: Path) -> None:
    found = index(tmp_path, 'encounter = "any"\nof = "eligible"')
    assert found == Index(ENCOUNTER, keep="first", of="eligible")
    found = index(tmp_path, 'encounter = "any"\nkeep = "nth"\nnth = "many"\nof = "eligible"')
    assert (found.keep, found.nth, found.of) == ("nth", 3, "eligible")
    found = index(tmp_path, f'{EVERY}washout = "window"\nbetween = ["since", "as-of"]')
    assert found.washout == 30
    assert found.between == (date(2018, 1, 1), date(2024, 2, 29))
    found = index(tmp_path, 'calendar = ["2020-01-01", 2021-01-01, "since", "2020-01-01"]')
    days = (date(2020, 1, 1), date(2021, 1, 1), date(2018, 1, 1))
    assert (found.events, found.calendar, found.keep) == (None, days, "every")
    assert index(tmp_path, 'calendar = "as-of - 1 year"').calendar == (date(2023, 2, 28),)


def test_events_outcomes_and_follow_up(tmp_path: Path) -> None:
    cohort = load(
        tmp_path,
        '[[event]]\nname = "e"\nencounter = "any"\nkeep = "nth"\nnth = 2\n'
        '[[event]]\nname = "f"\nencounter = "any"\nafter = "e"\nkeep = "nearest"\n'
        '[[outcome]]\nname = "o"\ndeath = true\nafter = "e"\n'
        '[follow_up]\nuntil = ["death"]\nend_of_data = "as-of - 1 month"\ndays = "window"\n'
        '[[follow_up.censor]]\nname = "n"\nencounter = "any"\n',
    )
    assert [(one.name, one.pick) for one in cohort.events] == [
        ("e", Pick("nth", 2)), ("f", Pick("nearest", 1)),
    ]  # fmt: skip
    (outcome,) = cohort.outcomes
    assert outcome.columns == ("o", "o_days", "o_reason")
    ends = cohort.follow_up
    assert (ends.until, ends.end_of_data, ends.days) == (("death",), date(2024, 1, 29), 30)
    assert [one.name for one in ends.censors] == ["n"]
    assert load(tmp_path).follow_up == FollowUp(("death", "last-contact", "end-of-data"))
    assert load(tmp_path, "[follow_up]\nuntil = []\ndays = 3\n").follow_up.until == ()


def test_rules_come_requires_first_and_what_describes_a_file_is_kept(tmp_path: Path) -> None:
    head = 'id = "x"\ntitle = "X"\nsource = "S"\nconventions = ["A.", "B."]\n'
    rules = "".join(
        f'[[{key}]]\nlabel = "{label}"\nage = {{ at_least = 1 }}\n'
        for key, label in (("forbid", "1"), ("require", "2"), ("forbid", "3"), ("require", "4"))
    )
    cohort = load(tmp_path, rules, head=head)
    assert [(rule.label, rule.forbid) for rule in cohort.rules] == [
        ("2", False), ("4", False), ("1", True), ("3", True),
    ]  # fmt: skip
    assert (cohort.source, cohort.conventions, cohort.file) == ("S", ("A.", "B."), "mine.toml")
