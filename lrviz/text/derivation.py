r"""The derivation of the gradient, line by line, as immutable data.

A part is a list of chains; within a chain every line equals the line before it, and the
first line equals the head. A side chain stands just before the line that ``uses`` it.
The LaTeX here is what is displayed, what is exported, and what the tests parse and check:
there is no second copy. It keeps to what KaTeX and plain amsmath share.

The steps follow http://ronny.rest/blog/post_2017_08_12_logistic_regression_derivative/,
in other words and smaller. A rule reads ``kind: detail``; the kinds are few, and a test
holds each line to what its kind allows.

Four letters are local names, `NAMES`: g = 1 - a, h = 1 + e^-z, k = -z, t = a - y. A fifth,
r, is whatever in z has no w_i in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from lrviz.core.graph import LOSSES, VIEWS, Loss, View, build

#: A number: a quantity key of `lrviz.core.graph.Pass.read`, a constant, or (operator, left, right)
#: with + - * /. As JSON it is nested lists, which a browser evaluates in five lines.
Expression: TypeAlias = "str | float | tuple[str, Expression, Expression]"

#: Local names and what they stand for, in LaTeX.
NAMES: Mapping[str, str] = MappingProxyType(
    {"g": "1 - a", "h": "1 + e^{-z}", "k": "-z", "t": "a - y"}
)
#: The parts in reading order: the values of the URL field ``part``.
KEYS = ("goal", "strategy", "1", "2", "3", "4", "5", "sigmoid", "result")


@dataclass(frozen=True, slots=True)
class Line:
    r"""One line of a chain.

    Attributes
    ----------
    latex : str
        The right side of the equals sign.
    rule : str
        What leads here from the line before, plain text, ``kind: detail``.
    about : tuple of str
        Nodes ("z") and edges ("a-L") of the features view that the line is about;
        `places` gives those of another view.
    uses : str
        A side chain of the same part, shown just before, or the part whose result is put in.
    note : str
        A remark for the reader, text with ``$``-math; mostly empty.
    i : int
        The feature, 1 or 2, that the letter i stands for in numbers.
    """

    latex: str
    rule: str
    about: tuple[str, ...] = ()
    uses: str = ""
    note: str = ""
    i: int = 1


@dataclass(frozen=True, slots=True)
class Chain:
    """Equal lines.

    Attributes
    ----------
    name : str
        Unique in its part.
    head : str
        LaTeX that every line equals.
    lines : tuple of Line
        In order.
    value : Expression
        The number that every line equals, from quantities that lose no digits.
    side : bool
        Whether it is a side calculation.
    title : str
        A few plain words for a heading.
    """

    name: str
    head: str
    lines: tuple[Line, ...]
    value: Expression
    side: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the derivation.

    Attributes
    ----------
    key : str
        Its value of the URL field ``part``.
    title, intro : str
        Plain text, and text with ``$``-math.
    chains : tuple of Chain
        Side chains stand before the chain that uses them.
    about : tuple of str
        Nodes and edges of the features view that it explains.
    wanted : tuple of str
        LaTeX to display before the chains: what is looked for.
    """

    key: str
    title: str
    intro: str
    chains: tuple[Chain, ...]
    about: tuple[str, ...]
    wanted: tuple[str, ...] = ()


class Step(NamedTuple):
    """A line in reading order, with the chain it belongs to and its place in that chain."""

    chain: Chain
    line: Line
    place: int


def _d(of: str, by: str) -> str:
    return rf"\frac{{\partial {of}}}{{\partial {by}}}"


def _op(by: str, body: str) -> str:
    return rf"\frac{{\partial}}{{\partial {by}}} \left[ {body} \right]"


def _times(*factors: str) -> str:
    return r" \cdot ".join(factors)


def _group(body: str) -> str:
    return rf"\left( {body} \right)"


def _lines(about: str, *rows: tuple[str, ...]) -> tuple[Line, ...]:
    # A row is (latex, rule[, uses[, note[, about]]]); about is space-separated.
    out = []
    for latex, rule, *more in rows:
        uses, note, own = (*more, "", "", "")[:3]
        out.append(Line(latex, rule, tuple((own or about).split()), uses, note))
    return tuple(out)


