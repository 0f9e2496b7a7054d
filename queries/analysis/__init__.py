"""What comes after a cohort's rows: Table 1, matched controls, incidence rates."""
