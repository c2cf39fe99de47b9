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
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, get_args

import networkx as nx
import numpy as np

from lrviz.core.expression import Expression, compiled, summands, symbol
from lrviz.core.numerics import Z_LIMIT, said
from lrviz.core.ops import OPS, Op, Value

View = Literal["vector", "features", "operations"]
Loss = Literal["log", "squared"]
VIEWS: tuple[View, ...] = get_args(View)
LOSSES: tuple[Loss, ...] = get_args(Loss)
INPUTS = ("x1", "w1", "x2", "w2", "b", "y")
Edge = tuple[str, str]
Graph: TypeAlias = "nx.DiGraph[str]"

# (node, the inputs it holds) and (node, operation, arguments) per view; the tail that
# all three share follows.
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
_LOSS_OPS: Mapping[Loss, str] = {"log": "log_loss", "squared": "squared_error"}


@cache
def build(view: View = "features", loss: Loss = "log") -> Graph:
    """The frozen graph of one view.

    Node attributes: ``role`` is "data", "parameter" or "computed"; leaves have
    ``inputs`` (the names they hold), the rest ``op`` (a key of `lrviz.core.ops.OPS`), ``args``
    (their arguments, in the operation's order), and in their own letters ``formula``, ``rates``
    and ``computed``, as `lrviz.core.ops.Op` has them.
    ``graph.graph["order"]`` is the topological order; ``graph.graph["plan"]`` has, in that
    order, what both walks need of each node: (name, inputs, operation or None, arguments).

    Raises
    ------
    ValueError
        For an unknown view or loss.
    """
    if view not in VIEWS:
        raise ValueError(f"The view must be one of {', '.join(VIEWS)}, not {view!r}.")
    if loss not in LOSSES:
        raise ValueError(f"The loss must be one of {', '.join(LOSSES)}, not {loss!r}.")
    g: Graph = nx.DiGraph(view=view, loss=loss)
    for name, inputs in (*_LEAVES[view], ("y", ("y",))):
        g.add_node(name, role="data" if name[0] in "xy" else "parameter", inputs=inputs)
    tail = (("a", "sigmoid", ("z",)), ("L", _LOSS_OPS[loss], ("a", "y")))
    for name, op, args in (*_INNER[view], *tail):
        g.add_node(name, role="computed", op=op, args=args, **_spelt(OPS[op], name, args))
        g.add_edges_from((arg, name) for arg in args)
    g.graph["order"] = tuple(nx.lexicographical_topological_sort(g, key=list(g).index))
    g.graph["plan"] = tuple(
        (name, n.get("inputs", ()), OPS.get(n.get("op", "")), n.get("args", ()))
        for name, n in ((name, g.nodes[name]) for name in g.graph["order"])
    )
    frozen: Graph = nx.freeze(g)
    return frozen


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


