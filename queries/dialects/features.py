"""What canonical SQL may hold, each with an example and its value.

The documentation's table of features and dialects is made from this list, and the
tests run or check every example on every dialect: no level without a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from sqlglot import exp

from ehrkit.queries.canonical.build import assemble, code_table, parse
from ehrkit.queries.canonical.functions import Node

Value: TypeAlias = str | int | float | date | datetime | None


@dataclass(frozen=True)
class Feature:
    """A function or a construct.

    Attributes:
        name: the function, or what the construct is called.
        example: a canonical expression, or a query of one column `x`.
        value: what the example's first row holds.
        tables: code tables that the example reads, as CTEs.
    """

    name: str
    example: str
    value: Value
    tables: tuple[tuple[str, tuple[str, ...], tuple[tuple[str | int | float, ...], ...]], ...] = ()

    def statement(self) -> Node:
        """Return the example as a canonical query of one column `x`."""
        whole = parse(self.example if " AS x" in self.example else f"SELECT {self.example} AS x")
        tables = [(name, "", code_table(rows, columns)) for name, columns, rows in self.tables]
        own = [(cte.alias, "", cte.this) for cte in whole.find_all(exp.CTE)]
        whole.set("with_", None)
        return assemble([*tables, *own], whole)


STAYS = (
    "stays",
    ("person", "day", "nights"),
    (("a", 1, 2), ("a", 3, 4), ("a", 9, 1), ("b", 2, 5)),
)
CODES = ("codes", ("vocabulary", "code"), (("icd10cm", "M480"), ("icd10pcs", "0SG00A0")))
FRAME = "ROWS BETWEEN UNBOUNDED PRECEDING AND"

FUNCTIONS = (
    Feature("EHR_DATE", "EHR_DATE('2024-02-29')", date(2024, 2, 29)),
    Feature("EHR_NO_DATE", "EHR_NO_DATE()", None),
    Feature("EHR_NO_TIME", "EHR_NO_TIME()", None),
    Feature("EHR_NO_TEXT", "EHR_NO_TEXT()", None),
    Feature("EHR_NO_NUMBER", "EHR_NO_NUMBER()", None),
    Feature("EHR_NO_INTEGER", "EHR_NO_INTEGER()", None),
    Feature("EHR_TO_DATE", "EHR_TO_DATE('2024-02-29 23:59:59')", date(2024, 2, 29)),
    Feature("EHR_TO_TIME", "EHR_TO_TIME('2024-02-29 23:59:59')", datetime(2024, 2, 29, 23, 59, 59)),
    Feature("EHR_DAY_DIFF", "EHR_DAY_DIFF('2024-02-28 23:59:00', '2024-03-01 00:01:00')", 2),
    Feature("EHR_ADD_DAYS", "EHR_ADD_DAYS(EHR_DATE('2024-03-01'), -1)", date(2024, 2, 29)),
    Feature("EHR_ADD_MONTHS", "EHR_ADD_MONTHS(EHR_DATE('2024-01-31'), 1)", date(2024, 2, 29)),
    Feature("EHR_SECONDS", "EHR_SECONDS('2024-02-29 23:59:59', '2024-03-01 00:00:00')", 1),
    Feature("EHR_AGE", "EHR_AGE(EHR_DATE('2004-02-29'), EHR_DATE('2024-02-28'))", 19),
    Feature("EHR_YEAR", "EHR_YEAR(EHR_DATE('2024-02-29'))", 2024),
    Feature("EHR_MONTH", "EHR_MONTH(EHR_DATE('2024-02-29'))", 2),
    Feature("EHR_MAKE_DATE", "EHR_MAKE_DATE(2024, 2, 9)", date(2024, 2, 9)),
    Feature("EHR_TEXT", "EHR_TEXT(7)", "7"),
    Feature("EHR_ISO", "EHR_ISO(EHR_DATE('2024-02-29'))", "2024-02-29"),
    Feature("EHR_INTEGER", "EHR_INTEGER('0012')", 12),
    Feature("EHR_NUMBER", "EHR_NUMBER(' -2.5e3 ')", -2500.0),
    Feature("EHR_CODE", "EHR_CODE(' m48.061 ')", "M48061"),
    Feature("EHR_PREFIX", "EHR_PREFIX('M48061', 3)", "M48"),
    Feature(
        "EHR_ORDER",
        "SELECT c.code AS x FROM codes AS c ORDER BY EHR_ORDER(c.code)",
        "A",
        (("codes", ("code",), (("a",), ("A",), ("b",))),),
    ),
    Feature("EHR_KEY", "EHR_KEY('a', 7)", "a/7"),
    Feature("EHR_DIVIDE", "EHR_DIVIDE(7, 2)", 3.5),
    Feature("EHR_ROUND", "EHR_ROUND(-2.5, 0)", -3.0),
    Feature("EHR_SQRT", "EHR_SQRT(2.25)", 1.5),
    Feature("EHR_ABS", "EHR_ABS(-3)", 3),
    Feature("EHR_LEAST", "EHR_LEAST(NULL, 1)", 1),
    Feature("EHR_GREATEST", "EHR_GREATEST(2, 1)", 2),
)
CONSTRUCTS = (
    Feature("code table", "SELECT c.code AS x FROM codes AS c WHERE c.vocabulary = 'icd10pcs'",
            "0SG00A0", (CODES,)),
    Feature("CASE and COALESCE", "COALESCE(CASE WHEN 1 > 2 THEN 3 END, 4)", 4),
    Feature("IN, BETWEEN and LIKE",
            "CASE WHEN 'b' IN ('a', 'b') AND 2 BETWEEN 1 AND 2 AND 'M480' LIKE 'M48_' "
            "AND 'm480' NOT LIKE 'M%' THEN 1 ELSE 0 END", 1),
    Feature("EXISTS in a condition", "SELECT c.code AS x FROM codes AS c WHERE EXISTS "
            "(SELECT 1 AS found FROM codes AS d WHERE d.code = c.code AND d.code LIKE '0%')",
            "0SG00A0", (CODES,)),
    Feature("quotes and backslashes in a text", "'it''s \\n'", "it's \\n"),
    Feature("SELECT DISTINCT", "SELECT DISTINCT s.person AS x FROM stays AS s "
            "WHERE s.nights > 4", "b", (STAYS,)),
    Feature("GROUP BY and HAVING", "SELECT SUM(s.nights) AS x FROM stays AS s GROUP BY s.person "
            "HAVING COUNT(*) > 1", 7, (STAYS,)),
    Feature("COUNT(DISTINCT)", "SELECT COUNT(DISTINCT s.person) AS x FROM stays AS s", 2, (STAYS,)),
    Feature("LEFT JOIN", "SELECT COALESCE(t.person, 'none') AS x FROM stays AS s "
            "LEFT JOIN stays AS t ON t.day = s.day + 6 WHERE s.day = 1", "none", (STAYS,)),
    Feature("CROSS JOIN", "SELECT COUNT(*) AS x FROM stays AS s CROSS JOIN codes AS c", 8,
            (STAYS, CODES)),
    Feature("UNION and UNION ALL", "WITH people AS (SELECT s.person AS person FROM stays AS s "
            "UNION SELECT s.person AS person FROM stays AS s UNION ALL SELECT 'c' AS person) "
            "SELECT COUNT(*) AS x FROM people AS p", 3, (STAYS,)),
    Feature("ROW_NUMBER", "WITH placed AS (SELECT s.day AS day, ROW_NUMBER() OVER (PARTITION BY "
            "s.person ORDER BY s.day DESC) AS place FROM stays AS s WHERE s.person = 'a') "
            "SELECT p.day AS x FROM placed AS p WHERE p.place = 2", 3, (STAYS,)),
    Feature("LAG and LEAD", "WITH beside AS (SELECT s.day AS day, LEAD(s.day) OVER "
            "(PARTITION BY s.person ORDER BY s.day) - LAG(s.day) OVER (PARTITION BY s.person "
            "ORDER BY s.day) AS gap FROM stays AS s) "
            "SELECT b.gap AS x FROM beside AS b WHERE b.day = 3", 8, (STAYS,)),
    Feature("running totals", "WITH running AS (SELECT s.day AS day, SUM(s.nights) OVER "
            f"(PARTITION BY s.person ORDER BY s.day {FRAME} CURRENT ROW) AS nights "
            "FROM stays AS s) SELECT r.nights AS x FROM running AS r WHERE r.day = 3", 6,
            (STAYS,)),
    Feature("running maximum of earlier rows", "WITH earlier AS (SELECT s.day AS day, "
            f"MAX(s.nights) OVER (PARTITION BY s.person ORDER BY s.day {FRAME} 1 PRECEDING) "
            "AS longest FROM stays AS s) SELECT e.longest AS x FROM earlier AS e WHERE e.day = 9",
            4, (STAYS,)),
    Feature("totals beside rows", "SELECT DISTINCT SUM(s.nights) OVER (PARTITION BY s.person) "
            "AS x FROM stays AS s WHERE s.person = 'a'", 7, (STAYS,)),
    Feature("reserved words as names", "WITH number AS (SELECT s.day AS level, s.nights AS rank "
            "FROM stays AS s) SELECT n.rank AS x FROM number AS n WHERE n.level = 9", 1, (STAYS,)),
)  # fmt: skip
FEATURES = FUNCTIONS + CONSTRUCTS
