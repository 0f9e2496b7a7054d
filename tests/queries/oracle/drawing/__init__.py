"""Hypothesis strategies for definitions and data, over small domains so that events meet."""
