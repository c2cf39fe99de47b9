"""Update rules of seven optimizers, and the loops that apply them.

Conventions, with g the gradient and η the learning rate: momentum v ← μv + g, w ← w - ηv;
Nesterov w ← w - η(g + μv) with that v; RMSProp s ← αs + (1 - α)g² and w ← w - ηg/(√s + ε);
Adam with bias correction and ε outside the root. They are those of PyTorch.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lrviz.core.numerics import Array
from lrviz.training import model
from lrviz.training.model import Batch, check_params

#: Largest learning rate accepted: far beyond what is stable on any built-in data set.
LEARNING_RATE_LIMIT = 1000.0
#: Most steps of one run.
STEPS_LIMIT = 100_000
#: RMSProp's α; Adam's β₁ and β₂; and the ε of both.
ALPHA, BETA1, BETA2, EPSILON = 0.9, 0.9, 0.999, 1e-8
#: On separable data Newton stops when its next step would lower the loss by less than this.
SEPARABLE_TOLERANCE = 1e-9

Memory = dict[str, Any]  #: what a rule keeps from step to step, by the symbol's name


class Settings(NamedTuple):
    """What a rule may read beside the gradient.

    Attributes
    ----------
    learning_rate : float
        η, in (0, `LEARNING_RATE_LIMIT`].
    momentum : float
        μ, in [0, 1).
    loss, hessian : callable or None
        The function and its second derivatives at given parameters; Newton alone asks.
    """

    learning_rate: float
    momentum: float
    loss: Callable[[Array], float] | None = None
    hessian: Callable[[Array], Array] | None = None


@dataclass(frozen=True, slots=True)
class Optimizer:
    """One row of the table of update rules.

    Attributes
    ----------
    name, label : str
        Its key in `OPTIMIZERS`, and what a person reads.
    formula : tuple of str
        The rule as lines of LaTeX.
    worked : tuple of str
        The same lines for one parameter, with ``{g}``, ``{w}``, ``{after}``, ``{eta}`` and
        the rule's own terms to be filled with numbers by `lrviz.text.numbers.fill`;
        `Step.read` supplies them.
    uses : tuple of str
        Which arguments of `train` it listens to.
    update : callable
        ``update(w, g, memory, settings)`` is the next w; it may write on ``memory`` only.
    """

    name: str
    label: str
    formula: tuple[str, ...]
    worked: tuple[str, ...]
    uses: tuple[str, ...]
    update: Callable[[Array, Array, Memory, Settings], Array]


def _descent(w: Array, g: Array, memory: Memory, s: Settings) -> Array:
    return w - s.learning_rate * g


def _momentum(w: Array, g: Array, memory: Memory, s: Settings) -> Array:
    memory["v_before"] = memory.get("v", np.zeros_like(g))
    memory["v"] = s.momentum * memory["v_before"] + g
    return np.asarray(w - s.learning_rate * memory["v"])


def _nesterov(w: Array, g: Array, memory: Memory, s: Settings) -> Array:
    memory["v_before"] = memory.get("v", np.zeros_like(g))
    memory["v"] = s.momentum * memory["v_before"] + g
    return np.asarray(w - s.learning_rate * (g + s.momentum * memory["v"]))


def _rmsprop(w: Array, g: Array, memory: Memory, s: Settings) -> Array:
    memory["s_before"] = memory.get("s", np.zeros_like(g))
    memory["s"] = ALPHA * memory["s_before"] + (1 - ALPHA) * g * g
    return np.asarray(w - s.learning_rate * g / (np.sqrt(memory["s"]) + EPSILON))


def _adam(w: Array, g: Array, memory: Memory, s: Settings) -> Array:
    memory["t"] = t = memory.get("t", 0) + 1
    memory["m_before"] = memory.get("m", np.zeros_like(g))
    memory["s_before"] = memory.get("s", np.zeros_like(g))
    memory["m"] = BETA1 * memory["m_before"] + (1 - BETA1) * g
    memory["s"] = BETA2 * memory["s_before"] + (1 - BETA2) * g * g
    memory["m_hat"] = memory["m"] / (1 - BETA1**t)
    memory["s_hat"] = memory["s"] / (1 - BETA2**t)
    change = s.learning_rate * memory["m_hat"] / (np.sqrt(memory["s_hat"]) + EPSILON)
    return np.asarray(w - change)


def _newton(w: Array, g: Array, memory: Memory, s: Settings) -> Array:
    if s.hessian is None:
        raise ValueError("Newton needs the second derivatives.")
    step = model.newton_step(w, g, s.hessian(w), s.loss)
    memory.update(d=step.direction, damping=step.damping, gain=step.gain)
    return step.params


_TABLE = (
    Optimizer(
        "gd",
        "Gradient descent",
        (r"w \leftarrow w - \eta \, g",),
        (r"{w} - {eta} \cdot {(g)} \approx {after}",),
        ("learning_rate",),
        _descent,
    ),
    Optimizer(
        "sgd",
        "Stochastic gradient descent",
        (
            r"g \leftarrow \text{mean over the minibatch of } (a - y)\, x",
            r"w \leftarrow w - \eta \, g",
        ),
        (r"g = {g}", r"{w} - {eta} \cdot {(g)} \approx {after}"),
        ("learning_rate", "batch_size", "seed"),
        _descent,
    ),
    Optimizer(
        "momentum",
        "Momentum",
        (r"v \leftarrow \mu v + g", r"w \leftarrow w - \eta \, v"),
        (
            r"v \leftarrow {mu} \cdot {(v_before)} + {(g)} \approx {v}",
            r"{w} - {eta} \cdot {(v)} \approx {after}",
        ),
        ("learning_rate", "momentum"),
        _momentum,
    ),
    Optimizer(
        "nesterov",
        "Nesterov momentum",
        (r"v \leftarrow \mu v + g", r"w \leftarrow w - \eta \, (g + \mu v)"),
        (
            r"v \leftarrow {mu} \cdot {(v_before)} + {(g)} \approx {v}",
            r"{w} - {eta} \cdot ({g} + {mu} \cdot {(v)}) \approx {after}",
        ),
        ("learning_rate", "momentum"),
        _nesterov,
    ),
    Optimizer(
        "rmsprop",
        "RMSProp",
        (
            r"s \leftarrow \alpha s + (1 - \alpha)\, g^2",
            r"w \leftarrow w - \eta \, \frac{g}{\sqrt{s} + \varepsilon}",
        ),
        (
            r"s \leftarrow {alpha} \cdot {s_before} + (1 - {alpha}) \cdot ({g})^2 \approx {s}",
            r"{w} - {eta} \cdot {(g)} / (\sqrt{{s}} + \varepsilon) \approx {after}",
        ),
        ("learning_rate",),
        _rmsprop,
    ),
    Optimizer(
        "adam",
        "Adam",
        (
            r"m \leftarrow \beta_1 m + (1 - \beta_1)\, g",
            r"s \leftarrow \beta_2 s + (1 - \beta_2)\, g^2",
            r"\hat m = \frac{m}{1 - \beta_1^t}, \quad \hat s = \frac{s}{1 - \beta_2^t}",
            r"w \leftarrow w - \eta \, \frac{\hat m}{\sqrt{\hat s} + \varepsilon}",
        ),
        (
            r"m \leftarrow {beta1} \cdot {(m_before)} + (1 - {beta1}) \cdot {(g)} \approx {m}",
            r"s \leftarrow {beta2} \cdot {s_before} + (1 - {beta2}) \cdot ({g})^2 \approx {s}",
            r"\hat m \approx {m_hat}, \quad \hat s \approx {s_hat}",
            r"{w} - {eta} \cdot {(m_hat)} / (\sqrt{{s_hat}} + \varepsilon) \approx {after}",
        ),
        ("learning_rate",),
        _adam,
    ),
    Optimizer(
        "newton",
        "Newton",
        (r"(H + \lambda \, \mathrm{diag}\, H)\, d = g", r"w \leftarrow w - d"),
        (r"d \approx {d}, \quad \lambda = {damping}", r"{w} - {(d)} \approx {after}"),
        (),
        _newton,
    ),
)

#: Every optimizer by name, in the order in which they are offered. Read-only.
OPTIMIZERS: Mapping[str, Optimizer] = MappingProxyType({row.name: row for row in _TABLE})


def minimize(
    gradient: Callable[[Array], npt.ArrayLike],
    start: npt.ArrayLike,
    *,
    optimizer: str = "gd",
    learning_rate: float = 0.1,
    steps: int = 100,
    momentum: float = 0.9,
    loss: Callable[[Array], float] | None = None,
    hessian: Callable[[Array], npt.ArrayLike] | None = None,
) -> Array:
    """The path of an optimizer on any function of n numbers, as (steps + 1, n).

    Row 0 is the start. sgd here is gd: the noise is the gradient's own. Newton takes its
    second derivatives from ``hessian``, or from central differences of the gradient where
    none is given; it halves its steps only if it is given ``loss``. A path that leaves
    float64 goes on as inf and nan.

    Raises
    ------
    ValueError
        A bad argument, in a sentence.
    """
    rule = _rule(optimizer)
    rate, mu = _learning_rate(learning_rate), _momentum_of(momentum)
    count = whole("steps", steps, 0, STEPS_LIMIT)
    w = np.array(start, dtype=np.float64)
    if w.ndim != 1 or not np.isfinite(w).all():
        raise ValueError(f"The start must be a row of finite numbers, not {start!r}.")

    def slope(at: Array) -> Array:
        return np.asarray(gradient(at), dtype=np.float64)

    def curvature(at: Array) -> Array:
        if hessian is not None:
            return np.asarray(hessian(at), dtype=np.float64)
        return _differences(slope, at)

    settings = Settings(rate, mu, loss, curvature)
    memory: Memory = {}
    path = np.empty((count + 1, len(w)))
    path[0] = w
    with np.errstate(all="ignore"):
        for k in range(count):
            w = rule.update(w, slope(w.copy()), memory, settings)
            path[k + 1] = w
    return path


def _differences(slope: Callable[[Array], Array], at: Array) -> Array:
    """Central differences of a gradient (n,) as a symmetric (n, n)."""
    out = np.empty((len(at), len(at)))
    for i, value in enumerate(at):
        # The cube root of the rounding unit balances rounding against curvature.
        h = float(np.cbrt(np.finfo(np.float64).eps)) * max(1.0, abs(float(value)))
        above, below = at.copy(), at.copy()
        above[i] += h
        below[i] -= h
        out[i] = (slope(above) - slope(below)) / (above[i] - below[i])
    return np.asarray((out + out.T) / 2)


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """A run of `train`. Arrays are read-only; k is the number of steps taken.

    Attributes
    ----------
    params : float64 array (k + 1, 3)
        w1, w2, b after each step; row 0 is the start.
    losses : float64 array (k + 1,)
        Mean log loss over all the data at those parameters.
    gradients : float64 array (k + 1, 3)
        Its gradient over all the data, for sgd too.
    stopped : str or None
        Why the run ended before ``steps``, as a sentence.
    optimizer, learning_rate, steps, start, momentum, batch_size, seed
        The arguments of the run.
    """

    params: Array
    losses: Array
    gradients: Array
    stopped: str | None
    optimizer: str
    learning_rate: float
    steps: int
    start: tuple[float, float, float]
    momentum: float
    batch_size: int
    seed: int

    def __len__(self) -> int:
        """Steps taken."""
        return len(self.losses) - 1


def train(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    optimizer: str = "gd",
    learning_rate: float = 0.1,
    steps: int = 200,
    start: npt.ArrayLike = (0.0, 0.0, 0.0),
    momentum: float = 0.9,
    batch_size: int = 16,
    seed: int = 0,
    progress: Callable[[int, int], object] | None = None,
) -> History:
    """Fit logistic regression step by step and keep every step.

    Parameters
    ----------
    X, y : array (m, 2), array (m,)
        Finite features and labels 0 or 1.
    optimizer : str
        A key of `OPTIMIZERS`.
    learning_rate : float
        η, in (0, 1000]. Newton does not use it.
    steps : int
        At most this many steps, 0 to 100,000.
    start : three numbers
        w1, w2, b before the first step.
    momentum : float
        μ of momentum and nesterov, in [0, 1).
    batch_size : int
        Rows of a minibatch of sgd, 1 to m. The rows are shuffled anew for every pass over
        the data; the last minibatch of a pass may be smaller.
    seed : int
        Seed of those shuffles, 0 or more: NumPy's Generator on PCG64.
    progress : callable, optional
        Called as ``progress(k, steps)`` after each step; a true answer ends the run.

    Returns
    -------
    History
        It is shorter than ``steps`` when the run diverged (it ends at the last finite
        step), when a step left all parameters exactly where they were and every later one
        would too, when ``progress`` asked, or when Newton was done: its next step would
        lower the loss by less than 1e-18, or by less than 1e-9 where a line separates the
        classes and no minimum exists.

    Raises
    ------
    ValueError
        A bad argument, in a sentence.
    """
    rule = _rule(optimizer)
    rate, mu = _learning_rate(learning_rate), _momentum_of(momentum)
    count = whole("steps", steps, 0, STEPS_LIMIT)
    seed = whole("seed", seed, 0, None)
    batch_size = whole("batch_size", batch_size, 1, None)
    w = check_params(start, "The start")
    tolerance = None
    if rule.name == "newton":
        tolerance = SEPARABLE_TOLERANCE if model.separable(X, y) else model.NEWTON_TOLERANCE
    batch = Batch(X, y)
    stochastic = rule.name == "sgd"
    if stochastic and batch_size > len(batch):
        raise ValueError(
            f"A batch of {batch_size} rows is larger than the data: choose {len(batch)} or less."
        )
    loss, g = batch.evaluate(w)
    if not math.isfinite(loss + float(g.sum())):
        raise ValueError("The loss at the start is beyond float64: choose a start nearer zero.")

    settings = Settings(rate, mu, batch.loss, batch.hessian)
    memory: Memory = {}
    params, gradients = np.empty((count + 1, 3)), np.empty((count + 1, 3))
    losses = np.empty(count + 1)
    params[0], losses[0], gradients[0] = w, loss, g
    draw = minibatches(len(batch), batch_size, seed) if stochastic else None
    stopped, taken, here = None, count, w.tolist()
    with np.errstate(all="ignore"):
        for k in range(count):
            used = batch.gradient_of_rows(w, next(draw)) if draw else g
            w = rule.update(w, used, memory, settings)
            before, here = here, w.tolist()
            if here == before and not stochastic and _settled(rule, g):
                stopped, taken = _settled_sentence(k, g, memory), k
                break
            loss, g = batch.evaluate(w)
            if not math.isfinite(loss + sum(here) + sum(g.tolist())):
                stopped, taken = _diverged_sentence(k + 1), k
                break
            params[k + 1], losses[k + 1], gradients[k + 1] = w, loss, g
            if tolerance is not None and memory["gain"] <= tolerance:
                stopped, taken = _newton_sentence(k + 1, tolerance), k + 1
                break
            if progress is not None and progress(k + 1, count):
                if k + 1 < count:
                    stopped, taken = f"Stopped on request after step {k + 1} of {count}.", k + 1
                break
    return History(
        params=_sealed(params, taken + 1),
        losses=_sealed(losses, taken + 1),
        gradients=_sealed(gradients, taken + 1),
        stopped=stopped,
        optimizer=rule.name,
        learning_rate=rate,
        steps=count,
        start=(float(params[0, 0]), float(params[0, 1]), float(params[0, 2])),
        momentum=mu,
        batch_size=batch_size,
        seed=seed,
    )


def _settled(rule: Optimizer, g: Array) -> bool:
    # A rule with a memory may stand still for one step in passing; with no gradient at all
    # its memory only fades.
    return rule.name in ("gd", "newton") or not g.any()


def _settled_sentence(k: int, g: Array, memory: Memory) -> str:
    if not g.any():
        return f"Converged at step {k}: the gradient is exactly zero, so no step moves."
    if memory.get("gain", 0.0) > model.NEWTON_TOLERANCE:
        return (
            f"Stopped at step {k}: in float64 no damped Newton step lowers the loss from here. "
            "Standardised features or a start nearer zero would help."
        )
    return f"Converged at step {k}: a further step is smaller than the last digit of float64."


def _diverged_sentence(k: int) -> str:
    return (
        f"Diverged at step {k}: the parameters or the loss left the range of float64, so the "
        f"run ends at step {k - 1}, the last finite one."
    )


def _power(x: float) -> str:
    """A power of ten as it is written: 10⁻⁹."""
    digits = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
    return f"10{str(round(math.log10(x))).translate(digits)}"


def _newton_sentence(k: int, tolerance: float) -> str:
    if tolerance == SEPARABLE_TOLERANCE:
        return (
            f"Stopped at step {k}: a line separates the classes, so no minimum exists. Further "
            f"Newton steps would lower the loss by less than {_power(tolerance)} each and only "
            "make the weights longer."
        )
    return (
        f"Converged at step {k}: a further Newton step would lower the loss by less than "
        f"{_power(tolerance)}."
    )


def _sealed(array: Array, rows: int) -> Array:
    # A copy when the run ended early: a view would keep the whole allocation alive.
    kept = array if len(array) == rows else array[:rows].copy()
    kept.setflags(write=False)
    return kept


def minibatches(rows: int, size: int, seed: int) -> Iterator[npt.NDArray[np.int64]]:
    """Row numbers of one minibatch after another, without end.

    Every pass over the data is shuffled anew and cut into pieces of ``size`` rows; the last
    piece of a pass may be smaller.
    """
    generator = np.random.Generator(np.random.PCG64(seed))
    while True:
        order = generator.permutation(rows)
        for start in range(0, rows, size):
            yield order[start : start + size]


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One step of a run, taken apart.

    Attributes
    ----------
    k : int
        It leads from step k to step k + 1.
    before, gradient, after : float64 array (3,)
        The parameters before, the gradient that the rule was given (the minibatch's own
        for sgd), the parameters after.
    terms : mapping of str to array (3,) or float
        What the rule computed on the way, by symbol: ``v``, ``s``, ``m_hat``, ``d``, ...,
        with ``v_before`` and the like for the values it came with; ``eta``, ``mu`` and the
        other constants.
    rows : int array or None
        The rows of the minibatch.
    """

    k: int
    before: Array
    gradient: Array
    after: Array
    terms: Mapping[str, Any]
    rows: npt.NDArray[np.int64] | None

    def read(self, key: str, parameter: int) -> float:
        """The number behind one key of `Optimizer.worked`, for parameter 0, 1 or 2.

        Raises
        ------
        KeyError
            The rule has no such term.
        """
        named = {"w": self.before, "g": self.gradient, "after": self.after}
        found = named[key] if key in named else self.terms[key]
        return float(found[parameter]) if isinstance(found, np.ndarray) else float(found)


