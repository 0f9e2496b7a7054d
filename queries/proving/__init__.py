"""Cohorts put to the proof: invented patients with expected answers, and differences row by row."""
