"""A run of training as a playback: everything the browser needs to play it without asking.

The playback's own run has the surface; up to two more may run beside it on the same data, and
are drawn on that surface.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np

from lrviz.core.numerics import Array
from lrviz.data.built_in import load_dataset
from lrviz.data.dataset import Dataset, standardise
from lrviz.training.batch import Batch
from lrviz.training.newton import StepBounds, guaranteed_rate, step_bounds
from lrviz.training.optimizers import OPTIMIZERS
from lrviz.training.parabola import Parabolas, parabolas
from lrviz.training.run import BATCH_SIZE, History, replay, train
from lrviz.training.separability import separable
from lrviz.training.surface import Progress, Surface, surface_of, unwatched
from lrviz.training.walk import Rows

#: The parameters' symbols.
SYMBOLS = ("w₁", "w₂", "b")
#: Playbacks kept of one data set; one holds at most `slices.BYTES_LIMIT` of slices, and less than
#: that of all else.
KEPT = 3
#: Bounds kept of one data set, which are a few numbers each.
BOUNDS_KEPT = 64

#: Row numbers of minibatches kept of one playback; a longer run is known by its first steps.
BATCHES_LIMIT = 100_000

#: What sets a run apart from another on the same data: opt, lr, momentum, batch, seed and the
#: start w1, w2, b, as the arguments of `lrviz.train`.
RunSettings = tuple[str, float, float, int, int, float, float, float]


class Request(NamedTuple):
    """What a playback is made from; hashable, so that playbacks can be kept.

    Attributes
    ----------
    data, scale : str
        A name in `lrviz.data.built_in.DATASETS`; ``standard`` or ``raw``.
    opt, lr, momentum, batch, steps, seed, start, l2
        The arguments of `lrviz.train`.
    plane : str
        A key of `lrviz.training.model.PLANES`.
    comparisons : tuple of RunSettings
        Runs beside this one; steps, data and ``l2``, so all of J, are shared.
    """

    data: str = "penguins"
    scale: str = "standard"
    opt: str = "gd"
    lr: float = 0.5
    momentum: float = 0.9
    batch: int = BATCH_SIZE
    steps: int = 200
    seed: int = 0
    start: tuple[float, float, float] = (0.0, 0.0, 0.0)
    plane: str = "w1w2"
    l2: float = 0.0
    comparisons: tuple[RunSettings, ...] = ()

    @property
    def run(self) -> RunSettings:
        """The playback's own run, as those beside it are given."""
        return (self.opt, self.lr, self.momentum, self.batch, self.seed, *self.start)


class Scaled(NamedTuple):
    """A data set as the model sees it: X = (raw - mean)/scale, (m, 2).

    ``digest`` names its numbers: two sets of the same digest hold the same rows.
    """

    data: Dataset
    X: Array
    mean: Array
    scale: Array
    digest: str


@dataclass(frozen=True, eq=False)
class Playback:
    """A run with its surface.

    Attributes
    ----------
    request : Request
    scaled : Scaled
    history : History
    surface : Surface
    following : float64 array (k + 1, 3)
        Where the optimizer goes next from each step; for the last the step not taken, which
        may be infinite.
    used : float64 array (k + 1, 3)
        The gradient that each next step is computed from: the minibatch's own for sgd.
    terms : mapping of str to array
        What the rule computes on the way, by `Optimizer.terms`: (k + 1, 3) or (k + 1,).
    batches : tuple of int arrays
        Rows of the minibatch of each next step; empty where there are none, and no longer
        than `BATCHES_LIMIT` in all.
    bounds : StepBounds
    comparisons : tuple of History
        The runs of ``request.comparisons``.
    """

    request: Request
    scaled: Scaled
    history: History
    surface: Surface
    following: Array
    used: Array
    terms: Mapping[str, Array]
    batches: tuple[Rows, ...]
    bounds: StepBounds
    comparisons: tuple[History, ...]

    @cached_property
    def parabolas(self) -> Parabolas | None:
        """J along the steps of Newton, and along gradient steps from there; None of other rules."""
        if self.request.opt != "newton":
            return None
        batch = Batch(self.scaled.X, self.scaled.data.y, self.request.l2)
        rate = self.bounds.guaranteed / 2
        return parabolas(batch, self.history.params, self.terms["d"], rate)

    @cached_property
    def separable(self) -> bool:
        """Whether a line parts the classes."""
        return separable(self.scaled.X, self.scaled.data.y)

    @cached_property
    def guaranteed(self) -> Mapping[str, float]:
        """2/K on this run's scale of the features, and then on the other: see `StepBounds`."""
        here, raw = self.request.scale, self.scaled.data.X
        other, there = ("standard", standardise(raw)[0]) if here == "raw" else ("raw", raw)
        return {here: self.bounds.guaranteed, other: guaranteed_rate(there, self.request.l2)}

    @property
    def steps(self) -> int:
        """Steps of the longest run: each holds its end until then."""
        return max(map(len, (self.history, *self.comparisons)))


