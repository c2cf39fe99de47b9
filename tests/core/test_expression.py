"""Expressions: what is computed is what is shown, for every formula of the project."""

from __future__ import annotations

import json
import math
import re

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lrviz.core import expression as ex
from lrviz.core.expression import Expression, compiled, latex, plain
from lrviz.core.graph import LOSSES, VIEWS, build
from lrviz.core.numerics import sigmoid
from lrviz.core.ops import OPS, RESIDUAL, SIGMOID
from lrviz.core.symbols import SPELLINGS, superscript
from lrviz.training.optimizers import OPTIMIZERS
from tests.text.latex_eval import World, parse, value

MP = mpmath.mp.clone()
MP.dps = 50
EXACT = {
    "log": MP.log,
    "exp": MP.exp,
    "sqrt": MP.sqrt,
    "sigma": lambda z: 1 / (1 + MP.exp(-z)),
    "logit": lambda p: MP.log(p / (1 - p)),
    "power": lambda x, n: x**n,
    "part": lambda v, n: v[n],
}
a, y, z, w1, x1, w2, x2, b = ex.symbols("a", "y", "z", "w1", "x1", "w2", "x2", "b")


#: Every formula that is both shown and computed, by a name.
SHOWN = {
    # Vectors are written out by component: see below.
    **{op.name: op.formula for op in OPS.values() if not op.formula.has("inner")},
    **{f"{op.name}, rate {n}": rate for op in OPS.values() for n, rate in enumerate(op.rates)},
    **{f"residual, {loss}": residual for loss, residual in RESIDUAL.items()},
    "sigmoid as written": SIGMOID,
    **{
        f"{rule.name}, {n}": statement.right
        for rule in OPTIMIZERS.values()
        for n, statement in enumerate(rule.statements)
        if statement.sign == "←" and not statement.right.has("mean")
    },
}


class Exact(World):
    """Letters as 50-digit numbers, read from LaTeX."""

    def __init__(self, letters):
        self.letters = letters

    def number(self, text):
        return MP.mpf(text)

    def symbol(self, name, by):
        return self.letters[name]

    def exp(self, x):
        return MP.exp(x)

    def log(self, x):
        return MP.log(x)


# One letter for each name, which the reader of LaTeX knows: it reads a small subset.
_LETTERS = ["a", "b", "d", "g", "h", "k", "m", "n", "p", "q", "r", "s", "t", "u", "v", "y", "z"]


def read_latex(text, e, letters):
    """The value of a displayed formula, worked out from the text alone."""
    own = {SPELLINGS[n][0]: letter for letter, n in zip(_LETTERS, e.symbols, strict=False)}
    if not own:
        return value(parse(text), Exact({}))
    spelt = "|".join(map(re.escape, sorted(own, key=len, reverse=True)))
    text = re.sub(rf"(?<![A-Za-z\\])({spelt})(?![A-Za-z_])", lambda m: f" {own[m[1]]} ", text)
    known = {letter: letters[n] for letter, n in zip(_LETTERS, e.symbols, strict=False)}
    return value(parse(text), Exact(known))


_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵗᶻᵏ", "0123456789-tzk")


def read_plain(text, e, letters):
    """The value of a formula's line of Unicode, as Python reads it once signs are its own."""
    for n, name in enumerate(sorted(e.symbols, key=lambda n: -len(SPELLINGS[n][1]))):
        text = text.replace(SPELLINGS[name][1], f"<{n}>") if name != "e" else text
    names = dict(enumerate(sorted(e.symbols, key=lambda n: -len(SPELLINGS[n][1]))))
    raised = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ᵗᶻᵏ"

    def power(match):
        inside = match[1].translate(_RAISED)
        for n, name in names.items():
            inside = inside.replace(SPELLINGS[name][1], f"<{n}>")
        return f"**({inside})"

    text = re.sub(f"([{raised}]+)", power, text)
    text = text.replace("−", "-").replace("·", "*").replace("½", "(1/2)")
    text = re.sub(r"(?<![a-z<])e(?=\*\*)", "E", text)
    text = text.replace("log(", "LOG(").replace("σ(", "SIGMA(")
    text = re.sub(r"log (<\d+>)", r"LOG(\1)", text)
    text = re.sub(r"√(<\d+>)", r"SQRT(\1)", text).replace("√(", "SQRT(")
    # What stands side by side is multiplied.
    text = re.sub(r"(>|\))\s*(?=<|\(|[A-Z])", r"\1*", text)
    text = re.sub(r"(?<=\d)(?=<|\((?!\d+/))", "*", text)
    text = re.sub(r"<(\d+)>", r"_\1", text)
    text = re.sub(r"(?<![\w.])(\d+)(?![\w.])", r'N("\1")', text)
    scope = {f"_{n}": letters[name] for n, name in names.items()}
    scope |= {"LOG": MP.log, "SIGMA": EXACT["sigma"], "SQRT": MP.sqrt, "E": MP.e, "N": MP.mpf}
    return eval(text, scope)


