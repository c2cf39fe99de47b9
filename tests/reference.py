"""Log loss and its derivatives at many digits, with mpmath: the authority."""

from __future__ import annotations

from collections.abc import Sequence

import mpmath as mp

mp.mp.dps = 400  # e^-700 needs 304 digits before 1 - a keeps any


def exact(z: float, y: int) -> dict[str, mp.mpf]:
    """Loss and derivatives at the float64 z, from the textbook formulas."""
    z = mp.mpf(z)
    a = 1 / (1 + mp.exp(-z))
    upstream = (1 - y) / (1 - a) - y / a
    return {
        "a": a,
        "L": -(y * mp.log(a) + (1 - y) * mp.log(1 - a)),
        "dL/da": upstream,
        "da/dz": a * (1 - a),
        "dL/dz": upstream * a * (1 - a),
        "dL/dy": mp.log(1 - a) - mp.log(a),
    }


def relative(found: float, truth: mp.mpf) -> float:
    """|found - truth| / |truth|; 0 when both are zero."""
    if truth == 0:
        return 0.0 if found == 0 else float("inf")
    return float(abs(mp.mpf(found) - truth) / abs(truth))


def hardest(lengths: Sequence[float], most: int = 5) -> list[int]:
    """Places of the largest lengths; of those that are equal within rounding, the first."""
    best: list[tuple[float, int]] = []
    for i, size in enumerate(lengths):
        place = len(best)
        while place and size > best[place - 1][0] * (1 + 1e-12):
            place -= 1
        best.insert(place, (float(size), i))
        del best[most:]
    return [i for _, i in best]
