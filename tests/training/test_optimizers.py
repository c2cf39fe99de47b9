"""Update rules against PyTorch and by hand; runs, their ends, and their arguments."""

from __future__ import annotations

import json
import re
import tracemalloc
from functools import partial
from itertools import islice

import numpy as np
import pytest

from lrviz.core.expression import ARRAY, compiled, plain
from lrviz.data.built_in import load_dataset
from lrviz.data.dataset import standardise
from lrviz.text.numbers import fill, number
from lrviz.text.rules import rule_lines
from lrviz.training import run, walk
from lrviz.training.model import gradient, mean_loss
from lrviz.training.newton import minimum, step_bounds
from lrviz.training.optimizers import LEARNING_RATE_LIMIT, OPTIMIZERS
from lrviz.training.run import minibatches, preview, train
from lrviz.training.walk import STEPS_LIMIT, minimize
from tests.training.torch_reference import PEERS, RATES, START, TABLE

NAMES = ("gd", "sgd", "momentum", "nesterov", "rmsprop", "adam", "adagrad", "newton")


def _bowl(w):
    """Gradient of (w1² + 10 w2²)/2."""
    return np.array([w[0], 10 * w[1]])


def _penguins():
    data = load_dataset("penguins")
    return standardise(data.X)[0], data.y


# Rules


# Three steps each on (w1² + 10 w2²)/2 from (1, 1), by hand; Adam's to twelve decimals.
@pytest.mark.parametrize(
    ("optimizer", "rate", "expected"),
    [
        ("gd", 0.1, [[0.9, 0], [0.81, 0], [0.729, 0]]),
        ("momentum", 0.05, [[0.95, 0.5], [0.8575, -0.2], [0.731375, -0.73]]),
        (
            "adam",
            0.1,
            [
                [0.900000001000, 0.900000000100],
                [0.800412229712, 0.800412227875],
                [0.701586274504, 0.701586271699],
            ],
        ),
        # v = g, then w - η(g + μv): 1 - 0.05·1.9 and 1 - 0.05·19; v = 0.9·1 + 0.905, ...
        ("nesterov", 0.05, [[0.905, 0.05], [0.905 - 0.05 * 2.5295, 0.05 - 0.05 * 9.05]]),
        # s = g² at first, so the first step is η; then s = 1 + 0.81 for w1.
        ("adagrad", 0.1, [[0.9, 0.9], [0.9 - 0.1 * 0.9 / 1.81**0.5] * 2]),
        # s = 0.1 g², so the first step is η/√0.1 for both.
        ("rmsprop", 0.1, [[1 - 0.1 / 0.1**0.5, 1 - 0.1 / 0.1**0.5]]),
        ("newton", 0.1, [[0, 0], [0, 0]]),
    ],
)
def test_steps_by_hand(optimizer, rate, expected):
    path = minimize(_bowl, (1, 1), optimizer=optimizer, learning_rate=rate, steps=len(expected))
    np.testing.assert_allclose(path[0], [1, 1])
    tolerance = (
        2e-8 if optimizer in ("rmsprop", "newton") else 1e-10 if optimizer == "adagrad" else 6e-13
    )
    np.testing.assert_allclose(path[1:], expected, rtol=0, atol=tolerance)


TORCH = json.loads(TABLE.read_text())["paths"]


@pytest.mark.parametrize("optimizer", PEERS)
@pytest.mark.parametrize("rate", RATES)
def test_fifty_steps_follow_pytorchs_rule(optimizer, rate):
    # The gradients that PyTorch's rule was given, given to ours.
    known = TORCH[f"{optimizer}-{rate}"]
    given = iter(known["gradients"])
    path = minimize(
        lambda _: next(given),
        START,
        optimizer=optimizer,
        learning_rate=rate,
        steps=len(known["gradients"]),
    )
    np.testing.assert_allclose(path, known["params"], rtol=0, atol=1e-12)


# RMSProp soon circles the minimum, where a rounding in the gradient grows without limit, so
# two independent gradients can only be followed while its steps are small.
@pytest.mark.parametrize(
    ("optimizer", "rate"),
    [*((name, 0.1) for name in PEERS if name != "rmsprop"), ("rmsprop", 0.002)],
)
def test_fifty_steps_follow_pytorch_and_its_autograd(optimizer, rate):
    Z, y = _penguins()
    known = TORCH[f"{optimizer}-{rate}"]
    ours = train(Z, y, optimizer=optimizer, learning_rate=rate, steps=50, start=START)
    np.testing.assert_allclose(ours.params, known["params"], rtol=0, atol=1e-12)


@pytest.mark.parametrize("optimizer", NAMES)
def test_minimize_and_train_follow_the_same_rule(optimizer):
    Z, y = _penguins()
    run = train(Z, y, optimizer=optimizer, steps=4, batch_size=len(y), start=(0.1, 0.2, 0.3))
    path = minimize(lambda w: gradient(Z, y, w), (0.1, 0.2, 0.3), optimizer=optimizer, steps=4)
    np.testing.assert_allclose(run.params, path, rtol=0, atol=1e-9)


