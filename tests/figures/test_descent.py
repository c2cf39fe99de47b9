"""The notebook figure of a run: what its frames draw, and how large they are."""

from __future__ import annotations

import numpy as np
import pytest

from lrviz.data.built_in import load_dataset
from lrviz.data.dataset import standardise
from lrviz.figures.descent import descent_figure
from lrviz.figures.surface import loss_ticks
from lrviz.training.model import PLANES, slice_grid
from lrviz.training.playback import Request, make
from lrviz.training.run import train
from lrviz.training.surface import FLOOR, FRAMES_LIMIT, spaced, surface_of


def _run(**arguments):
    data = load_dataset("penguins")
    Z, _, _ = standardise(data.X)
    return train(Z, data.y, **arguments), Z, data.y


@pytest.mark.parametrize("plane", PLANES)
def test_every_frame_draws_the_step_it_names(plane):
    run, X, y = _run(steps=200, learning_rate=1.0)
    figure = descent_figure(run, X, y, plane=plane)
    i, j, k = PLANES[plane]
    assert len(figure.frames) == FRAMES_LIMIT
    assert [int(f.name) for f in figure.frames][::59] == [0, 200]
    across, up = figure.data[0].x, figure.data[0].y
    for frame in figure.frames[::7]:
        at = run.params[int(frame.name)]
        (contour,) = frame.data
        trail, marker = frame.layout.shapes
        assert (marker.xanchor, marker.yanchor) == (at[i], at[j])
        corners = [tuple(map(float, c.split(","))) for c in trail.path[1:].split("L")]
        assert corners[-1] == pytest.approx((at[i], at[j]), rel=1e-11)
        assert len(corners) == 1 + [f.name for f in figure.frames].index(frame.name)
        exact = np.log10(slice_grid(X, y, plane, across, up, at[k]))
        np.testing.assert_allclose(contour.z, exact, rtol=1e-6, atol=1e-6)
        assert f"Step {frame.name} of 200" in frame.layout.title.text
        # On the slice's own surface: interpolated at the marker it gives the step's loss.
        column, row = np.searchsorted(across, at[i]) - 1, np.searchsorted(up, at[j]) - 1
        s = (at[i] - across[column]) / (across[1] - across[0])
        t = (at[j] - up[row]) / (up[1] - up[0])
        z = 10.0 ** contour.z[row : row + 2, column : column + 2].astype(float)
        mesh = (1 - t) * ((1 - s) * z[0, 0] + s * z[0, 1]) + t * ((1 - s) * z[1, 0] + s * z[1, 1])
        span = 10.0 ** float(np.max(contour.z)) - 10.0 ** float(np.min(contour.z))
        assert abs(mesh - run.losses[int(frame.name)]) < 0.005 * span


def test_it_plays_by_itself():
    figure = descent_figure(*_run(steps=20))
    assert [b.label for b in figure.layout.updatemenus[0].buttons] == ["Play", "Pause"]
    steps = figure.layout.sliders[0].steps
    assert [s.label for s in steps] == [f.name for f in figure.frames]
    assert [s.args[0][0] for s in steps] == [f.name for f in figure.frames]


def test_no_frame_moves_a_scatter_trace():
    # plotly.js would blank the contour for a frame at every step.
    figure = descent_figure(*_run(steps=20))
    assert {trace.type for frame in figure.frames for trace in frame.data} == {"contour"}
    whole = figure.data[1]
    assert len(whole.x) == 21
    assert whole.customdata[-1, 0] == 20


def test_one_colour_scale_for_the_whole_run():
    figure = descent_figure(*_run(steps=50, learning_rate=3.0, optimizer="momentum"))
    for frame in figure.frames:
        assert figure.data[0].zmin <= frame.data[0].z.min()
        assert figure.data[0].zmax >= frame.data[0].z.max()


def test_the_figure_stays_small_for_a_long_run():
    figure = descent_figure(*_run(steps=5000))
    assert len(figure.frames) == FRAMES_LIMIT
    assert len(figure.to_json()) < 1_000_000


def test_a_slice_that_does_not_change_is_sent_once():
    data = load_dataset("xor")
    run = train([[1, 0], [-1, 0], [1, 0], [-1, 0]], [1, 0, 0, 1], start=(1, 0, 0), steps=10)
    figure = descent_figure(run, data.X, data.y)
    assert all(frame.data == () for frame in figure.frames)
    assert len(figure.to_json()) < 60_000


