"""Every sentence about a run is true of it: random runs, judged without what made it."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrviz.data.built_in import DATASETS
from lrviz.data.dataset import Dataset, from_points
from lrviz.settings import FILE, OWN, RATE_HIGH, RATE_LOW
from lrviz.text.about_run import (
    about_data,
    about_rates,
    about_scale,
    marks,
    now,
    still,
    texts,
    too_large,
)
from lrviz.text.numbers import exact, number
from lrviz.training.model import gradient, hessian, mean_loss
from lrviz.training.newton import minimum
from lrviz.training.optimizers import OPTIMIZERS
from lrviz.training.playback import Request, TrainingData, make
from lrviz.training.run import train
from lrviz.training.starts import random_start
from tests.samples import sample

rates = st.one_of(st.floats(-2, 2).map(lambda e: float(f"{10**e:.3g}")), st.floats(0.05, 30))
requests = st.fixed_dictionaries(
    {
        "data": st.sampled_from(list(DATASETS)),
        "scale": st.sampled_from(["standard", "standard", "raw"]),
        "opt": st.sampled_from(["gd", "gd", "gd", *OPTIMIZERS]),
        "lr": rates,
        "steps": st.sampled_from([1, 2, 7, 30, 60]),
        "seed": st.integers(0, 99),
        "start": st.just((0.0, 0.0, 0.0)) | st.tuples(*[st.floats(-3, 3)] * 3),
        "l2": st.sampled_from([0.0, 0.0, 0.01, 1.0]),
    }
).map(lambda fields: Request(**fields))


def shown(text, left, value):
    """The text has ``left = value``, or ≈ where its digits are rounded."""
    sign = "=" if exact(value) else "≈"
    assert f"{left} {sign} {number(value)}" in text, (left, value, text)


def sides(made):
    """J at every step and where it stands along the direction of largest curvature, anew."""
    X, y, l2 = made.scaled.X, made.scaled.data.y, made.request.l2
    losses = np.array([mean_loss(X, y, w, l2) for w in made.history.params])
    best = minimum(X, y, l2)
    if best is None:
        return losses, None
    values, vectors = np.linalg.eigh(hessian(X, y, best, l2))
    assert made.bounds.local == pytest.approx(2 / values[-1], rel=1e-9)
    return losses, (made.history.params - best) @ vectors[:, -1]


@settings(
    max_examples=sample(20, 1000), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(requests)
def test_what_is_said_of_a_random_run_is_true_of_it(request):
    made = make(request)
    losses, along = sides(made)
    _true_of_the_rate(made, losses, along)
    _true_of_the_data(made)
    _true_of_the_scale(made)
    _true_of_the_start(made)
    _true_of_the_size(made)


@pytest.mark.parametrize("data", ["twins", "blobs", "penguins"])
def test_a_step_near_the_minimum_lands_where_it_is_said_to(data):
    made = make(Request(data=data, l2=0.01))
    text, bounds = " ".join(about_rates(made)[0]), made.bounds
    shown(text, "1/κ", bounds.local / 2)
    for share, crosses, nearer in (
        (0.48, False, True),
        (0.52, True, True),
        (0.98, True, True),
        (1.02, True, False),
    ):
        start = bounds.minimum + 1e-4 * bounds.steepest
        run = make(made.request._replace(lr=share * bounds.local, start=tuple(start), steps=1))
        before, after = (run.history.params - bounds.minimum) @ bounds.steepest
        assert (after * before < 0) == crosses
        assert (abs(after) < abs(before)) == nearer


def _true_of_the_rate(made, losses, along):
    r, bounds, text = made.request, made.bounds, " ".join(about_rates(made)[0])
    if r.opt == "newton":
        assert "needs no η" in text
        return
    wide = np.column_stack([made.scaled.X, np.ones(len(made.scaled.X))])
    most = np.linalg.eigvalsh(wide.T @ wide / (4 * len(wide)) + np.diag([r.l2, r.l2, 0]))[-1]
    assert bounds.guaranteed == pytest.approx(2 / most, rel=1e-10)
    shown(text, "2/K", bounds.guaranteed)
    assert ("no minimum exists to settle at" in text) == (along is None)
    if along is not None:
        shown(text, "2/κ", bounds.local)
    said = now(made)
    shown(said, "Now η", r.lr)
    if r.opt != "gd":
        assert OPTIMIZERS[r.opt].label in said
        return
    tolerance = 1e-9
    rises = int((losses[1:] > losses[:-1] * (1 + tolerance)).sum())
    if "J never rises" in said:
        assert rises == 0
        assert r.lr <= bounds.guaranteed
        return
    assert ("beyond both" in said) == (along is not None and r.lr > bounds.local)
    assert ("between the two" in said) == (along is not None and r.lr <= bounds.local)
    found = re.search(r"J rose at (\d+) of (\d+) steps?\.", said)
    assert (found is None) == (rises == 0)
    if found:
        assert (int(found[1]), int(found[2])) == (rises, len(made.history))
    _true_of_the_sides(said, made, along)
    _true_of_the_bounce(said, made, losses)


def _true_of_the_sides(said, made, along):
    pattern = r"Of the last (\d+) steps?, (\d+) came out .*?, (none|\d+) of them farther"
    found = re.search(pattern, said)
    if found is None:
        return
    last = int(found[1])
    before, after = along[-last - 1 : -1], along[-last:]
    assert last == len(made.history) - len(made.history) // 2
    crossed = [b * a < 0 for b, a in zip(before.tolist(), after.tolist(), strict=True)]
    farther = [c and abs(a) > abs(b) for c, b, a in zip(crossed, before, after, strict=True)]
    # At rest the sides are a matter of the last digits, and the two minima differ there.
    if np.abs(along[-last - 1 :]).min() > 1e-7:
        assert int(found[2]) == sum(crossed)
        assert found[3] == (str(sum(farther)) if sum(farther) else "none")


def _true_of_the_bounce(said, made, losses):
    if "settled into a bounce" not in said:
        return
    end = made.history.params[-8:]
    apart = np.linalg.norm(end[1:] - end[:-1], axis=1).min()
    assert np.linalg.norm(end[2:] - end[:-2], axis=1).max() <= 2e-3 * apart
    for one in losses[-2:]:
        assert number(one) in said


def _true_of_the_data(made):
    text, data = " ".join(about_data(made)), made.scaled.data
    assert f"{len(data)} examples" in text
    free = minimum(made.scaled.X, data.y) is None
    assert ("So no minimum exists" in text) == (made.bounds.minimum is None)
    assert ("without weight decay no minimum would exist" in text) == (free and made.request.l2 > 0)
    if made.request.l2:
        assert "no minimum exists" not in text.replace("unless the weights decay, no minimum", "")
    if made.bounds.minimum is None or not made.request.l2:
        return
    best = made.bounds.minimum
    slope = gradient(made.scaled.X, data.y, best, made.request.l2)
    assert np.abs(slope).max() < 1e-9 * max(1.0, np.abs(made.scaled.X).max())
    for letter, value in zip(("w₁", "w₂", "b"), best.tolist(), strict=True):
        shown(text, letter, value)


def _true_of_the_scale(made):
    text, s = " ".join(about_scale(made)), made.scaled
    if made.request.scale == "standard":
        for n in range(2):
            shown(text, f"{s.data.feature_names[n]}: mean", float(s.data.X[:, n].mean()))
            shown(text, "standard deviation", float(s.data.X[:, n].std()))
    if made.request.opt != "newton":
        assert number(made.bounds.guaranteed) in text


def _true_of_the_start(made):
    found = still(made)
    moved = (made.history.params != made.history.params[0]).any()
    moves = moved or (made.following[0] != made.history.params[0]).any()
    assert (found is None) == moves
    if found is None:
        return
    X, y, l2 = made.scaled.X, made.scaled.data.y, made.request.l2
    slope = gradient(X, y, made.history.params[0], l2)
    assert ("exactly zero" in found["why"]) == (not slope.any())
    away = train(X, y, start=found["start"], steps=1, l2=l2, learning_rate=0.1)
    assert (away.params[-1] != away.params[0]).any()


# Known cases


def test_xor_from_zero_has_nothing_to_play_and_elsewhere_it_has():
    made = make(Request(data="xor"))
    assert still(made) == {
        "why": "There is nothing to play: the gradient is exactly zero at this start, because it "
        "is the minimum already. Start elsewhere.",
        "start": list(random_start(0)),
    }
    assert still(make(Request(data="xor", opt="sgd", steps=5))) is not None
    assert still(make(Request(data="xor", start=random_start(0), steps=5))) is None
    assert "three of the four" in " ".join(about_data(made))


def test_beyond_the_local_threshold_the_words_are_counts():
    made = make(Request(data="twins", lr=7.0, steps=60))
    said = now(made)
    assert "J rose at 30 of 60 steps." in said
    assert "Of the last 30 steps, 30 came out on the other side" in said
    assert ", 15 of them farther from it" in said
    assert "It has settled into a bounce between J ≈ 0.6753 and J ≈ 0.7410." in said


@pytest.mark.parametrize("label", [0, 1])
def test_of_one_class_b_can_always_go_on(label):
    data = TrainingData(from_points(((1.0, 2.0, label), (0.5, -1.0, label))))
    for l2 in (0.0, 0.1):
        made = data.make(Request(data=OWN, steps=4, l2=l2))
        said = " ".join(about_data(made))
        assert ("weight decay leaves b alone" in said) == (l2 > 0)
        assert made.bounds.local is None
        way = 1 if "Raising b" in said else -1
        J = [mean_loss(made.scaled.X, data.data.y, (0.3, -0.2, way * b), l2) for b in range(-9, 9)]
        assert all(low < high for high, low in pairwise(J))


def test_marks_are_the_bounds_that_the_slider_reaches():
    made = make(Request(data="twins"))
    assert marks(made.bounds) == [("2/K", made.bounds.guaranteed), ("2/κ", made.bounds.local)]
    assert [name for name, _ in marks(make(Request(data="separable")).bounds)] == ["2/K"]
    assert marks(made.bounds._replace(guaranteed=RATE_LOW / 2, local=RATE_HIGH * 2)) == []


def test_rates_to_try_stand_where_they_say():
    made = make(Request(data="twins"))
    tries = dict(about_rates(made)[1])
    assert tries["Just below 2/K"] < made.bounds.guaranteed
    assert made.bounds.guaranteed < tries["Just below 2/κ"] < made.bounds.local
    assert made.bounds.local < tries["Beyond 2/κ"] < tries["Far beyond"]
    assert [block["title"] for block in texts(made)] == ["Learning rate", "The data", "The scale"]


def _true_of_the_size(made):
    said, r = too_large(made) or "", made.request
    X = made.scaled.X
    curved = np.linalg.eigvalsh(
        np.c_[X, np.ones(len(X))].T @ np.c_[X, np.ones(len(X))] / (4 * len(X))
        + np.diag([r.l2, r.l2, 0.0])
    )[-1]
    assert ("too large for a gradient step that is safe" in said) == (
        r.scale == "raw" and r.opt != "newton" and 2 / curved < RATE_LOW
    )
    with np.errstate(over="ignore"):
        drawn = np.array([made.surface.losses(k) for k in range(len(made.history) + 1)])
    assert ("has one colour" in said) == bool(np.isinf(drawn).any())


@pytest.mark.parametrize("size", [1.0, 100.0, 4000.0, 1e10, 1e30, 1e90])
@pytest.mark.parametrize("scale", ["standard", "raw"])
def test_values_that_are_too_large_are_said_to_be(size, scale):
    rng = np.random.default_rng(0)
    X = size * rng.normal(size=(20, 2))
    y = (X[:, 0] + 0.3 * size * rng.normal(size=20) > 0).astype(np.int64)
    data = Dataset("f", X, y, ("a", "b"), ("0", "1"), "", "")
    made = TrainingData(data).make(Request(data=FILE, scale=scale, lr=0.003, steps=9))
    _true_of_the_size(made)
    assert (too_large(made) is not None) == (scale == "raw" and size > 100)