def test_newton_takes_a_hessian_and_a_loss():
    path = minimize(
        np.sinh,
        [4.0],
        optimizer="newton",
        steps=20,
        hessian=lambda w: np.diag(np.cosh(w)),
        loss=lambda w: float(np.cosh(w).sum()),
    )
    assert path[-1, 0] == pytest.approx(0, abs=1e-12)


def test_the_letters_that_change_from_step_to_step():
    assert {name: set(row.terms) for name, row in OPTIMIZERS.items()} == {
        "gd": set(),
        "sgd": set(),
        "momentum": {"v", "v_before"},
        "nesterov": {"v", "v_before"},
        "rmsprop": {"s", "s_before"},
        "adam": {"m", "m_before", "m_hat", "s", "s_before", "s_hat", "t"},
        "adagrad": {"s", "s_before"},
        "newton": {"d", "delta"},
    }


def test_newton_without_second_derivatives_is_refused_with_a_sentence():
    with pytest.raises(ValueError, match=r"^Newton needs the second derivatives\.$"):
        OPTIMIZERS["newton"].update({"w": np.zeros(2), "g": np.ones(2)})


# Runs


@pytest.mark.parametrize("optimizer", NAMES)
def test_a_run_records_every_step(optimizer):
    Z, y = _penguins()
    run = train(Z, y, optimizer=optimizer, steps=30, learning_rate=0.5, start=(1, -1, 0))
    k = len(run)
    assert k == 30 or run.stopped is not None
    assert run.params.shape == run.gradients.shape == (k + 1, 3)
    assert run.losses.shape == (k + 1,)
    np.testing.assert_array_equal(run.params[0], [1, -1, 0])
    for step in (0, k // 2, k):
        at = run.params[step]
        assert run.losses[step] == pytest.approx(mean_loss(Z, y, at), rel=1e-15)
        np.testing.assert_allclose(run.gradients[step], gradient(Z, y, at), rtol=1e-12)
    assert run.losses[-1] < run.losses[0]
    with pytest.raises(ValueError, match="read-only"):
        run.params[0, 0] = 1


@pytest.mark.parametrize("optimizer", NAMES)
def test_preview_is_the_step_that_was_taken(optimizer):
    Z, y = _penguins()
    run = train(Z, y, optimizer=optimizer, steps=30, learning_rate=0.2, seed=3)
    for k in range(len(run)):
        step = preview(run, Z, y, k)
        np.testing.assert_array_equal(step.before, run.params[k])
        np.testing.assert_array_equal(step.after, run.params[k + 1])
    longer = train(Z, y, optimizer=optimizer, steps=31, learning_rate=0.2, seed=3)
    if len(longer) > len(run):
        ghost = preview(run, Z, y, len(run))
        np.testing.assert_array_equal(ghost.after, longer.params[-1])


@pytest.mark.parametrize("optimizer", NAMES)
def test_worked_formulas_can_be_filled_and_come_out(optimizer):
    Z, y = _penguins()
    run = train(Z, y, optimizer=optimizer, steps=3)
    step = preview(run, Z, y, 2)
    for parameter in range(3):
        read = partial(step.read, parameter=parameter)
        lines = [fill(template, read) for _, template in rule_lines(optimizer, parameter)]
        assert not any(re.search(r"\{", line) for line in lines)
        assert number(run.params[3, parameter]) in lines[-1]


def test_sgds_gradient_is_the_mean_that_is_shown():
    Z, y = _penguins()
    step = preview(train(Z, y, optimizer="sgd", steps=3), Z, y, 2)
    shown = OPTIMIZERS["sgd"].statements[0].right
    X = np.column_stack([Z, np.ones(len(Z))])[step.rows]
    a = 1 / (1 + np.exp(-X @ step.before))
    letters = {"a": a[:, None], "y": y[step.rows][:, None], "x": X}
    found = compiled(shown, functions=ARRAY)(*(letters[name] for name in shown.symbols))
    np.testing.assert_allclose(found, step.gradient, rtol=1e-13)


@pytest.mark.parametrize("start", [(0, 0, 0), (50, 50, 50)])
def test_newtons_direction_solves_the_equation_that_is_shown(start):
    Z, y = _penguins()
    terms = preview(train(Z, y, optimizer="newton", steps=3, start=start), Z, y, 1).terms
    equation = OPTIMIZERS["newton"].statements[0]
    assert equation.sign == "="
    matrix, direction = equation.left.children
    assert plain(equation.left) == "(H + δ·diag(H))·d"
    assert direction.symbols == ("d",)
    damped = compiled(matrix, functions=ARRAY)(*(terms[name] for name in matrix.symbols))
    np.testing.assert_allclose(damped @ terms["d"], terms[equation.right.symbols[0]], rtol=1e-6)


def test_the_same_seed_gives_the_same_run_and_another_does_not():
    Z, y = _penguins()
    runs = [train(Z, y, optimizer="sgd", seed=seed, steps=40).params for seed in (1, 1, 2)]
    np.testing.assert_array_equal(runs[0], runs[1])
    assert not np.array_equal(runs[0], runs[2])


def test_minibatches_visit_every_row_once_a_pass():
    draw = minibatches(10, 4, seed=0)
    first = [next(draw) for _ in range(3)]
    assert [len(rows) for rows in first] == [4, 4, 2]
    assert sorted(np.concatenate(first)) == list(range(10))
    second = np.concatenate([next(draw) for _ in range(3)])
    assert sorted(second) == list(range(10))
    assert list(second) != list(np.concatenate(first))


def test_below_the_guaranteed_rate_the_loss_falls_and_beyond_the_local_one_it_does_not_settle():
    Z, y = _penguins()
    bounds = step_bounds(Z, y)
    steady = train(Z, y, learning_rate=0.99 * bounds.guaranteed, steps=300)
    assert (np.diff(steady.losses) <= 1e-15).all()
    start = bounds.minimum + np.array([1e-4, 0, 0])
    below = train(Z, y, learning_rate=0.98 * bounds.local, steps=3000, start=start)
    above = train(Z, y, learning_rate=1.02 * bounds.local, steps=3000, start=start)
    assert np.linalg.norm(below.params[-1] - bounds.minimum) < 1e-6
    assert np.linalg.norm(above.params[-1] - bounds.minimum) > 1e-2


def test_on_separable_data_the_weights_grow_like_the_logarithm_of_the_steps():
    data = load_dataset("separable")
    run = train(data.X, data.y, learning_rate=1.0, steps=16_000)
    length = np.linalg.norm(run.params[:, :2], axis=1)
    gains = [length[2 * t] - length[t] for t in (1000, 2000, 4000, 8000)]
    assert (np.diff(run.losses[100:]) < 0).all()
    assert max(gains) < 1.25 * min(gains)


# Ends


@pytest.mark.parametrize("name", ["penguins", "blobs", "xor", "outlier", "imbalanced"])
def test_newton_ends_at_the_minimum(name):
    data = load_dataset(name)
    for X in (data.X, standardise(data.X)[0]):
        run = train(X, data.y, optimizer="newton", start=(0.1, 0.1, 0.1), steps=50)
        assert run.stopped.startswith(f"Converged at step {len(run)}: ")
        assert len(run) < 15
        np.testing.assert_allclose(run.params[-1], minimum(X, data.y), rtol=0, atol=1e-8)


def test_a_run_says_how_far_it_went_and_where_it_ended():
    data = load_dataset("penguins")
    assert repr(train(data.X, data.y, optimizer="newton")) == (
        "<History: newton, 6 steps, loss 0.693147 to 0.485942, "
        "w1 = 0.271068, w2 = 0.767161, b = -24.9444>"
    )


def test_newton_reproduces_the_published_penguins():
    # Coefficients to ten decimals from an independent statistics package.
    data = load_dataset("penguins")
    run = train(data.X, data.y, optimizer="newton")
    expected = [0.2710683194, 0.7671608835, -24.9444368394]
    np.testing.assert_allclose(run.params[-1], expected, rtol=0, atol=1e-8)
    assert -333 * run.losses[-1] == pytest.approx(-161.8188176540, abs=1e-8)


@pytest.mark.parametrize("start", [(50, 50, 50), (-300, 20, 100)])
def test_newton_finds_home_from_a_saturated_start(start):
    Z, y = _penguins()
    run = train(Z, y, optimizer="newton", start=start)
    np.testing.assert_allclose(run.params[-1], minimum(Z, y), rtol=0, atol=1e-8)
    assert (np.diff(run.losses) <= 1e-15).all()


@pytest.mark.parametrize("name", ["and", "or", "separable"])
def test_newton_stops_on_separable_data_and_says_why(name):
    data = load_dataset(name)
    run = train(data.X, data.y, optimizer="newton")
    assert "no minimum exists" in run.stopped
    assert len(run) < 40
    assert run.losses[-1] < 1e-8
    assert np.isfinite(run.params).all()


def test_newton_stops_under_quasi_complete_separation():
    run = train([[0, 0], [1, 0], [1, 0], [2, 0]], [0, 0, 1, 1], optimizer="newton")
    assert "no minimum exists" in run.stopped
    assert run.losses[-1] == pytest.approx(np.log(2) / 2, abs=1e-8)


@pytest.mark.parametrize(
    "optimizer", ["gd", "momentum", "nesterov", "rmsprop", "adam", "adagrad", "newton"]
)
def test_xor_from_zero_stands_still(optimizer):
    data = load_dataset("xor")
    for X in (data.X, standardise(data.X)[0]):
        run = train(X, data.y, optimizer=optimizer)
        assert len(run) == 0
        assert "exactly zero" in run.stopped
        assert not run.gradients.any()
        assert run.losses[0] == pytest.approx(np.log(2), rel=1e-15)


def test_gd_stops_where_float64_stops():
    data = load_dataset("xor")
    run = train(data.X, data.y, start=(1, 0, 0), learning_rate=2, steps=20_000)
    assert "last digit" in run.stopped or "exactly zero" in run.stopped
    assert len(run) < 20_000


def test_divergence_ends_at_the_last_finite_step():
    run = train([[1e300, 0], [1e300, 1], [-1e300, 1]], [0, 1, 1], learning_rate=1000)
    assert "Diverged at step 1" in run.stopped
    assert len(run) == 0
    assert np.isfinite(run.params).all()
    assert np.isfinite(run.losses).all()
    assert np.isfinite(run.gradients).all()


@pytest.mark.parametrize("optimizer", ["gd", "sgd"])
def test_a_run_ends_at_the_last_step_that_float64_can_tell(optimizer):
    Z, y = _penguins()
    given = {"learning_rate": 1000, "l2": 1e3, "start": (1, 1, 0), "batch_size": len(y)}
    run = train(Z, y, optimizer=optimizer, **given)
    w, steps = np.array([1.0, 1.0, 0.0]), 0
    while np.isfinite(mean_loss(Z, y, after := w - 1000 * gradient(Z, y, w, 1e3), 1e3)):
        w, steps = after, steps + 1
    assert 10 < steps == len(run)
    assert run.stopped.startswith(f"Diverged at step {steps + 1}: ")
    assert f"the run ends at step {steps}, the last finite one" in run.stopped
    np.testing.assert_allclose(run.params[-1], w, rtol=1e-12)


@pytest.mark.parametrize("rate", [2, 4])
def test_a_run_ends_where_its_next_step_moves_nothing(rate):
    Z, y = _penguins()
    run = train(Z, y, learning_rate=rate, steps=1000)
    assert run.stopped.startswith(f"Converged at step {len(run)}: ")
    assert (run.params[1:] != run.params[:-1]).any(axis=1).all()
    np.testing.assert_array_equal(preview(run, Z, y, len(run)).after, run.params[-1])


@pytest.mark.parametrize("optimizer", ["gd", "sgd", "newton"])
def test_every_rule_tells_its_progress_and_may_be_stopped(optimizer):
    Z, y = _penguins()
    told = []
    stop = {
        "optimizer": optimizer,
        "steps": 5,
        "progress": lambda *at: told.append(at) or at[0] == 3,
    }
    run = train(Z, y, **stop)
    assert (len(run), run.stopped) == (3, "Stopped on request after step 3 of 5.")
    assert told == [(1, 5), (2, 5), (3, 5)]
    whole = train(Z, y, **stop | {"steps": 3})
    assert (len(whole), whole.stopped) == (3, None)
    np.testing.assert_array_equal(whole.params, run.params)


def test_progress_is_told_and_may_stop():
    Z, y = _penguins()
    told = []
    run = train(Z, y, steps=20, progress=lambda k, steps: told.append((k, steps)) or k == 7)
    assert told == [(k, 20) for k in range(1, 8)]
    assert len(run) == 7
    assert run.stopped == "Stopped on request after step 7 of 20."
    assert train(Z, y, steps=3, progress=lambda k, steps: k == 3).stopped is None


def test_no_steps_is_a_run_too():
    run = train([[0, 1], [1, 0]], [0, 1], steps=0, start=(1, 2, 3))
    np.testing.assert_array_equal(run.params, [[1, 2, 3]])
    assert run.stopped is None


def test_memory_stays_within_three_times_the_data():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(200_000, 2)), rng.integers(0, 2, 200_000)
    tracemalloc.start()
    train(X, y, steps=3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * (X.nbytes + y.nbytes)


# Bad input


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"learning_rate": 0}, "above 0"),
        ({"learning_rate": -0.1}, "above 0"),
        ({"learning_rate": 1e6}, f"at most {LEARNING_RATE_LIMIT:.0f}"),
        ({"learning_rate": np.nan}, "finite number"),
        ({"learning_rate": "0.1"}, "finite number"),
        ({"learning_rate": None}, "finite number"),
        ({"momentum": 1}, "below 1"),
        ({"momentum": -0.1}, "at least 0"),
        ({"steps": STEPS_LIMIT + 1}, f"between 0 and {STEPS_LIMIT}"),
        ({"steps": -1}, "between 0"),
        ({"steps": 2.5}, "whole number"),
        ({"steps": True}, "whole number"),
        ({"seed": 1.5}, "whole number"),
        ({"seed": "x"}, "whole number"),
        ({"seed": -1}, "at least 0"),
        ({"batch_size": 0}, "at least 1"),
        ({"optimizer": "sgd", "batch_size": 5}, "larger than the data"),
        ({"optimizer": "lbfgs"}, "must be one of gd, sgd"),
        ({"optimizer": None}, "must be one of"),
        ({"learning_rate": b"0.1"}, "finite number"),
        ({"momentum": 0.5 + 0j}, "finite number"),
        ({"l2": np.bool_(True)}, "from 0 to 1000000, not True."),
        ({"start": ("1", "2", "3")}, "three finite numbers"),
        ({"start": (1, 2)}, "The start must be three finite numbers"),
        ({"start": (1, 2, np.inf)}, "The start"),
        ({"start": (1e308, 1e308, 1e308)}, "choose a start nearer zero"),
    ],
)
def test_bad_arguments_get_one_sentence(arguments, words):
    with pytest.raises(ValueError, match=re.escape(words)) as error:
        train([[0, 0], [0, 1], [1, 0], [3, 3]], [0, 1, 1, 0], **arguments)
    assert str(error.value).endswith(".")
    assert "\n" not in str(error.value)


