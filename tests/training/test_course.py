"""What happened on a run's way, counted on ways made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.training.course import BOUNCES, Course, course
from lrviz.training.newton import StepBounds
from lrviz.training.run import History

NOWHERE = StepBounds(guaranteed=1.0, local=None, minimum=None)
#: A minimum at w₁ = 2, where the curvature is largest along w₁.
THERE = StepBounds(1.0, 1.0, np.array([2.0, 0.0, 0.0]), np.array([1.0, 0.0, 0.0]))


def way(losses, places):
    """A history of these losses at these w₁."""
    params = np.zeros((len(losses), 3))
    params[:, 0] = places
    gradients = np.zeros_like(params)
    steps = len(losses) - 1
    start = (float(params[0, 0]), 0.0, 0.0)
    return History(
        params, np.array(losses), gradients, None, "gd", 0.1, steps, start, 0.9, 16, 0, 0.0
    )


def test_a_rise_is_more_than_the_last_digits():
    losses = [1.0, 1.0, 1 + 5e-10, 1 + 5e-10, 2.0, 1.0, 1 + 1e-8, 0.0, 0.0, 0.5]
    found = course(way(losses, range(len(losses))), NOWHERE)
    assert found == Course(steps=9, rises=3, late=0, crossings=0, farther=0, bounce=None)


def test_crossings_are_counted_in_the_second_half():
    # From the minimum: 9, −8, 2, −3, −1, 0.5, −4; the second half begins at −3.
    places = [11.0, -6.0, 4.0, -1.0, 1.0, 2.5, -2.0]
    found = course(way([1.0] * 7, places), THERE)
    assert (found.steps, found.late, found.crossings, found.farther) == (6, 3, 2, 1)

    # From the minimum: 2, 0, −3, 3, 1: what comes to lie on it has not crossed it.
    places = [7.0, -3.0, 6.0, 4.0, 2.0, -1.0, 5.0, 3.0]
    found = course(way([1.0] * 8, places), THERE)
    assert (found.steps, found.late, found.crossings, found.farther) == (7, 4, 1, 0)

    # From the minimum: 1, −2, 3, −4, 5, −6, 7, farther each time.
    places = [3.0, 0.0, 5.0, -2.0, 7.0, -4.0, 9.0]
    found = course(way([1.0] * 7, places), THERE)
    assert (found.steps, found.late, found.crossings, found.farther) == (6, 3, 3, 3)


def test_without_a_minimum_or_its_steepest_direction_nothing_is_crossed():
    for bounds in (NOWHERE, THERE._replace(steepest=None), THERE._replace(minimum=None)):
        assert course(way([1.0] * 7, range(7)), bounds)[2:5] == (0, 0, 0)


@pytest.mark.parametrize("steps", [BOUNCES - 1, BOUNCES, BOUNCES + 3])
def test_a_bounce_is_two_places_for_ten_steps(steps):
    places = [3.0 if n % 2 else -1.0 for n in range(steps + 1)]
    losses = [0.9 if n % 2 else 0.2 for n in range(steps + 1)]
    assert BOUNCES == 10
    wanted = (0.2, 0.9) if steps >= BOUNCES else None
    assert course(way(losses, places), NOWHERE).bounce == wanted


@pytest.mark.parametrize(
    "places",
    [
        [3.0 + 0.01 * n if n % 2 else -1.0 for n in range(12)],  # it still moves
        [3.0 + 1e-4 * (n % 2) for n in range(12)],  # beside its own size it stands still
        [3.0] * 12,
        [float(n) for n in range(12)],
    ],
)
def test_what_moves_on_or_stands_still_does_not_bounce(places):
    assert course(way([1.0] * 12, places), NOWHERE).bounce is None


def test_what_was_elsewhere_before_its_last_steps_bounces_all_the_same():
    places = [50.0, 20.0, 7.0, *(3.0 if n % 2 else -1.0 for n in range(BOUNCES))]
    assert course(way([1.0] * len(places), places), NOWHERE).bounce == (1.0, 1.0)
    places[3] = 4.0  # the first of the last ten
    assert course(way([1.0] * len(places), places), NOWHERE).bounce is None


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_what_is_steady_is_so_in_any_units(scale):
    places = scale * np.array([3.0 + 5e-4 * n if n % 2 else -1.0 for n in range(12)])
    assert course(way([1.0] * 12, places), NOWHERE).bounce == (1.0, 1.0)
    still = scale * np.array([3.0 + 1e-3 * (n % 2) for n in range(12)])
    assert course(way([1.0] * 12, still), NOWHERE).bounce is None