def point(names, seed=1):
    """Letters at 50 digits: a probability for a, positive numbers for the rest."""
    return {
        name: MP.mpf(1) / (seed + n + 2) + MP.mpf("0.1") for n, name in enumerate(sorted(names))
    }


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_shown_is_what_is_computed(name):
    e = SHOWN[name]
    letters = point(e.symbols)
    computed = compiled(e, functions=EXACT)(*(letters[n] for n in e.symbols))
    room = MP.mpf(10) ** -45 * (1 + abs(computed))
    assert abs(read_plain(plain(e), e, letters) - computed) < room
    if not e.has("sqrt"):  # no line of the derivation has a root, so its reader knows none
        assert abs(read_latex(latex(e), e, letters) - computed) < room


# Trees of the kinds that formulas are made of, over three letters.
leaves = st.sampled_from([a, y, z, ex.number(2), ex.number(3), ex.number(-1)])
trees = st.recursive(
    leaves,
    lambda below: st.one_of(
        st.tuples(below, below).map(lambda p: p[0] + p[1]),
        st.tuples(below, below).map(lambda p: p[0] - p[1]),
        st.tuples(below, below).map(lambda p: p[0] @ p[1]),
        # A letter below every bar: a quotient of constants would be rounded to float64.
        st.tuples(below, below).map(lambda p: p[0] / (p[1] @ a)),
        st.tuples(below, st.sampled_from([2, 3])).map(lambda p: p[0] ** p[1]),
        below.map(lambda e: -e),
    ),
    max_leaves=8,
)


@given(trees)
def test_any_tree_reads_back_from_what_is_written(e):
    letters = {"a": MP.mpf("0.37"), "y": MP.mpf("1.3"), "z": MP.mpf("-2.1")}
    try:
        computed = compiled(e, functions=EXACT)(*(letters[n] for n in e.symbols))
    except ZeroDivisionError:
        assume(False)
    for found in (read_latex(latex(e), e, letters), read_plain(plain(e), e, letters)):
        assert abs(found - computed) <= MP.mpf(10) ** -40 * (1 + abs(computed))


@given(trees)
def test_simplifying_changes_the_form_and_not_the_value(e):
    letters = {"a": MP.mpf("0.37"), "y": MP.mpf("1.3"), "z": MP.mpf("-2.1")}
    with_zero = e.put({"y": ex.number(0)})
    shorter = ex.simplified(with_zero)
    try:
        first = compiled(with_zero, functions=EXACT)(*(letters[n] for n in with_zero.symbols))
    except ZeroDivisionError:
        assume(False)
    second = compiled(shorter, functions=EXACT)(*(letters[n] for n in shorter.symbols))
    assert abs(first - second) <= MP.mpf(10) ** -40 * (1 + abs(first))


@pytest.mark.parametrize("op", OPS.values(), ids=lambda op: op.name)
def test_every_local_derivative_is_the_derivative_of_the_forward_rule(op):
    # Numerically, at 50 digits, from the forward rule alone.
    if op.name == "dot":
        return  # its vector parts are those of the affine rule: the views agree, see test_graph
    forward = compiled(op.formula, op.arguments, EXACT)
    letters = point(op.arguments)
    at = [letters[n] for n in op.arguments]
    for n, rate in enumerate(op.rates):
        slope = MP.diff(lambda t, n=n: forward(*at[:n], t, *at[n + 1 :]), at[n])
        known = {**letters, op.out: forward(*at)}
        found = compiled(rate, functions=EXACT)(*(known[m] for m in rate.symbols))
        assert abs(found - slope) < MP.mpf(10) ** -20 * (1 + abs(slope)), plain(rate)


