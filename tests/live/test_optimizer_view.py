"""An optimizer's picture: the browser's numbers are Python's, and the words are true of them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lrviz.live.playback_payload import examples, payload
from lrviz.text.pictures import MEANINGS, PICTURES, letters, quantities, sentence
from lrviz.training.model import hessian, mean_loss
from lrviz.training.optimizers import OPTIMIZERS
from lrviz.training.playback import Request, make
from tests.live.node import run

BODY = """
const { Playback, readRows } = await load("playback.js");
const { quantities } = await load("optimizer-view.js");
const { say } = await load("sentence.js");
const playback = new Playback(given.payload, readRows(given.rows));
return given.steps.map((k) => {
  const found = quantities(playback, k);
  return { found, says: say(playback.spec.picture.says, (key) => found[key]) };
});
"""
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


@pytest.mark.parametrize("request_", RUNS, ids=lambda r: f"{r.opt}-{r.data}")
def test_the_browsers_numbers_and_words_are_pythons(request_):
    made = make(request_)
    steps = list(range(min(len(made.history), 30) + 1))
    given = {"payload": payload(made), "rows": examples(made.scaled), "steps": steps}
    for k, got in zip(steps, run(BODY, given), strict=True):
        mine = quantities(made, k)
        assert got["found"].keys() == mine.keys()
        for name, value in mine.items():
            assert got["found"][name] == pytest.approx(value, rel=1e-9, abs=1e-9), name
        if all(abs(v - got["found"][n]) <= 1e-15 * abs(v) for n, v in mine.items()):
            assert got["says"] == sentence(made, k)


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
