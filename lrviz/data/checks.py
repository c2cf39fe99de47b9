"""What every function is given that takes data, checked: two features, and a label of each row."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lrviz.core.given import masked, numbers
from lrviz.core.numerics import Array, said

#: Beyond it the difference of two features, or a sum of some, may not fit a float64.
FEATURE_LIMIT = 1e300
_LIMIT = f"{FEATURE_LIMIT:g}".replace("+", "")


def check_features(X: npt.ArrayLike) -> Array:
    """X as float64 (m, 2), checked; no copy where none is needed.

    Raises
    ------
    ValueError
        Not two columns of real numbers, no rows, or a number that is missing, not finite or
        beyond `FEATURE_LIMIT`.
    """
    try:
        features = numbers(X)
    except TypeError:
        raise ValueError("X must be an array of numbers, and none may be missing.") from None
    if features.ndim != 2 or features.shape[1] != 2 or not len(features):
        raise ValueError(f"X must have the shape (m, 2) with m ≥ 1, not {features.shape}.")
    if not -FEATURE_LIMIT <= features.min() <= features.max() <= FEATURE_LIMIT:
        finite, size = np.isfinite(features), np.abs(features)
        good, what = (
            (finite, "that is not finite")
            if not finite.all()
            else (size <= FEATURE_LIMIT, f"beyond ±{_LIMIT}, the limit,")
        )
        row = int(np.argmin(good.all(axis=1)))
        raise ValueError(f"X holds a number {what} in row {row}, counted from 0.")
    return features


def check_data(X: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Array, npt.NDArray[Any]]:
    """X as float64 (m, 2) and y as (m,), checked; no copy where none is needed.

    Raises
    ------
    ValueError
        As `check_features`; or lengths that differ, or a label other than 0 and 1.
    """
    features = check_features(X)
    try:
        labels = np.asarray(y)
        good = np.asarray((labels == 0) | (labels == 1), dtype=bool)
        if masked(y) or labels.dtype.kind in "cmM":
            raise TypeError("A label is masked, complex, or a time.")
    except (TypeError, ValueError):
        raise ValueError("y must be an array of labels, and none may be missing.") from None
    if labels.shape != (len(features),):
        raise ValueError(
            f"y must have one label for each of the {len(features)} rows of X, "
            f"but its shape is {labels.shape}."
        )
    if not good.all():
        row = int(np.argmin(good))
        raise ValueError(f"y must hold 0 and 1 only, but row {row} has {said(labels[row])}.")
    return features, labels
