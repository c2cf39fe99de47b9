"""The loss surface of a run: one slice for every step, kept as a few.

The slice of a plane changes with the parameter that the plane leaves out. A loss is a smooth
function of that parameter at every node of the grid, so the slices of a whole run are kept
as a Chebyshev series in it: a dozen slices give the slice at any step to Float32, however
many steps there are. A run that moves so far that the series does not converge gets a stack
of slices instead, one per step, or per stride of steps where that would pass `BYTES_LIMIT`.

The Training page, the notebook's figure and the file that is taken away draw this one surface.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from lrviz.core.numerics import Array
from lrviz.training.model import PLANES, check_plane, slice_grid
from lrviz.training.run import History

#: Nodes along each side of the grid: the first that is fine enough, see `ACCURACY`, and keeps
#: every set of low losses in one piece, see `whole`.
RESOLUTIONS = (41, 61, 91, 121)
#: A grid of more than `LEAST_FINE` nodes is tried only if its slices take no more evaluations of
#: one row's loss than this.
WORK_LIMIT, LEAST_FINE = 40_000_000, 61
#: Between the nodes the mesh may miss the loss at the marker by this share of its range.
ACCURACY = 0.004
#: A finer grid that leaves more than this share of the miss is the last.
GAIN = 0.8
#: The plane reaches beyond the path by this share of its extent, and is at least so wide that
#: z changes by this much.
MARGIN, LEAST_WIDTH = 0.3, 1.0
#: Axes whose extents differ by less than this factor get the same extent, so that they can be
#: drawn 1 : 1, and downhill stands at right angles to the contours.
COMPARABLE = 4.0
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
#: Round losses within a decade, from the roundest; a narrow range needs finer ones.
ROUND = ([1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 7], np.arange(1, 10, 0.5), np.arange(1, 10, 0.1))
#: Slices on which a finer grid is tried.
TRIALS = 5
#: How many of the nodes stand evenly where others crowd, in proportion to those.
EVEN = 0.5
#: Contours of a figure of Plotly.
EVENLY = 20
#: Fewest and most contours of a range.
CONTOURS = (7, 24)
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
        Of the third parameter's range over the run, where it is a series.
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
    levels : tuple of float
        The `heights` that have a contour: round losses, whose sets of lower losses the grid
        keeps in one piece, as a convex loss has them.
    lowest : float
        The same of the contours that stand evenly, `EVENLY` from ``low`` to ``high``: from here
        on every one is drawn. Plotly knows no others.
    """

    plane: str
    across: Array
    up: Array
    slices: Slices
    thirds: Array
    low: float
    high: float
    lowest: float = 0.0
    levels: tuple[float, ...] = ()

    @property
    def equal(self) -> bool:
        """Whether both axes have the same extent, so that they can be drawn 1 : 1."""
        wide, high = (float(axis[-1] / 2 - axis[0] / 2) for axis in (self.across, self.up))
        return math.isclose(wide, high, rel_tol=1e-6)

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
        Called as ``progress(done, all)`` before every slice of a series or a stack, not before
        the few by which a grid is judged.

    Raises
    ------
    ValueError
        An unknown plane, no run, or bad data.
    """
    check_plane(plane)
    if not histories:
        raise ValueError("At least one run is needed.")
    first, *others = (history.params for history in histories)
    k = PLANES[plane][2]
    last = len(first) - 1
    drawn = np.arange(last + 1) if steps is None else np.unique(np.minimum(steps, last))
    # All frames of a figure; of a run that is played, a few: its slices change smoothly.
    seen = (drawn if steps is not None else drawn[spaced(len(drawn) - 1, 12)]).tolist()
    sizes = _sizes(X)
    spans = _comparable(
        [
            axis_of(
                first[:, n],
                [other[:, n] for other in others],
                None if minimum is None else float(minimum[n]),
                2,
                LEAST_WIDTH / sizes[n],
            )
            for n in PLANES[plane][:2]
        ]
    )
    thirds, rows, l2 = first[:, k], len(np.asarray(y)), histories[0].l2

    def on(across: Array, up: Array) -> Callable[[float], Array]:
        return partial(slice_grid, X, y, plane, across, up, l2=l2)

    def drawn_on(across: Array, up: Array, slices: Slices, steps: Sequence[int]) -> Surface:
        return _levelled(Surface(plane, across, up, slices, thirds, 0.0, 1.0), steps)

    across, up = (np.linspace(span[0], span[1], RESOLUTIONS[0]) for span in spans)
    say = progress or unwatched
    slices = _series_of(thirds[drawn], on(across, up), say)
    cuts = len(slices.terms) if slices else len(drawn)
    # Whether a grid is fine enough, a few slices tell: a stack is made once that is known.
    coarse = slices or _stack(thirds, seen, on(across, up), unwatched)
    made = trial = drawn_on(across, up, coarse, seen)
    some = [seen[n] for n in spaced(len(seen) - 1, TRIALS)]
    before = math.inf
    for nodes in RESOLUTIONS[1:]:
        kept = trial.lowest == trial.low
        kept &= len(trial.levels) == len(round_levels(trial.low, trial.high))
        error = _mesh_error(trial, histories[0])
        # What finer grids do not mend is not the grid's.
        if kept and (error <= ACCURACY or error > GAIN * before):
            break
        before = error
        if nodes > LEAST_FINE and cuts * nodes**2 > min(WORK_LIMIT / rows, BYTES_LIMIT / 8):
            break
        heights = [trial.heights(step) for step in some]
        across, up = (
            _warped(axis, _bends(heights, n), nodes)
            for n, axis in enumerate((trial.across, trial.up))
        )
        trial = drawn_on(across, up, _stack(thirds, some, on(across, up), unwatched), some)
    if slices and trial is made:
        return made
    across, up = trial.across, trial.up
    if slices and (finer := _series_of(thirds[drawn], on(across, up), say)):
        return drawn_on(across, up, finer, seen)
    stride = max(1, -(-len(drawn) * 4 * len(across) * len(up) // BYTES_LIMIT))
    return drawn_on(across, up, _stack(thirds, drawn[::stride], on(across, up), say), seen)


def _levelled(surface: Surface, steps: Sequence[int]) -> Surface:
    """The same with the range of its heights at some steps, and the contours that it can draw."""
    heights = [surface.heights(step) for step in steps]
    low, high = min(float(z.min()) for z in heights), max(float(z.max()) for z in heights)
    high = max(high, low + 1e-3)

    def drawn(levels: Sequence[float]) -> list[bool]:
        return [all(whole(z, level) for z in heights) for level in levels]

    levels = round_levels(low, high)
    held = tuple(level for level, one in zip(levels, drawn(levels), strict=True) if one)
    size = (high - low) / EVENLY
    even = [low + n * size for n in range(EVENLY + 1)]
    broken = [n for n, one in enumerate(drawn(even)) if not one]
    lowest = low + size * (broken[-1] + 1 if broken else 0)
    return replace(surface, low=low, high=high, lowest=lowest, levels=held)


def round_levels(low: float, high: float) -> tuple[float, ...]:
    """Logarithms to base ten of round losses in a range: as round as leaves `CONTOURS` of them."""
    powers = np.arange(np.floor(low), np.ceil(high) + 1)
    least, most = CONTOURS
    for digits in ROUND:
        found = np.sort(np.add.outer(powers, np.log10(digits)).ravel())
        found = found[(found > low) & (found < high)]
        if len(found) >= least:
            break
    return tuple(found[:: -(-len(found) // most) or 1].tolist())


def whole(heights: npt.NDArray[Any], level: float) -> bool:
    """Whether the nodes of a grid (up, across) at a level or below are one piece.

    Neighbours in a row or a column touch. That is stricter than what is drawn between the nodes.
    Of a convex function the nodes of a row are neighbours already, so rows are compared.
    """
    below = heights <= level
    rows = np.flatnonzero(below.any(axis=1))
    if not len(rows):
        return True
    if rows[-1] - rows[0] + 1 != len(rows):
        return False
    below = below[rows[0] : rows[-1] + 1]
    runs = np.diff(below, axis=1, prepend=False).sum(axis=1) <= np.where(below[:, -1], 1, 2)
    return bool(runs.all() and (below[1:] & below[:-1]).any(axis=1).all())


def _sizes(X: npt.ArrayLike) -> list[float]:
    """How much z changes with each parameter: root mean squares, at least 1, and 1."""
    features = np.abs(np.asarray(X, dtype=np.float64))
    largest = np.maximum(features.max(axis=0, initial=0.0), 1.0)
    shares = np.sqrt(((features / largest) ** 2).mean(axis=0))
    return [*np.maximum(largest * shares, 1.0).tolist(), 1.0]


def _comparable(spans: Sequence[Array]) -> list[Array]:
    """The ends of both axes, of the same extent where they differ by less than `COMPARABLE`."""
    halves = [float(span[1] / 2 - span[0] / 2) for span in spans]
    if max(halves) >= COMPARABLE * min(halves):
        return list(spans)
    middles = [float(span[0] / 2 + span[1] / 2) for span in spans]
    return [np.array([middle - max(halves), middle + max(halves)]) for middle in middles]


def _bends(heights: Sequence[npt.NDArray[Any]], axis: int) -> Array:
    """How strongly slices bend at the inner nodes of an axis (0 across, 1 up), at their worst."""
    bends = [np.abs(np.diff(z, 2, axis=1 - axis)).max(axis=axis) for z in heights]
    return np.asarray(np.max(bends, axis=0), dtype=np.float64)


def _warped(axis: Array, bends: Array, nodes: int) -> Array:
    """An axis of more nodes, which stand closer where the slices bend.

    The error of a mesh is that of its chords, which grows with the bend and the square of the
    width: so the nodes' density follows the square root of the bend.
    """
    widths = np.diff(axis)
    density = np.sqrt(np.maximum(bends, 0.0)) / (widths[1:] + widths[:-1])
    density = np.concatenate([density[:1], density, density[-1:]])
    between = np.maximum(density[1:], density[:-1]) * widths
    share = between / max(float(between.sum()), 1e-300) + EVEN * widths / widths.sum()
    at = np.concatenate([[0.0], np.cumsum(share)])
    return np.interp(np.linspace(0.0, at[-1], nodes), at, axis)


def unwatched(done: int, whole: int) -> None:
    """Progress that nobody watches."""


def spaced(last: int, most: int) -> list[int]:
    """Numbers from 0 to ``last``: all, or ``most`` evenly spaced ones with both ends."""
    return [int(s) for s in np.round(np.linspace(0, last, min(last + 1, most)))]


def axis_of(
    values: Array,
    others: Sequence[Array],
    best: float | None,
    nodes: int,
    narrowest: float = LEAST_WIDTH,
) -> Array:
    """Nodes that hold the path and, if they are not far off, the other runs and the minimum."""
    low, high = float(values.min()), float(values.max())
    # Half widths: the whole may be beyond float64.
    half = max(high / 2 - low / 2, narrowest / 2)
    if best is not None and max(high, best) / 2 - min(low, best) / 2 <= STRETCH * half:
        low, high = min(low, best), max(high, best)
    if others:
        reach = np.concatenate(others)
        low = max(min(low, float(reach.min())), low - 2 * ASIDE * half)
        high = min(max(high, float(reach.max())), high + 2 * ASIDE * half)
    middle = low / 2 + high / 2
    least = max(narrowest / 2, LEAST_SHARE * abs(middle))
    half = max((high / 2 - low / 2) * (1 + 2 * MARGIN), least)
    return np.linspace(max(middle - half, -FARTHEST), min(middle + half, FARTHEST), nodes)


def _mesh_error(surface: Surface, history: History) -> float:
    """How far the mesh, bilinear between nodes, misses the loss at the marker.

    The worst of a few steps, as a share of the slice's range; of a stack, of the steps it has.
    """
    i, j, _ = PLANES[surface.plane]
    worst = 0.0
    with np.errstate(all="ignore"):
        for n in surface.slices.steps.tolist() or spaced(len(history), 12):
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


def _series_of(
    seen: Array, slice_at: Callable[[float], Array], progress: Progress
) -> Slices | None:
    """The slices at these values of the third parameter as a series; None if it is none."""
    middle = float(seen.min() / 2 + seen.max() / 2)
    half = float(seen.max() - middle)
    if half <= STILL * (1 + abs(middle)):
        terms: Array | None = slice_at(middle)[None]
        half = 0.0
    else:
        # A few steps are fewer slices than the series would take.
        terms = _series(middle, half, slice_at, progress, len(seen))
    nothing = np.empty(0, dtype=np.int64)
    return None if terms is None else Slices("series", terms, middle, half, nothing)


def _stack(
    thirds: Array,
    steps: Sequence[int] | npt.NDArray[np.int64],
    slice_at: Callable[[float], Array],
    progress: Progress,
) -> Slices:
    """The slices at some steps of a run, whose third parameter (k + 1,) is given."""
    cuts: list[Grid] = []
    with np.errstate(over="ignore"):
        for n in steps:
            progress(len(cuts), len(steps))
            cuts.append(slice_at(float(thirds[n])).astype(np.float32))
    return Slices("stack", np.stack(cuts), 0.0, 0.0, np.array(steps))


def _series(
    middle: float,
    half: float,
    slice_at: Callable[[float], Array],
    progress: Progress,
    most: int = 1 + _INTERVALS[-1],
) -> Array | None:
    """Chebyshev coefficients of the slices; None where they do not converge in ``most`` terms."""
    known: dict[float, Array] = {}
    for intervals in _INTERVALS:
        if intervals >= most:
            break
        t = np.cos(np.pi * np.arange(intervals + 1) / intervals)
        for at in t.tolist():
            if at not in known:
                progress(len(known), intervals + 1)
                known[at] = slice_at(middle + half * at)
        drawn = np.stack([known[at] for at in t.tolist()])
        if not np.isfinite(drawn).all():
            return None  # more terms would not help
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
