"""What the page says about the graph, as templates that numbers are filled into.

A template is text with ``{quantity}`` slots (see `lrviz.text.numbers.fill`); Python and the
browser fill the same ones. Everything is read off the graph and the table of operations.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from lrviz.core.graph import SYMBOLS, Edge, Graph, path
from lrviz.core.ops import OPS
from lrviz.text.numbers import plain

#: What may be differentiated for: the URL field ``of``.
TARGETS = ("w1", "w2", "b")


def symbol(name: str) -> str:
    """A node's symbol in Unicode: ``w₁``."""
    return plain(SYMBOLS[name])


def gradient(name: str) -> str:
    """The symbol of an adjoint: ``∂L/∂w₁``."""
    return f"∂L/∂{symbol(name)}"


def derivative(edge: Edge) -> str:
    """The symbol of a local derivative: ``∂z/∂w₁`` for ("w1", "z")."""
    return f"∂{symbol(edge[1])}/∂{symbol(edge[0])}"


def component(edge: Edge) -> str:
    """The circled number of the derivation's component that this edge is, or ''."""
    tail, head = edge
    if edge == ("a", "L"):
        return "①"
    if edge == ("z", "a"):
        return "②"
    if tail[0] == "w":
        return "④"
    return "⑤" if tail == "b" and head == "z" else ""


def local_formula(graph: Graph, edge: Edge) -> str:
    """The local derivative in symbols: ``a(1 − a)`` for ("z", "a")."""
    tail, head = edge
    node = graph.nodes[head]
    symbols = [SYMBOLS[arg] for arg in node["args"]]
    formula = OPS[node["op"]].local_formulas[node["args"].index(tail)]
    return plain(formula.format(*symbols, out=SYMBOLS[head]))


def value_formula(graph: Graph, name: str) -> str:
    """A computed node's formula in symbols: ``w₁·x₁ + w₂·x₂ + b``."""
    node = graph.nodes[name]
    return plain(OPS[node["op"]].formula.format(*(SYMBOLS[arg] for arg in node["args"])))


def _numbers(graph: Graph, name: str) -> str:
    """The same formula as a template of numbers."""
    node = graph.nodes[name]
    if node["op"] == "dot":
        return "{(value.w.0)} × {(value.x.0)} + {(value.w.1)} × {(value.x.1)} + {(value.b)}"
    # Private-use brackets keep the slots apart from LaTeX's braces until the end.
    slots = [f"\ue000value.{arg}\ue001" for arg in node["args"]]
    text = re.sub(" ?· ?", " × ", plain(OPS[node["op"]].formula.format(*slots)))
    # 1 − a is a number of its own: subtracting the digits shown would lose it.
    text = text.replace("1 − \ue000value.a\ue001", "\ue000complement.a\ue001")
    text = text.replace("\ue000", "{(").replace("\ue001", ")}")
    text = re.sub(r"log \{\(([\w.]+)\)\}", r"log({\1})", text)
    return re.sub(r"\(\{\(([\w.]+)\)\}\)", r"({\1})", text)  # one pair is enough


def _equals(*templates: str) -> str:
    """The slot that is = where every number of these templates is shown exactly."""
    keys = re.findall(r"\{[(_]?([a-z][\w.\-]*)\)?\}", " ".join(templates))
    return "{~" + " ".join(dict.fromkeys(keys)) + "}"


@dataclass(frozen=True, slots=True)
class Product:
    """The chain rule along the path to one target.

    ``factors`` are (edge, symbol, quantity, circled number) from L backwards; ``result``
    is (symbol, quantity); ``identity`` says the short form, (a − y)·x₁ under log loss;
    ``stages`` tells when each factor, and last the result, is computed.
    """

    factors: tuple[tuple[Edge, str, str, str], ...]
    result: tuple[str, str]
    identity: str
    identity_numbers: str
    stages: tuple[int, ...]


