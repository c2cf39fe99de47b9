"""Newton's step and a gradient step, seen along their own directions."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lrviz.core.numerics import Array
from lrviz.training.batch import Batch

#: Where J is known along a direction, in steps: a little back, the step's start 0 and end 1, on.
ALONG = np.linspace(-0.4, 1.8, 45)
#: Steps of a run that are looked at: Newton is done long before.
MOST = 100


class Parabolas(NamedTuple):
    """What J does along two directions from each step: d, and the gradient over K.

    The parabola along one of them is J - slope·t + bend·t²/2, with the step's end at t = 1.

    Attributes
    ----------
    heights : float64 array (n, 2, len(ALONG))
        J at ``ALONG``.
    slopes, bends : float64 array (n, 2)
        The fall of J per step at the start, and its second derivative.
    ends : float64 array (n, 2)
        J where each step ends.
    rate : float
        η of the gradient step, 1/K.
    """

    heights: Array
    slopes: Array
    bends: Array
    ends: Array
    rate: float


def parabolas(batch: Batch, params: Array, directions: Array, rate: float) -> Parabolas:
    """Along Newton's directions (n, 3) from params (n, 3), and along rate × gradient."""
    n = min(len(params), len(directions), MOST)
    heights, slopes = np.empty((n, 2, len(ALONG))), np.empty((n, 2))
    bends, ends = np.empty((n, 2)), np.empty((n, 2))
    with np.errstate(all="ignore"):
        for k in range(n):
            gradient, curvature = batch.evaluate(params[k])[1], batch.hessian(params[k])
            for way, step in enumerate((directions[k], rate * gradient)):
                heights[k, way] = [batch.loss(params[k] - t * step) for t in ALONG]
                slopes[k, way] = gradient @ step
                bends[k, way] = step @ curvature @ step
                ends[k, way] = batch.loss(params[k] - step)
    return Parabolas(heights, slopes, bends, ends, rate)
