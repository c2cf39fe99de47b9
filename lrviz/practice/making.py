"""A problem from a seed, a level and a number: always the same one.

`problem` is pure: its chance comes from `lrviz.practice.dice`. The key is what the project's own
pass computes, and a state in which a known mistake would pass for the right answer is not asked.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from lrviz.practice import calculated, lines
from lrviz.practice.dice import Dice
from lrviz.practice.problem import LEVEL_KINDS, LEVELS, N_HIGH, SEED_HIGH, Problem

_MAKERS = {**calculated.MAKERS, **lines.MAKERS}


def kind_of(seed: int, level: int, n: int) -> str:
    """The kind of a problem: every kind of the level comes once before one comes again.

    First in the order of the table, from seeing to doing; later in any order.
    """
    kinds = LEVEL_KINDS[level]
    block, place = divmod(n - 1, len(kinds))
    if block == 0:
        return kinds[place]
    return Dice(f"{seed}/{level}/block {block}").shuffled(kinds)[place]


@lru_cache(maxsize=256)
def problem(seed: int, level: int, n: int) -> Problem:
    """The problem number ``n`` of a seed at a level.

    Parameters
    ----------
    seed : int
        0 to `SEED_HIGH`.
    level : {1, 2, 3}
        1 gives nearly everything and has halves; 3 gives the inputs alone.
    n : int
        1 to `N_HIGH`.

    Raises
    ------
    ValueError
        One of them is outside its range.
    """
    if not (0 <= seed <= SEED_HIGH and level in LEVELS and 1 <= n <= N_HIGH):
        raise ValueError(f"There is no problem {n} of seed {seed} at level {level}.")
    kind = kind_of(seed, level, n)
    dice = Dice(f"{seed}/{level}/{n}/{kind}")
    while True:
        made = _MAKERS[kind](dice, level)
        if made is not None:
            return replace(made, seed=seed, level=level, n=n)
