"""Cohort files and queries, from definition to portable SQL to rows."""
