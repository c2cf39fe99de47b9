"""How fine the grid of a surface is, and where its nodes stand."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, fields, replace

import numpy as np
import pytest

from lrviz.data.built_in import load_dataset
from lrviz.training import surface
from lrviz.training.model import PLANES
from lrviz.training.run import train
from lrviz.training.surface import Slices, Surface, interpolate, surface_of

NOTHING = np.empty(0, dtype=np.int64)
SQUARE = np.linspace(0.0, 1.0, 5)


def read(drawn, axes, at):
    """A grid between its nodes: along each row first, then along the column that this makes."""
    across, up = axes
    column = [np.interp(at[0], across, row) for row in np.asarray(drawn, dtype=np.float64)]
    return float(np.interp(at[1], up, column))


def miss(made, history):
    """How far the grid misses the loss of the run's steps, as a share of its range, at worst."""
    i, j, _ = PLANES[made.plane]
    steps = made.slices.steps.tolist() or range(len(history.params))
    return max(
        abs(read(z, (made.across, made.up), history.params[n, [i, j]]) - history.losses[n])
        / np.ptp(z)
        for n in steps
        for z in [made.losses(n).astype(np.float64)]
    )


def of(data, optimizer, rate, plane, **more):
    d = load_dataset(data)
    history = train(d.X, d.y, optimizer=optimizer, learning_rate=rate, steps=40)
    return surface_of([history], d.X, d.y, plane, **more), history


#: A run and its plane; whether a grid of the fewest nodes is exact enough at its steps, whether
#: it keeps the round losses in one piece, and the even ones.
RUNS = [
    (("blobs", "momentum", 2.0, "w1b"), (True, True, True)),
    (("twins", "gd", 5.2, "w1w2"), (True, True, True)),
    (("separable", "newton", 1.0, "w1w2"), (False, True, True)),
    (("and", "gd", 5.2, "w1b"), (True, False, True)),
    (("and", "momentum", 2.0, "w1w2"), (True, True, False)),
    (("and", "momentum", 2.0, "w1b"), (True, False, False)),
]


@pytest.mark.parametrize(("run", "wanted"), RUNS)
def test_a_grid_is_as_coarse_as_is_exact_and_whole(run, wanted, monkeypatch):
    made, _ = of(*run)
    with monkeypatch.context() as patch:
        patch.setattr(surface, "RESOLUTIONS", surface.RESOLUTIONS[:1])
        coarse, history = of(*run)
    found = (
        miss(coarse, history) <= surface.ACCURACY,
        coarse.levels == surface.round_levels(coarse.low, coarse.high),
        coarse.lowest == coarse.low,
    )
    assert found == wanted
    assert (len(made.across) == len(coarse.across)) == all(wanted)
    assert len(made.across) == len(made.up)
    assert len(made.across) in surface.RESOLUTIONS


@pytest.mark.parametrize(("times", "nodes"), [(1, 121), (40, 91), (60, 61)])
def test_many_rows_are_not_drawn_on_the_finest_grids(times, nodes):
    d = load_dataset("and")
    X, y = np.tile(d.X, (times, 1)), np.tile(d.y, times)
    history = train(X, y, optimizer="newton", learning_rate=1.0, steps=40)
    cuts = len(history.params)
    made = surface_of([history], X, y, "w1b")
    assert len(made.across) == nodes
    # The same mean loss whatever the times: what is left out is what takes too much work.
    fits = [n for n in surface.RESOLUTIONS if cuts * n**2 * len(y) <= surface.WORK_LIMIT]
    assert max(fits) == nodes


def test_many_steps_are_not_drawn_on_the_finest_grids():
    made, history = of("and", "momentum", 2.0, "w1b")
    cuts, most = len(history.params), surface.BYTES_LIMIT / 8
    assert len(made.across) == max(n for n in surface.RESOLUTIONS if cuts * n**2 <= most)
    assert surface.LEAST_FINE < len(made.across) < surface.RESOLUTIONS[-1]


def test_the_range_and_the_contours_hold_for_every_step_that_is_drawn():
    d = load_dataset("blobs")
    history = train(d.X, d.y, optimizer="gd", learning_rate=0.5, steps=59)
    params = history.params.copy()
    params[7, 2] = 30.0  # at one step b is far away, and all losses are high
    far = replace(history, params=params)
    made = surface_of([far], d.X, d.y, "w1w2", steps=range(60))
    assert made.heights(7).min() > made.heights(0).max()
    for step in range(60):
        assert made.low <= made.heights(step).min()
        assert made.heights(step).max() <= made.high


def test_a_stack_tells_how_far_it_is():
    told = []
    made, history = of("and", "newton", 1.0, "w1b", progress=lambda *at: told.append(at))
    assert made.slices.kind == "stack"
    cuts = len(history.params)
    assert told[-cuts:] == [(n, cuts) for n in range(cuts)]


