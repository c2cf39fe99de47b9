"""What sentences say in numbers and formulas holds, and is about the line it stands at."""

from __future__ import annotations

import math
import re
from contextlib import suppress

import pytest

from lrviz.core.expression import Expression, compiled, is_complement, latex, plain, symbol
from lrviz.core.graph import LOSSES, differentiate
from lrviz.core.ops import LOSS, OPS, RESIDUAL
from lrviz.text.derivation import NAMES, parts
from lrviz.text.prose import NOTHING, Text, say
from tests.reference import exact
from tests.samples import OPENING

ALL = [(loss, part) for loss in LOSSES for part in parts(loss).values()]
every_part = pytest.mark.parametrize(
    ("loss", "part"), ALL, ids=[f"{loss}-{part.key}" for loss, part in ALL]
)
#: The letters of the graph and of the derivation at one state that is none of the defaults.
STATE = {"x1": 0.75, "w1": -1.5, "x2": 2.25, "w2": 0.5, "b": 0.375}
WORDS = {"a quarter": 0.25, "a half": 0.5, "1": 1.0}


def letters(y=1.0):
    z = STATE["w1"] * STATE["x1"] + STATE["w2"] * STATE["x2"] + STATE["b"]
    a = 1 / (1 + math.exp(-z))
    known = {**STATE, "y": y, "z": z, "a": a, "wi": STATE["w1"], "xi": STATE["x1"]}
    known["r"] = z - STATE["w1"] * STATE["x1"]
    known |= {"g": 1 - a, "h": 1 + math.exp(-z), "k": -z, "t": a - y}
    return known


def number_of(e: Expression, known):
    functions = {
        "log": math.log,
        "exp": math.exp,
        "sigma": lambda z: 1 / (1 + math.exp(-z)),
        "power": lambda x, n: x**n,
    }
    return compiled(e, functions=functions)(*(known[name] for name in e.symbols))


def below(*expressions):
    return {node for e in expressions for node in e.walk()}


@every_part
def test_a_rule_speaks_of_what_stands_on_its_line_or_the_one_before(loss, part):
    for chain in part.chains:
        before = chain.head
        for line in chain.lines:
            near = below(
                before, line.shown, *(NAMES.get(n, chain.head) for n in line.shown.symbols)
            )
            shown = {node.kind for node in near}
            for piece in line.rule.pieces:
                if isinstance(piece, str) or piece.kind == "symbol":
                    continue
                # −1 is written as a minus sign, and 2t or 1 − a as part of a longer sum.
                minus = latex(piece) == "-1" and "neg" in shown
                assert piece in near or minus, f"{line.rule.plain} at {plain(line.shown)}"
            before = line.shown


#: What a rule says of two formulas, and what the second is by the first.
SAYS = {
    "{} is {}": lambda x: x,
    "{} = {}": lambda x: x,
    "the sigmoid of {} is {}": lambda x: 1 / (1 + math.exp(-x)),
    "one over {} is {}": lambda x: 1 / x,
    "{} is one over {} squared": lambda x: x**-0.5,
    "the natural log of {} gives {}": lambda x: 1 / x,
    "{} squared gives {}": lambda x: 2 * x,
}


def test_what_a_rule_says_of_two_formulas_is_so():
    known, seen = letters(), set()
    for _, part in ALL:
        for line in (line for chain in part.chains for line in chain.lines):
            formulas = [piece for piece in line.rule.pieces if isinstance(piece, Expression)]
            words = "".join(p if isinstance(p, str) else "{}" for p in line.rule.pieces)
            said = next((s for s in sorted(SAYS, key=len)[::-1] if words.endswith(s)), None)
            if said and len(formulas) == 2:
                first, second = (number_of(e, known) for e in formulas)
                assert second == pytest.approx(SAYS[said](first)), line.rule.plain
                seen.add(said)
            if words.startswith("put in: the result of "):
                assert line.rule.plain[-1] == "①②③④⑤"[int(line.uses) - 1]
    assert seen == {*SAYS}


