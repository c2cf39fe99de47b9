"""How to read the picture: what leads to what, in the formulas of the graph itself."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from lrviz.core.expression import Expression, log, symbols
from lrviz.core.graph import Loss, View, build
from lrviz.core.ops import LOSS, OPS
from lrviz.text.prose import Text, say

_A, _Z = symbols("a", "z")
#: The log loss with the label put in, by label: the other logarithm is multiplied by 0.
LOG_LOSS: Mapping[int, Expression] = MappingProxyType({0: -log(1 - _A), 1: -log(_A)})

_CHAIN = (
    "The logit {} = {} → the sigmoid {} = σ(z), the predicted probability that y is 1 → L, the loss"
)


def bridge(view: View, loss: Loss) -> str:
    """A line or two of plain text for the head of the Graph page.

    Parameters
    ----------
    view : View
        How much of the graph is drawn; one that takes everything apart needs no formulas.
    loss : Loss
        Which loss stands at its end.
    """
    return _text(view, loss).plain


def _text(view: View, loss: Loss) -> Text:
    if view == "operations":
        ways = build(view, loss).out_degree("a")
        return say(
            "The same computation in single operations: z, σ and the loss are taken apart."
            + (" a has two ways to L, and ∂L/∂a is the sum over both." if ways > 1 else "")
        )
    if view == "vector":
        return say(
            "The logit z = w · x + b → the sigmoid a = σ(z), the predicted probability that y is "
            "1 → L, the loss. x and w are vectors of any size; here they hold two numbers each."
        )
    if loss == "log":
        return say(
            f"{_CHAIN}: {{}} if y is 1, {{}} if y is 0. Small when a is close to y.",
            *(_Z, OPS["affine"].formula, _A, LOG_LOSS[1], LOG_LOSS[0]),
        )
    return say(
        f"{_CHAIN}: {{}}, small when a is close to y. Two features here; others have many.",
        *(_Z, OPS["affine"].formula, _A, LOSS[loss]),
    )
