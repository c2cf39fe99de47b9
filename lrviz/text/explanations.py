"""What the page says about the graph, as templates that numbers are filled into.

A template is text with ``{quantity}`` slots (see `lrviz.text.numbers.fill`); Python and the
browser fill the same ones. Everything is read off the graph and its expressions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import add, matmul
from typing import Any

from lrviz.core.expression import (
    Expression,
    component,
    is_complement,
    plain,
    rate,
    symbol,
    unrolled,
)
from lrviz.core.graph import Edge, Graph, path
from lrviz.core.ops import ONE, RESIDUAL, SIGMOID

#: What may be differentiated for: the URL field ``of``.
TARGETS = ("w1", "w2", "b")


def letter(name: str) -> str:
    """A node's letter: ``w₁``."""
    return plain(symbol(name))


def gradient(name: str) -> str:
    """How an adjoint is written: ``∂L/∂w₁``."""
    return plain(rate(symbol("L"), symbol(name)))


def derivative(edge: Edge) -> str:
    """How a local derivative is written: ``∂z/∂w₁`` for ("w1", "z")."""
    return plain(_rate(edge))


def _rate(edge: Edge) -> Expression:
    tail, head = edge
    return rate(symbol(head), symbol(tail))


def mark(edge: Edge) -> str:
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
    """The local derivative in letters: ``a(1 − a)`` for ("z", "a")."""
    tail, head = edge
    node = graph.nodes[head]
    return plain(node["rates"][node["args"].index(tail)])


def value_formula(graph: Graph, name: str) -> str:
    """A computed node's formula in letters: ``w₁x₁ + w₂x₂ + b``."""
    return plain(graph.nodes[name]["formula"])


def key(graph: Graph, e: Expression) -> str:
    """The quantity (see `lrviz.core.graph.Pass.read`) that a letter, 1 − a or a rate stands for."""
    if is_complement(e):
        return "complement.a"
    if e.kind == "rate":
        of, by = (part.symbols[0] for part in e.children)
        kind = f"local.{by}-{of}" if graph.has_edge(by, of) else f"adjoint.{by}"
        return kind + _index(e.children[1])
    return f"value.{e.symbols[0]}{_index(e)}"


def _index(e: Expression) -> str:
    return f".{e.parts[1]}" if e.kind == "component" else ""


def numbers(graph: Graph, e: Expression) -> str:
    """A formula as a template of numbers: ``{(value.w1)} × {(value.x1)}``."""
    return plain(unrolled(e), lambda leaf, mark: slot(key(graph, leaf), mark))


def slot(quantity: str, mark: str = "") -> str:
    """A slot of a template, see `lrviz.text.numbers.fill`: ``{(value.z)}``."""
    return f"{{{mark}{quantity}{')' if mark == '(' else ''}}}"


def equals(*templates: str) -> str:
    """The slot that is = where every number of these templates is shown exactly."""
    keys = re.findall(r"\{[(_^]?([a-z][\w.\-]*)\)?\}", " ".join(templates))
    return "{~" + " ".join(dict.fromkeys(keys)) + "}"


def _worked(graph: Graph, left: str, e: Expression, total: str) -> str:
    """``left = numbers = total``, each = only where it is true of the digits shown."""
    text = numbers(graph, e)
    return f"{left} {equals(text)} {text} {equals(text, total)} {total}"


def _entries(graph: Graph, name: str) -> list[tuple[str, str, Expression]]:
    """What a node holds: each number's letter, its index in a quantity's key, its expression."""
    held: Sequence[str] = graph.nodes[name].get("inputs", ())
    if len(held) < 2:
        return [(letter(name), "", symbol(name))]
    return [(letter(h), f".{n}", component(symbol(name), n)) for n, h in enumerate(held)]


