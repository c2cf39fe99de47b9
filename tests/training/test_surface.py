"""The surface of a run: where its edges lie, what is drawn between its nodes, and its slices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lrviz.data.built_in import load_dataset
from lrviz.training import surface
from lrviz.training.run import train
from lrviz.training.surface import axis_of, interpolate, spaced, surface_of

PATH = np.array([2.0, 4.0, 12.0])


def ends(*arguments):
    axis = axis_of(*arguments, 41)
    assert len(axis) == 41
    np.testing.assert_allclose(np.diff(axis), (axis[-1] - axis[0]) / 40, rtol=1e-9)
    return axis[0], axis[-1]


def test_a_plane_reaches_three_tenths_beyond_the_path():
    assert ends(PATH, [], None) == pytest.approx((2 - 3, 12 + 3))


def test_a_path_that_hardly_moves_has_a_plane_of_width_one():
    assert ends(np.array([3.0, 3.0]), [], None) == pytest.approx((2.5, 3.5))
    assert ends(np.array([3.0, 3.5]), [], None) == pytest.approx((2.75, 3.75))
    # Far from zero it is wide enough for float64 to tell its edges apart.
    assert ends(np.array([1e9]), [], None) == pytest.approx((1e9 - 1e3, 1e9 + 1e3), abs=1)
    assert ends(np.array([-1e9]), [], None) == pytest.approx((-1e9 - 1e3, -1e9 + 1e3), abs=1)


@pytest.mark.parametrize(("best", "seen"), [(26.9, True), (27.1, False), (-12.9, True)])
def test_a_minimum_is_in_view_up_to_two_and_a_half_times_the_width(best, seen):
    low, high = ends(PATH, [], best)
    assert (low < best < high) == seen
    if seen:
        inner = min(2, best), max(12, best)
        margin = 0.3 * (inner[1] - inner[0])
        assert (low, high) == pytest.approx((inner[0] - margin, inner[1] + margin))
    else:
        assert (low, high) == pytest.approx((-1, 15))


def test_a_minimum_beside_a_path_that_hardly_moves_is_in_view():
    low, high = ends(np.array([3.0, 3.0]), [], 4.5)
    assert (low, high) == pytest.approx((3 - 0.45, 4.5 + 0.45))


def test_other_runs_are_in_view_as_far_as_six_widths():
    assert ends(PATH, [np.array([0.0, 20.0])], None) == pytest.approx((-6, 26))
    assert ends(PATH, [np.array([5.0]), np.array([0.0])], None) == pytest.approx((-3.6, 15.6))
    assert ends(PATH, [np.array([5.0])], None) == pytest.approx((-1, 15))
    # From 2 − 60 to 12 + 60, and three tenths of that beyond.
    assert ends(PATH, [np.array([-1e9, 1e9])], None) == pytest.approx((-97, 111))


def test_the_largest_numbers_have_an_axis():
    axis = axis_of(np.array([-1e308, 1e308]), [], None, 5)
    assert axis.tolist() == [-1e300, -5e299, 0, 5e299, 1e300]


def test_steps_that_are_evenly_spaced():
    assert spaced(4, 12) == [0, 1, 2, 3, 4]
    assert spaced(100, 5) == [0, 25, 50, 75, 100]
    assert spaced(0, 12) == [0]
    assert spaced(11, 12) == list(range(12))


def test_between_the_nodes_the_mesh_is_bilinear():
    across, up = np.array([0.0, 1, 3]), np.array([-1.0, 0, 4, 5])

    def height(x, y):
        return 2 + 3 * x - 5 * y + 7 * x * y

    drawn = height(across[None, :], up[:, None])
    for x, y in [(0, -1), (0.25, -0.5), (1, 0), (2.5, 3), (3, 5), (1.5, 4.5), (0.5, 5)]:
        assert interpolate(drawn, (across, up), (x, y)) == pytest.approx(height(x, y))


@pytest.mark.parametrize("degree", [1, 2, 4, 9])
def test_coefficients_are_those_of_the_chebyshev_series(degree):
    chebyshev = np.polynomial.chebyshev
    wanted = np.random.default_rng(degree).normal(size=(degree + 1, 2, 3))
    t = np.cos(np.pi * np.arange(degree + 1) / degree)
    values = np.moveaxis(chebyshev.chebval(t, wanted), -1, 0)
    np.testing.assert_allclose(surface._coefficients(values), wanted, atol=1e-13)


@pytest.mark.parametrize("function", [np.exp, np.cosh, lambda t: 2 + np.sin(3 * t)])
def test_a_series_is_as_long_as_float32_needs_and_no_longer(function):
    middle, half = 0.25, 1.5
    terms = surface._series(middle, half, lambda x: np.full((2, 2), function(x)), lambda *_: None)
    t = np.linspace(-1, 1, 101)
    exact = function(middle + half * t)
    found = np.polynomial.chebyshev.chebval(t, terms[:, 0, 0])
    assert (abs(found - exact) / exact).max() < 6e-8  # half a Float32's last place
    shorter = np.polynomial.chebyshev.chebval(t, terms[:-1, 0, 0])
    assert (abs(shorter - exact) / exact).max() > 3e-8


def test_a_series_tells_how_far_it_is_and_computes_no_slice_twice():
    asked, told = [], []

    def cut(x):
        asked.append(x)
        return np.full((1, 1), 2 + np.sin(4 * x))

    assert surface._series(0.0, 1.0, cut, lambda *at: told.append(at)) is not None
    assert len(asked) == len({round(x, 12) for x in asked})
    assert [done for done, _ in told] == list(range(len(asked)))
    assert sorted({whole for _, whole in told}) == [2**n + 1 for n in range(2, 6)][: len({*told})]


def test_a_function_with_a_kink_is_no_series():
    assert surface._series(0, 1, lambda x: np.full((41, 41), 1 + abs(x)), lambda *_: None) is None


def test_what_leaves_float64_on_one_slice_is_no_series_and_no_more_are_asked_for():
    asked = []

    def cut(x):
        asked.append(x)
        return np.full((2, 3), np.inf if x > 0.9 else 2 + np.sin(9 * x))

    assert surface._series(0, 1, cut, lambda *_: None) is None
    assert len(asked) == surface._INTERVALS[0] + 1


@pytest.fixture(scope="module")
def run():
    data = load_dataset("blobs")
    return data, train(data.X, data.y, optimizer="gd", learning_rate=2.0, steps=40)


@pytest.mark.parametrize("plane", ["w1w2", "w1b", "w2b"])
def test_heights_are_logarithms_of_the_losses(run, plane):
    data, history = run
    made = surface_of([history], data.X, data.y, plane)
    assert made.plane == plane
    for step in (0, 7, 40):
        np.testing.assert_allclose(
            made.heights(step), np.log10(made.losses(step)), rtol=1e-6, atol=1e-6
        )
    np.testing.assert_array_equal(made.heights(40), made.heights(41))
    np.testing.assert_array_equal(made.losses(40), made.losses(4000))
    heights = np.stack([made.heights(step) for step in range(41)])
    assert made.low == pytest.approx(heights.min(), abs=0.02)
    assert made.high == pytest.approx(heights.max(), abs=0.02)
    assert made.low < made.high


@pytest.mark.parametrize(("loss", "height"), [(0.0, -4), (1e-9, -4), (np.inf, 308), (np.nan, 308)])
def test_heights_are_finite_whatever_the_loss(run, loss, height):
    data, history = run
    made = surface_of([history], data.X, data.y, "w1w2")
    flat = surface.Slices("series", np.full((1, 2, 2), loss), 0.0, 0.0, np.empty(0, dtype=int))
    np.testing.assert_array_equal(replace(made, slices=flat).heights(3), np.float32(height))


def test_frames_draw_equal_slices_once(run):
    data, _ = run
    history = train(data.X, data.y, optimizer="gd", learning_rate=2.0, steps=10)
    made = surface_of([history], data.X, data.y, "w1w2", steps=[0, 4, 10, 99])
    grids, which = made.frames([0, 4, 4, 10, 99])
    assert which == [0, 1, 1, 2, 2]
    for grid, step in zip(grids, (0, 4, 10), strict=True):
        np.testing.assert_array_equal(grid, made.heights(step))


def test_a_run_is_told_and_bad_arguments_are_refused(run):
    data, history = run
    told = []
    surface_of([history], data.X, data.y, "w1w2", progress=lambda *at: told.append(at))
    assert told
    assert all(0 <= done < whole for done, whole in told)
    with pytest.raises(ValueError, match=r"must be one of w1w2, w1b, w2b, not 'w2w1'"):
        surface_of([history], data.X, data.y, "w2w1")
    with pytest.raises(ValueError, match="At least one run"):
        surface_of([], data.X, data.y, "w1w2")


def test_a_stack_is_read_at_the_last_step_that_was_kept():
    terms = np.arange(3.0).reshape(3, 1, 1)
    stack = surface.Slices("stack", terms, 0.0, 1.0, np.array([0, 5, 10]))
    assert [float(stack.at(k, 0.0)[0, 0]) for k in (0, 4, 5, 9, 10, 11)] == [0, 0, 1, 1, 2, 2]


def test_a_series_is_read_at_the_third_parameter():
    terms = np.array([1.0, 2.0, 3.0]).reshape(3, 1, 1)
    series = surface.Slices("series", terms, 10.0, 4.0, np.empty(0, dtype=int))
    for third, t in ((6.0, -1), (10.0, 0), (12.0, 0.5), (14.0, 1)):
        # 1 + 2t + 3(2t² − 1)
        assert series.exact(0, third)[0, 0] == pytest.approx(1 + 2 * t + 3 * (2 * t * t - 1))


@pytest.mark.parametrize(
    ("thirds", "still"),
    [
        ([0.0, 1e-12], True),
        ([0.0, 4e-12], False),
        ([1e6, 1e6 + 1e-6], True),  # beside a million, a millionth is rounding
        ([1e6, 1e6 + 1e-5], False),
        ([-3.0, -3.0], True),
    ],
)
def test_a_third_parameter_that_stands_still_needs_one_slice(thirds, still):
    asked = []

    def cut(x):
        asked.append(x)
        return np.ones((2, 2))

    surface._series_of(np.array(thirds), cut, surface.unwatched)
    assert (len(asked) == 1) == still


def test_a_series_of_no_width_is_read_at_its_middle():
    terms = np.array([1.0, 2.0, 3.0]).reshape(3, 1, 1)
    series = surface.Slices("series", terms, 10.0, 0.0, np.empty(0, dtype=int))
    assert series.exact(0, 10.0)[0, 0] == 1 - 3


@pytest.mark.parametrize(
    ("across", "up", "equal"),
    [
        ([-1, 0, 3], [5, 5.5, 9], True),
        ([-1, 0, 3], [5, 7, 10], False),
        ([-1, 0, 3], [5, 6, 6], False),
        ([0, 0.5, 1], [0, 0.4, 1 + 0.9e-6], True),
        ([0, 0.5, 1], [0, 0.4, 1 + 1.5e-6], False),
    ],
)
def test_axes_are_drawn_alike_where_they_have_the_same_extent(across, up, equal):
    terms = np.zeros((1, 3, 3))
    slices = surface.Slices("series", terms, 0.0, 0.0, np.empty(0, dtype=int))
    edges = np.array(across, dtype=float), np.array(up, dtype=float)
    assert surface.Surface("w1w2", *edges, slices, np.zeros(2), 0.0, 1.0).equal is equal


def test_steps_beyond_the_end_of_a_run_have_the_frame_of_its_last():
    terms = np.arange(1.0, 4.0).reshape(3, 1, 1) * np.ones((1, 2, 2))
    slices = surface.Slices("stack", terms, 0.0, 1.0, np.array([0, 1, 2]))
    edge = np.array([0.0, 1.0])
    made = surface.Surface("w1w2", edge, edge, slices, np.array([0.0, 1.0, 2.0]), 0.0, 1.0)
    frames, which = made.frames([1, 2, 7])
    assert which == [0, 1, 1]
    np.testing.assert_allclose([10.0 ** one[0, 0] for one in frames], [2, 3], rtol=1e-6)


def test_a_plane_that_there_is_not_is_named_with_those_that_there_are():
    data = load_dataset("xor")
    history = train(data.X, data.y, steps=2)
    with pytest.raises(ValueError, match=r"^The plane must be one of w1w2, w1b, w2b, not 'w3'\.$"):
        surface_of([history], data.X, data.y, "w3")
    with pytest.raises(ValueError, match=r"w2b, not \['w1'\]\.$"):
        surface_of([history], data.X, data.y, ["w1"])
