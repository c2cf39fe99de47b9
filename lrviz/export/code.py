"""Code to take away: a whole script that prints the numbers on the screen, by language.

Formulas and update rules are written from the project's own expressions. Where the textbook form
would lose digits at saturation the script carries σ(z) and σ(−z) apart, as the app does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from lrviz.core.expression import KINDS, Expression, is_complement
from lrviz.core.graph import INPUTS, Loss
from lrviz.core.ops import LOSS, OPS, RESIDUAL

#: What each script needs, and how its file ends.
LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        "Python": ".py",
        "NumPy": ".py",
        "scikit-learn": ".py",
        "PyTorch": ".py",
        "JAX": ".py",
        "Notebook": ".ipynb",
    }
)
TORCH = "import torch\n\ntorch.set_default_dtype(torch.float64)"
JAX = 'import jax\nimport jax.numpy as jnp\n\njax.config.update("jax_enable_x64", True)'
PRINT = 'print(f"{name} = {float(value):.6g}")'


def python(e: Expression, spelt: Mapping[str, str]) -> str:
    """An expression as Python, with its letters as ``spelt`` has them; 1 − a is the letter q."""
    if is_complement(e) and "q" in spelt:
        return spelt["q"]
    if e.kind == "symbol":
        return spelt.get(e.parts[0], str(e.parts[0]))
    if e.kind == "number":
        return f"{e.parts[0]:g}" if float(f"{e.parts[0]:g}") == e.parts[0] else repr(e.parts[0])
    parts = [python(part, spelt) for part in e.parts]
    if e.kind == "pow":
        return f"{parts[0]} ** {parts[1]}"
    return KINDS[e.kind].python.format(*parts)


def as_line(e: Expression, spelt: Mapping[str, str]) -> str:
    """The same, without parentheses around the whole."""
    text = python(e, spelt)
    return text[1:-1] if text[:1] == "(" and _whole(text) else text


def _whole(text: str) -> bool:
    depth = 0
    for n, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if depth == 0 and n < len(text) - 1:
            return False
    return True


# One example: the Graph page


def graph_code(language: str, inputs: Mapping[str, float], loss: Loss = "log") -> str:
    """A script that prints z, a, L and the gradient of one example.

    Parameters
    ----------
    language : str
        A key of `LANGUAGES`.
    inputs : mapping
        x1, x2, w1, w2, b, y.
    loss : {"log", "squared"}

    Raises
    ------
    KeyError
        There is no such language.
    """
    given = "\n".join(f"{name} = {inputs[name]!r}" for name in INPUTS if name != "y")
    given += f"\ny = {int(inputs['y'])}"
    if language == "Notebook":
        return notebook(
            "The derivative of logistic regression, by hand",
            [given, *_by_hand(loss, "numpy").split("\n\n\n")],
        )
    made: Mapping[str, Callable[[], str]] = {
        "Python": lambda: f"import math\n\n{given}\n\n{_by_hand(loss, 'math')}",
        "NumPy": lambda: f"{_by_hand(loss, 'numpy', given)}",
        "scikit-learn": lambda: _sklearn_one(given, loss),
        "PyTorch": lambda: _torch_one(given, loss),
        "JAX": lambda: _jax_one(given, loss),
    }
    return made[language]() + "\n"


def _by_hand(loss: Loss, module: str, given: str = "") -> str:
    short = "math" if module == "math" else "np"
    head = f"import numpy as np\n\n\n{given}\n\n" if given else (
        "" if module == "math" else "import numpy as np\n\n\n"
    )  # fmt: skip
    spelt = {"a": "a", "q": "q"}
    squared = loss == "squared"
    value = "0.5 * off ** 2" if squared else f"max(-s, 0) + {short}.log1p({short}.exp(-abs(s)))"
    by_a = "off" if squared else as_line(OPS["log_loss"].rates[0], spelt)
    formula = python(LOSS[loss], {"y": "y", "a": "a"})
    return f"""{head}# Forward: z, then the prediction a; q is 1 - a, exact where a rounds to 1.
z = {as_line(OPS["affine"].formula, {})}
e = {short}.exp(-abs(z))
large, small = 1 / (1 + e), e / (1 + e)
a, q = (large, small) if z >= 0 else (small, large)
# a - y, from whichever loses nothing.
off = -q if y == 1 else a
# The loss, {formula}.
s = z if y == 1 else -z
L = {value}


