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
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lrviz import model
from lrviz.datasets import Dataset, load_dataset, standardise, to_raw
from lrviz.model import PARAMETERS, PLANES, Batch, StepBounds, slice_grid
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

#: Nodes along each side of the loss slice.
RESOLUTION = 41
#: Most bytes of the slices of one film, before base64.
BYTES_LIMIT = 2_000_000
#: The series has converged when its last terms are below this share of the loss: half the
#: rounding of Float32.
TOLERANCE = 3e-8
#: Numbers of intervals tried between the series' nodes; each reuses the nodes of the last.
_INTERVALS = (4, 8, 16, 32, 64, 128)
#: The plane reaches beyond the path by this share of its extent, and is at least this wide.
MARGIN, LEAST_WIDTH = 0.3, 1.0
#: The minimum is taken into view unless that makes the view more than this much wider.
STRETCH = 2.5
#: The least loss that the colours tell apart, as its logarithm to base ten.
FLOOR = -4.0
#: A path that leaves this far behind is cut for the view (not for the numbers).
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


@lru_cache(maxsize=8)
def make(request: Request) -> Film:
    """The film of a run; the last few are kept.

    Raises
    ------
    ValueError
        As `lrviz.train`.
    """
    return shoot(request)


def shoot(request: Request, progress: Callable[[int, int], object] | None = None) -> Film:
    """As `make`, with a callback for `train`, and not kept."""
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
        progress=progress,
    )
    limits = bounds(request.data, request.scale)
    i, j, k = PLANES[request.plane]
    best = limits.minimum
    across = _axis(history.params[:, i], None if best is None else float(best[i]))
    up = _axis(history.params[:, j], None if best is None else float(best[j]))
    slices, low, high = _slices(
        history.params[:, k],
        lambda third: slice_grid(s.X, s.data.y, request.plane, across, up, third),
    )
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


def _axis(values: Array, best: float | None) -> Array:
    """Nodes that hold the path and, if it is not far off, the minimum."""
    low, high = float(values.min()), float(values.max())
    if best is not None:
        wide = max(high - low, LEAST_WIDTH)
        reach = max(high, best) - min(low, best)
        if reach <= STRETCH * wide:
            low, high = min(low, best), max(high, best)
    half = max((high - low) * (0.5 + MARGIN), LEAST_WIDTH / 2)
    middle = low + (high - low) / 2
    return np.linspace(middle - half, middle + half, RESOLUTION)


def _slices(
    thirds: Array, slice_at: Callable[[float], Array]
) -> tuple[Slices, float, float]:
    """The slices of a run, and log10 of the least and the largest loss in them."""
    middle = float(thirds.min() + (thirds.max() - thirds.min()) / 2)
    half = float(thirds.max() - middle)
    nothing = np.empty(0, dtype=np.int64)
    if half == 0.0:
        only = slice_at(middle)
        return Slices("series", only[None], middle, 0.0, nothing), *_extent(only)
    found = _series(middle, half, slice_at)
    if found is not None:
        terms, drawn = found
        return Slices("series", terms, middle, half, nothing), *_extent(drawn)
    most = BYTES_LIMIT // (4 * RESOLUTION**2)
    stride = -(-len(thirds) // most)
    steps = np.arange(0, len(thirds), stride)
    stack = np.stack([slice_at(float(thirds[n])).astype(np.float32) for n in steps])
    return Slices("stack", stack, middle, half, steps), *_extent(stack)


def _series(
    middle: float, half: float, slice_at: Callable[[float], Array]
) -> tuple[Array, Array] | None:
    """Chebyshev coefficients of the slices and the slices they are from, or None."""
    known: dict[float, Array] = {}
    for intervals in _INTERVALS:
        t = np.cos(np.pi * np.arange(intervals + 1) / intervals)
        for at in t.tolist():
            if at not in known:
                known[at] = slice_at(middle + half * at)
        drawn = np.stack([known[at] for at in t.tolist()])
        terms = _coefficients(drawn)
        share = np.abs(terms[-3:]).max(axis=0) / np.maximum(drawn.min(axis=0), 1e-30)
        if float(share.max()) <= TOLERANCE:
            return terms, drawn
        if 2 * intervals * 8 * RESOLUTION**2 > BYTES_LIMIT:
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
    (r"\mathrm{diag}\, H", "diag H"),
    (r"\text{mean over the minibatch of }", "mean over the minibatch of"),
    (r"\sqrt{{s}}", "√s"),
    (r"\sqrt{s}", "√s"),
    (r"\sqrt{{s_hat}}", "√ŝ"),
    (r"\sqrt{\hat s}", "√ŝ"),
    (r"\hat m", "m̂"),
    (r"\hat s", "ŝ"),
    (r"\leftarrow", "←"),
    (r"\approx", "≈"),
    (r", \quad", ", "),
    (r"\eta", "η"),
    (r"\mu", "μ·"),
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
        left = _unicode(formula)
        if opt not in ("sgd", "newton"):
            left = re.sub(r"\bg\b", f"∂J/∂{symbol}", left)
        if opt == "newton":
            left = re.sub(r"− d\b", f"− d{symbol[1:] or ' of b'}", left)
        left = re.sub(r"\bw\b", symbol, left)
        right = _unicode(worked)
        right = re.sub(r"^(\w ←|g =) ", "", right)
        lines.append((left, right if right.startswith(("d ", "m̂ ")) else f"= {right}"))
    return lines


def _unicode(latex: str) -> str:
    """The rules' LaTeX as Unicode; slots stay as they are."""
    slots: list[str] = []

    def keep(match: re.Match[str]) -> str:
        slots.append(match[0])
        return chr(0xE000 + len(slots) - 1)

    text = latex
    for old, new in _LATEX[2:6]:
        text = text.replace(old, new)
    text = re.sub(_SLOT, keep, text)
    for old, new in _LATEX:
        text = text.replace(old, new)
    text = text.replace(r" \, ", "·").replace(r"\, ", "·").replace(r"\,", "·")
    text = plain(text.replace(r"\cdot", "×")).replace("λ·diag", "λ diag")
    text = re.sub(r"μ· ?", "μ·", text)
    text = re.sub(r"(α|β[₁₂]|\)) (?=[a-z])", r"\1·", text)
    for n, slot in enumerate(slots):
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


def both_scales(film: Film, k: int) -> tuple[Array, Array]:
    """Parameters of step k as the model has them, and for the raw features."""
    at = film.history.params[k]
    return at, to_raw(at, film.scaled.mean, film.scaled.scale)


__all__ = [
    "PARAMETERS",
    "Film",
    "Request",
    "Scaled",
    "Slices",
    "bounds",
    "both_scales",
    "make",
    "packed",
    "reel",
    "rule_lines",
    "scaled",
    "shoot",
]
