"""Every number and every sign in the cards of the guide, typed or put in, is true."""

from __future__ import annotations

import math
import re
from types import SimpleNamespace

import mpmath
import numpy as np
import pytest

from lrviz.text import guide
from lrviz.text.cards import CARDS
from lrviz.text.guide import Choose, Type
from lrviz.text.numbers import number
from lrviz.text.sentence import say
from lrviz.training.model import mean_loss
from tests.samples import sample
from tests.text.test_guide import GRAPH, read_of, run_of, run_read, slope, truth, whole
from tests.text.test_sentence import number as read_number
from tests.text.test_sentence import states

#: A number as pages write it.
N = r"((?:1−|−)?(?:\d+(?:\.\d+)?(?:×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?|10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))"
IS = r"[=≈]"


def value(text):
    return 1 - read_number(text[2:]) if text.startswith("1−") else read_number(text)


def near(text, x):
    """Whether a text is x to four digits."""
    return abs(value(text) - x) <= abs(x) * 5.1e-4


def facts(state):
    """What is so in a state, in 60 digits."""
    z, a, loss = truth(state)
    y = state["y"]
    return SimpleNamespace(
        x1=state["x1"],
        x2=state["x2"],
        y=y,
        z=z,
        a=a,
        c=1 - a,
        L=loss,
        one=-1 / a if y else 1 / (1 - a),
        two=a * (1 - a),
        three=a - y,
        w1=slope(state, "w1"),
        w2=slope(state, "w2"),
    )


def given(t):
    """The probability that the model gave the answer, and what it is called."""
    return ("a", t.a) if t.y else ("1 − a", t.c)


#: What a card may say, and whether it is so.
SAID = {
    r"an answer, (\d) or (\d)\.": lambda t, *both: {*both} == {"0", "1"},
    r"into a = 1/\(1 \+ e⁻ᶻ\), the probability it gives to the answer (\d)\.": lambda t, n: (
        n == "1" and float(t.a) == pytest.approx(float(1 / (1 + mpmath.exp(-t.z))), rel=1e-15)
    ),
    r"σ\((\d)\) = ½: the model has no opinion": lambda t, n: n == "0" and t.z == 0,
    r"σ\((\d)\) = ½, and σ only rises": lambda t, n: n == "0",
    rf"z (above|below) (\d) gives a {IS} {N}\. The model leans to the answer (\d)\.": (
        lambda t, side, zero, a, answer: (
            zero == "0"
            and (side == "above") == (t.z > 0)
            and near(a, t.a)
            and answer == str(int(t.z > 0))
        )
    ),
    r"[Tt]he answer is (\d)": lambda t, n: n == str(t.y),
    r"gave it the probability (1 − a|a)\.": lambda t, said: said == given(t)[0],
    rf"(1 − a|a) {IS} {N} now, and L {IS} {N}": lambda t, said, p, loss: (
        (said, near(p, given(t)[1]), near(loss, t.L)) == (given(t)[0], True, True)
    ),
    r"x₁ = (\d): w₁ is multiplied by nothing but (\d)": lambda t, *both: (
        t.x1 == 0 and both == ("0", "0")
    ),
    rf"goes (up|down) to the right: its slope ∂L/∂w₁ {IS} {N} is (negative|positive), "
    r"so (less|more) w₁ means less loss": lambda t, way, w1, sign, turn: (
        near(w1, t.w1)
        and (way, sign, turn)
        == (("up", "positive", "less") if t.w1 > 0 else ("down", "negative", "more"))
    ),
    rf"∂L/∂w₁ {IS} {N}: so much does": lambda t, w1: near(w1, t.w1),
    rf"rate × change = {N} × {N}\.": lambda t, w1, d: near(w1, t.w1) and d == "0.01",
    rf"moves z by ④ {IS} {N}, a unit of z moves a by ② {IS} {N}, a unit of a moves L by ① "
    rf"{IS} {N}": (
        lambda t, four, two, one: near(four, t.x1) and near(two, t.two) and near(one, t.one)
    ),
    rf"{N} × \(?{N}\)? × \(?{N}\)? {IS} {N}: each rate acts": lambda t, four, two, one, w1: (
        near(four, t.x1) and near(two, t.two) and near(one, t.one) and near(w1, t.w1)
    ),
    rf"①, the slope of −log\(1 − a\), is 1/\(1 − a\) {IS} {N}": (
        lambda t, one: t.y == 0 and near(one, t.one)
    ),
    rf"①, the slope of −log a, is −1/a {IS} {N}": lambda t, one: t.y == 1 and near(one, t.one),
    rf"②, the slope of σ, is a·\(1 − a\) {IS} {N}": lambda t, two: near(two, t.two),
    rf"(1 − a|a) cancels, and what is left is (a|−\(1 − a\), which is a − 1) {IS} {N}\.": (
        lambda t, gone, left, three: (
            gone == given(t)[0] and (left == "a") == (t.y == 0) and near(three, t.three)
        )
    ),
    r"n = −z to a\).* ℓ₁ = log a, .* c = 1 − a and ℓ₀ = log\(1 − a\)": lambda t: True,
    rf"Here {N} \+ {N}: with y = (\d) the (upper|lower) way brings (\d); with y = (\d) it is the "
    r"(upper|lower) one": lambda t, up, down, y, none, zero, other, where: (
        (near(up, t.one) and down == "0") == bool(t.y)
        and (up == "0" and near(down, t.one)) == (not t.y)
        and (y, none, zero) == (str(t.y), "lower" if t.y else "upper", "0")
        and (other, where) == (str(1 - t.y), "upper" if t.y else "lower")
    ),
    rf"z {IS} {N}, and": lambda t, z: near(z, t.z),
    r": the model is sure, and wrong": lambda t: abs(t.three) > 0.99,
    rf"(?:its slope|The slope of σ there,) ② {IS} {N}": lambda t, two: near(two, t.two),
    rf"as the loss falls, to {N} now": lambda t, loss: near(loss, t.L),
    rf"① {IS} {N} and ② {IS} {N}:": lambda t, one, two: near(one, t.one) and near(two, t.two),
    r"where one explodes the other vanishes": lambda t: abs(t.one) > 100 and t.two < 0.01,
    rf"a − y {IS} {N}": lambda t, three: near(three, t.three),
    r"∂L/∂z = a − y, the belief minus the answer": lambda t: True,
    r"the last rates are x₁, x₂ and (\d)\.": lambda t, n: n == "1",
    rf"{N} × \(?{N}\)? {IS} {N}\. One backward": lambda t, three, x2, w2: (
        near(three, t.three) and near(x2, t.x2) and near(w2, t.w2)
    ),
    r"w ← w − η·∂L/∂w": lambda t: True,
}


