"""Newton's method: damped steps, the minimum, and the learning rates that follow from curvature."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lrviz.core.numerics import Array
from lrviz.data.dataset import standardise
from lrviz.training.batch import Batch
from lrviz.training.decay import decay, decay_gradient, decay_hessian
from lrviz.training.separability import has_minimum

#: Newton's matrix, scaled to a unit diagonal, gets its smallest eigenvalue lifted to this.
CURVATURE_FLOOR = 1e-13
#: Or to this share of the largest, where that is more: some roundings, so that no pivot is zero.
ROUNDING = 16 * float(np.finfo(np.float64).eps)
#: Dampings of a Newton step that are tried before it counts as leading nowhere.
DAMPINGS = 100
#: The learning rate that gradient descent begins with where the curvature allows it.
FIRST_RATE = 0.5
#: Newton has converged when a step's predicted gain g·H⁻¹g/2 is below this.
NEWTON_TOLERANCE = 1e-18
_NEWTON_STEPS = 200


class NewtonStep(NamedTuple):
    """One damped Newton step.

    Attributes
    ----------
    direction : float64 array (n,)
        The solution d of (H + δ·|diag H|)·d = gradient, which is subtracted from the parameters;
        zero when no damping made the loss fall, nan where the gradient or the Hessian is beyond
        float64.
    damping : float
        δ; 0 for plain Newton.
    gain : float
        Predicted fall of the loss, gradient·d/2.
    """

    direction: Array
    damping: float
    gain: float


def newton_step(
    params: Array, gradient: Array, hessian: Array, loss: Callable[[Array], float] | None = None
) -> NewtonStep:
    """Solve with the Hessian, damped where it must be.

    The Hessian is scaled to a diagonal of ±1, which makes the rule independent of the
    features' units; δ is added to that diagonal (Levenberg 1944, Marquardt 1963). δ is 0
    unless the smallest eigenvalue is below `CURVATURE_FLOOR` (or `ROUNDING` of the largest),
    and then just enough to lift it there. With ``loss`` given, δ is raised to 0.001 and then
    tenfold, until the loss is no higher than before.
    """
    if not (np.isfinite(gradient).all() and np.isfinite(hessian).all()):
        return NewtonStep(np.full_like(params, math.nan), math.nan, math.nan)
    curvature = np.abs(np.diag(hessian))
    scale = np.sqrt(np.where(curvature > 0, curvature, 1.0))
    scaled, slope = hessian / scale / scale[:, None], gradient / scale
    curvatures = np.linalg.eigvalsh(scaled)
    # Beside a large curvature the floor itself would be lost to rounding.
    floor = max(CURVATURE_FLOOR, ROUNDING * float(np.abs(curvatures).max()))
    damping = max(0.0, floor - float(curvatures[0]))
    # Near the minimum the loss is flat to rounding: a rise of some ulps is no rise.
    ceiling = math.inf if loss is None else loss(params) * (1 + 16 * np.finfo(np.float64).eps)
    for _ in range(DAMPINGS):
        direction = np.linalg.solve(scaled + damping * np.eye(len(params)), slope) / scale
        gain = float(gradient @ direction) / 2
        if loss is None or loss(params - direction) <= ceiling:
            break
        damping = max(10 * damping, 1e-3)
    else:
        direction = np.zeros_like(params)
    return NewtonStep(direction, damping, gain)


def minimum(X: npt.ArrayLike, y: npt.ArrayLike, l2: float = 0.0) -> Array | None:
    """The parameters (3,) of least J, by Newton from zero; None if there are none.

    With weight decay, ``l2`` above 0, they exist for separable classes too.

    Where the data lie on one line (a constant column, say) many parameters share the least
    loss, and one of them is returned.
    """
    if not has_minimum(X, y, l2):
        return None
    # Solved for centred features of unit size, where the Hessian is well conditioned.
    centred, centre, size = standardise(X)
    batch, params = Batch(centred, y), np.zeros(3)
    del centred
    # The term in w = v / size, where v are the weights of the centred features.
    unit = np.append(size, 1.0)
    bend = decay_hessian(l2) / np.multiply.outer(unit, unit)

    def loss(at: Array) -> float:
        return batch.loss(at) + float(decay(l2, at / unit))

    for _ in range(_NEWTON_STEPS):
        slope = batch.evaluate(params)[1] + decay_gradient(l2, params / unit) / unit
        step = newton_step(params, slope, batch.hessian(params) + bend, loss)
        params = params - step.direction
        if step.gain <= NEWTON_TOLERANCE:
            break
    w = params[:2] / size
    return np.append(w, params[2] - w @ centre)


class StepBounds(NamedTuple):
    """Learning rates that matter to full-batch gradient descent.

    Attributes
    ----------
    guaranteed : float
        2/K with K the largest eigenvalue of XᵀX/(4m) + λ·diag(1, 1, 0), bias column included:
        no curvature anywhere is larger, and below 2/K every step from anywhere lowers the loss
        (Nesterov, Introductory Lectures on Convex Optimization, 1.2.3, where K is called L).
    local : float or None
        2/κ with κ the largest eigenvalue of the Hessian at the minimum: above it descent
        cannot settle there. None where no minimum exists.
    minimum : float64 array (3,) or None
        The parameters of least J.
    steepest : float64 array (3,) or None
        The direction of that curvature, of length 1.
    """

    guaranteed: float
    local: float | None
    minimum: Array | None
    steepest: Array | None = None


def step_bounds(X: npt.ArrayLike, y: npt.ArrayLike, l2: float = 0.0) -> StepBounds:
    """The learning rate that is safe everywhere, and the one that is safe at the minimum."""
    guaranteed, best = guaranteed_rate(X, l2), minimum(X, y, l2)
    if best is None:
        return StepBounds(guaranteed, None, None)
    curvatures, directions = np.linalg.eigh(Batch(X, y, l2).hessian(best))
    return StepBounds(guaranteed, 2 / float(curvatures[-1]), best, directions[:, -1])


def first_rate(guaranteed: float) -> float:
    """A learning rate to begin with: `FIRST_RATE`, or the largest of one digit up to 2/K.

    Parameters
    ----------
    guaranteed : float
        2/K, above 0; see `StepBounds`.
    """
    digit, _, power = f"{guaranteed:.16e}".partition("e")
    return min(FIRST_RATE, float(f"{digit[0]}e{power}"))


def guaranteed_rate(X: npt.ArrayLike, l2: float) -> float:
    """2/K alone, which does not depend on the labels."""
    rows = np.asarray(X, dtype=np.float64)
    wide = np.column_stack([rows, np.ones(len(rows))])
    return 2 / float(np.linalg.eigvalsh(wide.T @ wide / (4 * len(rows)) + decay_hessian(l2))[-1])
