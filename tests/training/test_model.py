"""The batch path against the graph, mpmath, finite differences and scikit-learn."""

from __future__ import annotations

import math
import re
import tracemalloc
import warnings
from fractions import Fraction

import mpmath
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import ConvexHull
from sklearn.linear_model import LogisticRegression

from lrviz.core.graph import differentiate
from lrviz.data.built_in import DATASETS, load_dataset
from lrviz.data.checks import check_data
from lrviz.data.dataset import standardise
from lrviz.training import batch, checks, model, separability
from lrviz.training.batch import Batch
from lrviz.training.model import contributions, gradient, hessian, loss_grid, mean_loss, slice_grid
from lrviz.training.newton import minimum, newton_step, step_bounds
from lrviz.training.separability import has_minimum, separable
from tests.samples import sample

GATES = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
WITH_MINIMUM = ("penguins", "twins", "blobs", "xor", "outlier", "imbalanced")
POINTS = ((0.0, 0.0, 0.0), (0.5, -0.25, 0.1), (-1.5, 2.0, 0.7))


def _exact(X, y, params):
    """Mean loss and gradient with 700 digits, from the textbook formulas."""
    with mpmath.workdps(700):
        w1, w2, b = (mpmath.mpf(float(v)) for v in params)
        loss, slope = mpmath.mpf(0), [mpmath.mpf(0)] * 3
        for (x1, x2), label in zip(np.asarray(X).tolist(), np.asarray(y).tolist(), strict=True):
            z = w1 * x1 + w2 * x2 + b
            a = 1 / (1 + mpmath.exp(-z))
            loss -= mpmath.log(a) if label else mpmath.log(1 - a)
            slope = [s + (a - label) * x for s, x in zip(slope, (x1, x2, 1), strict=True)]
        return float(loss / len(X)), np.array([float(s / len(X)) for s in slope])


@pytest.mark.parametrize("scale", [0.01, 1.0, 10.0, 60.0, 500.0])
def test_loss_and_gradient_agree_with_mpmath_at_every_saturation(scale):
    rng = np.random.default_rng(7)
    X, y = rng.normal(size=(40, 2)), rng.integers(0, 2, 40)
    params = scale * np.array([0.8, -0.6, 0.2])
    loss, slope = _exact(X, y, params)
    # z carries a few roundings of the size of its terms, which is all that may be lost.
    assert mean_loss(X, y, params) == pytest.approx(loss, rel=1e-14)
    error = np.abs(gradient(X, y, params) - slope).max()
    assert error <= 1e-14 * max(1, np.abs(contributions(X, y, params)).max()) * max(1, scale / 10)


def test_a_loss_of_nearly_nothing_keeps_its_digits():
    X, y = np.array([[40.0, 0.0], [-40.0, 0.0]]), [1, 0]
    loss, slope = _exact(X, y, (1.0, 0.0, 0.0))
    assert 0 < loss < 1e-17
    assert mean_loss(X, y, (1, 0, 0)) == pytest.approx(loss, rel=1e-14)
    assert gradient(X, y, (1, 0, 0))[0] == pytest.approx(slope[0], rel=1e-14)


def test_beyond_the_exponent_of_float64_the_loss_is_the_logit():
    X, y = np.array([[1000.0, 0.0], [1.0, 0.0]]), [0, 1]
    assert mean_loss(X, y, (2, 0, 0)) == pytest.approx((2000 + np.log1p(np.exp(-2))) / 2)
    assert gradient(X, y, (2, 0, 0))[2] == pytest.approx((1 - 1 / (1 + np.exp(2))) / 2)


@pytest.mark.parametrize(
    "rows", [1, 2, 333, batch.FOLD_FROM, 8191, 8192, 8200, 20001, 2 * batch.BLOCK]
)
def test_blocks_and_folding_do_not_show(rows):
    rng = np.random.default_rng(rows)
    X, y = 3 * rng.normal(size=(rows, 2)), rng.integers(0, 2, rows)
    params = np.array([2.0, -3.0, 0.5])
    u = np.where(y == 1, -1.0, 1.0) * (X @ params[:2] + params[2])
    assert mean_loss(X, y, params) == pytest.approx(np.logaddexp(0, u).mean(), rel=1e-13)
    parts = contributions(X, y, params)
    np.testing.assert_allclose(
        gradient(X, y, params), parts.mean(axis=0), atol=1e-14 * np.abs(parts).max()
    )