@pytest.mark.parametrize("card", GRAPH, ids=[card.name for card in GRAPH])
def test_every_number_that_a_card_says_is_so_for_either_answer(card):
    shown = {**whole(card), **card.shown}
    some = [one for one in states(sample(60, 2000), 11) if "x1" in one]
    near_by = ({**shown, **one} for one in some)
    for state in (*({**shown, "y": y} for y in (0, 1)), *near_by):
        t = facts(state)
        if abs(t.z) < 1e-12 and t.z != 0:
            continue  # float64 rounds this z to 0 or away from it
        for text in (say(card.says, read_of(state)), say(card.because, read_of(state))):
            left = text
            for pattern, true in SAID.items():
                for match in re.finditer(pattern, text):
                    assert true(t, *match.groups()), (match[0], state)
                left = re.sub(pattern, "", left)
            # Nothing that is typed or put in was passed over.
            assert not re.search(r"\d|[−-][a-zℓ(]| [−-] ", left), left


def test_the_numbers_of_a_mistake_are_those_it_speaks_of():
    card = CARDS["rate"]
    read = read_of(whole(card))
    nudge = re.search(r"Let w₁ grow by ([\d.]+)\.", card.ask.question)[1]
    rate = read("adjoint.w1")
    assert card.ask.right.of(read) == pytest.approx(float(nudge) * rate, rel=1e-12)
    meant = {
        r"The size is right; .*": -0.01,
        rf"That is the change for a whole unit; {nudge} is a hundredth of one\.": 1,
        r"That is the change for a whole unit, .*": -1,
        rf"That is for 0\.1; {nudge} is ten times smaller\.": 0.1,
    }
    found = {}
    for amount, why in card.ask.mistakes:
        (pattern,) = (one for one in meant if re.fullmatch(one, why))
        found[pattern] = amount.of(read) / rate
    assert found == pytest.approx(meant, rel=1e-12)


