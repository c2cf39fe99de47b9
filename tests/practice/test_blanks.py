"""Blanks of a link: right is right, a mistake has its name, and nothing is told before."""

from __future__ import annotations

import itertools
import json
import random

import pytest

from lrviz import settings
from lrviz.core.graph import INPUTS, LOSSES, VIEWS, build, differentiate
from lrviz.practice import blanks
from lrviz.practice.mistakes import MISTAKES
from lrviz.practice.problem import apart
from lrviz.text.numbers import number
from lrviz.text.withheld import withheld
from tests.samples import sample
from tests.withheld import NUMBER, hidden_formulas, hidden_numbers, leaks, telling_state

OPENING = settings.defaults(settings.GRAPH)


def said(key, typed, **fields):
    return blanks.answer(key, typed, OPENING | fields)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("loss", LOSSES)
def test_every_blank_takes_the_number_of_the_pass_and_no_known_mistake(view, loss):
    dice = random.Random(view + loss)
    graph = build(view, loss)
    shown = withheld(view, loss, ("values",))
    keys = blanks.spec(graph, "w1", shown)["names"]
    assert len(keys) >= 10
    for _ in range(sample(3, 200)):
        state = {name: dice.randrange(-300, 301) / 100 for name in INPUTS if name != "y"}
        state["y"] = dice.randrange(2)
        p = differentiate(**state, view=view, loss=loss)
        fields = {**state, "view": view, "loss": loss, "hide": ("values",)}
        for key in keys:
            right = float(p.read(key))
            found = said(key, repr(right), **fields)
            assert found["right"] is True, (key, state, found)
            for wrong in blanks.blank(p, key).wrongs:
                if apart(wrong.value, right):
                    found = said(key, repr(wrong.value), **fields)
                    assert found["right"] is False
                    assert MISTAKES[wrong.mistake].name in found["said"], (key, wrong, found)


def test_the_mistakes_of_the_opening_example_are_called_by_their_names():
    every = {"hide": ("values",)}
    for key, typed, name, part in (
        ("adjoint.z", "0.3965", "the sign flipped", "3"),
        ("adjoint.z", "-1.657", "a(1 − a) forgotten", "3"),
        ("adjoint.w1", "-0.3965", "the feature forgotten", "result"),
        ("local.w1-z", "0.5", "the weight in place of its feature", "4"),
        ("local.z-a", "0.6035", "the value, not its rate", "strategy"),
        ("value.L", "0.2193", "the logarithm to base 10", "goal"),
    ):
        found = said(key, typed, **every)
        assert name in found["said"], found
        assert part in [line["part"] for line in found["lines"]]


def test_a_formula_is_judged_as_a_formula():
    every = {"hide": ("formulas",)}
    for key, typed in (
        ("formula.1", "(1-y)/(1-a) - y/a"),
        ("formula.1", "(a-y)/(a(1-a))"),
        ("formula.2", "a(1-a)"),
        ("formula.2", "a - a^2"),
        ("formula.3", "a-y"),
        ("formula.4", "x1"),
        ("formula.5", "1"),
    ):
        assert said(key, typed, **every)["right"] is True, (key, typed)
    assert said("formula.4", "x2", **every, of="w2")["right"] is True
    assert said("formula.1", "a-y", **every, loss="squared")["right"] is True
    for n, typed in (("1", "a-y"), ("2", "a"), ("3", "y-a"), ("4", "w1"), ("5", "b")):
        assert said(f"formula.{n}", typed, **every)["right"] is False
    # A number that fits the numbers on screen is no formula.
    assert said("formula.2", "0.2393", **every)["right"] is False


def test_a_verdict_tells_nothing_that_the_link_leaves_out():
    dice = random.Random(3)
    hides = (("values", "formulas"), ("number3", "formula3"), ("gradients", "formula2", "formula4"))
    for hide, loss, _ in itertools.product(hides, LOSSES, range(sample(2, 100))):
        state = telling_state(dice, hide, loss, "features")
        shown = withheld("features", loss, hide)
        p = differentiate(**state, loss=loss)
        hidden = hidden_numbers(hide, state, loss, "features"), hidden_formulas(hide, loss)
        for key in blanks.spec(p.graph, "w1", shown)["names"]:
            for wrong in (*(one.value for one in blanks.blank(p, key).wrongs), 77.0):
                if not apart(wrong, float(p.read(key))):
                    continue
                found = said(key, repr(wrong), **state, loss=loss, hide=hide)
                assert leaks([json.dumps(found, ensure_ascii=False)], *hidden) == [], (key, found)
                parts = [line["part"] for line in found["lines"] if line["part"]]
                assert all(map(shown.part, parts))


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("adjoint.z", "import os"),
        ("adjoint.z", "a-y"),  # a is left out, and so not given
        ("adjoint.z", "9" * 9999),
        ("adjoint.z", ""),
        ("value.x1", "1.5"),
        ("value.nothing", "1"),
        ("complement.a", "0.3965"),
        ("formula.2", "a(1-a)"),
        ("", "1"),
    ],
)
def test_what_cannot_be_read_or_is_not_asked_for_is_neither_right_nor_wrong(key, typed):
    assert said(key, typed, hide=("values",))["right"] is None


def test_nothing_is_judged_where_nothing_is_left_out():
    p = differentiate(**{name: OPENING[name] for name in INPUTS})
    assert said("adjoint.z", repr(p.adjoints["z"]))["right"] is None
    assert blanks.spec(p.graph, "w1", withheld("features", "log", ()))["names"] == {}


def test_a_right_number_in_two_digits_is_asked_for_a_third():
    given = {name: OPENING[name] for name in INPUTS} | {"x1": 0.3}
    right = differentiate(**given).adjoints["w1"]
    assert abs(float(f"{right:.2g}") / right - 1) > 0.01
    found = said("adjoint.w1", f"{right:.2g}", x1=0.3, hide=("gradients",))
    assert found["right"] is None
    assert "Give a third one" in found["said"]
    assert said("adjoint.w1", f"{right:.3g}", x1=0.3, hide=("gradients",))["right"] is True
    assert said("adjoint.w1", f"{right:.1g}", x1=0.3, hide=("gradients",))["right"] is False


def test_letters_that_the_link_shows_may_be_used():
    found = said("adjoint.w1", "(a-y)*x1", hide=("gradients",))
    assert found["right"] is True
    assert number(-0.594775125) in NUMBER.findall(found["said"])
