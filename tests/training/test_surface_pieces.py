"""A convex loss has sets of low losses in one piece: so has what is drawn of it."""

from __future__ import annotations

import random

import numpy as np
import pytest
from scipy.ndimage import label

from lrviz.data.built_in import DATASETS, load_dataset
from lrviz.figures.descent import descent_figure
from lrviz.figures.surface import surface_figure
from lrviz.training.model import PLANES
from lrviz.training.playback import Request, make
from lrviz.training.run import train
from lrviz.training.surface import CONTOURS, round_levels, spaced, whole

OPTIMIZERS = ("gd", "momentum", "adam", "newton", "rmsprop")


def pieces(below):
    """How many pieces a boolean grid has; neighbours share a side."""
    return label(below)[1]


def drawn_levels(trace):
    contours = trace.contours
    count = int(np.floor((contours.end - contours.start) / contours.size + 1e-9)) + 1
    return [contours.start + n * contours.size for n in range(count)]


def random_request(dice):
    scale = dice.choice(["standard", "raw"])
    return Request(
        data=dice.choice(list(DATASETS)),
        scale=scale,
        opt=dice.choice(OPTIMIZERS),
        lr=10 ** dice.uniform(-3, -1 if scale == "raw" else 1),
        steps=dice.choice([5, 40, 120]),
        start=tuple(round(dice.uniform(-1, 1) * (0.1 if scale == "raw" else 3), 3) for _ in "abc"),
        plane=dice.choice(list(PLANES)),
    )


@pytest.mark.parametrize("seed", range(24))
def test_no_level_of_a_random_run_falls_into_pieces(seed):
    made = make(random_request(random.Random(seed)))
    surface = made.surface
    trace = surface_figure(surface).data[0]
    levels = [*surface.levels, *drawn_levels(trace)]
    assert len(surface.levels) >= 4, made.request
    for step in spaced(len(made.history), 6):
        heights = surface.heights(step)
        for level in levels:
            assert pieces(heights <= level) <= 1, (made.request, step, 10**level)


@pytest.mark.parametrize("optimizer", ["newton", "gd", "adam"])
@pytest.mark.parametrize("plane", PLANES)
def test_no_frame_of_the_notebooks_figure_has_an_island(optimizer, plane):
    d = load_dataset("penguins")
    h = train(d.X, d.y, optimizer=optimizer, steps=20, learning_rate=0.003)
    figure = descent_figure(h, d.X, d.y, plane=plane)
    levels = drawn_levels(figure.data[0])
    assert len(levels) >= 8
    for z in [figure.data[0].z, *(f.data[0].z for f in figure.frames if f.data)]:
        for level in levels:
            assert pieces(np.asarray(z) <= level) <= 1, 10**level


def test_pieces_are_found():
    heights = np.array([[0.0, 2, 0], [2, 2, 2], [3, 1, 1]])
    for level, one in ((-1, True), (0, False), (1, False), (2, True), (3, True)):
        assert whole(heights, level) is one
        assert (pieces(heights <= level) <= 1) == one
    dice = np.random.default_rng(0)
    for _ in range(200):
        grid = dice.random((4, 5)) < 0.6
        if whole(np.where(grid, 0.0, 1.0), 0.5):
            assert pieces(grid) <= 1
    bowl = np.add.outer((np.arange(9) - 3.0) ** 2, (np.arange(7) - 4.0) ** 2)
    assert all(whole(bowl, level) for level in np.unique(bowl))


@pytest.mark.parametrize(
    ("low", "high"), [(-2.0, 1.0), (-0.31, -0.05), (-4, 0.5), (-4, 300), (0.3, 0.301)]
)
def test_contours_are_round_losses_and_a_few(low, high):
    levels = round_levels(low, high)
    assert CONTOURS[0] <= len(levels) <= CONTOURS[1] or high - low < 0.01
    assert list(levels) == sorted(levels)
    assert all(low < level < high for level in levels)
    for level in levels:
        mantissa = 10 ** (level - np.floor(level + 1e-9))
        assert abs(mantissa * 10 - round(mantissa * 10)) < 1e-6


def test_from_a_hundredth_to_ten_they_are_one_two_five():
    found = [float(f"{10**level:.3g}") for level in round_levels(-2.0001, 1.0001)]
    assert found == [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10]


def test_axes_of_comparable_parameters_have_one_extent():
    for request in (Request(), Request(plane="w1b"), Request(data="separable", lr=5.0)):
        surface = make(request).surface
        assert surface.equal
        assert np.ptp(surface.across) == pytest.approx(np.ptp(surface.up))
    surface = make(Request(scale="raw", opt="newton", plane="w2b")).surface
    assert not surface.equal
    assert np.ptp(surface.up) > 4 * np.ptp(surface.across)
