"""The loss surface of a run: one slice for every step, kept as a few.

The slice of a plane changes with the parameter that the plane leaves out. A loss is a smooth
function of that parameter at every node of the grid, so the slices of a whole run are kept
as a Chebyshev series in it: a dozen slices give the slice at any step to Float32, however
many steps there are. A run that moves so far that the series does not converge gets a stack
of slices instead, one per step, or per stride of steps where that would pass `BYTES_LIMIT`.

The Training page, the notebook's figure and the file that is taken away draw this one surface.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from lrviz.core.numerics import Array
from lrviz.training.model import PLANES, slice_grid
from lrviz.training.walk import History

#: Nodes along each side of the grid: the first that is fine enough, see `ACCURACY`.
RESOLUTIONS = (41, 61)
#: Between the nodes the mesh may miss the loss at the marker by this share of its range.
ACCURACY = 0.004
#: The plane reaches beyond the path by this share of its extent, and is at least this wide.
MARGIN, LEAST_WIDTH = 0.3, 1.0
#: A plane far from zero is at least this share of its distance wide, so that float64 tells its
#: edges apart; and none reaches farther than this.
LEAST_SHARE, FARTHEST = 1e-6, 1e300
#: The minimum is taken into view unless that makes the view more than this much wider.
STRETCH = 2.5
#: Other runs are taken into view as far as this many widths of the first one's path.
ASIDE = 6.0
#: Most frames of a figure that plays by itself; a longer run is shown at evenly spaced steps.
FRAMES_LIMIT = 60

#: Most bytes of the slices of one run, before base64.
BYTES_LIMIT = 3_000_000
#: The series has converged when its last terms are below this share of the loss: half the
#: rounding of Float32.
TOLERANCE = 3e-8
#: A third parameter that moves by less than this over the run stands still.
STILL = 1e-12
#: Numbers of intervals tried between the series' nodes; each reuses the nodes of the last.
_INTERVALS = (4, 8, 16, 32, 64, 128)
#: The losses that the colours tell apart, as logarithms to base ten: a loss beyond float64
#: has the colour of the largest.
FLOOR, CEILING = -4.0, 308.0

Progress = Callable[[int, int], object]  #: told (done, all) now and then
Grid = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Slices:
    """The loss slices of a run.

    Attributes
    ----------
    kind : {"series", "stack"}
        How ``terms`` is read.
    terms : float array (n, up, across)
        A series: float64 Chebyshev coefficients in t, where the third parameter is
        ``middle + half·t``. A stack: Float32 losses of the steps ``steps``.
    middle, half : float
        Of the third parameter's range over the run.
    steps : int array (n,)
        The steps of a stack; empty for a series.
    """

    kind: str
    terms: npt.NDArray[Any]
    middle: float
    half: float
    steps: npt.NDArray[np.int64]

    def at(self, k: int, third: float) -> Grid:
        """The Float32 slice (up, across) drawn at step k, whose third parameter is given."""
        with np.errstate(over="ignore"):
            return self.exact(k, third).astype(np.float32)

    def exact(self, k: int, third: float) -> npt.NDArray[Any]:
        """The same before it is rounded to Float32, where the slices are a series."""
        if self.kind == "stack":
            return np.asarray(self.terms[int(np.searchsorted(self.steps, k, side="right")) - 1])
        t = (third - self.middle) / self.half if self.half else 0.0
        weights = np.polynomial.chebyshev.chebvander(np.array([t]), len(self.terms) - 1)[0]
        return np.asarray(np.tensordot(weights, self.terms, axes=1))


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """The loss in a plane of two parameters, at the third one's value of every step of a run.

    Attributes
    ----------
    plane : str
        A key of `lrviz.training.model.PLANES`.
    across, up : float64 arrays
        Values along the edges of the grid.
    slices : Slices
    thirds : float64 array (k + 1,)
        The run's third parameter after each step.
    low, high : float
        `heights` of the run lie between them; never equal.
    """

    plane: str
    across: Array
    up: Array
    slices: Slices
    thirds: Array
    low: float
    high: float

    def losses(self, step: int) -> Grid:
        """The slice (up, across) at a step; beyond the run's end, at its last."""
        step = min(step, len(self.thirds) - 1)
        return self.slices.at(step, float(self.thirds[step]))

    def heights(self, step: int) -> Grid:
        """log10 of `losses`, finite, from `FLOOR` to `CEILING`."""
        step = min(step, len(self.thirds) - 1)
        losses = self.slices.exact(step, float(self.thirds[step])).astype(np.float64)
        known = np.nan_to_num(losses, nan=np.inf, posinf=np.inf)
        return np.log10(np.clip(known, 10.0**FLOOR, 10.0**CEILING)).astype(np.float32)

    def frames(self, steps: Sequence[int]) -> tuple[list[Grid], list[int]]:
        """`heights` of some steps, equal ones once, and which of them each step has."""
        thirds = [float(self.thirds[min(step, len(self.thirds) - 1)]) for step in steps]
        first = dict(zip(reversed(thirds), reversed(steps), strict=True))
        different = list(dict.fromkeys(thirds))
        grids = [self.heights(first[third]) for third in different]
        return grids, [different.index(third) for third in thirds]