@pytest.mark.parametrize("rows", [2040, batch.FOLD_FROM, 2052, 8192])
def test_folding_is_right_by_itself(rows):
    # All examples are right and none is certain: no sum is infinite or nan, after which the
    # formulas for saturation would be used, and hide what folding does.
    rng = np.random.default_rng(rows)
    X = rng.normal(size=(rows, 2))
    z = X @ [0.5, -0.25] + 0.1
    y = (z > 0).astype(int)
    made = Batch(X, y)
    e = np.exp(np.array([0.5, -0.25, 0.1]) @ made.blocks[0])
    assert (e <= 1).all()
    before = e.copy()
    assert batch._sum_log1p(e, np.empty(rows)) == pytest.approx(np.log1p(e).sum(), rel=1e-13)
    np.testing.assert_array_equal(e, before)
    for part in made._parts:  # what an evaluation before this one may have left there
        part.products.fill(1e10)
    wanted = np.log1p(np.exp(-abs(z))).mean()
    assert made.loss(np.array([0.5, -0.25, 0.1])) == pytest.approx(wanted, rel=1e-13)


@pytest.mark.parametrize("name", DATASETS)
@pytest.mark.parametrize("params", POINTS)
def test_gradient_is_the_mean_of_the_graphs_adjoints(name, params):
    data = load_dataset(name)
    w1, w2, b = params
    adjoints = np.array(
        [
            [p.adjoints["w1"], p.adjoints["w2"], p.adjoints["b"]]
            for (x1, x2), y in zip(data.X.tolist(), data.y.tolist(), strict=True)
            for p in (differentiate(x1=x1, x2=x2, w1=w1, w2=w2, b=b, y=y),)
        ]
    )
    largest = np.abs(adjoints).max()
    parts = contributions(data.X, data.y, params)
    np.testing.assert_allclose(parts, adjoints, rtol=0, atol=1e-14 * largest)
    np.testing.assert_allclose(
        gradient(data.X, data.y, params), adjoints.mean(axis=0), rtol=0, atol=1e-14 * largest
    )


def test_contributions_of_confident_examples_do_not_cancel():
    part = contributions([[40.0, 1.0]], [1], (1, 0, 0))[0]
    exact = -float(mpmath.exp(-40) / (1 + mpmath.exp(-40)))
    np.testing.assert_allclose(part, [40 * exact, exact, exact], rtol=1e-15)


def test_gradient_and_hessian_agree_with_differences():
    data = load_dataset("blobs")
    at, h = np.array([0.7, -0.4, 0.3]), 1e-5
    steps = h * np.eye(3)
    slope = [
        (mean_loss(data.X, data.y, at + s) - mean_loss(data.X, data.y, at - s)) / (2 * h)
        for s in steps
    ]
    bend = [
        (gradient(data.X, data.y, at + s) - gradient(data.X, data.y, at - s)) / (2 * h)
        for s in steps
    ]
    np.testing.assert_allclose(gradient(data.X, data.y, at), slope, atol=1e-9)
    np.testing.assert_allclose(hessian(data.X, data.y, at), bend, atol=1e-9)


def test_minibatch_gradient_is_the_mean_over_its_rows():
    data = load_dataset("blobs")
    rows, at = np.array([3, 150, 7]), np.array([0.5, 0.5, 0.1])
    np.testing.assert_allclose(
        Batch(data.X, data.y).gradient_of_rows(at, rows),
        contributions(data.X, data.y, at)[rows].mean(axis=0),
        rtol=1e-14,
    )


# Grids


@pytest.mark.parametrize("plane", ["w1w2", "w1b", "w2b"])
@pytest.mark.parametrize("reach", [3.0, 400.0])
def test_every_node_of_a_slice_is_the_mean_loss(plane, reach):
    data = load_dataset("blobs")
    across, up, third = np.linspace(-reach, reach, 4), np.linspace(0, reach, 3), 0.3
    i, j, k = model.PLANES[plane]
    grid = slice_grid(data.X, data.y, plane, across, up, third)
    assert grid.shape == (3, 4)
    for row, v in enumerate(up):
        for column, u in enumerate(across):
            params = np.empty(3)
            params[[i, j, k]] = u, v, third
            assert grid[row, column] == pytest.approx(mean_loss(data.X, data.y, params), rel=1e-13)