def whole(text):
    return int(text.replace("−", "-"))


#: A rule with numbers typed in it, and whether what it says of them is so; x is the letter that one
#: differentiates by, and ``before`` what stands on the line before.
TYPED = {
    r"variable: the derivative of (\S+) by \1 is (−?\d)": lambda _, x, n: whole(n) == 1,
    r"constant: (−?\d) does not change with (\S+)": lambda before, n, x: f"∂/∂{x} [{n}]" in before,
    r"zero: (−?\d) − (−?\d) is (−?\d)": lambda _, m, n, k: whole(m) - whole(n) == whole(k),
    r"zero: (?:adding|taking away) (−?\d) changes nothing": lambda _, n: whole(n) == 0,
    r"signs: times (−?\d) turns the sign": lambda before, n: whole(n) == -1 and f"({n})" in before,
    r"arithmetic: times (−?\d) changes nothing": lambda before, n: (
        whole(n) == 1 and f"·{n}" in before
    ),
    r"arithmetic: a half of (\d) is (\d)": lambda _, m, n: whole(m) == 2 * whole(n),
    r"constant factor: (−?\d) moves out": lambda before, n: whole(n) == -1 and "[−" in before,
    r"power rule: the exponent comes down and drops by (−?\d)": lambda _, n: whole(n) == 1,
    r"cancel: equal above and below make (−?\d)": lambda _, n: whole(n) == 1,
    r"add and take away: (−?\d) in the numerator": lambda _, n: whole(n) == 1,
}


def test_every_number_that_is_typed_in_a_rule_is_right():
    seen = set()
    for _, part in ALL:
        for chain in part.chains:
            before = plain(chain.head)
            for line in chain.lines:
                typed = "".join(
                    p if isinstance(p, str) else plain(p) if p.kind == "number" else "{}"
                    for p in line.rule.pieces
                )
                if re.search(r"\d", typed):
                    found = [(p, m) for p in TYPED if (m := re.fullmatch(p, line.rule.plain))]
                    ((pattern, match),) = found
                    assert TYPED[pattern](before, *match.groups()), (line.rule.plain, before)
                    seen.add(pattern)
                before = plain(line.shown)
    assert seen == {*TYPED}


@every_part
def test_equations_in_a_sentence_hold(loss, part):
    known = letters()
    texts = [part.title, part.intro, *(line.note for c in part.chains for line in c.lines)]
    for text in texts:
        pieces = text.pieces
        for one, word, other in zip(pieces, pieces[1:], pieces[2:], strict=False):
            if word != " = " or isinstance(one, str) or isinstance(other, str):
                continue
            if {"n", "wn", "i", "y"} & {*one.symbols, *other.symbols} or "rate" in one.kind:
                continue
            assert number_of(one, known) == pytest.approx(number_of(other, known)), text.plain


@pytest.mark.parametrize("loss", LOSSES)
def test_the_goal_names_the_labels_that_there_are(loss):
    text = parts(loss)["goal"].intro.plain
    named = {int(n) for n in re.search(r"the true answer, which is (\d) or (\d)\.", text).groups()}
    taken = set()
    for y in range(-3, 4):
        with suppress(ValueError):
            differentiate(**STATE, y=y, loss=loss)
            taken.add(y)
    assert named == taken


def test_the_goal_shows_what_each_label_leaves_of_the_loss():
    for loss in LOSSES:
        pieces = parts(loss)["goal"].intro.pieces
        said = pieces[[str(p).startswith(" = 1 the l") for p in pieces].index(True) + 1 :]
        for label, e in ((1, said[0]), (0, said[4])):
            known = letters(float(label))
            truth = number_of(LOSS[loss], known)
            assert number_of(e, known) == pytest.approx(truth, rel=1e-12)
            assert "y" not in e.symbols
    intro = parts()["goal"].intro.plain
    assert "z = w₁x₁ + w₂x₂ + ⋯ + wₙxₙ + b" in intro
    assert "with y = 0 only" in intro
    assert ", with y = 0 it is " in parts("squared")["goal"].intro.plain