def test_bad_data_are_refused_before_the_first_step():
    with pytest.raises(ValueError, match="not finite in row 1"):
        train([[0, 0], [np.nan, 1]], [0, 1])


def test_minimize_checks_its_arguments():
    for arguments in ({"start": [np.nan]}, {"start": [[1.0]]}, {"optimizer": "x"}, {"steps": -1}):
        with pytest.raises(ValueError, match="must be"):
            minimize(_bowl, arguments.pop("start", (1, 1)), **arguments)


@pytest.mark.parametrize(
    ("gradient", "start", "more", "sentence"),
    [
        (_bowl, "abc", {}, "The start must be a row of finite numbers, not 'abc'."),
        (_bowl, [], {}, "The start must be a row of finite numbers, not []."),
        (lambda _: "ab", [1, 2], {}, "The gradient must be real numbers, not 'ab'."),
        (
            _bowl,
            (1, 1),
            {"optimizer": "newton", "hessian": lambda _: np.eye(3)},
            "The hessian must be 2 by 2 numbers, but its shape is (3, 3).",
        ),
        (
            _bowl,
            (1, 1),
            {"optimizer": "newton", "hessian": lambda _: [[1, 2], [0, 1]]},
            "The hessian must be symmetric, as second derivatives are.",
        ),
        (
            _bowl,
            (1, 1),
            {"optimizer": "newton", "loss": lambda w: w},
            "The loss must be one number, but its shape is (2,).",
        ),
    ],
)
def test_minimize_refuses_what_does_not_go_with_its_start(gradient, start, more, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        minimize(gradient, start, **more)


@pytest.mark.parametrize("optimizer", ["momentum", "newton"])
def test_what_a_callers_functions_write_on_is_theirs(optimizer):
    matrix, kept = np.array([[3.0, 1], [1, 2]]), np.empty(2)

    def in_place(w):  # one array for every answer, and the argument is used up
        np.matmul(matrix, w, out=kept)
        w *= np.nan
        return kept

    def loss(w):
        w *= w
        return w.sum()

    wanted = minimize(lambda w: matrix @ w, (1, 1), optimizer=optimizer, steps=4)
    found = minimize(in_place, (1, 1), optimizer=optimizer, steps=4)
    np.testing.assert_array_equal(found, wanted)
    down = minimize(lambda w: 2 * w, (1, 3), optimizer="newton", steps=1, loss=loss)
    np.testing.assert_allclose(down, [[1, 3], [0, 0]], atol=1e-9)


@pytest.mark.parametrize("curvature", [1.0, 1e3, 1024.0, 2.0**60, 1e-200, 1e300])
def test_newton_goes_on_where_the_curvature_is_negative(curvature):
    path = minimize(lambda w: -curvature * w, [1.0, 2.0], optimizer="newton", steps=1)
    assert np.isfinite(path).all()
    # A saddle: down where it bends up, and far along the other.
    saddle = minimize(lambda w: w * [curvature, -3.0], [1.0, 1.0], optimizer="newton", steps=1)
    assert abs(saddle[1, 0]) < 1
    assert saddle[1, 1] > 1


def test_damped_newton_finds_a_minimum_through_a_region_that_bends_down():
    def valley(w):  # Rosenbrock's function, of least height at (1, 1)
        return (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2

    def slope(w):
        across = w[1] - w[0] ** 2
        return [-2 * (1 - w[0]) - 400 * w[0] * across, 200 * across]

    path = minimize(slope, (0, 5), optimizer="newton", steps=60, loss=valley)
    np.testing.assert_allclose(path[-1], 1, rtol=1e-6)
    assert (np.diff([valley(w) for w in path]) <= 0).all()
    wells = minimize(
        lambda w: 4 * w**3 - 2000 * w,
        [0.1],
        optimizer="newton",
        steps=60,
        loss=lambda w: (w**4 - 1000 * w**2).sum(),
    )
    assert wells[-1, 0] == pytest.approx(np.sqrt(500))


SQUARE = np.array([[0.0, 1], [1, 3], [2, 0], [3, 3]])


def test_newton_ends_in_a_sentence_where_curvature_is_beyond_float64():
    run_ = train(SQUARE * 1e154, [0, 1, 1, 0], optimizer="newton")
    assert run_.stopped.startswith("Diverged at step 1: ")
    path = minimize(lambda w: w**3, [1e200, 1.0, 1.0], optimizer="newton", steps=2)
    assert np.isfinite(path[0]).all()
    assert np.isnan(path[1:]).all()


def test_a_run_whose_numbers_are_finite_has_not_diverged_though_their_sum_is_not():
    run = train([[0, 0], [1e-300, 1e-300]], [0, 1], start=(1e308, 1e308, 0), steps=5)
    assert len(run) == 5
    assert run.stopped is None
    assert np.isfinite(run.params).all()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"learning_rate": 1000.0000001}, "at most 1000, not 1000.0000001."),
        ({"momentum": 1.0000001}, "below 1, not 1.0000001."),
        ({"steps": 10**5000}, "not an integer of thousands of digits."),
    ],
)
def test_a_number_just_beyond_its_limit_does_not_read_as_the_limit(given, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        train(SQUARE, [0, 1, 1, 0], optimizer="momentum", **given)


@pytest.mark.parametrize("optimizer", ["adam", "adagrad", "rmsprop"])
def test_a_rule_of_squares_ends_where_all_are_beyond_float64(optimizer):
    ended = train(SQUARE * 1e299, [0, 1, 0, 1], optimizer=optimizer, steps=30)
    assert ended.stopped.startswith("Stopped at step 0: the squares of the gradient are beyond")
    # The slope of b is small here, and b goes on.
    X = np.vstack([SQUARE, SQUARE, SQUARE]) * [1e299, 0]
    goes_on = train(X, [1, 0, 1, 0] * 2 + [1] * 4, optimizer=optimizer, steps=3)
    assert goes_on.stopped is None
    assert (goes_on.params[1:, 2] != goes_on.params[:-1, 2]).all()


def test_a_minibatch_that_nobody_sized_has_16_rows_or_all():
    X, y = load_dataset("and").X, load_dataset("and").y
    assert train(X, y, optimizer="sgd", steps=2).batch_size == 4
    penguins = load_dataset("penguins")
    unasked = train(penguins.X, penguins.y, optimizer="sgd", steps=5)
    asked = train(penguins.X, penguins.y, optimizer="sgd", steps=5, batch_size=16)
    assert unasked.batch_size == 16
    np.testing.assert_array_equal(unasked.params, asked.params)


@pytest.mark.parametrize("gradient", [lambda w: 2 * w[:1], lambda w: np.ones(3), lambda w: 1.0])
def test_minimize_refuses_a_gradient_of_another_length(gradient):
    with pytest.raises(ValueError, match="as many numbers as the start, 2"):
        minimize(gradient, [3, 4])


def test_messages_show_plain_numbers():
    for wrong in (
        lambda: train([[0, 1], [1, 0]], np.array([0, -1])),
        lambda: train([[0, 1], [1, 0]], [0, 1], learning_rate=np.float64(-1)),
        lambda: train([[0, 1], [1, 0]], [0, 1], steps=np.int64(-1)),
    ):
        with pytest.raises(ValueError, match="-1") as error:
            wrong()
        assert "np." not in str(error.value)


def test_preview_knows_the_run():
    Z, y = _penguins()
    run = train(Z, y, steps=5)
    with pytest.raises(ValueError, match="between 0 and 5"):
        preview(run, Z, y, 6)
    with pytest.raises(ValueError, match="fewer rows"):
        preview(train(Z, y, steps=2, optimizer="sgd"), Z[:4], y[:4], 1)


def test_the_table_is_complete_and_read_only():
    assert tuple(OPTIMIZERS) == NAMES
    with pytest.raises(TypeError):
        OPTIMIZERS["x"] = None


def test_the_largest_step_count():
    gates = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    assert train(*gates, steps=100_000).steps == 100_000  # it stands still from the start
    sentence = "steps must be between 0 and 100000, not 100001"
    with pytest.raises(ValueError, match=sentence):
        train(*gates, steps=100_001)
    with pytest.raises(ValueError, match=sentence):
        minimize(lambda w: w, [1.0], steps=100_001)


def test_differences_give_newton_its_second_derivatives():
    # A quadratic's are constant, and one step leads to its minimum.
    H = np.array([[4.0, 1.0, 0.0], [1.0, 3.0, -1.0], [0.0, -1.0, 2.0]])
    centre = np.array([1.0, -2.0, 1e6])
    path = minimize(lambda w: H @ (w - centre), [0.0, 0.0, 1e6 + 3], optimizer="newton", steps=1)
    np.testing.assert_allclose(path[1], centre, atol=1e-4)
    found = walk._differences(lambda w: np.array([w[0] ** 3 + w[1], w[0] + w[1] ** 3]), centre[:2])
    np.testing.assert_allclose(found, [[3, 1], [1, 12]], rtol=1e-8)
    assert (found == found.T).all()


def test_what_is_not_named_is_as_documented_and_no_two_runs_are_one():
    h, same = (train([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1]) for _ in range(2))
    assert (h.optimizer, h.learning_rate, h.steps, h.start) == ("gd", 0.1, 200, (0, 0, 0))
    assert (h.momentum, h.batch_size, h.seed, h.l2) == (0.9, 4, 0, 0)
    assert len({h, same}) == 2


def test_a_history_says_where_it_went_and_how_long_it_is():
    h = train([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1], steps=3, learning_rate=1.0)
    assert len(h) == 3
    assert repr(h).startswith(f"<History: gd, 3 steps, loss 0.693147 to {h.losses[3]:.6g}, ")
    assert f"w1 = {h.params[-1, 0]:.6g}, " in repr(h)
    for array in (h.params, h.losses, h.gradients):
        assert len(array) == 4
        assert not array.flags.writeable


def test_every_argument_of_a_run_is_kept():
    data = load_dataset("blobs")
    given = {"optimizer": "sgd", "learning_rate": 0.3, "steps": 4, "momentum": 0.5}
    given |= {"batch_size": 7, "seed": 3, "start": (1.0, -2.0, 0.5)}
    h = train(data.X, data.y, **given)
    assert {name: getattr(h, name) for name in given} == given
    assert h.params[0].tolist() == [1.0, -2.0, 0.5]
    assert h.stopped is None
    whole = [sorted(np.concatenate(list(islice(minibatches(200, 7, 3), 29))).tolist())]
    assert whole == [list(range(200))]
    assert [len(rows) for rows in islice(minibatches(200, 7, 3), 29)] == [7] * 28 + [4]


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("steps", -1, "steps must be between 0 and 100000, not -1"),
        ("steps", 1.0, "steps must be a whole number, not 1.0"),
        ("steps", True, "steps must be a whole number, not True"),
        ("seed", -1, "seed must be at least 0, not -1"),
        ("batch_size", 0, "batch_size must be at least 1, not 0"),
        ("learning_rate", 0.0, "learning_rate must be above 0 and at most 1000, not 0"),
        ("learning_rate", 1000.5, "learning_rate must be above 0 and at most 1000, not 1000.5"),
        ("learning_rate", True, "learning_rate must be a finite number, not True"),
        ("learning_rate", "1", "learning_rate must be a finite number, not '1'"),
        ("momentum", 1.0, "momentum must be at least 0 and below 1, not 1"),
        ("momentum", -0.1, "momentum must be at least 0 and below 1, not -0.1"),
        ("optimizer", "best", "one of gd, sgd, momentum, nesterov, rmsprop, adam, adagrad, newton"),
        ("optimizer", 3, "not 3"),
        ("start", (1, 2), "The start must be three finite numbers w1, w2, b, not (1, 2)"),
    ],
)
def test_a_bad_argument_is_named_with_its_limits(name, value, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        train([[0, 0], [1, 1]], [0, 1], **{name: value})


@pytest.mark.parametrize(
    "given", [{"learning_rate": 1000}, {"momentum": 0.0}, {"seed": 0}, {"steps": 0}]
)
def test_the_ends_of_the_limits_are_taken(given):
    assert len(train([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], **given)) == 0
    assert len(train([[0], [1]] * np.ones(2), [0, 1], optimizer="sgd", batch_size=2, steps=1)) == 1
    with pytest.raises(ValueError, match="A batch of 3 rows is larger than the data: choose 2 or"):
        train([[0, 0], [1, 1]], [0, 1], optimizer="sgd", batch_size=3)
    # What is not stochastic does not look at it.
    assert len(train([[0, 0], [1, 1]], [0, 1], batch_size=3, steps=1)) == 1


def test_a_run_that_is_asked_to_stop_says_so_but_not_at_its_end():
    gates = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1]
    h = train(*gates, steps=5, progress=lambda k, steps: k == 2 and steps == 5)
    assert len(h) == 2
    assert h.stopped == "Stopped on request after step 2 of 5."
    h = train(*gates, steps=5, progress=lambda k, _: k == 5)
    assert (len(h), h.stopped) == (5, None)


