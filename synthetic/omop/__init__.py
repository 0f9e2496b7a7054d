"""The truth as OMOP CDM 5.4 tables."""
