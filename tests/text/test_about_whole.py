"""What is said about known runs, sentence by sentence, with numbers found here."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from lrviz import settings
from lrviz.data.built_in import load_dataset
from lrviz.data.dataset import Dataset, from_points, standardise
from lrviz.text.about_run import (
    about_data,
    about_rates,
    about_scale,
    first_rates,
    marks,
    now,
    still,
    too_large,
)
from lrviz.text.numbers import equation, number
from lrviz.training.model import gradient, hessian, mean_loss
from lrviz.training.newton import first_rate, minimum
from lrviz.training.playback import Request, TrainingData, make


def is_(value, left=""):
    """``left = value``, or ≈ where the digits are rounded; of no left side, ≈ alone."""
    return equation(left, value).removeprefix("= ")


def curvature(X, l2=0.0, parts=4):
    """The largest eigenvalue of XᵀX/(4m) with a column of ones, and λ for each weight."""
    wide = np.column_stack([X, np.ones(len(X))])
    return np.linalg.eigvalsh(wide.T @ wide / (parts * len(X)) + np.diag([l2, l2, 0.0]))[-1]


def own(*points):
    """Points placed by hand."""
    return TrainingData(from_points(points))


# The data


def test_the_data_in_whole_sentences():
    penguins = load_dataset("penguins")
    assert about_data(make(Request(steps=3))) == [
        penguins.teaches,
        f"{len(penguins.y)} examples; the label is sex: y = 0 is female, y = 1 is male.",
        f"Source: {penguins.source} Licence: {penguins.licence}",
    ]
    assert about_data(own((1.0, 2.0, 1)).make(Request(data="own", steps=2)))[0] == (
        "One example; y = 0, y = 1."
    )
    two = own((1.0, 2.0, 0), (2.0, 1.0, 1))
    assert about_data(two.make(Request(data="own", steps=2)))[0] == "2 examples; y = 0, y = 1."
    assert about_data(two.make(Request(data="own", steps=2)))[-1] == (
        "The points are part of the link."
    )


def test_what_is_said_of_a_file():
    X = np.array([[1.0, 2.0], [2.0, 1.0], [0.0, 0.5]])
    data = Dataset("mine.csv", X, np.array([0, 1, 1]), ("a", "b"), ("no", "yes"), "", "")
    *_, said = about_data(TrainingData(data).make(Request(data=settings.FILE, steps=2)))
    assert said == (
        "Your own file, mine.csv: it stays in this visit and is not in the link. Examples are "
        "counted from 0, without the header and without rows that were left out."
    )


def test_at_the_place_that_is_named_every_a_is_a_half_and_the_four_cancel():
    made = make(Request(data="xor", steps=1))
    (said,) = (line for line in about_data(made) if line.startswith("At w"))
    w, b, of = re.fullmatch(
        r"At w = (\d+), b = (\d+) every a is ½, so each example adds ±½·x, and over the four "
        r"corners these cancel in every coordinate: the gradient is exactly zero\. It is the "
        r"minimum, too: in log loss no line does better than J = log (\d+) ≈ [\d.]+\. By counting, "
        r"a line can get three of the four right, but never the fourth, and it pays for that one "
        r"with more than it gains\.",
        said,
    ).groups()
    X, y = made.scaled.X, made.scaled.data.y
    place = np.array([float(w), float(w), float(b)])
    assert (X @ place[:2] + place[2] == 0).all()
    assert (gradient(X, y, place) == 0).all()
    least = mean_loss(X, y, minimum(X, y))
    assert least == pytest.approx(np.log(int(of)), rel=1e-12)
    assert f"J = log {of} ≈ {number(least)}." in said
    for name in ("and", "penguins"):
        assert not any(line.startswith("At w") for line in about_data(make(Request(data=name))))


def test_where_the_minimum_is_in_whole_sentences():
    for data, said in (
        ("penguins", "Weight decay, λ = 0.1, moves the minimum to {}."),
        (
            "separable",
            "A line separates the classes, so without weight decay no minimum would exist. "
            "Weight decay, λ = 0.1, holds the weights: the minimum is at {}.",
        ),
    ):
        made = make(Request(data=data, l2=0.1, steps=1))
        X, y = made.scaled.X, made.scaled.data.y
        best = minimum(X, y, 0.1)
        assert np.abs(gradient(X, y, best, 0.1)).max() < 1e-12
        at = ", ".join(is_(v, s) for s, v in zip(("w₁", "w₂", "b"), best, strict=True))
        assert said.format(at) in about_data(made)


@pytest.mark.parametrize(("labels", "way"), [((0, 0), "Lowering"), ((1, 1), "Raising")])
def test_of_one_class_in_whole_sentences(labels, way):
    made = own((1.0, 2.0, labels[0]), (0.0, 1.0, labels[1])).make(Request(data="own", steps=2))
    assert about_data(made)[1] == (
        "There is one class only, so the best answer is always that one: the loss can fall for "
        f"ever. {way} b always lowers J. Add the other class to give training something to weigh."
    )


# The scale


@pytest.mark.parametrize("scale", ["standard", "raw"])
def test_the_scale_in_whole_sentences(scale):
    made = make(Request(scale=scale, steps=1, lr=0.001))
    data = load_dataset("penguins")
    mean, std = data.X.mean(axis=0), data.X.std(axis=0)
    names = data.feature_names
    each = "; ".join(
        f"{n}: {is_(m, 'mean')}, {is_(d, 'standard deviation')}"
        for n, m, d in zip(names, mean.tolist(), std.tolist(), strict=True)
    )
    bounds = {"standard": 2 / curvature((data.X - mean) / std), "raw": 2 / curvature(data.X)}
    (there,) = set(bounds) - {scale}
    features = {"standard": "standardised features", "raw": "raw features"}
    first, second = about_scale(made)
    assert first == (
        f"Each feature is standardised, (x − mean) / standard deviation. {each}."
        if scale == "standard"
        else "The features are used as they are, in their own units: what is large pulls more."
    )
    # What stands before K is what it is divided into.
    above = re.search(r"(\d)/K", second)[1]
    assert float(above) / curvature(made.scaled.X) == pytest.approx(bounds[scale], rel=1e-12)
    assert second == (
        "The units change the curvature, and so what a learning rate can be: 2/K is "
        f"{is_(bounds[scale])} here and {is_(bounds[there])} for {features[there]}. So a change of "
        "scale sets η anew, to 0.5 for standardised features and 0.003 for raw features."
    )
    assert first_rates(made) == {"standard": 0.5, "raw": 0.003}
    assert len(about_scale(make(Request(scale=scale, opt="newton", steps=1)))) == 1


@pytest.mark.parametrize("data", ["twins", "blobs", "xor", "penguins", "outlier"])
def test_the_rate_that_a_change_of_scale_sets_is_safe_there(data):
    made = make(Request(data=data, steps=1))
    X = load_dataset(data).X
    bounds = {"standard": 2 / curvature(standardise(X)[0]), "raw": 2 / curvature(X)}
    found = first_rates(made)
    for scale, bound in bounds.items():
        # One digit, below 2/K, and no larger one would be: or the rate that all begin with.
        assert found[scale] == float(f"{found[scale]:.0e}")
        assert found[scale] < bound
        step = 10.0 ** math.floor(math.log10(found[scale]))
        assert found[scale] == 0.5 or found[scale] + step > bound
    said = about_scale(made)[-1]
    assert ("Both leave room for η = 0.5, " in said) == (found["standard"] == found["raw"])
    assert ("So a change of scale sets η anew, " in said) == (found["standard"] != found["raw"])


def test_the_first_rate_has_one_digit():
    for bound, rate in ((0.003546, 0.003), (1e-3, 1e-3), (9.99e-7, 9e-7), (0.5, 0.5), (0.51, 0.5)):
        assert first_rate(bound) == rate


# The learning rate


@pytest.mark.parametrize("l2", [0.0, 0.1])
def test_the_bounds_in_whole_sentences(l2):
    made = make(Request(l2=l2, steps=1))
    X, y = made.scaled.X, made.scaled.data.y
    K = curvature(X, l2)
    sharpest = np.linalg.eigvalsh(hessian(X, y, minimum(X, y, l2), l2))[-1]
    lines, tries = about_rates(made)
    held = ", and λ added for each of the two weights" if l2 else ""
    assert lines[1] == (
        f"The guaranteed bound, {is_(2 / K, '2/K')}: K is a number that the curvature exceeds "
        "nowhere, the largest eigenvalue of XᵀX/(4m), with the m examples as rows of X and a "
        f"column of ones for b{held}. Below 2/K no step over the whole data raises J, wherever it "
        "starts."
    )
    parts = int(re.search(r"XᵀX/\((\d)m\)", lines[1])[1])
    assert curvature(X, l2, parts) == K
    assert lines[2] == (
        f"The local threshold, {is_(2 / sharpest, '2/κ')}: κ is the largest curvature at the "
        "minimum. Near there, along the direction of that curvature, a step with an η below "
        f"{is_(1 / sharpest, '1/κ')} stays on its side of the valley. With a larger one it leaps "
        "to the other side, and the path is a zig-zag: below 2/κ it lands nearer, above farther "
        "away, and gradient descent cannot settle there."
    )
    assert lines[3] == "Now η = 0.5: within the guaranteed bound, so J never rises."
    shares = [("Just below 2/K", 0.98 * 2 / K), ("Just below 2/κ", 0.97 * 2 / sharpest)]
    shares += [("Beyond 2/κ", 1.15 * 2 / sharpest), ("Far beyond", 4 * 2 / sharpest)]
    assert tries == [(name, float(f"{rate:.3g}")) for name, rate in shares]


def test_a_rate_at_either_end_of_what_can_be_set_is_offered_and_marked():
    made, low, high = make(Request(steps=1)), settings.RATE_LOW, settings.RATE_HIGH

    def offered(guaranteed, local):
        bounds = made.bounds._replace(guaranteed=guaranteed, local=local)
        tries = about_rates(replace(made, bounds=bounds))[1]
        return [name for name, _ in marks(bounds)], [name for name, _ in tries]

    every = ["Just below 2/K", "Just below 2/κ", "Beyond 2/κ", "Far beyond"]
    assert offered(low / 0.98, high / 4) == (["2/K", "2/κ"], every)
    assert offered(low / 0.99, high / 3.9) == (["2/K", "2/κ"], every[1:-1])
    assert offered(low, high) == (["2/K", "2/κ"], every[1:2])
    assert offered(0.99 * low, 1.01 * high) == ([], every[1:2])
    assert offered(0.99 * low, 1.1 * high) == ([], [])


def test_where_a_rate_stands_in_whole_sentences():
    def said(**fields):
        return now(make(Request(**{"data": "twins", "steps": 4, **fields})))

    bounds = make(Request(data="twins", steps=1)).bounds
    for at, wanted in (
        (bounds.guaranteed, "within the guaranteed bound, so J never rises."),
        (np.nextafter(bounds.guaranteed, 9), "between the two. Nothing is promised on the way, "),
        (bounds.local, "between the two. Nothing is promised on the way, "),
        (np.nextafter(bounds.local, 99), "beyond both. J "),
    ):
        assert said(lr=float(at)).startswith(f"Now {is_(float(at), 'η')}: {wanted}")
    assert "but once near the minimum the steps settle there. J rose at" in said(lr=bounds.local)
    beyond = said(data="separable", lr=60.0)
    assert beyond.startswith("Now η = 60: beyond the bound, so single steps may raise J. J rose at")
    assert said(data="separable", opt="adam", lr=0.5) == (
        "Now η = 0.5. That is about full-batch gradient descent; Adam has limits of its own."
    )
    for batch, more in (
        (3, ""),
        (200, ""),
        (201, " (with all 200 rows at once, because a batch of 201 is more)"),
    ):
        assert len(load_dataset("blobs")) == 200
        assert said(data="blobs", opt="sgd", batch=batch, lr=0.5) == (
            "Now η = 0.5. Both are about full-batch gradient descent; Stochastic gradient "
            f"descent{more} has limits of its own."
        )
    assert "rows at once" not in said(data="blobs", opt="momentum", batch=999, lr=0.5)


def test_what_came_of_a_rate_in_whole_sentences():
    said = now(make(Request(data="twins", lr=7.0, steps=60)))
    _, rose, late, crossed, farther, low, high = re.fullmatch(
        r"(.*: beyond both\. )J rose at (\d+) of 60 steps\. Of the last (\d+) steps, (\d+) came "
        r"out on the other side of the minimum along its steepest direction, (\d+) of them farther "
        r"from it than before\. It has settled into a bounce between J ≈ (\S+) and J ≈ (\S+)\.",
        said,
    ).groups()
    losses = make(Request(data="twins", lr=7.0, steps=60)).history.losses
    assert int(rose) == (np.diff(losses) > 0).sum()
    assert int(crossed) == int(late) == 2 * int(farther)  # to and fro, out and back in
    assert [low, high] == sorted(map(number, losses[-2:].tolist()))


def test_one_step_is_one():
    made = make(Request(data="outlier", lr=30.0, steps=1, start=(3.0, -3.0, 0.0)))
    risen = made.history.losses[1] > made.history.losses[0]
    assert ("J rose at 1 of 1 step." if risen else "J rose at no step here.") in now(made)
    assert risen


# Too large, or still


def test_what_is_too_large_in_whole_sentences():
    X = np.array([[3e4, -5e4], [1e4, 2e4], [-2e4, 1e4]])
    data = Dataset("f", X, np.array([0, 1, 1]), ("a", "b"), ("0", "1"), "", "")
    source = TrainingData(data)
    assert too_large(source.make(Request(data=settings.FILE, scale="raw", steps=1))) == (
        f"Raw, these features are too large for a gradient step that is safe: they reach "
        f"{is_(50000.0)}, so 2/K is {is_(2 / curvature(X))}, and no η below "
        f"{is_(settings.RATE_LOW)} can be set."
    )
    assert too_large(source.make(Request(data=settings.FILE, scale="raw", opt="newton"))) is None
    huge = Dataset("f", 1e60 * X, data.y, ("a", "b"), ("0", "1"), "", "")
    both = too_large(TrainingData(huge).make(Request(data=settings.FILE, scale="raw", steps=1)))
    first, power, last = re.fullmatch(
        r"(Raw, .* can be set\.) J leaves 10(\S+) on this surface, (.*)\.", both
    ).groups()
    assert first.endswith(f"no η below {is_(settings.RATE_LOW)} can be set.")
    assert last == "and all that is above it has one colour"
    exponent = int(power.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")))
    largest = float(np.finfo(np.float32).max)
    assert 10.0**exponent <= largest < 10.0 ** (exponent + 1)


def test_why_nothing_moves_in_whole_sentences():
    # All gradients are zero at the minimum, and at the end of float64's digits no step shows.
    far = own((1.0, 1.0, 1), (-1.0, -1.0, 0))
    made = far.make(Request(data="own", scale="raw", start=(20.0, 20.0, 0.0), steps=2))
    assert made.history.gradients[0].any()
    assert still(made)["why"] == (
        "There is nothing to play: every step from here is smaller than the last digit of "
        "float64. Start elsewhere."
    )
    settled = far.make(Request(data="own", scale="raw", start=(900.0, 900.0, 0.0), steps=2))
    assert not settled.history.gradients[0].any()
    assert still(settled)["why"] == (
        "There is nothing to play: the gradient is exactly zero at this start. Start elsewhere."
    )


def test_what_moves_at_all_is_not_still():
    point = own((0.0, 0.0, 1))
    only_b = point.make(Request(data="own", scale="raw", steps=2))
    assert (only_b.history.params[:, :2] == 0).all()
    assert only_b.history.params[-1, 2] > 0
    assert still(only_b) is None
    # A run of no steps, that the next one would move.
    assert still(make(Request(steps=0))) is None