def product(graph: Graph, of: str) -> Product:
    """The product along the path from L to ``of``, one of `TARGETS`."""
    nodes = path(graph, of)
    _, local, adjoint = stages_shown(graph)
    index = "" if of in graph else f".{int(of[1]) - 1}"
    factors = []
    for head, tail in pairwise(nodes):
        last = tail == nodes[-1]
        key = f"local.{tail}-{head}" + (index if last else "")
        text = f"∂{symbol(head)}/∂{symbol(of)}" if last else derivative((tail, head))
        factors.append(((tail, head), text, key, component((tail, head))))
    target = of if not index else "w"
    residual = "(a − y)" if graph.graph["loss"] == "log" else "(a − y)·a(1 − a)"
    other = "x" + of[1:] if of != "b" else ""
    held = f"value.x{index}" if index else f"value.{other}"
    return Product(
        factors=tuple(factors),
        result=(gradient(of), f"adjoint.{target}{index}"),
        identity=f"{residual}·{symbol(other)}" if other else residual,
        identity_numbers="{adjoint.z}" + (f" × {{({held})}}" if other else ""),
        stages=(*(local[edge] for edge, *_ in factors), adjoint[nodes[-1]]),
    )


def _sum_of_products(graph: Graph, name: str, index: str = "") -> tuple[str, str]:
    heads = list(graph.successors(name))
    symbols = " + ".join(f"{gradient(h)} × {derivative((name, h))}" for h in heads)
    numbers = " + ".join(f"{{adjoint.{h}}} × {{(local.{name}-{h}{index})}}" for h in heads)
    return symbols, numbers


_ROLES = {
    "data": "Data: part of the example. The model cannot change it.",
    "parameter": "A parameter: what training changes.",
}
_ABOUT = {
    "x": "Data: part of the example. The model cannot change it.",
    "w": "Parameters: what training changes.",
    "y": "The label: the true answer, 0 or 1. The loss compares a with it.",
}
_NOTES = {
    "sigmoid": "The sigmoid σ(z) = 1/(1 + e⁻ᶻ) turns any number into a probability.",
    "log_loss": "log is the natural logarithm. The loss is small when a is close to y.",
    "squared_error": "Half the squared distance between the probability and the label.",
}


def panel(graph: Graph, at: str) -> dict[str, Any]:
    """What selecting a node (``z``) or an edge (``w1-z``) explains.

    Returns
    -------
    dict
        ``title``, and ``lines``: templates in reading order.
    """
    return _edge_panel(graph, at) if "-" in at else _node_panel(graph, at)


def _node_panel(graph: Graph, name: str) -> dict[str, Any]:
    node, sym = graph.nodes[name], symbol(name)
    held = node.get("inputs", ())
    parts = [f".{i}" for i in range(len(held))] if len(held) > 1 else [""]
    if "op" in node:
        numbers, value = _numbers(graph, name), f"{{value.{name}}}"
        lines = [f"{sym} = {value_formula(graph, name)}"]
        lines.append(f"{sym} {_equals(numbers)} {numbers} {_equals(numbers, value)} {value}")
        if node["op"] in _NOTES:
            lines.append(_NOTES[node["op"]])
    else:
        shown = [f"{{value.{name}{p}}}" for p in parts]
        lines = [f"{symbol(i)} {_equals(v)} {v}" for i, v in zip(held, shown, strict=True)]
        lines.append(_ABOUT.get(name) or _ROLES[node["role"]])
    if name == "L":
        lines.append("∂L/∂L = 1: L changes exactly as fast as itself. The way back starts here.")
    else:
        heads = list(graph.successors(name))
        if heads == ["L"]:
            lines.append(
                f"{gradient(name)}: {sym} feeds L directly, so upstream is ∂L/∂L = 1 and the "
                "local derivative is all there is."
            )
        else:
            symbols = _sum_of_products(graph, name)[0]
            lines.append(f"{gradient(name)} = upstream gradient × local derivative = {symbols}")
        for i, p in zip(held or (name,), parts, strict=True):
            numbers, total = _sum_of_products(graph, name, p)[1], f"{{adjoint.{name}{p}}}"
            lines.append(
                f"{gradient(i)} {_equals(numbers)} {numbers} {_equals(numbers, total)} {total}"
            )
    return {"title": f"Node {sym}", "lines": lines}