LA, AZ, LZ = _d("L", "a"), _d("a", "z"), _d("L", "z")
LW, LB, ZW, ZB = _d("L", "w_i"), _d("L", "b"), _d("z", "w_i"), _d("z", "b")
AFFINE = "w_1 x_1 + w_2 x_2 + b"
SIGMOID = r"\frac{1}{1 + e^{-z}}"
TAIL = r"\frac{e^{-z}}{1 + e^{-z}}"
LOG_A, LOG_G = r"y \log a", r"(1 - y) \log(1 - a)"
_OVER_G, _HALF = r"\frac{1}{g}", r"\frac{1}{2}"
_ONE = r"\frac{1 - y}{1 - a} - \frac{y}{a}"  # what part 1 ends on
_INNER = _op("a", LOG_G)


# --- goal and strategy ---------------------------------------------------------------

_GOAL_INTRO = (
    "The model turns the features $x$ into a prediction $a$, and the loss $L$ says how badly "
    "$a$ fits the label $y$, the true answer, which is 0 or 1. With $y = 1$ the log loss is only "
    r"$-\log a$, with $y = 0$ only $-\log(1 - a)$: the other term is multiplied by zero. To "
    "learn, the model must know how fast $L$ changes when one weight, or the bias, moves a little "
    "while everything else stands still. Those two rates are wanted: "
    r"partial derivatives, written with a curly $\partial$, and found with the usual rules, all "
    "other letters being treated as constants. "
    "The vectors $x$ and $w$ may have any length $n$, and then "
    r"$z = w_1 x_1 + w_2 x_2 + \cdots + w_n x_n + b$. Two features are enough to see "
    "everything: each weight meets only its own feature, so what is found for $w_1$ and $x_1$ "
    "holds for any $w_i$ and $x_i$."
)
_NATURAL = r"$\log$ is the natural logarithm, base $e$, here and everywhere below."

_LOSS_LINES: Mapping[Loss, tuple[Line, ...]] = {
    "log": _lines(
        "L",
        (
            "-" + _group(f"{LOG_A} + {LOG_G}"),
            "definition: the log loss, with the natural log",
            "",
            _NATURAL,
        ),
        (rf"-{LOG_A} - {LOG_G}", "signs: the minus in front goes to both terms"),
    ),
    "squared": _lines("L", (r"\frac{1}{2} (a - y)^2", "definition: half the squared error")),
}


def _goal(loss: Loss) -> Part:
    z = _lines(
        "z",
        (r"w \cdot x + b", "definition: a dot product plus the bias"),
        (AFFINE, "multiply out: the dot product pairs each weight with its feature"),
    )
    a = _lines(
        "a",
        (r"\sigma(z)", "definition: the sigmoid of z"),
        (SIGMOID, "put in: the formula of the sigmoid"),
    )
    return Part(
        "goal",
        "What is wanted",
        _GOAL_INTRO,
        (
            Chain("z", "z", z, "value.z", title="From the features to one number"),
            Chain("a", "a", a, "value.a", title="From that number to a prediction"),
            Chain("L", "L", _LOSS_LINES[loss], "value.L", title="From the prediction to the loss"),
        ),
        ("x1", "x2", "y", "L", "y-L"),
        (LW, LB),
    )


_STRATEGY_INTRO = (
    "A nudge to $w_i$ moves $z$; the move of $z$ moves $a$; the move of $a$ moves $L$. There is "
    "no other way from $w_i$ to $L$, and along a single way the rates multiply: that is the "
    "chain rule. With the numbers the page opens with, $w_1 + 0.01$ moves $z$ by $0.015$, that "
    r"moves $a$ by $0.015 \cdot 0.2425 \approx 0.003638$, and that moves the log loss by "
    r"$0.003638 \cdot (-1.705) \approx -0.0062$. One hard derivative falls into small ones. The "
    "two that lead from $z$ to $L$ do not "
    "depend on which parameter is asked for, so they are worked out once and used for all."
)


