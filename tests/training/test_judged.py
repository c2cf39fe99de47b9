"""Accuracy and counts against scikit-learn, and the browser's against Python's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix

from lrviz.data.built_in import DATASETS
from lrviz.live.playback_payload import examples, payload
from lrviz.training.judged import counts, logit
from lrviz.training.playback import Request, built_in, make
from tests.live.node import run


def test_a_hundred_random_states_are_counted_as_scikit_learn_counts_them():
    dice = np.random.default_rng(13)
    for _ in range(100):
        name, scale = str(dice.choice(list(DATASETS))), str(dice.choice(["standard", "raw"]))
        s = built_in(name).scaled(scale)
        params, threshold = dice.normal(size=3) * 3, float(dice.choice([0.01, 0.3, 0.5, 0.77]))
        a = 1 / (1 + np.exp(-(s.X @ params[:2] + params[2])))
        called = (a >= threshold).astype(int)
        found = counts(s.X, s.data.y, params, threshold)
        truth = confusion_matrix(s.data.y, called, labels=[0, 1])
        assert [[found.tn, found.fp], [found.fn, found.tp]] == truth.tolist()
        assert found.accuracy == pytest.approx(accuracy_score(s.data.y, called), rel=1e-15)


def test_an_example_on_the_line_counts_as_class_one():
    X, y = [[0.0, 0.0], [1.0, 0.0]], [0, 1]
    assert counts(X, y, (0, 0, 0)) == (1, 1, 0, 0)
    assert logit(0.5) == 0.0
    assert counts(X, y, (0, 0, 0), 0.51) == (0, 0, 1, 1)


@pytest.mark.parametrize("threshold", [0, 1, -1, np.nan])
def test_a_threshold_lies_between_zero_and_one(threshold):
    with pytest.raises(ValueError, match=r"^The threshold must lie between 0 and 1, not .+\.$"):
        counts([[0, 0]], [0], (0, 0, 0), threshold)


def test_no_line_gets_more_than_three_of_xor():
    data = built_in("xor").data
    angles = np.linspace(0, 2 * np.pi, 721)
    best = max(
        (counts(data.X, data.y, (np.cos(t), np.sin(t), b)).accuracy)
        for t in angles
        for b in np.linspace(-1.6, 1.6, 65)
    )
    assert best == 0.75


PLAYED = """
const { Playback, readRows } = await load("playback.js");
const playback = new Playback(given.payload, readRows(given.rows));
"""


@pytest.mark.parametrize(
    "request_",
    [
        Request(steps=20),
        Request(data="imbalanced", opt="sgd", batch=50, steps=9),
        Request(data="xor", steps=3),
        Request(data="separable", scale="raw", steps=12, l2=0.3),
    ],
)
def test_the_browser_counts_the_same_for_every_frame(request_):
    made = make(request_)
    at = [(k, t) for k in range(len(made.history) + 1) for t in (0.01, 0.37, 0.5, 0.9)]
    body = """
    return { lines: given.at.map(([k, t]) => playback.boundary(k, t)),
      counts: given.at.map(([k, t]) => playback.counts(k, t)),
      plain: [...playback.plain],
      batches: given.at.map(([k]) => playback.batch(k) && [...playback.batch(k)]) };
    """
    given = {"payload": payload(made), "rows": examples(made.scaled), "at": at}
    got = run(PLAYED + body, given)
    for n, (k, threshold) in enumerate(at):
        params = made.history.params[k]
        mine = counts(made.scaled.X, made.scaled.data.y, params, threshold)
        assert got["counts"][n] == {**mine._asdict(), "accuracy": mine.accuracy}
        w1, w2, b = got["lines"][n]
        # Where that line is zero in raw units, a is the threshold.
        raw = made.scaled.data.X
        z = made.scaled.X @ params[:2] + params[2]
        np.testing.assert_allclose(raw @ [w1, w2] + b, z - logit(threshold), atol=1e-10)
        rows = made.batches[k].tolist() if k < len(made.batches) else None
        assert got["batches"][n] == rows
    free = made.history.losses - request_.l2 / 2 * (made.history.params[:, :2] ** 2).sum(axis=1)
    np.testing.assert_allclose(got["plain"], free, rtol=1e-14)
    assert bool(made.batches) == (request_.opt == "sgd")
