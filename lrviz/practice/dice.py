"""Chance from a seed that stays the same for ever: on any machine, in any version of Python.

The recipe: roll number k of a seed text is the first eight bytes of SHA-256 of ``text|k``, read
as one whole number, most significant byte first. One of n things is that number modulo n.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Rolls of one seed text, in order."""

    def __init__(self, seed: str) -> None:
        self.seed, self.count = seed, 0

    def below(self, n: int) -> int:
        """A whole number from 0 to n − 1; its bias is below n/2⁶⁴."""
        digest = hashlib.sha256(f"{self.seed}|{self.count}".encode()).digest()
        self.count += 1
        return int.from_bytes(digest[:8], "big") % n

    def pick(self, among: Sequence[T]) -> T:
        """One of several."""
        return among[self.below(len(among))]

    def shuffled(self, items: Sequence[T]) -> tuple[T, ...]:
        """All of them in another order (Fisher and Yates, from the end)."""
        out = list(items)
        for i in range(len(out) - 1, 0, -1):
            j = self.below(i + 1)
            out[i], out[j] = out[j], out[i]
        return tuple(out)
