"""Training as one walk: a generator of steps, and `minimize`, which reads it.

Its other readers, `train`, `preview` and the player's data (`replay`), are in
`lrviz.training.run`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import count as counted
from itertools import islice
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from lrviz.core.given import numbers
from lrviz.core.numerics import Array, said
from lrviz.training.arguments import learning_rate_of, momentum_of, optimizer_named, whole
from lrviz.training.optimizers import (
    NO_OBJECTIVE,
    Objective,
    Optimizer,
)

#: Most steps of one run.
STEPS_LIMIT = 100_000

Rows: TypeAlias = npt.NDArray[np.int64]
#: The gradient that step k uses at w, and the rows of its minibatch, if it is one's.
Slope: TypeAlias = Callable[[int, Array], tuple[Array, Rows | None]]


class Step(NamedTuple):
    """One step of a run, taken apart.

    Attributes
    ----------
    k : int
        It leads from step k to step k + 1.
    before, gradient, after : float64 array (n,)
        The parameters before, the gradient that the rule was given (the minibatch's own
        for sgd), the parameters after.
    terms : mapping of str to array (n,) or float
        Every letter of the rule after the step: ``v``, ``s``, ``m_hat``, ``d``, ``eta``, ...,
        with ``v_before`` and the like for what it came with.
    rows : int array or None
        The rows of the minibatch.
    """

    k: int
    before: Array
    gradient: Array
    after: Array
    terms: Mapping[str, Any]
    rows: Rows | None

    def read(self, key: str, parameter: int) -> float:
        """The number behind one slot of a rule's line (see `lrviz.text.rules`), by parameter.

        Raises
        ------
        KeyError
            The rule has no such term.
        """
        named = {"w": self.before, "g": self.gradient, "after": self.after}
        found = named[key] if key in named else self.terms[key]
        return float(found[parameter]) if isinstance(found, np.ndarray) else float(found)


def walk(
    rule: Optimizer,
    start: Array,
    slope: Slope,
    *,
    learning_rate: float,
    momentum: float,
    objective: Objective = NO_OBJECTIVE,
) -> Iterator[Step]:
    """Step after step of a rule from a start, without end.

    Whoever reads it decides when to stop, and says what NumPy's warnings are to be: numbers
    beyond float64 go on as inf and nan.
    """
    w, kept = start, dict[str, Any]()
    constants = {"eta": learning_rate, "mu": momentum, **rule.constants}
    for k in counted():
        g, rows = slope(k, w)
        terms = {**constants, "w": w, "g": g, "t": k + 1, **kept}
        rule.update(terms, objective)
        after = terms["w"]
        yield Step(k, w, g, after, terms, rows)
        w, kept = after, {name: terms[name] for name in rule.keeps}


def minimize(
    gradient: Callable[[Array], npt.ArrayLike],
    start: npt.ArrayLike,
    *,
    optimizer: str = "gd",
    learning_rate: float = 0.1,
    steps: int = 100,
    momentum: float = 0.9,
    loss: Callable[[Array], float] | None = None,
    hessian: Callable[[Array], npt.ArrayLike] | None = None,
) -> Array:
    """The path of an optimizer on any function of n numbers, as (steps + 1, n).

    Row 0 is the start. sgd here is gd: the noise is the gradient's own. Newton takes its
    second derivatives from ``hessian``, or from central differences of the gradient where
    none is given; it damps its steps until the function falls only if it is given ``loss``. A
    path that leaves float64 goes on as inf and nan.

    Parameters
    ----------
    gradient : callable
        ``gradient(w)`` is n numbers for n numbers.
    start : n numbers
    optimizer : {"gd", "sgd", "momentum", "nesterov", "rmsprop", "adam", "adagrad", "newton"}
    learning_rate : float
        η, in (0, 1000]. Newton does not use it.
    steps : int
        0 to 100,000.
    momentum : float
        μ of momentum and nesterov, in [0, 1).
    loss, hessian : callable, optional
        The function, and its second derivatives (n, n), at n numbers.

    Raises
    ------
    ValueError
        A bad argument, or a gradient or second derivatives that do not go with the start, in a
        sentence.

    Examples
    --------
    >>> lrviz.minimize(lambda w: 2 * w, [1.0, -2.0], learning_rate=0.25, steps=2).tolist()
    [[1.0, -2.0], [0.5, -1.0], [0.25, -0.5]]
    """
    rule = optimizer_named(optimizer)
    rate, mu = learning_rate_of(learning_rate), momentum_of(momentum)
    most = whole("steps", steps, 0, STEPS_LIMIT)
    try:
        w = numbers(start).copy()
    except TypeError:
        w = np.empty(0)
    if w.ndim != 1 or not len(w) or not np.isfinite(w).all():
        raise ValueError(f"The start must be a row of finite numbers, not {said(start)}.")

    def slope(at: Array) -> Array:
        found = _answer("gradient", gradient(at.copy()))
        if found.shape != w.shape:
            raise ValueError(
                f"The gradient must have as many numbers as the start, {len(w)}, "
                f"but its shape is {found.shape}."
            )
        return found

    def curvature(at: Array) -> Array:
        if hessian is None:
            return _differences(slope, at)
        found = _answer("hessian", hessian(at.copy()))
        if found.shape != (len(w), len(w)):
            raise ValueError(
                f"The hessian must be {len(w)} by {len(w)} numbers, but its shape is {found.shape}."
            )
        with np.errstate(all="ignore"):
            apart = float(np.abs(found - found.T).max())
            if apart > 1e-6 * float(np.abs(found).max()):
                raise ValueError("The hessian must be symmetric, as second derivatives are.")
        return found

    def height(at: Array) -> float:
        assert loss is not None
        found = _answer("loss", loss(at.copy()))
        if found.size != 1:
            raise ValueError(f"The loss must be one number, but its shape is {found.shape}.")
        return float(found.item())

    path = np.empty((most + 1, len(w)))
    path[0] = w
    taken = walk(
        rule,
        w,
        lambda _, at: (slope(at), None),
        learning_rate=rate,
        momentum=mu,
        objective=Objective(loss and height, curvature),
    )
    with np.errstate(all="ignore"):
        for step in islice(taken, most):
            path[step.k + 1] = step.after
    return path


def _answer(name: str, found: npt.ArrayLike) -> Array:
    """What a function of the caller's gives, kept apart: it may write on the same array again."""
    try:
        return numbers(found).copy()
    except TypeError:
        raise ValueError(f"The {name} must be real numbers, not {said(found)}.") from None


def _differences(slope: Callable[[Array], Array], at: Array) -> Array:
    """Central differences of a gradient (n,) as a symmetric (n, n)."""
    out = np.empty((len(at), len(at)))
    for i, value in enumerate(at):
        # The cube root of the rounding unit balances rounding against curvature.
        h = float(np.cbrt(np.finfo(np.float64).eps)) * max(1.0, abs(float(value)))
        above, below = at.copy(), at.copy()
        above[i] += h
        below[i] -= h
        out[i] = (slope(above) - slope(below)) / (above[i] - below[i])
    return np.asarray((out + out.T) / 2)
