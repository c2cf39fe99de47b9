"""The gradient check: the same derivative found in three ways."""

from __future__ import annotations

from dataclasses import dataclass

from lrviz.core.graph import Pass, build, forward

#: Step of the central difference, relative to max(1, |w|): the cube root of float64's
#: rounding, where truncation and rounding errors balance (Press et al., Numerical Recipes,
#: 3rd ed., 5.7).
STEP = 6.1e-6


@dataclass(frozen=True, slots=True)
class Check:
    """∂L/∂(parameter) by formula, by the graph and by central difference.

    ``difference`` is |graph - central| / max(|graph|, |central|), in [0, 2], or None where
    both are zero and there is nothing to divide by.
    """

    parameter: str
    analytic: float
    graph: float
    central: float
    difference: float | None


def gradient_check(p: Pass) -> tuple[Check, ...]:
    """Check ∂L/∂w1, ∂L/∂w2 and ∂L/∂b of one pass, in any view."""
    a, y = p.values["a"], p.inputs["y"]
    residual = -a.complement if y == 1 else float(a)
    if p.loss == "squared":
        residual *= float(a) * a.complement
    out = []
    for name, factor in (("w1", p.inputs["x1"]), ("w2", p.inputs["x2"]), ("b", 1.0)):
        key = name if name in p.adjoints else f"w.{int(name[1]) - 1}"
        found = p.read(f"adjoint.{key}")
        h = STEP * max(1.0, abs(p.inputs[name]))
        above, below = p.inputs[name] + h, p.inputs[name] - h
        central = (_loss(p, name, above) - _loss(p, name, below)) / (above - below)
        size = max(abs(found), abs(central))
        difference = abs(found - central) / size if size else None
        out.append(Check(name, residual * factor, found, central, difference))
    return tuple(out)


def _loss(p: Pass, name: str, value: float) -> float:
    graph = build("features", p.loss)
    return float(forward(graph, {**p.inputs, name: value})["L"])