def _edge_panel(graph: Graph, at: str) -> dict[str, Any]:
    tail, head = edge = edge_of(at)
    held = graph.nodes[tail].get("inputs", ())
    parts = [f".{i}" for i in range(len(held))] if len(held) > 1 else [""]
    lines = [
        f"{derivative(edge)} = {local_formula(graph, edge)}",
        f"The local derivative: how fast {symbol(head)} changes when {symbol(tail)} alone changes.",
    ]
    for i, p in zip(held or (tail,), parts, strict=True):
        local, total = f"{{local.{at}{p}}}", f"{{adjoint.{tail}{p}}}"
        one = f"∂{symbol(head)}/∂{symbol(i)}"
        lines.append(f"{one} {_equals(local)} {local}")
        numbers = f"{{adjoint.{head}}} × {{(local.{at}{p})}}"
        lines.append(
            f"upstream gradient × local derivative: {gradient(head)} × {one} {_equals(numbers)} "
            f"{numbers} {_equals(numbers, total)} {total}, passed on to {gradient(i)}"
        )
    mark = component(edge)
    return {"title": f"Edge {symbol(tail)} → {symbol(head)} {mark}".rstrip(), "lines": lines}


def edge_of(at: str) -> Edge:
    """("w1", "z") for ``w1-z``."""
    tail, _, head = at.partition("-")
    return tail, head


def names(graph: Graph) -> tuple[str, ...]:
    """Everything that can be selected: nodes, then edges as ``tail-head``."""
    return (*graph.nodes, *(f"{tail}-{head}" for tail, head in graph.edges))


def captions(graph: Graph) -> list[str]:
    """One template per stage of the walk (see `lrviz.core.graph.stages`)."""
    computed = [n for n in graph.graph["order"] if "op" in graph.nodes[n]]
    out = ["The inputs are known; nothing is computed yet."]
    for name in computed:
        value = f"{{value.{name}}}"
        log = ", with the natural log" if graph.nodes[name]["op"] == "log_loss" else ""
        formula = value_formula(graph, name)
        out.append(f"Forward: {symbol(name)} = {formula} {_equals(value)} {value}{log}")
    for name in reversed(computed):
        start = "∂L/∂L = 1, and so " if name == "L" else ""
        said = []
        for arg in graph.nodes[name]["args"]:
            if graph.nodes[arg]["role"] == "data":
                continue
            held = graph.nodes[arg].get("inputs", ())
            for k, one in enumerate(held or (arg,)):
                index = f".{k}" if len(held) > 1 else ""
                numbers = f"{{adjoint.{name}}} × {{(local.{arg}-{name}{index})}}"
                total = f"{{adjoint.{arg}{index}}}"
                product = f"{_equals(numbers)} {numbers} {_equals(numbers, total)} {total}"
                said.append(f"{gradient(one)} {product}")
        out.append(f"Backward through {symbol(name)}: {start}" + "; ".join(said))
    return out


def stages_shown(graph: Graph) -> tuple[dict[str, int], dict[Edge, int], dict[str, int]]:
    """The stage at which each value, local derivative and adjoint is computed."""
    computed = [n for n in graph.graph["order"] if "op" in graph.nodes[n]]
    value = {n: (computed.index(n) + 1 if n in computed else 0) for n in graph.nodes}
    total = 2 * len(computed) + 1
    local = {(t, h): total - value[h] for t, h in graph.edges}
    adjoint = {n: min((local[n, h] for h in graph.successors(n)), default=0) for n in graph.nodes}
    adjoint["L"] = len(computed) + 1
    return value, local, adjoint


def spec(graph: Graph) -> list[dict[str, Any]]:
    """The graph as the browser needs it: nodes in topological order with op and args."""
    out = []
    for name in graph.graph["order"]:
        node = graph.nodes[name]
        keys = ("inputs", "op", "args")
        out.append({"name": name, **{k: node[k] for k in keys if k in node}})
    return out
