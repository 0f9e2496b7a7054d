"""What a cohort file says, as values; docs/cohort-language.md is the description."""