def surface_of(
    histories: Sequence[History],
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    plane: str,
    *,
    minimum: Array | None = None,
    steps: Sequence[int] | None = None,
    progress: Progress | None = None,
) -> Surface:
    """The surface that runs over the same data are drawn on.

    Parameters
    ----------
    histories : sequence of History
        One or more; the first decides the slices, and its path lies well within the plane.
    X, y : array (m, 2), array (m,)
        The data they were trained on.
    plane : {"w1w2", "w1b", "w2b"}
    minimum : float64 array (3,), optional
        A place to take into view if it is not far off.
    steps : sequence of int, optional
        The steps that are drawn; without them, all of the first run.
    progress : callable, optional
        Called as ``progress(done, all)`` before every slice.

    Raises
    ------
    ValueError
        An unknown plane, no run, or bad data.
    """
    if plane not in PLANES:
        raise ValueError(f"The plane must be one of {', '.join(PLANES)}, not {plane!r}.")
    if not histories:
        raise ValueError("At least one run is needed.")
    first, *others = (history.params for history in histories)
    k = PLANES[plane][2]
    last = len(first) - 1
    drawn = np.arange(last + 1) if steps is None else np.unique(np.minimum(steps, last))
    for nodes in RESOLUTIONS:
        across, up = (
            axis_of(
                first[:, n],
                [other[:, n] for other in others],
                None if minimum is None else float(minimum[n]),
                nodes,
            )
            for n in PLANES[plane][:2]
        )
        cut = partial(slice_grid, X, y, plane, across, up, l2=histories[0].l2)
        slices = _slices(first[:, k], drawn, cut, progress or unwatched)
        surface = Surface(plane, across, up, slices, first[:, k], 0.0, 1.0)
        if _mesh_error(surface, histories[0]) <= ACCURACY:
            break
    # All frames of a figure; of a run that is played, a few: its slices change smoothly.
    seen = drawn if steps is not None else drawn[spaced(len(drawn) - 1, 12)]
    ends = [(float(z.min()), float(z.max())) for z in map(surface.heights, seen.tolist())]
    low, high = min(end[0] for end in ends), max(end[1] for end in ends)
    return Surface(plane, across, up, slices, first[:, k], low, max(high, low + 1e-3))


def unwatched(done: int, whole: int) -> None:
    """Progress that nobody watches."""


def spaced(last: int, most: int) -> list[int]:
    """Numbers from 0 to ``last``: all, or ``most`` evenly spaced ones with both ends."""
    return [int(s) for s in np.round(np.linspace(0, last, min(last + 1, most)))]


def axis_of(values: Array, others: Sequence[Array], best: float | None, nodes: int) -> Array:
    """Nodes that hold the path and, if they are not far off, the other runs and the minimum."""
    low, high = float(values.min()), float(values.max())
    # Half widths: the whole may be beyond float64.
    half = max(high / 2 - low / 2, LEAST_WIDTH / 2)
    if best is not None and max(high, best) / 2 - min(low, best) / 2 <= STRETCH * half:
        low, high = min(low, best), max(high, best)
    if others:
        reach = np.concatenate(others)
        low = max(min(low, float(reach.min())), low - 2 * ASIDE * half)
        high = min(max(high, float(reach.max())), high + 2 * ASIDE * half)
    middle = low / 2 + high / 2
    least = max(LEAST_WIDTH / 2, LEAST_SHARE * abs(middle))
    half = max((high / 2 - low / 2) * (1 + 2 * MARGIN), least)
    return np.linspace(max(middle - half, -FARTHEST), min(middle + half, FARTHEST), nodes)


