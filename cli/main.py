"""The command line: groups that are imported only when called, and one place for errors.

`ehrkit --help` imports click and nothing else of weight: each group is named
here with its summary, so that a list of commands costs no import.
"""

from __future__ import annotations

import atexit
import difflib
import gc
import importlib
import os
import sys
import traceback
from pathlib import Path
from typing import NoReturn

import click

from ehrkit.cli.options import Settings
from ehrkit.core.errors import BUG, CLOSED_PIPE, DONE, INTERRUPTED, EhrkitError, EngineError

COMMANDS = {
    "demo": "The whole story on synthetic data, with a report.",
    "synth": "Make a synthetic chart, device exports and an answer key.",
    "schema": "List, show and check the schemas that cohorts run on.",
    "codes": "List, show and count code sets.",
    "cohort": "Define, explain, render and run cohorts.",
    "query": "Run named, parameterised queries.",
    "key": "Make, show and rotate project keys.",
    "deid": "De-identify tables by policy, with evidence.",
    "audit": "Verify and read run records.",
    "link": "Link people across sources by keyed tokens.",
    "wear": "Read wearables, summarise days, align them with visits.",
    "report": "Make one page with pictures from a study's tables.",
    "convert": "Convert any supported table format to any other.",
}


class ClosedPipeError(Exception):
    """The reader of our output has gone. No OSError: click would answer that one with exit 1."""


class LazyGroup(click.Group):
    """A group whose commands live in modules of the same name, imported on call."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; let a closed pipe pass click by."""
        try:
            result: object = super().invoke(ctx)
            if sys.stdout is not None:
                sys.stdout.flush()
        except BrokenPipeError:
            raise ClosedPipeError from None
        return result

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of a study, not of the alphabet."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command and return it."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"ehrkit.cli.commands.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command; for a misspelt one, name the nearest."""
        near = difflib.get_close_matches(args[0], COMMANDS, n=1)
        if args[0] not in COMMANDS and near:
            ctx.fail(f"No such command '{args[0]}'. Did you mean '{near[0]}'?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from their summaries, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ehrkit", message="ehrkit %(version)s")
@click.option("--quiet", "-q", is_flag=True, help="No messages but errors.")
@click.option("--verbose", "-v", is_flag=True, help="More messages.")
@click.option("--debug", is_flag=True, help="Show tracebacks. They may hold data values.")
@click.pass_context
def cli(ctx: click.Context, quiet: bool, verbose: bool, debug: bool) -> None:
    """Cohorts, de-identification, private linkage and wearables for EHR research.

    Commands read a path or standard input and write to standard output or -o;
    start with:

    \b
      ehrkit demo
    """
    ctx.obj = Settings(quiet=quiet, verbose=verbose, debug=debug)


def entry_point() -> NoReturn:
    """Run the command line and exit. New files are private to their owner."""
    os.umask(0o077)
    # A command ends soon: to look for garbage among its syntax trees costs more than it frees.
    gc.set_threshold(100_000, 50, 50)
    _leave(run(sys.argv[1:]))


def _leave(code: int) -> NoReturn:
    """End the process without taking the interpreter apart.

    Up to Python 3.13 that ends each native thread which wants the interpreter meanwhile, and a
    thread of Arrow's that gives back what it read does not survive it: under load one run in
    some hundreds was aborted after its last line.
    """
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:  # a shell may have closed it, as with `>&-`
                stream.flush()
        except (OSError, ValueError):
            code = code or EngineError.exit_code
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; every failure becomes a message here."""
    debug = "--debug" in arguments
    try:
        stopped = cli.main(arguments, prog_name="ehrkit", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except EhrkitError as error:
        _traceback(debug)
        click.echo(f"Error: {error}", err=True)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted.", err=True)
        return INTERRUPTED
    except ClosedPipeError:
        return _closed_pipe()
    except Exception as error:
        _traceback(debug)
        click.echo(_bug_report(error), err=True)
        return BUG
    # Outside its standalone mode click returns the code of ctx.exit, and None otherwise.
    return stopped if isinstance(stopped, int) else DONE


def _traceback(debug: bool) -> None:
    if debug:
        traceback.print_exc()


def _bug_report(error: Exception) -> str:
    """Name the type and place of an unexpected error, and leave out its text: it may quote data."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = "/".join(Path(last.filename).parts[-3:])
    return (
        f"Error: a bug in ehrkit: {type(error).__name__} at {place}:{last.lineno}\n"
        "  Nothing was written under a final name. Run again with --debug before the command\n"
        "  for the traceback; look at it before you share it, for it may hold data values."
    )


def _closed_pipe() -> int:
    """Leave quietly when the reader of our output has gone, as `| head` does."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return CLOSED_PIPE
