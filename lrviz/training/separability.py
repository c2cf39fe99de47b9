"""Whether a line parts two classes of points, so that the loss has no finite minimum."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lrviz.core.numerics import Array
from lrviz.data.checks import check_data

#: Classes that overlap by less than this share of the data's extent count as separable.
OVERLAP = 1e-12
#: A filter for the convex hull pays from this many points on, and looks in so many directions.
_HULL_FILTER, _HULL_DIRECTIONS = 1000, 16


def separable(X: npt.ArrayLike, y: npt.ArrayLike) -> bool:
    """Whether a line parts the classes, so that the mean loss has no finite minimum.

    The rule: a loss can be lowered for ever exactly when some line has every point of
    label 1 on one side of it or on it, every point of label 0 on the other side or on it,
    and not all points on it (complete or quasi-complete separation; Albert & Anderson,
    Biometrika 71, 1984). Such a line exists exactly when it exists parallel or at right
    angles to an edge of one of the classes' convex hulls (the edges of the hulls'
    Minkowski difference), or at right angles to the join of two single points, so those
    directions are tried. Lengths are taken in units of each feature's range, and an overlap
    below `OVERLAP` of it counts as touching: the decision does not flip with the rounding
    of a change of scale. One class alone is separable.

    Raises
    ------
    ValueError
        As `check_data`.
    """
    features, labels = check_data(X, y)
    low = features.min(axis=0)
    extent = features.max(axis=0) - low
    extent[extent == 0] = 1.0
    hulls = []
    for label in (0, 1):
        points = features[labels == label]
        if not len(points):
            return True
        hulls.append(_hull((points - low) / extent))
    edges = [np.roll(h, -1, axis=0) - h for h in hulls if len(h) > 1]
    along = np.concatenate([*edges, hulls[1][:1] - hulls[0][:1]])
    length = np.hypot(along[:, 0], along[:, 1])
    along = along[length > 0] / length[length > 0, None]
    normals = np.concatenate([along, along[:, ::-1] * (1.0, -1.0)]).T
    zero, one = (h @ normals for h in hulls)
    apart = np.maximum(zero.min(axis=0) - one.max(axis=0), one.min(axis=0) - zero.max(axis=0))
    spread = np.maximum(zero.max(axis=0), one.max(axis=0)) - np.minimum(
        zero.min(axis=0), one.min(axis=0)
    )
    return bool(np.any((apart >= -OVERLAP) & (spread > OVERLAP)))


def has_minimum(X: npt.ArrayLike, y: npt.ArrayLike, l2: float = 0.0) -> bool:
    """Whether J has a minimum: no line parts the classes, or weight decay holds the weights.

    Of one class alone it has none even so: b is not held, and grows without end.

    Raises
    ------
    ValueError
        As `check_data`.
    """
    if not l2:
        return not separable(X, y)
    labels = check_data(X, y)[1]
    return bool((labels != labels[0]).any())


def _hull(points: Array) -> Array:
    """Corners of the convex hull of points (n, 2), in order (Andrew's monotone chain)."""
    if len(points) > _HULL_FILTER:
        points = _outside(points)
    corners = np.unique(points, axis=0).tolist()
    if len(corners) <= 2:
        return np.array(corners)
    chains = []
    for sequence in (corners, corners[::-1]):
        chain: list[list[float]] = []
        for x, y in sequence:
            while len(chain) > 1 and (
                (chain[-1][0] - chain[-2][0]) * (y - chain[-2][1])
                <= (chain[-1][1] - chain[-2][1]) * (x - chain[-2][0])
            ):
                chain.pop()
            chain.append([x, y])
        chains.append(chain[:-1])
    return np.array(chains[0] + chains[1])


def _outside(points: Array) -> Array:
    """The points that are not well inside the polygon of a few extreme ones.

    Akl and Toussaint (1978): what lies inside cannot be a corner of the hull.
    """
    angles = 2 * np.pi * np.arange(_HULL_DIRECTIONS) / _HULL_DIRECTIONS
    looks = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    polygon = points[[int(np.argmax(points @ look)) for look in looks]]
    inside = np.ones(len(points), dtype=bool)
    for start, end in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if (start == end).all():
            continue
        edge = end - start
        cross = edge[0] * (points[:, 1] - start[1]) - edge[1] * (points[:, 0] - start[0])
        inside &= cross > OVERLAP
    return points[~inside]
