"""Break lines as transcription systems do, without moving a character."""

from __future__ import annotations


def wrapped(text: str, width: int) -> str:
    """Return the text with spaces turned into line breaks, so that lines fit in `width`.

    The length and every place stay the same, so a name may now span two lines. A width
    of 0 leaves the text alone, as does a word longer than a line.
    """
    if width <= 0:
        return text
    signs = list(text)
    start = 0
    while start + width < len(text):
        line_end = text.find("\n", start)
        if 0 <= line_end <= start + width:
            start = line_end + 1
            continue
        at = text.rfind(" ", start + 1, start + width + 1)
        if at < 0:
            start += width
            continue
        signs[at] = "\n"
        start = at + 1
    return "".join(signs)
