"""What the picture of an optimizer's step says is true of the step."""

from __future__ import annotations

import math
import re
from types import SimpleNamespace

import numpy as np
import pytest

from lrviz.core.expression import plain, symbol
from lrviz.text.numbers import number
from lrviz.text.pictures import MEANINGS, PICTURES, letters, picture, quantities, sentence
from lrviz.training.model import hessian, mean_loss
from lrviz.training.optimizers import OPTIMIZERS
from lrviz.training.playback import Request, make
from tests.samples import some

RUNS = [
    Request(opt="newton", steps=9),
    Request(opt="newton", steps=30, data="separable", start=(4.0, -3.0, 1.0)),
    Request(opt="newton", steps=9, data="separable", l2=0.1),
    Request(opt="momentum", steps=40, lr=1.0),
    Request(opt="momentum", steps=40, momentum=0.0),
    Request(opt="nesterov", steps=40, lr=0.5, l2=0.01),
    Request(opt="rmsprop", steps=40, lr=0.1),
    Request(opt="adam", steps=40, lr=0.1),
    Request(opt="adagrad", steps=40, lr=0.5, scale="raw"),
    Request(opt="adam", steps=3, data="xor"),
    Request(opt="newton", steps=3, data="xor"),
]


@pytest.mark.parametrize("request_", RUNS[:3], ids=lambda r: r.data)
def test_the_parabola_has_js_slope_and_curvature_and_newton_its_bottom(request_):
    made = make(request_)
    X, y, l2 = made.scaled.X, made.scaled.data.y, request_.l2
    for k in range(len(made.history)):
        found, at = quantities(made, k), made.history.params[k]
        d, g = made.terms["d"][k], made.history.gradients[k]
        assert found["slope"] == pytest.approx(g @ d, rel=1e-12)
        assert found["bend"] == pytest.approx(d @ hessian(X, y, at, l2) @ d, rel=1e-9)
        assert found["newton.after"] == pytest.approx(made.history.losses[k + 1], rel=1e-12)
        step = made.bounds.guaranteed / 2 * g
        assert found["gradient.after"] == pytest.approx(mean_loss(X, y, at - step, l2), rel=1e-12)
        # The lowest point of j − slope·t + bend·t²/2.
        t = -np.polyder([found["bend"] / 2, -found["slope"], 0])[1] / found["bend"]
        lowest = np.polyval([found["bend"] / 2, -found["slope"], made.history.losses[k]], t)
        assert found["share"] == pytest.approx(1 / t, rel=1e-9)
        assert found["newton.bottom"] == pytest.approx(lowest, rel=1e-9, abs=1e-12)
        if found["damping"] == 0:
            # Undamped, the step's end t = 1 is the bottom: there the parabola's slope is zero.
            assert found["share"] == pytest.approx(1, rel=1e-6)


@pytest.mark.parametrize("request_", RUNS[3:9], ids=lambda r: r.opt)
def test_the_step_that_is_drawn_is_the_one_that_is_taken(request_):
    made = make(request_)
    for k in range(len(made.history)):
        found = quantities(made, k)
        taken = made.history.params[k + 1] - made.history.params[k]
        if PICTURES[request_.opt] == "velocity":
            assert request_.lr * found["moves"] == pytest.approx(np.linalg.norm(taken), rel=1e-6)
            g = made.history.gradients[k]
            cosine = -taken @ g / np.linalg.norm(taken) / np.linalg.norm(g)
            assert math.cos(math.radians(found["turn"])) == pytest.approx(cosine, abs=1e-6)
        else:
            assert found["moves"] == pytest.approx(np.abs(taken).max(), rel=1e-6)
            spread = np.abs(taken).max() / np.abs(taken).min()
            assert found["steps"] == pytest.approx(spread, rel=1e-5)


