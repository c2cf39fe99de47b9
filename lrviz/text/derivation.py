r"""The derivation of the gradient, line by line, as immutable data.

A part is a list of chains; within a chain every line equals the line before it, and the
first line equals the head. A side chain stands just before the line that ``uses`` it.
Lines are expressions (see `lrviz.core.expression`): the LaTeX that is displayed, exported and
checked, and the numbers beside it, all come from the one tree.

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
from typing import Any, NamedTuple

from lrviz.core.expression import (
    HALF,
    Expression,
    derivative,
    exp,
    latex,
    log,
    named,
    number,
    rate,
    sigma,
    simplified,
    symbol,
    symbols,
)
from lrviz.core.graph import (
    INPUTS,
    LOSSES,
    VIEWS,
    Loss,
    View,
    between,
    build,
    differentiate,
    holder,
)
from lrviz.core.ops import OPS, RESIDUAL, SIGMOID
from lrviz.settings import GRAPH, defaults
from lrviz.text.prose import NOTHING, Text, say

L, a, z, b, y = symbols("L", "a", "z", "b", "y")
g, h, k, t, r = symbols("g", "h", "k", "t", "r")
x, w, w1, x1, w2, x2, wi, xi = symbols("x", "w", "w1", "x1", "w2", "x2", "wi", "xi")
ZERO, ONE = number(0), number(1)

#: Local names and what they stand for.
NAMES: Mapping[str, Expression] = MappingProxyType(
    {"g": 1 - a, "h": 1 + exp(-z), "k": -z, "t": a - y}
)
#: The parts in reading order: the values of the URL field ``part``.
KEYS = ("goal", "strategy", "1", "2", "3", "4", "5", "sigmoid", "result")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chain.

    Attributes
    ----------
    shown : Expression
        The right side of the equals sign.
    rule : Text
        What leads here from the line before, ``kind: detail``.
    about : tuple of str
        Nodes ("z") and edges ("a-L") of the features view that the line is about;
        `places` gives those of another view.
    uses : str
        A side chain of the same part, shown just before, or the part whose result is put in.
    note : Text
        A remark for the reader; mostly empty.
    i : int
        The feature, 1 or 2, that the letter i stands for in numbers.
    """

    shown: Expression
    rule: Text
    about: tuple[str, ...] = ()
    uses: str = ""
    note: Text = NOTHING
    i: int = 1

    @property
    def latex(self) -> str:
        """What is displayed."""
        return latex(self.shown)

    @property
    def meant(self) -> Expression:
        """The line in letters that have values: without local names, and with i as it is."""
        indexed = {"wi": symbol(f"w{self.i}"), "xi": symbol(f"x{self.i}")}
        return self.shown.put({**NAMES, **indexed})


