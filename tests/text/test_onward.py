"""What a run's end says is true of the run, and what it tells to try does what it says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrviz.data.built_in import DATASETS
from lrviz.data.dataset import from_points
from lrviz.settings import STEPS_HIGH
from lrviz.text.numbers import exact, number
from lrviz.text.onward import onward
from lrviz.training.model import hessian, mean_loss
from lrviz.training.newton import minimum
from lrviz.training.optimizers import OPTIMIZERS
from lrviz.training.playback import Request, TrainingData, make

requests = st.fixed_dictionaries(
    {
        "data": st.sampled_from(list(DATASETS)),
        "opt": st.sampled_from(["gd", "gd", *OPTIMIZERS]),
        "lr": st.floats(-2, 1.7).map(lambda e: float(f"{10**e:.3g}")),
        "steps": st.sampled_from([1, 5, 40, 150]),
        "batch": st.sampled_from([4, 500]),
        "start": st.just((0.0, 0.0, 0.0)) | st.tuples(*[st.floats(-3, 3)] * 3),
        "l2": st.sampled_from([0.0, 0.1]),
    }
).map(lambda fields: Request(**fields))


def is_number(text, name, value):
    """The text has ``name = value``, or ≈ where its digits are rounded."""
    return f"{name} {'=' if exact(value) else '≈'} {number(value)}" in text


def ended(made):
    return float(made.history.losses[-1])


def again(made, **changes):
    return make(made.request._replace(**changes))


@given(requests)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_end_of_a_run_is_told_truly(request):
    made = make(request)
    text, h, X, y = onward(made), made.history, made.scaled.X, made.scaled.data.y
    if not len(h) or h.stopped:
        assert text == ""
        return
    best = minimum(X, y, request.l2)
    if text.startswith("J ended higher"):
        assert ended(made) > h.losses[0]
        if request.opt == "gd":
            bound = made.bounds.guaranteed
            assert is_number(text, "2/K", bound)
            assert request.lr > bound
            assert (np.diff(again(made, lr=0.99 * bound).history.losses) <= 1e-12).all()
        return
    assert ended(made) <= h.losses[0] * (1 + 1e-9) or request.opt == "newton"
    if "no minimum" in text:
        assert best is None
        assert "weight decay" in text
        assert minimum(X, y, 0.1) is not None
        return
    lowest = mean_loss(X, y, best, request.l2)
    level = number(ended(made)) == number(lowest)
    pairs = zip(("w₁", "w₂", "b"), h.params[-1], best, strict=True)
    nothing = 1e-9 * max(1.0, np.abs(best).max())
    off = [name for name, p, q in pairs if number(p) != number(q) and abs(p - q) > nothing]
    assert ("this is the minimum" in text) == (level and not off)
    assert ("J is the minimum’s" in text) == bool(level and off)
    if "J is the minimum’s" in text:
        told = text.partition(" but ")[2].partition(": ")[0]
        assert [name for name in ("w₁", "w₂", "b") if name in told.split(" not")[0]] == off
    elif "minimum is J" in text:
        assert is_number(text, "The minimum is J", lowest)
    if "this is the minimum" in text:
        assert ("another η" in text) == (request.opt != "newton")
        return
    assert ended(made) > lowest or level
    steepest = float(np.linalg.eigvalsh(hessian(X, y, best, request.l2))[-1])
    settles = request.opt != "gd" or request.lr <= 2 / steepest
    assert ("too large to settle" in text) == (not settles)
    if not settles:
        assert is_number(text, "2/κ", 2 / steepest)
        return
    losses, half = h.losses, len(h) // 2
    stuck = "smaller η" in text and losses[half + 1 :].min() >= losses[: half + 1].min()
    assert ("more steps" in text) == (not stuck or (request.opt == "sgd" and "batch" in text))
    if request.opt == "gd" and "smaller" not in text:
        assert ended(again(made, steps=2 * request.steps)) < ended(made)
    if "a larger η" in text:
        assert ended(again(made, lr=2 * request.lr)) < ended(made)
        assert is_number(text, "2/K", made.bounds.guaranteed)
    wavered = ended(made) > h.losses.min() * (1 + 1e-9)
    batches = request.opt == "sgd" and request.batch < len(y)
    assert ("a smaller η" in text) == (wavered or batches)
    assert ("larger batch" in text) == batches


@pytest.mark.parametrize("l2", [0.0, 0.1])
def test_one_class_alone_wants_the_other(l2):
    data = from_points([(1, 2, 1), (2, 1, 1), (3, 0.5, 1)])
    made = TrainingData(data).make(Request(data="own", steps=20, l2=l2))
    assert onward(made) == "There is no minimum to come to: add the other class."


def test_the_longest_run_is_not_told_to_take_more_steps():
    made = make(Request(lr=1e-3, steps=STEPS_HIGH))
    assert onward(made).endswith(f": try a larger η, up to 2/K ≈ {number(made.bounds.guaranteed)}.")
    small = make(Request(data="twins", opt="adam", lr=1e-4, steps=STEPS_HIGH))
    assert onward(small).endswith(": try another start.")


def test_a_smaller_rate_is_told_where_the_loss_had_been_lower_on_the_way():
    made = make(Request(data="twins", opt="momentum", lr=0.5, steps=60))
    assert made.history.losses.min() < ended(made)
    assert onward(made).endswith(": try more steps, or a smaller η.")


def test_more_steps_are_no_advice_for_a_run_that_leaps_to_and_fro():
    made = make(Request(data="twins", opt="rmsprop", steps=60))
    assert onward(made).endswith(": try a smaller η.")
    longer, smaller = again(made, steps=200), again(made, lr=made.request.lr / 10, steps=200)
    assert ended(longer) > 0.99 * ended(made)
    assert ended(smaller) < ended(longer)


def test_a_loss_that_has_arrived_is_no_minimum_where_the_weights_have_not():
    made = make(Request(data="twins", opt="nesterov", steps=60))
    assert onward(made).startswith(
        "To the digits shown J is the minimum’s, but w₁, w₂ and b are not: try more steps"
    )