@dataclass(frozen=True, slots=True)
class Pass:
    """Everything one forward and one backward pass computed. Read-only throughout.

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
            f"dL/d{name} = {np.round(self.adjoints[name], 6).tolist()}"
            for name in self.graph
            if self.graph.nodes[name]["role"] == "parameter"
        )
        return f"<Pass: z = {self.values['z']:.6g}, L = {self.values['L']:.6g}, {slopes}>"

    @property
    def graph(self) -> Graph:
        """The frozen graph that was walked."""
        return build(self.view, self.loss)

    def read(self, key: str) -> float:
        """One number by its key, as labels and formulas name it.

        ``value.z``, ``complement.a`` (1 - a), ``adjoint.w1``, ``local.w1-z``, and with a
        last ``.0`` or ``.1`` a component of a vector: ``adjoint.w.0``. ``term.z.0`` is the
        first of what adds up to z.

        Raises
        ------
        KeyError
            There is no such quantity in this view.
        """
        kind, name, *index = key.split(".")
        found: Value
        if kind == "local":
            tail, _, head = name.partition("-")
            found = self.locals[tail, head]
        elif kind == "complement":
            found = 1 - self.values[name]
        elif kind == "term":
            found = _terms(self.view, self.loss, name)(
                *[self.values[arg] for arg in self.graph.nodes[name]["args"]]
            )
        elif kind in ("value", "adjoint"):
            found = (self.values if kind == "value" else self.adjoints)[name]
        else:
            raise KeyError(key)
        number: float = found[int(index[0])] if index else found
        return number


def forward(graph: Graph, inputs: Mapping[str, float]) -> Mapping[str, Value]:
    """Value of every node, in topological order.

    Raises
    ------
    ValueError
        When |z| exceeds `Z_LIMIT` or is not finite: float64 ends there.
    """
    values: dict[str, Value] = {}
    for name, held, op, args in graph.graph["plan"]:
        if op is not None:
            values[name] = op.forward(*[values[arg] for arg in args])
        elif len(held) == 1:
            values[name] = inputs[held[0]]
        else:
            values[name] = _vector([inputs[i] for i in held])
        if name == "z" and not abs(values["z"]) <= Z_LIMIT:
            raise ValueError(
                f"These inputs give z = {values['z']:.6g}, and beyond |z| = {Z_LIMIT:.0f} the "
                "factors of the chain rule no longer fit a float64. Choose smaller inputs."
            )
    return MappingProxyType(values)


def backward(
    graph: Graph, values: Mapping[str, Value]
) -> tuple[Mapping[Edge, Value], Mapping[str, Value]]:
    """Local derivative of every edge and adjoint of every node, in reverse order.

    An adjoint is the sum over outgoing edges of upstream gradient times local derivative
    (reverse-mode differentiation; Griewank & Walther, Evaluating Derivatives, 2008, 3.2).
    """
    local: dict[Edge, Value] = {}
    adjoint: dict[str, Value] = {"L": 1.0}
    for name, _, op, args in reversed(graph.graph["plan"]):
        if op is None:
            continue
        upstream = adjoint[name]
        derivatives = op.derivatives(*[values[arg] for arg in args], values[name])
        for arg, derivative in zip(args, derivatives, strict=True):
            local[arg, name] = derivative
            term = _frozen(upstream * derivative)
            adjoint[arg] = adjoint[arg] + term if arg in adjoint else term
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
        Any finite numbers with |w1·x1 + w2·x2 + b| ≤ 700.
    y : float
        The label, 0 or 1.
    view : {"features", "vector", "operations"}
        How finely z is split: one node, one node of vectors, or one per operation.
    loss : {"log", "squared"}
        Log loss (natural log) or half the squared error.

    Returns
    -------
    Pass
        Values, local derivatives and adjoints, each within a few units in the last
        place of the exact ones at the float64 z.

    Raises
    ------
    ValueError
        An input is not a finite number, y is not 0 or 1, |z| > 700, or view or loss is
        unknown.

    Examples
    --------
    >>> p = lrviz.differentiate(x1=1.5, x2=2, w1=0.5, w2=-0.25, b=0.1, y=1)
    >>> p
    <Pass: z = 0.35, L = 0.533382, dL/dw1 = -0.620074, dL/dw2 = -0.826765, dL/db = -0.413382>
    >>> p.values["z"], p.locals["w1", "z"]
    (0.35, 1.5)
    """
    graph = build(view, loss)
    given = {"x1": x1, "w1": w1, "x2": x2, "w2": w2, "b": b}
    inputs = {name: _number(name, value) for name, value in given.items()}
    inputs["y"] = _number("y", y)
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
    for node, held, *_ in graph.graph["plan"]:
        if name in held:
            return node if len(held) == 1 else f"{node}.{held.index(name)}"
    raise KeyError(name)


def path(graph: Graph, of: str) -> tuple[str, ...]:
    """Nodes from L back to the target ``of``, a parameter or (in the vector view) its vector."""
    target = holder(graph, of).partition(".")[0]
    return tuple(reversed(nx.shortest_path(graph, target, "L")))


def stages(graph: Graph) -> tuple[str, ...]:
    """What each step of the walk computes: nodes forward, then nodes backward from L.

    Stage 0 has the inputs only. Forward stages are named ``"+z"``; backward stages
    ``"-z"`` and compute the adjoint of the node and of every leaf that feeds it.
    """
    computed = [n for n in graph.graph["order"] if "op" in graph.nodes[n]]
    back = [n for n in reversed(graph.graph["order"]) if "op" in graph.nodes[n]]
    return ("inputs", *(f"+{n}" for n in computed), *(f"-{n}" for n in back))


def _number(name: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number) or isinstance(value, str):
        raise ValueError(f"{name} must be a finite number, not {said(value)}.")
    return number


def _vector(held: list[float]) -> Value:
    return _frozen(np.array(held))


def _frozen(value: Value) -> Value:
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    return value