def _braced(last: str) -> str:
    return _times(rf"\underbrace{{{_times(LA, AZ)}}}_{{{LZ}}}", last)


def _strategy() -> Part:
    def plan(symbol: str, last: str, edge: str) -> tuple[Line, ...]:
        return _lines(
            f"a-L z-a {edge}",
            (
                _times(LZ, last),
                f"chain rule: {symbol} reaches L only through z",
                "",
                "",
                f"z {edge}",
            ),
            (_braced(last), "chain rule: z reaches L only through a"),
        )

    return Part(
        "strategy",
        "The plan: multiply along the path",
        _STRATEGY_INTRO,
        (
            Chain("weight", LW, plan("wᵢ", ZW, "wi-z"), "adjoint.wi", title="For a weight"),
            Chain("bias", LB, plan("b", ZB, "b-z"), "adjoint.b", title="For the bias"),
        ),
        (),
    )


# --- the five components -------------------------------------------------------------


def _one_log() -> Part:
    inner = _lines(
        "a-L",
        (
            _times("(1 - y)", _op("a", r"\log(1 - a)")),
            "constant factor: 1 − y has no a in it",
        ),
        (
            _times("(1 - y)", _op("a", r"\log \underbrace{(1 - a)}_{g}")),
            "name: the inside is g = 1 − a",
        ),
        (
            _times("(1 - y)", _op("g", r"\log g"), _d("g", "a")),
            "chain rule: outer derivative times inner derivative",
        ),
        (
            _times("(1 - y)", _OVER_G, _d("g", "a")),
            "derivative of log: the natural log of g gives 1/g",
        ),
        (
            _times("(1 - y)", _OVER_G, _op("a", "1 - a")),
            "put in: g is 1 − a",
        ),
        (
            _times("(1 - y)", _OVER_G, _group(f"{_op('a', '1')} - {_op('a', 'a')}")),
            "difference rule: term by term",
        ),
        (
            _times("(1 - y)", _OVER_G, _group(f"0 - {_op('a', 'a')}")),
            "constant: 1 does not change with a",
        ),
        (
            _times("(1 - y)", _OVER_G, "(0 - 1)"),
            "variable: the derivative of a by a is 1",
        ),
        (_times("(1 - y)", _OVER_G, "(-1)"), "zero: 0 − 1 is −1"),
        (_times("(1 - y)", _group(f"-{_OVER_G}")), "signs: times −1 turns the sign"),
        (_times("-(1 - y)", _OVER_G), "signs: the minus goes to the front"),
        (r"-\frac{1 - y}{g}", "fractions: multiply into the numerator"),
        (r"-\frac{1 - y}{1 - a}", "put in: g is 1 − a"),
    )
    main = _lines(
        "a-L",
        (
            _op("a", "-" + _group(f"{LOG_A} + {LOG_G}")),
            "definition: the log loss, with the natural log",
            "",
            "Only $a$ varies here; the label $y$ is held still like any constant.",
            "L",
        ),
        (rf"-{_op('a', f'{LOG_A} + {LOG_G}')}", "constant factor: −1 moves out"),
        ("-" + _group(_op("a", LOG_A) + f" + {_INNER}"), "sum rule: term by term"),
        (
            "-" + _group(_times("y", _op("a", r"\log a")) + f" + {_INNER}"),
            "constant factor: y has no a in it",
        ),
        (
            "-" + _group(_times("y", r"\frac{1}{a}") + f" + {_INNER}"),
            "derivative of log: the natural log of a gives 1/a",
        ),
        (
            "-" + _group(rf"\frac{{y}}{{a}} + {_INNER}"),
            "fractions: multiply into the numerator",
        ),
        (
            r"-\left( \frac{y}{a} + \left( -\frac{1 - y}{1 - a} \right) \right)",
            "put in: the side calculation",
            "inner",
        ),
        (
            r"-\left( \frac{y}{a} - \frac{1 - y}{1 - a} \right)",
            "signs: adding a negative is subtracting",
        ),
        (
            r"-\frac{y}{a} + \frac{1 - y}{1 - a}",
            "signs: the minus in front turns both signs",
        ),
        (_ONE, "order: the positive term first"),
    )
    return Part(
        "1",
        "① ∂L/∂a: the loss against the prediction",
        "How fast does the loss change with the prediction? The loss is a sum of two logarithms; "
        "the second has $1 - a$ inside and needs a chain rule of its own. Far from the label this "
        "rate has no bound: it divides by $a$, or by $1 - a$.",
        (
            Chain(
                "inner",
                _INNER,
                inner,
                ("/", ("-", "value.y", 1), "complement.a"),
                side=True,
                title="On the side: the second logarithm",
            ),
            Chain("main", LA, main, "local.a-L"),
        ),
        ("a", "a-L"),
    )


