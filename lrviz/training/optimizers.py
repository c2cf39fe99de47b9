"""Update rules of the optimizers: each a few statements, computed and shown as they stand.

Conventions, with g the gradient and η the learning rate: momentum v ← μv + g, w ← w - ηv;
Nesterov w ← w - η(g + μv) with that v; RMSProp s ← αs + (1 - α)g² and w ← w - ηg/(√s + ε);
Adam with bias correction and ε outside the root; AdaGrad s ← s + g². They are those of
PyTorch. A new optimizer is a new row of the table here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from lrviz.core.expression import (
    Expression,
    compiled_in_turn,
    diag,
    mean,
    number,
    sqrt,
    symbols,
)
from lrviz.core.numerics import Array
from lrviz.core.ops import RESIDUAL
from lrviz.training.newton import newton_step

#: Largest learning rate accepted: far beyond what is stable on any built-in data set.
LEARNING_RATE_LIMIT = 1000.0
#: RMSProp's α; Adam's β₁ and β₂; the ε of both, and AdaGrad's.
CONSTANTS: Mapping[str, float] = MappingProxyType(
    {"alpha": 0.9, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
)
ADAGRAD_EPSILON = 1e-10

Values = Mapping[str, Any]  #: letters of a rule to arrays (n,) or floats


class Objective(NamedTuple):
    """What Newton alone asks of the function beside its gradient.

    Attributes
    ----------
    loss : callable or None
        The function at given parameters.
    hessian : callable or None
        Its second derivatives (n, n).
    """

    loss: Callable[[Array], float] | None = None
    hessian: Callable[[Array], Array] | None = None


NO_OBJECTIVE = Objective()


@dataclass(frozen=True)
class Statement:
    """``left ← right``: one line of a rule, or what an equation says, ``left = right``.

    Attributes
    ----------
    left : Expression
        The letter that gets the value; of an equation, its left side.
    right : Expression
        In it a letter that the rule keeps from step to step has its value from before, until
        a statement above gives it its new one.
    sign : str
        "←", or "=" for an equation that is solved elsewhere and defines its letters.
    """

    left: Expression
    right: Expression
    sign: str = "←"

    @cached_property
    def name(self) -> str:
        """The letter on the left."""
        return str(self.left.parts[0])


@dataclass(frozen=True)
class Optimizer:
    """One row of the table of update rules.

    Attributes
    ----------
    name, label : str
        Its key in `OPTIMIZERS`, and what a person reads.
    statements : tuple of Statement
        In order; the last gives w.
    uses : tuple of str
        Which arguments of `lrviz.train` it listens to.
    keeps : tuple of str
        The letters it keeps from step to step; all start at 0.
    constants : mapping of str to float
        Its other letters.
    solve : callable or None
        Gives the letters that its equation defines, from w, g and the objective.
    """

    name: str
    label: str
    statements: tuple[Statement, ...]
    uses: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    constants: Mapping[str, float] = field(default_factory=lambda: CONSTANTS)
    solve: Callable[[Array, Array, Objective], Values] | None = None

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """The letters whose numbers change from step to step, besides w and g."""
        named = {n for line in self.statements for n in (*line.left.symbols, *line.right.symbols)}
        known = {*self.constants, "eta", "mu", "w", "g", "H", "a", "y", "x"}
        return (*sorted(named - known), *(f"{name}_before" for name in self.keeps))

    @cached_property
    def program(self) -> tuple[Callable[[Values], tuple[Any, ...]], Callable[..., Values]]:
        """What takes the letters that its statements need, and the function that runs them."""
        constants = {name: number(value) for name, value in self.constants.items()}
        lines = [
            (line.name, line.right.put(constants))
            for line in self.statements
            if line.sign == "←" and line.name != "g"  # the gradient comes with the step
        ]
        given = tuple(name for name, _ in lines)
        taken = dict.fromkeys(name for _, right in lines for name in right.symbols)
        # What a line above gives, and the rule does not keep, is not taken.
        letters = tuple(n for n in taken if n not in given or n in (*self.keeps, "w"))
        return itemgetter(*letters), compiled_in_turn(lines, letters)

    def update(self, values: dict[str, Any], objective: Objective = NO_OBJECTIVE) -> None:
        """One step: afterwards ``w`` is where it leads, and ``v_before`` what v was.

        Parameters
        ----------
        values : dict
            ``w`` and ``g``, arrays (n,); ``eta``, ``mu`` and, from 1, the step's number ``t``;
            and what is kept from the last step, if there was one. The letters of the rule are
            written on it.
        objective : Objective
        """
        for name in self.keeps:
            if name not in values:
                values[name] = np.zeros_like(values["g"])
            values[f"{name}_before"] = values[name]
        if self.solve is not None:
            values.update(self.solve(values["w"], values["g"], objective))
        take, run = self.program
        values.update(run(*take(values)))

    def stepper(
        self, size: int, learning_rate: float, momentum: float
    ) -> Callable[[int, Array, Array], Array]:
        """``step(k, w, g)``: where step k, from 0, leads from w with the gradient g, both (n,).

        It keeps what the rule keeps, and runs the statements that `update` runs, without the
        objective: a rule with ``solve`` has none.
        """
        take, run = self.program
        # As an array η is multiplied faster, and to the same digits.
        values: dict[str, Any] = {"eta": np.full(size, learning_rate), "mu": momentum}
        values.update((name, np.zeros(size)) for name in self.keeps)

        def step(k: int, w: Array, g: Array) -> Array:
            values["w"], values["g"], values["t"] = w, g, k + 1
            values.update(run(*take(values)))
            after: Array = values["w"]
            return after

        return step


def _newton(w: Array, g: Array, objective: Objective) -> Values:
    if objective.hessian is None:
        raise ValueError("Newton needs the second derivatives.")
    curvature = objective.hessian(w)
    step = newton_step(w, g, curvature, objective.loss)
    return {"d": step.direction, "delta": step.damping, "gain": step.gain, "H": curvature}


w, g, v, m, s, d, t, H = symbols("w", "g", "v", "m", "s", "d", "t", "H")
m_hat, s_hat, x = symbols("m_hat", "s_hat", "x")
eta, mu, alpha, beta1, beta2, epsilon, damping = symbols(
    "eta", "mu", "alpha", "beta1", "beta2", "epsilon", "delta"
)
_RATE, _MOMENTUM = ("learning_rate",), ("learning_rate", "momentum")
_DESCENT = Statement(w, w - eta @ g)

_TABLE = (
    Optimizer("gd", "Gradient descent", (_DESCENT,), _RATE),
    Optimizer(
        "sgd",
        "Stochastic gradient descent",
        # The mean is taken by `lrviz.training.model.Batch`, which never subtracts a from 1.
        (Statement(g, mean(RESIDUAL["log"] @ x)), _DESCENT),
        ("learning_rate", "batch_size", "seed"),
    ),
    Optimizer(
        "momentum",
        "Momentum",
        (Statement(v, mu @ v + g), Statement(w, w - eta @ v)),
        _MOMENTUM,
        ("v",),
    ),
    Optimizer(
        "nesterov",
        "Nesterov momentum",
        (Statement(v, mu @ v + g), Statement(w, w - eta @ (g + mu @ v))),
        _MOMENTUM,
        ("v",),
    ),
    Optimizer(
        "rmsprop",
        "RMSProp",
        (
            Statement(s, alpha @ s + (1 - alpha) @ g**2),
            Statement(w, w - eta @ (g / (sqrt(s) + epsilon))),
        ),
        _RATE,
        ("s",),
    ),
    Optimizer(
        "adam",
        "Adam",
        (
            Statement(m, beta1 @ m + (1 - beta1) @ g),
            Statement(s, beta2 @ s + (1 - beta2) @ g**2),
            Statement(m_hat, m / (1 - beta1**t)),
            Statement(s_hat, s / (1 - beta2**t)),
            Statement(w, w - eta @ (m_hat / (sqrt(s_hat) + epsilon))),
        ),
        _RATE,
        ("m", "s"),
    ),
    Optimizer(
        "adagrad",
        "AdaGrad",
        (
            Statement(s, s + g**2),
            Statement(w, w - eta @ (g / (sqrt(s) + epsilon))),
        ),
        _RATE,
        ("s",),
        {"epsilon": ADAGRAD_EPSILON},
    ),
    Optimizer(
        "newton",
        "Newton",
        (
            Statement((H + damping @ diag(H)) @ d, g, "="),
            Statement(w, w - d),
        ),
        solve=_newton,
    ),
)

#: Every optimizer by name, in the order in which they are offered. Read-only.
OPTIMIZERS: Mapping[str, Optimizer] = MappingProxyType({row.name: row for row in _TABLE})