@pytest.mark.parametrize("reach", [0.1, 8.0, 60.0, 500.0, 800.0, 3000.0])
@pytest.mark.parametrize("rows", [1, 3, 37])
def test_a_slice_has_the_digits_of_its_logits_wherever_it_reaches(rows, reach):
    # The labels follow x1: in one corner the loss is nearly nothing, in the other the logit.
    X = np.random.default_rng(rows).uniform(-1, 1, (rows, 2))
    y, third = (X[:, 0] > 0).astype(int), 0.3
    across, up = np.linspace(-reach, reach, 3), np.array([0.0, reach / 7, reach])
    for plane, axes in model.PLANES.items():
        grid = slice_grid(X, y, plane, across, up, third)
        for n, m in np.ndindex(grid.shape):
            with mpmath.workdps(40):
                at = (mpmath.mpf(float(value)) for value in (across[m], up[n], third))
                w = dict(zip(axes, at, strict=True))
                logits = [w[0] * mpmath.mpf(x1) + w[1] * mpmath.mpf(x2) + w[2] for x1, x2 in X]
                losses = (
                    mpmath.log1p(mpmath.exp(-z if label else z))
                    for z, label in zip(logits, y, strict=True)
                )
                wanted = float(mpmath.fsum(losses) / rows)
            bound = (4 + 2 * reach) * np.finfo(float).eps
            assert grid[n, m] == pytest.approx(wanted, rel=bound, abs=1e-300)


@pytest.mark.parametrize("z", [20.0, 42.0, 43.0, 50.0, 90.0, 699.0, 701.0])
def test_a_slice_where_all_examples_are_as_wrong_as_can_be_is_finite(z):
    grid = slice_grid([[1.0, 0.0]] * 64, [0] * 64, "w1w2", [z], [0.0], 0.0)
    assert grid[0, 0] == pytest.approx(z + math.log1p(math.exp(-z)), rel=1e-15)


@pytest.mark.parametrize("column", [0, 1])
def test_one_far_example_of_many_does_not_overflow_a_slice(column):
    X, w = np.zeros((batch.BLOCK + 7, 2)), [0.0, 0.0]
    X[-1, column], w[column] = 800.0, 1.0
    grid = slice_grid(X, np.zeros(len(X)), "w1w2", w[:1], w[1:], 0.0)
    wanted = (800 + (len(X) - 1) * math.log(2)) / len(X)
    assert grid[0, 0] == pytest.approx(wanted, rel=1e-13)


def test_far_and_near_lines_of_a_slice_are_each_right():
    grid = slice_grid([[0.0, 1.0]], [0], "w1w2", [0.0], [0.0, 800.0], 0.0)
    np.testing.assert_allclose(grid[:, 0], [math.log(2), 800.0], rtol=1e-15)
    # Far along one axis and back along the other: e^712 is beyond float64, and e^13 is not.
    grid = slice_grid([[1.0, -1.0]], [0], "w1w2", [712.0], [699.0], 0.0)
    assert grid[0, 0] == pytest.approx(13 + math.log1p(math.exp(-13)), rel=1e-14)


def test_loss_grid_has_a_row_for_each_w2():
    data = load_dataset("and")
    grid = loss_grid(data.X, data.y, [0.0, 1.0, 2.0], [0.0, 5.0], -1.0)
    assert grid.shape == (2, 3)
    assert grid[1, 2] == pytest.approx(mean_loss(data.X, data.y, (2, 5, -1)), rel=1e-14)
    assert loss_grid(data.X, data.y, [], [1.0], 0).shape == (1, 0)