@pytest.mark.parametrize("op", OPS.values(), ids=lambda op: op.name)
def test_what_is_computed_in_place_of_a_rate_equals_it(op):
    for n, stable in op.stable.items():
        letters = point((*op.arguments, op.out))
        first, second = (
            compiled(e, functions=EXACT)(*(letters[m] for m in e.symbols))
            for e in (op.rates[n], stable)
        )
        assert abs(first - second) < MP.mpf(10) ** -45


def test_the_sigmoid_as_written_is_the_one_that_is_computed():
    for at in (-3, 0.5, 8):
        written = compiled(SIGMOID, functions=EXACT)(MP.mpf(at))
        assert sigmoid(at) == pytest.approx(float(written), rel=1e-15)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_residual_is_the_product_of_the_two_rates(loss):
    op = OPS["log_loss" if loss == "log" else "squared_error"]
    letters = point(("a", "y"))
    product = op.rates[0] @ OPS["sigmoid"].rates[0]
    first, second = (
        compiled(e, functions=EXACT)(*(letters[m] for m in e.symbols))
        for e in (product, RESIDUAL[loss])
    )
    assert abs(first - second) < MP.mpf(10) ** -45


@given(st.floats(-700, 700), st.sampled_from([0, 1]))
def test_a_probability_keeps_its_complement_through_any_formula(at, label):
    p = sigmoid(at)
    true = 1 / (1 + MP.exp(-MP.mpf(at)))
    rest = 1 / (1 + MP.exp(MP.mpf(at)))  # 1 - p, without subtracting
    for e, exact in (
        (1 - a, rest),
        (a * (1 - a), true * rest),
        (a - y, true if label == 0 else -rest),
        (ex.log(1 - a), -MP.log1p(MP.exp(MP.mpf(at)))),
        (ex.log(a), -MP.log1p(MP.exp(-MP.mpf(at)))),
        ((1 - y) / (1 - a) - y / a, 1 / rest if label == 0 else -1 / true),
    ):
        given_ = {"a": p, "y": float(label)}
        found = compiled(e)(*(given_[n] for n in e.symbols))
        assert abs(MP.mpf(float(found)) - exact) <= 2e-15 * abs(exact), plain(e)


def test_arrays_and_vectors():
    w, x = ex.symbols("w", "x")
    found = compiled(ex.inner(w, x) + b)
    assert found(np.array([2.0, 3.0]), np.array([5.0, 7.0]), 1.0) == 32
    both = compiled((w1 * x1, x1 / 2), ("w1", "x1"), ex.ARRAY)
    np.testing.assert_array_equal(both(np.array([1.0, 2.0]), np.array([4.0, 8.0]))[0], [4, 16])
    unrolled = ex.unrolled(ex.inner(w, x) + b)
    assert plain(unrolled) == "w₁x₁ + w₂x₂ + b"


def test_what_is_still_to_be_differentiated_has_no_value():
    with pytest.raises(ValueError, match="has no value of its own"):
        compiled(ex.derivative(a, ex.log(a)))
    assert plain(ex.derivative(a, ex.log(a))) == "∂/∂a [log a]"
    with pytest.raises(KeyError):
        ex.symbol("q")


def test_a_name_given_to_an_inside_does_not_change_it():
    named = ex.log(ex.named(1 - a, ex.symbol("g")))
    assert compiled(named, ("a",))(sigmoid(3.0)) == compiled(ex.log(1 - a), ("a",))(sigmoid(3.0))
    assert latex(named) == r"\log(\underbrace{1 - a}_{g})"
    assert plain(named) == "log(1 − a)"


def test_whole_arrays_have_the_value_of_each_example():
    of = np.array([-800.0, -2.0, 0.0, 3.0, 800.0])
    single = compiled(ex.sigma(z), ("z",))
    found = compiled(ex.sigma(z), ("z",), ex.ARRAY)(of)
    assert found.tolist() == [float(single(one)) for one in of.tolist()]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("loss", LOSSES)
def test_formulas_travel_as_json(view, loss):
    for name in build(view, loss).nodes:
        node = build(view, loss).nodes[name]
        for e in (node["formula"], *node["computed"]) if "op" in node else ():
            assert json.loads(json.dumps(e.json)) == e.json


