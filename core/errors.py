"""The one hierarchy of errors that ehrkit shows to people, and their exit codes.

An error says what is wrong, where, and what to do. It never carries a data
value: messages end up in shared logs, and a value there is a disclosure.
"""

from __future__ import annotations

from typing import ClassVar

DONE = 0
BUG = 1
INTERRUPTED = 130
CLOSED_PIPE = 141


class EhrkitError(Exception):
    """Base of every expected failure; shown without a traceback."""

    exit_code: ClassVar[int] = BUG

    def __init__(self, what: str, *, where: str | None = None, hint: str | None = None) -> None:
        """Describe the failure.

        Args:
            what: the rule that was broken, without any data value.
            where: file, line or row, column, or key that broke it.
            hint: what the reader can do about it.
        """
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        """Render as `where: what (hint)`, the form that reaches stderr."""
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}\n  {self.hint}" if self.hint else text


class UsageError(EhrkitError):
    """The command was called wrongly: an unknown name, a missing file, options that clash."""

    exit_code = 2


class DataError(EhrkitError):
    """The input cannot be read or does not have the shape that it claims."""

    exit_code = 3


class PolicyError(EhrkitError):
    """A rule that protects patients refuses to go on."""

    exit_code = 4


class VerificationError(EhrkitError):
    """Evidence does not match, or a measured figure misses its threshold."""

    exit_code = 5


class EngineError(EhrkitError):
    """The database, the engine or the disk failed."""

    exit_code = 6