def test_a_grid_over_many_rows_needs_little_memory():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(100_000, 2)), rng.integers(0, 2, 100_000)
    axis = np.linspace(-3, 3, 5)
    tracemalloc.start()
    loss_grid(X, y, axis, axis, 0.0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * (X.nbytes + y.nbytes)


# Curvature and minima


def test_penguins_reproduce_the_published_fit():
    # Maximum likelihood of sex by bill length and depth over the 333 complete birds, and over
    # the 146 Adelies, from an independent statistics package, to ten decimals.
    data = load_dataset("penguins")
    best = minimum(data.X, data.y)
    np.testing.assert_allclose(best, [0.2710683194, 0.7671608835, -24.9444368394], atol=1e-8)
    total = -len(data) * mean_loss(data.X, data.y, best)
    assert total == pytest.approx(-161.8188176540, abs=1e-8)
    adelie = slice(0, 146)
    best = minimum(data.X[adelie], data.y[adelie])
    np.testing.assert_allclose(best, [0.8006643473, 1.8283836778, -64.6082117401], atol=1e-8)
    total = -146 * mean_loss(data.X[adelie], data.y[adelie], best)
    assert total == pytest.approx(-45.8987810529, abs=1e-8)


@pytest.mark.parametrize("name", WITH_MINIMUM)
def test_minimum_equals_scikit_learn_without_penalty(name):
    data = load_dataset(name)
    Z, _, _ = standardise(data.X)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-13, max_iter=500)
        peer.fit(Z, data.y)
    expected = [*peer.coef_[0], peer.intercept_[0]]
    np.testing.assert_allclose(minimum(Z, data.y), expected, rtol=0, atol=1e-8)


def test_the_minimum_is_one_where_scales_are_awkward():
    data = load_dataset("penguins")
    base = minimum(data.X, data.y)
    for size, shift in ((1e6, 0.0), (1e-6, 5.0)):
        found = minimum(data.X * size + shift, data.y)
        np.testing.assert_allclose(found[:2] * size, base[:2], rtol=1e-8)


def test_step_bounds_are_what_they_say():
    data = load_dataset("penguins")
    Z, _, _ = standardise(data.X)
    bounds = step_bounds(Z, data.y)
    with_bias = np.column_stack([Z, np.ones(len(Z))])
    bound = np.linalg.norm(with_bias, 2) ** 2 / (4 * len(Z))
    assert bounds.guaranteed == pytest.approx(2 / bound, rel=1e-12)
    steepest = np.linalg.eigvalsh(hessian(Z, data.y, bounds.minimum))[-1]
    assert bounds.local == pytest.approx(2 / steepest, rel=1e-9)
    assert bounds.guaranteed < bounds.local


@pytest.mark.parametrize("name", ["penguins", "separable", "and"])
def test_the_guaranteed_rate_is_two_over_the_bound_on_the_curvature(name):
    data = load_dataset(name)
    design = np.column_stack([data.X, np.ones(len(data))])
    bound = np.linalg.norm(design, 2) ** 2 / 4 / len(data)
    assert step_bounds(data.X, data.y).guaranteed == pytest.approx(2 / bound)


def test_no_local_bound_without_a_minimum():
    data = load_dataset("separable")
    bounds = step_bounds(data.X, data.y)
    assert bounds.local is None
    assert bounds.minimum is None
    assert bounds.guaranteed > 0


def test_newton_step_is_plain_where_it_may_be_and_damped_where_it_must():
    plain = newton_step(np.zeros(2), np.array([2.0, 4.0]), np.diag([2.0, 8.0]))
    np.testing.assert_allclose(plain.direction, [1.0, 0.5])
    assert plain.damping == 0
    flat = newton_step(np.zeros(2), np.array([1.0, 1.0]), np.ones((2, 2)))
    assert np.isfinite(flat.direction).all()
    assert flat.damping > 0
    curved = newton_step(
        np.array([3.0]), np.array([1.0]), np.array([[0.01]]), lambda w: float(np.abs(w).sum())
    )
    assert abs(3 - curved.direction[0]) <= 3
    assert curved.damping > 0


def test_newtons_step_is_damped_until_the_loss_no_longer_rises():
    # √(1 + w²) from 2: the plain step goes to -8, and 10/(1 + λ) ≤ 4 needs λ ≥ 1.5; λ is 0,
    # then 0.001 and tenfold.
    w = np.array([2.0])
    root = math.sqrt(5)
    step = newton_step(w, w / root, np.array([[root**-3]]), lambda v: math.sqrt(1 + v[0] ** 2))
    assert step.damping == pytest.approx(10, rel=1e-12)
    assert step.direction[0] == pytest.approx(10 / 11, rel=1e-12)
    assert step.gain == pytest.approx(float(w[0] / root * step.direction[0] / 2), rel=1e-15)


