"""What to try when a run has come to its end: one sentence, made from how it went."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lrviz import settings
from lrviz.text.numbers import equation, number
from lrviz.training.batch import Batch
from lrviz.training.course import FLICKER
from lrviz.training.optimizers import OPTIMIZERS
from lrviz.training.playback import SYMBOLS, Playback

#: How far from the minimum a parameter is there all the same: what is left of one that should be 0
#: has other digits. A share of the largest, where that is above 1.
_NOTHING = 1e-9


def onward(made: Playback) -> str:
    """What became of the run, and what to try next; '' where nothing moved, or it broke off."""
    h, r, bounds = made.history, made.request, made.bounds
    if not len(h) or h.stopped:
        return ""
    first, end = float(h.losses[0]), float(h.losses[-1])
    rate, local = "learning_rate" in OPTIMIZERS[r.opt].uses, bounds.local
    if rate and end > first * (1 + FLICKER):
        below = f", below {equation('2/K', bounds.guaranteed)}" if r.opt == "gd" else ""
        return f"J ended higher than it began: try a smaller η{below}."
    if bounds.minimum is None:
        if len(set(made.scaled.data.y.tolist())) == 1:
            return "There is no minimum to come to: add the other class."
        return "There is no minimum to come to: with weight decay λ there is one."
    lowest = Batch(made.scaled.X, made.scaled.data.y, r.l2).loss(bounds.minimum)
    level = number(end) == number(lowest)
    off = _off(made, bounds.minimum) if level else []
    if level and not off:
        other = "η, or start elsewhere" if rate else "start"
        return f"To the digits shown this is the minimum: try another {other}."
    if r.opt == "gd" and local is not None and r.lr > local:
        way = f"η is too large to settle there, try one below {equation('2/κ', local)}"
    else:
        way = f"try {_nearer(made)}"
    if off:  # around a minimum J is flat: it arrives before they do
        are = "is" if len(off) == 1 else "are"
        return f"To the digits shown J is the minimum’s, but {_listed(off)} {are} not: {way}."
    return f"The minimum is {equation('J', lowest)}: {way}."


def _off(made: Playback, minimum: NDArray[np.float64]) -> list[str]:
    """The parameters that are not at the minimum, to the digits shown."""
    end = made.history.params[-1]
    nothing = _NOTHING * max(1.0, float(np.abs(minimum).max()))
    return [
        name
        for name, now, best in zip(SYMBOLS, end, minimum, strict=True)
        if number(float(now)) != number(float(best)) and abs(now - best) > nothing
    ]


def _listed(names: list[str]) -> str:
    """One, or the last after an "and"."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _nearer(made: Playback) -> str:
    """What brings a run nearer to the minimum than it came."""
    h, r, guaranteed = made.history, made.request, made.bounds.guaranteed
    more = ["more steps"] if r.steps < settings.STEPS_HIGH else []
    if r.opt == "sgd" and r.batch < len(made.scaled.data):
        ways = [*more, "a smaller η or a larger batch, which scatter the steps less"]
    elif h.losses[-1] > np.min(h.losses) * (1 + FLICKER):
        # A rule that leaps to and fro with steps of one size comes no nearer with more of them.
        late = 2 * int(np.argmin(h.losses)) > len(h)
        ways = [*(more if late else []), "a smaller η"]
    elif r.opt == "gd" and r.lr < guaranteed / 3:
        # Along a direction of curvature c a step leaves |1 − ηc| of the way: with twice the η
        # that is less along all, because ηc is at most 2/3.
        ways = [*more, f"a larger η, up to {equation('2/K', guaranteed)}"]
    else:
        ways = more or ["another start"]
    return ", or ".join(ways)
