"""Where marks stand: the builder, copied passages, and lines broken without moving anything."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehrkit.synthetic.notes.draft import LONGEST, Draft, Note
from ehrkit.synthetic.notes.kinds import IDENTIFIERS, KINDS
from ehrkit.synthetic.notes.wrapping import wrapped

codes = st.none() | st.integers(0, len(KINDS) - 1)
pieces = st.lists(st.tuples(codes, st.text(max_size=12)), max_size=30)
Piece = tuple[int | None, str]


def build(parts: list[Piece]) -> Draft:
    draft = Draft()
    for code, text in parts:
        if code is None:
            draft.say(text)
        else:
            draft.mark(code, text)
    return draft


def note_of(draft: Draft) -> Note:
    text, marks = draft.finish()
    return Note(0, "Op Note", np.datetime64("2020-01-01T00:00:00"), False, text, marks)


@given(pieces)
def test_every_mark_holds_the_piece_that_was_marked(parts: list[Piece]) -> None:
    note = note_of(build(parts))
    assert note.text == "".join(text for _, text in parts)
    for wanted, found in (
        (lambda code: code < IDENTIFIERS, note.spans),
        (lambda code: code >= IDENTIFIERS, note.lookalikes),
    ):
        told = [(KINDS[code], text) for code, text in parts if code is not None and text]
        told = [(kind, text) for kind, text in told if wanted(KINDS.index(kind))]
        assert [(kind, note.text[start:end]) for kind, start, end in found] == told


@given(pieces)
def test_marks_are_in_order_and_never_overlap(parts: list[Piece]) -> None:
    note = note_of(build(parts))
    places = sorted((start, end) for _, start, end in (*note.spans, *note.lookalikes))
    assert all(start < end for start, end in places)
    assert all(left[1] <= right[0] for left, right in itertools.pairwise(places))
    assert list(note.spans) == sorted(note.spans, key=lambda span: span[1])


@given(pieces, pieces, pieces)
def test_a_pasted_passage_is_as_if_written_again(
    before: list[Piece], passage: list[Piece], after: list[Piece]
) -> None:
    source = build(before)
    place = len(source.parts)
    for code, text in passage:
        source.say(text) if code is None else source.mark(code, text)
    copy = build(after)
    copy.paste(source.since(place))
    assert copy.finish() == build(after + passage).finish()


def test_a_note_that_marks_cannot_reach_is_refused() -> None:
    draft = Draft()
    draft.say("x" * (LONGEST + 1))
    with pytest.raises(ValueError, match="65,535"):
        draft.finish()


@given(st.text(alphabet="ab \n", max_size=300), st.integers(0, 40))
def test_wrapping_only_turns_spaces_into_line_breaks(text: str, width: int) -> None:
    broken = wrapped(text, width)
    assert len(broken) == len(text)
    changed = {(old, new) for old, new in zip(text, broken, strict=True) if old != new}
    assert changed <= {(" ", "\n")}


@given(st.lists(st.text(alphabet="abc", min_size=1, max_size=8), max_size=60))
def test_wrapped_lines_fit_when_every_word_does(words: list[str]) -> None:
    assert all(len(line) <= 20 for line in wrapped(" ".join(words), 20).split("\n"))
