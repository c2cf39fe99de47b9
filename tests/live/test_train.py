"""The run that the browser computes while a hand moves its start is Python's."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest

from lrviz.live.playback_payload import examples, payload
from lrviz.training.optimizers import OPTIMIZERS
from lrviz.training.playback import SYMBOLS, Request, make
from tests.live.node import run
from tests.samples import thin

HERE = [name for name in OPTIMIZERS if name not in ("sgd", "newton")]

TRAIN = """
const { Playback, readRows } = await load("playback.js");
const { train, stay, trainable } = await load("train.js");
const playback = new Playback(given.payload, readRows(given.rows));
const plain = (one) => (one.length === undefined ? one : [...one].map(String));
const all = (found) => Object.fromEntries(Object.entries(found).map(([name, one]) =>
  [name, name === "terms" ? all(one) : plain(one)]));
const here = trainable(playback, given.steps);
const found = here ? train(playback, given.start, given.steps) : stay(playback, given.start);
return { here, ...all(found) };
"""


def told(text):
    return np.array([float(one.replace("Infinity", "inf")) for one in text])


def in_the_browser(request, start):
    """A playback of some run, taken over by a run from another start."""
    made = make(request)
    given = {"payload": payload(made), "rows": examples(made.scaled)}
    return run(TRAIN, {**given, "start": start, "steps": request.steps})


@pytest.mark.parametrize(("opt", "data"), thin(list(HERE), ["penguins", "separable", "xor"], by=2))
def test_a_run_from_any_start_is_pythons(opt, data):
    dice = random.Random(f"{opt} {data}")
    # Near a minimum RMSProp divides what is left of the gradient by its own size, and throws
    # itself about: there the last digits of both are noise.
    wild = opt == "rmsprop"
    for lr in (0.01, 0.05 if wild else 0.5):
        start = [round(dice.uniform(-3, 3), 3) for _ in range(3)]
        request = Request(data=data, opt=opt, lr=lr, steps=12 if wild else 120)
        found = in_the_browser(request, start)
        assert found["here"]
        wanted = make(request._replace(start=tuple(start)))
        h = wanted.history
        assert found["taken"] == len(h)
        close = {"rtol": 1e-12, "atol": 1e-13}
        for name, array in (
            ("params", h.params),
            ("losses", h.losses),
            ("gradients", h.gradients),
            ("following", wanted.following),
            ("used", wanted.used),
        ):
            np.testing.assert_allclose(told(found[name]), array.ravel(), **close, err_msg=name)
        assert found["terms"].keys() == wanted.terms.keys()
        for name, array in wanted.terms.items():
            np.testing.assert_allclose(told(found["terms"][name]), array.ravel(), **close)


@pytest.mark.parametrize(
    "request_",
    [
        Request(data="xor", steps=20),  # the gradient is exactly zero
        Request(data="penguins", opt="gd", lr=5.0, steps=400),  # stands still at last
        Request(data="penguins", scale="raw", opt="momentum", lr=1000.0, steps=20),
    ],
)
def test_it_ends_where_python_ends(request_):
    found = in_the_browser(request_, [0.0, 0.0, 0.0])
    h = make(request_).history
    assert abs(found["taken"] - len(h)) <= (9 if h.stopped and "smaller" in h.stopped else 0)
    shared = 3 * min(found["taken"], len(h), 10)
    np.testing.assert_allclose(told(found["params"])[:shared], h.params.ravel()[:shared], rtol=1e-9)


def test_a_start_far_out_loses_no_digits():
    # u beyond 709, where e^u is infinite, and losses of 1e-300.
    for start in ([900.0, 0.0, 0.0], [-900.0, 400.0, 10.0]):
        found = in_the_browser(Request(data="separable", lr=0.1, steps=3), start)
        h = make(Request(data="separable", lr=0.1, steps=3, start=tuple(start))).history
        np.testing.assert_allclose(told(found["losses"]), h.losses, rtol=1e-11)
        np.testing.assert_allclose(told(found["params"]), h.params.ravel(), rtol=1e-12)


@pytest.mark.parametrize("opt", ["sgd", "newton"])
def test_a_rule_that_needs_more_than_the_gradient_waits_for_python(opt):
    found = in_the_browser(Request(opt=opt, steps=5), [1.0, -1.0, 0.5])
    assert not found["here"]
    assert found["taken"] == 0
    h = make(Request(opt=opt, steps=5, start=(1.0, -1.0, 0.5))).history
    np.testing.assert_allclose(told(found["losses"]), h.losses[:1], rtol=1e-12)
    np.testing.assert_allclose(told(found["gradients"]), h.gradients[0], rtol=1e-12, atol=1e-15)
    assert set(found["following"]) == {"NaN"}


@pytest.mark.parametrize("opt", OPTIMIZERS)
def test_the_rules_sent_are_the_statements_of_the_table(opt):
    sent = json.loads(json.dumps(payload(make(Request(opt=opt, steps=2)))))
    assert sent["opt"] == opt
    assert len(SYMBOLS) == 3
    if opt in HERE:
        assert [name for name, _ in sent["program"]["lines"]][-1] == "w"
        assert sent["program"]["keeps"] == list(OPTIMIZERS[opt].keeps)
    else:
        assert sent["program"] is None
