r"""Formulas as trees: what is computed and what is shown are one thing.

A formula of the project stands once, as an `Expression`, written with Python's own operators::

    a, y = symbols("a", "y")
    loss = -(y * log(a) + (1 - y) * log(1 - a))

It is evaluated (`compiled`), shown (`latex`, `plain`, both with numbers in place of letters
where a ``slot`` is given), and sent to the browser (`Expression.json`), which evaluates the
same tree. `KINDS` is the one table that says what each kind of node means.

``*`` is written without a sign, as in a(1 − a); ``@`` is the same product with a dot.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from lrviz.core import numerics
from lrviz.core.symbols import SPELLINGS, superscript

#: What is shown in place of a letter, of 1 − a or of a rate, or None to show it as it is. The
#: second argument is "(" where a minus sign needs parentheses, and "^" in an exponent.
Slot: TypeAlias = "Callable[[Expression, str], str | None]"


@dataclass(frozen=True)
class Expression:
    """A node: its kind, a key of `KINDS`, and its parts.

    A ``symbol`` holds its name (a key of `lrviz.core.symbols.SPELLINGS`) and a ``number`` its
    value; all other kinds hold expressions.
    """

    kind: str
    parts: tuple[Any, ...]

    def __add__(self, other: Operand) -> Expression:
        return Expression("add", (self, _of(other)))

    def __radd__(self, other: Operand) -> Expression:
        return _of(other) + self

    def __sub__(self, other: Operand) -> Expression:
        return Expression("sub", (self, _of(other)))

    def __rsub__(self, other: Operand) -> Expression:
        return _of(other) - self

    def __mul__(self, other: Operand) -> Expression:
        return Expression("mul", (self, _of(other)))

    def __rmul__(self, other: Operand) -> Expression:
        return _of(other) * self

    def __matmul__(self, other: Operand) -> Expression:
        return Expression("dot", (self, _of(other)))

    def __rmatmul__(self, other: Operand) -> Expression:
        return _of(other) @ self

    def __truediv__(self, other: Operand) -> Expression:
        return Expression("div", (self, _of(other)))

    def __rtruediv__(self, other: Operand) -> Expression:
        return _of(other) / self

    def __pow__(self, other: Operand) -> Expression:
        return Expression("pow", (self, _of(other)))

    def __neg__(self) -> Expression:
        return Expression("neg", (self,))

    @cached_property
    def children(self) -> tuple[Expression, ...]:
        """The parts that are expressions."""
        return tuple(part for part in self.parts if isinstance(part, Expression))

    def walk(self) -> Iterator[Expression]:
        """Itself and all nodes below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def has(self, *kinds: str) -> bool:
        """Whether a node of one of these kinds is in the tree."""
        return any(node.kind in kinds for node in self.walk())

    @cached_property
    def symbols(self) -> tuple[str, ...]:
        """The letters that its value depends on, each once, as they are written."""
        if self.kind == "symbol":
            return self.parts
        valued = self.children[:1] if self.kind == "named" else self.children
        return tuple(dict.fromkeys(name for child in valued for name in child.symbols))

    def put(self, replaced: Mapping[str, Expression]) -> Expression:
        """The same formula with letters replaced by expressions."""
        if self.kind == "symbol":
            return replaced.get(self.parts[0], self)
        if not self.children:
            return self
        parts = (p.put(replaced) if isinstance(p, Expression) else p for p in self.parts)
        return Expression(self.kind, tuple(parts))

    @property
    def json(self) -> Any:
        """For the browser: a name, a number, or [kind, part, ...]."""
        if not self.children:
            return self.parts[0]
        return [self.kind, *(p.json if isinstance(p, Expression) else p for p in self.parts)]


Operand: TypeAlias = "Expression | float"


def _of(operand: Operand) -> Expression:
    return operand if isinstance(operand, Expression) else number(operand)


# Building


