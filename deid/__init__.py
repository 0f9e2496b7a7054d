"""De-identification by policy, with evidence."""