@pytest.mark.parametrize(
    ("e", "shown", "line"),
    [
        (-(y * ex.log(a) + (1 - y) * ex.log(1 - a)), None, "−(y log a + (1 − y) log(1 − a))"),
        (ex.HALF * (a - y) ** 2, r"\frac{1}{2} (a - y)^2", "½(a − y)²"),
        (1 / (1 + ex.exp(-z)), r"\frac{1}{1 + e^{-z}}", "1/(1 + e⁻ᶻ)"),
        (a - (y - z), "a - (y - z)", "a − (y − z)"),
        (a / (y * z), r"\frac{a}{y z}", "a/(yz)"),
        (-(a + y), "-(a + y)", "−(a + y)"),
        (a @ (-y), r"a \cdot (-y)", "a·(−y)"),
        (a @ ex.number(0), r"a \cdot 0", "a·0"),
        (a @ ex.number(-2), r"a \cdot (-2)", "a·(−2)"),
        (ex.number(-2) @ a, r"(-2) \cdot a", "(−2)·a"),
        (ex.number(-2) + a, "-2 + a", "−2 + a"),
        (ex.number(0.25) @ a, r"0.25 \cdot a", "0.25·a"),
        (a**10, "a^{10}", "a¹⁰"),
        (a**-1, "a^{-1}", "a⁻¹"),
        (a**y, "a^{y}", "a^(y)"),
        (a ** ex.symbol("t"), "a^{t}", "aᵗ"),
        (ex.exp(a + y), "e^{a + y}", "e^(a + y)"),
        ((a / y) ** 2, r"\left( \frac{a}{y} \right)^2", "(a/y)²"),
        (ex.log(a), r"\log a", "log a"),
        (ex.log(a * y), r"\log(a y)", "log(ay)"),
        (y * ex.log(a), r"y \log a", "y log a"),
        (ex.sqrt(a), r"\sqrt{a}", "√a"),
        (ex.sqrt(a + y), r"\sqrt{a + y}", "√(a + y)"),
        (a / y / z, r"\frac{\frac{a}{y}}{z}", "a/y/z"),
        (a / (y / z), r"\frac{a}{\frac{y}{z}}", "a/(y/z)"),
        (ex.rate(z, a), r"\frac{\partial z}{\partial a}", "∂z/∂a"),
        (
            ex.rate(z, a) @ ex.rate(a, y),
            r"\frac{\partial z}{\partial a} \cdot \frac{\partial a}{\partial y}",
            "∂z/∂a × ∂a/∂y",
        ),
        (ex.component(ex.symbol("w"), 1), "w_2", "w₂"),
        (ex.diag(ex.symbol("H")) @ a, r"\operatorname{diag}(H) \cdot a", "diag(H)·a"),
        (ex.mean(a), r"\text{mean over the minibatch of } a", "mean over the minibatch of a"),
        (ex.logit(a), r"\operatorname{logit}(a)", "logit(a)"),
    ],
)
def test_formulas_are_written_as_by_hand(e, shown, line):
    assert plain(e) == line
    if shown is not None:
        assert latex(e) == shown


@pytest.mark.parametrize(
    ("e", "shorter"),
    [
        (ex.number(2) + 3, ex.number(5)),
        (ex.number(2) - ex.number(3), ex.number(-1)),
        (a + 0, a),
        (0 + a, a),
        (a - 0, a),
        (0 - a, -a),
        (0 - (-a), a),
        (0 * a, ex.number(0)),
        (a @ ex.number(0), ex.number(0)),
        (1 * a, a),
        (a * 1, a),
        (a / 1, a),
        (1 / a, 1 / a),
        (0 / a, ex.number(0)),
        (-ex.number(0), ex.number(0)),
        (Expression("neg", (-a,)), a),
        (a + 1, a + 1),
        (1 - a, 1 - a),
        (a * 2, a * 2),
        ((a + 0) * (1 * y), a * y),
        (a ** ex.number(1), a ** ex.number(1)),
    ],
)
def test_what_zero_and_one_make_needless_goes(e, shorter):
    assert ex.simplified(e) == shorter


