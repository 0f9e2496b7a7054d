"""The kit: parameterised queries in plain SQL over the logical relations, and their reader."""
