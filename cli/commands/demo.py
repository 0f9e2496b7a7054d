"""`ehrkit demo`: the whole story, as the shell commands that a person would type."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from ehrkit.cli.options import say
from ehrkit.core.errors import EngineError, UsageError


@dataclass(frozen=True)
class Step:
    """A chapter of the story: its commands run in a shell, word for word as printed.

    Attributes:
        title: what it is for.
        commands: shell lines; each works alone when typed.
        refused: the step is to end with exit code 5, as an auditor's check of
            a file that was tampered with has to.
    """

    title: str
    commands: tuple[str, ...]
    refused: bool = False


def story(folder: str, patients: int, seed: int) -> tuple[Step, ...]:
    """Return the steps of the main job below a folder, in the order of a study."""
    run = f"--db {folder}/clarity --schema epic-clarity"
    key = f"--key-file {folder}/project.key"
    public = f"--public-key {folder}/project.key.pub"
    anchor = f"--anchors {folder}/cohort.parquet --anchor index_date --censor follow_up_end"
    released = " ".join(f"{folder}/{name}.parquet" for name in ("cohort", "visits", "daily"))
    return (
        Step(
            "A synthetic chart, device exports, and the answer key; a key for the project",
            (
                f"ehrkit synth {folder} --patients {patients} --seed {seed}",
                f"ehrkit key new {folder}/project.key",
            ),
        ),
        Step(
            "Who had a first lumbar fusion, and came to the emergency room within 30 days?",
            (
                f"ehrkit schema check epic-clarity --db {folder}/clarity",
                f"ehrkit cohort run lumbar-fusion-ed-30d {run} -o {folder}/cohort.parquet",
                f"ehrkit cohort attrition lumbar-fusion-ed-30d {run} -o {folder}/attrition.csv",
                f"ehrkit cohort render lumbar-fusion-ed-30d --schema epic-clarity --dialect tsql"
                f" > {folder}/cohort.tsql.sql",
                f"ehrkit query run encounters {run} -o {folder}/visits.parquet",
            ),
        ),
        Step(
            "Which patient wears which device? Linked by keyed tokens, one to one",
            (
                f"ehrkit query run identities {run} -o {folder}/people.parquet",
                f"ehrkit link encode {folder}/people.parquet --id person_id {key}"
                f" -o {folder}/people.tokens.parquet",
                f"ehrkit link encode {folder}/wearables/profiles.csv --id device_user_id {key}"
                f" -o {folder}/devices.tokens.parquet",
                f"ehrkit link match {folder}/people.tokens.parquet {folder}/devices.tokens.parquet"
                f" -o {folder}/matches.parquet",
                f"ehrkit link resolve {folder}/matches.parquet --left {folder}/people.parquet"
                f" --left-id person_id --right {folder}/wearables/profiles.csv"
                f" --right-id device_user_id {key} -o {folder}/crosswalk.parquet",
                f"ehrkit link evaluate {folder}/crosswalk.parquet --truth {folder}/truth/links.csv"
                f" -o {folder}/linkage.csv",
            ),
        ),
        Step(
            "How do daily device data meet the visits? Days, then windows around surgery",
            (
                *(
                    f"ehrkit wear ingest {folder}/wearables/{vendor} --vendor {vendor}"
                    f" -o {folder}/{vendor}.parquet"
                    for vendor in ("google-health", "fitbit", "apple-health")
                ),
                f"ehrkit wear daily {folder}/google-health.parquet {folder}/fitbit.parquet"
                f" {folder}/apple-health.parquet --crosswalk {folder}/crosswalk.parquet"
                f" -o {folder}/daily.parquet",
                f"ehrkit wear align {folder}/daily.parquet {anchor} -o {folder}/windows.parquet",
                f"ehrkit wear who {folder}/cohort.parquet {folder}/daily.parquet",
            ),
        ),
        Step(
            "De-identify by policy: pseudonyms and shifted dates agree across the files",
            (
                f"ehrkit deid scan {released} > {folder}/policy.toml",
                f"sed -i 's/^age = \"age-cap\"/age = {{ age-band = 10 }}/' {folder}/policy.toml",
                f"ehrkit deid apply --policy {folder}/policy.toml {key}"
                f" --out-dir {folder}/deid {released}",
                f"ehrkit audit verify {folder}/deid {public}",
            ),
        ),
        Step(
            "One byte is changed behind our back: the auditor's check has to say no",
            (
                f"cp -r {folder}/deid {folder}/tampered",
                f"printf x | dd of={folder}/tampered/visits.parquet bs=1 seek=99 conv=notrunc"
                " status=none",
                f"ehrkit audit verify {folder}/tampered {public}",
            ),
            refused=True,
        ),
        Step(
            "The report, from the de-identified files: they still belong together",
            (
                f"ehrkit wear trajectory {folder}/deid/daily.parquet --lead 84"
                f" {anchor.replace('/cohort', '/deid/cohort')} -o {folder}/weeks.parquet",
                f"ehrkit deid risk {folder}/cohort.parquet --quasi age,sex --histogram"
                f" --after {folder}/deid/cohort.parquet -o {folder}/risk.csv",
                f"ehrkit report --title 'Emergency visits after a first lumbar fusion'"
                f" --subtitle 'ehrkit demo: synthetic patients, no real person'"
                f" --attrition {folder}/attrition.csv"
                f" --cohort {folder}/deid/cohort.parquet"
                f" --outcome 'ed_within_30d=emergency visit within 30 days'"
                f" --linkage {folder}/linkage.csv"
                f" --weeks {folder}/weeks.parquet --risk {folder}/risk.csv"
                f" --records {folder}/deid {public} -o {folder}/report.html",
            ),
        ),
    )


def play(steps: tuple[Step, ...]) -> None:
    """Run the steps in a shell, printing each command as it is typed.

    Raises:
        EngineError: a command did not end as its step has to.
    """
    for number, step in enumerate(steps, start=1):
        say(f"\n{number}. {step.title}")
        for command in step.commands:
            say(f"$ {command}")
            last = step.refused and command is step.commands[-1]
            code = _shell(command)
            if code != (5 if last else 0):
                raise EngineError(f"the command ended with exit code {code}", where=command)


def _shell(command: str) -> int:
    """Run one line as a person's shell would, finding this very ehrkit first."""
    here = str(Path(sys.executable).parent)
    search = os.pathsep.join([here, os.environ.get("PATH", os.defpath)])
    return subprocess.run(  # noqa: S603 - the lines are our own, the folder is quoted
        ["/bin/sh", "-c", command], env={**os.environ, "PATH": search}, check=False
    ).returncode


@click.command()
@click.argument("folder", default="ehrkit-demo", type=click.Path(path_type=Path))
@click.option("--patients", type=click.IntRange(min=1), default=2000, show_default=True)
@click.option("--seed", type=int, default=7, show_default=True)
@click.option("--force", is_flag=True, help="Replace what FOLDER holds.")
def demo(folder: Path, patients: int, seed: int, force: bool) -> None:
    """Play the whole story on synthetic data, and leave all of it in FOLDER.

    Prints each command as a person would type it. The last makes report.html.

    \b
    Example:
      ehrkit demo
      ehrkit demo small --patients 500
    """
    import shutil

    from ehrkit.core.files import refuse_occupied

    refuse_occupied(folder, force=force)
    if force and folder.is_dir():
        shutil.rmtree(folder)
    if str(folder).startswith("-"):
        raise UsageError("a folder name may not begin with a dash", where=str(folder))
    play(story(shlex.quote(str(folder)), patients, seed))
    say(f"\nDone: open {folder}/report.html")
