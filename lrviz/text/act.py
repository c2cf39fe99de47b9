"""What can be done with a parameter on the Graph page: nudge it, or take a step downhill."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from lrviz import settings
from lrviz.core.expression import Expression, plain, rate, symbol
from lrviz.core.graph import build, path
from lrviz.text import sentence
from lrviz.text.explanations import TARGETS, derivative, gradient, letter, slot
from lrviz.training.optimizers import OPTIMIZERS

#: Sizes of a nudge: 1, 0.5, 0.2, 0.1, ... 10⁻⁶, and on to where float64 has lost the difference.
SIZES = (
    1.0,
    *(float(f"{m}e-{n}") for n in range(1, 7) for m in (5, 2, 1)),
    *(float(f"1e-{n}") for n in range(7, 16)),
)


def nudge(of: str) -> dict[str, Any]:
    """What the browser needs for nudging ``of``; quantities are those of the view "features".

    ``change.z`` is what a node truly changed by, and ``guess.z`` its local derivative times the
    true change of the node before it.
    """
    steps = tuple(reversed(path(build("features"), of)))
    sym = letter(of)
    rows = [{"symbol": f"Δ{sym}", "change": f"{{change.{of}}}", "guess": ""}]
    for tail, head in pairwise(steps):
        guess = f"{derivative((tail, head))} × Δ{letter(tail)} {{~guess.{head}}} {{guess.{head}}}"
        rows.append({"symbol": f"Δ{letter(head)}", "change": f"{{change.{head}}}", "guess": guess})
    return {
        "title": f"Nudge {sym}",
        "hint": f"Change {sym} by Δ: 1 at the first stop, ever smaller to the right. Open points "
        "are after the nudge, and dashed lines go through both.",
        "of": of,
        "path": steps,
        "sizes": SIZES,
        "head": ["", "changed by", "rate × change"],
        "rows": rows,
        "ratio": {
            "symbol": f"ΔL/Δ{sym}",
            "change": "{change.ratio}",
            "guess": f"{gradient(of)} {{~guess.ratio}} {{guess.ratio}}",
        },
        "verdict": sentence.payload((sentence.nudged(),)),
    }


def one_step(high: float) -> dict[str, Any]:
    """What the browser needs for steps on one example, with parameters from -high to high."""
    (rule,) = OPTIMIZERS["gd"].statements
    return {
        "title": "One step downhill",
        "label": "Learning rate η",
        "rates": settings.STEP_RATES,
        "rule": _update(rule.right, "w", None),
        "lines": [_update(rule.right, name, name) for name in TARGETS],
        "high": high,
        "beyond": f"This step would leave the range from −{high:g} to {high:g}: it is not taken.",
        "after": sentence.payload((sentence.stepped(),)),
        "onward": [
            "All three move at once, for this one example. With many examples: see ",
            "Training",
            "training",
        ],
    }


def _update(right: Expression, name: str, numbers: str | None) -> str:
    """Gradient descent's rule for one parameter, in letters or as a template of numbers."""
    put = {"w": symbol(name), "g": rate(symbol("L"), symbol(name))}
    formula = right.put(put)
    if numbers is None:
        return f"{letter(name)} ← {plain(formula)}"

    def shown(leaf: Expression, mark: str) -> str:
        if leaf.kind == "rate":
            return slot(f"adjoint.{name}", "(")
        return slot("eta" if leaf.parts[0] == "eta" else f"value.{name}", mark)

    same = f"{{~next.{name} adjoint.{name} value.{name}}}"
    return f"{letter(name)} ← {plain(formula, shown)} {same} {{next.{name}}}"
