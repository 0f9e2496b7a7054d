"""Cohort files to a logical plan, to portable SQL, to an engine; schemas and codes as data."""
