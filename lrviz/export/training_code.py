"""The same for a run: a whole script that trains as the Training page did, by language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from lrviz.core.expression import number
from lrviz.export.code import JAX, LANGUAGES, PRINT, TORCH, as_line, notebook
from lrviz.training.decay import DECAY, DECAY_RATES
from lrviz.training.optimizers import OPTIMIZERS
from lrviz.training.run import History

#: Rules that statements alone describe: neither minibatches nor second derivatives.
WRITTEN = tuple(name for name, row in OPTIMIZERS.items() if row.solve is None and name != "sgd")


def languages_of(run: History, y: npt.NDArray[Any]) -> tuple[str, ...]:
    """The languages that a run is written in.

    A rule that is not one of `WRITTEN` needs more than its statements; scikit-learn, which writes
    the minimum alone, fits no model to one class, which has none.
    """
    one = len(set(y.tolist())) == 1
    return tuple(
        language
        for language in LANGUAGES
        if (not one if language == "scikit-learn" else run.optimizer in WRITTEN)
    )


def training_code(
    language: str, X: npt.NDArray[np.float64], y: npt.NDArray[Any], run: History
) -> str:
    """A script that trains as a run did and prints where it ends.

    scikit-learn has none of these rules: its script prints the minimum the run goes to.

    Parameters
    ----------
    language : str
        A key of `LANGUAGES`.
    X, y : arrays (m, 2) and (m,)
        The examples as the run had them.
    run : History

    Raises
    ------
    KeyError
        There is no such language.
    ValueError
        The run is not written in it, see `languages_of`.
    """
    if language in LANGUAGES and language not in languages_of(run, y):
        raise ValueError(f"This {OPTIMIZERS[run.optimizer].label} is not written in {language}.")
    data = f"X = {_rows(X)}\ny = {[int(one) for one in y]!r}"
    steps = f"w = {[float(one) for one in run.params[0]]!r}  # w1, w2, b\nsteps = {len(run)}"
    made: Mapping[str, Callable[[], str]] = {
        "Python": lambda: _train_plain(data, steps, run),
        "NumPy": lambda: _train_arrays(data, steps, run, "numpy"),
        "Notebook": lambda: notebook(
            "Training logistic regression",
            _train_arrays(data, steps, run, "numpy").strip().split("\n\n\n"),
        ),
        "scikit-learn": lambda: _sklearn_many(data, run.l2),
        "PyTorch": lambda: _train_arrays(data, steps, run, "torch"),
        "JAX": lambda: _train_arrays(data, steps, run, "jax"),
    }
    return made[language]() + ("" if language == "Notebook" else "\n")


def _rows(X: npt.NDArray[np.float64]) -> str:
    return "[\n" + "".join(f"    [{p!r}, {q!r}],\n" for p, q in X.tolist()) + "]"


def _rule(run: History, spelt: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The rule's constants and its statements, as lines of Python."""
    row = OPTIMIZERS[run.optimizer]
    constants = {name: number(value) for name, value in row.constants.items()}
    rates = {"eta": run.learning_rate, "mu": run.momentum}
    used = {name for line in row.statements for name in line.right.symbols}
    head = [f"{name} = {value!r}" for name, value in rates.items() if name in used]
    if run.l2:
        head.append(f"decay = {run.l2!r}  # of w1 and w2")
    lines = [
        f"{spelt.get(line.name, line.name)} = {as_line(line.right.put(constants), spelt)}"
        for line in row.statements
    ]
    return head, lines


def _decay() -> tuple[str, str]:
    """What weight decay adds to the loss, and its derivatives by the two weights, in Python."""
    spelt = {"lambda": "decay", "w1": "w[0]", "w2": "w[1]"}
    return f" + {as_line(DECAY, spelt)}", ", ".join(as_line(one, spelt) for one in DECAY_RATES)


_END = f'for name, value in zip(("w1", "w2", "b", "J"), (*w, loss(w))):\n    {PRINT}'