def symbol(name: str) -> Expression:
    """A letter.

    Raises
    ------
    KeyError
        `lrviz.core.symbols.SPELLINGS` does not have it.
    """
    SPELLINGS[name]
    return Expression("symbol", (name,))


def symbols(*names: str) -> tuple[Expression, ...]:
    """Several letters."""
    return tuple(map(symbol, names))


def number(value: float) -> Expression:
    """A constant."""
    return Expression("number", (value,))


def _maker(kind: str) -> Callable[..., Expression]:
    def make(*parts: Operand) -> Expression:
        return Expression(kind, tuple(map(_of, parts)))

    return make


log, exp, sqrt, sigma, logit = map(_maker, ("log", "exp", "sqrt", "sigma", "logit"))
#: w · x of two vectors; the mean over rows; the diagonal of a matrix.
inner, mean, diag = map(_maker, ("inner", "mean", "diag"))
#: ∂L/∂a, known by its name: rate(L, a). Still to be taken: derivative(a, body). With a brace
#: and a name under it: named(1 - a, g).
rate, derivative, named = map(_maker, ("rate", "derivative", "named"))


def component(vector: Expression, n: int) -> Expression:
    """Entry n, from 0, of a vector that is a letter: w₁ for (w, 0)."""
    return Expression("component", (vector, n))


HALF = number(1) / 2


# What each kind means

_SUM, _PRODUCT, _POWER, _ATOM = range(4)  #: how tightly a node holds together


class Kind(NamedTuple):
    """A row of the table of kinds.

    Attributes
    ----------
    binds : int
        How tightly it holds together: what is looser than its place gets parentheses.
    places : tuple of int
        How tight each part must be.
    python : str
        How it is computed; ``{0}``, ``{1}``, ... stand for its parts. Empty where it has no
        value before a derivative has been taken.
    latex, plain : str
        How it is written.
    """

    binds: int
    places: tuple[int, ...]
    python: str
    latex: str
    plain: str


_INNER = "(part({0}, 0) * part({1}, 0) + part({0}, 1) * part({1}, 1))"
_BINARY = (_PRODUCT, _PRODUCT)
#: Every kind but symbol and number.
KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "add": Kind(_SUM, (_SUM, _PRODUCT), "({0} + {1})", "{0} + {1}", "{0} + {1}"),
        "sub": Kind(_SUM, (_SUM, _PRODUCT), "({0} - {1})", "{0} - {1}", "{0} − {1}"),
        "neg": Kind(_SUM, (_PRODUCT,), "(-{0})", "-{0}", "−{0}"),
        "mul": Kind(_PRODUCT, _BINARY, "({0} * {1})", "{0} {1}", "{0}{1}"),
        "dot": Kind(_PRODUCT, _BINARY, "({0} * {1})", r"{0} \cdot {1}", "{0}·{1}"),
        "div": Kind(_POWER, (_SUM, _SUM), "({0} / {1})", r"\frac{{{0}}}{{{1}}}", "{0}/{1}"),
        "pow": Kind(_POWER, (_ATOM, _SUM), "power({0}, {1})", "", ""),  # see `_joined`
        "exp": Kind(_POWER, (_SUM,), "exp({0})", "", ""),  # see `_joined`
        "log": Kind(_PRODUCT, (_ATOM,), "log({0})", r"\log {0}", "log {0}"),
        "sqrt": Kind(_POWER, (_SUM,), "sqrt({0})", r"\sqrt{{{0}}}", "√{0}"),
        "sigma": Kind(_ATOM, (_SUM,), "sigma({0})", r"\sigma({0})", "σ({0})"),
        "logit": Kind(_ATOM, (_SUM,), "logit({0})", r"\operatorname{{logit}}({0})", "logit({0})"),
        "inner": Kind(_PRODUCT, _BINARY, _INNER, r"{0} \cdot {1}", "{0}·{1}"),
        "component": Kind(_ATOM, (_ATOM, _ATOM), "part({0}, {1})", "", ""),  # see `_letter`
        "mean": Kind(
            _PRODUCT,
            (_PRODUCT,),
            "mean({0})",
            r"\text{{mean over the minibatch of }} {0}",
            "mean over the minibatch of {0}",
        ),
        "diag": Kind(_ATOM, (_SUM,), "diag({0})", r"\operatorname{{diag}}({0})", "diag({0})"),
        "rate": Kind(_POWER, _BINARY, "", r"\frac{{\partial {0}}}{{\partial {1}}}", "∂{0}/∂{1}"),
        "derivative": Kind(
            _PRODUCT,
            (_ATOM, _SUM),
            "",
            r"\frac{{\partial}}{{\partial {0}}} \left[ {1} \right]",
            "∂/∂{0} [{1}]",
        ),
        "named": Kind(_SUM, (_SUM, _SUM), "", r"\underbrace{{{0}}}_{{{1}}}", "{0}"),
    }
)


