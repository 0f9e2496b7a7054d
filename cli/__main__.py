"""Let `python -m ehrkit.cli` run the command line."""

from ehrkit.cli.main import entry_point

if __name__ == "__main__":
    entry_point()
