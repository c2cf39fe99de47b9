"""The two passes over a graph as two Python functions, written from its expressions.

Walking a graph costs more than the arithmetic on it. So the walk is done once, when the graph is
built: node by node it writes down what is to be computed, each part of a formula that is met
again only once, and what it has written is compiled. The formulas stay where they are, in
`lrviz.core.ops`; the order and the rules of the two passes stand here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from lrviz.core.expression import SCALAR, Expression, python
from lrviz.core.numerics import Z_LIMIT
from lrviz.core.ops import Op, Value


class Planned(NamedTuple):
    """A node as the walk reads it.

    Attributes
    ----------
    name : str
    inputs : tuple of str
        The inputs that a leaf holds.
    op : Op or None
        None for a leaf.
    args : tuple of str
        The operation's arguments.
    value : Expression or None
        What is computed in place of the operation's formula, in the names of nodes.
    adjoint : Expression or None
        What is computed in place of the sum over the ways from a leaf to L.
    """

    name: str
    inputs: tuple[str, ...]
    op: Op | None
    args: tuple[str, ...]
    value: Expression | None
    adjoint: Expression | None


Forward: TypeAlias = Callable[[Mapping[str, float]], dict[str, Value]]
Backward: TypeAlias = Callable[
    [Mapping[str, Value]], tuple[dict[tuple[str, str], Value], dict[str, Value]]
]


def programs(plan: Sequence[Planned], limit: float) -> tuple[Forward, Backward]:
    """The passes over the nodes of a plan, which is in topological order.

    The first takes the inputs by name and gives the value of every node; it raises ValueError
    where |z| is beyond the limit or not finite. The second takes those values and gives the
    local derivative of every edge and the adjoint of every node.
    """
    return _forward(plan, limit), _backward(plan)


class _Writer:
    """The lines of a function of one mapping, ``given``."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._known: dict[str, str] = {}

    def put(self, text: str) -> str:
        """The name of what a piece of Python comes to; the same piece is computed once."""
        if text not in self._known:
            self._known[text] = name = f"_{len(self._known)}"
            self.lines.append(f"{name} = {text}")
        return self._known[text]

    def given(self, name: str) -> str:
        """What the mapping has under a name."""
        return self.put(f"given[{name!r}]")

    def value(self, e: Expression, spelt: Mapping[str, str]) -> str:
        """The name, or the number, that an expression comes to."""
        return python(e, spelt, self.put)

    def function(self, answer: str, **known: Any) -> Any:
        """Runs the lines and returns the answer."""
        body = "".join(f"    {line}\n" for line in (*self.lines, f"return {answer}"))
        room = {**SCALAR, "array": np.array, "frozen": _frozen, **known}
        # As in `lrviz.core.expression.compiled`: no word of a visitor's can be in it.
        exec(f"def made(given):\n{body}", room)
        return room["made"]


def _forward(plan: Sequence[Planned], limit: float) -> Forward:
    out, spelt = _Writer(), dict[str, str]()
    for one in plan:
        if one.value is not None:
            found = out.value(one.value, spelt)
        elif one.op is not None:
            own = dict(zip(one.op.arguments, (spelt[arg] for arg in one.args), strict=True))
            found = out.value(one.op.formula, own)
        else:
            held = [out.given(name) for name in one.inputs]
            found = held[0] if len(held) == 1 else out.put(f"frozen(array([{', '.join(held)}]))")
        spelt[one.name] = found
        if one.name == "z":
            out.lines.append(f"if not abs({found}) <= limit: raise beyond({found}, limit)")
    made: Forward = out.function(_dict(spelt), limit=limit, beyond=_beyond)
    return made


def _backward(plan: Sequence[Planned]) -> Backward:
    # An adjoint is the sum over outgoing edges of upstream gradient times local derivative
    # (reverse-mode differentiation; Griewank & Walther, Evaluating Derivatives, 2008, 3.2).
    out = _Writer()
    spelt = {one.name: out.given(one.name) for one in plan}
    vectors = {one.name for one in plan if len(one.inputs) > 1}
    local, adjoint = dict[tuple[str, str], str](), {"L": "1.0"}
    for one in reversed(plan):
        if one.adjoint is not None:
            adjoint[one.name] = out.value(one.adjoint, spelt)
        if one.op is None:
            continue
        letters = (*one.op.arguments, one.op.out)
        own = dict(zip(letters, (spelt[name] for name in (*one.args, one.name)), strict=True))
        for arg, rate in zip(one.args, one.op.computed, strict=True):
            local[arg, one.name] = slope = out.value(rate, own)
            term = f"{adjoint[one.name]} * {slope}"
            term = out.put(f"frozen({term})" if arg in vectors else term)
            adjoint[arg] = out.put(f"{adjoint[arg]} + {term}") if arg in adjoint else term
    made: Backward = out.function(f"{_dict(local)}, {_dict(adjoint)}")
    return made


def _dict(entries: Mapping[Any, str]) -> str:
    return f"{{{', '.join(f'{key!r}: {name}' for key, name in entries.items())}}}"


def _beyond(z: float, limit: float) -> ValueError:
    where = "" if limit == Z_LIMIT else ' of the view "operations"'
    # A number just beyond the limit must not read as the limit.
    shown = f"{z:.6g}" if abs(float(f"{z:.6g}")) > limit else repr(float(z))
    return ValueError(
        f"These inputs give z = {shown}, and beyond |z| = {limit:.0f} the "
        f"factors of the chain rule{where} no longer fit a float64. Choose smaller inputs."
    )


def _frozen(value: Value) -> Value:
    """A value, an array of it read-only from here on."""
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    return value
