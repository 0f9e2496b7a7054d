"""Engines for tests with many patients and rules: Spark, which is slow, compares whole queries."""

from __future__ import annotations

QUICK = ["duckdb", "sqlite", "postgres", "mariadb"]
