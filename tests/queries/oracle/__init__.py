"""An independent interpreter of cohort files: plain Python over lists of dicts, no SQL, no ehrkit.

Written from docs/cohort-language.md alone. It reads the raw TOML tables, not ehrkit's values,
so that the reader is checked as well. Where the page leaves a choice, the code says "Reading:".
"""
