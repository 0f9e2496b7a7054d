"""Who is asked: the interpreter, or an engine through the compiler."""

from __future__ import annotations

from datetime import date

import pytest

from tests.queries.conventions.events import CODES, fusion, person
from tests.queries.databases import Databases
from tests.queries.oracle.comparing import Case, expected, found, read, tables

AS_OF = date(2024, 2, 29)


class Asked:
    """Answers a definition that says only what the test is about."""

    def __init__(self, databases, who):
        self.databases, self.who = databases, who

    def whole(self, definition, data, given=None, other=None):
        """Return the rows, and (persons, events, encounters) kept at every step."""
        data = {"person": [person()], "procedure": [fusion("2020-01-10 12:00:00")]} | data
        definition = {"id": "x", "title": "x"} | (
            {"index": {"procedure": "fusion", "keep": "every"}} | definition
        )
        case = Case(definition, data, CODES, AS_OF, given or {}, other)
        if self.who == "interpreter":
            return expected(case)
        return found(self.databases.open(self.who, tables(data)), read(case))

    def rows(self, definition, **data):
        return self.whole(definition, data)[0]

    def one(self, look, **data):
        """Return the value of one column of the one row."""
        (row,) = self.rows({"column": [{"name": "c"} | look]}, **data)
        return row["c"]

    def kept(self, rule, **data):
        """Tell whether the index event is kept where the rule is required."""
        return len(self.rows({"require": [{"label": "r"} | rule]}, **data)) == 1

    def index_dates(self, index, **data):
        found = self.rows({"index": {"procedure": "fusion"} | index}, **data)
        return [row["index_date"].isoformat() for row in found]


@pytest.fixture(params=["interpreter", "duckdb"])
def ask(request: pytest.FixtureRequest, databases: Databases) -> Asked:
    return Asked(databases, request.param)