class TrainingData:
    """A data set with what is computed from it: scales, bounds, and the last few playbacks.

    Whoever holds it holds all of that; nothing of it is kept elsewhere.
    """

    def __init__(self, data: Dataset) -> None:
        """Take a data set; nothing is computed before it is asked for."""
        self.data = data
        self._scaled: dict[str, Scaled] = {}
        self._bounds: OrderedDict[tuple[str, float], StepBounds] = OrderedDict()
        self._playbacks: OrderedDict[Request, Playback] = OrderedDict()

    def scaled(self, scale: str) -> Scaled:
        """The data ``standard`` or ``raw``."""
        if scale not in self._scaled:
            data = self.data
            digest = hashlib.sha256(data.X.tobytes() + data.y.tobytes()).hexdigest()[:16]
            made = (data.X, np.zeros(2), np.ones(2)) if scale == "raw" else standardise(data.X)
            self._scaled[scale] = Scaled(data, *made, digest)
        return self._scaled[scale]

    def bounds(self, scale: str, l2: float) -> StepBounds:
        """Learning rates that matter; they need a fit. The last are kept."""
        at = (scale, l2)
        if at not in self._bounds:
            self._bounds[at] = step_bounds(self.scaled(scale).X, self.data.y, l2)
        self._bounds.move_to_end(at)
        while len(self._bounds) > BOUNDS_KEPT:
            self._bounds.popitem(last=False)
        return self._bounds[at]

    def make(self, request: Request, progress: Progress | None = None) -> Playback:
        """The playback of a run on this data, whatever ``request.data`` says; the last are kept.

        Parameters
        ----------
        request : Request
        progress : callable, optional
            Called as ``progress(done, all)`` many times, for the runs and again for the
            surface. An exception it raises ends the work.

        Raises
        ------
        ValueError
            As `lrviz.train`.
        """
        found = self._playbacks.pop(request, None) or _made(self, request, progress or unwatched)
        self._playbacks[request] = found
        while len(self._playbacks) > KEPT:
            self._playbacks.popitem(last=False)
        return found


@cache
def built_in(name: str) -> TrainingData:
    """A built-in data set.

    Raises
    ------
    ValueError
        There is no such data set.
    """
    return TrainingData(load_dataset(name))


def make(request: Request, progress: Progress | None = None) -> Playback:
    """The playback of a run on a built-in data set; see `TrainingData.make`.

    Raises
    ------
    ValueError
        There is no such data set; or as `lrviz.train`.
    """
    return built_in(request.data).make(request, progress)


def _trained(s: Scaled, run: RunSettings, request: Request, progress: Progress) -> History:
    opt, lr, momentum, batch, seed, *start = run
    return train(
        s.X,
        s.data.y,
        optimizer=opt,
        learning_rate=lr,
        steps=request.steps,
        start=start,
        momentum=momentum,
        batch_size=min(batch, len(s.data)),
        seed=seed,
        l2=request.l2,
        progress=lambda k, of: progress(k, of) and None,
    )


def _made(source: TrainingData, request: Request, progress: Progress) -> Playback:
    s = source.scaled(request.scale)
    history, *comparisons = (
        _trained(s, run, request, progress) for run in (request.run, *request.comparisons)
    )
    limits = source.bounds(request.scale, request.l2)
    surface = surface_of(
        [history, *comparisons],
        s.X,
        s.data.y,
        request.plane,
        minimum=limits.minimum,
        progress=progress,
    )
    following, used, terms, batches = _replayed(history, s)
    return Playback(
        request, s, history, surface, following, used, terms, batches, limits, tuple(comparisons)
    )


def _replayed(
    history: History, s: Scaled
) -> tuple[Array, Array, dict[str, Array], tuple[Rows, ...]]:
    """Of each step: where it leads, which the last did not, its gradient, terms and rows."""
    with np.errstate(all="ignore"):
        steps = list(replay(history, s.X, s.data.y))
    terms = {
        name: np.array([step.terms[name] for step in steps], dtype=np.float64)
        for name in OPTIMIZERS[history.optimizer].terms
    }
    following, used = (
        np.array([getattr(step, name) for step in steps]) for name in ("after", "gradient")
    )
    batches, room = list[Rows](), BATCHES_LIMIT
    for step in steps:
        room -= 0 if step.rows is None else len(step.rows)
        if step.rows is None or room < 0:
            break
        batches.append(step.rows)
    return following, used, terms, tuple(batches)
