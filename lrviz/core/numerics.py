"""Sigmoid, softplus and log loss that lose no digits at saturation.

Past z = 36.7 the float64 nearest to σ(z) is 1, so 1 - σ(z) is 0 and the textbook
derivative a(1 - a) dies. The cure is to carry both tails: p = σ(z) and q = σ(-z),
each computed from exp(-|z|), never one from the other.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

#: Largest |z| accepted. exp(±700) is still a normal float64 (the limit is e^709.78 above
#: and e^-708.39 below), so 1/p, p·q and their products keep full precision up to here.
Z_LIMIT = 700.0


class Probability(float):
    """σ(z) as a float that remembers its other tail and its logit.

    Attributes
    ----------
    complement : float
        1 - σ(z), computed as σ(-z): exact to the last digits where 1 - a would be 0.
    logit : float
        The z it came from, in (-Z_LIMIT, Z_LIMIT).
    """

    __slots__ = ("complement", "logit")
    complement: float
    logit: float

    def __new__(cls, p: float, complement: float, logit: float) -> Probability:
        """Make one from both tails, each in (0, 1], and the logit."""
        self = super().__new__(cls, p)
        self.complement = complement
        self.logit = logit
        return self

    def __reduce__(self) -> tuple[type[Probability], tuple[float, float, float]]:
        """Pickle and copy with all three numbers."""
        return Probability, (float(self), self.complement, self.logit)


def sigmoid(z: float) -> Probability:
    """σ(z) = 1/(1 + e^-z) for one finite z, with its complement σ(-z).

    Both tails come from e = exp(-|z|), which cannot overflow: 1/(1 + e) and e/(1 + e).
    """
    e = math.exp(-abs(z))
    large, small = 1.0 / (1.0 + e), e / (1.0 + e)
    return Probability(large, small, z) if z >= 0 else Probability(small, large, z)


def sigmoid_pair(z: npt.ArrayLike) -> tuple[Array, Array]:
    """(σ(z), σ(-z)) elementwise, both float64 of the shape of z."""
    z = np.asarray(z, dtype=np.float64)
    e = np.exp(-np.abs(z))
    large, small = 1.0 / (1.0 + e), e / (1.0 + e)
    return np.where(z >= 0, large, small), np.where(z >= 0, small, large)


def negative_log(p: float, complement: float) -> float:
    """-log(p) in [0, ∞), from whichever tail loses nothing.

    Near p = 1 the information is in the complement, so -log1p(-complement).
    """
    return -math.log1p(-complement) if complement < 0.5 else -math.log(p)


def softplus(z: npt.ArrayLike) -> Array:
    """log(1 + e^z) elementwise, in [0, ∞), as max(z, 0) + log1p(exp(-|z|)).

    Mächler (2012), "Accurately computing log(1 - exp(-|a|))", treats the same cut-off.
    """
    z = np.asarray(z, dtype=np.float64)
    return np.asarray(np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z))))


def log_loss(z: npt.ArrayLike, y: npt.ArrayLike) -> Array:
    """Binary cross-entropy from the logit, elementwise, natural log, in [0, ∞).

    z and y broadcast; y is 0 or 1. -log σ(z) = softplus(-z) and -log σ(-z) = softplus(z).
    """
    return softplus(np.where(np.asarray(y) == 1, -np.asarray(z), z))


def naive(z: float, y: int) -> dict[str, float]:
    """The textbook formulas evaluated as they are written, in float64.

    Shown beside the exact pass so that a learner sees where they break. NumPy's float64
    is used because it answers 1/0 with inf where Python would raise.

    Returns
    -------
    dict
        ``a`` = 1/(1 + e^-z), ``da/dz`` = a(1 - a), ``dL/dz`` the product of the two
        others, and of ``L`` and ``dL/da`` the term that the label leaves: -log a and -1/a
        for y = 1, -log(1 - a) and 1/(1 - a) for y = 0. Values may be inf or nan: that is
        the point.
    """
    with np.errstate(all="ignore"):
        one = np.float64(1.0)
        a = one / (one + np.exp(np.float64(-z)))
        loss = -np.log(a) if y == 1 else -np.log(one - a)
        upstream = -one / a if y == 1 else one / (one - a)
        local = a * (one - a)
        out: dict[str, Any] = {"a": a, "L": loss, "dL/da": upstream, "da/dz": local}
        out["dL/dz"] = upstream * local
    return {name: float(value) for name, value in out.items()}