def test_two_ways_are_added_and_every_mistake_does_something_else_with_them():
    card = CARDS["paths"]
    one, other = (
        value(n) for n in re.search(rf"back {N} and the other {N}\.", card.ask.question).groups()
    )
    meant = {
        r"That is their product\. .*": [one * other],
        r"That is one of them alone.*": [one, other],
        r"That is their mean; .*": [(one + other) / 2],
        r"Their signs count: .*": [abs(one) + abs(other)],
        r"The size is right: −0\.5 outweighs 0\.3\.": [-(one + other)],
    }
    assert (value("−0.5"), value("0.3")) == (other, one)
    for amount, why in card.ask.mistakes:
        (pattern,) = (p for p in meant if re.fullmatch(p, why))
        assert any(abs(amount.of(lambda _: 1.0) - m) < 1e-12 for m in meant[pattern]), why


def test_the_bounds_that_a_choice_speaks_of():
    meanings = [
        o.meaning for card in GRAPH if isinstance(card.ask, Choose) for o in card.ask.options
    ]
    about = [one for one in meanings if re.search(r"\d", one)]
    assert about == [
        "Only a z below 0 leads below ½.",
        "Only z = 0 leads to exactly ½.",
        "Only a z above 0 leads above ½.",
        "That would need a slope of exactly 0, as with x₁ = 0.",
    ]
    p = read_of({**whole(CARDS["way"]), "x1": 0.0})
    assert p("adjoint.w1") == 0
    assert read_of({**whole(CARDS["way"]), "x1": 0.0, "x2": 0.0, "b": 0.0})("value.a") == 0.5


def test_no_card_has_a_hyphen_for_a_minus():
    for card in CARDS.values():
        texts = [text for table in (*card.says, *card.because) for _, text in table]
        if card.ask is not None:
            texts.append(card.ask.question)
        if isinstance(card.ask, Type):
            texts += [why for _, why in card.ask.mistakes]
        if isinstance(card.ask, Choose):
            texts += [text for o in card.ask.options for text in (o.label, o.meaning)]
        for text in (re.sub(r"\{[^}]*\}", "", one) for one in texts):
            assert not re.search(r"(?<![A-Za-zé])-|- ", text), text


def test_what_is_to_be_tried_ends_where_the_question_says():
    for card in GRAPH:
        limit = re.search(r"until the loss is below ([\d.]+)\.", getattr(card.ask, "question", ""))
        if limit:
            assert dict(card.ask.until) == {"value.L": (None, float(limit[1]))}
    assert guide.right(CARDS["belief"].ask, read_of(whole(CARDS["belief"]))) is not None


# The Training page


def said_of(name):
    """What a card says before and after its question, with the run that it opens."""
    card = CARDS[name]
    state = whole(card)
    made = run_of(state)
    read = run_read(made, state["lr"], card.shown.get("step", 0))
    return card, made, say(card.says, read), say(card.because, read)


def test_the_card_on_the_mean_is_right_about_the_start_and_its_mistakes():
    card, made, says, because = said_of("mean")
    zero = re.search(r"At the start w₁ = w₂ = b = (\d), so z = (\d) and a = ½ for", says).groups()
    assert {float(n) for n in zero} == set(made.history.params[0].tolist()) == {0.0}
    X = made.scaled.X
    assert f"all {len(X)} examples" in says
    assert because.startswith(f"Each example pays −log ½ ≈ {number(math.log(2))}, whatever")
    meant = {
        "That is a. The loss is −log of it.": 0.5,
        "The logarithm of ½ is negative, and the loss minus that.": math.log(0.5),
        "That is −log₁₀ ½; the loss has the natural logarithm.": -math.log10(0.5),
        "That is the sum over all examples; J is their mean.": len(X) * math.log(2),
    }
    read = run_read(made, 0.5)
    found = {why: amount.of(read) for amount, why in card.ask.mistakes}
    assert found == pytest.approx(meant, rel=1e-12)


def test_the_card_on_three_examples_adds_up():
    card, _, _, because = said_of("pull")
    asked = re.search(r"are ([\d.]+), −([\d.]+) and −([\d.]+)\.", card.ask.question).groups()
    written = re.match(r"\(([\d.]+) − ([\d.]+) − ([\d.]+)\)/(\d) = ([\d.]+)\. ", because).groups()
    assert written[:3] == asked
    pulls = [float(asked[0]), -float(asked[1]), -float(asked[2])]
    assert int(written[3]) == len(pulls)
    assert float(written[4]) == pytest.approx(sum(pulls) / 3, rel=1e-12)
    meant = {
        "That is their sum; J divides it by m, which is 3 here.": sum(pulls),
        "Their signs count: two of them pull the other way.": sum(map(abs, pulls)) / 3,
        "Their signs count, and J divides the sum by m.": sum(map(abs, pulls)),
        f"The size is right: {asked[0]} outweighs the two others.": -sum(pulls) / 3,
        "The largest one alone decides nothing: all three count.": max(pulls),
    }
    found = {why: amount.of(lambda _: 1.0) for amount, why in card.ask.mistakes}
    assert found == pytest.approx(meant, rel=1e-12)


