"""What is said in words is true of the numbers, in every state."""

import math
import random
import re

import mpmath
import pytest

from lrviz.core.graph import LOSSES, differentiate
from lrviz.text import sentence
from lrviz.text.explanations import TARGETS
from lrviz.text.glossary import GLOSSARY

TINY = 1e-4


def states(count, seed):
    dice = random.Random(seed)
    grid = [round(-5 + 0.01 * i, 2) for i in range(1001)]
    for n in range(count):
        inputs = {name: dice.choice(grid) for name in ("x1", "x2", "w1", "w2", "b")}
        if n % 10 == 0:
            inputs[dice.choice(("x1", "x2"))] = 0.0
        if n % 25 == 0:
            inputs = dict.fromkeys(inputs, 0.0)
        yield inputs | {"y": dice.randint(0, 1)}


def parts(text):
    """The percentage, the answer, and what is said of a parameter."""
    found = re.fullmatch(r"The model says (.+?)(?:: it has no opinion)?, (.+?)\. (.+)\.", text)
    assert found, text
    return found.groups()


def number(text):
    mantissa, _, power = text.replace("−", "-").partition("×10")
    digits = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    if mantissa.startswith("10") and mantissa[2:].strip("⁻⁰¹²³⁴⁵⁶⁷⁸⁹") == "" and mantissa[2:]:
        return 10.0 ** int(mantissa[2:].translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))
    return float(mantissa) * 10.0 ** int(digits or 0)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_sentence_is_true(loss):
    kinds = set()
    for n, state in enumerate(states(5000, 20)):
        of = TARGETS[n % 3]
        p = differentiate(**state, loss=loss)
        text = sentence.say(sentence.now(loss, of), p.read)
        says, answer, way = parts(text)
        a, z, y = float(p.values["a"]), p.values["z"], state["y"]
        if says.startswith("more than"):
            assert a > 0.999
        elif says.startswith("less than"):
            assert a < 0.001
        else:
            assert number(says.removesuffix(" %")) == pytest.approx(100 * a, rel=5.1e-3)
            assert (says == "50 %") == (a == 0.5) or abs(a - 0.5) < 5e-4
        right = z == 0 or (z > 0) == (y == 1)
        assert answer == f"{'and' if right else 'but'} the answer is {y}", text

        def moved(by, state=state, of=of):
            there = differentiate(**{**state, of: state[of] + by}, loss=loss)
            return there.values["L"] - p.values["L"]  # noqa: B023

        kind = re.split(r"[ :]", way)[0]
        kinds.add(kind)
        if "changes nothing" in way:
            assert moved(1.0) == moved(-1.0) == 0
            continue
        rate = number(re.search(r"by (\S+?) for each unit", way)[1])
        if "hardly" in way:
            assert abs(moved(TINY)) <= 1.1e-3 * TINY
        else:
            # By the loss itself: no derivative is asked.
            sign = {"Raise": 1, "Lower": -1}[kind]
            assert moved(sign * TINY) < 0
            assert moved(-sign * TINY) > 0
            assert rate == pytest.approx(-sign * moved(sign * TINY) / TINY * sign, rel=0.02)
        if way.startswith("Yet"):
            assert loss == "squared"
            assert not right or z == 0
    assert kinds >= {"Raise", "Lower", "Moving", "A"}


def said(of, loss="log", **inputs):
    state = {"x1": 1.0, "w1": 0.0, "x2": 0.0, "w2": 0.0, "b": 0.0, "y": 1} | inputs
    return sentence.say(sentence.now(loss, of), differentiate(**state, loss=loss).read)


def test_a_bound_is_said_only_where_percents_would_read_0_or_100():
    # 1 − a is 4.9e-4 and 5.1e-4 there.
    z, less = -math.log(4.9e-4 / (1 - 4.9e-4)), -math.log(5.1e-4 / (1 - 5.1e-4))
    assert said("b", w1=z).startswith("The model says more than 99.95 %, and the answer is 1.")
    assert said("b", w1=less).startswith("The model says 99.9 %, and")
    assert said("b", w1=-z).startswith("The model says less than 0.05 %, but the answer is 1.")
    assert said("b", w1=-less).startswith("The model says 0.051 %,")


@pytest.mark.parametrize("loss", LOSSES)
def test_what_is_multiplied_by_0_is_said_to_change_nothing(loss):
    nothing = " Moving w₂ changes nothing: it is multiplied by x₂ = 0."
    assert said("w2", loss).endswith(nothing)
    assert "changes nothing" not in said("w1", loss)
    assert "changes nothing" not in said("b", loss, x1=0.0)


@pytest.mark.parametrize(("z", "y"), [(-20.0, 1), (20.0, 0)])
def test_a_sure_mistake_is_stuck_under_squared_error_alone(z, y):
    slope = abs(
        differentiate(x1=1.0, w1=z, x2=0.0, w2=0.0, b=0.0, y=y, loss="squared").adjoints["w1"]
    )
    (by,) = re.findall(
        r"Yet a small move of w₁ hardly changes the loss: at first by (\S+) for each unit, "
        r"because ② is nearly 0\.$",
        said("w1", "squared", w1=z, y=y),
    )
    assert number(by) == pytest.approx(slope, rel=6e-4)
    assert "Yet" not in said("w1", "log", w1=z, y=y)
    assert "Yet" not in said("w1", "squared", w1=z, y=1 - y)


