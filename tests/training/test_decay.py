"""Weight decay against scikit-learn, mpmath, differences, and PyTorch's rules as documented."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from lrviz import loss_grid
from lrviz.core.expression import compiled, latex, plain
from lrviz.data.built_in import DATASETS, load_dataset
from lrviz.data.dataset import standardise
from lrviz.figures.descent import descent_figure
from lrviz.text.rules import rule_lines
from lrviz.training.batch import Batch
from lrviz.training.checks import DECAY_LIMIT, check_decay
from lrviz.training.decay import DECAY, DECAY_RATES
from lrviz.training.model import PLANES, gradient, hessian, mean_loss, slice_grid
from lrviz.training.newton import minimum, step_bounds
from lrviz.training.playback import Request, make
from lrviz.training.run import replay, train
from lrviz.training.separability import has_minimum, separable

SCALES = ("standard", "raw")
DECAYS = (0.001, 0.1, 10.0)


def scaled(name, scale):
    data = load_dataset(name)
    return (standardise(data.X)[0] if scale == "standard" else data.X), data.y


def peer(X, y, l2):
    """scikit-learn's parameters: its C is 1/(λm), and it leaves the intercept alone."""
    fit = LogisticRegression(
        C=1 / (l2 * len(y)), solver="newton-cholesky", tol=1e-14, max_iter=10_000
    )
    fit.fit(X, y)
    return np.append(fit.coef_[0], fit.intercept_)


# Against scikit-learn


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", DATASETS)
@pytest.mark.parametrize("scale", SCALES)
def test_training_ends_where_scikit_learn_does(name, scale):
    X, y = scaled(name, scale)
    for l2 in DECAYS:
        truth = peer(X, y, l2)
        run = train(X, y, optimizer="newton", l2=l2)
        assert "Converged" in run.stopped
        np.testing.assert_allclose(run.params[-1], truth, rtol=0, atol=1e-8)
        np.testing.assert_allclose(minimum(X, y, l2), truth, rtol=0, atol=1e-8)


@pytest.mark.parametrize(
    ("opt", "rate", "steps"),
    [("gd", 1.0, 2000), ("momentum", 0.2, 2000), ("nesterov", 0.2, 1000)],
)
def test_descent_ends_there_too_where_a_line_parts_the_classes(opt, rate, steps):
    X, y = scaled("separable", "standard")
    run = train(X, y, optimizer=opt, learning_rate=rate, steps=steps, l2=0.1)
    np.testing.assert_allclose(run.params[-1], peer(X, y, 0.1), rtol=0, atol=1e-8)


def test_a_minimum_exists_for_two_classes_and_for_one_it_does_not():
    X, y = scaled("separable", "standard")
    assert separable(X, y)
    assert not has_minimum(X, y)
    assert has_minimum(X, y, 1e-6)
    assert minimum(X[:30], y[:30], 0.1) is None
    assert step_bounds(X[:30], y[:30], 0.1).local is None


# The term itself


def test_the_term_is_one_expression_shown_and_evaluated():
    assert plain(DECAY) == "λ/2·(w₁² + w₂²)"
    assert latex(DECAY) == r"\frac{\lambda}{2} \cdot (w_1^2 + w_2^2)"
    assert [plain(rate) for rate in DECAY_RATES] == ["λ·w₁", "λ·w₂"]
    letters = ("lambda", "w1", "w2")
    term, rates = compiled(DECAY, letters), compiled(DECAY_RATES, letters)
    at, h = (0.3, 1.5, -2.0), 1e-6
    across = (term(0.3, 1.5 + h, -2.0) - term(0.3, 1.5 - h, -2.0)) / (2 * h)
    up = (term(0.3, 1.5, -2.0 + h) - term(0.3, 1.5, -2.0 - h)) / (2 * h)
    assert rates(*at) == pytest.approx((across, up), rel=1e-9)


numbers = st.floats(-5, 5)


@given(st.tuples(numbers, numbers, numbers), st.floats(0, 10))
def test_j_its_gradient_and_its_curvature_agree_with_mpmath_and_differences(params, l2):
    X, y = load_dataset("outlier").X[::6], load_dataset("outlier").y[::6]
    at = np.array(params)

    def exact(w1, w2, b):
        total = mpmath.mpf(0)
        for (x1, x2), label in zip(X.tolist(), y.tolist(), strict=True):
            z = w1 * x1 + w2 * x2 + b
            total += mpmath.log(1 + mpmath.exp(-z if label else z))
        return total / len(y) + mpmath.mpf(l2) / 2 * (w1**2 + w2**2)

    with mpmath.workdps(60):
        assert mean_loss(X, y, at, l2) == pytest.approx(float(exact(*params)), rel=1e-13)
        h = mpmath.mpf(10) ** -25
        for i in range(3):
            up, down = ([mpmath.mpf(p) for p in params] for _ in range(2))
            up[i] += h
            down[i] -= h
            slope = float((exact(*up) - exact(*down)) / (2 * h))
            assert gradient(X, y, at, l2)[i] == pytest.approx(slope, rel=1e-12, abs=1e-13)
    step = 1e-5
    for i, shift in enumerate(np.eye(3) * step):
        bend = (gradient(X, y, at + shift, l2) - gradient(X, y, at - shift, l2)) / (2 * step)
        np.testing.assert_allclose(hessian(X, y, at, l2)[i], bend, rtol=1e-6, atol=1e-7)


