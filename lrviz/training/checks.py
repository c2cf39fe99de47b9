"""What every function of training is given, checked: the data, the parameters, the decay."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from lrviz.core.numerics import Array, said

#: Largest weight decay accepted: beyond it nothing is left of the data.
DECAY_LIMIT = 1e6


def check_data(X: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Array, npt.NDArray[Any]]:
    """X as float64 (m, 2) and y as (m,), checked; no copy where none is needed.

    Raises
    ------
    ValueError
        Not two columns, no rows, lengths that differ, a number that is not finite, or a
        label other than 0 and 1.
    """
    try:
        features = np.asarray(X, dtype=np.float64)
        labels = np.asarray(y)
    except (TypeError, ValueError):
        raise ValueError("X must be an array of numbers and y an array of labels.") from None
    if features.ndim != 2 or features.shape[1] != 2 or not len(features):
        raise ValueError(f"X must have the shape (m, 2) with m ≥ 1, not {features.shape}.")
    if labels.shape != (len(features),):
        raise ValueError(
            f"y must have one label for each of the {len(features)} rows of X, "
            f"but its shape is {labels.shape}."
        )
    if not np.isfinite(features).all():
        row = int(np.argmin(np.isfinite(features).all(axis=1)))
        raise ValueError(f"X holds a number that is not finite in row {row}, counted from 0.")
    good = (labels == 0) | (labels == 1)
    if not np.all(good):
        row = int(np.argmin(good))
        raise ValueError(f"y must hold 0 and 1 only, but row {row} has {said(labels[row])}.")
    return features, labels


def check_params(params: npt.ArrayLike, name: str = "The parameters") -> Array:
    """Three finite numbers as a new float64 array (3,).

    Raises
    ------
    ValueError
        Anything else.
    """
    try:
        w = np.array(params, dtype=np.float64)
    except (TypeError, ValueError):
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
        found = float(l2)
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if not 0 <= found <= DECAY_LIMIT or isinstance(l2, str | bytes | bool):
        raise ValueError(f"l2 must be a number from 0 to {DECAY_LIMIT:.0f}, not {said(l2)}.")
    return found + 0.0
