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
from typing import Any, Protocol

import networkx as nx

from lrviz.core.expression import (
    Expression,
    component,
    is_complement,
    plain,
    rate,
    symbol,
    unrolled,
)
from lrviz.core.graph import Edge, Graph, between, path
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
    return plain(_local(graph, edge))


def _local(graph: Graph, edge: Edge) -> Expression:
    tail, head = edge
    node = graph.nodes[head]
    rule: Expression = node["rates"][node["args"].index(tail)]
    return rule


def value_formula(graph: Graph, name: str) -> str:
    """A computed node's formula in letters: ``w₁x₁ + w₂x₂ + b``."""
    return plain(graph.nodes[name]["formula"])


def key(graph: Graph, e: Expression) -> str:
    """The quantity (see `lrviz.core.graph.Pass.read`) that a letter, 1 − a or a rate stands for."""
    if is_complement(e):
        return "complement.a"
    if e.kind == "rate":
        of, by = (part.symbols[0] for part in e.children)
        return _way(graph, by, of) + _index(e.children[1])
    return f"value.{e.symbols[0]}{_index(e)}"


def _way(graph: Graph, tail: str, head: str) -> str:
    """The key of a rate: of an edge or of the one chain between, or ∂L/∂tail over all its ways."""
    if graph.has_edge(tail, head) or head != "L":
        (way,) = nx.all_simple_paths(graph, tail, head)
        return f"local.{'-'.join(way)}"
    return f"adjoint.{tail}"


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
    if is_complement(e):  # one number: it would be said twice
        return f"{left} {equals(total)} {total}"
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
    """One factor of a product, and when it is computed.

    Attributes
    ----------
    edge : (from, to)
        Two nodes of `lrviz.core.graph.path`: an edge, or the ends of all that lies between.
    names : tuple of str
        The edges on any way from the one to the other: ``w1-z``, or ``w1-u1``, ``u1-s``, ``s-z``.
    symbol, key, mark : str
        ∂(to)/∂(from), its quantity, its circled number.
    stage : int
    """

    edge: Edge
    names: tuple[str, ...]
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
    """The product along the path from L to ``of``, one of `TARGETS`: ①, ②, and ④ or ⑤."""
    nodes = path(graph, of)
    _, _, adjoint = stages_shown(graph)
    last = nodes[-1]
    entry = next(e for text, _, e in _entries(graph, last) if text == letter(of))
    factors = []
    for head, tail in pairwise(nodes):
        by = rate(symbol(head), entry if tail == last else symbol(tail))
        factors.append(
            Factor(
                (tail, head),
                tuple(map("-".join, between(graph, tail, head))),
                plain(by),
                key(graph, by),
                mark((tail, head)),
                span_stage(graph, (tail, head)),
            )
        )
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


def spans(graph: Graph) -> tuple[Edge, ...]:
    """① and ② where they are no edges of the graph: each stands for all that lies between."""
    return tuple(edge for edge in (("z", "a"), ("a", "L")) if not graph.has_edge(*edge))


def span_stage(graph: Graph, edge: Edge) -> int:
    """The stage that completes the rate between two nodes: that of its last edge."""
    _, local, _ = stages_shown(graph)
    return max(local[one] for one in between(graph, *edge))


def span_key(graph: Graph, edge: Edge) -> str:
    """The quantity that the rate between two nodes is, an edge or not."""
    return _way(graph, *edge)


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
    "negate": "The sign is turned, and so is every derivative that comes back through here.",
    "exp": "The exponential is its own derivative: the rate is the value itself.",
    "one_plus": "Adding 1 moves the value and changes no rate.",
    "reciprocal": "1/d changes by −1/d², which is −a². With that, negate, exp, 1 + and 1/d make "
    f"the sigmoid σ(z) = {plain(SIGMOID)}.",
    "complement": "What the model leaves for the label 0; here a goes its second way to L.",
    "log": "log is the natural logarithm; its rate is one over what it is taken of.",
    "mul_rest": "1 − y lets this term through where y is 0; the other passes where y is 1.",
    "half_square": "Half the squared distance between the probability and the label.",
    "sigmoid": f"The sigmoid σ(z) = {plain(SIGMOID)} turns any number into a probability.",
    "log_loss": "log is the natural logarithm. The loss is small when a is close to y.",
    "squared_error": "Half the squared distance between the probability and the label.",
}


class Shown(Protocol):
    """May this be shown? See `lrviz.text.withheld`."""

    def formula(self, graph: Graph, edge: Edge) -> str:
        """The formula of a local derivative, or a blank."""

    def note(self, graph: Graph, name: str) -> bool:
        """Whether what is said of an operation may be said."""