def _one_squared() -> Part:
    main = _lines(
        "a-L",
        (
            _op("a", r"\frac{1}{2} (a - y)^2"),
            "definition: half the squared error",
            "",
            "Only $a$ varies here; the label $y$ is held still like any constant.",
            "L",
        ),
        (
            _times(_HALF, _op("a", "(a - y)^2")),
            "constant factor: one half moves out",
        ),
        (
            _times(_HALF, _op("a", r"( \underbrace{a - y}_{t} )^2")),
            "name: the inside is t = a − y",
        ),
        (
            _times(_HALF, _op("t", "t^2"), _d("t", "a")),
            "chain rule: outer derivative times inner derivative",
        ),
        (
            _times(_HALF, "2 t", _d("t", "a")),
            "power rule: t squared gives 2t",
        ),
        (_times("t", _d("t", "a")), "arithmetic: a half of 2 is 1"),
        (_times("t", _op("a", "a - y")), "put in: t is a − y"),
        (
            _times("t", _group(f"{_op('a', 'a')} - {_op('a', 'y')}")),
            "difference rule: term by term",
        ),
        (
            _times("t", _group(f"{_op('a', 'a')} - 0")),
            "constant: y does not change with a",
        ),
        (r"t \cdot (1 - 0)", "variable: the derivative of a by a is 1"),
        (r"t \cdot 1", "zero: taking away 0 changes nothing"),
        ("t", "arithmetic: times 1 changes nothing"),
        ("a - y", "put in: t is a − y"),
    )
    return Part(
        "1",
        "① ∂L/∂a: the loss against the prediction",
        "The same question for half the squared error. Its rate is the error itself, and so it "
        "never exceeds 1 in size: nothing blows up here, and that will be the trouble.",
        (Chain("main", LA, main, "local.a-L"),),
        ("a", "a-L"),
    )


def _two() -> Part:
    main = _lines(
        "z-a",
        (_op("z", r"\sigma(z)"), "definition: a is the sigmoid of z", "", "", "a"),
        (
            r"\sigma(z) (1 - \sigma(z))",
            "derivative of the sigmoid: worked out in the part σ′",
            "sigmoid",
        ),
        ("a (1 - a)", "put in: the sigmoid of z is a"),
    )
    return Part(
        "2",
        "② ∂a/∂z: the prediction against z",
        "The sigmoid has a derivative that can be written with its own value. Why that is so, "
        "line by line, is the part on the sigmoid. It is at most a quarter, and vanishes as $a$ "
        "comes close to 0 or 1.",
        (Chain("main", AZ, main, "local.z-a"),),
        ("z-a",),
    )


