"""Weight decay: what it adds to the mean loss, and the derivatives of that."""

from __future__ import annotations

from typing import Any

import numpy as np

from lrviz.core.expression import ARRAY, compiled, symbols
from lrviz.core.numerics import Array

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