def test_b_is_left_alone():
    X, y = scaled("blobs", "standard")
    at = (0.0, 0.0, 3.0)
    assert mean_loss(X, y, at, 10.0) == mean_loss(X, y, at)
    np.testing.assert_array_equal(gradient(X, y, at, 10.0), gradient(X, y, at))


@pytest.mark.parametrize("plane", PLANES)
def test_every_node_of_a_slice_has_the_term(plane):
    X, y = scaled("blobs", "standard")
    i, j, k = PLANES[plane]
    across, up, third = np.linspace(-3, 2, 5), np.linspace(-1, 4, 4), 0.7
    grid = slice_grid(X, y, plane, across, up, third, l2=0.3)
    for r, v in enumerate(up):
        for c, u in enumerate(across):
            at = np.empty(3)
            at[[i, j, k]] = u, v, third
            assert grid[r, c] == pytest.approx(mean_loss(X, y, at, 0.3), rel=1e-13)
    grid = loss_grid(X, y, [1.0, 2.0], [3.0], -1.0, l2=0.5)
    assert grid[0, 1] == pytest.approx(mean_loss(X, y, (2, 3, -1), 0.5), rel=1e-14)


# The bounds


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("l2", [0.0, *DECAYS])
def test_no_curvature_exceeds_k_and_the_largest_at_the_minimum_is_the_local_one(scale, l2):
    X, y = scaled("blobs", scale)
    bounds, dice = step_bounds(X, y, l2), np.random.default_rng(3)
    for at in dice.normal(size=(200, 3)) * dice.choice([0.01, 1, 10], size=(200, 1)):
        assert np.linalg.eigvalsh(hessian(X, y, at, l2))[-1] <= 2 / bounds.guaranteed * (1 + 1e-12)
    steepest = np.linalg.eigvalsh(hessian(X, y, bounds.minimum, l2))[-1]
    assert bounds.local == pytest.approx(2 / steepest, rel=1e-10)
    bent = hessian(X, y, bounds.minimum, l2) @ bounds.steepest
    np.testing.assert_allclose(bent, steepest * bounds.steepest, atol=1e-10 * steepest)
    # Weyl: K grows with λ, by λ at most.
    free = 2 / step_bounds(X, y).guaranteed
    assert free - 1e-12 <= 2 / bounds.guaranteed <= free + l2 + 1e-12


@pytest.mark.parametrize("l2", [0.01, 1.0])
def test_below_the_guaranteed_rate_j_never_rises(l2):
    X, y = scaled("separable", "standard")
    rate = 0.99 * step_bounds(X, y, l2).guaranteed
    losses = train(X, y, learning_rate=rate, start=(5, -5, 3), l2=l2).losses
    assert (losses[1:] <= losses[:-1] * (1 + 1e-14)).all()


# The rules


def torchs_rule(opt, slope, start, rate, mu, l2, steps):
    """PyTorch's algorithms as its documentation writes them, with 30 digits.

    ``weight_decay`` is λ for the weights, and 0 for the group that holds the bias.
    """
    with mpmath.workdps(30):
        theta = [mpmath.mpf(v) for v in start]
        decays, rate, mu = [mpmath.mpf(l2)] * 2 + [mpmath.mpf(0)], mpmath.mpf(rate), mpmath.mpf(mu)
        first, second = [mpmath.mpf(0)] * 3, [mpmath.mpf(0)] * 3
        alpha, b1, b2, path = mpmath.mpf(0.9), mpmath.mpf(0.9), mpmath.mpf(0.999), [start]
        for t in range(1, steps + 1):
            g = [s + d * p for s, d, p in zip(slope(theta), decays, theta, strict=True)]
            for i in range(3):
                move = g[i]
                if opt in ("momentum", "nesterov"):
                    first[i] = mu * first[i] + g[i] if t > 1 else g[i]
                    move = first[i] if opt == "momentum" else g[i] + mu * first[i]
                elif opt == "rmsprop":
                    second[i] = alpha * second[i] + (1 - alpha) * g[i] ** 2
                    move = g[i] / (mpmath.sqrt(second[i]) + mpmath.mpf(1e-8))
                elif opt == "adagrad":
                    second[i] += g[i] ** 2
                    move = g[i] / (mpmath.sqrt(second[i]) + mpmath.mpf(1e-10))
                elif opt == "adam":
                    first[i] = b1 * first[i] + (1 - b1) * g[i]
                    second[i] = b2 * second[i] + (1 - b2) * g[i] ** 2
                    root = mpmath.sqrt(second[i] / (1 - b2**t)) + mpmath.mpf(1e-8)
                    move = first[i] / (1 - b1**t) / root
                theta[i] -= rate * move
            path.append([float(p) for p in theta])
        return np.array(path)


