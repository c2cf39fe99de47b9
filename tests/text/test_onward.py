"""What a run's end says is true of the run, and what it tells to try does what it says."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrviz.data.built_in import DATASETS
from lrviz.data.dataset import from_points
from lrviz.settings import STEPS_HIGH
from lrviz.text.numbers import exact, number
from lrviz.text.onward import onward
from lrviz.training.course import FLICKER
from lrviz.training.model import hessian, mean_loss
from lrviz.training.newton import StepBounds, minimum
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
    elif not level:
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


#: Where a made-up run is to go, on data of its own.
BEST = (0.0, 2.34561, -3.0)
DATA = from_points([(1, 2, 1), (2, 1, 0), (3, 0.5, 1), (0.5, 1, 0)])
LOWEST = mean_loss(DATA.X, DATA.y, np.array(BEST))


class Steps(list):
    """A history of which only J and the parameters are asked."""

    stopped = None

    def __init__(self, losses, end):
        super().__init__(losses[1:])
        self.losses = np.array(losses)
        self.params = np.array([(9.0, 9.0, 9.0)] * (len(losses) - 1) + [end])


def told(losses, end=(9.0, 9.0, 9.0), best=BEST, guaranteed=6.0, local=8.0, **changes):
    """What is said of a run with these losses, made up."""
    request = Request(**{"opt": "gd", "lr": 5.0, "steps": len(losses) - 1} | changes)
    bounds = StepBounds(guaranteed, local, np.array(best), None)
    scaled = SimpleNamespace(X=DATA.X, data=DATA)
    made = SimpleNamespace(
        history=Steps(losses, end), request=request, bounds=bounds, scaled=scaled
    )
    return onward(made)


def test_higher_is_what_is_more_than_a_flicker_above_the_start():
    assert told([0.5, 0.5 * (1 + 1.1e-9)]) == (
        "J ended higher than it began: try a smaller η, below 2/K = 6."
    )
    assert told([0.5, 0.6], opt="adam") == "J ended higher than it began: try a smaller η."
    at_most = 0.5 * (1 + FLICKER)
    assert not any(told([0.5, end]).startswith("J ended") for end in (at_most, 0.5))


def test_arrived_is_what_has_all_the_digits_of_the_minimum():
    arrived = "To the digits shown this is the minimum: try another "
    assert told([LOWEST + 1, LOWEST], BEST) == arrived + "η, or start elsewhere."
    assert told([LOWEST + 1, LOWEST], BEST, opt="newton") == arrived + "start."
    assert told([LOWEST + 1, LOWEST + 1, LOWEST], BEST).startswith(arrived)
    # The digits of a parameter are shown, not what lies below them, nor what is left of a zero.
    edge = 1e-9 * 3.0
    for end in ((0.0, 2.34562, -3.0), (0.97 * edge, *BEST[1:]), (edge, *BEST[1:])):
        assert told([LOWEST + 1, LOWEST], end).startswith(arrived)
    for end, names in (
        ((1.03 * edge, *BEST[1:]), "w₁ is"),
        ((0.0, 2.3471, -3.0), "w₂ is"),
        ((0.0, 2.34561, 3.0), "b is"),
        ((1.0, 2.34561, 3.0), "w₁ and b are"),
        ((1.0, 1.0, 1.0), "w₁, w₂ and b are"),
    ):
        said = f"To the digits shown J is the minimum’s, but {names} not: try more steps."
        assert told([LOWEST + 1, LOWEST], end) == said
    near = (0.0, 0.5, -0.5)
    low = mean_loss(DATA.X, DATA.y, np.array(near))
    for off, said in ((0.9e-9, "this is the minimum"), (1.5e-9, "but w₁ is not")):
        assert said in told([low + 1, low], (off, 0.5, -0.5), best=near)


def test_a_rate_that_cannot_settle_is_one_beyond_the_threshold():
    way = "η is too large to settle there, try one below 2/κ = 8."
    losses = [LOWEST + 1, LOWEST + 0.5]
    for more, wanted in (
        ({"lr": 8.1}, True),
        ({"lr": 8.0}, False),
        ({"lr": 8.1, "opt": "adam"}, False),
        ({"lr": 8.1, "local": None}, False),
    ):
        assert told(losses, **more).endswith(way) == wanted


@pytest.mark.parametrize(
    ("above", "late"),
    [
        ((9, 4, 3, 3, 2, 6, 6), True),  # the lowest lies just after the middle
        ((5, 4, 1, 3, 2, 2, 2), False),
        ((5, 4, 4, 1, 2, 2, 2), False),  # in the middle
        ((5, 4, 2, 3, 2, 3, 4), False),  # as low before as after
    ],
)
def test_more_steps_help_where_the_lowest_came_late(above, late):
    way = "more steps, or a smaller η." if late else "try a smaller η."
    assert told([LOWEST + one for one in above]).endswith(way)


def test_what_brings_nearer():
    falling = [LOWEST + 2, LOWEST + 1]
    assert told(falling, lr=1.9).endswith(": try more steps, or a larger η, up to 2/K = 6.")
    assert told(falling, lr=2.0).endswith(": try more steps.")
    assert told(falling, lr=1.9, opt="adam").endswith(": try more steps.")
    scatter = "a smaller η or a larger batch, which scatter the steps less."
    assert told(falling, opt="sgd", batch=3).endswith(f": try more steps, or {scatter}")
    assert told(falling, opt="sgd", batch=4).endswith(": try more steps.")
    low, flicker = LOWEST + 1, (LOWEST + 1) * (1 + FLICKER)
    assert told([low + 1, low, flicker]).endswith(": try more steps.")
    assert told([low + 1, low, low * (1 + 1.1e-9)]).endswith("a smaller η.")