def test_a_newton_step_that_leads_nowhere_is_no_step():
    def rising(at):
        rising.last += 1
        return rising.last

    rising.last = 0
    step = newton_step(np.zeros(2), np.ones(2), np.eye(2), rising)
    assert step.direction.tolist() == [0, 0]


def test_a_rise_of_the_loss_that_is_no_rounding_is_not_taken():
    losses = iter([1.0, 1.0 + 1e-13, 0.9])
    step = newton_step(np.zeros(1), np.ones(1), np.eye(1), lambda _: next(losses))
    assert step.damping == pytest.approx(1e-3)
    # No higher is enough, and near the minimum a rise of some last digits is no rise.
    assert newton_step(np.zeros(1), np.ones(1), np.eye(1), lambda _: 0.0).damping == 0
    losses = iter([1.0, 1.0 + 1e-15])
    assert newton_step(np.zeros(1), np.ones(1), np.eye(1), lambda _: next(losses)).damping == 0


def test_newton_does_not_depend_on_the_units():
    hessian, slope = np.array([[4.0, 1.0], [1.0, 3.0]]), np.array([1.0, -2.0])
    units = np.array([1e-6, 1e7])
    plain = newton_step(np.zeros(2), slope, hessian).direction
    other = newton_step(np.zeros(2), slope * units, hessian * units * units[:, None])
    np.testing.assert_allclose(plain, np.linalg.solve(hessian, slope), rtol=1e-13)
    np.testing.assert_allclose(other.direction * units, plain, rtol=1e-12)
    assert other.damping == 0


# Separability


@pytest.mark.parametrize("count", [3, 12, 1000, 1001, 5000])
@pytest.mark.parametrize("shape", ["normal", "square", "disc", "grid"])
def test_the_hull_has_the_corners_that_qhull_finds(count, shape):
    rng = np.random.default_rng(count)
    points = {
        "normal": lambda: rng.normal(size=(count, 2)),
        "square": lambda: np.concatenate([rng.random((count - 3, 2)), [[0, 0], [1, 0], [0, 1]]]),
        "disc": lambda: np.exp(2j * np.pi * rng.random(count)).view(float).reshape(-1, 2),
        "grid": lambda: np.concatenate([rng.integers(0, 9, (count, 2)), [[0, 0], [9, 9], [9, 0]]]),
    }[shape]().astype(float)
    hull = separability._hull(points)
    expected = ConvexHull(points)
    # In order round the hull, each corner once, no point on an edge between two.
    assert {tuple(row) for row in hull} == {tuple(row) for row in points[expected.vertices]}
    assert len(hull) == len(expected.vertices)
    after = np.roll(hull, -1, axis=0)
    area = (hull[:, 0] * after[:, 1] - hull[:, 1] * after[:, 0]).sum() / 2
    assert abs(area) == pytest.approx(expected.volume)


def test_what_is_left_out_of_many_points_is_well_inside():
    points = np.random.default_rng(0).normal(size=(5000, 2))
    left = separability._outside(points)
    assert len(left) < 1000  # or it would not pay
    assert {tuple(p) for p in points[ConvexHull(points).vertices]} <= {tuple(p) for p in left}