@dataclass(frozen=True, slots=True)
class Chain:
    """Equal lines.

    Attributes
    ----------
    name : str
        Unique in its part.
    head : Expression
        What every line equals.
    lines : tuple of Line
        In order.
    side : bool
        Whether it is a side calculation.
    title : str
        A few plain words for a heading.
    computed : Expression or None
        What gives the number of all lines where the last one would lose digits, or is not the
        shortest.
    """

    name: str
    head: Expression
    lines: tuple[Line, ...]
    side: bool = False
    title: str = ""
    computed: Expression | None = None

    @property
    def value(self) -> Expression:
        """What gives the number that every line equals, with no digit lost."""
        last = self.lines[-1]
        return last.meant if self.computed is None else replace(last, shown=self.computed).meant


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the derivation.

    Attributes
    ----------
    key : str
        Its value of the URL field ``part``.
    title, intro : Text
    chains : tuple of Chain
        Side chains stand before the chain that uses them.
    about : tuple of str
        Nodes and edges of the features view that it explains.
    wanted : tuple of Expression
        To display before the chains: what is looked for.
    """

    key: str
    title: Text
    intro: Text
    chains: tuple[Chain, ...]
    about: tuple[str, ...]
    wanted: tuple[Expression, ...] = ()


class Step(NamedTuple):
    """A line in reading order, with the chain it belongs to and its place in that chain."""

    chain: Chain
    line: Line
    place: int


def _text(said: str | Text) -> Text:
    return say(said) if isinstance(said, str) else said


def _lines(about: str, *rows: tuple[Any, ...]) -> tuple[Line, ...]:
    # A row is (expression, rule[, uses[, note[, about]]]); about is space-separated.
    out = []
    for shown, rule, *more in rows:
        uses, note, own = (*more, "", "", "")[:3]
        out.append(Line(shown, _text(rule), tuple((own or about).split()), uses, _text(note)))
    return tuple(out)


LA, AZ, LZ = rate(L, a), rate(a, z), rate(L, z)
LW, LB, ZW, ZB = rate(L, wi), rate(L, b), rate(z, wi), rate(z, b)
D = derivative
AFFINE = OPS["affine"].formula
DOT = OPS["dot"].formula
LOSS: Mapping[Loss, Expression] = MappingProxyType(
    {"log": OPS["log_loss"].formula, "squared": OPS["squared_error"].formula}
)
TAIL = exp(-z) / (1 + exp(-z))
LOG_A, LOG_G = y * log(a), (1 - y) * log(1 - a)
_ONE = OPS["log_loss"].rates[0]  # what part 1 ends on
_SLOPE = OPS["sigmoid"].rates[0]  # and part 2
_INNER = D(a, LOG_G)


def _with_label(loss: Expression, label: int) -> Expression:
    return simplified(loss.put({"y": number(label)}))


# --- goal and strategy ---------------------------------------------------------------

#: What the loss comes to for either label.
_EITHER: Mapping[Loss, str] = {
    "log": "With {} = 1 the log loss is only {}, with {} = 0 only {}: the other term is multiplied "
    "by zero. ",
    "squared": "With {} = 1 the loss is {}, with {} = 0 it is {}. ",
}


def _goal_intro(loss: Loss) -> Text:
    ones = y, _with_label(LOSS[loss], 1), y, _with_label(LOSS[loss], 0)
    many = w1 * x1 + w2 * x2 + symbol("...") + symbol("wn") * symbol("xn") + b
    return say(
        "The model turns the features {} into a prediction {}, and the loss {} says how badly "
        "{} fits the label {}, the true answer, which is 0 or 1. " + _EITHER[loss] + "To "
        "learn, the model must know how fast {} changes when one weight, or the bias, moves a "
        "little while the other inputs stand still. Those two rates are wanted: "
        "partial derivatives, written with a curly {}, and found with the usual rules, the other "
        "inputs being treated as constants. "
        "The vectors {} and {} may have any length {}, and then "
        "{} = {}. Two features are enough to see "
        "everything: each weight meets only its own feature, so what is found for {} and {} "
        "holds for any {} and {}.",
        *(x, a, L, a, y, *ones, L, symbol("partial"), x, w, symbol("n"), z, many, w1, x1, wi, xi),
    )


_NATURAL = "log is the natural logarithm, base e, here and everywhere below."

_LOSS_LINES: Mapping[Loss, tuple[Line, ...]] = {
    "log": _lines(
        "L",
        (LOSS["log"], "definition: the log loss, with the natural log", "", _NATURAL),
        (-(y * log(a)) - LOG_G, "signs: the minus in front goes to both terms"),
    ),
    "squared": _lines("L", (LOSS["squared"], "definition: half the squared error")),
}


def _goal(loss: Loss) -> Part:
    to_z = _lines(
        "z",
        (DOT, "definition: a dot product plus the bias"),
        (AFFINE, "multiply out: the dot product pairs each weight with its feature"),
    )
    to_a = _lines(
        "a",
        (sigma(z), say("definition: the sigmoid of {}", z)),
        (SIGMOID, "put in: the formula of the sigmoid"),
    )
    return Part(
        "goal",
        say("What is wanted"),
        _goal_intro(loss),
        (
            Chain("z", z, to_z, title="From the features to one number"),
            Chain("a", a, to_a, title="From that number to a prediction", computed=sigma(z)),
            Chain(
                "L",
                L,
                _LOSS_LINES[loss],
                title="From the prediction to the loss",
                computed=LOSS[loss],
            ),
        ),
        ("x1", "x2", "y", "L", "y-L"),
        (LW, LB),
    )


def _strategy_intro(loss: Loss) -> Text:
    opening = defaults(GRAPH)
    p = differentiate(**{name: opening[name] for name in INPUTS}, loss=loss)
    nudge, by_z, by_a, by_l = 0.01, p.locals["w1", "z"], p.locals["z", "a"], p.locals["a", "L"]

    def shown(value: float) -> Expression:
        return number(float(f"{value:.4g}"))

    moved, roughly = nudge * by_z, symbol("approx")
    return say(
        "A nudge to {} moves {}; the move of {} moves {}; the move of {} moves {}. There is "
        "no other way from {} to {}, and along a single way the rates multiply: that is the "
        "chain rule. With the numbers the page opens with, {} moves {} by {}, that "
        "moves {} by about {} {} {}, and that moves the loss by about "
        "{} {} {}. One hard derivative falls into small ones. The "
        "two that lead from {} to {} do not "
        "depend on which parameter is asked for, so they are worked out once and used for all.",
        *(wi, z, z, a, a, L, wi, L),
        *(w1 + nudge, z, shown(moved), a, shown(moved) @ shown(by_a), roughly),
        *(
            shown(moved * by_a),
            shown(moved * by_a) @ shown(by_l),
            roughly,
            shown(moved * by_a * by_l),
            z,
            L,
        ),
    )


def _strategy(loss: Loss) -> Part:
    def plan(target: Expression, last: Expression, edge: str) -> tuple[Line, ...]:
        through_z = say("chain rule: {} reaches L only through z", target)
        return _lines(
            f"a-L z-a {edge}",
            (LZ @ last, through_z, "", "", f"z {edge}"),
            (named(LA @ AZ, LZ) @ last, "chain rule: z reaches L only through a"),
        )

    short = RESIDUAL[loss]
    return Part(
        "strategy",
        say("The plan: multiply along the path"),
        _strategy_intro(loss),
        (
            Chain("weight", LW, plan(wi, ZW, "wi-z"), title="For a weight", computed=short @ xi),
            Chain("bias", LB, plan(b, ZB, "b-z"), title="For the bias", computed=short),
        ),
        (),
    )


# --- the five components -------------------------------------------------------------

_ONE_TITLE = say("{} {}: the loss against the prediction", symbol("①"), LA)
_HELD = say("Only {} varies here; the label {} is held still like any constant.", a, y)
_NATURAL_LOG = "definition: the log loss, with the natural log"
_CHAIN_RULE = "chain rule: outer derivative times inner derivative"


def _moves_out(factor: Expression) -> Text:
    return say("constant factor: {} moves out", factor)


def _no_letter(factor: Expression, letter: Expression) -> Text:
    return say("constant factor: {} has no {} in it", factor, letter)


def _variable(letter: Expression) -> Text:
    return say("variable: the derivative of {} by {} is 1", letter, letter)


def _put_in(what: str) -> Text:
    return say("put in: the result of {}", symbol(what))


def _is(name: Expression, meaning: Expression) -> Text:
    return say("put in: {} is {}", name, meaning)


def _one_log() -> Part:
    by_y, over_g = 1 - y, 1 / g
    inside = _lines(
        "a-L",
        (by_y @ D(a, log(1 - a)), _no_letter(1 - y, a)),
        (
            by_y @ D(a, log(named(1 - a, g))),
            say("name: the inside is {} = {}", g, 1 - a),
        ),
        (by_y @ D(g, log(g)) @ rate(g, a), _CHAIN_RULE),
        (
            by_y @ over_g @ rate(g, a),
            say("derivative of log: the natural log of {} gives {}", g, over_g),
        ),
        (by_y @ over_g @ D(a, 1 - a), _is(g, 1 - a)),
        (by_y @ over_g @ (D(a, ONE) - D(a, a)), "difference rule: term by term"),
        (by_y @ over_g @ (ZERO - D(a, a)), say("constant: 1 does not change with {}", a)),
        (by_y @ over_g @ (ZERO - 1), _variable(a)),
        (by_y @ over_g @ number(-1), say("zero: {} is {}", ZERO - 1, number(-1))),
        (by_y @ (-over_g), say("signs: times {} turns the sign", number(-1))),
        (-(by_y @ over_g), "signs: the minus goes to the front"),
        (-(by_y / g), "fractions: multiply into the numerator"),
        (-(by_y / (1 - a)), _is(g, 1 - a)),
    )
    main = _lines(
        "a-L",
        (D(a, LOSS["log"]), _NATURAL_LOG, "", _HELD, "L"),
        (-D(a, LOG_A + LOG_G), _moves_out(number(-1))),
        (-(D(a, LOG_A) + _INNER), "sum rule: term by term"),
        (-(y @ D(a, log(a)) + _INNER), _no_letter(y, a)),
        (
            -(y @ (1 / a) + _INNER),
            say("derivative of log: the natural log of {} gives {}", a, 1 / a),
        ),
        (-(y / a + _INNER), "fractions: multiply into the numerator"),
        (-(y / a + (-(by_y / (1 - a)))), "put in: the side calculation", "inner"),
        (-(y / a - by_y / (1 - a)), "signs: adding a negative is subtracting"),
        (-(y / a) + by_y / (1 - a), "signs: the minus in front turns both signs"),
        (_ONE, "order: the positive term first"),
    )
    return Part(
        "1",
        _ONE_TITLE,
        say(
            "How fast does the loss change with the prediction? The loss is a sum of two "
            "logarithms; the second has {} inside and needs a chain rule of its own. Far from the "
            "label this rate has no bound: it divides by {}, or by {}.",
            *(1 - a, a, 1 - a),
        ),
        (
            Chain("inner", _INNER, inside, side=True, title="On the side: the second logarithm"),
            Chain("main", LA, main),
        ),
        ("a", "a-L"),
    )


def _one_squared() -> Part:
    main = _lines(
        "a-L",
        (D(a, LOSS["squared"]), "definition: half the squared error", "", _HELD, "L"),
        (HALF @ D(a, (a - y) ** 2), "constant factor: one half moves out"),
        (HALF @ D(a, named(a - y, t) ** 2), say("name: the inside is {} = {}", t, a - y)),
        (HALF @ D(t, t**2) @ rate(t, a), _CHAIN_RULE),
        (HALF @ (2 * t) @ rate(t, a), say("power rule: {} squared gives {}", t, 2 * t)),
        (t @ rate(t, a), "arithmetic: a half of 2 is 1"),
        (t @ D(a, a - y), _is(t, a - y)),
        (t @ (D(a, a) - D(a, y)), "difference rule: term by term"),
        (t @ (D(a, a) - 0), say("constant: {} does not change with {}", y, a)),
        (t @ (ONE - 0), _variable(a)),
        (t @ ONE, "zero: taking away 0 changes nothing"),
        (t, "arithmetic: times 1 changes nothing"),
        (a - y, _is(t, a - y)),
    )
    return Part(
        "1",
        _ONE_TITLE,
        say(
            "The same question for half the squared error. Its rate is the error itself, and so "
            "it never exceeds 1 in size: nothing blows up here, and that will be the trouble."
        ),
        (Chain("main", LA, main),),
        ("a", "a-L"),
    )


def _two() -> Part:
    main = _lines(
        "z-a",
        (D(z, sigma(z)), say("definition: {} is the sigmoid of {}", a, z), "", "", "a"),
        (
            _SLOPE.put({"a": sigma(z)}),
            say("derivative of the sigmoid: worked out in the part {}", symbol("sigma'")),
            "sigmoid",
        ),
        (_SLOPE, say("put in: the sigmoid of {} is {}", z, a)),
    )
    return Part(
        "2",
        say("{} {}: the prediction against {}", symbol("②"), AZ, z),
        say(
            "The sigmoid has a derivative that can be written with its own value. Why that is so, "
            "line by line, is the part on the sigmoid. It is at most a quarter, and vanishes as "
            "{} comes close to 0 or 1.",
            a,
        ),
        (Chain("main", AZ, main),),
        ("z-a",),
    )


_THREE_TITLE = say("{} {}: the two together", symbol("③"), LZ)
_ONLY_A = "chain rule: z reaches L only through a"


def _three_log() -> Part:
    slope = _SLOPE
    main = _lines(
        "z",
        (LA @ AZ, _ONLY_A, "", "", "a-L z-a"),
        (_ONE @ AZ, _put_in("①"), "1", "", "a-L"),
        (_ONE @ slope, _put_in("②"), "2", "", "z-a"),
        (
            ((1 - y) / (1 - a)) @ slope - (y / a) @ slope,
            "multiply out: the bracket, term by term",
        ),
        (
            ((1 - y) * a * (1 - a)) / (1 - a) - (y * a * (1 - a)) / a,
            "fractions: multiply into the numerators",
        ),
        (
            (1 - y) * a - (y * a * (1 - a)) / a,
            say("cancel: {} above and below", 1 - a),
            "",
            say(
                "For {} = 0 and a large {}, the {} that {} divides by is next to nothing. It is "
                "the very {} that {} multiplies by: blow-up and vanishing are one number, and it "
                "is gone.",
                *(y, z, 1 - a, symbol("①"), 1 - a, symbol("②")),
            ),
            "a-L z-a",
        ),
        (
            (1 - y) * a - y * (1 - a),
            say("cancel: {} above and below", a),
            "",
            say("For {} = 1 and a very negative {} the same happens to {}.", y, z, a),
            "a-L z-a",
        ),
        (a - y * a - y * (1 - a), "multiply out: the first bracket"),
        (
            a - y * a - y + y * a,
            "multiply out: the second bracket; minus times minus is plus",
        ),
        (RESIDUAL["log"], say("cancel: {} is taken away and added", y * a)),
    )
    return Part(
        "3",
        _THREE_TITLE,
        say(
            "Now the brace: {} times {}. {} can be huge and {} tiny, yet their product stays "
            "between {} and 1.",
            *(symbol("①"), symbol("②"), symbol("①"), symbol("②"), number(-1)),
        ),
        (Chain("main", LZ, main),),
        ("z",),
    )


def _three_squared() -> Part:
    main = _lines(
        "z",
        (LA @ AZ, _ONLY_A, "", "", "a-L z-a"),
        ((a - y) @ AZ, _put_in("①"), "1", "", "a-L"),
        (
            RESIDUAL["squared"],
            _put_in("②"),
            "2",
            say(
                "Nothing is divided by {} or {}, so nothing cancels. A confident prediction "
                "makes this small even when it is wrong: the gradient dies where it is needed "
                "most.",
                *(a, 1 - a),
            ),
            "z-a",
        ),
    )
    return Part(
        "3",
        _THREE_TITLE,
        say(
            "The brace once more, with half the squared error: {} times {}. This time the small "
            "factor of {} meets nothing that could cancel it.",
            *(symbol("①"), symbol("②"), symbol("②")),
        ),
        (Chain("main", LZ, main),),
        ("z",),
    )


def _four() -> Part:
    first = _lines(
        "w1-z",
        (D(w1, AFFINE), "definition: z with two features", "", "", "z"),
        (D(w1, w1 * x1) + D(w1, w2 * x2) + D(w1, b), "sum rule: term by term"),
        (
            D(w1, w1 * x1) + 0 + 0,
            say("constant: no {} in either of the last two terms", w1),
        ),
        (x1 @ D(w1, w1) + 0 + 0, _moves_out(x1)),
        (x1 @ ONE + 0 + 0, _variable(w1)),
        (x1 + 0 + 0, "arithmetic: times 1 changes nothing"),
        (x1, "zero: adding 0 changes nothing"),
    )
    general = _lines(
        "wi-z",
        (
            D(wi, wi * xi + r),
            say("definition: one term of z has {}; all the rest is r", wi),
            "",
            say(
                "With {} features, {} is the sum of the other {} products and {}. However "
                "long it is, there is no {} in it.",
                *(symbol("n"), r, symbol("n") - 1, b, wi),
            ),
            "z",
        ),
        (D(wi, wi * xi) + D(wi, r), "sum rule: term by term"),
        (D(wi, wi * xi) + 0, say("constant: no {} in r", wi)),
        (xi @ D(wi, wi) + 0, _moves_out(xi)),
        (xi @ ONE + 0, _variable(wi)),
        (xi + 0, "arithmetic: times 1 changes nothing"),
        (xi, "zero: adding 0 changes nothing"),
    )
    return Part(
        "4",
        say("{} {}: {} against a weight", symbol("④"), ZW, z),
        say(
            "Each weight stands in one term only, next to its feature. First for {} = 1 with two "
            "features, then for any {} and any number of features.",
            *(symbol("i"), symbol("i")),
        ),
        (
            Chain("first", rate(z, w1), first, title="For i = 1"),
            Chain("general", ZW, general, title="For any i"),
        ),
        ("w1-z", "w2-z", "x1-z", "x2-z"),
    )


def _five() -> Part:
    main = _lines(
        "b-z",
        (D(b, AFFINE), "definition: z with two features", "", "", "z"),
        (D(b, w1 * x1) + D(b, w2 * x2) + D(b, b), "sum rule: term by term"),
        (ZERO + 0 + D(b, b), "constant: no b in either of the first two terms"),
        (ZERO + 0 + 1, _variable(b)),
        (ONE, "zero: adding 0 changes nothing"),
    )
    return Part(
        "5",
        say("{} {}: {} against the bias", symbol("⑤"), ZB, z),
        say("The bias is simply added, so {} follows it one to one.", z),
        (Chain("main", ZB, main),),
        ("b-z",),
    )


# --- the sigmoid ---------------------------------------------------------------------


def _sigmoid() -> Part:
    dh, dk, e_to = rate(h, z), rate(k, z), exp(-z)
    denominator = _lines(
        "z-a",
        (D(z, 1 + e_to), say("definition: {} is {}", h, 1 + e_to)),
        (D(z, ONE) + D(z, e_to), "sum rule: term by term"),
        (ZERO + D(z, e_to), say("constant: 1 does not change with {}", z)),
        (D(z, e_to), "zero: adding 0 changes nothing"),
        (D(z, exp(k)), say("name: the exponent is {} = {}", k, -z)),
        (D(k, exp(k)) @ dk, _CHAIN_RULE),
        (exp(k) @ dk, say("derivative of exp: {} is its own derivative", exp(k))),
        (exp(k) @ D(z, -z), _is(k, -z)),
        (exp(k) @ (-D(z, z)), _moves_out(number(-1))),
        (exp(k) @ number(-1), _variable(z)),
        (-exp(k), say("signs: times {} turns the sign", number(-1))),
        (-e_to, _is(k, -z)),
    )
    rest = _lines(
        "a",
        ((1 + e_to - 1) / (1 + e_to), "add and take away: 1 in the numerator"),
        ((1 + e_to) / (1 + e_to) - SIGMOID, "fractions: one fraction becomes two"),
        (1 - SIGMOID, "cancel: equal above and below make 1"),
        (1 - a, say("put in: the fraction is {}", a)),
    )
    main = _lines(
        "z-a",
        (D(z, SIGMOID), "definition: the sigmoid", "", "", "a"),
        (D(z, 1 / named(1 + e_to, h)), say("name: the denominator is {}", h)),
        (D(z, h**-1), say("powers: one over {} is {}", h, h**-1)),
        (D(h, h**-1) @ dh, _CHAIN_RULE),
        (
            (number(-1) * h**-2) @ dh,
            "power rule: the exponent comes down and drops by 1",
        ),
        (-(h**-2 @ dh), say("signs: times {} turns the sign", number(-1))),
        (-((1 / h**2) @ dh), say("powers: {} is one over {} squared", h**-2, h)),
        (-((1 / h**2) @ (-e_to)), "put in: the first side calculation", "denominator"),
        ((1 / h**2) @ e_to, "signs: minus times minus is plus"),
        (e_to / h**2, "fractions: multiply into the numerator"),
        (e_to / (1 + e_to) ** 2, _is(h, 1 + e_to)),
        (SIGMOID @ TAIL, "fractions: one fraction becomes a product of two"),
        (a @ TAIL, say("put in: the first fraction is {}", a)),
        (_SLOPE, "put in: the second side calculation", "rest"),
    )
    return Part(
        "sigmoid",
        say("The derivative of the sigmoid"),
        say(
            "The sigmoid is {} = {}, and {} = {}. Two side calculations "
            "help: the derivative of the denominator, and what is left when {} is taken from 1.",
            *(sigma(z), SIGMOID, a, sigma(z), a),
        ),
        (
            Chain("denominator", dh, denominator, side=True, title="On the side: the denominator"),
            Chain("rest", TAIL, rest, side=True, title="On the side: what is left to 1"),
            Chain("main", AZ, main),
        ),
        (),
    )


# --- the assembly --------------------------------------------------------------------


def _result(loss: Loss) -> Part:
    short = RESIDUAL[loss]
    weight = _lines(
        "z",
        (LZ @ ZW, say("chain rule: {} reaches L only through z", wi), "", "", "z wi-z"),
        (short @ ZW, _put_in("③"), "3"),
        (short @ xi, _put_in("④"), "4", "", "wi"),
    )
    bias = _lines(
        "z",
        (LZ @ ZB, "chain rule: b reaches L only through z", "", "", "z b-z"),
        (short @ ZB, _put_in("③"), "3"),
        (short @ ONE, _put_in("⑤"), "5", "", "b-z"),
        (short, "arithmetic: times 1 changes nothing", "", "", "b"),
    )
    return Part(
        "result",
        say("The two formulas"),
        say(
            "Everything is in place. How wrong the prediction is, times how strongly the weight's "
            "feature was there: that is the derivative for a weight. The bias has no feature, and "
            "its derivative is how wrong the prediction is. Together they are called the gradient."
        )
        if loss == "log"
        else say(
            "Everything is in place. The error and the feature are there as with the log "
            "loss, but so is the factor {}, which fades when the prediction is confident.",
            _SLOPE,
        ),
        (
            Chain("weight", LW, weight, title="For a weight"),
            Chain("bias", LB, bias, title="For the bias"),
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
        The loss that is differentiated.
    i : {1, 2}
        The feature that the letter i stands for in values, ``about`` and numbers.
        What is displayed is the same for both.

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
    before, after = (_goal(loss), _strategy(loss)), (_four(), _five(), _sigmoid(), _result(loss))
    made = (*before, one, _two(), three, *after)
    return MappingProxyType({part.key: _indexed(part, i) for part in made})


def _indexed(part: Part, i: int) -> Part:
    def line(old: Line) -> Line:
        return replace(old, i=i, about=tuple(name.replace("wi", f"w{i}") for name in old.about))

    chains = (replace(old, lines=tuple(map(line, old.lines))) for old in part.chains)
    return replace(part, chains=tuple(chains))


def steps(part: Part) -> tuple[Step, ...]:
    """Every line in reading order: a side chain comes just before the line that uses it."""
    by_name = {chain.name: chain for chain in part.chains}

    def walk(chain: Chain) -> Iterator[Step]:
        for place, line in enumerate(chain.lines):
            if line.uses in by_name:
                yield from walk(by_name[line.uses])
            yield Step(chain, line, place)

    return tuple(step for chain in part.chains if not chain.side for step in walk(chain))


def places(about: tuple[str, ...], view: View = "features", loss: Loss = "log") -> tuple[str, ...]:
    """The nodes and edges of a view that stand for ``about``, each once, in order.

    An edge of the features view is in others all that lies between its two ends.
    """
    graph = build(view, loss)

    def here(name: str) -> str:
        held = name in INPUTS and name not in graph
        return holder(graph, name).partition(".")[0] if held else name

    found: list[str] = []
    for one in about:
        ends = [here(name) for name in one.split("-")]
        found += map("-".join, between(graph, *ends)) if len(ends) == 2 else ends
    return tuple(dict.fromkeys(found))


@cache
def _explained() -> Mapping[str, str]:
    table = {
        name: part.key
        for view in VIEWS
        for loss in LOSSES
        for part in parts().values()
        for name in places(part.about, view, loss)
    }
    # A node that only the split graph has goes with the edge that leads to it.
    heads = {name.partition("-")[2]: part for name, part in table.items() if "-" in name}
    return MappingProxyType({**heads, **table})


def part_of(node_or_edge: str) -> str:
    """Key of the part that explains a node ("z") or an edge ("w1-z") of any view.

    Raises
    ------
    KeyError
        No view has it.
    """
    return _explained()[node_or_edge]


def formulas() -> tuple[tuple[str, str], ...]:
    """(name, LaTeX) of every formula of the derivation on one sheet, in order."""

    def ends(loss: Loss, key: str, name: str, index: int = -1) -> str:
        chain = next(c for c in parts(loss)[key].chains if c.name == name)
        return f"{latex(chain.head)} = {chain.lines[index].latex}"

    return (
        ("z, from vectors", ends("log", "goal", "z", 0)),
        ("z, with two features", ends("log", "goal", "z")),
        ("The prediction", f"{ends('log', 'goal', 'a', 0)} = {latex(SIGMOID)}"),
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
