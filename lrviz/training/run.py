"""A run of `train`: how it goes, why it ends, and what reads it once more.

A rule that needs nothing but gradients is taken some steps at a time (see
`lrviz.training.batch.Steps`); the others, and whoever wants all that a rule computes on the way,
go step by step (see `lrviz.training.walk`). Both run the same statements.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from lrviz.core.numerics import Array
from lrviz.core.symbols import superscript
from lrviz.training.arguments import learning_rate_of, momentum_of, optimizer_named, whole
from lrviz.training.batch import Batch, Steps
from lrviz.training.checks import check_decay, check_params
from lrviz.training.newton import NEWTON_TOLERANCE
from lrviz.training.optimizers import (
    Objective,
    Optimizer,
)
from lrviz.training.separability import has_minimum
from lrviz.training.walk import STEPS_LIMIT, Rows, Slope, Step, walk

#: Rows of a minibatch where nobody says how many.
BATCH_SIZE = 16
#: Where there is no minimum Newton stops when its next step would lower the loss by less than this.
SEPARABLE_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """A run of `train`. Arrays are read-only; k is the number of steps taken.

    Attributes
    ----------
    params : float64 array (k + 1, 3)
        w1, w2, b after each step; row 0 is the start.
    losses : float64 array (k + 1,)
        J at those parameters: the mean log loss over all the data, and the decay term.
    gradients : float64 array (k + 1, 3)
        Its gradient over all the data, for sgd too.
    stopped : str or None
        Why the run ended before ``steps``, as a sentence.
    optimizer, learning_rate, steps, start, momentum, batch_size, seed, l2
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
    l2: float

    def __len__(self) -> int:
        """Steps taken."""
        return len(self.losses) - 1

    def __repr__(self) -> str:
        """How far it went, and where it ended."""
        w1, w2, b = self.params[-1]
        return (
            f"<History: {self.optimizer}, {len(self)} steps, loss {self.losses[0]:.6g} to "
            f"{self.losses[-1]:.6g}, w1 = {w1:.6g}, w2 = {w2:.6g}, b = {b:.6g}>"
        )


def train(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    optimizer: str = "gd",
    learning_rate: float = 0.1,
    steps: int = 200,
    start: npt.ArrayLike = (0.0, 0.0, 0.0),
    momentum: float = 0.9,
    batch_size: int | None = None,
    seed: int = 0,
    l2: float = 0.0,
    progress: Callable[[int, int], object] | None = None,
) -> History:
    """Fit logistic regression step by step and keep every step.

    Parameters
    ----------
    X, y : array (m, 2), array (m,)
        Finite features and labels 0 or 1.
    optimizer : {"gd", "sgd", "momentum", "nesterov", "rmsprop", "adam", "adagrad", "newton"}
    learning_rate : float
        η, in (0, 1000]. Newton does not use it.
    steps : int
        At most this many steps, 0 to 100,000.
    start : three numbers
        w1, w2, b before the first step.
    momentum : float
        μ of momentum and nesterov, in [0, 1).
    batch_size : int
        Rows of a minibatch of sgd, 1 to m; 16, or all where there are fewer, if none is given.
        The rows are shuffled anew for every pass over the data; the last minibatch of a pass
        may be smaller.
    seed : int
        Seed of those shuffles, 0 or more: NumPy's Generator on PCG64.
    l2 : float
        The weight decay λ, 0 or more: λ/2·(w1² + w2²) is added to the mean loss, so λw1 and
        λw2 to the gradient, that of a minibatch too; b is left alone. It is the
        ``weight_decay`` of PyTorch's optimizers of these names, given to the weights alone;
        scikit-learn's ``C`` is 1/(λm).
    progress : callable, optional
        Called as ``progress(k, steps)`` after each step; a true answer ends the run.

    Returns
    -------
    History
        It is shorter than ``steps`` when the run diverged (it ends at the last finite
        step), when a step left all parameters exactly where they were and every later one
        would too, when ``progress`` asked, or when Newton was done: its next step would
        lower the loss by less than 1e-18, or by less than 1e-9 where no minimum exists: a
        line separates the classes and no weight decay holds the weights, or there is one class.

    Raises
    ------
    ValueError
        A bad argument, in a sentence.

    Examples
    --------
    >>> d = lrviz.load_dataset("penguins")
    >>> h = lrviz.train(d.X, d.y, optimizer="newton")
    >>> h
    <History: newton, 6 steps, loss 0.693147 to 0.485942,
     w1 = 0.271068, w2 = 0.767161, b = -24.9444>
    >>> h.stopped
    'Converged at step 6: a further Newton step would lower the loss by less than 10⁻¹⁸.'
    """
    rule = optimizer_named(optimizer)
    rate, mu = learning_rate_of(learning_rate), momentum_of(momentum)
    most = whole("steps", steps, 0, STEPS_LIMIT)
    seed = whole("seed", seed, 0, None)
    if batch_size is not None:
        batch_size = whole("batch_size", batch_size, 1, None)
    l2 = check_decay(l2)
    w = check_params(start, "The start")
    endless = None
    if rule.name == "newton":
        endless = "" if has_minimum(X, y, l2) else _without_minimum(y)
    batch = Batch(X, y, l2)
    if batch_size is None:
        batch_size = min(BATCH_SIZE, len(batch))
    stochastic = rule.name == "sgd"
    if stochastic and batch_size > len(batch):
        raise ValueError(
            f"A batch of {batch_size} rows is larger than the data: choose {len(batch)} or less."
        )
    loss, g = batch.evaluate(w)
    if not math.isfinite(loss + float(g.sum())):
        raise ValueError("The loss at the start is beyond float64: choose a start nearer zero.")

    params, gradients = np.empty((most + 1, 3)), np.empty((most + 1, 3))
    losses = np.empty(most + 1)
    params[0], losses[0], gradients[0] = w, loss, g
    run = _Run(rule, batch, params, losses, gradients, endless, progress)
    with np.errstate(all="ignore"):
        if stochastic or rule.solve is not None:
            # Over all the data, the gradient was computed with the loss after the step before.
            known = _known_slope(gradients)
            slope = _minibatch_slope(batch, batch_size, seed) if stochastic else known
            stopped, taken = _by_steps(run, slope, rate, mu)
        else:
            stopped, taken = _by_turns(run, rate, mu)
    return History(
        params=_sealed(params, taken + 1),
        losses=_sealed(losses, taken + 1),
        gradients=_sealed(gradients, taken + 1),
        stopped=stopped,
        optimizer=rule.name,
        learning_rate=rate,
        steps=most,
        start=(float(w[0]), float(w[1]), float(w[2])),
        momentum=mu,
        batch_size=batch_size,
        seed=seed,
        l2=l2,
    )