def preview(history: History, X: npt.ArrayLike, y: npt.ArrayLike, k: int) -> Step:
    """The step after step k, computed by the optimizer itself and not kept.

    The rule's memory is rebuilt from the run's own gradients, so for k before the last the
    answer is exactly row k + 1 of ``history.params``; at the last it is the step that was
    not taken.

    Raises
    ------
    ValueError
        k is not a step of this run, or the data are not the run's.
    """
    k = whole("step", k, 0, len(history))
    rule = _rule(history.optimizer)
    batch = Batch(X, y)
    settings = Settings(history.learning_rate, history.momentum, batch.loss, batch.hessian)
    memory: Memory = {}
    rows = None
    used = history.gradients[k]
    with np.errstate(all="ignore"):
        if rule.name == "sgd":
            if history.batch_size > len(batch):
                raise ValueError("These data have fewer rows than a minibatch of the run.")
            draw = minibatches(len(batch), history.batch_size, history.seed)
            rows = next(islice(draw, k, None))
            used = batch.gradient_of_rows(history.params[k], rows)
        elif rule.name not in ("gd", "newton"):
            for w, g in zip(history.params[:k], history.gradients[:k], strict=True):
                rule.update(w, g, memory, settings)
        after = rule.update(history.params[k], used, memory, settings)
    constants = {
        "eta": history.learning_rate,
        "mu": history.momentum,
        "alpha": ALPHA,
        "beta1": BETA1,
        "beta2": BETA2,
    }
    terms = MappingProxyType({**constants, **memory})
    return Step(k, history.params[k], used, after, terms, rows)