def test_the_card_on_too_large_a_rate_names_both_rates():
    card, made, says, because = said_of("large")
    zero, rate, before = re.search(
        r"again from w₁ = w₂ = b = (\d), but with η = (\d+) in place of ([\d.]+): ", says
    ).groups()
    assert set(made.history.params[0].tolist()) == {float(zero)}
    assert (float(rate), float(before)) == (card.state["lr"], CARDS["mean"].state["lr"])
    assert float(rate) / float(before) == 40
    assert "every step is forty times as long" in says
    rises = int(np.sum(np.diff(made.history.losses) > 0))
    assert because.startswith(f"J rose at {rises} of {len(made.history)} steps.")
    # With another rate on the page it names that one.
    read = run_read(made, 3.0)
    assert say(card.says, read) == "The birds again, but η = 3 in place of 0.5."
    (still,) = (o.meaning for o in card.ask.options if o.label == "stand still")
    assert still == "It stands still only where the gradient is 0."


def test_the_card_on_units_tells_where_scaled_steps_end():
    card, made, says, because = said_of("units")
    steps, sign, end = re.search(
        r", (\d+) steps reach the minimum, at J ([=≈]) ([\d.]+)\.", says
    ).groups()
    scaled = run_of({**whole(card), "scale": "standard", "lr": 0.5, "steps": int(steps)})
    assert sign == "≈"
    assert f"{scaled.history.losses[-1]:.3f}" == end
    best = scaled.bounds.minimum
    least = mean_loss(scaled.scaled.X, scaled.scaled.data.y, best)
    assert scaled.history.losses[-1] - least < 0.0005
    assert because.startswith(f"J is {number(made.history.losses[-1])} after {steps} steps.")
    # J stays nearer to where it began than to half way.
    label = {o.label: o.when for o in card.ask.options}
    begun, half = made.history.losses[0], (made.history.losses[0] + least) / 2
    low, high = label["about half way"]["loss.last"]
    assert low < half < high < begun
    assert label["as far"]["loss.last"][1] == low
    assert least < low


def test_at_zero_the_loss_is_the_logarithm_that_is_named():
    card, made, _, _ = said_of("endless")
    (said,) = (o.meaning for o in card.ask.options if o.label == "they go back to 0")
    n = re.fullmatch(r"At 0 every a is ½, and J log (\d): the worst of this whole path\.", said)[1]
    X, y = made.scaled.X, made.scaled.data.y
    assert mean_loss(X, y, np.zeros(3)) == pytest.approx(math.log(int(n)), rel=1e-12)
    assert made.history.losses.max() == pytest.approx(math.log(int(n)), rel=1e-12)


# The templates themselves


SLOT = r"\{\(?([a-z][\w.\-]*)\)?\}"


def test_a_sign_of_equality_goes_by_the_numbers_on_its_two_sides():
    related = re.compile(rf"((?:{SLOT} × )*(?:{SLOT} )?)\{{~([^}}]*)\}} {SLOT}")
    for card in CARDS.values():
        for text in (text for table in (*card.says, *card.because) for _, text in table):
            found = list(related.finditer(text))
            assert len(found) == text.count("{~")
            for match in found:
                *_, signed, after = match.groups()
                assert set(signed.split()) == {*re.findall(SLOT, match[1]), after}, text


def test_the_right_size_with_the_wrong_sign_is_that():
    seen = 0
    for card in (one for one in CARDS.values() if isinstance(one.ask, Type)):
        state = whole(card)
        read = read_of(state) if card.page == "graph" else run_read(run_of(state), state["lr"])
        for amount, why in card.ask.mistakes:
            if why.startswith("The size is right"):
                assert amount.of(read) == pytest.approx(-card.ask.right.of(read), rel=1e-12)
                seen += 1
    assert seen == 6
    (cancelling,) = (w for _, w in CARDS["shortcut"].ask.mistakes if "cancels" in w)
    assert cancelling == "That is 1 − a, which is what cancels."