class _Run(NamedTuple):
    """What a run writes on, row by row from row 1 on, and what may end it.

    ``endless`` is for a rule that is done some time: why there is no minimum, or nothing.
    """

    rule: Optimizer
    batch: Batch
    params: Array
    losses: Array
    gradients: Array
    endless: str | None
    progress: Callable[[int, int], object] | None

    @property
    def most(self) -> int:
        return len(self.losses) - 1

    def asked_to_end(self, k: int) -> bool:
        return self.progress is not None and bool(self.progress(k, self.most))


#: Why a run ended, if it did before its last step, and how many steps it took.
_End: TypeAlias = tuple[str | None, int]


def _by_steps(run: _Run, slope: Slope, rate: float, mu: float) -> _End:
    """Every step with all that its rule computes on the way."""
    rule, batch = run.rule, run.batch
    objective = Objective(batch.loss, batch.hessian)
    start = run.params[0]
    steps = walk(rule, start, slope, learning_rate=rate, momentum=mu, objective=objective)
    for step in islice(steps, run.most):
        k, after = step.k, step.after
        if step.rows is None and _stands_still(rule, step):
            return _settled_sentence(rule, step), k
        loss, g = batch.evaluate_quietly(after)
        if _left_float64(loss, after, g):
            return _diverged_sentence(k + 1), k
        run.params[k + 1], run.losses[k + 1], run.gradients[k + 1] = after, loss, g
        if run.endless is not None and _gains_nothing(step, _tolerance(run.endless)):
            return _newton_sentence(k + 1, run.endless), k + 1
        if run.asked_to_end(k + 1):
            return _asked(k + 1, run.most), k + 1
    return None, run.most


def _by_turns(run: _Run, rate: float, mu: float) -> _End:
    """Some steps at a time (see `lrviz.training.batch.Steps`), and then a look at them."""
    params, losses, gradients = run.params, run.losses, run.gradients
    move, steps = run.rule.stepper(3, rate, mu), Steps(run.batch)
    w, g = params[0], gradients[0]
    for first in range(0, run.most, steps.turn):
        last = min(first + steps.turn, run.most)
        for n, k in enumerate(range(first, last)):
            w = move(k, w, g)
            params[k + 1], g = w, gradients[k + 1]
            steps.gradient(n, w, g)
        new, before = slice(first + 1, last + 1), slice(first, last)
        losses[new] = steps.losses(params[new])
        # Almost always nothing happened; where something may have, each step is looked at.
        total = losses[new].sum() + params[new].sum() + gradients[new].sum()
        eventful = not math.isfinite(total) or (params[new, 0] == params[before, 0]).any()
        for k in range(first, last):
            if eventful:
                step = Step(k, params[k], gradients[k], params[k + 1], {}, None)
                if _stands_still(run.rule, step):
                    return _settled_sentence(run.rule, step), k
                if _left_float64(float(losses[k + 1]), step.after, gradients[k + 1]):
                    return _diverged_sentence(k + 1), k
            elif run.progress is None:
                break
            if run.asked_to_end(k + 1):
                return _asked(k + 1, run.most), k + 1
    return None, run.most