@pytest.mark.parametrize("opt", OPTIMIZERS)
def test_every_letter_of_a_rule_is_said_in_words(opt):
    shown = {letter for letter, _, _ in letters(opt, decays=True)}
    assert {"newton": {"H", "d", "δ", "g"}, "adam": {"m̂", "ŝ", "m", "s"}}.get(opt, set()) <= shown
    assert all(meaning for _, meaning, _ in letters(opt))
    assert "λ" in shown
    assert "λ" not in {letter for letter, _, _ in letters(opt)}
    assert len(MEANINGS) == len(set(MEANINGS.values()))


@pytest.mark.parametrize("opt", OPTIMIZERS)
def test_every_constant_of_a_rule_is_told_in_words(opt):
    told, rule = [sign for sign, _, _ in letters(opt)], OPTIMIZERS[opt]
    used = {name for line in rule.statements for name in line.right.symbols} & set(rule.constants)
    assert {plain(symbol(name)) for name in used} <= set(told)
    assert ("β₁" in told) == ("β₂" in told) == (opt == "adam")
    assert len(told) == len(set(told))


def test_what_is_said_of_letters_in_numbers_is_so():
    assert [text for text in MEANINGS.values() if re.search(r"\d", text)] == [
        "m, corrected for having begun at 0",
        "s, corrected for having begun at 0",
        "the damping: 0 unless the plain step would not lead down",
        "so small that it only keeps 0 from dividing",
    ]
    made = make(Request(opt="adam", steps=1))
    for name in ("m", "s"):
        assert (made.terms[f"{name}_before"][0] == 0).all()
    np.testing.assert_allclose(made.terms["m_hat"][0], made.used[0], rtol=1e-12)
    # The damping of a plain step, and of one that would not lead down.
    assert make(RUNS[0]).terms["delta"][0] == 0
    assert make(DAMPED).terms["delta"][0] > 0
    # g/(√0 + ε) is a number, and for slopes that are none of the smallest ε is not seen.
    epsilon = OPTIMIZERS["adam"].constants["epsilon"]
    assert 0 < epsilon < 1e-6


def test_the_slope_is_a_letter_where_the_rule_or_its_picture_has_it():
    """The rules of momentum and Adam are written with ∂J/∂w, and their pictures have v and m."""
    having = {opt for opt in OPTIMIZERS if "g" in {letter for letter, _, _ in letters(opt)}}
    written = {
        opt for opt, rule in OPTIMIZERS.items() if any(s.name == "g" for s in rule.statements)
    }
    assert written == {"sgd"}
    assert having == written | {"newton", "rmsprop", "adagrad"}


def test_nesterov_alone_looks_ahead():
    assert [opt for opt in PICTURES if picture(opt)["ahead"]] == ["nesterov"]


def one_step(opt, **held):
    """A step whose numbers are set by hand."""
    terms = {name: np.array([value]) for name, value in held.items()}
    for_newton = {name: terms.pop(name) for name in ("slopes", "bends", "ends") if name in terms}
    return SimpleNamespace(
        request=Request(opt=opt, lr=0.5, momentum=0.9),
        terms=terms,
        used=terms.get("g"),
        history=SimpleNamespace(losses=np.array([2.0])),
        parabolas=SimpleNamespace(**for_newton),
    )


@pytest.mark.parametrize(
    ("slope", "bend", "said"),
    [
        (0.0, 3.0, "The slope is exactly zero here"),
        (3.0, 0.0, "J is straight along d here"),
        (0.0, 0.0, "The slope is exactly zero here"),
        (
            4.0,
            8.0,
            "The parabola that has J’s slope and curvature here has its bottom along d at J = 1;",
        ),
        (math.inf, 1.0, "The numbers of this step leave float64."),
    ],
)
def test_a_parabola_without_a_slope_or_a_bend(slope, bend, said):
    made = one_step("newton", slopes=[slope], bends=[bend], ends=[1.5, 1.75], delta=0.0)
    assert sentence(made, 0).startswith(said)
    found = quantities(made, 0)
    if slope == 0:
        assert found["share"] == 0
    if bend == 0:
        assert found["newton.bottom"] == 2


