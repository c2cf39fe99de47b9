"""What a nudge and a step say is what NumPy-free arithmetic on the same pass gives."""

from __future__ import annotations

import math
import random
import re
from fractions import Fraction

import pytest

from lrviz import settings
from lrviz.core.graph import differentiate
from lrviz.text import act, sentence
from lrviz.text.explanations import TARGETS
from lrviz.text.numbers import fill, number

WRITTEN = {"w1": "w₁", "w2": "w₂", "b": "b"}


def states(count, seed=31):
    dice = random.Random(seed)
    for _ in range(count):
        inputs = {name: round(dice.uniform(-3, 3), 2) for name in ("x1", "x2", "w1", "w2", "b")}
        yield inputs | {"y": dice.randint(0, 1)}


def test_sizes_are_one_two_and_five_down_to_what_float64_spoils():
    sizes = [Fraction(repr(size)) for size in act.SIZES]
    wanted = [Fraction(1)]
    for n in range(1, 7):
        wanted += [Fraction(m, 10**n) for m in (5, 2, 1)]
    wanted += [Fraction(1, 10**n) for n in range(7, 16)]
    assert sizes == wanted
    # The last one still changes a parameter at the end of its range; one more would not.
    assert 4.0 + act.SIZES[-1] > 4.0
    assert 5.0 + act.SIZES[-1] / 10 == 5.0


@pytest.mark.parametrize("of", TARGETS)
def test_each_node_of_a_nudge_is_its_local_derivative_times_the_change_before(of):
    nudge = act.nudge(of)
    sym = WRITTEN[of]
    assert (nudge["of"], nudge["path"]) == (of, (of, "z", "a", "L"))
    assert nudge["title"] == f"Nudge {sym}"
    assert nudge["head"] == ["", "changed by", "rate × change"]
    assert nudge["sizes"] == act.SIZES
    assert nudge["hint"] == (
        f"Change {sym} by Δ: 1 at the first stop, ever smaller to the right. Open points are "
        "after the nudge, and dashed lines go through both."
    )
    symbols = [row["symbol"] for row in nudge["rows"]]
    assert symbols == [f"Δ{sym}", "Δz", "Δa", "ΔL"]
    assert nudge["rows"][0]["guess"] == ""
    for state in states(20):
        p = differentiate(**state)
        q = differentiate(**{**state, of: state[of] + 0.25})
        # Numbers by name, as the browser finds them, from two passes.
        change = {name: float(q.values[name] - p.values[name]) for name in nudge["path"]}
        numbers = {f"change.{name}": by for name, by in change.items()}
        edges = [(of, "z"), ("z", "a"), ("a", "L")]
        for tail, head in edges:
            numbers[f"guess.{head}"] = float(p.locals[tail, head]) * change[tail]
        numbers["change.ratio"] = change["L"] / change[of]
        numbers["guess.ratio"] = float(p.adjoints[of])
        for row, (tail, head) in zip(nudge["rows"][1:], edges, strict=True):
            left, right = (WRITTEN.get(name, name) for name in (tail, head))
            said = fill(row["guess"], numbers.__getitem__)
            found = re.fullmatch(rf"∂{right}/∂{left} × Δ{left} [=≈] (.+)", said)
            assert found, said
            assert found[1] == number(numbers[f"guess.{head}"])
            assert fill(row["change"], numbers.__getitem__) == number(change[head])
        said = fill(nudge["ratio"]["guess"], numbers.__getitem__)
        assert re.fullmatch(rf"∂L/∂{sym} [=≈] {re.escape(number(p.adjoints[of]))}", said)
        assert nudge["ratio"]["symbol"] == f"ΔL/Δ{sym}"
        assert fill(nudge["ratio"]["change"], numbers.__getitem__) == number(
            change["L"] / change[of]
        )
    assert fill(nudge["rows"][0]["change"], {f"change.{of}": 0.5}.__getitem__) == "0.5"


def test_the_verdict_on_a_nudge_follows_its_place():
    tables = act.nudge("b")["verdict"]
    assert tables == sentence.payload((sentence.nudged(),))
    said = {
        place: sentence.say(
            (sentence.nudged(),), {"nudge.lost": 0, "nudge.place": place, "nudge.best": 1e-8}.get
        )
        for place in (-1, 0, 1)
    }
    for place in said:  # where all is rounding no place is nearer
        lost = {"nudge.lost": 1, "nudge.place": place, "nudge.best": 1e-8}
        assert sentence.say((sentence.nudged(),), lost.get) == (
            "Here no nudge changes the loss by more than a float64 is rounded to: what stands "
            "beside ΔL is rounding."
        )
    assert said[1] == "A smaller nudge brings the ratio closer."
    assert said[0] == "No other nudge brings the ratio closer."
    assert said[-1].endswith("With 10⁻⁸ the ratio came closest.")
    assert f"the {math.floor(1 + 53 * math.log10(2))} digits" in said[-1].replace("of the ", "the ")


def test_a_step_says_its_arithmetic_and_comes_to_it():
    step = act.one_step(5.0)
    assert step["rule"] == "w ← w − η·∂L/∂w"
    assert step["beyond"] == "This step would leave the range from −5 to 5: it is not taken."
    assert act.one_step(2.5)["beyond"].startswith(
        "This step would leave the range from −2.5 to 2.5"
    )
    assert (step["high"], step["title"]) == (5.0, "One step downhill")
    assert step["label"] == "Learning rate η"
    assert list(step["rates"]) == [0.1, 0.5, 1, 5]
    assert step["onward"] == [
        "All three move at once, for this one example. With many examples: see ",
        "Training",
        "training",
    ]
    for state in states(20, seed=32):
        p = differentiate(**state)
        for eta in settings.STEP_RATES:
            for of, line in zip(TARGETS, step["lines"], strict=True):
                w, g = float(p.values[of]), float(p.adjoints[of])
                numbers = {f"value.{of}": w, f"adjoint.{of}": g, "eta": eta}
                numbers[f"next.{of}"] = w - eta * g
                said = fill(line, numbers.__getitem__)
                gradient = number(g)
                bracketed = f"({gradient})" if gradient.startswith("−") else gradient
                wanted = f"{WRITTEN[of]} ← {number(w)} − {number(eta)} × {bracketed} "
                assert said.startswith(wanted), said
                assert said.removeprefix(wanted)[1:] == f" {number(w - eta * g)}"
    # = where every number is shown in full, ≈ where one is not.
    for of, line in zip(TARGETS, step["lines"], strict=True):
        for w, g, then, sign in (
            (1.5, 0.5, 1.25, "="),
            (1.5, 1 / 3, 1.25, "≈"),
            (1 / 3, 0.5, 1.25, "≈"),
            (1.5, 0.5, 1 / 3, "≈"),
        ):
            numbers = {f"value.{of}": w, f"adjoint.{of}": g, "eta": 0.5, f"next.{of}": then}
            assert re.search("[=≈]", fill(line, numbers.__getitem__))[0] == sign


@pytest.mark.parametrize(
    ("count", "words"), [(1, "One step: "), (2, "2 steps: "), (31, "31 steps: ")]
)
def test_what_steps_have_done_is_said(count, words):
    assert act.one_step(5.0)["after"] == sentence.payload((sentence.stepped(),))
    numbers = {"step.count": count, "step.first": 0.75, "value.L": 0.25}
    said = sentence.say((sentence.stepped(),), numbers.__getitem__)
    assert said == f"{words}the loss went from 0.75 to 0.25."