# When a run ends


def _asked(k: int, most: int) -> str | None:
    return f"Stopped on request after step {k} of {most}." if k < most else None


def _stands_still(rule: Optimizer, step: Step) -> bool:
    """A step moved nothing, and every later one would move nothing either.

    A rule that keeps something may stand still for one step in passing; with no gradient at
    all, what it keeps only fades. It divides by the root of squares that it keeps, and does so for
    good where they are beyond float64.
    """
    if step.after[0] != step.before[0] or (step.after != step.before).any():
        return False
    return not rule.keeps or not step.gradient.any() or _blocked(rule, step)


def _blocked(rule: Optimizer, step: Step) -> bool:
    """Whether every slope has a square beyond float64, in a rule that keeps such squares."""
    with np.errstate(over="ignore"):
        squares = step.gradient[step.gradient != 0] ** 2
    return "s" in rule.keeps and bool(np.isinf(squares).all())


def _left_float64(loss: float, w: Array, g: Array) -> bool:
    """The loss, a parameter or the gradient is no finite number any more."""
    return not all(map(math.isfinite, (loss, *w.tolist(), *g.tolist())))


def _gains_nothing(step: Step, tolerance: float) -> bool:
    """A further Newton step would lower the loss by no more than the tolerance."""
    return bool(step.terms["gain"] <= tolerance)


def _settled_sentence(rule: Optimizer, step: Step) -> str:
    k = step.k
    if not step.gradient.any():
        return f"Converged at step {k}: the gradient is exactly zero, so no step moves."
    if _blocked(rule, step):
        return (
            f"Stopped at step {k}: the squares of the gradient are beyond float64, so no step "
            "moves. Standardised features would help."
        )
    if step.terms.get("gain", 0.0) > NEWTON_TOLERANCE:
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
    return f"10{superscript(str(round(math.log10(x))))}"


def _newton_sentence(k: int, endless: str) -> str:
    least = _power(_tolerance(endless))
    if endless:
        return (
            f"Stopped at step {k}: {endless}, so no minimum exists. Further Newton steps would "
            f"lower the loss by less than {least} each and only make the model surer."
        )
    return (
        f"Converged at step {k}: a further Newton step would lower the loss by less than {least}."
    )


def _tolerance(endless: str) -> float:
    return SEPARABLE_TOLERANCE if endless else NEWTON_TOLERANCE


def _without_minimum(y: npt.ArrayLike) -> str:
    one = len(np.unique(np.asarray(y))) == 1
    return "there is one class only" if one else "a line separates the classes"


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


def _known_slope(gradients: Array) -> Slope:
    return lambda k, _: (gradients[k], None)


def _minibatch_slope(batch: Batch, size: int, seed: int) -> Slope:
    draw = minibatches(len(batch), size, seed)

    def slope(_: int, w: Array) -> tuple[Array, Rows | None]:
        rows = next(draw)
        return batch.gradient_of_rows(w, rows), rows

    return slope


def replay(history: History, X: npt.ArrayLike, y: npt.ArrayLike) -> Iterator[Step]:
    """The steps of a run once more, with all that its rule computes on the way.

    The last of them, which leads away from the last row of ``history.params``, was not taken.

    Raises
    ------
    ValueError
        The data are not the run's.
    """
    rule, batch = optimizer_named(history.optimizer), Batch(X, y, history.l2)
    slope = _known_slope(history.gradients)
    if rule.name == "sgd":
        if history.batch_size > len(batch):
            raise ValueError("These data have fewer rows than a minibatch of the run.")
        slope = _minibatch_slope(batch, history.batch_size, history.seed)
    objective = Objective(batch.loss, batch.hessian)
    steps = walk(
        rule,
        history.params[0],
        slope,
        learning_rate=history.learning_rate,
        momentum=history.momentum,
        objective=objective,
    )
    return islice(steps, len(history) + 1)


def preview(history: History, X: npt.ArrayLike, y: npt.ArrayLike, k: int) -> Step:
    """The step after step k, computed by the optimizer itself and not kept.

    For k before the last the answer is exactly row k + 1 of ``history.params``; at the last
    it is the step that was not taken.

    Raises
    ------
    ValueError
        k is not a step of this run, or the data are not the run's.
    """
    k = whole("step", k, 0, len(history))
    with np.errstate(all="ignore"):
        return next(islice(replay(history, X, y), k, None))