# Evaluating

Functions: TypeAlias = Mapping[str, Callable[..., Any]]


def _power(x: Any, n: Any) -> Any:
    # A product: libraries differ in the last digit of a square, and the browser must agree.
    return x * x if n == 2 else x**n


#: One example: floats, and `numerics.Probability`, which keeps 1 − a exact by itself.
SCALAR: Functions = MappingProxyType(
    {
        "log": numerics.log,
        "exp": math.exp,
        "sqrt": math.sqrt,
        "sigma": numerics.sigmoid,
        "logit": lambda p: p.logit,
        "power": _power,
        "part": lambda vector, n: float(vector[n]),
    }
)
#: Whole arrays, elementwise.
ARRAY: Functions = MappingProxyType(
    {
        "log": np.log,
        "exp": np.exp,
        "sqrt": np.sqrt,
        "sigma": lambda z: numerics.sigmoid_pair(z)[0],
        "power": _power,
        "part": lambda vector, n: vector[..., n],
        "mean": lambda rows: rows.mean(axis=0),
        "diag": lambda matrix: np.diag(np.diag(matrix)),
    }
)


def compiled(
    wanted: Expression | tuple[Expression, ...],
    arguments: tuple[str, ...] | None = None,
    functions: Functions = SCALAR,
) -> Callable[..., Any]:
    """A Python function that evaluates an expression, or several at once to a tuple.

    Parameters
    ----------
    wanted : Expression or tuple of Expression
    arguments : tuple of str, optional
        The letters in the order in which the function takes their values; without them, those
        of the expression.
    functions : mapping
        What log, exp and the others are: `SCALAR`, `ARRAY`, or those of a library of exact
        numbers.

    Raises
    ------
    ValueError
        A part has no value of its own: a derivative that is still to be taken, say.
    """
    if arguments is None:
        arguments = wanted.symbols if isinstance(wanted, Expression) else ()
    spelt = {name: f"_{n}" for n, name in enumerate(arguments)}
    body = (
        python(wanted, spelt)
        if isinstance(wanted, Expression)
        else f"({' '.join(python(one, spelt) + ',' for one in wanted)})"
    )
    # The text comes from the project's own trees, with letters as _0, _1, ...: no word of a
    # visitor's can be in it.
    made: Callable[..., Any] = eval(f"lambda {', '.join(spelt.values())}: {body}", {**functions})
    return made


def compiled_in_turn(
    lines: Sequence[tuple[str, Expression]], arguments: Sequence[str], functions: Functions = ARRAY
) -> Callable[..., dict[str, Any]]:
    """A Python function that gives letters their values one after the other, and returns them.

    A letter has the value it came with until a line gives it its new one.

    Parameters
    ----------
    lines : sequence of (str, Expression)
        A letter and the expression of its value.
    arguments : sequence of str
        The letters in the order in which the function takes their values.
    functions : mapping
        As in `compiled`.
    """
    names = dict.fromkeys((*arguments, *(name for name, _ in lines)))
    spelt = {name: f"_{n}" for n, name in enumerate(names)}
    body = ", ".join(f"{name!r}: ({spelt[name]} := {python(e, spelt)})" for name, e in lines)
    head = ", ".join(spelt[name] for name in arguments)
    made: Callable[..., dict[str, Any]] = eval(f"lambda {head}: {{{body}}}", {**functions})
    return made


