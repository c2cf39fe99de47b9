"""The loss of logistic regression over a data set, J, vectorised.

The mean log loss is 1/m Σ log(1 + e^(s·z)) with z = w1·x1 + w2·x2 + b and s = 1 - 2y, the sign
that is +1 for a label 0 and -1 for a label 1. Writing u = s·z folds the label into the
data: each row is stored once as s·(x1, x2, 1), the loss is softplus(u) and the gradient is
the mean of σ(u)·s·(x1, x2, 1), which equals (a - y)·(x1, x2, 1) and never subtracts a from
1. Parameters are always ordered w1, w2, b.

J is that mean and, where a weight decay λ is given, the term λ/2·(w1² + w2²) beside it: see
`lrviz.training.decay`. What is evaluated again and again stands in `lrviz.training.batch`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from lrviz.core.given import number, numbers
from lrviz.core.numerics import Array, sigmoid_pair
from lrviz.data.checks import check_data
from lrviz.training.batch import Batch
from lrviz.training.checks import check_decay, check_params
from lrviz.training.decay import decay

#: Float64 numbers in a work array of a loss grid. There are five at most, so `slice_grid` takes
#: 0.6 MB beside one signed copy of the data and the answer; a core's own cache holds as much.
GRID_CELLS = 16_384
#: Largest u for which exp(u) is finite, with room.
SAFE_LOGIT = 700.0
#: One logarithm, which is what costs most, does for 2^FOLDS rows (see `_sum_log1p`).
FOLDS = 4
#: Largest u for which so many factors 1 + exp(u) have a finite product.
CLOSE = SAFE_LOGIT / 2**FOLDS - 1

#: (across, up, held fixed) of each plane through parameter space, as parameter indices.
PLANES: Mapping[str, tuple[int, int, int]] = MappingProxyType(
    {"w1w2": (0, 1, 2), "w1b": (0, 2, 1), "w2b": (1, 2, 0)}
)
#: Names of the parameters in their order.
PARAMETERS = ("w1", "w2", "b")


def check_plane(plane: object) -> None:
    """Refuse what is no plane.

    Raises
    ------
    ValueError
        It is not a key of `PLANES`.
    """
    if not isinstance(plane, str) or plane not in PLANES:
        raise ValueError(f"The plane must be one of {', '.join(PLANES)}, not {plane!r}.")


def mean_loss(X: npt.ArrayLike, y: npt.ArrayLike, params: npt.ArrayLike, l2: float = 0.0) -> float:
    """J: mean log loss (natural log) of X (m, 2), y (m,) at params w1, w2, b; in [0, ∞).

    With ``l2``, a weight decay of 0 or more, (l2/2)(w1² + w2²) is added.
    """
    return Batch(X, y, l2).loss(check_params(params))


def gradient(X: npt.ArrayLike, y: npt.ArrayLike, params: npt.ArrayLike, l2: float = 0.0) -> Array:
    """Gradient (3,) of `mean_loss` by w1, w2, b."""
    return Batch(X, y, l2).evaluate(check_params(params))[1]


def hessian(X: npt.ArrayLike, y: npt.ArrayLike, params: npt.ArrayLike, l2: float = 0.0) -> Array:
    """Hessian (3, 3) of `mean_loss` by w1, w2, b; symmetric, never negative definite."""
    return Batch(X, y, l2).hessian(check_params(params))


def contributions(X: npt.ArrayLike, y: npt.ArrayLike, params: npt.ArrayLike) -> Array:
    """What each example adds to the gradient, (a - y)·(x1, x2, 1), as (m, 3).

    Their mean is the gradient of the mean loss. a - y is p for a label 0 and -q for a label 1, with
    p = σ(z) and q = σ(-z), so a nearly right answer keeps its digits.
    """
    features, labels = check_data(X, y)
    w = check_params(params)
    with np.errstate(all="ignore"):
        p, q = sigmoid_pair(features @ w[:2] + w[2])
    out = np.empty((len(features), 3))
    out[:, 2] = np.where(labels == 1, -q, p)
    np.multiply(features, out[:, 2:], out=out[:, :2])
    return out


def loss_grid(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    w1: npt.ArrayLike,
    w2: npt.ArrayLike,
    b: float,
    *,
    l2: float = 0.0,
) -> Array:
    """J, the mean log loss and the decay term, at one b, as (len(w2), len(w1)).

    Parameters
    ----------
    X, y : array (m, 2), array (m,)
        Finite features and labels 0 or 1.
    w1, w2 : arrays in one dimension
        The weights along the grid's edges.
    b : float
    l2 : float
        The weight decay λ: λ/2·(w1² + w2²) is added. 0 or more.

    Raises
    ------
    ValueError
        Bad data, or a value that is not a finite number, or a negative ``l2``.

    Examples
    --------
    >>> lrviz.loss_grid([[0, 0], [1, 1]], [0, 1], w1=[0, 1], w2=[0], b=0.0).round(4).tolist()
    [[0.6931, 0.5032]]
    """
    return slice_grid(X, y, "w1w2", w1, w2, b, l2=l2)


def slice_grid(  # noqa: PLR0917 - the order that a plane is read in
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    plane: str,
    across: npt.ArrayLike,
    up: npt.ArrayLike,
    third: float,
    *,
    l2: float = 0.0,
) -> Array:
    """J on a slice of parameter space, as (len(up), len(across)).

    Parameters
    ----------
    X, y : array (m, 2), array (m,)
        The data.
    plane : {"w1w2", "w1b", "w2b"}
        The parameters that vary: the first across, the second up.
    across, up : array
        Their values, finite, in one dimension.
    third : float
        The value of the parameter that the plane's name leaves out.
    l2 : float
        The weight decay λ, 0 or more.

    Raises
    ------
    ValueError
        Bad data, an unknown plane, or a value that is not a finite number.
    """
    l2 = check_decay(l2)
    check_plane(plane)
    blocks = Batch(X, y).blocks
    horizontal, vertical = _axis(across), _axis(up)
    i, j, k = PLANES[plane]
    held = number(PARAMETERS[k], third)
    largest = np.max([np.abs(block).max(axis=1) for block in blocks], axis=0)
    total = np.zeros((len(vertical), len(horizontal)))
    rows = max(1, GRID_CELLS // max(1, len(horizontal)))
    with np.errstate(all="ignore"):
        wide = np.abs(horizontal).max(initial=0) * largest[i]
        high = np.abs(vertical) * largest[j] + abs(held) * largest[k]
        for block in _pieces(blocks, rows):
            p = np.multiply.outer(block[i], horizontal)[:, None]
            grown, together = np.exp(p), max(1, GRID_CELLS // max(1, p.size))
            work = np.empty((3, len(p), together, len(horizontal)))
            for first in range(0, len(vertical), together):
                lines = slice(first, first + together)
                q = np.multiply.outer(block[j], vertical[lines]) + held * block[k][:, None]
                (e, u, above), far = work[:, :, : q.shape[1]], high[lines].max()
                # exp(p + q) is exp(p)·exp(q): few exponentials for many nodes.
                np.multiply(grown, np.exp(q)[..., None], out=e)
                if wide + far > CLOSE:
                    # log(1 + e^u) is max(u, 0) + log(1 + e^-|u|), whose factors are at most 2.
                    np.add(p, q[..., None], out=u)
                    total[lines] += np.maximum(u, 0.0, out=above).sum(axis=0)
                    if max(wide, far) <= SAFE_LOGIT:
                        np.minimum(e, np.divide(1.0, e, out=u), out=e)
                    else:
                        np.exp(np.negative(np.abs(u, out=u), out=u), out=e)
                total[lines] += _sum_log1p(e, u)
        total /= sum(block.shape[1] for block in blocks)
        if l2:
            nodes = np.empty((*total.shape, 3))
            nodes[..., i], nodes[..., j], nodes[..., k] = horizontal, vertical[:, None], held
            total += decay(l2, nodes)
    return total


def _sum_log1p(e: Array, spare: Array) -> Array:
    """Σ log(1 + e) over the rows of e (n, up, across), which is worked on in place.

    Two factors make one, (1 + e)(1 + f) = 1 + (e + f + e·f). Nothing is subtracted, so a small
    loss keeps its digits.
    """
    for _ in range(FOLDS):
        half = len(e) // 2
        one, other, both = e[:half], e[len(e) - half :], spare[:half]
        np.multiply(one, other, out=both)
        np.add(one, other, out=one)
        np.add(one, both, out=one)
        e = e[: len(e) - half]
    return np.asarray(np.log1p(e, out=e).sum(axis=0))


def _pieces(blocks: Sequence[Array], rows: int) -> Iterator[Array]:
    for block in blocks:
        for start in range(0, block.shape[1], rows):
            yield block[:, start : start + rows]


def _axis(values: npt.ArrayLike) -> Array:
    try:
        axis = numbers(values)
    except TypeError:
        axis = np.empty(())
    if axis.ndim != 1 or not np.isfinite(axis).all():
        raise ValueError("The values along a grid's edge must be finite numbers in a row.")
    return axis
