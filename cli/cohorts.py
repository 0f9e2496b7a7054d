"""The argument and options that name a cohort, in one place."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from ehrkit.queries.language.cohort import Cohort

R = TypeVar("R")
SCHEMA_HELP = "A schema by name (ehrkit schema list), or a folder of your own."
SCHEMA = click.option(
    "--schema", "schema", default="epic-clarity", show_default=True, help=SCHEMA_HELP
)
CODES = click.option(
    "--codes",
    "codes",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="Code set file or folder of your own.",
)
SET = click.option("--set", "pairs", multiple=True, metavar="NAME=VALUE", help="Set a parameter.")


class _Day(click.ParamType[date]):
    """Turn an option into a calendar day."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return datetime.strptime(str(value), "%Y-%m-%d").date()
        except ValueError:
            self.fail("must be a day, YYYY-MM-DD, such as 2024-12-31.", param, ctx)


AS_OF = click.option(
    "--as-of",
    "as_of",
    type=_Day(),
    metavar="DATE",
    help="The day that as-of means in the file; today if not given.",
)


def cohort_argument(function: Callable[..., R]) -> Callable[..., R]:
    """Add COHORT, --set, --codes and --as-of; the command gets `cohort`, read and checked."""

    @click.argument("name", metavar="COHORT")
    @SET
    @CODES
    @AS_OF
    @functools.wraps(function)
    def command(
        *args: Any,
        name: str,
        pairs: tuple[str, ...],
        codes: tuple[Path, ...],
        as_of: date | None,
        **kwargs: Any,
    ) -> R:
        return function(*args, cohort=read(name, pairs, codes, as_of), **kwargs)

    return command


def read(name: str, pairs: tuple[str, ...], codes: tuple[Path, ...], as_of: date | None) -> Cohort:
    """Read the cohort that a command names, with its options filled in."""
    from ehrkit.queries.reading import load_cohort, overrides
    from ehrkit.queries.vocabulary.codesets import load_code_sets

    sets = load_code_sets(codes)
    return load_cohort(name, values=overrides(pairs), code_sets=sets, as_of=as_of)
