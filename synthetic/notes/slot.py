"""A slot of a phrase: one piece of a patient's story, and the kind under which it is marked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ehrkit.synthetic.notes.draft import Draft
from ehrkit.synthetic.notes.scene import Scene

Text = Callable[[Scene], str]


@dataclass(frozen=True)
class Slot:
    """`kind` is one of `kinds.KINDS`, or empty where the text is neither PHI nor like it."""

    kind: str
    text: Text

    def fill(self, draft: Draft, scene: Scene) -> None:
        """Write this piece for the patient at hand."""
        if self.kind:
            draft.mark(self.kind, self.text(scene))
        else:
            draft.say(self.text(scene))