def _three_log() -> Part:
    main = _lines(
        "z",
        (_times(LA, AZ), "chain rule: z reaches L only through a", "", "", "a-L z-a"),
        (_times(_group(_ONE), AZ), "put in: the result of ①", "1", "", "a-L"),
        (_times(_group(_ONE), "a (1 - a)"), "put in: the result of ②", "2", "", "z-a"),
        (
            r"\frac{1 - y}{1 - a} \cdot a (1 - a) - \frac{y}{a} \cdot a (1 - a)",
            "multiply out: the bracket, term by term",
        ),
        (
            r"\frac{(1 - y) a (1 - a)}{1 - a} - \frac{y a (1 - a)}{a}",
            "fractions: multiply into the numerators",
        ),
        (
            r"(1 - y) a - \frac{y a (1 - a)}{a}",
            "cancel: 1 − a above and below",
            "",
            "For $y = 0$ and a large $z$, the $1 - a$ that ① divides by is next to nothing. It is "
            "the very $1 - a$ that ② multiplies by: blow-up and vanishing are one number, and it "
            "is gone.",
            "a-L z-a",
        ),
        (
            "(1 - y) a - y (1 - a)",
            "cancel: a above and below",
            "",
            "For $y = 1$ and a very negative $z$ the same happens to $a$.",
            "a-L z-a",
        ),
        ("a - y a - y (1 - a)", "multiply out: the first bracket"),
        ("a - y a - y + y a", "multiply out: the second bracket; minus times minus is plus"),
        ("a - y", "cancel: ya is taken away and added"),
    )
    return Part(
        "3",
        "③ ∂L/∂z: the two together",
        "Now the brace: ① times ②. ① can be huge and ② tiny, yet their product stays between −1 "
        "and 1.",
        (Chain("main", LZ, main, "adjoint.z"),),
        ("z",),
    )


def _three_squared() -> Part:
    main = _lines(
        "z",
        (_times(LA, AZ), "chain rule: z reaches L only through a", "", "", "a-L z-a"),
        (_times("(a - y)", AZ), "put in: the result of ①", "1", "", "a-L"),
        (
            r"(a - y) \cdot a (1 - a)",
            "put in: the result of ②",
            "2",
            "Nothing is divided by $a$ or $1 - a$, so nothing cancels. A confident prediction "
            "makes this small even when it is wrong: the gradient dies where it is needed most.",
            "z-a",
        ),
    )
    return Part(
        "3",
        "③ ∂L/∂z: the two together",
        "The brace once more, with half the squared error: ① times ②. This time the small factor "
        "of ② meets nothing that could cancel it.",
        (Chain("main", LZ, main, "adjoint.z"),),
        ("z",),
    )


def _four() -> Part:
    w1 = "w_1"
    first = _lines(
        "w1-z",
        (_op(w1, AFFINE), "definition: z with two features", "", "", "z"),
        (
            f"{_op(w1, 'w_1 x_1')} + {_op(w1, 'w_2 x_2')} + {_op(w1, 'b')}",
            "sum rule: term by term",
        ),
        (f"{_op(w1, 'w_1 x_1')} + 0 + 0", "constant: no w₁ in either of the last two terms"),
        (_times("x_1", _op(w1, w1)) + " + 0 + 0", "constant factor: x₁ moves out"),
        (r"x_1 \cdot 1 + 0 + 0", "variable: the derivative of w₁ by w₁ is 1"),
        ("x_1 + 0 + 0", "arithmetic: times 1 changes nothing"),
        ("x_1", "zero: adding 0 changes nothing"),
    )
    wi = "w_i"
    general = _lines(
        "wi-z",
        (
            _op(wi, "w_i x_i + r"),
            "definition: one term of z has wᵢ; all the rest is r",
            "",
            "With $n$ features, $r$ is the sum of the other $n - 1$ products and $b$. However "
            "long it is, there is no $w_i$ in it.",
            "z",
        ),
        (f"{_op(wi, 'w_i x_i')} + {_op(wi, 'r')}", "sum rule: term by term"),
        (f"{_op(wi, 'w_i x_i')} + 0", "constant: no wᵢ in r"),
        (_times("x_i", _op(wi, wi)) + " + 0", "constant factor: xᵢ moves out"),
        (r"x_i \cdot 1 + 0", "variable: the derivative of wᵢ by wᵢ is 1"),
        ("x_i + 0", "arithmetic: times 1 changes nothing"),
        ("x_i", "zero: adding 0 changes nothing"),
    )
    return Part(
        "4",
        "④ ∂z/∂wᵢ: z against a weight",
        "Each weight stands in one term only, next to its feature. First for $i = 1$ with two "
        "features, then for any $i$ and any number of features.",
        (
            Chain("first", _d("z", w1), first, "local.w1-z", title="For i = 1"),
            Chain("general", ZW, general, "local.wi-z", title="For any i"),
        ),
        ("w1-z", "w2-z", "x1-z", "x2-z"),
    )


