"""A data set of two features and a label; its scales; hand-placed points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lrviz.core.given import numbers
from lrviz.core.numerics import Array, said
from lrviz.data.checks import check_data, check_features
from lrviz.data.table import DataError

UNNAMED = "y"  #: a label without a name of its own


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Two features and a label. The arrays are copies, and read-only.

    Attributes
    ----------
    name : str
        Its key in `DATASETS`, or the file's name.
    X : float64 array (m, 2)
        The features, in their own units.
    y : int64 array (m,)
        The labels, 0 or 1.
    feature_names, label_names : (str, str)
        What the columns are called; what label 0 and label 1 mean.
    source, licence : str
        Where the data come from and on what terms.
    teaches : str
        One sentence on what to look for; empty for a visitor's own data.
    notes : tuple of str
        What a reader of the file should know: an encoding guessed, rows left out.
    label : str
        What the label's column is called; y where it has no name of its own.

    Raises
    ------
    ValueError
        X is not (m, 2) or y not (m,), X holds what is no finite number, or y what is not 0 or 1.
    """

    name: str
    X: Array
    y: npt.NDArray[np.int64]
    feature_names: tuple[str, str]
    label_names: tuple[str, str]
    source: str
    licence: str
    teaches: str = ""
    notes: tuple[str, ...] = ()
    label: str = UNNAMED

    def __post_init__(self) -> None:
        """Check the arrays, and seal copies of them."""
        features, labels = check_data(self.X, self.y)
        for name, sealed in (("X", np.copy(features)), ("y", labels.astype(np.int64))):
            sealed.setflags(write=False)
            object.__setattr__(self, name, sealed)

    @property
    def classes(self) -> tuple[str, str]:
        """What label 0 and label 1 mean, with the column's name where it has one."""
        zero, one = self.label_names
        own = self.label == UNNAMED
        return (zero, one) if own else (f"{self.label} = {zero}", f"{self.label} = {one}")

    def __len__(self) -> int:
        """Rows."""
        return len(self.y)


BY_HAND = "own points"  #: the name of such a set
Point = tuple[float, float, int]  #: a hand-placed point: x1, x2 and its label


def from_points(points: Sequence[Point]) -> Dataset:
    """Hand-placed points (x1, x2, y) as a data set.

    Raises
    ------
    DataError
        There is no point.
    """
    if not points:
        raise DataError("There is no point yet.")
    return Dataset(
        BY_HAND,
        np.array([point[:2] for point in points], dtype=np.float64),
        np.array([point[2] for point in points], dtype=np.int64),
        ("x1", "x2"),
        ("0", "1"),
        "Placed by hand.",
        "Yours.",
    )


# Scales


def standardise(X: npt.ArrayLike) -> tuple[Array, Array, Array]:
    """Z = (X - mean)/scale with its mean (2,) and scale (2,), for X (m, 2).

    The scale is the standard deviation with divisor m; for a constant column it is 1.

    Parameters
    ----------
    X : array (m, 2)
        Finite features.

    Returns
    -------
    Z, mean, scale : float64 arrays (m, 2), (2,), (2,)

    Raises
    ------
    ValueError
        X is not (m, 2) with a row at least, or holds what is no finite number.

    Examples
    --------
    >>> Z, mean, scale = lrviz.standardise([[1, 10], [3, 30]])
    >>> Z.tolist(), mean.tolist(), scale.tolist()
    ([[-1.0, -1.0], [1.0, 1.0]], [2.0, 20.0], [1.0, 10.0])
    """
    features = check_features(X)
    # The mean of equal numbers may be off by a digit, and what is left would be scaled up to 1.
    same = (features == features[0]).all(axis=0)
    mean = np.where(same, features[0], features.mean(axis=0))
    centred = features - mean
    # Squares of 1e-200 vanish: measure in units of the largest deviation.
    largest = np.abs(centred).max(axis=0)
    largest[largest == 0] = 1.0
    scale = largest * np.sqrt(np.mean((centred / largest) ** 2, axis=0))
    scale[scale == 0] = 1.0
    return centred / scale, mean, scale


def to_raw(params: npt.ArrayLike, mean: npt.ArrayLike, scale: npt.ArrayLike) -> Array:
    """Parameters (..., 3) for standardised features, as parameters for the raw ones.

    w·(x - mean)/scale + b is (w/scale)·x + (b - (w/scale)·mean).

    Parameters
    ----------
    params : array (..., 3)
        w1, w2, b of `lrviz.train` on what `lrviz.standardise` returned.
    mean, scale : arrays (2,)
        As it returned them too.

    Returns
    -------
    float64 array (..., 3)

    Raises
    ------
    ValueError
        Not three parameters at the end, or mean and scale are not two finite numbers each, the
        scale above 0; or the raw parameters do not fit a float64.

    Examples
    --------
    >>> lrviz.to_raw([1.0, 2.0, 0.5], mean=[2.0, 20.0], scale=[1.0, 10.0]).tolist()
    [1.0, 0.2, -5.5]
    """
    try:
        given, centre, unit = map(numbers, (params, mean, scale))
    except TypeError:
        raise ValueError("The parameters, the mean and the scale must be numbers.") from None
    if given.shape[-1:] != (3,):
        raise ValueError(f"The parameters must be (..., 3), not of the shape {given.shape}.")
    for name, pair in (("mean", centre), ("scale", unit)):
        if pair.shape != (2,) or not np.isfinite(pair).all():
            raise ValueError(f"The {name} must be two finite numbers, not {said(pair)}.")
    if not (unit > 0).all():
        raise ValueError(f"The scale must be above 0, not {said(unit)}.")
    with np.errstate(all="ignore"):
        w = given[..., :2] / unit
        b = given[..., 2] - (w * centre).sum(axis=-1)
    raw = np.concatenate([w, b[..., None]], axis=-1)
    if np.isfinite(given).all() and not np.isfinite(raw).all():
        raise ValueError("In raw units these parameters do not fit a float64.")
    return raw


def to_standardised(params: npt.ArrayLike, mean: Array, scale: Array) -> Array:
    """Parameters (..., 3) for raw features, as parameters for the standardised ones."""
    given = np.asarray(params, dtype=np.float64)
    w = given[..., :2]
    b = given[..., 2] + (w * mean).sum(axis=-1)
    return np.concatenate([w * scale, b[..., None]], axis=-1)
