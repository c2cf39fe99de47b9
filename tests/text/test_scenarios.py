"""What a scenario says to look for is what its run does."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lrviz import settings
from lrviz.text.scenarios import SCENARIOS, spec, state
from lrviz.training.course import course
from lrviz.training.model import hessian
from lrviz.training.newton import step_bounds
from lrviz.training.playback import Request, built_in, make

BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}


def run(name):
    fields = state(BY_NAME[name])
    return make(Request(**{field: fields[field] for field in Request._fields if field in fields}))


def across(made):
    """What each step moves along the direction of largest curvature, and what at right angles."""
    moved = np.diff(made.history.params, axis=0)
    along = moved @ made.bounds.steepest
    return along, np.linalg.norm(moved - along[:, None] * made.bounds.steepest, axis=1)


def test_zigzag_crosses_at_every_step_and_j_falls():
    made = run("zigzag")
    place = (made.history.params - made.bounds.minimum) @ made.bounds.steepest
    assert (np.sign(place[1:]) == -np.sign(place[:-1])).all()
    assert (np.diff(made.history.losses) < 0).all()
    steep, flat = across(made)
    assert (flat[:8] < np.abs(steep[:8])).all()
    assert np.abs(steep[:5]).min() > 0.3


def test_smooth_turns_once_and_falls():
    made = run("smooth")
    steep, _ = across(made)
    assert (np.sign(steep[1:]) != np.sign(steep[:-1])).sum() <= 1
    assert (np.diff(made.history.losses) < 0).all()
    assert made.request.lr < run("zigzag").request.lr


def test_overshoot_rises_every_second_step_and_ends_in_a_bounce():
    made = run("overshoot")
    assert made.request.lr > made.bounds.local
    X, y = made.scaled.X, made.scaled.data.y
    steepest = np.linalg.eigvalsh(hessian(X, y, made.bounds.minimum)).max()
    assert f"beyond {round(made.bounds.local * steepest, 6):g}/κ" in BY_NAME["overshoot"].look
    rises = np.diff(made.history.losses) > 0
    assert (rises[4:] != rises[3:-1]).all()
    told = course(made.history, made.bounds)
    assert told.rises == len(made.history) / 2
    assert told.bounce is not None
    assert told.crossings == told.late


def test_raw_units_make_a_narrow_valley():
    made = run("raw")
    data = built_in("penguins")

    def long(scale):
        """How many times as long as wide the ellipse is at whose edge J has risen as far."""
        X = data.scaled(scale).X
        bends = np.linalg.eigvalsh(hessian(X, data.data.y, step_bounds(X, data.data.y).minimum))
        return math.sqrt(bends[-1] / bends[0])

    assert long("raw") == pytest.approx(1000, rel=0.05)
    assert long("standard") == pytest.approx(2, rel=0.1)
    h = made.history
    assert f"ten steps bring the ball to its floor, and the {len(h) - 10} after" in (
        BY_NAME["raw"].look
    )
    assert h.losses[10] < 0.1 * h.losses[0]
    assert h.losses[10] - h.losses[-1] < 0.01 * (h.losses[0] - h.losses[10])
    way = abs(made.bounds.minimum[2] - h.params[10, 2])
    assert abs(h.params[-1, 2] - h.params[10, 2]) < 0.01 * way
    # It is seen in the plane of b and of the weight that moves more.
    w1, w2, _ = np.abs(h.params[-1] - h.params[0])
    assert w1 > w2
    assert state(BY_NAME["raw"])["plane"] == "w1b"


@pytest.mark.parametrize("one", spec(), ids=lambda one: one["name"])
def test_a_scenario_is_a_link(one):
    fresh = settings.defaults(settings.TRAINING)
    given = settings.accept(settings.TRAINING, fresh, one["fields"])
    assert {name: given[name] for name in one["fields"]} == one["fields"]
    query = {k: [v] for k, v in settings.encode(settings.TRAINING, given).items()}
    assert settings.decode(settings.TRAINING, query) == (given, [])
    assert one["look"].count(". ") == 0
    assert one["look"].endswith(".")