def level(heights):
    """A surface of one slice with these heights, and its range and contours."""
    grid = np.asarray(heights, dtype=float)
    axes = [np.linspace(0.0, 1.0, n) for n in grid.shape[::-1]]
    slices = Slices("series", 10.0 ** grid[None], 0.0, 0.0, NOTHING)
    bare = Surface("w1w2", *axes, slices, np.zeros(1), 0.0, 1.0)
    return surface._levelled(bare, [0])


def test_from_where_even_contours_are_drawn():
    valley = np.add.outer(np.zeros(3), np.array([2.0, 1.5, 1.0, 1.5, 2.0]))
    made = level(valley)
    assert made.low == pytest.approx(1)
    assert made.high == pytest.approx(2)
    assert made.lowest == made.low
    # Two hollows, apart at every level below the highest.
    apart = level([[1.0, 2.0, 1.0]] * 3)
    assert apart.lowest == pytest.approx(apart.high)
    # Apart up to 1.52, so at levels 0 to 10 of 20, and one piece from 1.55 on.
    partly = level([[1.0, 1.52, 1.0, 2.0]] * 3)
    assert partly.lowest == pytest.approx(1.55, abs=1e-6)


def test_a_flat_surface_has_a_range():
    made = level(np.ones((3, 3)))
    assert made.low == pytest.approx(1)
    assert made.low < made.high < made.low + 0.01


def test_contours_are_as_round_as_leaves_enough_of_them():
    found = surface.round_levels(-3.5, 3.5)
    assert len(found) == surface.CONTOURS[0]
    assert found == tuple(range(-3, 4))


def test_between_the_nodes_of_any_grid():
    dice = np.random.default_rng(5)
    for _ in range(40):
        across, up = (np.sort(dice.uniform(-3, 3, n)) for n in (5, 4))
        drawn = dice.normal(size=(4, 5))
        places = [
            (dice.uniform(across[0], across[-1]), dice.uniform(up[0], up[-1])),
            (across[-1], up[-1]),
            (across[0], up[0]),
            (dice.uniform(across[-2], across[-1]), dice.uniform(up[-2], up[-1])),
        ]
        for at in places:
            wanted = read(drawn, (across, up), at)
            assert interpolate(drawn, (across, up), at) == pytest.approx(wanted, abs=1e-12)
    # A place that rounding has put beside the last node is at it.
    beyond = math.nextafter(1.0, 2.0)
    grid = np.arange(25.0).reshape(5, 5)
    assert interpolate(grid, (SQUARE, SQUARE), (beyond, beyond)) == pytest.approx(24)


@pytest.mark.parametrize("run", [run for run, _ in RUNS])
def test_what_a_mesh_misses_is_the_worst_of_its_steps(run):
    made, history = of(*run)
    worst = surface._mesh_error(made, history)
    if made.slices.kind == "stack":
        assert worst == pytest.approx(miss(made, history), rel=1e-6)
    else:  # of a series it looks at a few steps
        assert 0 < worst <= miss(made, history) * (1 + 1e-6)


def test_sizes_are_root_mean_squares_also_of_the_largest_numbers():
    X = np.array([[3.0, 0.1], [4.0, 0.2], [12.0, -0.1]])
    assert surface._sizes(X) == pytest.approx([np.sqrt(169 / 3), 1, 1])
    assert surface._sizes([[1e200, 5.0], [1e-5, -5.0]]) == pytest.approx([1e200 / 2**0.5, 5, 1])
    assert surface._sizes([[0.0, -7.0]]) == pytest.approx([1, 7, 1])


@pytest.mark.parametrize(
    ("spans", "wanted"),
    [
        (([0, 10], [4, 6]), ([0, 10], [4, 6])),
        (([0, 8], [-1, 1]), ([0, 8], [-1, 1])),  # exactly four times
        (([0, 10], [1, 4]), ([0, 10], [-2.5, 7.5])),
        (([-3, 1], [10, 20]), ([-6, 4], [10, 20])),
    ],
)
def test_axes_of_nearly_one_extent_get_the_larger(spans, wanted):
    found = surface._comparable([np.array(span, dtype=float) for span in spans])
    np.testing.assert_allclose(found, wanted)


def test_bends_are_the_worst_of_all_slices_along_an_axis():
    one = np.outer([1.0, 2, 5], np.arange(6) ** 2)  # along a row it bends by 2, 4 or 10
    other = np.zeros((3, 6))
    other[:, 4] = -7  # by 7, 14 and 7 at the last three inner nodes
    np.testing.assert_allclose(surface._bends([one, other], 0), [10, 10, 10, 14])
    # From row to row one bends by 2x², the other not at all.
    np.testing.assert_allclose(surface._bends([one, other], 1), [2 * 25])


