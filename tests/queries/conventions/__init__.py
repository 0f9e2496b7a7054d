"""The sentences of docs/cohort-language.md as small cases with values typed by hand.

Each runs on the independent interpreter and on engines, so that neither is the other's measure.
"""