def test_a_tree_tells_what_is_in_it():
    e = ex.log(1 - a) * y + a
    assert e.symbols == ("a", "y")
    assert ex.named(a, ex.symbol("g")).symbols == ("a",)
    assert [n.kind for n in e.walk()] == [
        *("add", "mul", "log", "sub", "number", "symbol", "symbol", "symbol")
    ]
    assert e.has("log")
    assert e.has("exp", "sub")
    assert not e.has("exp", "dot")
    assert (2 @ a, a @ 2, 2 / a, a / 2) == (
        ex.number(2) @ a,
        a @ ex.number(2),
        ex.number(2) / a,
        a / ex.number(2),
    )
    assert ex.is_complement(1 - a)
    assert not any(map(ex.is_complement, (a - 1, 1 - y, 2 - a, a)))
    assert e.put({"a": z}) == ex.log(1 - z) * y + z
    assert ex.component(ex.symbol("w"), 1).json == ["component", "w", 1]
    in_turn = ex.compiled_in_turn([("z", a + y), ("a", z * 2)], ("a", "y"))
    assert in_turn(1.0, 2.0) == {"z": 3.0, "a": 6.0}


def test_numbers_take_the_place_of_letters():
    def slot(e: Expression, mark: str) -> str:
        return f"[{mark}{plain(e)}]"

    assert plain(w1 * x1 + b, slot) == "[w₁] × [(x₁] + [(b]"
    assert plain(a * (1 - a), slot) == "[(a] × [(1 − a]"
    assert latex(ex.log(1 - a), slot) == r"\log([1 - a])".replace("1 - a", "1 − a")
    assert plain(a ** ex.symbol("t"), slot) == "([a])[^t]"
    assert math.isclose(compiled(w1 * x1 + b)(0.5, 1.5, 0.1), 0.85)


def test_a_logarithm_stands_before_a_bracket_or_one_letter():
    assert plain(ex.log(a)) == "log a"
    assert plain(ex.log(ex.sigma(z))) == "log(σ(z))"
    assert latex(ex.log(ex.sigma(z))) == r"\log\sigma(z)"


def test_what_one_differentiates_and_by_what_stays_a_letter():
    def number(e: Expression, _: str) -> str | None:
        return {a: "0.6", w1: "2"}.get(e)

    assert plain(ex.derivative(a, a * w1), number) == "∂/∂a [0.6 × 2]"
    assert plain(ex.rate(a, w1) * a, number) == "∂a/∂w₁ × 0.6"


def test_every_letter_is_spelt_alike_and_unlike_any_other():
    lower = str.maketrans("₀₁₂ᵢₙ", "012in")
    circled = dict(zip("①②③④⑤", "12345", strict=True))
    for name, (tex, line) in SPELLINGS.items():
        assert tex
        assert line
        if name in circled:
            assert (tex, line) == (f"({circled[name]})", name)
            continue
        below = re.search(r"_(\w)$", tex)
        said = re.search("[₀₁₂ᵢₙ]$", line)
        assert (below and below[1]) == (said and said[0].translate(lower)), name
        # The name of a letter with an index ends on it.
        assert below is None or name.endswith(below[1])
        assert below or not re.search(r"\d$", name)
    for spelling in (0, 1):
        assert len({both[spelling] for both in SPELLINGS.values()}) == len(SPELLINGS)


@pytest.mark.parametrize(("text", "raised"), [("-12", "⁻¹²"), ("−3", "⁻³"), ("t", "ᵗ"), ("z", "ᶻ")])
def test_what_unicode_can_raise(text, raised):
    assert superscript(text) == raised
    assert superscript("0123456789k") == "⁰¹²³⁴⁵⁶⁷⁸⁹ᵏ"
    assert superscript(text + "x") is None


def test_a_root_of_more_than_a_letter_has_parentheses():
    assert plain(ex.sqrt(w1)) == "√w₁"
    assert plain(ex.sqrt(ex.number(0.5))) == "√(0.5)"
    assert plain(ex.sqrt(a)) == "√a"


def test_python_calls_what_takes_the_mean_and_the_diagonal():
    spelt = {"a": "rows", "y": "matrix"}
    assert ex.python(ex.mean(a), spelt) == "mean(rows)"
    assert ex.python(ex.diag(y), spelt) == "diag(matrix)"


def test_a_named_part_with_its_number_says_that_it_is_rounded():
    assert latex(ex.named(a - y, z)).endswith("}_{z}")
    assert latex(ex.named(a - y, z), lambda name, *_: "7").endswith(r"}_{\approx 7}")
    assert "≈" not in plain(ex.named(a - y, z), lambda name, *_: "7")