def _five() -> Part:
    main = _lines(
        "b-z",
        (_op("b", AFFINE), "definition: z with two features", "", "", "z"),
        (
            f"{_op('b', 'w_1 x_1')} + {_op('b', 'w_2 x_2')} + {_op('b', 'b')}",
            "sum rule: term by term",
        ),
        (f"0 + 0 + {_op('b', 'b')}", "constant: no b in either of the first two terms"),
        ("0 + 0 + 1", "variable: the derivative of b by b is 1"),
        ("1", "zero: adding 0 changes nothing"),
    )
    return Part(
        "5",
        "⑤ ∂z/∂b: z against the bias",
        "The bias is simply added, so $z$ follows it one to one.",
        (Chain("main", ZB, main, "local.b-z"),),
        ("b-z",),
    )


# --- the sigmoid ---------------------------------------------------------------------


def _sigmoid() -> Part:
    z, dh, dk = "z", _d("h", "z"), _d("k", "z")
    denominator = _lines(
        "z-a",
        (_op(z, "1 + e^{-z}"), "definition: h is 1 plus e to the −z"),
        (f"{_op(z, '1')} + {_op(z, 'e^{-z}')}", "sum rule: term by term"),
        (f"0 + {_op(z, 'e^{-z}')}", "constant: 1 does not change with z"),
        (_op(z, "e^{-z}"), "zero: adding 0 changes nothing"),
        (_op(z, "e^{k}"), "name: the exponent is k = −z"),
        (_times(_op("k", "e^{k}"), dk), "chain rule: outer derivative times inner derivative"),
        (_times("e^{k}", dk), "derivative of exp: e to the k is its own derivative"),
        (_times("e^{k}", _op(z, "-z")), "put in: k is −z"),
        (_times("e^{k}", _group(f"-{_op(z, z)}")), "constant factor: −1 moves out"),
        (_times("e^{k}", "(-1)"), "variable: the derivative of z by z is 1"),
        ("-e^{k}", "signs: times −1 turns the sign"),
        ("-e^{-z}", "put in: k is −z"),
    )
    complement = _lines(
        "a",
        (
            r"\frac{1 + e^{-z} - 1}{1 + e^{-z}}",
            "add and take away: 1 in the numerator",
        ),
        (
            r"\frac{1 + e^{-z}}{1 + e^{-z}} - \frac{1}{1 + e^{-z}}",
            "fractions: one fraction becomes two",
        ),
        (r"1 - \frac{1}{1 + e^{-z}}", "cancel: equal above and below make 1"),
        ("1 - a", "put in: the fraction is a"),
    )
    main = _lines(
        "z-a",
        (_op(z, SIGMOID), "definition: the sigmoid", "", "", "a"),
        (
            _op(z, r"\frac{1}{\underbrace{1 + e^{-z}}_{h}}"),
            "name: the denominator is h",
        ),
        (_op(z, "h^{-1}"), "powers: one over h is h to the −1"),
        (
            _times(_op("h", "h^{-1}"), dh),
            "chain rule: outer derivative times inner derivative",
        ),
        (
            _times("(-1) h^{-2}", dh),
            "power rule: the exponent comes down and drops by 1",
        ),
        (_times("-h^{-2}", dh), "signs: times −1 turns the sign"),
        (_times(r"-\frac{1}{h^2}", dh), "powers: h to the −2 is one over h squared"),
        (
            r"-\frac{1}{h^2} \cdot \left( -e^{-z} \right)",
            "put in: the first side calculation",
            "denominator",
        ),
        (r"\frac{1}{h^2} \cdot e^{-z}", "signs: minus times minus is plus"),
        (r"\frac{e^{-z}}{h^2}", "fractions: multiply into the numerator"),
        (r"\frac{e^{-z}}{(1 + e^{-z})^2}", "put in: h is 1 plus e to the −z"),
        (_times(SIGMOID, TAIL), "fractions: one fraction becomes a product of two"),
        (_times("a", TAIL), "put in: the first fraction is a"),
        (r"a (1 - a)", "put in: the second side calculation", "complement"),
    )
    return Part(
        "sigmoid",
        "The derivative of the sigmoid",
        r"The sigmoid is $\sigma(z) = 1/(1 + e^{-z})$, and $a = \sigma(z)$. Two side calculations "
        "help: the derivative of the denominator, and what is left when $a$ is taken from 1.",
        (
            Chain(
                "denominator",
                dh,
                denominator,
                ("/", ("-", 0, "complement.a"), "value.a"),
                side=True,
                title="On the side: the denominator",
            ),
            Chain(
                "complement",
                TAIL,
                complement,
                "complement.a",
                side=True,
                title="On the side: what is left to 1",
            ),
            Chain("main", AZ, main, "local.z-a"),
        ),
        (),
    )