@pytest.mark.parametrize("loss", LOSSES)
def test_the_nudge_of_the_strategy_is_worked_out_from_the_opening_example(loss):
    text = parts(loss)["strategy"].intro.plain
    said = re.search(
        r"w₁ \+ ([\d.]+) moves z by ([\d.]+), that moves a by about ([\d.]+)·([\d.]+) ≈ ([\d.]+), "
        r"and that moves the loss by about ([\d.]+)·\(?(−?[\d.]+)\)? ≈ (−?[\d.]+)\.",
        text,
    )
    nudge, dz, dz_again, slope, da, da_again, rate, dl = (
        float(n.replace("−", "-")) for n in said.groups()
    )
    truth = exact(OPENING["w1"] * OPENING["x1"] + OPENING["w2"] * OPENING["x2"] + OPENING["b"], 1)
    a = truth["a"]
    by_a = truth["dL/da"] if loss == "log" else a - 1
    assert nudge == 0.01
    # To four digits, as numbers are shown everywhere.
    assert all(len(re.sub(r"\D", "", n).lstrip("0")) <= 4 for n in said.groups())
    assert dz == dz_again == nudge * OPENING["x1"]
    assert slope == pytest.approx(float(truth["da/dz"]), abs=5e-5)
    assert da == da_again == pytest.approx(float(dz * truth["da/dz"]), abs=5e-7)
    assert rate == pytest.approx(float(by_a), abs=5e-4)
    assert dl == pytest.approx(float(dz * truth["da/dz"] * by_a), abs=5e-6)
    # And the move is what really happens, to first order.
    before, after = (
        differentiate(**OPENING | {"w1": OPENING["w1"] + n}, loss=loss).values["L"]
        for n in (0, nudge)
    )
    assert dl == pytest.approx(after - before, rel=0.01)


def test_bounds_in_words_are_the_bounds():
    grid = [n / 1000 for n in range(1, 1000)]
    said = re.search(r"at most (a \w+)", parts()["2"].intro.plain)[1]
    assert WORDS[said] == max(a * (1 - a) for a in grid)
    assert "comes close to 0 or 1" in parts()["2"].intro.plain
    said = re.search(r"never exceeds (\d) in size", parts("squared")["1"].intro.plain)[1]
    errors = [a - y for a in grid for y in (0, 1)]
    assert WORDS[said] - 0.001 == pytest.approx(max(map(abs, errors)))
    inside, *under = re.search(
        r"second has (.+) inside .* divides by (.+), or by (.+)\.", parts()["1"].intro.plain
    ).groups()
    assert inside == "1 − a"
    assert under == ["a", "1 − a"]
    for y, divisor in ((1, lambda a: a), (0, lambda a: 1 - a)):
        p = differentiate(**STATE, y=y)
        assert abs(p.locals["a", "L"]) * divisor(p.values["a"]) == pytest.approx(1, rel=1e-12)
    low, high = re.search(r"between (−?\d) and (−?\d)", parts()["3"].intro.plain).groups()
    assert int(low.replace("−", "-")) == round(min(errors))
    assert int(high) == round(max(errors))


def test_a_part_is_named_by_its_number_and_what_it_takes_to_what():
    titles = {key: part.title.plain for key, part in parts().items()}
    assert titles["1"].startswith("① ∂L/∂a: the loss against the prediction")
    assert titles["2"].startswith("② ∂a/∂z: the prediction against z")
    assert titles["3"].startswith("③ ∂L/∂z: the two together")
    assert titles["4"].startswith("④ ∂z/∂wᵢ: z against a weight")
    assert titles["5"].startswith("⑤ ∂z/∂b: z against the bias")