# Arguments


def _rule(name: str) -> Optimizer:
    if not isinstance(name, str) or name not in OPTIMIZERS:
        raise ValueError(f"The optimizer must be one of {', '.join(OPTIMIZERS)}, not {name!r}.")
    return OPTIMIZERS[name]


def _real(name: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number) or isinstance(value, str | bytes | bool):
        raise ValueError(f"{name} must be a finite number, not {value!r}.")
    return number


def _learning_rate(value: Any) -> float:
    number = _real("learning_rate", value)
    if not 0 < number <= LEARNING_RATE_LIMIT:
        raise ValueError(
            f"learning_rate must be above 0 and at most {LEARNING_RATE_LIMIT:.0f}, not {number:g}."
        )
    return number


def _momentum_of(value: Any) -> float:
    number = _real("momentum", value)
    if not 0 <= number < 1:
        raise ValueError(f"momentum must be at least 0 and below 1, not {number:g}.")
    return number


def whole(name: str, value: Any, low: int, high: int | None) -> int:
    """The value as an int in [low, high].

    Raises
    ------
    ValueError
        It is not a whole number, or out of range; the sentence names it.
    """
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool):
        raise ValueError(f"{name} must be a whole number, not {value!r}.")
    if number < low or (high is not None and number > high):
        limits = f"at least {low}" if high is None else f"between {low} and {high}"
        raise ValueError(f"{name} must be {limits}, not {number}.")
    return int(number)
