"""`ehrkit report`: the tables of a study as one page with pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ehrkit.cli.options import TABLE, TableInput, say
from ehrkit.core.errors import UsageError

if TYPE_CHECKING:
    from ehrkit.cli.report.page import Page

FOOTER = (
    "Made by ehrkit. Counts of fewer than eleven people are shown as they are: "
    "keep this page where the data may be."
)


@click.command()
@click.option("--attrition", type=TABLE, help="From `ehrkit cohort attrition`.")
@click.option("--cohort", type=TABLE, help="From `ehrkit cohort run`, with --outcome.")
@click.option("--outcome", metavar="COLUMN[=LABEL]", help="Its 0/1 column of interest.")
@click.option("--linkage", type=TABLE, help="From `ehrkit link evaluate`.")
@click.option("--weeks", type=TABLE, help="From `ehrkit wear trajectory`.")
@click.option("--risk", type=TABLE, help="From `ehrkit deid risk --histogram --after`.")
@click.option("--records", type=click.Path(path_type=Path), help="Folder with run records.")
@click.option("--public-key", type=click.Path(path_type=Path), help="To verify the records.")
@click.option("--title", default="Study report", show_default=True)
@click.option("--subtitle", default="", help="A line below the title.")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True)
def report(
    attrition: TableInput | None,
    cohort: TableInput | None,
    outcome: str | None,
    linkage: TableInput | None,
    weeks: TableInput | None,
    risk: TableInput | None,
    records: Path | None,
    public_key: Path | None,
    title: str,
    subtitle: str,
    output: Path,
) -> None:
    """Make one self-contained page from what other commands wrote.

    Each option adds a section; the records are verified as the page is made.

    \b
      ehrkit report --attrition ehrkit-demo/attrition.csv -o report.html
    """
    from ehrkit.cli.report import page as sections
    from ehrkit.core.files import atomic_file

    page = sections.Page(title, subtitle)
    if (cohort is None) != (outcome is None):
        raise UsageError("--cohort and --outcome go together")
    given = (
        (attrition, sections.add_attrition),
        (cohort, lambda page, table: sections.add_outcome(page, table, str(outcome))),
        (linkage, sections.add_linkage),
        (weeks, sections.add_weeks),
        (risk, sections.add_risk),
    )
    for table, add in given:
        if table is not None:
            add(page, table.open().read_all())
    if records is not None:
        _add_record(page, records, public_key)
    if not page.sections:
        raise UsageError("there is nothing to report on", hint="Give at least one section.")
    text = page.render(FOOTER)
    with atomic_file(output) as handle:
        handle.write(text.encode())
    say(f"{output}: {len(page.sections)} sections")


def _add_record(page: Page, folder: Path, public_key: Path | None) -> None:
    from ehrkit.cli.report.page import add_record
    from ehrkit.core.records import read_records, verify_folder

    if public_key is None:
        raise UsageError("--records needs --public-key")
    verdict = verify_folder(folder, public_key.read_bytes())
    outputs = [
        each for _, record in read_records(folder) for each in record["predicate"]["outputs"]
    ]
    add_record(page, verdict, outputs)
