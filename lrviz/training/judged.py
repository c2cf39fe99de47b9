"""How many examples a model judges rightly, at a threshold."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lrviz.core.numerics import said
from lrviz.data.checks import check_data
from lrviz.training.checks import check_params


class Counts(NamedTuple):
    """The four counts of a two-class judgement, class 1 being the positive one.

    Attributes
    ----------
    tp, fp, fn, tn : int
        Class 1 called 1, class 0 called 1, class 1 called 0, class 0 called 0.
    """

    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def accuracy(self) -> float:
        """The share that is called rightly, in [0, 1]."""
        return (self.tp + self.tn) / sum(self)


def counts(
    X: npt.ArrayLike, y: npt.ArrayLike, params: npt.ArrayLike, threshold: float = 0.5
) -> Counts:
    """The four counts of X (m, 2), y (m,) at params w1, w2, b.

    An example counts as class 1 from a = ``threshold`` on, that threshold included. The
    comparison is made where a is still told apart at 1: z against log(t/(1 - t)).
    ``live/playback.js`` counts the same for every frame.

    Raises
    ------
    ValueError
        Bad data, parameters that are not three finite numbers, or a threshold that is not
        between 0 and 1.
    """
    features, labels = check_data(X, y)
    w1, w2, b = check_params(params).tolist()
    if not 0 < threshold < 1:
        raise ValueError(f"The threshold must lie between 0 and 1, not {said(threshold)}.")
    with np.errstate(all="ignore"):
        # In the browser's order of operations, so that both see the same ties.
        called = (features[:, 0] * w1 + features[:, 1] * w2) + b >= logit(threshold)
    one: npt.NDArray[Any] = labels == 1
    return Counts(
        int((called & one).sum()),
        int((called & ~one).sum()),
        int((~called & one).sum()),
        int((~called & ~one).sum()),
    )


def logit(threshold: float) -> float:
    """The z at which a is the threshold, in (0, 1): log(t/(1 - t)), and 0 for one half."""
    return math.log(threshold / (1 - threshold))
