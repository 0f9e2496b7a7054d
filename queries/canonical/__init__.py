"""The SQL that ehrkit's files are written in: its grammar, portable functions, and building."""