@pytest.mark.parametrize(
    ("g", "before", "said"),
    [
        ([0.0, 0.0, 0.0], [1.0, 0.0, 0.0], "The slope is exactly zero here: the whole step is"),
        ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], "Nothing moves here."),
        ([0.9, 0.0, 0.0], [-1.0, 0.0, 0.0], "Nothing moves here."),
        ([0.0, 2.0, 0.0], [0.0, 0.0, 0.0], "Nothing is carried on yet: the whole step comes"),
    ],
)
def test_a_velocity_without_a_slope_or_a_step(g, before, said):
    v = np.array(g) + 0.9 * np.array(before)
    made = one_step("momentum", g=g, v=v.tolist(), v_before=before)
    assert sentence(made, 0).startswith(said)
    found = quantities(made, 0)
    if not (np.any(g) and v.any()):
        assert (found["ratio"], found["turn"]) == (0, 0)


def test_rates_where_one_parameter_has_no_slope():
    made = one_step("rmsprop", g=[0.0, 2.0, -4.0], s=[1.0, 4.0, 16.0])
    found = quantities(made, 0)
    assert (found["least"], found["slopes"], found["steps"]) == (0, 1, 1)
    assert found["moves"] == pytest.approx(0.5, rel=1e-6)
    assert sentence(made, 0) == (
        "One parameter has a slope of exactly zero and stays; each parameter’s rate is η over the "
        "size of its own slopes."
    )


def test_slopes_of_changing_sign_are_said_to_cancel_in_adams_mean():
    beta1, seen = OPTIMIZERS["adam"].constants["beta1"], set()
    told = set()
    for request in [Request(opt="adam", steps=60, lr=lr) for lr in (0.05, 2.0)]:
        made = make(request)
        sizes = np.zeros(3)
        for k in range(len(made.history)):
            # The same running mean as m̂ is, of sizes.
            sizes = beta1 * sizes + (1 - beta1) * np.abs(made.used[k])
            means = np.abs(made.terms["m_hat"][k])
            shares = means / (sizes / (1 - beta1 ** (k + 1)))
            left, whose = shares.min(), ("w₁", "w₂", "b")[shares.argmin()]
            assert quantities(made, k)["left"] == pytest.approx(left, rel=1e-9)
            said = sentence(made, k)
            assert ("have changed sign and cancel in the mean" in said) == (left < 0.5)
            assert ("cancel in the mean by more than half" in said) == (0.5 <= left < 1 - 1e-9)
            assert ("as large as the mean of their sizes" in said) == (left >= 1 - 1e-9)
            seen.add((left < 0.5, left < 1 - 1e-9))
            if 0.5 <= left < 1 - 1e-9:
                assert f"m̂ is at least ≈ {number(left)} times" in said
            if left < 0.5:
                assert f"The slopes of {whose} have changed sign" in said
                assert f"m̂ is ≈ {number(left)} times" in said
                signs = np.sign(made.used[: k + 1, shares.argmin()])
                assert signs.min() < signs.max()
                told.add(whose)
    assert seen == {(False, False), (False, True), (True, True)}
    assert told == {"w₁", "w₂", "b"}


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (1 - 0.9e-9, "No slopes of changing sign"),
        (1 - 1.1e-9, "No parameter’s slopes cancel in the mean by more than half"),
        (0.5, "No parameter’s slopes cancel in the mean by more than half"),
        (0.49, "The slopes of w₂ have changed sign"),
    ],
)
def test_where_one_word_ends_and_the_next_begins(left, said):
    made = one_step("adam", g=[2.0, 2.0, 2.0], m_hat=[2.0, -2 * left, 2.0], s_hat=[4.0, 4.0, 4.0])
    assert f" {said}" in sentence(made, 0)