def test_a_momentum_that_stands_still_in_passing_goes_on():
    # v cancels the gradient once: w stands still for one step and not for ever.
    rule = OPTIMIZERS["momentum"]
    w = np.zeros(1)
    passing = walk.Step(3, w, np.ones(1), w, {}, None)
    assert not run._stands_still(rule, passing)
    assert run._stands_still(OPTIMIZERS["gd"], passing)
    assert run._stands_still(rule, passing._replace(gradient=np.zeros(1)))
    at = np.ones(2)
    assert not run._stands_still(rule, walk.Step(3, at, np.array([0.0, 1.0]), at, {}, None))
    # What is divided by the root of an infinite square stands for good, and in passing else.
    huge = walk.Step(3, at, np.array([0.0, 1e200]), at, {}, None)
    assert not run._stands_still(rule, huge)
    assert run._stands_still(OPTIMIZERS["adam"], huge)
    some = huge._replace(gradient=np.array([1.0, 1e200]))
    assert not run._stands_still(OPTIMIZERS["adam"], some)
    moved = walk.Step(3, np.zeros(2), np.ones(2), np.array([0.0, 1.0]), {}, None)
    assert not run._stands_still(OPTIMIZERS["gd"], moved)


def test_a_step_is_read_by_letter_and_parameter():
    step = walk.Step(
        0,
        np.array([1.0, 2]),
        np.array([3.0, 4]),
        np.array([5.0, 6]),
        {"t": 7, "v": np.array([8.0, 9])},
        None,
    )
    read = [step.read(key, 1) for key in ("w", "g", "after", "t", "v")]
    assert read == [2, 4, 6, 7, 9]
    with pytest.raises(KeyError):
        step.read("s", 0)


