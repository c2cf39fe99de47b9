"""A data set made ready for J and its gradient, evaluated again and again.

The data lie in blocks that fit a core's own cache with the columns that are worked on, each block
in one piece of memory. With E = exp(u): the loss is log(1 + E) and σ(u) is E/(1 + E), both good
to a few units in the last place for every u below 709. Where something overflows the sum turns
infinite or nan, and the pair formulas of `lrviz.core.numerics` take over.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lrviz.core.numerics import Array, sigmoid_pair, softplus
from lrviz.data.checks import check_data
from lrviz.training.decay import decay, decay_gradient, decay_hessian

#: Rows worked on at a time: five such columns of float64 stay in a core's own cache.
BLOCK = 16_384
#: Losses of this many rows or more are multiplied before the logarithm (see `_Part`).
FOLD_FROM = 2048
#: How many factors 1 + E share one logarithm, which is what costs most.
FOLDED = 8
#: Mean loss from which log(1 + E) may be taken of the rounded 1 + E: its error, at most 2.2e-16 a
#: row, is then below 1e-15 of the mean. Below it the sum is taken by `_sum_log1p`.
LOW = 0.25
#: Rows times steps after which a run looks up: see `Steps`.
TURN = 131_072

# An array is added faster than a Python number, which NumPy would have to look at each time.
_ONE = np.array(1.0)


class _Part(NamedTuple):
    """A block of the signed data, and where it is worked on.

    Attributes
    ----------
    block : float64 array (3, n)
    e, t : float64 array (n,)
        exp(u), and 1 + exp(u) or σ(u).
    factors : float64 array (FOLDED, n // FOLDED)
        All of t but what is left over.
    products : float64 array (n // FOLDED,)
    rest : float64 array
        What is left over.
    """

    block: Array
    e: Array
    t: Array
    factors: Array
    products: Array
    rest: Array


class Batch:
    """A data set made ready for repeated evaluation.

    It keeps one signed copy of the data (24 bytes a row, where X and an 8-byte y take 24)
    and work columns of at most `BLOCK` rows; an evaluation allocates nothing that
    grows with the data. Not for use by two threads at once, because of those columns.

    Attributes
    ----------
    blocks : list of float64 array (3, n)
        Rows s·x1, s·x2 and s, with s = 1 - 2y, of at most `BLOCK` examples each.
    l2 : float
        The weight decay λ, 0 or more.
    """

    def __init__(self, X: npt.ArrayLike, y: npt.ArrayLike, l2: float = 0.0) -> None:
        """Check the data (see `lrviz.data.checks.check_data`) and sign it."""
        self.l2 = l2
        features, labels = check_data(X, y)
        self._rows = rows = len(features)
        self._signed = np.empty(3 * rows)
        size = min(BLOCK, rows)
        e, t, products = np.empty(size), np.empty(size), np.empty(size // FOLDED)
        self.blocks: list[Array] = []
        self._parts: list[_Part] = []
        for first in range(0, rows, BLOCK):
            n = min(BLOCK, rows - first)
            block = self._signed[3 * first : 3 * (first + n)].reshape(3, n)
            own, sign = slice(first, first + n), block[2]
            sign.fill(1.0)
            np.copyto(sign, -1.0, where=labels[own] == 1)
            np.multiply(features[own, 0], sign, out=block[0])
            np.multiply(features[own, 1], sign, out=block[1])
            whole = n - n % FOLDED
            factors = t[:whole].reshape(FOLDED, -1)
            rest, few = t[whole:n], products[: whole // FOLDED]
            self.blocks.append(block)
            self._parts.append(_Part(block, e[:n], t[:n], factors, few, rest))

    def __len__(self) -> int:
        """Rows."""
        return self._rows

    def evaluate(self, params: Array) -> tuple[float, Array]:
        """J and its gradient (3,) at params (3,)."""
        with np.errstate(all="ignore"):
            return self.evaluate_quietly(params)

    def evaluate_quietly(self, params: Array) -> tuple[float, Array]:
        """`evaluate` where NumPy's warnings are off already: turning them off costs 1 µs."""
        total, gradient = 0.0, np.zeros(3)
        for block, e, t, factors, products, rest in self._parts:
            params.dot(block, e)
            np.exp(e, e)
            np.add(e, _ONE, t)
            found = 0.0
            if len(e) >= FOLD_FROM:
                np.multiply.reduce(factors, axis=0, out=products)
                found = float(np.add.reduce(np.log(products, products)) + np.log(rest).sum())
            np.divide(e, t, t)
            gradient += block.dot(t)
            if found < LOW * len(e):
                found = _sum_log1p(e, t)
            total += found
        if not math.isfinite(total):
            total, gradient = self._evaluate_saturated(params)
        gradient /= self._rows
        mean = total / self._rows
        if self.l2:
            mean += float(decay(self.l2, params))
            gradient += decay_gradient(self.l2, params)
        return mean, gradient

    def _evaluate_saturated(self, params: Array) -> tuple[float, Array]:
        """Sums over the rows of the loss and of its gradient, without the decay."""
        total, gradient = 0.0, np.zeros(3)
        for block in self.blocks:
            u = params @ block
            total += float(softplus(u).sum())
            gradient += block @ sigmoid_pair(u)[0]
        return total, gradient

    def loss(self, params: Array) -> float:
        """J at params (3,)."""
        return self.evaluate(params)[0]

    def gradient_of_rows(self, params: Array, rows: npt.NDArray[np.int64]) -> Array:
        """Gradient (3,) of J with the mean over the rows named, for minibatches."""
        # Where the rows of a block begin, and how far apart its three lie.
        before = rows - rows % BLOCK
        apart = np.minimum(self._rows - before, BLOCK)
        block = self._signed[2 * before + rows + np.multiply.outer(np.arange(3), apart)]
        with np.errstate(all="ignore"):
            found = np.asarray(block @ sigmoid_pair(params @ block)[0] / len(rows))
            return found + decay_gradient(self.l2, params) if self.l2 else found

    def hessian(self, params: Array) -> Array:
        """Second derivatives (3, 3) at params: the mean of p·q·x xᵀ with x = (x1, x2, 1).

        Weight decay adds λ for each of the two weights.
        """
        out = np.zeros((3, 3))
        for block in self.blocks:
            with np.errstate(all="ignore"):
                p, q = sigmoid_pair(params @ block)
                out += (block * (p * q)) @ block.T
        return out / self._rows + decay_hessian(self.l2)


class Steps:
    """The gradient at one point after another, and the losses at all of them together.

    On few rows most of the time goes into calling NumPy. No step waits for the loss, so it is
    taken once in a turn, of as many points as one column of `BLOCK` numbers has room for.
    NumPy's warnings are to be off.

    Attributes
    ----------
    turn : int
        How many points there may be in a turn.
    """

    def __init__(self, batch: Batch) -> None:
        self._batch, rows = batch, len(batch)
        self._together = rows < FOLD_FROM
        self.turn = BLOCK // rows if self._together else max(1, TURN // rows)
        self._losses = np.empty(self.turn)
        if self._together:
            self._e = np.empty((self.turn, rows))
            self._places = list(self._e)
            self._t, self._count = np.empty(rows), np.array(float(rows))

    def gradient(self, n: int, params: Array, out: Array) -> None:
        """The gradient of J at params (3,) into out (3,): point n of this turn, from 0."""
        if not self._together:
            self._losses[n], out[:] = self._batch.evaluate_quietly(params)
            return
        block, e, t = self._batch.blocks[0], self._places[n], self._t
        params.dot(block, e)
        np.exp(e, e)
        np.add(e, _ONE, t)
        np.divide(e, t, t)
        block.dot(t, out)
        np.divide(out, self._count, out)
        if not math.isfinite(sum(out.tolist())):
            out[:] = self._batch._evaluate_saturated(params)[1] / len(t)
        if self._batch.l2:
            out += decay_gradient(self._batch.l2, params)

    def losses(self, params: Array) -> Array:
        """J at the points (n, 3) of this turn, as (n,)."""
        if not self._together:
            return self._losses[: len(params)]
        e = self._e[: len(params)]
        total = np.add.reduce(np.log1p(e, e), axis=1)
        for n in np.flatnonzero(~np.isfinite(total)):
            total[n] = self._batch._evaluate_saturated(params[n])[0]
        total /= len(self._batch)
        return np.asarray(total + decay(self._batch.l2, params) if self._batch.l2 else total)


def _sum_log1p(e: Array, work: Array) -> float:
    """Sum of log(1 + e) for e (n,) in [0, ∞), with a work array (n,); e is not written on.

    Long arrays are folded first: (1 + a)(1 + b) = 1 + (a + b + ab), all terms positive, so
    no digit is lost and eight numbers share one logarithm.
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
