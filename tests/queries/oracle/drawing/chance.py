"""Small helpers of the strategies; nothing at all is what examples shrink to."""

from __future__ import annotations

from hypothesis import strategies as st


def maybe(draw, percent):
    """Return True in about so many of a hundred draws."""
    return draw(st.sampled_from(range(100))) >= 100 - percent


def one_of(draw, values):
    return draw(st.sampled_from(values))


def some(draw, values, at_least=1, at_most=3):
    """Return a list of different values."""
    return draw(st.lists(st.sampled_from(values), min_size=at_least, max_size=at_most, unique=True))


def one_or_list(draw, values):
    return one_of(draw, values) if maybe(draw, 70) else some(draw, values)