def test_nodes_stand_closer_where_slices_bend():
    axis = np.linspace(-1.0, 3.0, 401)
    bends = np.where(axis[1:-1] < 1, 0.0, 1e-4)
    found = surface._warped(axis, bends, 301)
    assert (found[0], found[-1]) == (-1, 3)
    assert (np.diff(found) > 0).all()
    # All of the bend is in the right half, which gets all of that share and half of the even one.
    right = 1 / (1 + surface.EVEN) * (1 + surface.EVEN / 2)
    assert (found > 1).mean() == pytest.approx(right, abs=0.02)
    # The other way round, the nodes are the other way round.
    mirrored = surface._warped(-axis[::-1], bends[::-1], 301)
    np.testing.assert_allclose(mirrored, -found[::-1], atol=1e-9)
    # Four times the bend has nodes twice as close, but for the even share.
    bends = np.where(axis[1:-1] < 1, 1e-4, 4e-4)
    found = surface._warped(axis, bends, 301)
    right = 1 / (1 + surface.EVEN) * (2 / 3 + surface.EVEN / 2)
    assert (found > 1).mean() == pytest.approx(right, abs=0.02)


def test_nodes_of_a_curve_that_bends_alike_everywhere_stand_evenly():
    # On an axis that is uneven: what bends by f″ over a width w bends by f″·w² from node to node.
    axis = np.linspace(1.0, 3.0, 201) ** 2
    widths = (axis[2:] - axis[:-2]) / 2
    found = surface._warped(axis, 0.3 * widths**2, 101)
    np.testing.assert_allclose(np.diff(found), 8 / 100, rtol=0.02)
    straight = surface._warped(axis, np.zeros(199), 101)
    np.testing.assert_allclose(np.diff(straight), 8 / 100, rtol=0.02)


def kink(x):
    return np.full((100, 100), 1 + abs(x))


def test_a_series_stops_where_the_next_one_would_be_too_large():
    asked = []

    def cut(x):
        asked.append(x)
        return kink(x)

    assert surface._series(0.0, 1.0, cut, surface.unwatched) is None
    # Doubled for as long as twice as many fit.
    most = surface.BYTES_LIMIT / kink(0.0).nbytes
    assert len(asked) == 1 + max(n for n in surface._INTERVALS if n <= most)
    assert len(asked) < 1 + surface._INTERVALS[-1]


def test_a_series_has_no_more_terms_than_are_allowed():
    asked = []

    def cut(x):
        asked.append(x)
        return np.full((2, 2), np.exp(x / 1e5))

    assert surface._series(0.0, 1.0, cut, surface.unwatched, 4) is None
    assert asked == []
    assert surface._series(0.0, 1.0, cut, surface.unwatched, 5) is not None
    assert len(asked) == 5
    asked.clear()
    assert surface._series(0.0, 1.0, lambda x: cut(900 * x), surface.unwatched, 8) is None
    assert len(asked) == 5


def test_what_is_zero_throughout_is_a_series_of_one_term():
    terms = surface._series(0.0, 1.0, lambda x: np.zeros((2, 3)), surface.unwatched)
    assert terms.shape == (1, 2, 3)
    assert not terms.any()


def test_a_third_parameter_that_stands_still_has_a_range_of_no_width():
    made = surface._series_of(np.array([3.0, 3.0]), lambda x: np.full((2, 2), x), surface.unwatched)
    assert (made.middle, made.half) == (3, 0)
    assert made.at(0, 3.0).tolist() == [[3, 3], [3, 3]]


@pytest.mark.parametrize(("best", "seen"), [(5.4, True), (5.5, True), (5.6, False)])
def test_beside_a_path_that_hardly_moves_the_least_width_counts(best, seen):
    low, high = surface.axis_of(np.array([3.0, 3.0]), [], best, 2)
    assert (low < best < high) == seen


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [
        (0.99, 10.01, [1, 1.5, 2, 3, 4, 5, 7, 10]),
        (0.74, 4.01, [0.75, 0.8, 0.85, 0.9, 0.95, 1, 1.5, 2, 2.5, 3, 3.5, 4]),
        (0.97, 1.61, [0.97, 0.98, 0.99, 1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6]),
        (0.009, 11, [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10]),
        (0.9, 1.1e7, [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7]),
    ],
)
def test_round_losses_from_the_roundest(low, high, wanted):
    # A hair wider, so that what lies at an end is within.
    found = surface.round_levels(np.log10(low) - 1e-9, np.log10(high) + 1e-9)
    np.testing.assert_allclose(10.0 ** np.array(found), wanted, rtol=1e-12)


def test_a_surface_and_its_slices_stay_as_they_are_and_each_is_itself():
    made, _ = of("blobs", "gd", 0.5, "w1w2")
    for one in (made, made.slices):
        with pytest.raises(FrozenInstanceError):
            setattr(one, fields(one)[0].name, None)
        assert len({one, replace(one)}) == 2


def test_the_longest_series_is_tried_and_uses_every_slice_again():
    asked = []

    def cut(x):
        asked.append(x)
        return np.full((1, 1), 2 + np.sin(50 * x))

    terms = surface._series(0.0, 1.0, cut, surface.unwatched)
    assert 65 < len(terms) <= surface._INTERVALS[-1] + 1
    assert len(asked) == surface._INTERVALS[-1] + 1