# --- the assembly --------------------------------------------------------------------


def _result(loss: Loss) -> Part:
    bare, z = {
        "log": ("a - y", "(a - y)"),
        "squared": (r"(a - y) \cdot a (1 - a)",) * 2,
    }[loss]
    weight = _lines(
        "z",
        (_times(LZ, ZW), "chain rule: wᵢ reaches L only through z", "", "", "z wi-z"),
        (_times(z, ZW), "put in: the result of ③", "3"),
        (_times(z, "x_i"), "put in: the result of ④", "4", "", "wi"),
    )
    bias = _lines(
        "z",
        (_times(LZ, ZB), "chain rule: b reaches L only through z", "", "", "z b-z"),
        (_times(z, ZB), "put in: the result of ③", "3"),
        (_times(z, "1"), "put in: the result of ⑤", "5", "", "b-z"),
        (bare, "arithmetic: times 1 changes nothing", "", "", "b"),
    )
    return Part(
        "result",
        "The two formulas",
        (
            "Everything is in place. How wrong the prediction is, times how strongly the weight's "
            "feature was there: that is the derivative for a weight. The bias has no feature, and "
            "its derivative is how wrong the prediction is. Together they are called the gradient."
            if loss == "log"
            else "Everything is in place. The error and the feature are there as with the log "
            "loss, but so is the factor $a (1 - a)$, which fades when the prediction is confident."
        ),
        (
            Chain("weight", LW, weight, "adjoint.wi", title="For a weight"),
            Chain("bias", LB, bias, "adjoint.b", title="For the bias"),
        ),
        ("w1", "w2", "b"),
    )


# --- reading it ----------------------------------------------------------------------


@cache
def parts(loss: Loss = "log", i: int = 1) -> Mapping[str, Part]:
    """Every part by its key, in reading order.

    Parameters
    ----------
    loss : {"log", "squared"}
        The squared error differs in the parts ``variant("squared")``; the rest is shared.
    i : {1, 2}
        The feature that the letter i stands for in values, ``about`` and numbers.
        The displayed LaTeX is the same for both.

    Raises
    ------
    ValueError
        loss or i is unknown.
    """
    if loss not in LOSSES:
        raise ValueError(f"The loss must be one of {', '.join(LOSSES)}, not {loss!r}.")
    if i not in (1, 2):
        raise ValueError(f"i must be 1 or 2, not {i!r}.")
    one, three = (_one_log(), _three_log()) if loss == "log" else (_one_squared(), _three_squared())
    before, after = (_goal(loss), _strategy()), (_four(), _five(), _sigmoid(), _result(loss))
    made = (*before, one, _two(), three, *after)
    return MappingProxyType({part.key: _indexed(part, i) for part in made})


def _indexed(part: Part, i: int) -> Part:
    def key(text: str) -> str:
        return text.replace("wi", f"w{i}")

    def chain(old: Chain) -> Chain:
        lines = tuple(replace(x, i=i, about=tuple(map(key, x.about))) for x in old.lines)
        value = key(old.value) if isinstance(old.value, str) else old.value
        return replace(old, lines=lines, value=value)

    return replace(part, chains=tuple(map(chain, part.chains)))