def _train_plain(data: str, steps: str, run: History) -> str:
    row = OPTIMIZERS[run.optimizer]
    names = dict.fromkeys(line.name for line in row.statements if line.name != "w")
    spelt = {name: f"{name}[i]" for name in ("w", "g", *names)}
    head, lines = _rule(run, spelt)
    kept = "\n".join(f"{name} = [0.0] * 3" for name in names)
    body = "\n".join(f"        {line}" for line in lines)
    decay, pull = "", "[one / len(X) for one in total]"
    if run.l2:
        decay, rates = _decay()
        pull = f"[one / len(X) + pull for one, pull in zip(total, ({rates}, 0))]"
    return f"""from math import exp, log1p, sqrt

{data}
{steps}
{chr(10).join(head)}
{kept}


def sigma(z):
    e = exp(-abs(z))
    return 1 / (1 + e) if z >= 0 else e / (1 + e)


def loss(w):
    total = 0.0
    for x, label in zip(X, y):
        z = w[0] * x[0] + w[1] * x[1] + w[2]
        s = z if label == 1 else -z
        total += max(-s, 0) + log1p(exp(-abs(s)))
    return total / len(X){decay}


def gradient(w):
    total = [0.0] * 3
    for x, label in zip(X, y):
        z = w[0] * x[0] + w[1] * x[1] + w[2]
        off = -sigma(-z) if label == 1 else sigma(z)  # a - y
        for i, factor in enumerate((*x, 1)):
            total[i] += off * factor
    return {pull}


for t in range(1, steps + 1):
    g = gradient(w)
    for i in range(3):
{body}

{_END}"""


def _train_arrays(data: str, steps: str, run: History, library: str) -> str:
    row = OPTIMIZERS[run.optimizer]
    head, lines = _rule(run, {})
    array = {"numpy": "np.array", "torch": "torch.tensor", "jax": "jnp.array"}[library]
    heads = {
        "numpy": "import numpy as np\nfrom numpy import sqrt",
        "torch": TORCH.replace("import torch\n", "import torch\nfrom torch import sqrt\n"),
        "jax": JAX.replace("jnp\n", "jnp\nfrom jax.numpy import sqrt\n"),
    }
    kept = "\n".join(f"{name} = 0 * w" for name in row.keeps)
    loss = {
        "numpy": "np.logaddexp(0, np.where(y == 1, -z, z)).mean()",
        "torch": "torch.nn.functional.binary_cross_entropy_with_logits(z, y)",
        "jax": "jax.nn.softplus(jnp.where(y == 1, -z, z)).mean()",
    }[library]
    gradient = {
        "numpy": """def gradient(w):
    s = np.where(y == 1, -1, 1) * (X @ w[:2] + w[2])
    # a - y, as the smaller side of the sigmoid: nothing is subtracted.
    off = np.where(y == 1, -1, 1) * np.exp(-np.logaddexp(0, -s))
    return np.append(off @ X, off.sum()) / len(X)""",
        "torch": """def gradient(w):
    w = w.detach().requires_grad_(True)
    return torch.autograd.grad(loss(w), w)[0]""",
        "jax": "gradient = jax.grad(loss)",
    }[library]
    decay = ""
    if run.l2:
        decay, rates = _decay()
        if library == "numpy":
            gradient += f" + np.array([{rates}, 0])"
    body = "\n".join(f"    {line}" for line in lines)
    return f"""{heads[library]}

{data}
{steps}
X, y, w = {array}(X), {array}([float(one) for one in y]), {array}(w)
{chr(10).join(head)}
{kept}


def loss(w):
    z = X @ w[:2] + w[2]
    return {loss}{decay}


{gradient}


for t in range(1, steps + 1):
    g = gradient(w)
{body}

{_END}"""


def _sklearn_many(data: str, l2: float) -> str:
    said = (
        "The minimum itself, without a penalty; where the classes can be separated there is none."
    )
    head, strength, decay = "", "np.inf", ""
    if l2:
        said = "The minimum itself: C is the inverse of the decay times the number of examples."
        head, strength, decay = f"decay = {l2!r}\n", "1 / (decay * len(X))", _decay()[0]
    return f"""import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

{data}
X, y = np.array(X), np.array(y)
{head}
# {said}
model = LogisticRegression(C={strength}, tol=1e-10, max_iter=10_000).fit(X, y)
w = (*model.coef_[0], model.intercept_[0])
J = log_loss(y, model.predict_proba(X)){decay}
for name, value in zip(("w1", "w2", "b", "J"), (*w, J)):
    {PRINT}"""
