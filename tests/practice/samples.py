"""Problems to try: some of every level, or in the long run ten thousand."""

from __future__ import annotations

from collections.abc import Iterator

from lrviz.practice.making import problem
from lrviz.practice.problem import LEVEL_KINDS, LEVELS, Problem
from tests.samples import sample

#: Problems of each level.
EACH = sample(110, 3340)


def problems(*kinds: str) -> Iterator[Problem]:
    """The sample, or those of some kinds."""
    for level in LEVELS:
        for k in range(EACH):
            seed, n = divmod(k, 2 * len(LEVEL_KINDS[level]))
            made = problem(seed * 7919 % 1_000_000, level, n + 1)
            if not kinds or made.kind in kinds:
                yield made
