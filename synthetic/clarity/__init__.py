"""The truth as Epic Clarity tables."""
