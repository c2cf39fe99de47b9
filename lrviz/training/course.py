"""How a run went, in counts: what is said about it is made from these."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lrviz.training.newton import StepBounds
from lrviz.training.run import History

#: A loss that grows by less than this share has not risen: a converged run flickers in the last
#: digits of float64.
FLICKER = 1e-9
#: A bounce has settled when two places alternate to within this share of the way between them,
#: over so many steps.
STEADY, BOUNCES = 1e-3, 10


class Course(NamedTuple):
    """What happened on a run's way.

    Attributes
    ----------
    steps : int
        Steps taken.
    rises : int
        Steps after which J was higher.
    late : int
        Steps of the second half, on which the next two counts are made; 0 without a minimum.
    crossings : int
        Of those, steps that came out on the other side of the minimum, along the direction of
        largest curvature there.
    farther : int
        Of those crossings, the ones that ended farther from the minimum, along that direction,
        than they began.
    bounce : (float, float) or None
        The two values of J between which the run has settled to alternate; the lower one first.
    """

    steps: int
    rises: int
    late: int
    crossings: int
    farther: int
    bounce: tuple[float, float] | None


def course(history: History, bounds: StepBounds) -> Course:
    """The counts of a run whose learning rates that matter are given."""
    losses, steps = history.losses, len(history)
    with np.errstate(all="ignore"):
        rises = int((losses[1:] > losses[:-1] * (1 + FLICKER)).sum())
        late = crossings = farther = 0
        if bounds.minimum is not None and bounds.steepest is not None:
            along = (history.params - bounds.minimum) @ bounds.steepest
            before, after = along[steps // 2 : -1], along[steps // 2 + 1 :]
            crossed = np.sign(before) * np.sign(after) < 0
            late, crossings = len(before), int(crossed.sum())
            farther = int((crossed & (np.abs(after) > np.abs(before))).sum())
    return Course(steps, rises, late, crossings, farther, _bounce(history))


def _bounce(history: History) -> tuple[float, float] | None:
    """J at the two places between which a run alternates, if it does."""
    if len(history) < BOUNCES:
        return None
    end = history.params[-BOUNCES:]
    with np.errstate(all="ignore"):
        across = np.linalg.norm(end[1:] - end[:-1], axis=1)
        back = np.linalg.norm(end[2:] - end[:-2], axis=1)
        size = np.linalg.norm(end, axis=1).max()
        if not (back <= STEADY * across.min()).all() or across.min() <= STEADY * size:
            return None
    low, high = sorted(history.losses[-2:].tolist())
    return low, high
