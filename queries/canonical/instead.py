"""What a person would write, and the nearest that means the same everywhere."""

from __future__ import annotations

from typing import Final

from sqlglot import exp

PLAIN = "Use JOIN ON, CASE, aggregates, ROW_NUMBER and EHR_ functions; see docs/dialects.md."
_ADDING = "Use EHR_ADD_DAYS(a, n) or EHR_ADD_MONTHS(a, n)."
_CASTING = "Use EHR_DATE('2020-01-31'), EHR_TO_DATE(x), EHR_TEXT(x), EHR_INTEGER(x), EHR_NUMBER(x)."
INSTEAD: Final[dict[type, str]] = {
    exp.DateDiff: "Use EHR_DAY_DIFF(a, b): days from a to b.",
    exp.Interval: _ADDING,
    exp.DateAdd: _ADDING,
    exp.DateSub: _ADDING,
    exp.Cast: _CASTING,
    exp.TryCast: _CASTING,
    exp.Year: "Use EHR_YEAR(d).",
    exp.Month: "Use EHR_MONTH(d).",
    exp.Extract: "Use EHR_YEAR(d) or EHR_MONTH(d).",
    exp.Substring: "Use EHR_PREFIX(x, n).",
    exp.Left: "Use EHR_PREFIX(x, n).",
    exp.DPipe: "Use EHR_KEY(a, b) for a text of two parts.",
    exp.Concat: "Use EHR_KEY(a, b) for a text of two parts.",
    exp.Round: "Use EHR_ROUND(x, n).",
    exp.Abs: "Use EHR_ABS(x).",
    exp.Sqrt: "Use EHR_SQRT(x).",
    exp.Div: "Use EHR_DIVIDE(a, b).",
    exp.Avg: "Use EHR_DIVIDE(SUM(x), COUNT(x)).",
    exp.Greatest: "Use EHR_GREATEST(a, b).",
    exp.Least: "Use EHR_LEAST(a, b).",
    exp.ILike: "Use LOWER(x) LIKE 'a%'.",
    exp.CurrentDate: "Give the day as a parameter of type date.",
    exp.Limit: "Take as many rows as you want with `head` in the shell.",
    exp.Qualify: "Number the rows in a part of WITH, and ask for the number after it.",
    exp.Subquery: "Name the query in WITH.",
}