def panel(graph: Graph, at: str, shown: Shown | None = None) -> dict[str, Any]:
    """What selecting a node (``z``) or an edge (``w1-z``) explains.

    Parameters
    ----------
    graph : Graph
    at : str
    shown : Shown, optional
        Asked for every formula of a derivative; without it all is shown.

    Returns
    -------
    dict
        ``title``, and ``lines``: templates in reading order.
    """
    if "-" not in at:
        return _node_panel(graph, at, shown)
    return _edge_panel(graph, at, shown) if graph.has_edge(*edge_of(at)) else _span_panel(graph, at)


def _node_panel(graph: Graph, name: str, shown: Shown | None) -> dict[str, Any]:
    node, sym = graph.nodes[name], letter(name)
    entries = _entries(graph, name)
    if "op" in node:
        lines = [
            f"{sym} = {value_formula(graph, name)}",
            _worked(graph, sym, node["formula"], f"{{value.{name}}}"),
        ]
        if node["op"] in _NOTES and (shown is None or shown.note(graph, name)):
            lines.append(_NOTES[node["op"]])
    else:
        held = [(text, f"{{value.{name}{n}}}") for text, n, _ in entries]
        lines = [f"{text} {equals(value)} {value}" for text, value in held]
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
            several = "" if graph.out_degree(name) == 1 else "the sum over its ways to L of "
            lines.append(
                f"{gradient(name)} = {several}upstream gradient × local derivative = {ways}"
            )
        for text, n, entry in entries:
            total = f"{{adjoint.{name}{n}}}"
            lines.append(_worked(graph, f"∂L/∂{text}", _flow(graph, name, entry), total))
    return {"title": f"Node {sym}", "lines": lines}


def _edge_panel(graph: Graph, at: str, shown: Shown | None) -> dict[str, Any]:
    tail, head = edge = edge_of(at)
    formula = shown.formula(graph, edge) if shown else local_formula(graph, edge)
    lines = [
        f"{derivative(edge)} = {formula}",
        f"The local derivative: how fast {letter(head)} changes when {letter(tail)} alone changes.",
    ]
    for text, n, entry in _entries(graph, tail):
        local, total = f"{{local.{at}{n}}}", f"{{adjoint.{tail}{n}}}"
        one = f"∂{letter(head)}/∂{text}"
        step = rate(symbol("L"), symbol(head)) @ rate(symbol(head), entry)
        said = f"upstream gradient × local derivative: {gradient(head)} × {one}"
        rule = _local(graph, edge)
        # A letter, or a number, is its own; and what is left out is not told by its numbers.
        bare = rule.kind in {"symbol", "number"} or formula != local_formula(graph, edge)
        lines.append(f"{one} {equals(local)} {local}" if bare else _worked(graph, one, rule, local))
        if graph.out_degree(tail) == 1:
            lines.append(f"{_worked(graph, said, step, total)}, passed on to ∂L/∂{text}")
        else:
            share = numbers(graph, step)
            lines.append(f"{said} {equals(share)} {share}: the share of this way in ∂L/∂{text}")
            lines.append(_worked(graph, f"∂L/∂{text}", _flow(graph, tail, entry), total))
    return {"title": f"Edge {letter(tail)} → {letter(head)} {mark(edge)}".rstrip(), "lines": lines}


def _span_panel(graph: Graph, at: str) -> dict[str, Any]:
    """① as the sum over its ways, ② as the product along its chain."""
    tail, head = edge = edge_of(at)
    short, sym = derivative(edge), f"{letter(tail)} → {letter(head)}"
    rule = (
        "multiply: there is one way, and each step passes the move on"
        if graph.out_degree(tail) == 1
        else "multiply along each of the two ways, and the two products add"
    )
    lines = [
        f"{short} = {plain(_span(graph, edge))}",
        f"How fast {letter(head)} changes when {letter(tail)} alone changes. The rates {rule}.",
        span_worked(graph, edge),
    ]
    if edge == ("a", "L"):
        lines.append(f"{short} is a gradient already: it is what goes on back through σ.")
    else:
        step = rate(symbol("L"), symbol(head)) @ rate(symbol(head), symbol(tail))
        said = f"upstream gradient × local derivative: {gradient(head)} × {short}"
        lines.append(f"{_worked(graph, said, step, slot(f'adjoint.{tail}'))}, which is ∂L/∂z")
    return {"title": f"{sym} {mark(edge)}", "lines": lines}


def _span(graph: Graph, edge: Edge) -> Expression:
    tail, head = edge
    if head == "L":
        return _flow(graph, tail)
    chain = (rate(symbol(h), symbol(t)) for t, h in reversed(between(graph, tail, head)))
    return reduce(matmul, chain)


def span_worked(graph: Graph, edge: Edge) -> str:
    """One of `spans` as the sum or the product that it is, in numbers."""
    return _worked(graph, derivative(edge), _span(graph, edge), slot(span_key(graph, edge)))


def edge_of(at: str) -> Edge:
    """("w1", "z") for ``w1-z``."""
    tail, _, head = at.partition("-")
    return tail, head


def names(graph: Graph) -> tuple[str, ...]:
    """Everything that can be selected: nodes, then edges as ``tail-head``, then `spans`."""
    return (*graph.nodes, *map("-".join, (*graph.edges, *spans(graph))))