def _flow(graph: Graph, name: str, entry: Expression | None = None) -> Expression:
    """∂L/∂node: the sum over the ways to L of upstream gradient times local derivative."""
    by, loss = entry or symbol(name), symbol("L")
    ways = (rate(loss, symbol(h)) @ rate(symbol(h), by) for h in graph.successors(name))
    return reduce(add, ways)


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of a product: a local derivative on the path, and when it is computed."""

    edge: Edge
    symbol: str
    key: str
    mark: str
    stage: int


@dataclass(frozen=True, slots=True)
class Product:
    """The chain rule along the path to one target.

    Attributes
    ----------
    factors : tuple of Factor
        From L backwards.
    symbol, key : str
        Of the result.
    identity : Expression
        The short form, (a − y)·x₁ under log loss.
    identity_numbers : str
        ∂L/∂z times the last factor, as a template.
    stage : int
        When the result is computed.
    """

    factors: tuple[Factor, ...]
    symbol: str
    key: str
    identity: Expression
    identity_numbers: str
    stage: int


def product(graph: Graph, of: str) -> Product:
    """The product along the path from L to ``of``, one of `TARGETS`."""
    nodes = path(graph, of)
    _, local, adjoint = stages_shown(graph)
    last = nodes[-1]
    entry = next(e for text, _, e in _entries(graph, last) if text == letter(of))
    factors = [
        Factor(
            (tail, head),
            plain(rate(symbol(head), entry if tail == last else symbol(tail))),
            key(graph, rate(symbol(head), entry if tail == last else symbol(tail))),
            mark((tail, head)),
            local[tail, head],
        )
        for head, tail in pairwise(nodes)
    ]
    loss, z = symbol("L"), symbol("z")
    return Product(
        factors=tuple(factors),
        symbol=gradient(of),
        key=key(graph, rate(loss, entry)),
        identity=identity(graph.graph["loss"], of),
        identity_numbers=numbers(graph, _times(rate(loss, z), _feature(graph, entry))),
        stage=adjoint[last],
    )


def identity(loss: str, of: str) -> Expression:
    """∂L/∂(target) in its shortest form: (a − y)·x₁ for "log" and "w1"."""
    return _times(RESIDUAL[loss], symbol("x" + of[1:]) if of != "b" else ONE)


def _times(first: Expression, second: Expression) -> Expression:
    return first if second == ONE else matmul(first, second)


def _feature(graph: Graph, entry: Expression) -> Expression:
    """The number that a weight is multiplied by, in the letters of the view; 1 for b."""
    if entry.symbols[0] == "b":
        return ONE
    if entry.kind == "component":
        return component(symbol("x"), entry.parts[1])
    return symbol("x" + entry.parts[0][1:])


_ROLES = {
    "data": "Data: part of the example. The model cannot change it.",
    "parameter": "A parameter: what training changes.",
}
_ABOUT = {
    "x": _ROLES["data"],
    "w": "Parameters: what training changes.",
    "y": "The label: the true answer, 0 or 1. The loss compares a with it.",
}
_NOTES = {
    "sigmoid": f"The sigmoid σ(z) = {plain(SIGMOID)} turns any number into a probability.",
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
    node, sym = graph.nodes[name], letter(name)
    entries = _entries(graph, name)
    if "op" in node:
        lines = [
            f"{sym} = {value_formula(graph, name)}",
            _worked(graph, sym, node["formula"], f"{{value.{name}}}"),
        ]
        if node["op"] in _NOTES:
            lines.append(_NOTES[node["op"]])
    else:
        shown = [(text, f"{{value.{name}{n}}}") for text, n, _ in entries]
        lines = [f"{text} {equals(value)} {value}" for text, value in shown]
        lines.append(_ABOUT.get(name) or _ROLES[node["role"]])
    if name == "L":
        lines.append("∂L/∂L = 1: L changes exactly as fast as itself. The way back starts here.")
    else:
        if list(graph.successors(name)) == ["L"]:
            lines.append(
                f"{gradient(name)}: {sym} feeds L directly, so upstream is ∂L/∂L = 1 and the "
                "local derivative is all there is."
            )
        else:
            ways = plain(_flow(graph, name))
            lines.append(f"{gradient(name)} = upstream gradient × local derivative = {ways}")
        for text, n, entry in entries:
            total = f"{{adjoint.{name}{n}}}"
            lines.append(_worked(graph, f"∂L/∂{text}", _flow(graph, name, entry), total))
    return {"title": f"Node {sym}", "lines": lines}


def _edge_panel(graph: Graph, at: str) -> dict[str, Any]:
    tail, head = edge = edge_of(at)
    lines = [
        f"{derivative(edge)} = {local_formula(graph, edge)}",
        f"The local derivative: how fast {letter(head)} changes when {letter(tail)} alone changes.",
    ]
    for text, n, entry in _entries(graph, tail):
        local, total = f"{{local.{at}{n}}}", f"{{adjoint.{tail}{n}}}"
        one = f"∂{letter(head)}/∂{text}"
        step = rate(symbol("L"), symbol(head)) @ rate(symbol(head), entry)
        said = f"upstream gradient × local derivative: {gradient(head)} × {one}"
        lines.append(f"{one} {equals(local)} {local}")
        lines.append(f"{_worked(graph, said, step, total)}, passed on to ∂L/∂{text}")
    return {"title": f"Edge {letter(tail)} → {letter(head)} {mark(edge)}".rstrip(), "lines": lines}


def edge_of(at: str) -> Edge:
    """("w1", "z") for ``w1-z``."""
    tail, _, head = at.partition("-")
    return tail, head


def names(graph: Graph) -> tuple[str, ...]:
    """Everything that can be selected: nodes, then edges as ``tail-head``."""
    return (*graph.nodes, *(f"{tail}-{head}" for tail, head in graph.edges))


def _computed(graph: Graph) -> list[str]:
    return [name for name, _, op, _ in graph.graph["plan"] if op is not None]


def captions(graph: Graph) -> list[str]:
    """One template per stage of the walk (see `lrviz.core.graph.stages`)."""
    computed = _computed(graph)
    out = ["The inputs are known; nothing is computed yet."]
    for name in computed:
        value = f"{{value.{name}}}"
        log = ", with the natural log" if graph.nodes[name]["op"] == "log_loss" else ""
        formula = value_formula(graph, name)
        out.append(f"Forward: {letter(name)} = {formula} {equals(value)} {value}{log}")
    for name in reversed(computed):
        start = "∂L/∂L = 1, and so " if name == "L" else ""
        said = []
        for arg in graph.nodes[name]["args"]:
            if graph.nodes[arg]["role"] == "data":
                continue
            for text, n, entry in _entries(graph, arg):
                step = rate(symbol("L"), symbol(name)) @ rate(symbol(name), entry)
                said.append(_worked(graph, f"∂L/∂{text}", step, f"{{adjoint.{arg}{n}}}"))
        out.append(f"Backward through {letter(name)}: {start}" + "; ".join(said))
    return out


def stages_shown(graph: Graph) -> tuple[dict[str, int], dict[Edge, int], dict[str, int]]:
    """The stage at which each value, local derivative and adjoint is computed."""
    computed = _computed(graph)
    value = {n: (computed.index(n) + 1 if n in computed else 0) for n in graph.nodes}
    total = 2 * len(computed) + 1
    local = {(t, h): total - value[h] for t, h in graph.edges}
    adjoint = {n: min((local[n, h] for h in graph.successors(n)), default=0) for n in graph.nodes}
    adjoint["L"] = len(computed) + 1
    return value, local, adjoint


def spec(graph: Graph) -> list[dict[str, Any]]:
    """The graph as the browser needs it, in topological order.

    A leaf has the ``inputs`` it holds; any other node its ``args``, its ``formula``, the
    ``rates`` by which it changes with each of them, and the ``terms`` it is the sum of, as
    `lrviz.core.expression.Expression.json`.
    """
    out: list[dict[str, Any]] = []
    for name, held, op, args in graph.graph["plan"]:
        if op is None:
            out.append({"name": name, "inputs": held})
            continue
        node = graph.nodes[name]
        rates = [one.json for one in node["computed"]]
        terms = [one.json for one in node["terms"]]
        formula = node["formula"].json
        out.append({"name": name, "args": args, "formula": formula, "rates": rates, "terms": terms})
    return out
