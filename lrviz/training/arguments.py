"""Arguments of training, checked: each answer is the value, or a sentence as a ValueError."""

from __future__ import annotations

import operator
from typing import Any

from lrviz.core.given import number
from lrviz.core.numerics import said
from lrviz.training.optimizers import LEARNING_RATE_LIMIT, OPTIMIZERS, Optimizer


def optimizer_named(name: str) -> Optimizer:
    """The row of the table of optimizers."""
    if not isinstance(name, str) or name not in OPTIMIZERS:
        raise ValueError(f"The optimizer must be one of {', '.join(OPTIMIZERS)}, not {name!r}.")
    return OPTIMIZERS[name]


def learning_rate_of(value: Any) -> float:
    """A learning rate in (0, `LEARNING_RATE_LIMIT`]."""
    rate = number("learning_rate", value)
    if not 0 < rate <= LEARNING_RATE_LIMIT:
        limits = f"above 0 and at most {LEARNING_RATE_LIMIT:.0f}"
        raise ValueError(f"learning_rate must be {limits}, not {said(rate)}.")
    return rate


def momentum_of(value: Any) -> float:
    """A momentum in [0, 1)."""
    found = number("momentum", value)
    if not 0 <= found < 1:
        raise ValueError(f"momentum must be at least 0 and below 1, not {said(found)}.")
    return found


def whole(name: str, value: Any, low: int, high: int | None) -> int:
    """The value as an int in [low, high].

    Raises
    ------
    ValueError
        It is not a whole number, or out of range; the sentence names it.
    """
    try:
        found = operator.index(value)
    except TypeError:
        found = None
    if found is None or isinstance(value, bool):
        raise ValueError(f"{name} must be a whole number, not {said(value)}.")
    if found < low or (high is not None and found > high):
        limits = f"at least {low}" if high is None else f"between {low} and {high}"
        raise ValueError(f"{name} must be {limits}, not {said(found)}.")
    return int(found)
