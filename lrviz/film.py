"""A run of training as a film: everything the browser needs to play it without asking.

The loss surface of a plane changes with the parameter that the plane leaves out. A loss is a
smooth function of that parameter at every node of the grid, so the slices of a whole run are
kept as a Chebyshev series in it: a dozen slices give the slice at any step to Float32, however
many steps there are. A run that moves so far that the series does not converge gets a stack of
slices instead, one per step, or per stride of steps where that would pass `BYTES_LIMIT`.
"""

from __future__ import annotations

import base64
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lrviz import model
from lrviz.datasets import Dataset, load_dataset, standardise
from lrviz.model import PLANES, Batch, StepBounds, slice_grid
from lrviz.numerics import Array
from lrviz.optimizers import (
    ALPHA,
    BETA1,
    BETA2,
    OPTIMIZERS,
    History,
    Memory,
    Settings,
    minibatches,
    preview,
    train,
)
from lrviz.theme import plain

#: Nodes along each side of the loss slice: the first that is fine enough, see `ACCURACY`.
RESOLUTIONS = (41, 61)
#: Between the nodes the mesh may miss the loss at the marker by this share of its range.
ACCURACY = 0.004
#: Most bytes of the slices of one film, before base64.
BYTES_LIMIT = 3_000_000
#: The series has converged when its last terms are below this share of the loss: half the
#: rounding of Float32.
TOLERANCE = 3e-8
#: A third parameter that moves by less than this over the run stands still.
STILL = 1e-12
#: Numbers of intervals tried between the series' nodes; each reuses the nodes of the last.
_INTERVALS = (4, 8, 16, 32, 64, 128)
#: The plane reaches beyond the path by this share of its extent, and is at least this wide.
MARGIN, LEAST_WIDTH = 0.3, 1.0
#: The minimum is taken into view unless that makes the view more than this much wider.
STRETCH = 2.5
#: The least loss that the colours tell apart, as its logarithm to base ten.
FLOOR = -4.0
#: The parameters' symbols.
SYMBOLS = ("w₁", "w₂", "b")


class Request(NamedTuple):
    """What a film is made from; hashable, so that films can be kept.

    Attributes
    ----------
    data, scale : str
        A name in `lrviz.datasets.DATASETS`; ``standard`` or ``raw``.
    opt, lr, momentum, batch, steps, seed, start
        The arguments of `lrviz.train`.
    plane : str
        A key of `lrviz.model.PLANES`.
    """

    data: str = "penguins"
    scale: str = "standard"
    opt: str = "gd"
    lr: float = 0.5
    momentum: float = 0.9
    batch: int = 16
    steps: int = 200
    seed: int = 0
    start: tuple[float, float, float] = (0.0, 0.0, 0.0)
    plane: str = "w1w2"


class Scaled(NamedTuple):
    """A data set as the model sees it: X = (raw - mean)/scale, (m, 2)."""

    data: Dataset
    X: Array
    mean: Array
    scale: Array


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


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """A run with its surface.

    Attributes
    ----------
    request : Request
    scaled : Scaled
    history : History
    across, up : float64 arrays
        Values along the edges of the grid.
    slices : Slices
    low, high : float
        log10 of the least and the largest loss of all slices, the least not below `FLOOR`.
    following : float64 array (k + 1, 3)
        Where the optimizer goes next from each step; for the last the step not taken, which
        may be infinite.
    used : float64 array (k + 1, 3)
        The gradient that each next step is computed from: the minibatch's own for sgd.
    terms : mapping of str to array
        What the rule computes on the way, by the name in `Optimizer.worked`: (k + 1, 3) or
        (k + 1,).
    bounds : StepBounds
    """

    request: Request
    scaled: Scaled
    history: History
    across: Array
    up: Array
    slices: Slices
    low: float
    high: float
    following: Array
    used: Array
    terms: Mapping[str, Array]
    bounds: StepBounds


@lru_cache(maxsize=16)
def scaled(name: str, scale: str) -> Scaled:
    """A built-in data set, standardised or raw.

    Raises
    ------
    ValueError
        There is no such data set.
    """
    data = load_dataset(name)
    if scale == "raw":
        return Scaled(data, data.X, np.zeros(2), np.ones(2))
    return Scaled(data, *standardise(data.X))


@lru_cache(maxsize=16)
def bounds(name: str, scale: str) -> StepBounds:
    """Learning rates that matter, kept because each needs a fit."""
    s = scaled(name, scale)
    return model.step_bounds(s.X, s.data.y)


Progress = Callable[[int, int], object]  #: told (done, all) now and then

#: The last few films, oldest first.
_kept: OrderedDict[Request, Film] = OrderedDict()
#: Films kept; one holds at most `BYTES_LIMIT` of slices and less than that of all else.
KEPT = 8


def make(request: Request, progress: Progress | None = None) -> Film:
    """The film of a run; the last few are kept.

    Parameters
    ----------
    request : Request
    progress : callable, optional
        Called as ``progress(done, all)`` many times, for the run and again for the surface.
        An exception it raises ends the work.

    Raises
    ------
    ValueError
        As `lrviz.train`.
    """
    found = _kept.pop(request, None) or _shoot(request, progress or _nobody)
    _kept[request] = found
    while len(_kept) > KEPT:
        _kept.popitem(last=False)
    return found