@pytest.mark.parametrize("opt", ["gd", "momentum", "nesterov", "rmsprop", "adam", "adagrad"])
def test_the_rules_are_pytorchs_with_weight_decay_on_the_weights_alone(opt):
    X, y = load_dataset("outlier").X[::4], load_dataset("outlier").y[::4]

    def slope(theta):
        total = [mpmath.mpf(0)] * 3
        for (x1, x2), label in zip(X.tolist(), y.tolist(), strict=True):
            a = 1 / (1 + mpmath.exp(-(theta[0] * x1 + theta[1] * x2 + theta[2])))
            total = [s + (a - label) * x for s, x in zip(total, (x1, x2, 1), strict=True)]
        return [s / len(y) for s in total]

    start, rate, mu, l2 = [0.3, -0.2, 0.1], 0.05, 0.9, 0.25
    run = train(X, y, optimizer=opt, learning_rate=rate, momentum=mu, start=start, steps=25, l2=l2)
    truth = torchs_rule(opt, slope, start, rate, mu, l2, 25)
    np.testing.assert_allclose(run.params, truth, rtol=0, atol=1e-10)


def test_a_minibatch_decays_too_and_its_rule_says_so():
    X, y = scaled("blobs", "standard")
    run = train(X, y, optimizer="sgd", steps=3, batch_size=8, l2=0.5, start=(1, -2, 3))
    bare = Batch(X, y)
    for step in replay(run, X, y):
        without = bare.gradient_of_rows(step.before, step.rows)
        pull = step.gradient - without
        np.testing.assert_allclose(pull, 0.5 * step.before * (1, 1, 0), atol=1e-15)
    lines = [rule_lines("sgd", n, decays=True)[0][0] for n in range(3)]
    assert lines[0] == "g ← mean over the minibatch of (a − y)·x₁ + λ·w₁"
    assert lines[1].endswith("+ λ·w₂")
    assert lines[2] == rule_lines("sgd", 2)[0][0]


@pytest.mark.parametrize("given", [-1e-9, np.nan, np.inf, 2 * DECAY_LIMIT, "1", None, True])
def test_what_is_no_decay_is_refused_with_a_sentence(given):
    X, y = scaled("and", "raw")
    for call in (
        lambda: train(X, y, l2=given),
        lambda: loss_grid(X, y, [0], [0], 0.0, l2=given),
    ):
        with pytest.raises(ValueError, match=rf"^l2 must be .* to 1000000, not {given!r}\.$"):
            call()


def test_the_largest_decay_is_taken_and_no_decay_has_no_sign():
    assert check_decay(DECAY_LIMIT) == DECAY_LIMIT == 1e6
    assert math.copysign(1, check_decay(-0.0)) == 1


# What is drawn


def test_a_run_carries_its_decay_to_every_figure():
    X, y = scaled("separable", "standard")
    run = train(X, y, steps=5, l2=0.2, start=(2, 2, 0))
    assert run.l2 == 0.2
    assert run.losses[-1] == pytest.approx(mean_loss(X, y, run.params[-1], 0.2))
    contour = descent_figure(run, X, y).data[0]
    at = mean_loss(X, y, (contour.x[0], contour.y[0], 0.0), 0.2)
    assert contour.z[0][0] == pytest.approx(np.log10(at), abs=1e-6)
    made = make(Request(data="separable", steps=5, l2=0.2, comparisons=(("adam", *REST),)))
    corner = (made.surface.across[0], made.surface.up[0], made.history.params[0, 2])
    at = mean_loss(made.scaled.X, made.scaled.data.y, corner, 0.2)
    assert made.surface.losses(0)[0, 0] == pytest.approx(at, rel=1e-6)
    assert made.comparisons[0].l2 == made.history.l2 == 0.2
    np.testing.assert_allclose(
        made.bounds.minimum, peer(made.scaled.X, made.scaled.data.y, 0.2), atol=1e-8
    )


REST = (0.1, 0.9, 16, 0, 0.0, 0.0, 0.0)
