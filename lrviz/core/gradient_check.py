"""The gradient check: what a graph says of a derivative, beside a difference of two losses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ulp
from sys import float_info

from lrviz.core.graph import Graph, Pass, forward, holder

#: Step of the central difference, relative to max(1, |w|): the cube root of float64's
#: rounding, where truncation and rounding errors balance (Press et al., Numerical Recipes,
#: 3rd ed., 5.7).
STEP = 6.1e-6
#: A relative difference from which on a reader asks why.
NOTED = 1e-3
#: By so many units of its last digit a loss of an exact z may be off; half of it is the most seen.
_ROUNDINGS = 2
#: And z by so many of that of its terms together: half one for the products, and for each sum.
_OF_Z = 1.5


@dataclass(frozen=True, slots=True)
class Check:
    """∂L/∂(input) by the graph and by central difference.

    ``difference`` is |graph - central| / max(|graph|, |central|), in [0, 2], or None where
    both are zero and there is nothing to divide by. ``lost``: it is above `NOTED`, and no more than
    the rounding of the two losses, and of the z they are of, can make of it: they agree in nearly
    all digits of a float64.
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
        found = float(p.read(f"adjoint.{holder(p.graph, name)}"))
        central = central_difference(p.graph, p.inputs, name)
        size, apart = max(abs(found), abs(central)), abs(found - central)
        lost = NOTED * size < apart <= _rounding(p) / _step(p.inputs[name])
        out.append(Check(name, found, central, apart / size if size else None, lost))
    return tuple(out)


def _rounding(p: Pass) -> float:
    """By how much float64 may be off in the loss."""
    at = p.inputs
    terms = abs(at["x1"] * at["w1"]) + abs(at["x2"] * at["w2"]) + abs(at["b"])
    of_z = _OF_Z * float_info.epsilon * terms * abs(float(p.adjoints["z"]))
    # Next to 0 the last digit is the same for all numbers.
    return _ROUNDINGS * max(float_info.epsilon * float(p.values["L"]), ulp(0.0)) + of_z
