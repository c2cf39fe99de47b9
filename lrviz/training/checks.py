"""What functions of training are given besides data, checked: the parameters, the decay."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from lrviz.core.given import number, numbers
from lrviz.core.numerics import Array, said

#: Largest weight decay accepted: beyond it nothing is left of the data.
DECAY_LIMIT = 1e6


def check_params(params: npt.ArrayLike, name: str = "The parameters") -> Array:
    """Three finite numbers as a new float64 array (3,).

    Raises
    ------
    ValueError
        Anything else.
    """
    try:
        w = numbers(params).copy()
    except TypeError:
        w = np.empty(0)
    if w.shape != (3,) or not np.isfinite(w).all():
        raise ValueError(f"{name} must be three finite numbers w1, w2, b, not {said(params)}.")
    return w


def check_decay(l2: Any) -> float:
    """A weight decay as a float, 0 or more and finite.

    Raises
    ------
    ValueError
        Anything else.
    """
    try:
        found = number("l2", l2)
    except ValueError:
        found = math.nan
    if not 0 <= found <= DECAY_LIMIT:
        raise ValueError(f"l2 must be a number from 0 to {DECAY_LIMIT:.0f}, not {said(l2)}.")
    return found + 0.0
