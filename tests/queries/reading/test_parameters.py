"""Parameters: each type from `--set`, from a default, and from another cohort's file."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from ehrkit.core.errors import DataError, UsageError
from ehrkit.queries.language.cohort import Column
from ehrkit.queries.language.parameters import read_parameters
from ehrkit.queries.reading import load_cohort, overrides
from ehrkit.queries.sections import Section
from tests.queries.reading.files import HEAD, INDEX, load


def value(cohort: Any, name: str) -> object:
    return next(one.value for one in cohort.parameters if one.name == name)


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("window", "90", 90), ("window", "-90", -90), ("many", "0", 0),
        ("level", "2", 2), ("level", "-0.25", -0.25), ("kind", "a=b, c", "a=b, c"),
        ("kind", "", ""), ("fusion", "cervical-fusion", "cervical-fusion"),
    ],
)  # fmt: skip
def test_each_type_is_read_from_text(
    tmp_path: Path, name: str, given: str, expected: object
) -> None:
    assert value(load(tmp_path, **{name: given}), name) == expected
    default = next(one.default for one in load(tmp_path).parameters if one.name == name)
    assert default != expected


def test_dates_are_read_from_text(tmp_path: Path) -> None:
    assert str(value(load(tmp_path, since="2020-02-29"), "since")) == "2020-02-29"
    assert str(value(load(tmp_path, since="as-of - 1 year"), "since")) == "2023-02-28"


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("window", "ninety"), ("window", "9.5"), ("window", ""), ("window", "99999999999"),
        ("many", "1e3"), ("level", "1,5"), ("level", "nan"), ("level", "inf"),
        ("since", "2023-02-29"), ("since", "20230228x"), ("since", "as-of - 2 weeks"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_its_type_and_not_the_value(
    tmp_path: Path, name: str, given: str
) -> None:
    with pytest.raises(UsageError, match="must be of type") as caught:
        load(tmp_path, **{name: given})
    assert caught.value.where == f"--set {name}"
    assert caught.value.hint
    assert not given or given not in str(caught.value)


def test_an_unknown_parameter_and_code_set_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no parameter named windw") as caught:
        load(tmp_path, windw="90")
    assert (caught.value.where, caught.value.hint) == ("--set windw", "Did you mean window?")
    with pytest.raises(UsageError, match="no code set named lumber-fusion") as caught:
        load(tmp_path, fusion="lumber-fusion")
    assert caught.value.where == "--set fusion"
    assert caught.value.hint == "Did you mean lumbar-fusion?"
    with pytest.raises(UsageError) as caught:
        load(tmp_path, head='id = "x"\ntitle = "X"\n', windw="90")
    assert caught.value.hint == "None is known."


def test_a_parameter_of_another_type_is_told(tmp_path: Path) -> None:
    text = '[[require]]\nlabel = "R"\nage = { at_least = "kind" }\n'
    with pytest.raises(DataError, match="must be a number or a parameter") as caught:
        load(tmp_path, text)
    assert caught.value.hint == "The parameter kind is of type text."


def test_overrides_are_pairs() -> None:
    assert overrides(("window=90", "a=b=c", "x=")) == {"window": "90", "a": "b=c", "x": ""}
    for wrong in ("window", "=90"):
        with pytest.raises(UsageError, match="name=value") as caught:
            overrides(("a=b", wrong))
        assert caught.value.where == "--set number 2"


OUTER = '[[column]]\nname = "c"\ncohort = "inner.toml"\n'


def nested(folder: Path, text: str, **values: str) -> Any:
    (folder / "inner.toml").write_text(HEAD + INDEX)
    (one,) = load(folder, OUTER + text, **values).columns
    assert isinstance(one, Column)
    return one.look.events.parts[0].cohort


def test_another_cohort_takes_values_and_parameters_of_this_file(tmp_path: Path) -> None:
    assert value(nested(tmp_path, ""), "window") == 30
    assert value(nested(tmp_path, "set = { window = 60 }\n"), "window") == 60
    assert value(nested(tmp_path, 'set = { window = "60" }\n'), "window") == 60
    assert value(nested(tmp_path, 'set = { window = "many" }\n', many="7"), "window") == 7
    assert str(value(nested(tmp_path, "set = { since = 2020-01-01 }\n"), "since")) == "2020-01-01"


def test_mistakes_of_set_are_at_its_key(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no parameter named windo") as caught:
        nested(tmp_path, "set = { windo = 60 }\n")
    assert caught.value.where == "mine.toml: column[1]: set: windo"
    with pytest.raises(UsageError, match="of type days") as caught:
        nested(tmp_path, 'set = { window = "kind" }\n')
    assert caught.value.where == "mine.toml: column[1]: set: window"


def test_a_mistake_in_the_other_file_names_that_file(tmp_path: Path) -> None:
    (tmp_path / "inner.toml").write_text(HEAD + INDEX + "kep = 1\n")
    with pytest.raises(DataError, match="the key is not known") as caught:
        load(tmp_path, OUTER)
    assert caught.value.where == "inner.toml: index: kep"
    (tmp_path / "inner.toml").unlink()
    with pytest.raises(UsageError, match="no such file") as caught:
        load(tmp_path, OUTER)
    assert "inner.toml" in str(caught.value)


def test_cohorts_that_name_each_other_are_refused(tmp_path: Path) -> None:
    (tmp_path / "inner.toml").write_text('id = "i"\ntitle = "I"\n[index]\ncohort = "mine.toml"\n')
    with pytest.raises(DataError, match="circle") as caught:
        load(tmp_path, OUTER)
    assert caught.value.where == "inner.toml: index: cohort"
    with pytest.raises(DataError, match="circle"):
        load(tmp_path, '[[column]]\nname = "c"\ncohort = "./mine.toml"\n')


def test_a_shipped_cohort_may_be_named_twice(tmp_path: Path) -> None:
    text = '[[column]]\nname = "c"\ncohort = "new-opioid-users"\n'
    cohort = load(tmp_path, text + text.replace('"c"', '"d"') + "set = { naive_days = 180 }\n")
    assert len(cohort.all_events()) == 3
    assert load_cohort("new-opioid-users").id == "new-opioid-users"


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        ('{ type = "text", default = "b", one_of = ["a"] }', "must be one of a"),
        ('{ type = "days", default = 3, one_of = ["3"] }', "one_of: belongs to the type text"),
        ('{ type = "text", default = "a", one_of = [1] }', "one_of: must be a text or a list"),
    ],
)
def test_the_words_that_a_parameter_allows_are_checked(entry: str, what: str) -> None:
    section = Section(tomllib.loads(f"parameters.p = {entry}"), "x.toml")
    with pytest.raises((DataError, UsageError)) as caught:
        read_parameters(section, {})
    assert what in str(caught.value)