def variant(loss: Loss) -> tuple[str, ...]:
    """Keys of the parts in which this loss differs from the log loss."""
    return tuple(k for k, part in parts(loss).items() if part != parts("log")[k])


def steps(part: Part) -> tuple[Step, ...]:
    """Every line in reading order: a side chain comes just before the line that uses it."""
    by_name = {chain.name: chain for chain in part.chains}

    def walk(chain: Chain) -> Iterator[Step]:
        for place, line in enumerate(chain.lines):
            if line.uses in by_name:
                yield from walk(by_name[line.uses])
            yield Step(chain, line, place)

    return tuple(step for chain in part.chains if not chain.side for step in walk(chain))


#: Nodes and edges of the vector and the operations view, by those of the features view.
_PLACES: Mapping[View, Mapping[str, tuple[str, ...]]] = {
    "features": {},
    "vector": {
        **{f"{v}{n}": (v,) for v in "xw" for n in "12"},
        **{f"{v}{n}-z": (f"{v}-z",) for v in "xw" for n in "12"},
    },
    "operations": {
        **{f"{v}{n}-z": (f"{v}{n}-u{n}", f"u{n}-s", "s-z") for v in "xw" for n in "12"},
    },
}


def places(about: tuple[str, ...], view: View = "features") -> tuple[str, ...]:
    """The nodes and edges of a view that stand for ``about``, each once, in order."""
    found = (name for key in about for name in _PLACES[view].get(key, (key,)))
    return tuple(dict.fromkeys(found))


@cache
def _explained() -> Mapping[str, str]:
    table = {
        name: part.key
        for view in VIEWS
        for part in parts().values()
        for name in places(part.about, view)
    }
    # In the operations view z is in three pieces, and its edges pass ④ on.
    return MappingProxyType({**table, "u1": "4", "u2": "4", "s": "4"})


def part_of(node_or_edge: str) -> str:
    """Key of the part that explains a node ("z") or an edge ("w1-z") of any view.

    Raises
    ------
    KeyError
        No view has it.
    """
    return _explained()[node_or_edge]


def explains(part: str, view: View = "features") -> tuple[str, ...]:
    """Nodes and edges of a view that a part explains: `part_of`, the other way."""
    graph = build(view)
    names = (*graph.nodes, *("-".join(edge) for edge in graph.edges))
    return tuple(name for name in names if part_of(name) == part)


def formulas() -> tuple[tuple[str, str], ...]:
    """(name, LaTeX) of every formula of the derivation on one sheet, in order."""

    def ends(loss: Loss, key: str, name: str, index: int = -1) -> str:
        chain = next(c for c in parts(loss)[key].chains if c.name == name)
        return f"{chain.head} = {chain.lines[index].latex}"

    return (
        ("z, from vectors", ends("log", "goal", "z", 0)),
        ("z, with two features", ends("log", "goal", "z")),
        ("The prediction", f"a = {parts()['goal'].chains[1].lines[0].latex} = {SIGMOID}"),
        ("Log loss, natural log", ends("log", "goal", "L", 0)),
        ("The chain rule for a weight", ends("log", "strategy", "weight")),
        ("The chain rule for the bias", ends("log", "strategy", "bias")),
        ("① Loss against prediction", ends("log", "1", "main")),
        ("② Prediction against z, the sigmoid's derivative", ends("log", "2", "main")),
        ("③ Loss against z", ends("log", "3", "main")),
        ("④ z against a weight", ends("log", "4", "general")),
        ("⑤ z against the bias", ends("log", "5", "main")),
        ("Gradient for a weight", ends("log", "result", "weight")),
        ("Gradient for the bias", ends("log", "result", "bias")),
        ("Half the squared error", ends("squared", "goal", "L", 0)),
        ("① with squared error", ends("squared", "1", "main")),
        ("③ with squared error", ends("squared", "3", "main")),
        ("Gradient for a weight, squared error", ends("squared", "result", "weight")),
        ("Gradient for the bias, squared error", ends("squared", "result", "bias")),
    )
