"""Cohort files to a logical plan, to portable SQL, to an engine; schemas, codes and queries as data."""