# Backward: local derivatives, multiplied along the way.
dL_da = {by_a}
da_dz = {as_line(OPS["sigmoid"].rates[0], spelt)}
dL_dz = dL_da * da_dz
results = {{
    "z": z,
    "a": a,
    "L": L,
    "dL/da": dL_da,
    "da/dz": da_dz,
    "dL/dz": dL_dz,
    "dL/dw1": dL_dz * x1,
    "dL/dw2": dL_dz * x2,
    "dL/db": dL_dz,
}}
for name, value in results.items():
    {PRINT}"""


def _sklearn_one(given: str, loss: Loss) -> str:
    value = "np.logaddexp(0, -z if y == 1 else z)" if loss == "log" else "0.5 * off ** 2"
    residual = as_line(RESIDUAL[loss], {"a": "a", "y": "y"})
    sigmoid = as_line(OPS["sigmoid"].rates[0], {"a": "a", "q": "q"})
    slope = "off" if loss == "log" else f"off * {sigmoid}"
    return f"""import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

{given}

# A model that has these weights without having been fitted.
model = LogisticRegression()
model.classes_ = np.array([0, 1])
model.coef_, model.intercept_ = np.array([[w1, w2]]), np.array([b])
x = np.array([[x1, x2]])
z = model.decision_function(x)[0]
a = model.predict_proba(x)[0, 1]
# From z, because 1 - a is lost where a rounds to 1, and scikit-learn's log_loss clips a there.
q = expit(-z)
off = -q if y == 1 else a
# scikit-learn gives no gradient of one example; this is {residual}.
dL_dz = {slope}
results = {{
    "z": z,
    "a": a,
    "L": {value},
    "dL/dz": dL_dz,
    "dL/dw1": dL_dz * x1,
    "dL/dw2": dL_dz * x2,
    "dL/db": dL_dz,
}}
for name, value in results.items():
    {PRINT}"""


def _library(loss: Loss, exp: str, softplus: str, indent: str = "") -> tuple[str, str]:
    """A line before the loss, and the loss, whose derivative keeps its digits at saturation.

    Where a rounds to 1 the libraries' own a(1 - a) is 0, and so is a - y; of 1/(1 + exp(-z)) they
    derive exp(-z)/(1 + exp(-z))^2.
    """
    if loss == "log":
        return "", f"{softplus}(-z if y == 1 else z)"
    line = "# a - y, from whichever loses nothing.\n"
    line += f"off = -1 / (1 + {exp}(z)) if y == 1 else a\n"
    return "".join(indent + one for one in line.splitlines(keepends=True)), "0.5 * off ** 2"


def _torch_one(given: str, loss: Loss) -> str:
    off, value = _library(loss, "torch.exp", "torch.nn.functional.softplus")
    return f"""{TORCH}

{given}

w1, w2, b = (torch.tensor(float(one), requires_grad=True) for one in (w1, w2, b))
z = {as_line(OPS["affine"].formula, {})}
a = 1 / (1 + torch.exp(-z))
z.retain_grad()
{off}L = {value}
L.backward()
results = {{
    "z": z.detach(),
    "a": a.detach(),
    "L": L.detach(),
    "dL/dz": z.grad,
    "dL/dw1": w1.grad,
    "dL/dw2": w2.grad,
    "dL/db": b.grad,
}}
for name, value in results.items():
    {PRINT}"""


def _jax_one(given: str, loss: Loss) -> str:
    off, value = _library(loss, "jnp.exp", "jax.nn.softplus", "    ")
    return f"""{JAX}

{given}


def forward(w1, w2, b):
    z = {as_line(OPS["affine"].formula, {})}
    a = 1 / (1 + jnp.exp(-z))
{off}    return {value}, (z, a)


(L, (z, a)), (by_w1, by_w2, by_b) = jax.value_and_grad(forward, (0, 1, 2), has_aux=True)(
    float(w1), float(w2), float(b)
)
results = {{
    "z": z,
    "a": a,
    "L": L,
    "dL/dw1": by_w1,
    "dL/dw2": by_w2,
    "dL/db": by_b,
}}
for name, value in results.items():
    {PRINT}"""


def notebook(title: str, cells: list[str]) -> str:
    """A Jupyter notebook (nbformat 4.5) with a title and cells of code."""
    made: list[dict[str, Any]] = [
        {"cell_type": "markdown", "id": "title", "metadata": {}, "source": f"# {title}"}
    ]
    made += [
        {
            "cell_type": "code",
            "id": f"cell-{n}",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": cell.strip(),
        }
        for n, cell in enumerate(cells)
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book = {"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(book, indent=1, ensure_ascii=False)