def test_why_a_run_ended_is_said():
    still = walk.Step(7, np.zeros(2), np.array([1e-300, 0.0]), np.zeros(2), {}, None)
    rule = OPTIMIZERS["newton"]
    assert run._settled_sentence(rule, still) == (
        "Converged at step 7: a further step is smaller than the last digit of float64."
    )
    nothing = still._replace(gradient=np.zeros(2))
    assert run._settled_sentence(rule, nothing) == (
        "Converged at step 7: the gradient is exactly zero, so no step moves."
    )
    stuck = still._replace(terms={"gain": 1e-17})
    assert run._settled_sentence(rule, stuck).startswith("Stopped at step 7: in float64 no damped")
    small = still._replace(terms={"gain": 1e-19})
    assert run._settled_sentence(rule, small).startswith("Converged")
    # Its square is 0, and what is divided by no root of it moves no weight that is large.
    assert run._settled_sentence(OPTIMIZERS["adam"], still).startswith("Converged")
    far = still._replace(gradient=np.array([1e200, 0.0]))
    assert run._settled_sentence(OPTIMIZERS["gd"], far).startswith("Converged")
    assert run._settled_sentence(OPTIMIZERS["adam"], far) == (
        "Stopped at step 7: the squares of the gradient are beyond float64, so no step moves. "
        "Standardised features would help."
    )
    assert run._diverged_sentence(7) == (
        "Diverged at step 7: the parameters or the loss left the range of float64, so the run "
        "ends at step 6, the last finite one."
    )
    assert run._newton_sentence(3, "") == (
        "Converged at step 3: a further Newton step would lower the loss by less than 10⁻¹⁸."
    )
    assert run._newton_sentence(3, "a line separates the classes") == (
        "Stopped at step 3: a line separates the classes, so no minimum exists. Further Newton "
        "steps would lower the loss by less than 10⁻⁹ each and only make the model surer."
    )


