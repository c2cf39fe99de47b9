"""One row per operation: its forward rule and its local derivatives, as expressions.

What a row says is both what is computed and what is shown, here and in the browser. The walk
over the graph lives in `graph`; nothing here knows about graphs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from lrviz.core.expression import (
    HALF,
    Expression,
    exp,
    inner,
    log,
    logit,
    number,
    sigma,
    symbols,
)

Value = Any  #: a float, a Probability, or a float64 array of shape (2,)


@dataclass(frozen=True)
class Op:
    """An operation.

    Attributes
    ----------
    name : str
        Its key in `OPS`.
    arguments : tuple of str
        The letters that stand for its arguments in the formulas.
    out : str
        The letter that stands for its own value in the local derivatives.
    formula : Expression
        The forward rule.
    rates : tuple of Expression
        The local derivative by each argument.
    stable : mapping of int to Expression
        What is computed in place of the rate of that number, where float64 would lose digits
        of the rate as it is written; a test holds the two equal in high precision.
    """

    name: str
    arguments: tuple[str, ...]
    out: str
    formula: Expression
    rates: tuple[Expression, ...]
    stable: Mapping[int, Expression] = field(default_factory=dict)

    @cached_property
    def computed(self) -> tuple[Expression, ...]:
        """The rates as they are computed."""
        return tuple(self.stable.get(n, rate) for n, rate in enumerate(self.rates))


x, w, x1, w1, x2, w2, b = symbols("x", "w", "x1", "w1", "x2", "w2", "b")
u1, u2, z, a, y = symbols("u1", "u2", "z", "a", "y")
t, d, r = symbols("t", "d", "r")
ONE = number(1)

_TABLE = (
    Op("affine", ("x1", "w1", "x2", "w2", "b"), "z", w1 * x1 + w2 * x2 + b, (w1, x1, w2, x2, ONE)),
    Op("dot", ("x", "w", "b"), "z", inner(w, x) + b, (w, x, ONE)),
    Op("mul", ("x", "w"), "z", w * x, (w, x)),
    Op("add", ("u1", "u2"), "z", u1 + u2, (ONE, ONE)),
    Op("mul_rest", ("x", "y"), "z", (1 - y) * x, (1 - y, -x)),
    Op("negate", ("z",), "n", -z, (number(-1),)),
    Op("exp", ("z",), "t", exp(z), (t,)),
    Op("one_plus", ("t",), "d", 1 + t, (ONE,)),
    Op("reciprocal", ("d",), "a", 1 / d, (-(a**2),)),
    Op("complement", ("a",), "z", 1 - a, (number(-1),)),
    Op("log", ("a",), "z", log(a), (1 / a,)),
    Op("sub", ("a", "y"), "r", a - y, (ONE, number(-1))),
    Op("half_square", ("r",), "z", HALF * r**2, (r,)),
    Op("sigmoid", ("z",), "a", sigma(z), (a * (1 - a),)),
    Op(
        "log_loss",
        ("a", "y"),
        "L",
        -(y * log(a) + (1 - y) * log(1 - a)),
        ((1 - y) / (1 - a) - y / a, log(1 - a) - log(a)),
        # The difference of two logarithms that are nearly equal near a = ½.
        {1: -logit(a)},
    ),
    Op("squared_error", ("a", "y"), "L", HALF * (a - y) ** 2, (a - y, y - a)),
)

#: Every operation by name, read-only.
OPS: Mapping[str, Op] = MappingProxyType({op.name: op for op in _TABLE})

#: σ as it is written; `lrviz.core.numerics.sigmoid` computes it so that nothing is lost.
SIGMOID = 1 / (1 + exp(-z))
#: ∂L/∂z in its shortest form, by loss: ① · ② multiplied out.
RESIDUAL: Mapping[str, Expression] = MappingProxyType(
    {"log": a - y, "squared": (a - y) @ (a * (1 - a))}
)
#: The loss by name, in a and y.
LOSS: Mapping[str, Expression] = MappingProxyType(
    {"log": OPS["log_loss"].formula, "squared": OPS["squared_error"].formula}
)
