"""Starts that a seed gives."""

from __future__ import annotations

import numpy as np

#: How far from zero each parameter of a random start may lie; a link writes it short.
REACH, DECIMALS = 3.0, 1


def random_start(seed: int) -> tuple[float, float, float]:
    """A start w1, w2, b from a seed, the same under every version of NumPy; never the origin.

    The parameters are uniform in [-`REACH`, `REACH`], rounded to `DECIMALS`.
    """
    source = np.random.PCG64(seed)
    while True:
        uniform = (source.random_raw(3) >> np.uint64(11)) * 2.0**-53
        w1, w2, b = np.round(REACH * (2 * uniform - 1), DECIMALS).tolist()
        if w1 or w2:
            return w1 + 0.0, w2 + 0.0, b + 0.0
