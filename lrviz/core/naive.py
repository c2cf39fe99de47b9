"""The textbook formulas, evaluated as they are written: shown so that one sees where they break."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from lrviz.core.expression import ARRAY, Expression, compiled, number, simplified
from lrviz.core.ops import OPS, SIGMOID


@cache
def _formulas(y: int) -> tuple[Any, ...]:
    loss, slope = OPS["log_loss"], OPS["sigmoid"]

    def with_label(e: Expression) -> Expression:
        return simplified(e.put({"y": number(y)}))

    written = with_label(loss.formula), with_label(loss.rates[0]), slope.rates[0]
    return compiled(SIGMOID, ("z",), ARRAY), *(compiled(e, ("a",), ARRAY) for e in written)


def naive(z: float, y: int) -> dict[str, float]:
    """What float64 makes of the formulas as a textbook writes them.

    NumPy's float64 is used because it answers 1/0 with inf where Python would raise.

    Returns
    -------
    dict
        ``a`` = 1/(1 + e^-z), ``da/dz`` = a(1 - a), ``dL/dz`` the product of the two
        others, and of ``L`` and ``dL/da`` the term that the label leaves: -log a and -1/a
        for y = 1, -log(1 - a) and 1/(1 - a) for y = 0. Values may be inf or nan: that is
        the point.
    """
    activation, loss, upstream, local = _formulas(y)
    with np.errstate(all="ignore"):
        a = activation(np.float64(z))
        out = {"a": a, "L": loss(a), "dL/da": upstream(a), "da/dz": local(a)}
        out["dL/dz"] = out["dL/da"] * out["da/dz"]
    return {name: float(value) for name, value in out.items()}
