"""From a cohort to one canonical SQL statement: named CTEs in the order of the story."""

from ehrkit.queries.compiling.attrition import compile_attrition
from ehrkit.queries.compiling.cohort import compile_cohort

__all__ = ["compile_attrition", "compile_cohort"]