@pytest.mark.parametrize("label", [0, 1])
@pytest.mark.parametrize("l2", [0.0, 0.1])
def test_of_one_class_newton_says_that_there_is_one(label, l2):
    X = [[0, 1], [1, 2], [3, 1]]
    said = train(X, [label] * 3, optimizer="newton", steps=60, l2=l2).stopped
    assert re.search(r"^Stopped at step \d+: there is one class only, so no minimum exists\.", said)
    apart = train(X, [0, 0, 1], optimizer="newton", steps=60).stopped
    assert re.search(r"^Stopped at step \d+: a line separates the classes, so no minimum", apart)


def test_a_step_back_is_a_step():
    # Descent uphill by as much as downhill moves every parameter but the first.
    step = walk.Step(0, np.zeros(3), np.ones(3), np.array([0.0, 0.0, -1.0]), {}, None)
    assert not run._stands_still(OPTIMIZERS["gd"], step)
    assert not run._left_float64(1.0, np.ones(3), np.ones(3))
    for bad in (np.nan, np.inf, -np.inf):
        assert run._left_float64(bad, np.ones(3), np.ones(3))
        assert run._left_float64(1.0, np.array([1, bad, 1]), np.ones(3))
        assert run._left_float64(1.0, np.ones(3), np.array([1, 1, bad]))


def test_a_start_beyond_float64_is_refused():
    sentence = "The loss at the start is beyond float64: choose a start nearer zero."
    with pytest.raises(ValueError, match=re.escape(sentence)):
        train([[1e200, 0.0], [0.0, 1.0]], [0, 1], start=(1e200, 0.0, 0.0))


def test_minimize_says_what_is_wrong_in_whole_sentences():
    start = r"^The start must be a row of finite numbers, not \[1\.0, inf\]\.$"
    with pytest.raises(ValueError, match=start):
        minimize(_bowl, [1.0, np.inf])
    slope = r"^The gradient must have as many numbers as the start, 2, but its shape is \(1,\)\.$"
    with pytest.raises(ValueError, match=slope):
        minimize(lambda w: w[:1], [3.0, 4.0])
    assert len(minimize(_bowl, [1.0, 1.0])) == 101  # a hundred steps, and the start
