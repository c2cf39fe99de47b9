"""J evaluated again and again: in blocks, in turns, at any size of the loss."""

import math

import numpy as np
import pytest

from lrviz.training import batch
from lrviz.training.batch import BLOCK, FOLD_FROM, Batch, Steps
from lrviz.training.model import contributions
from lrviz.training.run import preview, train


def clouds(rows, apart=1.0, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, rows)
    return rng.normal(size=(rows, 2)) + apart * (2 * y[:, None] - 1), y


def exact_loss(u):
    """The mean of log(1 + e^u), each term from the side that loses nothing, summed exactly."""
    terms = [max(v, 0.0) + math.log1p(math.exp(-abs(v))) for v in u.tolist()]
    return math.fsum(terms) / len(terms)


@pytest.mark.parametrize("rows", [FOLD_FROM, FOLD_FROM + 5, BLOCK + 4096 + 3])
@pytest.mark.parametrize("weight", [1e-3, 0.6, 3.0, 30.0])
def test_the_loss_keeps_its_digits_whichever_way_it_is_summed(rows, weight):
    # From nearly log 2, where the rounded 1 + E will do, to almost nothing, where it would not.
    X, y = clouds(rows, apart=4.0)
    w = np.array([weight, weight, 0.0])
    made = Batch(X, y)
    # Where it is small the loss is e^u, and a last digit of u is |u| last digits of it: the sums
    # are compared over the same logits, which each machine adds up in its own order.
    u = np.concatenate([w.dot(block) for block in made.blocks])
    signed = np.where(y == 1, -1.0, 1.0) * (X @ w[:2] + w[2])
    np.testing.assert_allclose(u, signed, rtol=0, atol=4 * np.finfo(float).eps * np.abs(u).max())
    assert made.loss(w) == pytest.approx(exact_loss(u), rel=2e-15, abs=0)


def test_a_loss_below_the_last_digit_of_one_is_not_lost_on_many_rows():
    X, y = np.full((FOLD_FROM, 2), 20.0), np.ones(FOLD_FROM)
    w = np.array([1.0, 1.0, 0.0])
    assert Batch(X, y).loss(w) == pytest.approx(math.exp(-40), rel=1e-14)


@pytest.mark.parametrize("l2", [0.0, 0.3])
@pytest.mark.parametrize("rows", [1, 7, 100, FOLD_FROM - 1, FOLD_FROM, BLOCK + 9])
def test_a_turn_gives_what_each_of_its_points_gives_alone(rows, l2):
    X, y = clouds(rows)
    made = Batch(X, y, l2)
    steps = Steps(made)
    points = np.random.default_rng(1).normal(size=(min(steps.turn, 5), 3)) * 3
    points[-1] = 900, -900, 0  # beyond the exponent of float64
    slopes = np.empty_like(points)
    with np.errstate(all="ignore"):
        for n, point in enumerate(points):
            steps.gradient(n, point, slopes[n])
        losses = steps.losses(points)
    for n, point in enumerate(points):
        loss, slope = made.evaluate(point)
        assert losses[n] == pytest.approx(loss, rel=1e-14)
        np.testing.assert_allclose(slopes[n], slope, rtol=1e-13, atol=1e-16 * np.abs(X).max())


def test_a_turn_holds_no_more_numbers_than_a_block():
    for rows in (1, 100, FOLD_FROM - 1):
        X, y = clouds(rows)
        assert Steps(Batch(X, y)).turn * rows <= BLOCK
    for rows in (FOLD_FROM, 10**5):
        X, y = clouds(rows)
        assert 1 <= Steps(Batch(X, y)).turn <= max(1, batch.TURN // rows)


def test_a_minibatch_may_come_from_any_block():
    X, y = clouds(2 * BLOCK + 100)
    rows = np.array([0, BLOCK - 1, BLOCK, 2 * BLOCK - 1, 2 * BLOCK, 2 * BLOCK + 99, 5])
    at = np.array([0.5, -0.25, 0.1])
    np.testing.assert_allclose(
        Batch(X, y).gradient_of_rows(at, rows),
        contributions(X, y, at)[rows].mean(axis=0),
        rtol=1e-14,
    )


@pytest.mark.parametrize("opt", ["gd", "momentum", "nesterov", "rmsprop", "adam", "adagrad"])
def test_a_run_in_turns_is_the_walk_step_by_step(opt):
    X, y = clouds(333)
    run = train(X, y, optimizer=opt, learning_rate=0.05, steps=120, l2=0.01)
    for k in (0, 1, Steps(Batch(X, y)).turn, 119):
        np.testing.assert_array_equal(preview(run, X, y, k).after, run.params[min(k + 1, 120)])


@pytest.mark.parametrize("rows", [40, 3000])
@pytest.mark.parametrize("end", [1, 43, 44, 45])
def test_a_run_ends_at_the_step_at_which_it_is_asked_to(rows, end):
    X, y = clouds(rows)
    seen = []
    run = train(X, y, steps=60, progress=lambda k, most: seen.append((k, most)) or k == end)
    assert seen == [(k, 60) for k in range(1, end + 1)]
    assert len(run) == end
    assert run.stopped == f"Stopped on request after step {end} of 60."
    whole = train(X, y, steps=60)
    np.testing.assert_array_equal(run.params, whole.params[: end + 1])


@pytest.mark.parametrize("rows", [40, 3000])
def test_a_run_that_leaves_float64_ends_at_its_last_finite_step(rows):
    X, y = clouds(rows, apart=0.1)
    run = train(X * 1e200, y, steps=60, learning_rate=1000, start=(1e100, 0, 0))
    assert run.stopped.startswith(f"Diverged at step {len(run) + 1}:")
    assert len(run) < 60
    for kept in (run.params, run.losses, run.gradients):
        assert np.isfinite(kept).all()
        assert len(kept) == len(run) + 1