def python(e: Expression, spelt: Mapping[str, str], put: Callable[[str], str] | None = None) -> str:
    """The Python that computes an expression.

    Parameters
    ----------
    e : Expression
    spelt : mapping of str to str
        What its letters are called there.
    put : callable, optional
        Takes the Python of each part that is more than a letter or a number, and gives a name
        that it is known by from then on: see `lrviz.core.program`.

    Raises
    ------
    ValueError
        A part has no value of its own.
    """
    if e.kind == "symbol":
        return spelt[e.parts[0]]
    if e.kind == "number":
        return repr(float(e.parts[0]))
    if e.kind == "named":
        return python(e.children[0], spelt, put)
    if not KINDS[e.kind].python:
        raise ValueError(f"{plain(e)} has no value of its own.")
    parts = (python(p, spelt, put) if isinstance(p, Expression) else p for p in e.parts)
    text = KINDS[e.kind].python.format(*parts)
    return put(text) if put else text


# Showing


def is_complement(e: Expression) -> bool:
    """Whether it is 1 − a, which is one number: subtracting the digits shown would lose it."""
    return e == _COMPLEMENT


_A = symbol("a")
_COMPLEMENT = 1 - _A


def latex(e: Expression, slot: Slot | None = None, *, flat: bool = False) -> str:
    """The formula in the LaTeX that KaTeX and plain amsmath share.

    ``flat``: a derivative is written ∂L/∂w, as high as a line of text.
    """
    return _written(e, _SUM, _Style(0, slot, flat))


def plain(e: Expression, slot: Slot | None = None) -> str:
    """The formula as one line of Unicode."""
    return _written(e, _SUM, _Style(1, slot))


class _Style(NamedTuple):
    spelling: int  # 0 LaTeX, 1 Unicode: as in `SPELLINGS`
    slot: Slot | None
    flat: bool = False

    def bracket(self, text: str) -> str:
        return rf"\left( {text} \right)" if r"\frac" in text else f"({text})"

    def raised(self, text: str) -> str:
        if not self.spelling:
            return f"^{text}" if text.isdigit() and len(text) == 1 else f"^{{{text}}}"
        return superscript(text) or f"^({text})"


def _written(
    e: Expression, place: int, style: _Style, *, leading: bool = True, raised: bool = False
) -> str:
    """An expression where its place asks for some tightness; ``leading``: nothing before it."""
    if style.slot and (e.kind in ("symbol", "component", "rate") or is_complement(e)):
        # A probability may be shown as 1 − 4·10⁻¹⁸: it needs parentheses even where it leads.
        sure = leading and place == _PRODUCT and e not in (_A, _COMPLEMENT)
        mark = "^" if raised else "(" if _SUM < place < _ATOM and not sure else ""
        shown = style.slot(e, mark)
        if shown is not None:
            return f"({shown})" if place == _ATOM else shown
    if e.kind in ("symbol", "component"):
        return _letter(e)[style.spelling]
    if e.kind == "number":
        text = f"{e.parts[0]:g}".replace("-", "-−"[style.spelling])
        return f"({text})" if place > _SUM and e.parts[0] < 0 else text
    row, parts = KINDS[e.kind], e.children
    binds, places = row.binds, row.places
    if e.kind == "div" and style.spelling:
        if e == HALF:
            return "½"
        binds, places = _PRODUCT, (_PRODUCT, _POWER)  # no bar holds its parts together
    if e.kind == "named":
        binds = KINDS[parts[0].kind].binds
    loose, bare = binds < place, style._replace(slot=None)
    written = []
    for n, (part, at) in enumerate(zip(parts, places, strict=True)):
        # What one differentiates, and by what, stays a letter.
        own = bare if e.kind == "rate" or (e.kind == "derivative" and n == 0) else style
        starts = at == _SUM or (n == 0 and e.kind != "neg" and (loose or leading))
        raising = bool(style.spelling) and e.kind in ("pow", "exp") and n == len(parts) - 1
        written.append(_written(part, at, own, leading=starts, raised=raising))
    done = _joined(e, row, written, style)
    return style.bracket(done) if loose else done


