"""The gradient check: what a graph says of a derivative, beside a difference of two losses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lrviz.core.graph import Graph, Pass, forward, holder

#: Step of the central difference, relative to max(1, |w|): the cube root of float64's
#: rounding, where truncation and rounding errors balance (Press et al., Numerical Recipes,
#: 3rd ed., 5.7).
STEP = 6.1e-6


@dataclass(frozen=True, slots=True)
class Check:
    """∂L/∂(input) by the graph and by central difference.

    ``difference`` is |graph - central| / max(|graph|, |central|), in [0, 2], or None where
    both are zero and there is nothing to divide by.
    """

    input: str
    graph: float
    central: float
    difference: float | None


def central_difference(graph: Graph, inputs: Mapping[str, float], name: str) -> float:
    """dL/d(input) of any graph of the project, from its forward pass alone.

    Raises
    ------
    ValueError
        As `lrviz.core.graph.forward`, when the step leaves float64.
    """
    step = STEP * max(1.0, abs(inputs[name]))
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
        size = max(abs(found), abs(central))
        out.append(Check(name, found, central, abs(found - central) / size if size else None))
    return tuple(out)
