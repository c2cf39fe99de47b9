"""The gradient check: what a graph says of a derivative, beside a difference of two losses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from sys import float_info

from lrviz.core.graph import Graph, Pass, forward, holder

#: Step of the central difference, relative to max(1, |w|): the cube root of float64's
#: rounding, where truncation and rounding errors balance (Press et al., Numerical Recipes,
#: 3rd ed., 5.7).
STEP = 6.1e-6
#: A relative difference from which on a reader asks why.
NOTED = 1e-3
#: By so many units of their last digit two losses may be off together; 0.97 is the most seen.
_ROUNDINGS = 2


@dataclass(frozen=True, slots=True)
class Check:
    """∂L/∂(input) by the graph and by central difference.

    ``difference`` is |graph - central| / max(|graph|, |central|), in [0, 2], or None where
    both are zero and there is nothing to divide by. ``lost``: it is above `NOTED`, and no more than
    the rounding of the two losses can make of it: they agree in nearly all digits of a float64.
    """

    input: str
    graph: float
    central: float
    difference: float | None
    lost: bool


def _step(at: float) -> float:
    return STEP * max(1.0, abs(at))


def central_difference(graph: Graph, inputs: Mapping[str, float], name: str) -> float:
    """dL/d(input) of any graph of the project, from its forward pass alone.

    Raises
    ------
    ValueError
        As `lrviz.core.graph.forward`, when the step leaves float64.
    """
    step = _step(inputs[name])
    above, below = inputs[name] + step, inputs[name] - step
    loss_above, loss_below = (
        float(forward(graph, {**inputs, name: value})["L"]) for value in (above, below)
    )
    return (loss_above - loss_below) / (above - below)


def gradient_check(p: Pass, names: tuple[str, ...] = ("w1", "w2", "b")) -> tuple[Check, ...]:
    """Check the derivative of a pass by each of some inputs, in any view and loss."""
    out = []
    for name in names:
        found = p.read(f"adjoint.{holder(p.graph, name)}")
        central = central_difference(p.graph, p.inputs, name)
        size, apart = max(abs(found), abs(central)), abs(found - central)
        units = float_info.epsilon * float(p.values["L"]) / _step(p.inputs[name])
        lost = NOTED * size < apart <= _ROUNDINGS * units
        out.append(Check(name, found, central, apart / size if size else None, lost))
    return tuple(out)