def test_a_nudge_that_is_too_small_says_why():
    text = sentence.say(
        (sentence.nudged(),), {"nudge.lost": 0, "nudge.place": -1, "nudge.best": 1e-6}.get
    )
    assert text == (
        "Too small: the two losses agree in nearly all of the 16 digits of a float64, and their "
        "difference loses the rest. With 10⁻⁶ the ratio came closest."
    )


def test_what_a_drag_did_is_true():
    dice = random.Random(21)
    for state in states(3000, 22):
        of = dice.choice(TARGETS)
        by = dice.choice([0.0, dice.uniform(-3, 3)])
        start, end = differentiate(**state), differentiate(**{**state, of: state[of] + by})
        loss, promise = end.values["L"] - start.values["L"], start.adjoints[of] * by
        kept = loss == pytest.approx(promise, rel=0.01, abs=0)
        numbers = {
            "moved.by": by,
            "moved.loss": loss,
            "moved.promise": promise,
            "moved.off": loss / promise - 1 if promise else 0 if kept else math.inf,
        }
        text = sentence.say(sentence.moved(of), numbers.__getitem__)
        assert ("went up" in text) == (by > 0)
        assert ("went down" in text) == (by < 0)
        assert ("the loss fell" in text) == (end.values["L"] < start.values["L"])
        assert ("the loss rose" in text) == (end.values["L"] > start.values["L"])
        assert ("a fall of" in text) == (start.adjoints[of] * by < 0)
        assert ("a rise of" in text) == (start.adjoints[of] * by > 0)
        assert text.endswith("the curve bends.") == (not kept)
        assert text.endswith(".")
        if "a fall" in text and "fell" in text:
            # The loss is convex in each parameter: it never falls by more than was promised.
            assert numbers["moved.loss"] >= numbers["moved.promise"] * (1 + 1e-12)


def test_why_the_loss_is_a_logarithm_is_true():
    for state in states(1000, 24):
        p = differentiate(**state)
        text = sentence.say(sentence.why(), p.read)
        assert text.startswith(f"The label is {state['y']}, and the model gave it the probability ")
        given, surprise = re.search(r"−log\((.*?)\) [=≈] (\S+)\. ", text).groups()
        z = p.values["z"] if state["y"] else -p.values["z"]
        with mpmath.workdps(60):
            right = 1 / (1 + mpmath.exp(-mpmath.mpf(z)))
            wrong, wanted = float(1 - right), float(-mpmath.log(right))
        if "1−" in given:
            assert number(given[2:]) == pytest.approx(wrong, rel=6e-4)
        else:
            assert number(given) == pytest.approx(float(right), rel=6e-4)
        assert number(surprise) == pytest.approx(wanted, rel=6e-4)
    fixed = text.partition("endless one. ")[2]
    found = [number(one) for one in re.findall(r"[≈=] ([\d.]+)[,:.]", fixed)]
    assert found == pytest.approx([math.log(100), 0.99**2 / 2, 0.9**2 / 2], rel=6e-4)


def test_a_term_is_explained_without_itself_and_once():
    for term, said in GLOSSARY.items():
        assert said.endswith(".")
        assert not said.lower().startswith(term)
        assert len(said) < 200


def test_the_fixed_numbers_of_why_are_what_they_say():
    text = sentence.say(sentence.why(), differentiate(x1=1, w1=1, x2=0, w2=0, b=0, y=0).read)
    assert "gave it the probability 1 − a " in text
    fixed = text[text.index("A certain event") :]
    assert fixed.startswith(f"A certain event is no surprise, −log 1 = {math.log(1):.0f};")
    percent, chance, wrong = re.search(
        r"truth (\d+) % pays −log ([\d.]+) ≈ ([\d.]+),", fixed
    ).groups()
    assert float(chance) == float(percent) / 100
    assert number(wrong) == pytest.approx(-math.log(float(chance)), rel=6e-4)
    far, squared, tenth, near, exact = re.search(
        r"only ½ · ([\d.]+)² ≈ ([\d.]+), hardly more than for (\d+) %: ½ · ([\d.]+)² = ([\d.]+)\.",
        fixed,
    ).groups()
    assert float(far) == 1 - float(chance)
    assert float(near) == 1 - float(tenth) / 100
    assert number(squared) == pytest.approx(float(far) ** 2 / 2, rel=6e-4)
    assert number(exact) == pytest.approx(float(near) ** 2 / 2, rel=1e-12)


def test_what_the_glossary_says_in_numbers_is_so():
    assert "any number from −∞ to ∞. 0 is undecided" in GLOSSARY["logit"]
    assert "a = σ(z), between 0 and 1: " in GLOSSARY["predicted probability"]
    assert GLOSSARY["predicted probability"].endswith("holds y = 1.")
    assert "close to 0 or 1, and its slope ② close to 0." in GLOSSARY["saturation"]
    assert GLOSSARY["sigmoid"].startswith("σ(z) = 1/(1 + e⁻ᶻ)")
    assert GLOSSARY["learning rate"].endswith("a slope of 1.")
