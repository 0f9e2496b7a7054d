"""Let `python -m ehrkit.cli` run the command line."""

from ehrkit.cli.main import entry_point

entry_point()
