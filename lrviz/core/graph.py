"""The computational graph of logistic regression, its forward and its backward pass.

``build`` makes a frozen networkx DiGraph whose nodes carry an operation; ``forward``
walks it in topological order and ``backward`` walks it reversed. Both return read-only
mappings and write nothing on the graph.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, get_args

import networkx as nx
import numpy as np

from lrviz.core.expression import Expression, compiled, logit, sigma, summands, symbol
from lrviz.core.given import number
from lrviz.core.numerics import Z_LIMIT, said
from lrviz.core.ops import OPS, Op, Value
from lrviz.core.program import Planned, programs

View = Literal["vector", "features", "operations"]
Loss = Literal["log", "squared"]
VIEWS: tuple[View, ...] = get_args(View)
LOSSES: tuple[Loss, ...] = get_args(Loss)
INPUTS = ("x1", "w1", "x2", "w2", "b", "y")
Edge = tuple[str, str]
Graph: TypeAlias = "nx.DiGraph[str]"

# (node, the inputs it holds) and (node, operation, arguments): up to z by view, from there to L
# by loss, whole or, in the view "operations", split.
_LEAVES: Mapping[View, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "vector": (("x", ("x1", "x2")), ("w", ("w1", "w2")), ("b", ("b",))),
    "features": tuple((name, (name,)) for name in ("x1", "w1", "x2", "w2", "b")),
    "operations": tuple((name, (name,)) for name in ("x1", "w1", "x2", "w2", "b")),
}
_INNER: Mapping[View, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    "vector": (("z", "dot", ("x", "w", "b")),),
    "features": (("z", "affine", ("x1", "w1", "x2", "w2", "b")),),
    "operations": (
        ("u1", "mul", ("x1", "w1")),
        ("u2", "mul", ("x2", "w2")),
        ("s", "add", ("u1", "u2")),
        ("z", "add", ("s", "b")),
    ),
}
_Tail: TypeAlias = tuple[tuple[str, str, tuple[str, ...]], ...]
_WHOLE: Mapping[Loss, _Tail] = {
    "log": (("a", "sigmoid", ("z",)), ("L", "log_loss", ("a", "y"))),
    "squared": (("a", "sigmoid", ("z",)), ("L", "squared_error", ("a", "y"))),
}
_SIGMA: _Tail = (
    ("n", "negate", ("z",)),
    ("t", "exp", ("n",)),
    ("d", "one_plus", ("t",)),
    ("a", "reciprocal", ("d",)),
)
_SPLIT: Mapping[Loss, _Tail] = {
    "log": (
        *_SIGMA,
        ("l1", "log", ("a",)),
        ("c", "complement", ("a",)),
        ("l0", "log", ("c",)),
        ("m1", "mul", ("l1", "y")),
        ("m0", "mul_rest", ("l0", "y")),
        ("m", "add", ("m1", "m0")),
        ("L", "negate", ("m",)),
    ),
    "squared": (*_SIGMA, ("r", "sub", ("a", "y")), ("L", "half_square", ("r",))),
}

# What is computed in place of a value or an adjoint as the split graph has it, where float64
# would lose digits of it; tests hold each equal to what it stands for. Past z = 36.7 d = 1 + t
# is 1 and no longer knows t, so 1/d cannot tell its complement: σ(z), which 1/d is, keeps both
# tails. And near a = ½ the two ways from y to the log loss nearly cancel.
_VALUES: Mapping[str, Expression] = {"a": sigma(symbol("z"))}
_ADJOINTS: Mapping[Loss, Mapping[str, Expression]] = {
    "log": {"y": -logit(symbol("a"))},
    "squared": {},
}

#: Largest |z| of the split graph, by loss: t = e^-z itself still fits up to 700, but the smallest
#: numbers on the way back do not. They are ∂a/∂d = −a², and under squared error ∂L/∂d = −a³:
#: at z = −354 and z = −236 each is about e^-708, next to the smallest normal float64.
SPLIT_LIMITS: Mapping[Loss, float] = {"log": 354.0, "squared": 236.0}


@cache
def build(view: View = "features", loss: Loss = "log") -> Graph:
    """The frozen graph of one view.

    Node attributes: ``role`` is "data", "parameter" or "computed"; leaves have
    ``inputs`` (the names they hold), the rest ``op`` (a key of `lrviz.core.ops.OPS`), ``args``
    (their arguments, in the operation's order), and in their own letters ``formula``, ``rates``
    and ``computed``, as `lrviz.core.ops.Op` has them. Where float64 would lose digits, ``value``
    is computed in place of the formula, and ``adjoint`` in place of a leaf's sum over its ways.
    ``graph.graph["order"]`` is the topological order; ``graph.graph["plan"]`` has a `Planned`
    of each node in that order; ``graph.graph["limit"]`` is the largest |z| that fits;
    ``graph.graph["programs"]`` are the two passes as functions (see `lrviz.core.program`).

    Raises
    ------
    ValueError
        For an unknown view or loss.
    """
    _check(view, loss)
    split = view == "operations"
    limit = SPLIT_LIMITS[loss] if split else Z_LIMIT
    g: Graph = nx.DiGraph(view=view, loss=loss, limit=limit)
    for name, inputs in (*_LEAVES[view], ("y", ("y",))):
        g.add_node(name, role="data" if name[0] in "xy" else "parameter", inputs=inputs)
    for name, op, args in (*_INNER[view], *(_SPLIT if split else _WHOLE)[loss]):
        g.add_node(name, role="computed", op=op, args=args, **_spelt(OPS[op], name, args))
        g.add_edges_from((arg, name) for arg in args)
    g.graph["order"] = tuple(nx.lexicographical_topological_sort(g, key=list(g).index))
    if split:
        nx.set_node_attributes(g, _VALUES, "value")
        nx.set_node_attributes(g, _ADJOINTS[loss], "adjoint")
    g.graph["plan"] = tuple(_planned(name, g.nodes[name]) for name in g.graph["order"])
    g.graph["programs"] = programs(g.graph["plan"], limit)
    frozen: Graph = nx.freeze(g)
    return frozen


def _check(view: object, loss: object) -> None:
    for name, given, known in (("view", view, VIEWS), ("loss", loss, LOSSES)):
        if not isinstance(given, str) or given not in known:
            raise ValueError(f"The {name} must be one of {', '.join(known)}, not {given!r}.")


def _planned(name: str, node: Mapping[str, Any]) -> Planned:
    return Planned(
        name,
        node.get("inputs", ()),
        OPS.get(node.get("op", "")),
        node.get("args", ()),
        node.get("value"),
        node.get("adjoint"),
    )


def _spelt(op: Op, name: str, args: tuple[str, ...]) -> dict[str, Any]:
    """An operation's formulas in the letters of a node and its arguments."""
    own = dict(zip((*op.arguments, op.out), map(symbol, (*args, name)), strict=True))

    def put(formulas: tuple[Expression, ...]) -> tuple[Expression, ...]:
        return tuple(one.put(own) for one in formulas)

    return {
        "formula": op.formula.put(own),
        "rates": put(op.rates),
        "computed": put(op.computed),
        "terms": summands(op.formula.put(own)),
    }


@cache
def _terms(view: View, loss: Loss, name: str) -> Callable[..., tuple[float, ...]]:
    node = build(view, loss).nodes[name]
    made: Callable[..., tuple[float, ...]] = compiled(node["terms"], node["args"])
    return made


@dataclass(frozen=True, slots=True, eq=False)
class Pass:
    """Everything one forward and one backward pass computed. Read-only throughout.

    A copy of it, or what is unpickled, has been computed once more.

    Attributes
    ----------
    values : mapping of node to float or float64 array of shape (2,)
        Forward values. ``values["a"]`` is a `lrviz.core.numerics.Probability`.
    locals : mapping of (from, to) to the same
        Local derivative of each edge, d(to)/d(from).
    adjoints : mapping of node to the same
        dL/d(node).
    inputs : mapping of str to float
        x1, w1, x2, w2, b, y as given.
    view, loss : str
        Which graph was walked.
    """

    values: Mapping[str, Value]
    locals: Mapping[Edge, Value]
    adjoints: Mapping[str, Value]
    inputs: Mapping[str, float]
    view: View
    loss: Loss

    def __repr__(self) -> str:
        """The loss, and its derivative by each parameter."""
        slopes = ", ".join(
            f"dL/d{name} = {_short(self.adjoints[name])}"
            for name in self.graph
            if self.graph.nodes[name]["role"] == "parameter"
        )
        return f"<Pass: z = {_short(self.values['z'])}, L = {_short(self.values['L'])}, {slopes}>"

    def __reduce__(self) -> tuple[Callable[..., Pass], tuple[object, ...]]:
        """Pickle and copy as what it was computed from."""
        return _again, (dict(self.inputs), self.view, self.loss)

    @property
    def graph(self) -> Graph:
        """The frozen graph that was walked."""
        return build(self.view, self.loss)

    def read(self, key: str) -> float:
        """One number by its key, as labels and formulas name it.

        ``value.z``, ``complement.a`` (1 - a), ``adjoint.w1``, ``local.w1-z``, and with a
        last ``.0`` or ``.1`` a component of a vector: ``adjoint.w.0``. ``term.z.0`` is the
        first of what adds up to z. A longer way has the product of its edges:
        ``local.w1-u1-s-z``.

        Raises
        ------
        KeyError
            There is no such quantity in this view.
        """
        try:
            return self._read(*key.split("."))
        except (LookupError, TypeError, ValueError):
            raise KeyError(key) from None

    def _read(self, kind: str, name: str, *index: str) -> float:
        found: Value
        if kind == "local":
            first, *rest = pairwise(name.split("-"))
            found = math.prod((self.locals[edge] for edge in rest), start=self.locals[first])
        elif kind == "complement":
            found = 1 - self.values[name]
        elif kind == "term":
            found = _terms(self.view, self.loss, name)(
                *[self.values[arg] for arg in self.graph.nodes[name]["args"]]
            )
        elif kind in ("value", "adjoint"):
            found = (self.values if kind == "value" else self.adjoints)[name]
        else:
            raise KeyError(kind)
        entry: float = found[int(*index)] if index else found
        return entry


def _short(value: Value) -> str:
    """Six digits, as what is not 0 shows that it is not."""
    if isinstance(value, np.ndarray):
        return f"[{', '.join(map(_short, value.tolist()))}]"
    return f"{value + 0.0:.6g}"  # no negative zero


def _again(inputs: Mapping[str, float], view: View, loss: Loss) -> Pass:
    return differentiate(**inputs, view=view, loss=loss)


def forward(graph: Graph, inputs: Mapping[str, float]) -> Mapping[str, Value]:
    """Value of every node, in topological order.

    Raises
    ------
    ValueError
        When |z| exceeds the graph's limit or is not finite: float64 ends there.
    """
    run, _ = graph.graph["programs"]
    return MappingProxyType(run(inputs))


def backward(
    graph: Graph, values: Mapping[str, Value]
) -> tuple[Mapping[Edge, Value], Mapping[str, Value]]:
    """Local derivative of every edge and adjoint of every node, in reverse order.

    Each adjoint is a sum over the ways to L: see `lrviz.core.program`.
    """
    _, run = graph.graph["programs"]
    local, adjoint = run(values)
    return MappingProxyType(local), MappingProxyType(adjoint)


def differentiate(
    *,
    x1: float,
    x2: float,
    w1: float,
    w2: float,
    b: float,
    y: float,
    view: View = "features",
    loss: Loss = "log",
) -> Pass:
    """Forward and backward pass of logistic regression on one example.

    Parameters
    ----------
    x1, x2, w1, w2, b : float
        Any finite numbers with |w1·x1 + w2·x2 + b| ≤ 700; in the view "operations" ≤ 354, and
        ≤ 236 under squared error: its rates are smaller than those of the others.
    y : float
        The label, 0 or 1.
    view : {"features", "vector", "operations"}
        How finely the graph is split: z, σ and the loss as one node each, the same with
        nodes of vectors, or one node per operation.
    loss : {"log", "squared"}
        Log loss (natural log) or half the squared error.

    Returns
    -------
    Pass
        Values, local derivatives and adjoints, each within a few units in the last
        place of the exact ones at the float64 z. Under squared error ∂L/∂z is about e^-2|z|
        where the model is sure and right: beyond |z| = 353 it is smaller than float64 carries
        with all its digits, in the end 0, and ∂L/∂w with it, however large x is.

    Raises
    ------
    ValueError
        An input is not a finite number, y is not 0 or 1, |z| is beyond what the view can
        carry, or view or loss is unknown.

    Examples
    --------
    >>> p = lrviz.differentiate(x1=1.5, x2=2, w1=0.5, w2=-0.25, b=0.1, y=1)
    >>> p
    <Pass: z = 0.35, L = 0.533382, dL/dw1 = -0.620074, dL/dw2 = -0.826765, dL/db = -0.413382>
    >>> p.values["z"], p.locals["w1", "z"]
    (0.35, 1.5)
    """
    _check(view, loss)
    graph = build(view, loss)
    given = {"x1": x1, "w1": w1, "x2": x2, "w2": w2, "b": b}
    inputs = {name: number(name, value) for name, value in given.items()}
    inputs["y"] = number("y", int(y) if isinstance(y, bool | np.bool_) else y)
    if inputs["y"] not in (0.0, 1.0):
        raise ValueError(f"y is a label and must be 0 or 1, not {said(y)}.")
    values = forward(graph, inputs)
    local, adjoints = backward(graph, values)
    return Pass(values, local, adjoints, MappingProxyType(inputs), view, loss)


def holder(graph: Graph, name: str) -> str:
    """The node that holds an input, as `Pass.read` wants it: ``w1``, or ``w.0`` in a vector.

    Raises
    ------
    KeyError
        There is no such input.
    """
    for one in graph.graph["plan"]:
        if name in one.inputs:
            return one.name if len(one.inputs) == 1 else f"{one.name}.{one.inputs.index(name)}"
    raise KeyError(name)


def path(graph: Graph, of: str) -> tuple[str, ...]:
    """The nodes the chain rule is written with: L, a, z and the target ``of``, or its vector.

    Every way from the target to L leads through them; what lies between two of them is one edge,
    a chain, or (from a to the log loss in the view "operations") two ways: see `between`.
    """
    return ("L", "a", "z", holder(graph, of).partition(".")[0])


@cache
def between(graph: Graph, tail: str, head: str) -> tuple[Edge, ...]:
    """The edges of every way from one node to another, in topological order of their tails."""
    on_the_way = {head, *nx.ancestors(graph, head)} & {tail, *nx.descendants(graph, tail)}
    order = graph.graph["order"]
    inside: Graph = graph.subgraph(on_the_way)
    return tuple(sorted(inside.edges, key=lambda e: (order.index(e[0]), order.index(e[1]))))


def stages(graph: Graph) -> tuple[str, ...]:
    """What each step of the walk computes: nodes forward, then nodes backward from L.

    Stage 0 has the inputs only. Forward stages are named ``"+z"``; backward stages
    ``"-z"`` and compute the adjoint of the node and of every leaf that feeds it.
    """
    computed = [n for n in graph.graph["order"] if "op" in graph.nodes[n]]
    back = [n for n in reversed(graph.graph["order"]) if "op" in graph.nodes[n]]
    return ("inputs", *(f"+{n}" for n in computed), *(f"-{n}" for n in back))
