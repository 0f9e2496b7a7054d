"""The ground floor: errors, table streams, PHI tags, keys, run records, progress."""
