"""A site in blocks of patients: each is drawn on its own, by any process, always the same."""

from __future__ import annotations

from dataclasses import replace

from ehrkit.synthetic.spec import Spec
from ehrkit.synthetic.streams import Streams


def blocks(spec: Spec) -> list[tuple[Spec, Streams]]:
    """Return what to draw block by block; households never reach across blocks."""
    count = -(-spec.patients // spec.block)
    return [
        (
            replace(
                spec,
                patients=min(spec.block, spec.patients - number * spec.block),
                device_users=share(spec.device_users, number, count),
            ),
            Streams(spec.seed, number, count),
        )
        for number in range(count)
    ]


def share(total: int, number: int, count: int) -> int:
    """Return the part of a total that falls to one of `count` blocks; the parts add up."""
    return total * (number + 1) // count - total * number // count