@pytest.mark.parametrize(
    ("X", "y", "expected"),
    [
        (GATES, [0, 0, 0, 1], True),
        (GATES, [0, 1, 1, 1], True),
        (GATES, [0, 1, 1, 0], False),
        (GATES, [0, 0, 1, 1], True),
        (GATES, [1, 1, 1, 1], True),  # one class: the bias alone runs away
        ([[1, 5], [2, 5], [3, 5]], [0, 0, 1], True),  # constant column, apart
        ([[1, 5], [2, 5], [3, 5]], [0, 1, 0], False),  # constant column, one inside the other
        ([[1, 5], [2, 5], [2, 5], [3, 5]], [0, 0, 1, 1], True),  # touching: quasi-complete
        ([[0, 5], [-1, 5], [0, 5]], [0, 1, 1], True),  # a point at the end of a segment
        ([[0, 5], [1, 5], [0, 5]], [0, 1, 1], True),  # and at its other end
        ([[1, 1], [1, 1]], [0, 1], False),  # the same point twice
        ([[0, 0], [2, 2], [1, 1]], [0, 0, 1], False),  # on one line, between
        ([[0, 0], [2, 2], [3, 3]], [0, 0, 1], True),
        ([[0, 0], [2, 0], [1, -1], [1, 1]], [0, 0, 1, 1], False),  # two segments that cross
        ([[0, 0], [2, 0], [1, 0], [1, 1]], [0, 0, 1, 1], True),  # a T: they touch
        ([[0, 0], [2, 0], [2, 0], [3, 3]], [0, 0, 1, 1], True),  # an end in common
        ([[0, 0], [2, 0], [1, 0], [3, 0]], [0, 0, 1, 1], False),  # overlapping on a line
        ([[0, 0], [4, 0], [0, 4], [1, 1]], [0, 0, 0, 1], False),  # a point in a triangle
        ([[0, 0], [4, 0], [0, 4], [2, 0]], [0, 0, 0, 1], True),  # on its edge
        ([[0, 0], [4, 0], [0, 4], [0, 0]], [0, 0, 0, 1], True),  # on its corner
        ([[0, 0], [4, 0], [0, 4], [5, 5]], [0, 0, 0, 1], True),
        # One class lies on the only line that parts them, between points of the other.
        ([[0, 0], [0, 1], [0, -1], [0, 2], [1, 0]], [1, 1, 0, 0, 0], True),
        ([[0, 0], [0, 1], [0, -1], [0, 2], [-1, 0]], [1, 1, 0, 0, 0], True),
        ([[0, 0], [1, 0], [-1, 0], [2, 0], [0, 1]], [1, 1, 0, 0, 0], True),
        ([[0, 0], [1, 0], [-1, 0], [2, 0], [0, -1]], [1, 1, 0, 0, 0], True),
        ([[0, 0], [0, 1], [0, -1], [0, 2]], [1, 1, 0, 0], False),
    ],
)
def test_separable(X, y, expected):
    assert separable(X, y) is expected
    # Neither the names of the classes nor the units of the features matter.
    assert separable(X, 1 - np.asarray(y)) is expected
    assert separable(np.asarray(X) * (1e-3, 1e5) + (7, -1e4), y) is expected


@pytest.mark.parametrize("name", DATASETS)
def test_built_in_sets_are_what_they_are_said_to_be(name):
    data = load_dataset(name)
    assert separable(data.X, data.y) is (name not in WITH_MINIMUM)
    Z, _, _ = standardise(data.X)
    assert separable(Z, data.y) is (name not in WITH_MINIMUM)


@settings(max_examples=sample(50, 150))
@given(st.integers(2, 9), st.integers(0, 2**32 - 1))
def test_separable_agrees_with_trying_every_line(rows, seed):
    # Small whole numbers: touching, collinear and repeated points are common. Any line that
    # parts the classes can be moved until it runs through two points or along an axis normal
    # to a join of two, so those lines are all there is to try, in exact integers.
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 4, (rows, 2))
    y = rng.integers(0, 2, rows)
    y[:2] = 0, 1
    sides = 2 * y - 1
    found = False
    for p in X:
        for q in X:
            for normal in ((p - q)[::-1] * (1, -1), p - q):
                for offset in {int(normal @ r) for r in X}:
                    margins = sides * (X @ normal - offset)
                    found |= bool((margins >= 0).all() and margins.any())
    assert separable(X, y) is found


def test_weight_decay_gives_two_classes_a_minimum_and_one_none():
    assert has_minimum([[1, 2]], [1], 0.1) is False
    assert has_minimum([[1, 2], [3, 4]], [0, 0], 0.1) is False
    assert has_minimum([[1, 2], [3, 4]], [0, 1], 0.1) is True
    assert has_minimum([[1, 2], [3, 4]], [0, 1]) is False


def test_separable_is_quick_and_right_on_many_rows():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(50_000, 2))
    y = (X @ [1.0, -2.0] > 0.3).astype(int)
    assert separable(X, y)
    y[0] = 1 - y[0]
    X[0] = (0.3 + 1e-3, 0.0) if y[0] == 0 else (0.3 - 1e-3, 0.0)
    assert not separable(X, y)


