"""Cohort files: what is read, and how each mistake names file, key and nearest spelling."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from ehrkit.core.errors import DataError, EhrkitError, UsageError
from ehrkit.queries.compiling.needs import relations_of
from ehrkit.queries.explaining import explain
from ehrkit.queries.language.criteria import Age, Group, Happened
from ehrkit.queries.language.windows import Window
from ehrkit.queries.reading import library, load_cohort, overrides
from ehrkit.queries.template import new_cohort

GOOD = """
id = "x"
title = "X"
[parameters]
window = { type = "days", default = 30 }
[index]
procedure = "lumbar-fusion"
keep = "first"
between = ["2018-01-01", "2024-12-31"]
[[require]]
label = "Adult"
age = { at_least = 18 }
[[column]]
name = "ed"
encounter = "emergency"
after = "discharge"
days = [1, "window"]
value = "any"
"""


def load(tmp_path: Path, text: str, **values: str):
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return load_cohort(str(path), values=values)


def test_a_good_file_is_read(tmp_path: Path) -> None:
    cohort = load(tmp_path, GOOD)
    assert cohort.index.between == (date(2018, 1, 1), date(2024, 12, 31))
    assert (cohort.index.keep, cohort.index.of) == ("first", "history")
    assert cohort.rules[0].criterion == Age(18, None)
    assert cohort.columns[0].happened.window == Window(1, 30)
    assert relations_of(cohort) == {"person", "encounter", "procedure"}


def test_parameters_are_typed_and_replaced(tmp_path: Path) -> None:
    assert load(tmp_path, GOOD, window="90").columns[0].happened.window == Window(1, 90)
    with pytest.raises(UsageError, match="of type days") as caught:
        load(tmp_path, GOOD, window="ninety")
    assert "ninety" not in str(caught.value)
    with pytest.raises(UsageError, match="no parameter named windw") as caught:
        load(tmp_path, GOOD, windw="90")
    assert caught.value.hint == "Did you mean window?"
    assert overrides(("window=90", "a=b=c")) == {"window": "90", "a": "b=c"}
    with pytest.raises(UsageError, match="name=value"):
        overrides(("window",))


def test_groups_hand_their_window_down(tmp_path: Path) -> None:
    text = GOOD + (
        '[[forbid]]\nlabel = "Sick"\ndays = [-365, 0]\n'
        'any = [{ condition = "spinal-neoplasm" },'
        ' { condition = "spinal-infection", days = [-30, 0] },'
        ' { all = [{ encounter = "emergency" }, { sex = "female" }] }]\n'
    )
    group = load(tmp_path, text).rules[1].criterion
    assert isinstance(group, Group)
    first, second, third = group.parts
    assert isinstance(first, Happened) and first.window == Window(-365, 0)
    assert isinstance(second, Happened) and second.window == Window(-30, 0)
    assert isinstance(third, Group) and third.parts[0].window == Window(-365, 0)


MISTAKES = [
    ('keep = "first"', 'kep = "first"', "mine.toml: index: kep", "Did you mean keep?"),
    ('keep = "first"', 'keep = "frist"', "mine.toml: index: keep", "Did you mean first?"),
    ("lumbar-fusion", "lumber-fusion", "mine.toml: index: procedure", "mean lumbar-fusion?"),
    ('procedure = "l', 'procedur = "l', "mine.toml: index", ""),
    ('[1, "window"]', "[30, 1]", "mine.toml: column[1]: days", "upside down"),
    ('[1, "window"]', '[1, "windw"]', "mine.toml: column[1]: days", "Did you mean window?"),
    ('[1, "window"]', "[1]", "mine.toml: column[1]: days", ""),
    ('"emergency"', '"emergancy"', "mine.toml: column[1]: encounter", "Did you mean emergency?"),
    ('"discharge"', '"dischrge"', "mine.toml: column[1]: after", "Did you mean discharge?"),
    ('value = "any"', 'value = "ani"', "mine.toml: column[1]: value", "Did you mean any?"),
    ('name = "ed"', 'name = "ED visit"', "mine.toml: column[1]", "a-z"),
    ('name = "ed"', 'name = "age"', "mine.toml: column[1]", "already"),
    ("at_least = 18", "atleast = 18", "mine.toml: require[1]: age: atleast", "mean at_least?"),
    ("at_least = 18", 'at_least = "18+"', "mine.toml: require[1]: age: at_least", ""),
    ("at_least = 18", "at_least = 18, at_most = 17", "mine.toml: require[1]", "upside down"),
    ("age = {", "agee = {", "mine.toml: require[1]: agee", "Did you mean age?"),
    ('label = "Adult"', "", "mine.toml: require[1]", "label"),
    ("2024-12-31", "2017-12-31", "mine.toml: index", "upside down"),
    ("2024-12-31", "31.12.2024", "mine.toml: index: between", ""),
    ('title = "X"', "title = 3", "mine.toml: title", "must be text"),
    ('id = "x"', "", "mine.toml", "id is missing"),
    ('"days"', '"dais"', "mine.toml: parameters: window: type", "Did you mean days?"),
    ("default = 30", 'default = "soon"', "mine.toml: parameters: window: default", ""),
    ('procedure = "lumbar-fusion"', 'procedure = "spinal-neoplasm"', "mine.toml: index: procedure",
     "icd10pcs"),
    ("[[column]]", "[[colum]]", "mine.toml: colum", "Did you mean column?"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "where", "says"), MISTAKES)
def test_a_mistake_names_its_place(
    tmp_path: Path, right: str, wrong: str, where: str, says: str
) -> None:
    assert right in GOOD
    with pytest.raises(EhrkitError) as caught:
        load(tmp_path, GOOD.replace(right, wrong))
    assert isinstance(caught.value, DataError | UsageError)
    assert str(caught.value).startswith(where)
    assert says in str(caught.value)


def test_a_file_that_is_no_toml_or_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not valid TOML"):
        load(tmp_path, "id = ")
    with pytest.raises(UsageError, match="no such file"):
        load_cohort(str(tmp_path / "none.toml"))
    with pytest.raises(UsageError, match="no cohort named lumbar-fusion-ed-30") as caught:
        load_cohort("lumbar-fusion-ed-30")
    assert caught.value.hint == "Did you mean lumbar-fusion-ed-30d?"


@pytest.mark.parametrize("name", sorted(library()))
def test_every_shipped_cohort_says_what_it_is(name: str) -> None:
    cohort = load_cohort(name)
    assert cohort.id == name
    text = explain(cohort)
    assert cohort.title in text
    for rule in cohort.rules:
        assert rule.label in text
    for column in cohort.columns:
        assert f"  {column.name}: " in text
    for needed in ("both bounds", "day 0", "tie", "follow-up", "never meets", "29 february"):
        assert needed in text.lower()


def test_explain_says_first_ever_or_first_eligible(tmp_path: Path) -> None:
    ever = explain(load(tmp_path, GOOD, window="90"))
    assert "whole history" in ever
    assert "window = 90 (default 30)" in ever
    assert "from day +1 to day +90 of discharge" in ever
    eligible = explain(
        load(tmp_path, GOOD.replace('keep = "first"', 'keep = "last"\nof = "eligible"'))
    )
    assert "The last lumbar-fusion procedure among those that pass" in eligible


def test_the_template_is_a_working_cohort(tmp_path: Path) -> None:
    cohort = load(tmp_path, new_cohort("mine"))
    assert cohort.id == "mine"
    assert re.search("lumbar-fusion", explain(cohort))
    assert tomllib.loads(new_cohort("mine"))["index"]["of"] == "history"
