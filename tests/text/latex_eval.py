r"""Reads the LaTeX that `lrviz.text.derivation` displays, and gives it a value.

`parse` makes a tree, `value` walks it in a `World`, which says what numbers are: sympy
expressions, mpmath numbers, floats, intervals. A derivative, ``\frac{\partial}{\partial a}
\left[ ... \right]`` or ``\frac{\partial L}{\partial a}``, is taken from what is written:
by sympy in `Symbolic`, by forward-mode differentiation in `Numeric`. What the letters mean
is said here once more, in `meanings`, so that nothing checked comes from what is checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import sympy

Tree = tuple[Any, ...]

NUMBER = r"10\^\{-?\d+\}|\d+(?:\.\d+)?(?: \\times 10\^\{-?\d+\})?"
_LEXER = re.compile(
    rf"\s*(?:(?P<slot>\\slot\{{[^}}]*\}})|(?P<number>{NUMBER})|(?P<command>\\[A-Za-z]+)"
    r"|(?P<symbol>[A-Za-z](?:_[12i])?)|(?P<sign>[-+^_(){}\[\],]))"
)
_LETTERS = ("L", "a", "z", "b", "y", "g", "h", "k", "t", "w_1", "w_2", "x_1", "x_2")
_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_STARTS = (r"\frac", r"\log", r"\sigma", r"\left", r"\underbrace", "(", "[")


class LatexError(ValueError):
    """The text is outside the subset."""


def meanings(loss: str, i: int) -> Mapping[str, str]:
    """What every letter that is not an input stands for."""
    return {
        "z": "w_1 x_1 + w_2 x_2 + b",
        "a": r"\frac{1}{1 + e^{-z}}",
        "L": {
            "log": r"-(y \log a + (1 - y) \log(1 - a))",
            "squared": r"\frac{(a - y)^2}{2}",
        }[loss],
        "g": "1 - a",
        "h": "1 + e^{-z}",
        "k": "-z",
        "t": "a - y",
        "r": {1: "w_2 x_2 + b", 2: "w_1 x_1 + b"}[i],
    }


class _Parser:
    def __init__(self, text: str, i: int) -> None:
        self.tokens: list[tuple[str, str]] = []
        self.at, self.i = 0, i
        position = 0
        text = text.rstrip()
        while position < len(text):
            match = _LEXER.match(text, position)
            if match is None or match.lastgroup is None:
                raise LatexError(text[position:])
            self.tokens.append((match.lastgroup, match[match.lastgroup]))
            position = match.end()

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def kind(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def take(self, *wanted: str) -> str:
        token = self.peek()
        if not token or (wanted and token not in wanted):
            raise LatexError(f"{token!r} where {wanted} should stand")
        self.at += 1
        return token

    def sum(self) -> Tree:
        negative = self.peek() in "+-" and self.peek() and self.take() == "-"
        tree = self.product()
        if negative:
            tree = ("neg", tree)
        while self.peek() in ("+", "-"):
            tree = (self.take(), tree, self.product())
        return tree

    def product(self) -> Tree:
        tree = self.power()
        while True:
            if self.peek() == r"\cdot":
                self.take()
            elif not (self.kind() in ("number", "symbol", "slot") or self.peek() in _STARTS):
                return tree
            tree = ("*", tree, self.power())

    def power(self) -> Tree:
        base = self.base()
        if self.peek() != "^":
            return base
        self.take("^")
        exponent = self.group() if self.peek() == "{" else ("number", self.digit())
        return ("exp", exponent) if base == ("symbol", "e") else ("^", base, exponent)

    def digit(self) -> str:
        if self.kind() != "number":
            raise LatexError(self.peek())
        return self.take()

    def group(self, opening: str = "{") -> Tree:
        self.take(opening)
        tree = self.sum()
        if opening == "(" and self.peek() == ",":
            self.take()
            tree = ("vector", tree, self.sum())
        self.take(_CLOSERS[opening])
        return tree

    def bracket(self) -> Tree:
        if self.peek() != r"\left":
            return self.group(self.take("(", "[") and self.back())
        self.take()
        opening = self.take("(", "[")
        tree = self.sum()
        self.take(r"\right")
        self.take(_CLOSERS[opening])
        return tree

    def back(self) -> str:
        self.at -= 1
        return self.peek()

    def letter(self) -> str:
        if self.kind() != "symbol":
            raise LatexError(self.peek())
        return self.take().replace("_i", f"_{self.i}")

    def base(self) -> Tree:
        kind, token = self.kind(), self.peek()
        if kind == "number":
            return ("number", self.take())
        if kind == "slot":
            return ("slot", self.take())
        if kind == "symbol":
            return ("symbol", self.letter())
        if token in ("(", "[", r"\left"):
            return self.bracket()
        if token == r"\log":
            self.take()
            return ("log", self.base())
        if token == r"\sigma":
            self.take()
            return ("sigma", self.bracket())
        if token == r"\underbrace":
            self.take()
            body = self.group()
            self.take("_")
            self.take("{")
            if self.peek() == r"\approx":
                self.take()
            label = self.sum()
            self.take("}")
            return ("brace", body, label)
        if token == r"\frac":
            return self.fraction()
        raise LatexError(token)

    def fraction(self) -> Tree:
        self.take(r"\frac")
        if self.tokens[self.at + 1 : self.at + 2] != [("command", r"\partial")]:
            return ("/", self.group(), self.group())
        self.take("{")
        self.take()
        of = "" if self.peek() == "}" else self.letter()
        self.take("}")
        self.take("{")
        self.take(r"\partial")
        by = self.letter()
        self.take("}")
        return ("derivative", by, ("symbol", of) if of else self.bracket())


@cache
def parse(latex: str, i: int = 1) -> Tree:
    """The tree of a displayed formula; the letter i stands for 1 or 2."""
    parser = _Parser(latex, i)
    tree = parser.sum()
    if parser.peek():
        raise LatexError(parser.peek())
    return tree


class Pair:
    """A vector of two."""

    def __init__(self, first: Any, second: Any) -> None:
        self.items = first, second

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Pair):
            return sum(p * q for p, q in zip(self.items, other.items, strict=True))
        return Pair(*(p * other for p in self.items))

    __rmul__ = __mul__


class World:
    """What numbers are. Subclasses say how to read, differentiate and take exp and log."""

    def number(self, text: str) -> Any:
        """A literal."""
        raise NotImplementedError

    def symbol(self, name: str, by: str) -> Any:
        """A letter, while differentiating with respect to ``by`` (or "")."""
        raise NotImplementedError

    def slot(self, text: str) -> Any:
        """A slot for a number."""
        raise NotImplementedError

    def exp(self, x: Any) -> Any:
        """e to the x."""
        raise NotImplementedError

    def log(self, x: Any) -> Any:
        """Natural logarithm."""
        raise NotImplementedError

    def derivative(self, body: Tree, by: str) -> Any:
        """d body / d by."""
        raise NotImplementedError


def value(tree: Tree, world: World, by: str = "") -> Any:
    """The value of a tree in a world."""
    kind, *rest = tree
    if kind == "number":
        return world.number(rest[0])
    if kind == "slot":
        return world.slot(rest[0])
    if kind == "symbol":
        if rest[0] in "wx":
            return Pair(*(world.symbol(f"{rest[0]}_{n}", by) for n in (1, 2)))
        return world.symbol(rest[0], by)
    if kind == "derivative":
        return world.derivative(rest[1], rest[0])
    if kind == "brace":
        return value(rest[0], world, by)
    args = [value(x, world, by) for x in rest]
    if kind == "sigma":
        return 1 / (1 + world.exp(-args[0]))
    table: dict[str, Callable[..., Any]] = {
        "neg": lambda x: -x,
        "+": lambda x, y: x + y,
        "-": lambda x, y: x - y,
        "*": lambda x, y: x * y,
        "/": lambda x, y: x / y,
        "^": lambda x, y: x**y,
        "exp": world.exp,
        "log": world.log,
        "vector": Pair,
    }
    return table[kind](*args)


def braces(tree: Tree) -> list[tuple[Tree, Tree]]:
    """Every (content, label) of an underbrace."""
    found = [(tree[1], tree[2])] if tree[0] == "brace" else []
    return found + [pair for x in tree[1:] if isinstance(x, tuple) for pair in braces(x)]


@cache
def _needs(loss: str, i: int) -> Mapping[str, frozenset[str]]:
    """All letters that each letter depends on."""
    found: dict[str, frozenset[str]] = {}

    def walk(name: str) -> frozenset[str]:
        if name not in found:
            text = meanings(loss, i).get(name, "")
            direct = re.findall(r"(?<![\\A-Za-z])[a-zA-Z](?:_[12])?(?![A-Za-z])", text)
            found[name] = frozenset(direct).union(*map(walk, direct))
        return found[name]

    for name in meanings(loss, i):
        walk(name)
    return found


class Symbolic(World):
    """Sympy expressions."""

    def __init__(self, loss: str, i: int) -> None:
        self.meanings, self.needs = meanings(loss, i), _needs(loss, i)

    def number(self, text: str) -> Any:
        return sympy.Integer(text)

    def symbol(self, name: str, by: str) -> Any:
        return sympy.Symbol(name)

    def exp(self, x: Any) -> Any:
        return sympy.exp(x)

    def log(self, x: Any) -> Any:
        return sympy.log(x)

    def derivative(self, body: Tree, by: str) -> Any:
        expression = sympy.sympify(value(body, self))
        while True:
            deeper = {
                s: value(parse(self.meanings[s.name]), self)
                for s in expression.free_symbols
                if s.name != by and by in self.needs.get(s.name, ())
            }
            if not deeper:
                return sympy.Derivative(expression, sympy.Symbol(by)).doit()
            expression = expression.subs(deeper)

    def ground(self, expression: Any) -> Any:
        """The expression in E = e^-z and inputs; b goes as -log E - w1 x1 - w2 x2."""
        e, b = sympy.Symbol("E", positive=True), sympy.Symbol("b")
        expression = sympy.sympify(expression)
        for name in "Lgtrhka":
            expression = expression.subs(
                sympy.Symbol(name), value(parse(self.meanings[name]), self)
            )
        z = value(parse(self.meanings["z"]), self)
        expression = expression.subs(b, -sympy.log(e) - (z - b))
        expression = expression.subs(sympy.Symbol("z"), -sympy.log(e))
        return sympy.expand(expression)


class Jet:
    """A number and its derivative, for forward-mode differentiation."""

    def __init__(self, v: Any, d: Any = 0) -> None:
        self.v, self.d = v, d

    @staticmethod
    def of(x: Any) -> Jet:
        """x as a jet."""
        return x if isinstance(x, Jet) else Jet(x)

    def __add__(self, other: Any) -> Jet:
        other = Jet.of(other)
        return Jet(self.v + other.v, self.d + other.d)

    def __neg__(self) -> Jet:
        return Jet(-self.v, -self.d)

    def __sub__(self, other: Any) -> Jet:
        return self + -Jet.of(other)

    def __rsub__(self, other: Any) -> Jet:
        return Jet.of(other) - self

    def __mul__(self, other: Any) -> Jet:
        other = Jet.of(other)
        return Jet(self.v * other.v, self.d * other.v + self.v * other.d)

    def __truediv__(self, other: Any) -> Jet:
        other = Jet.of(other)
        return Jet(self.v / other.v, (self.d * other.v - self.v * other.d) / (other.v * other.v))

    def __rtruediv__(self, other: Any) -> Jet:
        return Jet.of(other) / self

    def __pow__(self, n: Any) -> Jet:
        n = n.v if isinstance(n, Jet) else n
        return Jet(self.v**n, n * self.v ** (n - 1) * self.d)

    __radd__, __rmul__ = __add__, __mul__


class Numeric(World):
    """Numbers at one point, of whatever type ``of`` makes; exp and log to match.

    A lens makes visible what a plain value hides. With ``linear`` each derivative of f is
    f' + θf, another θ for each letter: rules that only use linearity keep that, and a wrong
    constant under a derivative shows. With ``zeros`` each 0, written or come out of a
    derivative, is ε: a wrong sign or factor on a 0 shows.
    """

    def __init__(
        self,
        loss: str,
        i: int,
        point: Mapping[str, Any],
        of: Callable[[str], Any],
        functions: Any,
        lens: str = "",
    ) -> None:
        self.meanings, self.needs = meanings(loss, i), _needs(loss, i)
        self.of, self.functions, self.lens = of, functions, lens
        self.epsilon = of("0.83")
        self.point = dict(point)
        for name in ("z", "a", "L", "g", "h", "k", "t", "r"):
            if name not in self.point:
                self.point[name] = value(parse(self.meanings[name]), self)

    def number(self, text: str) -> Any:
        return self.epsilon if self.lens == "zeros" and text == "0" else self.of(text)

    def symbol(self, name: str, by: str) -> Any:
        if name == by:
            return Jet(self.point[name], self.of("1"))
        if by and by in self.needs.get(name, ()):
            return value(parse(self.meanings[name]), self, by)
        return self.point[name]

    def exp(self, x: Any) -> Any:
        if isinstance(x, Jet):
            e = self.functions.exp(x.v)
            return Jet(e, e * x.d)
        return self.functions.exp(x)

    def log(self, x: Any) -> Any:
        if isinstance(x, Jet):
            return Jet(self.functions.log(x.v), x.d / x.v)
        return self.functions.log(x)

    def derivative(self, body: Tree, by: str) -> Any:
        jet = Jet.of(value(body, self, by))
        if self.lens == "linear":
            return jet.d + (1 + self.of("0.37") * _LETTERS.index(by)) * jet.v
        return self.epsilon if self.lens == "zeros" and jet.d == 0 else jet.d


class Shown(World):
    """Numbers as a reader with a calculator has them: from the digits on the screen."""

    def __init__(
        self, of: Callable[[str], Any], functions: Any, filled: Callable[[str], str] = str
    ) -> None:
        self.of, self.functions, self.filled = of, functions, filled

    def number(self, text: str) -> Any:
        return self.of(text)

    def slot(self, text: str) -> Any:
        return value(parse(self.filled(text)), self)

    def exp(self, x: Any) -> Any:
        return self.functions.exp(x)

    def log(self, x: Any) -> Any:
        return self.functions.log(x)


def fraction(text: str) -> Fraction:
    r"""A displayed number, ``4.248 \times 10^{-18}``, exactly."""
    mantissa, _, ten = text.partition(r" \times ")
    if not ten and text.startswith("10^"):
        mantissa, ten = "1", text
    return Fraction(mantissa) * (Fraction(10) ** int(ten[4:-1]) if ten else 1)


def spread(text: str) -> Fraction:
    """How far a displayed number can be from what it shows: half its last place.

    A number of fewer than four digits is shown whole.
    """
    mantissa = text.partition(r" \times ")[0]
    digits = mantissa.replace(".", "").lstrip("0")
    if len(digits) < 4 or text.startswith("10^"):
        return Fraction(0)
    places = len(mantissa.partition(".")[2])
    scale = fraction(text) / Fraction(mantissa)
    return scale * Fraction(1, 2 * 10**places)