def _joined(e: Expression, row: Kind, text: list[str], style: _Style) -> str:
    """A row's template with its parts in it, and the few things that no template says."""
    if e.kind in ("pow", "exp"):
        if not (style.slot and style.spelling and e.children[-1].kind == "symbol"):
            text[-1] = style.raised(text[-1])
        return "".join(text) if e.kind == "pow" else f"e{text[0]}"
    if e.kind == "log" and (style.slot or e.children[0].kind != "symbol"):
        inside = text[0] if text[0][0] in "\\(" else f"({text[0]})"
        return (r"\log", "log")[style.spelling] + inside
    if e.kind == "sqrt" and style.spelling and len(text[0]) > 2:
        text[0] = f"({text[0]})"
    if e.kind in ("mul", "dot") and style.slot:
        return (r" \cdot ", " × ")[style.spelling].join(text)
    if e.kind == "mul" and style.spelling and text[1].startswith("log"):
        return " ".join(text)
    if e.kind == "dot" and style.spelling and e.parts[0].has("rate") and e.parts[1].kind == "rate":
        return " × ".join(text)
    if e.kind == "named" and style.slot and not style.spelling:
        text[1] = rf"\approx {text[1]}"
    if e.kind == "rate" and style.flat:
        return r"\partial {} / \partial {}".format(*text)
    return (row.latex, row.plain)[style.spelling].format(*text)


def _letter(e: Expression) -> tuple[str, str]:
    if e.kind == "symbol":
        return SPELLINGS[e.parts[0]]
    vector, n = e.parts
    return SPELLINGS[f"{vector.parts[0]}{n + 1}"]


# Changing the form


def simplified(e: Expression) -> Expression:
    """Without what 0 and 1 make needless: a formula in which a label has been put."""
    if not e.children:
        return e
    parts = tuple(map(simplified, e.children))
    e, zero, one = Expression(e.kind, parts), number(0), number(1)
    first, last = parts[0], parts[-1]
    match e.kind:
        case "add" | "sub" if first.kind == last.kind == "number":
            sign = 1 if e.kind == "add" else -1
            return number(first.parts[0] + sign * last.parts[0])
        case "add" | "sub" if last == zero:
            return first
        case "add" if first == zero:
            return last
        case "sub" if first == zero:
            return simplified(-last)
        case "mul" | "dot" if zero in parts:
            return zero
        case "mul" | "dot" if first == one:
            return last
        case "mul" | "dot" | "div" if last == one:
            return first
        case "div" | "neg" if first == zero:
            return zero
        case "neg" if first.kind == "neg":
            return first.children[0]
    return e


def unrolled(e: Expression) -> Expression:
    """With products of vectors written out by component."""
    if e.kind == "inner":
        return component(e.parts[0], 0) * component(e.parts[1], 0) + component(
            e.parts[0], 1
        ) * component(e.parts[1], 1)
    if e.kind == "component" or not e.children:
        return e
    return Expression(e.kind, tuple(map(unrolled, e.parts)))


def summands(e: Expression) -> tuple[Expression, ...]:
    """What adds up to it, in the order in which it is written: itself alone if it is no sum."""
    e = unrolled(e)
    return tuple(one for part in e.parts for one in summands(part)) if e.kind == "add" else (e,)