def test_remarks_name_what_their_line_cancels():
    by_rule = {
        line.rule.plain: line for chain in parts()["3"].chains for line in chain.lines if line.note
    }
    first, second = by_rule["cancel: 1 − a above and below"], by_rule["cancel: a above and below"]
    assert first.note.plain.startswith("For y = 0 and a large z, the 1 − a that ① divides by")
    assert "the very 1 − a that ② multiplies by" in first.note.plain
    assert second.note.plain.startswith("For y = 1 and a very negative z")
    # At y = 0 the term that is left divides by 1 − a, at y = 1 by a.
    rate = OPS["log_loss"].rates[0]
    assert number_of(rate, letters(0.0)) == pytest.approx(1 / (1 - letters()["a"]))
    assert number_of(rate, letters(1.0)) == pytest.approx(-1 / letters()["a"])
    assert any(map(is_complement, rate.walk()))


def test_where_the_squared_error_cancels_nothing_it_names_both():
    (note,) = (
        line.note.plain
        for chain in parts("squared")["3"].chains
        for line in chain.lines
        if line.note.plain.startswith("Nothing is divided by")
    )
    # What the log loss divides by, for either label.
    assert note.startswith("Nothing is divided by a or 1 − a, so nothing cancels.")


def test_the_assembly_names_what_the_losses_differ_by():
    log, squared = (parts(loss)["result"].intro for loss in ("log", "squared"))
    assert "Together they are called the gradient." in log.plain
    assert "factor" not in log.plain
    assert "but so is the factor a(1 − a), which fades" in squared.plain
    (factor,) = (piece for piece in squared.pieces if not isinstance(piece, str))
    known = letters()
    by = {loss: number_of(RESIDUAL[loss], known) for loss in LOSSES}
    assert number_of(factor, known) == pytest.approx(by["squared"] / by["log"], rel=1e-12)


def test_the_sides_of_the_sigmoid_are_named_by_what_they_are():
    part = parts()["sigmoid"]
    total = int(re.search(r"what is left when a is taken from (\d)\.", part.intro.plain)[1])
    (rest,) = (
        chain for chain in part.chains if chain.title.startswith("On the side: what is left")
    )
    assert rest.title.endswith(f"left to {total}")
    known = letters()
    assert number_of(rest.value, known) == pytest.approx(total - known["a"], rel=1e-12)


def test_any_weight_is_one_of_n_and_the_first_is_the_first():
    part = parts()["4"]
    (note,) = (line.note.plain for chain in part.chains for line in chain.lines if line.note.plain)
    assert note == (
        "With n features, r is the sum of the other n − 1 products and b. However long it is, "
        "there is no wᵢ in it."
    )
    first, general = part.chains
    assert first.title.endswith(f"i = {first.lines[0].i}")
    assert "First for i = 1 with two features, then for any i" in part.intro.plain
    assert set(first.head.children[1].symbols) == {"w1"}
    assert set(general.head.children[1].symbols) == {"wi"}
    spoken_of = {name for line in first.lines for name in line.about}
    assert spoken_of & {"w1-z", "w2-z"} == {"w1-z"}


def test_a_text_is_one_thing_in_three_spellings():
    w1 = symbol("w1")
    text = say("of {} and {}", w1, 1 / w1)
    assert text.pieces == ("of ", w1, " and ", 1 / w1)
    assert text.plain == "of w₁ and 1/w₁"
    assert text.latex == r"of $w_1$ and $\frac{1}{w_1}$"
    assert text.turns == ["of ", "w_1", " and ", r"\frac{1}{w_1}", ""]
    assert say("{}", w1).turns == ["", "w_1", ""]
    assert Text((w1, "a", "b")).turns == ["", "w_1", "ab"]
    assert NOTHING.turns == []
    assert not NOTHING
    assert say("a")
    for words in ("{} {}", "none"):
        with pytest.raises(ValueError, match=r"zip|argument"):
            say(words, w1)