def _computed(graph: Graph) -> list[str]:
    return [one.name for one in graph.graph["plan"] if one.op is not None]


def captions(graph: Graph) -> list[str]:
    """One template per stage of the walk (see `lrviz.core.graph.stages`)."""
    computed = _computed(graph)
    _, local, adjoint = stages_shown(graph)
    out = ["The inputs are known; nothing is computed yet."]
    for name in computed:
        value = f"{{value.{name}}}"
        node = graph.nodes[name]
        log = ", with the natural log" if node["op"] in ("log_loss", "log") else ""
        formula = value_formula(graph, name)
        worked = _worked(graph, f"{letter(name)} = {formula}", node["formula"], value)
        out.append(f"Forward: all that flows into {letter(name)} is known. {worked}{log}")
    for name in reversed(computed):
        start = (
            "the way back begins with ∂L/∂L = 1. "
            if name == "L"
            else f"each arrow into {letter(name)} multiplies {gradient(name)} by its own slope. "
        )
        said = []
        for arg in graph.nodes[name]["args"]:
            if graph.nodes[arg]["role"] == "data":
                continue
            for text, n, entry in _entries(graph, arg):
                total = f"{{adjoint.{arg}{n}}}"
                if adjoint[arg] == local[arg, name]:
                    said.append(_worked(graph, f"∂L/∂{text}", _flow(graph, arg, entry), total))
                    continue
                step = rate(symbol("L"), symbol(name)) @ rate(symbol(name), entry)
                said.append(
                    f"∂L/∂{text} gets {plain(step)}, here {numbers(graph, step)}, "
                    "and waits for what its other way brings"
                )
        out.append(f"Backward through {letter(name)}: {start}" + "; ".join(said))
    return out


def resting(of: str) -> str:
    """Why the local derivatives are multiplied, before anybody has walked through it."""
    return (
        f"The chain rule: each arrow on the way from {letter(of)} to L stretches a small change by "
        "its own slope, so the slopes multiply. Step or Play walks through it, node by node."
    )


def walk(graph: Graph) -> list[dict[str, Any]]:
    """What moves at each stage: the node at work, and a token along each of its edges.

    A move has its ``edge``, whether it goes ``back``, and the templates of what the token carries
    from its start and from its middle on: on the way back it is multiplied there.
    """
    computed = _computed(graph)
    out: list[dict[str, Any]] = [{"node": None, "moves": []}]

    def held(kind: str, name: str) -> str:
        return ", ".join(f"{{{kind}.{name}{n}}}" for _, n, _ in _entries(graph, name))

    for name in computed:
        moves = [
            {"edge": f"{arg}-{name}", "back": False, "carries": [held("value", arg)] * 2}
            for arg in graph.nodes[name]["args"]
        ]
        out.append({"node": name, "moves": moves})
    for name in reversed(computed):
        moves = [
            {
                "edge": f"{arg}-{name}",
                "back": True,
                "carries": [held("adjoint", name), held(f"share.{name}", arg)],
            }
            for arg in graph.nodes[name]["args"]
            if graph.nodes[arg]["role"] != "data"
        ]
        out.append({"node": name, "moves": moves})
    return out


def stages_shown(graph: Graph) -> tuple[dict[str, int], dict[Edge, int], dict[str, int]]:
    """The stage at which each value, local derivative and adjoint is computed."""
    computed = _computed(graph)
    value = {n: (computed.index(n) + 1 if n in computed else 0) for n in graph.nodes}
    total = 2 * len(computed) + 1
    local = {(t, h): total - value[h] for t, h in graph.edges}
    # With several ways to L, an adjoint is there when the last of them has brought its share.
    adjoint = {n: max((local[n, h] for h in graph.successors(n)), default=0) for n in graph.nodes}
    adjoint["L"] = len(computed) + 1
    return value, local, adjoint


def spec(graph: Graph) -> list[dict[str, Any]]:
    """The graph as the browser needs it, in topological order.

    A leaf has the ``inputs`` it holds; any other node its ``args``, its ``formula``, the
    ``rates`` by which it changes with each of them, and the ``terms`` it is the sum of, as
    `lrviz.core.expression.Expression.json`: what is computed, where that is not what is
    written. A leaf may have its ``adjoint`` so.
    """
    out: list[dict[str, Any]] = []
    for one in graph.graph["plan"]:
        name, node = one.name, graph.nodes[one.name]
        if one.op is None:
            sure = {"adjoint": node["adjoint"].json} if "adjoint" in node else {}
            out.append({"name": name, "inputs": one.inputs, **sure})
            continue
        formula = node.get("value", node["formula"]).json
        rates = [rule.json for rule in node["computed"]]
        terms = [term.json for term in node["terms"]]
        made = {"args": one.args, "formula": formula, "rates": rates, "terms": terms}
        out.append({"name": name, **made})
    return out