@pytest.mark.parametrize(("overlap", "expected"), [(0.9e-12, True), (1.1e-12, False)])
@pytest.mark.parametrize("size", [1, 1e6, 1e-6])
def test_an_overlap_of_rounding_counts_as_touching(overlap, expected, size):
    line = np.array([0, 0.5 + overlap, 0.5, 1]) * size
    for X in (np.stack([line, 0 * line], axis=1), np.stack([7 + 0 * line, line], axis=1)):
        assert separable(X, [0, 0, 1, 1]) is expected
        assert separable(X, [1, 1, 0, 0]) is expected


@pytest.mark.parametrize("corners", [3, 4, 5, 6, 7, 8])
def test_the_one_line_that_parts_may_lie_along_any_edge(corners):
    # Another class touches the middle of an edge with a corner of its own.
    polygon = np.exp(2j * np.pi * (np.arange(corners) + 0.3) / corners)
    for start, end in zip(polygon, np.roll(polygon, -1), strict=True):
        middle = (start + end) / 2
        out = middle / abs(middle)
        along = (end - start) / abs(end - start)
        for push, expected in ((0.0, True), (-1e-6, False)):
            spike = middle + out * (push + np.array([0, 0.2, 0.2])) + along * np.array([0, 3, -3])
            X = np.concatenate([polygon, spike]).view(float).reshape(-1, 2)
            y = np.repeat([0, 1], [corners, 3])
            assert separable(X, y) is expected
            assert separable(X, 1 - y) is expected


# Bad input


@pytest.mark.parametrize(
    ("X", "y", "words"),
    [
        ([1, 2], [0, 1], "shape"),
        ([[1, 2, 3]], [0], "shape"),
        (np.empty((0, 2)), [], "shape"),
        ([[1, 2]], [0, 1], "one label for each"),
        ([[1, 2], [np.nan, 1]], [0, 1], "row 1"),
        ([[1, 2], [np.inf, 1]], [0, 1], "not finite"),
        ([[1, 2], [3, 4]], [0, 2], "0 and 1 only"),
        ([["a", "b"]], [0], "numbers"),
        ([[1, 2], [3]], [0, 1], "numbers"),
    ],
)
def test_bad_data_get_a_sentence(X, y, words):
    with pytest.raises(ValueError, match=words):
        mean_loss(X, y, (0, 0, 0))


@pytest.mark.parametrize("params", [(1, 2), (1, 2, np.nan), "abc", None])
def test_bad_parameters_get_a_sentence(params):
    with pytest.raises(ValueError, match="three finite numbers"):
        mean_loss(GATES, [0, 1, 1, 0], params)


def test_bad_grids_get_a_sentence():
    with pytest.raises(ValueError, match=r"^The plane must be one of w1w2, w1b, w2b, not 'bw1'\.$"):
        slice_grid(GATES, [0, 1, 1, 0], "bw1", [0], [0], 0)
    with pytest.raises(ValueError, match=r"^b must be a finite number, not nan\.$"):
        loss_grid(GATES, [0, 1, 1, 0], [0], [0], np.nan)
    with pytest.raises(ValueError, match="finite numbers in a row"):
        loss_grid(GATES, [0, 1, 1, 0], [np.inf], [0], 0)


