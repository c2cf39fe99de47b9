"""The loss of logistic regression over a data set, J, vectorised.

The mean log loss is 1/m Σ log(1 + e^(s·z)) with z = w1·x1 + w2·x2 + b and s = 1 - 2y, the sign
that is +1 for a label 0 and -1 for a label 1. Writing u = s·z folds the label into the
data: each row is stored once as s·(x1, x2, 1), the loss is softplus(u) and the gradient is
the mean of σ(u)·s·(x1, x2, 1), which equals (a - y)·(x1, x2, 1) and never subtracts a from
1. Parameters are always ordered w1, w2, b.

J is that mean and, where a weight decay λ is given, the term λ/2·(w1² + w2²) beside it: see
`DECAY`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from lrviz.core.expression import ARRAY, compiled, symbols
from lrviz.core.numerics import Array, said, sigmoid_pair, softplus

#: Rows worked on at a time: three such columns of float64 stay in a core's own cache.
BLOCK = 8192
#: Losses of this many rows or more are folded before the logarithm (see `_sum_log1p`).
FOLD_FROM = 2048
#: Float64 numbers in the work array of a loss grid. With its partner this bounds the extra
#: memory of `slice_grid` to 0.5 MB beside one signed copy of the data and the answer.
GRID_CELLS = 32_768
#: Largest u for which exp(u) and its square stay finite enough for the short formulas.
SAFE_LOGIT = 700.0
#: Largest weight decay accepted: beyond it nothing is left of the data.
DECAY_LIMIT = 1e6

#: (across, up, held fixed) of each plane through parameter space, as parameter indices.
PLANES: Mapping[str, tuple[int, int, int]] = MappingProxyType(
    {"w1w2": (0, 1, 2), "w1b": (0, 2, 1), "w2b": (1, 2, 0)}
)
#: Names of the parameters in their order.
PARAMETERS = ("w1", "w2", "b")

_w1, _w2, _decay = symbols("w1", "w2", "lambda")
#: What weight decay adds to the mean loss: it pulls at the weights and leaves b alone.
DECAY = _decay / 2 @ (_w1**2 + _w2**2)
#: Its derivatives by w1 and w2; that by b is 0.
DECAY_RATES = (_decay @ _w1, _decay @ _w2)

_decay_of = compiled(DECAY, ("lambda", "w1", "w2"), ARRAY)
_decay_rates_of = compiled(DECAY_RATES, ("lambda", "w1", "w2"), ARRAY)


def decay(l2: float, params: Array) -> Any:
    """`DECAY` at params (..., 3) or (..., 2)."""
    return _decay_of(l2, params[..., 0], params[..., 1])


def decay_gradient(l2: float, params: Array) -> Array:
    """Its gradient (3,) at params (3,) or (2,)."""
    return np.array([*_decay_rates_of(l2, params[0], params[1]), 0.0])


def decay_hessian(l2: float) -> Array:
    """Its second derivatives (3, 3), the same everywhere."""
    return np.diag([l2, l2, 0.0])


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


class Batch:
    """A data set made ready for repeated evaluation.

    It keeps one signed copy of the data (24 bytes a row, where X and an 8-byte y take 24)
    and two work columns of at most `BLOCK` rows; an evaluation allocates nothing that
    grows with the data. Not for use by two threads at once, because of those columns.

    Attributes
    ----------
    signed : float64 array (3, m)
        Rows s·x1, s·x2 and s, with s = 1 - 2y.
    l2 : float
        The weight decay λ, 0 or more.
    """

    def __init__(self, X: npt.ArrayLike, y: npt.ArrayLike, l2: float = 0.0) -> None:
        """Check the data (see `check_data`) and sign it."""
        self.l2 = l2
        features, labels = check_data(X, y)
        self.signed: Array = np.empty((3, len(features)))
        sign = self.signed[2]
        sign.fill(1.0)
        np.copyto(sign, -1.0, where=labels == 1)
        np.multiply(features[:, 0], sign, out=self.signed[0])
        np.multiply(features[:, 1], sign, out=self.signed[1])
        size = min(BLOCK, len(features))
        first, second = np.empty(size), np.empty(size)
        self._blocks = [
            (block, first[: block.shape[1]], second[: block.shape[1]]) for block in self.split()
        ]

    def __len__(self) -> int:
        """Rows."""
        return int(self.signed.shape[1])

    def split(self) -> list[Array]:
        """The signed data as views of at most `BLOCK` rows."""
        return [self.signed[:, i : i + BLOCK] for i in range(0, len(self), BLOCK)]

    def evaluate(self, params: Array) -> tuple[float, Array]:
        """J and its gradient (3,) at params (3,).

        With E = exp(u): the loss is log1p(E) and σ(u) is E/(1 + E), both good to a few
        units in the last place for every u below 709. Where something overflows the sum
        turns infinite or nan, and the pair formulas of `numerics` take over.
        """
        with np.errstate(all="ignore"):
            return self.evaluate_quietly(params)

    def evaluate_quietly(self, params: Array) -> tuple[float, Array]:
        """`evaluate` where NumPy's warnings are off already: turning them off costs 1 µs."""
        total, gradient = 0.0, np.zeros(3)
        for block, e, t in self._blocks:
            np.dot(params, block, out=e)
            np.exp(e, out=e)
            total += _sum_log1p(e, t)
            np.add(e, 1.0, out=t)
            np.divide(e, t, out=t)
            gradient += block.dot(t)
        if not math.isfinite(total):
            total, gradient = self._evaluate_saturated(params)
        gradient /= len(self)
        mean = total / len(self)
        if self.l2:
            mean += float(decay(self.l2, params))
            gradient += decay_gradient(self.l2, params)
        return mean, gradient

    def _evaluate_saturated(self, params: Array) -> tuple[float, Array]:
        total, gradient = 0.0, np.zeros(3)
        for block in self.split():
            u = params @ block
            total += float(softplus(u).sum())
            gradient += block @ sigmoid_pair(u)[0]
        return total, gradient

    def loss(self, params: Array) -> float:
        """J at params (3,)."""
        return self.evaluate(params)[0]

    def gradient_of_rows(self, params: Array, rows: npt.NDArray[np.int64]) -> Array:
        """Gradient (3,) of J with the mean over the rows named, for minibatches."""
        block = np.take(self.signed, rows, axis=1)
        with np.errstate(all="ignore"):
            found = np.asarray(block @ sigmoid_pair(params @ block)[0] / len(rows))
            return found + decay_gradient(self.l2, params) if self.l2 else found

    def hessian(self, params: Array) -> Array:
        """Second derivatives (3, 3) at params: the mean of p·q·x xᵀ with x = (x1, x2, 1).

        Weight decay adds λ for each of the two weights.
        """
        out = np.zeros((3, 3))
        for block in self.split():
            with np.errstate(all="ignore"):
                p, q = sigmoid_pair(params @ block)
                out += (block * (p * q)) @ block.T
        return out / len(self) + decay_hessian(self.l2)


