"""Reading cohort files: TOML to a `Cohort`, every rule checked, every error with file and key."""

from ehrkit.queries.reading.files import find_cohort, library, load_cohort, overrides, read_cohort

__all__ = ["find_cohort", "library", "load_cohort", "overrides", "read_cohort"]