def _nobody(done: int, whole: int) -> None:
    """Progress that nobody watches."""


def _shoot(request: Request, progress: Progress) -> Film:
    s = scaled(request.data, request.scale)
    history = train(
        s.X,
        s.data.y,
        optimizer=request.opt,
        learning_rate=request.lr,
        steps=request.steps,
        start=request.start,
        momentum=request.momentum,
        batch_size=min(request.batch, len(s.data)),
        seed=request.seed,
        progress=lambda k, steps: progress(k, steps) and None,
    )
    limits = bounds(request.data, request.scale)
    i, j, k = PLANES[request.plane]
    best = limits.minimum
    path = history.params[:, [i, j]]
    for nodes in RESOLUTIONS:
        across = _axis(path[:, 0], None if best is None else float(best[i]), nodes)
        up = _axis(path[:, 1], None if best is None else float(best[j]), nodes)
        cut = partial(slice_grid, s.X, s.data.y, request.plane, across, up)
        slices, low, high = _slices(history.params[:, k], cut, progress)
        if _mesh_error(slices, history, request.plane, (across, up)) <= ACCURACY:
            break
    following, used, terms = _replay(history, s)
    return Film(
        request,
        s,
        history,
        across,
        up,
        slices,
        low,
        high,
        following,
        used,
        terms,
        limits,
    )


def _axis(values: Array, best: float | None, nodes: int) -> Array:
    """Nodes that hold the path and, if it is not far off, the minimum."""
    low, high = float(values.min()), float(values.max())
    if best is not None:
        wide = max(high - low, LEAST_WIDTH)
        reach = max(high, best) - min(low, best)
        if reach <= STRETCH * wide:
            low, high = min(low, best), max(high, best)
    half = max((high - low) * (0.5 + MARGIN), LEAST_WIDTH / 2)
    middle = low + (high - low) / 2
    return np.linspace(middle - half, middle + half, nodes)


