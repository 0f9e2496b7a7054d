"""What servers' error codes mean; the texts beside them may quote data and are not shown."""

from __future__ import annotations

from ehrkit.queries.engines.addresses import WITHOUT
from ehrkit.queries.engines.failures import CHECK_SCHEMA, CHECK_VALUES, Failure

UNREACHABLE = Failure(
    "the server cannot be reached", "Check the host and the port, and that the server runs."
)
LOST = Failure("the connection to the server was lost", "Nothing was written; run again.")
PASSWORD = Failure("the server refuses the user or the password", WITHOUT)
DATABASE = Failure(
    "the server has no such database, or the user may not use it",
    "Check the name after the last slash.",
)
NOT_ALLOWED = Failure(
    "the user may not read a table that the statement reads", "Ask for SELECT on it.", True
)
READ_ONLY = Failure("the session may not write")
STOPPED = Failure("the server stopped the query", "An administrator or a time limit ended it.")
RESOURCES = Failure("the server ran out of memory or space", "Ask for less, or its administrator.")
MISSING = Failure("the server lacks a table or a column", CHECK_SCHEMA, True)
REFUSED = Failure("the server refuses the statement", CHECK_SCHEMA, True)
VALUES = Failure("a value does not fit its type", CHECK_VALUES, True)

# PostgreSQL's SQLSTATE, by code or by class: the appendix "PostgreSQL Error Codes".
STATES = {
    "08": LOST,
    "22": VALUES,
    "25006": READ_ONLY,
    "28": PASSWORD,
    "3D000": DATABASE,
    "42": REFUSED,
    "42501": NOT_ALLOWED,
    "42703": MISSING,
    "42P01": MISSING,
    "53": RESOURCES,
    "57014": STOPPED,
    "57P": LOST,
}
# MariaDB's and MySQL's error numbers: "MariaDB Error Code Reference".
NUMBERS = {
    1021: RESOURCES, 1037: RESOURCES, 1038: RESOURCES, 1044: DATABASE, 1045: PASSWORD,
    1049: DATABASE, 1053: LOST, 1054: MISSING, 1142: NOT_ALLOWED, 1143: NOT_ALLOWED,
    1146: MISSING, 1264: VALUES, 1292: VALUES, 1317: STOPPED, 1365: VALUES, 1366: VALUES,
    1690: VALUES, 1698: PASSWORD, 1792: READ_ONLY, 1927: LOST, 1969: STOPPED, 2002: UNREACHABLE,
    2003: UNREACHABLE, 2005: UNREACHABLE, 2006: LOST, 2013: LOST, 2014: LOST, 3024: STOPPED,
}  # fmt: skip
# What libpq says where it has no code; the first words that occur.
SAID = {
    "authentication failed": PASSWORD,
    "no password supplied": PASSWORD,
    "pg_hba": PASSWORD,
    "does not exist": DATABASE,
    "closed": LOST,
    "consuming input failed": LOST,
    "terminating": LOST,
}


def server_failure(error: BaseException) -> Failure:
    """Return the meaning of a driver's error, from its code."""
    number = error.args[0] if error.args else None
    state = getattr(error, "sqlstate", None)
    if isinstance(number, int):
        return NUMBERS.get(number, _unknown(error, f"error {number}"))
    if state is not None:
        found = (STATES.get(state[:length]) for length in (5, 3, 2))
        return next((one for one in found if one), _unknown(error, f"SQLSTATE {state}"))
    if type(error).__module__.startswith("psycopg"):
        said = (failure for words, failure in SAID.items() if words in str(error))
        return next(said, UNREACHABLE)
    return _unknown(error, type(error).__name__)


def _unknown(error: BaseException, kind: str) -> Failure:
    in_statement = type(error).__name__ in ("ProgrammingError", "DataError", "InternalError")
    return Failure(f"the server failed ({kind})", in_statement=in_statement)
