"""Synthetic charts, device exports and their answer key."""