def _sum_log1p(e: Array, work: Array) -> float:
    """Sum of log(1 + e) for e (n,) in [0, ∞), with a work array (n,); e is not written on.

    Long arrays are folded first: (1 + a)(1 + b) = 1 + (a + b + ab), all terms positive, so
    no digit is lost and eight numbers share one logarithm, which is what costs most.
    """
    n = len(e)
    if n < FOLD_FROM or n % 8:
        return float(np.add.reduce(np.log1p(e, out=work)))
    half, quarter = n // 2, n // 4
    folded = _fold(e, work[:half])
    folded = _fold(folded, work[half : half + quarter])
    folded = _fold(folded, work[: n // 8])
    return float(np.add.reduce(np.log1p(folded, out=folded)))


def _fold(e: Array, out: Array) -> Array:
    """(1 + low)(1 + high) - 1 for the two halves of e, into out."""
    low, high = e[: len(out)], e[len(out) :]
    np.multiply(low, high, out=out)
    out += low
    out += high
    return out


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
    if plane not in PLANES:
        raise ValueError(f"The plane must be one of {', '.join(PLANES)}, not {plane!r}.")
    signed = Batch(X, y).signed
    horizontal, vertical = _axis(across), _axis(up)
    i, j, k = PLANES[plane]
    held = float(third)
    if not math.isfinite(held):
        raise ValueError(f"{PARAMETERS[k]} must be a finite number, not {said(third)}.")
    largest = np.maximum(signed.max(axis=1), -signed.min(axis=1))
    with np.errstate(all="ignore"):
        reach = (
            np.abs(horizontal).max(initial=0) * largest[i]
            + np.abs(vertical).max(initial=0) * largest[j]
            + abs(held) * largest[k]
        )
    saturated = not reach <= SAFE_LOGIT
    total = np.zeros((len(vertical), len(horizontal)))
    rows = max(1, GRID_CELLS // max(1, len(horizontal)))
    with np.errstate(all="ignore"):
        for start in range(0, signed.shape[1], rows):
            block = signed[:, start : start + rows]
            base = np.multiply.outer(horizontal, block[i])
            work = np.empty_like(base)
            for n, value in enumerate(vertical):
                np.add(base, value * block[j] + held * block[k], out=work)
                if saturated:
                    total[n] += softplus(work).sum(axis=1)
                else:
                    np.exp(work, out=work)
                    np.log1p(work, out=work)
                    total[n] += work.sum(axis=1)
        total /= signed.shape[1]
        if l2:
            nodes = np.empty((*total.shape, 3))
            nodes[..., i], nodes[..., j], nodes[..., k] = horizontal, vertical[:, None], held
            total += decay(l2, nodes)
    return total


def _axis(values: npt.ArrayLike) -> Array:
    axis = np.asarray(values, dtype=np.float64)
    if axis.ndim != 1 or not np.isfinite(axis).all():
        raise ValueError("The values along a grid's edge must be finite numbers in a row.")
    return axis
