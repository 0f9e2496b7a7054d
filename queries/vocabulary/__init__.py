"""Code sets, units of measurement and opioid equivalents: what a cohort's names stand for."""
