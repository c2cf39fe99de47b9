"""One row per operation: forward rule, local derivatives, and how both are written.

The walk over the graph lives in `graph`; nothing here knows about graphs. The browser
has the same table in ``live/ops.js`` and a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from lrviz.core import numerics
from lrviz.core.numerics import Probability

Value = Any  #: a float, a Probability, or a float64 array of shape (2,)


@dataclass(frozen=True, slots=True)
class Op:
    """An operation.

    Attributes
    ----------
    name : str
        Its key in `OPS`.
    forward : callable
        ``forward(*args)`` is the value of the node.
    derivatives : callable
        ``derivatives(*args, out=value)`` gives one local derivative per argument.
    formula : str
        LaTeX of the value; ``{0}``, ``{1}``, ... stand for the arguments' symbols.
    local_formulas : tuple of str
        LaTeX of each local derivative; ``{out}`` stands for the node's own symbol.
    """

    name: str
    forward: Callable[..., Value]
    derivatives: Callable[..., tuple[Value, ...]]
    formula: str
    local_formulas: tuple[str, ...]


def _dot(x: Value, w: Value, b: float) -> float:
    # Not x @ w: BLAS may fuse or reorder, and the three views are to agree.
    return float(w[0]) * float(x[0]) + float(w[1]) * float(x[1]) + b


def _log_loss(a: Probability, y: float) -> float:
    p, q = float(a), a.complement
    return numerics.negative_log(p, q) if y == 1 else numerics.negative_log(q, p)


def _log_loss_derivatives(a: Probability, y: float, out: float) -> tuple[float, float]:
    # dL/dy = log(1 - a) - log(a) = -z: taken from the logit, which cannot cancel.
    return (-1.0 / float(a) if y == 1 else 1.0 / a.complement), -a.logit


def _residual(a: Probability, y: float) -> float:
    """a - y without cancellation: p for y = 0, -q for y = 1."""
    return -a.complement if y == 1 else float(a)


def _squared(a: Probability, y: float) -> float:
    r = _residual(a, y)
    return 0.5 * (r * r)


def _squared_derivatives(a: Probability, y: float, out: float) -> tuple[float, float]:
    r = _residual(a, y)
    return r, -r


_TABLE = (
    Op(
        "affine",
        lambda x1, w1, x2, w2, b: w1 * x1 + w2 * x2 + b,
        lambda x1, w1, x2, w2, b, out: (w1, x1, w2, x2, 1.0),
        r"{1} \cdot {0} + {3} \cdot {2} + {4}",
        ("{1}", "{0}", "{3}", "{2}", "1"),
    ),
    Op(
        "dot",
        _dot,
        lambda x, w, b, out: (w, x, 1.0),
        r"{1} \cdot {0} + {2}",
        ("{1}", "{0}", "1"),
    ),
    Op("mul", lambda x, w: w * x, lambda x, w, out: (w, x), r"{1} \cdot {0}", ("{1}", "{0}")),
    Op("add", lambda a, b: a + b, lambda a, b, out: (1.0, 1.0), "{0} + {1}", ("1", "1")),
    Op(
        "sigmoid",
        numerics.sigmoid,
        lambda z, out: (float(out) * out.complement,),
        r"\sigma({0})",
        ("{out}(1 - {out})",),
    ),
    Op(
        "log_loss",
        _log_loss,
        _log_loss_derivatives,
        r"-[{1} \cdot \log {0} + (1 - {1}) \cdot \log(1 - {0})]",
        (r"\frac{{1 - {1}}}{{1 - {0}}} - \frac{{{1}}}{{{0}}}", r"\log(1 - {0}) - \log {0}"),
    ),
    Op(
        "squared_error",
        _squared,
        _squared_derivatives,
        r"\frac{{1}}{{2}} ({0} - {1})^2",
        ("{0} - {1}", "{1} - {0}"),
    ),
)

#: Every operation by name, read-only.
OPS: MappingProxyType[str, Op] = MappingProxyType({op.name: op for op in _TABLE})