@pytest.mark.parametrize(
    ("X", "y", "sentence"),
    [
        ([[1, 2], [3, np.nan], [np.inf, 1]], [0, 1, 1], "not finite in row 1, counted from 0."),
        ([[1, 2], [3, 4], [5, -np.inf]], [0, 1, 1], "not finite in row 2, counted from 0."),
        (
            [[1, 2], [1.1e300, 1], [0, -1e308]],
            [0, 1, 1],
            "a number beyond ±1e300, the limit, in row 1,",
        ),
        ([[1, 2], [3, 4], [5, 6]], [0, 1, 2], "y must hold 0 and 1 only, but row 2 has 2."),
        ([[1, 2], [3, 4]], [-1, 2], "y must hold 0 and 1 only, but row 0 has -1."),
        ([[1, 2], [3, 4]], [0, 1, 1], "for each of the 2 rows of X, but its shape is (3,)."),
        ([[1, 2], [3, 4]], [[0], [1]], "but its shape is (2, 1)."),
        (np.empty((0, 2)), [], "shape (m, 2) with m ≥ 1, not (0, 2)."),
        ([[1, 2, 3]], [0], "shape (m, 2) with m ≥ 1, not (1, 3)."),
        ([1, 2], [0, 1], "not (2,)."),
        ([["a", "b"]], [0], "X must be an array of numbers, and none may be missing."),
        ([["1", "2"]], [0], "X must be an array of numbers"),
        ([[10**400, 1]], [0], "X must be an array of numbers"),
        ([[1, 2 + 1j]], [0], "X must be an array of numbers"),
        (np.array([["1", 2.0]], dtype=object), [0], "X must be an array of numbers"),
        (np.array([["2020", "2021"]], dtype="datetime64[Y]"), [0], "X must be an array of numbers"),
        (np.ma.masked_array([[1.0, 2]], [[True, False]]), [0], "X must be an array of numbers"),
        ([[1, 2]], np.ma.masked_array([1], [True]), "y must be an array of labels, and none may"),
        ([[1, 2]], [1 + 0j], "y must be an array of labels"),
        ([[1, 2]], np.array([1], "timedelta64[s]"), "y must be an array of labels"),
        (
            pd.DataFrame([[1, 2]]),
            pd.Series([None], dtype="boolean"),
            "y must be an array of labels",
        ),
    ],
)
def test_a_refusal_of_data_says_which_row(X, y, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        check_data(X, y)


def test_numbers_in_other_clothes_are_numbers():
    objects = np.array([[Fraction(1, 2), 2], [True, 4.0]], dtype=object)
    whole = np.ma.masked_array([[0.5, 2], [1, 4]], [[False, False], [False, False]])
    for X in (objects, whole, pd.DataFrame([[0.5, 2], [1, 4]])):
        features, labels = check_data(X, np.ma.masked_array([0, 1]))
        assert features.tolist() == [[0.5, 2], [1, 4]]
        assert labels.tolist() == [0, 1]


@pytest.mark.parametrize("given", [(1, 2), (1, 2, np.nan), "abc", [[1, 2, 3]], (1, 2, 3, 4)])
def test_parameters_are_three_finite_numbers(given):
    with pytest.raises(ValueError, match=r"three finite numbers w1, w2, b, not "):
        checks.check_params(given)


def test_a_saturated_gradient_over_many_rows_is_the_mean_over_all_of_them():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(batch.BLOCK + 3, 2)), rng.integers(0, 2, batch.BLOCK + 3)
    w = (900.0, -2000.0, 3.0)
    parts = contributions(X, y, w)
    np.testing.assert_allclose(gradient(X, y, w), parts.mean(axis=0), rtol=1e-11)


def test_a_hessian_over_many_rows_is_the_mean_over_all_of_them():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(batch.BLOCK + 3, 2)), rng.integers(0, 2, batch.BLOCK + 3)
    w = np.array([0.5, -1.0, 0.25])
    design = np.column_stack([X, np.ones(len(X))])
    p = 1 / (1 + np.exp(-(design @ w)))
    expected = (design * (p * (1 - p))[:, None]).T @ design / len(X)
    np.testing.assert_allclose(model.hessian(X, y, w), expected, rtol=1e-12)
    for i, block in enumerate(Batch(X, y).blocks):
        assert block.shape == (3, (batch.BLOCK, 3)[i])


@pytest.mark.parametrize("saturated", [False, True])
def test_a_slice_over_many_rows_is_the_mean_loss(saturated):
    # More rows than are worked on at a time, and a grid that is not square.
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(20_000, 2)), rng.integers(0, 2, 20_000)
    across, up = np.array([-1.0, 0.5, 2.0]), np.array([0.25, 400.0 if saturated else -0.5])
    for plane, (i, j, k) in model.PLANES.items():
        grid = model.slice_grid(X, y, plane, across, up, -0.75)
        assert grid.shape == (2, 3)
        for n, m in np.ndindex(grid.shape):
            w = np.empty(3)
            w[[i, j, k]] = across[m], up[n], -0.75
            assert grid[n, m] == pytest.approx(model.mean_loss(X, y, w), rel=1e-12)


def test_the_planes_name_what_varies():
    for name, axes in model.PLANES.items():
        i, j, k = axes
        assert name == model.PARAMETERS[i] + model.PARAMETERS[j]
        assert sorted(axes) == [0, 1, 2] == sorted({i, j, k})
    with pytest.raises(ValueError, match="b must be a finite number, not nan"):
        model.slice_grid([[0, 0], [1, 1]], [0, 1], "w1w2", [0], [0], np.nan)
