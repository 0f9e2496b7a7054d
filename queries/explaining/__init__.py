"""A cohort definition in plain English, with the conventions that decide its edges."""

from ehrkit.queries.explaining.cohort import explain

__all__ = ["explain"]
