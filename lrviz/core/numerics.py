"""Sigmoid, softplus and log loss that lose no digits at saturation.

Past z = 36.7 the float64 of 1 + e^-z is 1, so 1 - σ(z) is 0 and the textbook derivative
a(1 - a) dies. The cure is to carry both tails: p = σ(z) and q = σ(-z),
each computed from exp(-|z|), never one from the other.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

#: Largest |z| accepted. exp(±700) is still a normal float64 (the limit is e^709.78 above
#: and e^-708.39 below), so 1/p, p·q and their products keep full precision up to here.
Z_LIMIT = 700.0
#: Beyond this |z| the model is as good as certain: 1 − a or a is below 5·10⁻⁵.
CERTAIN = 10.0
#: Beyond this |z|, float64 drops digits that are shown when 1 − a is computed by subtraction.
SUBTRACTION_FAILS = 26.0
#: From this |z| on, 1 + e^-|z| is 1 in float64, and so is σ(|z|): half of the last place of 1.
ROUNDS_TO_ONE = 53 * math.log(2)


_new = float.__new__  # found once: `super` would look it up for every number


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
        self = _new(cls, p)
        self.complement = complement
        self.logit = logit
        return self

    def __rsub__(self, other: float) -> float:
        """1 − p as a `Probability`, 0 − p; nothing is subtracted where digits would be lost."""
        if other == 1:
            return Probability(self.complement, float(self), -self.logit)
        return other - float(self)

    def __sub__(self, other: float) -> float:
        """p − y for a label y: −(1 − p) for 1, p for 0."""
        return -self.complement if other == 1 else float(self) - other

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


def log(x: float) -> float:
    """The natural logarithm; of a `Probability`, from whichever tail loses nothing.

    Near p = 1 the information is in the complement, so log1p(-complement).
    """
    if isinstance(x, Probability) and x.complement < 0.5:
        return math.log1p(-x.complement)
    return math.log(x)


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


def said(value: object) -> str:
    """A value as a sentence shows it: -1 and not np.int64(-1)."""
    plain = value.tolist() if isinstance(value, np.generic | np.ndarray) else value
    try:
        return repr(plain)
    except ValueError:  # an integer, too long for Python to write it out
        return "an integer of thousands of digits"