def _mesh_error(slices: Slices, history: History, plane: str, axes: tuple[Array, Array]) -> float:
    """How far the mesh, bilinear between nodes, misses the loss at the marker.

    The worst of a few steps, as a share of the slice's range.
    """
    i, j, k = PLANES[plane]
    worst = 0.0
    for n in np.linspace(0, len(history), 12).astype(int).tolist():
        drawn = slices.at(n, float(history.params[n, k]))
        mesh = interpolate(drawn, axes, (history.params[n, i], history.params[n, j]))
        worst = max(worst, abs(mesh - float(history.losses[n])) / max(float(np.ptp(drawn)), 1e-30))
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
    thirds: Array, slice_at: Callable[[float], Array], progress: Progress
) -> tuple[Slices, float, float]:
    """The slices of a run, and log10 of the least and the largest loss in them."""
    middle = float(thirds.min() + (thirds.max() - thirds.min()) / 2)
    half = float(thirds.max() - middle)
    nothing = np.empty(0, dtype=np.int64)
    if half <= STILL * (1 + abs(middle)):
        only = slice_at(middle)
        return Slices("series", only[None], middle, 0.0, nothing), *_extent(only)
    found = _series(middle, half, slice_at, progress)
    if found is not None:
        terms, drawn = found
        return Slices("series", terms, middle, half, nothing), *_extent(drawn)
    stride = max(1, -(-len(thirds) * 4 * slice_at(middle).size // BYTES_LIMIT))
    steps = np.arange(0, len(thirds), stride)
    cuts: list[npt.NDArray[np.float32]] = []
    for n in steps:
        progress(len(cuts), len(steps))
        cuts.append(slice_at(float(thirds[n])).astype(np.float32))
    stack = np.stack(cuts)
    return Slices("stack", stack, middle, half, steps), *_extent(stack)


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


def _extent(slices: npt.NDArray[Any]) -> tuple[float, float]:
    low = float(np.log10(max(float(slices.min()), 10.0**FLOOR)))
    return low, max(float(np.log10(max(float(slices.max()), 10.0**FLOOR))), low + 1e-3)


def _replay(history: History, s: Scaled) -> tuple[Array, Array, dict[str, Array]]:
    """The next step from every step, the gradient it used, and the rule's terms on the way.

    The rule is run over the run's own gradients, as `preview` does for one step.
    """
    count = len(history) + 1
    batch = Batch(s.X, s.data.y)
    rule = OPTIMIZERS[history.optimizer]
    settings = Settings(history.learning_rate, history.momentum, batch.loss, batch.hessian)
    used = history.gradients.copy()
    if rule.name == "sgd":
        draw = minibatches(len(batch), history.batch_size, history.seed)
        for k in range(count):
            used[k] = batch.gradient_of_rows(history.params[k], next(draw))
    wanted = {key for line in rule.worked for key in _SLOT.findall(line)}
    wanted -= {"w", "g", "after", *_CONSTANTS}
    memory: Memory = {}
    rows: dict[str, list[Any]] = {key: [] for key in wanted}
    following = np.empty((count, 3))
    with np.errstate(all="ignore"):
        for k in range(count):
            following[k] = rule.update(history.params[k], used[k], memory, settings)
            for key, kept in rows.items():
                kept.append(np.array(memory[key], dtype=np.float64))
    following[:-1] = history.params[1:]
    following[-1] = preview(history, s.X, s.data.y, count - 1).after
    return following, used, {key: np.stack(kept) for key, kept in rows.items()}


# The rule in words the browser can fill

_SLOT = re.compile(r"\{\(?([a-z]\w*)\)?\}")
_CONSTANTS = ("eta", "mu", "alpha", "beta1", "beta2")
_LATEX = (
    (r"\lambda \, \mathrm{diag}\, H", "λ·diag(H)"),
    (r"\text{mean over the minibatch of }", "mean over the minibatch of"),
    (r"\sqrt{s}", "√s"),
    (r"\sqrt{\hat s}", "√ŝ"),
    (r"\hat m", "m̂"),
    (r"\hat s", "ŝ"),
    (r"\leftarrow", "←"),
    (r"\approx", "≈"),
    (r", \quad", ", "),
    ("^t", "ᵗ"),
    (r"\eta", "η"),
    (r"\mu", "μ"),
    (r"\alpha", "α"),
    (r"\beta_1", "β₁"),
    (r"\beta_2", "β₂"),
    (r"\lambda", "λ"),
    (r"\varepsilon", "ε"),
)


def rule_lines(opt: str, parameter: int) -> list[tuple[str, str]]:
    """One update rule for one parameter: (symbols, template of numbers) per line.

    The templates' slots are read with the keys of `Film.terms` and ``w``, ``g``, ``after``,
    ``eta``, ...
    """
    rule = OPTIMIZERS[opt]
    symbol = SYMBOLS[parameter]
    lines = []
    for formula, worked in zip(rule.formula, rule.worked, strict=True):
        left = _unicode(formula, slots=False)
        if opt not in ("sgd", "newton"):
            left = left.replace("g²", f"(∂J/∂{symbol})²")
            left = re.sub(r"\bg\b", f"∂J/∂{symbol}", left)
        left = re.sub(r"\bw\b", symbol, left)
        right = _unicode(worked, slots=True)
        right = re.sub(r"^(\w ←|g =) ", "", right)
        lines.append((left, right if right.startswith(("d ", "m̂ ")) else f"= {right}"))
    return lines


def _unicode(latex: str, *, slots: bool) -> str:
    """The rules' LaTeX as Unicode; slots, where there are any, stay as they are."""
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match[0])
        return chr(0xE000 + len(kept) - 1)

    text = re.sub(r"\\sqrt\{\{(\w+)\}\}", r"√{\1}", latex)
    text = re.sub(_SLOT, keep, text) if slots else text
    for old, new in _LATEX:
        text = text.replace(old, new)
    text = plain(re.sub(r" ?\\, ?", "·", text).replace(r"\cdot", "×"))
    text = re.sub(r"([αμ]|β[₁₂]|\)) (?=[a-z])", r"\1·", text)
    for n, slot in enumerate(kept):
        text = text.replace(chr(0xE000 + n), slot)
    return text


# What is sent


def packed(array: npt.NDArray[Any]) -> dict[str, Any]:
    """An array as the browser reads it: little-endian base64, its type and its shape."""
    kind = "f4" if array.dtype == np.float32 else "f8"
    raw = np.ascontiguousarray(array, dtype=f"<{kind}").tobytes()
    return {"type": kind, "shape": list(array.shape), "base64": base64.b64encode(raw).decode()}


def reel(film: Film) -> dict[str, Any]:
    """The film as JSON-ready values.

    A few hundred kB: the slices' coefficients are most of it.
    """
    h, s, r = film.history, film.scaled, film.request
    i, j, k = PLANES[r.plane]
    constants = {"eta": r.lr, "mu": r.momentum, "alpha": ALPHA, "beta1": BETA1, "beta2": BETA2}
    best = film.bounds.minimum
    return {
        "plane": [i, j, k],
        "symbols": list(SYMBOLS),
        "taken": len(h),
        "stopped": h.stopped,
        "params": packed(h.params),
        "losses": packed(h.losses),
        "gradients": packed(h.gradients),
        "following": packed(film.following),
        "used": packed(film.used),
        "terms": {name: packed(array) for name, array in film.terms.items()},
        "constants": constants,
        "rule": [rule_lines(r.opt, p) for p in range(3)],
        "across": packed(film.across),
        "up": packed(film.up),
        "slices": {
            "kind": film.slices.kind,
            "terms": packed(film.slices.terms),
            "middle": film.slices.middle,
            "half": film.slices.half,
            "steps": film.slices.steps.tolist(),
        },
        "minimum": None if best is None else best.tolist(),
        "X": packed(s.X),
        "raw": packed(s.data.X),
        "y": s.data.y.tolist(),
        "mean": s.mean.tolist(),
        "scale": s.scale.tolist(),
    }