def _mesh_error(surface: Surface, history: History) -> float:
    """How far the mesh, bilinear between nodes, misses the loss at the marker.

    The worst of a few steps, as a share of the slice's range.
    """
    i, j, _ = PLANES[surface.plane]
    worst = 0.0
    with np.errstate(all="ignore"):
        for n in spaced(len(history), 12):
            drawn = surface.losses(n).astype(np.float64)
            at = (float(history.params[n, i]), float(history.params[n, j]))
            missed = abs(interpolate(drawn, (surface.across, surface.up), at) - history.losses[n])
            worst = max(worst, float(missed / max(float(np.ptp(drawn)), 1e-30)))
    return worst


def interpolate(
    drawn: npt.NDArray[Any], axes: tuple[Array, Array], at: tuple[float, float]
) -> float:
    """A grid (up, across) read between its nodes, bilinear, at a point within it."""
    (c, s), (r, t) = (_cell(axis, x) for axis, x in zip(axes, at, strict=True))
    z = drawn[r : r + 2, c : c + 2].astype(np.float64)
    return float(
        (1 - t) * ((1 - s) * z[0, 0] + s * z[0, 1]) + t * ((1 - s) * z[1, 0] + s * z[1, 1])
    )


def _cell(axis: Array, x: float) -> tuple[int, float]:
    n = int(np.clip(np.searchsorted(axis, x) - 1, 0, len(axis) - 2))
    return n, (x - float(axis[n])) / float(axis[n + 1] - axis[n])


def _slices(
    thirds: Array, steps: npt.NDArray[np.int64], slice_at: Callable[[float], Array], say: Progress
) -> Slices:
    """The slices at some steps of a run, whose third parameter (k + 1,) is given."""
    seen = thirds[steps]
    middle = float(seen.min() / 2 + seen.max() / 2)
    half = float(seen.max() - middle)
    nothing = np.empty(0, dtype=np.int64)
    if half <= STILL * (1 + abs(middle)):
        return Slices("series", slice_at(middle)[None], middle, 0.0, nothing)
    terms = _series(middle, half, slice_at, say)
    if terms is not None:
        return Slices("series", terms, middle, half, nothing)
    stride = max(1, -(-len(steps) * 4 * slice_at(middle).size // BYTES_LIMIT))
    kept = steps[::stride]
    cuts: list[Grid] = []
    with np.errstate(over="ignore"):
        for n in kept:
            say(len(cuts), len(kept))
            cuts.append(slice_at(float(thirds[n])).astype(np.float32))
    return Slices("stack", np.stack(cuts), middle, half, kept)


def _series(
    middle: float, half: float, slice_at: Callable[[float], Array], progress: Progress
) -> Array | None:
    """Chebyshev coefficients of the slices, or None where the series does not converge."""
    known: dict[float, Array] = {}
    for intervals in _INTERVALS:
        t = np.cos(np.pi * np.arange(intervals + 1) / intervals)
        for at in t.tolist():
            if at not in known:
                progress(len(known), intervals + 1)
                known[at] = slice_at(middle + half * at)
        drawn = np.stack([known[at] for at in t.tolist()])
        terms = _coefficients(drawn)
        floor = np.maximum(drawn.min(axis=0), 1e-30)
        share = (np.abs(terms) / floor).max(axis=(1, 2))
        if share[-3:].max() <= TOLERANCE:
            # What comes after the last term that counts adds up to less than the tolerance.
            rest = np.cumsum(share[::-1])[::-1]
            return terms[: int(np.argmax(rest <= TOLERANCE)) or 1]
        if 2 * intervals * drawn[0].nbytes > BYTES_LIMIT:
            break
    return None


def _coefficients(values: Array) -> Array:
    """Chebyshev coefficients (n + 1, ...) from values at cos(πj/n), j = 0 .. n."""
    n = len(values) - 1
    index = np.arange(n + 1)
    matrix = np.cos(np.pi * np.outer(index, index) / n) * (2 / n)
    matrix[:, [0, -1]] /= 2
    matrix[[0, -1], :] /= 2
    return np.tensordot(matrix, values, axes=1)