def test_a_run_without_steps_and_one_that_stopped():
    data = load_dataset("xor")
    run = train(data.X, data.y)
    figure = descent_figure(run, data.X, data.y)
    assert len(figure.frames) == 1
    assert run.stopped in figure.layout.annotations[0].text
    assert np.isfinite(figure.data[0].z).all()


def test_a_loss_of_nothing_has_a_colour():
    data = load_dataset("separable")
    run = train(data.X, data.y, optimizer="newton")
    figure = descent_figure(run, data.X, data.y, mode="dark")
    assert figure.data[0].zmin >= FLOOR
    assert np.isfinite(figure.frames[-1].data[0].z).all()


@pytest.mark.parametrize("plane", PLANES)
def test_several_runs_share_a_surface(plane):
    slow, X, y = _run(steps=100)
    wild, _, _ = _run(steps=30, optimizer="momentum", learning_rate=3.0, start=(4, -3, 2))
    i, j, k = PLANES[plane]
    for runs in ([slow, wild], [wild, slow]):
        shown = spaced(100, FRAMES_LIMIT)
        drawn = surface_of(runs, X, y, plane, steps=shown)
        slices, which = drawn.frames(shown)
        for run in runs:
            for values, axis in ((run.params[:, i], drawn.across), (run.params[:, j], drawn.up)):
                assert axis[0] < values.min()
                assert values.max() < axis[-1]
        first = runs[0]
        for n in (0, 20, len(shown) - 1):
            # A first run that has ended lends the surface its last slice.
            third = first.params[min(shown[n], len(first)), k]
            exact = np.log10(slice_grid(X, y, plane, drawn.across, drawn.up, third))
            np.testing.assert_allclose(slices[which[n]], exact, rtol=1e-6, atol=1e-6)
    with pytest.raises(ValueError, match="At least one run"):
        surface_of([], X, y, plane)


@pytest.mark.parametrize("start", [(1e200, 1, 1), (1e217, -1e217, 1e100), (1e-60, 1e300, -1e300)])
@pytest.mark.parametrize("plane", PLANES)
def test_what_is_beyond_float64_has_the_colour_of_the_largest(start, plane):
    X, y = np.array([[1e90, 1.0], [2e90, -1.0], [-1e90, 3.0], [3e90, 0.0]]), [0, 1, 0, 1]
    run = train(X, y, learning_rate=1000.0, steps=5, start=start)
    drawn = surface_of([run], X, y, plane)
    assert all(np.isfinite(drawn.heights(k)).all() for k in range(len(run) + 1))
    assert (np.diff(drawn.across) > 0).all()
    assert (np.diff(drawn.up) > 0).all()
    assert drawn.low < drawn.high
    text = descent_figure(run, X, y, plane=plane).to_json()
    assert "NaN" not in text
    assert "Infinity" not in text


@pytest.mark.parametrize(
    ("low", "high"), [(-0.31, -0.04), (-0.3, 0.45), (-4, 0.5), (-4, 308), (0.1, 0.100001)]
)
def test_a_colour_bar_has_a_few_ticks_in_its_range(low, high):
    ticks = loss_ticks(low, high)
    assert 2 <= len(ticks) <= 10
    assert ticks == sorted(ticks)
    assert all(low <= tick <= high for tick in ticks)


def test_bad_arguments():
    run, X, y = _run(steps=2)
    with pytest.raises(ValueError, match="plane must be one of"):
        descent_figure(run, X, y, plane="bw")
    with pytest.raises(ValueError, match="mode must be one of"):
        descent_figure(run, X, y, mode="sepia")
    with pytest.raises(ValueError, match=r"The mode must be one of light, dark, not \['dark'\]"):
        descent_figure(run, X, y, mode=["dark"])


def test_the_frames_of_the_pages_own_surface_are_its_slices():
    made = make(Request(steps=150, comparisons=(("adam", 0.1, 0.9, 16, 0, 0.0, 0.0, 0.0),)))
    X, y, surface = made.scaled.X, made.scaled.data.y, made.surface
    shown = spaced(150, FRAMES_LIMIT)
    slices, which = surface.frames(shown)
    for frame, step in enumerate(shown):
        exact = slice_grid(X, y, "w1w2", surface.across, surface.up, made.history.params[step, 2])
        np.testing.assert_allclose(slices[which[frame]], np.log10(exact), atol=1e-6)
