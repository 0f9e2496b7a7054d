"""`ehrkit key`: make, show and rotate project keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ehrkit.cli.options import ask_passphrase, say

if TYPE_CHECKING:
    from ehrkit.core.keys import ProjectKey

FILE = click.argument("file", type=click.Path(path_type=Path))
WRAP = click.option("--passphrase", is_flag=True, help="Ask for a passphrase and wrap the key.")


@click.group()
def key() -> None:
    """Make, show and rotate project keys.

    One key file per project holds the secret that pseudonyms, date shifts,
    linkage tokens and record signatures derive from. Keep it apart from the data.
    """


@key.command()
@FILE
@WRAP
def new(file: Path, passphrase: bool) -> None:
    """Make a project key FILE (mode 0600) and its public key FILE.pub.

    \b
    Example:
      ehrkit key new project.key
    """
    from ehrkit.core.keys import ProjectKey

    _write(ProjectKey.generate(), file, passphrase)


@key.command()
@FILE
def show(file: Path) -> None:
    """Print the epoch, the fingerprint and the public key; never the secret.

    \b
    Example:
      ehrkit key show ehrkit-demo/project.key
    """
    from ehrkit.core.keys import read_key

    opened = read_key(file, passphrase=ask_passphrase)
    click.echo(f"epoch        {opened.epoch}")
    click.echo(f"fingerprint  {opened.fingerprint()}")
    click.echo(opened.public_pem().decode(), nl=False)


@key.command()
@click.argument("old", type=click.Path(path_type=Path))
@FILE
@WRAP
def rotate(old: Path, file: Path, passphrase: bool) -> None:
    """Make the key of the next epoch in FILE; OLD stays as it is.

    Pseudonyms and shifts of the new epoch have nothing in common with the old.

    \b
    Example:
      ehrkit key rotate ehrkit-demo/project.key project-2.key
    """
    from ehrkit.core.keys import read_key

    _write(read_key(old, passphrase=ask_passphrase).rotate(), file, passphrase)


def _write(made: ProjectKey, file: Path, wrapped: bool) -> None:
    from ehrkit.core.files import atomic_file
    from ehrkit.core.keys import write_key

    write_key(made, file, passphrase=_new_passphrase() if wrapped else None)
    public = file.with_name(f"{file.name}.pub")
    with atomic_file(public) as handle:
        handle.write(made.public_pem())
    say(f"{file}: epoch {made.epoch}, fingerprint {made.fingerprint()}; public key in {public}")


def _new_passphrase() -> str:
    return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=True, err=True))