def test_a_parameter_without_slopes_cancels_nothing():
    zero = [0.0, 0.0, 0.0]
    made = one_step("adam", g=zero, m_hat=zero, s_hat=zero)
    assert quantities(made, 0)["left"] == 1
    assert sentence(made, 0) == "Nothing moves here."


def test_gd_and_sgd_have_no_picture():
    for opt in ("gd", "sgd"):
        assert picture(opt) is None
        assert sentence(make(Request(opt=opt, steps=2)), 0) == ""


MEANS = ("mean slope m̂", "slope")
#: Where a plain step of Newton's would lead up.
DAMPED = Request(opt="newton", data="blobs", start=(5.0, 5.0, 5.0), steps=6)
SPREAD = [
    Request(opt=opt, steps=60, lr=lr, data=data, start=(2.0, -1.0, 1.0))
    for opt in ("momentum", "nesterov", "rmsprop", "adam", "adagrad")
    for lr in some(2, (0.05, 20.0, 1.0))
    for data in ("penguins", "separable")
]


@pytest.mark.parametrize("kind", ["velocity", "rates"])
def test_which_sentence_is_said_follows_the_step_itself(kind):
    seen, told = set(), set()
    for request in SPREAD:
        if PICTURES[request.opt] != kind:
            continue
        made = make(request)
        for k in range(len(made.history)):
            said, g = sentence(made, k), made.used[k]
            moved = made.history.params[k] - made.history.params[k + 1]
            if "leave float64" in said or "Nothing moves" in said:
                continue
            if kind == "velocity":
                times = np.linalg.norm(moved) / request.lr / np.linalg.norm(g)
                cosine = moved @ g / np.linalg.norm(moved) / np.linalg.norm(g)
                if abs(cosine) < 1e-9 or abs(times - 1) < 1e-9:
                    continue
                wanted = "outweighs" if cosine < 0 else "carries on" if times > 1 else "holds back"
                if k == 0:
                    wanted = "Nothing is carried on yet"
            else:
                m = "mean slope m̂" if request.opt == "adam" else "slope"
                slopes = np.abs(made.terms["m_hat"][k] if request.opt == "adam" else g)
                times = slopes.max() / slopes.min()
                even = np.abs(moved).max() / np.abs(moved).min()
                if min(abs(times / even / by - 1) for by in (1.5, 1 / 1.5)) < 1e-6:
                    continue
                wanted = f"The largest {m} is"
                words = set(re.findall("only|even", said.split("times the smallest,")[-1]))
                assert words == (
                    {"only"} if times >= 1.5 * even else {"even"} if even >= 1.5 * times else set()
                )
                told |= words or {"alike"}
                assert number(times) in said
            assert wanted in said, (request, k)
            seen.add(wanted)
    assert told == (set() if kind == "velocity" else {"only", "even", "alike"})
    wanted = {"outweighs", "carries on", "holds back", "Nothing is carried on yet"}
    assert seen == (wanted if kind == "velocity" else {f"The largest {m} is" for m in MEANS})


def test_a_damped_step_goes_a_part_of_the_way():
    made = make(DAMPED)
    for k in range(len(made.history)):
        found, said = quantities(made, k), sentence(made, k)
        assert ("The step is damped" in said) == (made.terms["delta"][k] > 0)
        if "damped" in said:
            assert 0 < found["share"] < 1
            assert f"{number(found['share'])} of the way" in said
        assert number(made.history.losses[k + 1]) in said


def test_the_gradient_step_beside_newtons_has_the_guaranteed_rate():
    """η = 1/K: the bound 2/K is the largest rate that surely descends."""
    said = sentence(make(RUNS[0]), 0)
    assert "a gradient step with η = 1/K finds" in said


def test_what_leaves_float64_is_said():
    assert {row[0][1] for row in (picture(opt)["says"][0] for opt in PICTURES)} == {
        "The numbers of this step leave float64."
    }
