"""The loss surface of a run: one slice for every step, kept as a few.

The slice of a plane changes with the parameter that the plane leaves out. A loss is a smooth
function of that parameter at every node of the grid, so the slices of a whole run are kept
as a Chebyshev series in it: a dozen slices give the slice at any step to Float32, however
many steps there are. A run that moves so far that the series does not converge gets a stack
of slices instead, one per step, or per stride of steps where that would pass `BYTES_LIMIT`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lrviz.core.numerics import Array

#: Most bytes of the slices of one run, before base64.
BYTES_LIMIT = 3_000_000
#: The series has converged when its last terms are below this share of the loss: half the
#: rounding of Float32.
TOLERANCE = 3e-8
#: A third parameter that moves by less than this over the run stands still.
STILL = 1e-12
#: Numbers of intervals tried between the series' nodes; each reuses the nodes of the last.
_INTERVALS = (4, 8, 16, 32, 64, 128)
#: The least loss that the colours tell apart, as its logarithm to base ten.
FLOOR = -4.0

Progress = Callable[[int, int], object]  #: told (done, all) now and then


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

    def at(self, k: int, third: float) -> npt.NDArray[np.float32]:
        """The Float32 slice (up, across) drawn at step k, whose third parameter is given."""
        if self.kind == "stack":
            return np.asarray(self.terms[int(np.searchsorted(self.steps, k, side="right")) - 1])
        t = (third - self.middle) / self.half if self.half else 0.0
        weights = np.polynomial.chebyshev.chebvander(np.array([t]), len(self.terms) - 1)[0]
        return np.tensordot(weights, self.terms, axes=1).astype(np.float32)


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


def slices_of(
    thirds: Array, slice_at: Callable[[float], Array], progress: Progress
) -> tuple[Slices, float, float]:
    """The slices of a run, and log10 of the least and the largest loss in them.

    Parameters
    ----------
    thirds : float64 array (k + 1,)
        The third parameter after each step.
    slice_at : callable
        The losses (up, across) at one value of it.
    progress : callable
        Called as ``progress(done, all)`` before every slice.
    """
    middle = float(thirds.min() + (thirds.max() - thirds.min()) / 2)
    half = float(thirds.max() - middle)
    nothing = np.empty(0, dtype=np.int64)
    if half <= STILL * (1 + abs(middle)):
        only = slice_at(middle)
        return Slices("series", only[None], middle, 0.0, nothing), *extent(only)
    found = _series(middle, half, slice_at, progress)
    if found is not None:
        terms, drawn = found
        return Slices("series", terms, middle, half, nothing), *extent(drawn)
    stride = max(1, -(-len(thirds) * 4 * slice_at(middle).size // BYTES_LIMIT))
    steps = np.arange(0, len(thirds), stride)
    cuts: list[npt.NDArray[np.float32]] = []
    for n in steps:
        progress(len(cuts), len(steps))
        cuts.append(slice_at(float(thirds[n])).astype(np.float32))
    stack = np.stack(cuts)
    return Slices("stack", stack, middle, half, steps), *extent(stack)


def _series(
    middle: float, half: float, slice_at: Callable[[float], Array], progress: Progress
) -> tuple[Array, Array] | None:
    """Chebyshev coefficients of the slices and the slices they are from, or None."""
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
            return terms[: int(np.argmax(rest <= TOLERANCE)) or 1], drawn
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


def extent(slices: npt.NDArray[Any]) -> tuple[float, float]:
    """log10 of the least loss, not below `FLOOR`, and of the largest."""
    low = float(np.log10(max(float(slices.min()), 10.0**FLOOR)))
    return low, max(float(np.log10(max(float(slices.max()), 10.0**FLOOR))), low + 1e-3)
