"""The figures of the Training page."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from lrviz.figures.data import data_figure
from lrviz.figures.loss import loss_figure
from lrviz.figures.palette import PALETTES
from lrviz.figures.surface import surface_figure
from lrviz.text.runs import labelled
from lrviz.training.model import PLANES, slice_grid
from lrviz.training.playback import Request, make
from tests.samples import some


def contour(made, step=None, mode="light"):
    return surface_figure(made.surface, step=step, mode=mode)


def plane(made, mode="light"):
    return data_figure(made.scaled.data, mode=mode)


def curve(made, mode="light"):
    return loss_figure(labelled(made), mode=mode)


FIGURES = (contour, plane, curve)


@pytest.mark.parametrize("lr", [5.2, 20.0])
def test_the_curve_of_the_loss_leaves_the_corner_of_its_title_free(lr):
    made = make(Request(data="twins", lr=lr, steps=60))
    bottom, top = curve(made).layout.yaxis.range
    heights = (np.log10(made.history.losses) - bottom) / (top - bottom)
    assert heights.min() > 0
    # The title is 20 of the 66 px high.
    assert heights[24:].max() <= 1 - 20 / 66
    assert heights.max() > 0.6  # what is left of the room is used


def test_a_curve_that_comes_near_the_end_of_float64_is_drawn():
    (run,) = labelled(make(Request(steps=60)))
    losses = 10.0 ** np.linspace(0, 308, len(run.history.losses))
    figure = loss_figure([run._replace(history=replace(run.history, losses=losses))])
    assert np.isfinite(figure.layout.yaxis.tickvals).all()
    assert figure.layout.yaxis.range[1] >= 308


@pytest.mark.parametrize("axes", PLANES)
def test_the_surface_is_the_logarithm_of_the_loss(axes):
    made = make(Request(plane=axes))
    figure = contour(made, step=30)
    third = made.history.params[30, PLANES[axes][2]]
    X, y = made.scaled.X, made.scaled.data.y
    exact = slice_grid(X, y, axes, np.array(figure.data[0].x), np.array(figure.data[0].y), third)
    np.testing.assert_allclose(10.0 ** np.asarray(figure.data[0].z, dtype=float), exact, rtol=1e-6)


@pytest.mark.parametrize("lr", some(2, [0.5, 500.0, 20.0]))
def test_the_colours_hold_for_the_whole_run(lr):
    made = make(Request(lr=lr))
    trace = contour(made).data[0]
    assert trace.zmin == trace.contours.start == made.surface.low
    for k in (0, len(made.history)):
        slice_ = made.surface.losses(k)
        assert made.surface.low - 1e-6 <= np.log10(slice_.min())
        assert np.log10(slice_.max()) <= made.surface.high + 1e-6


def test_every_example_is_drawn_once_with_its_row_and_class():
    made = make(Request())
    data = made.scaled.data
    zero, one = plane(made).data
    assert zero.marker.symbol != one.marker.symbol
    assert zero.marker.color != one.marker.color
    rows = [*zero.customdata, *one.customdata]
    assert sorted(rows) == list(range(len(data)))
    for trace, label in ((zero, 0), (one, 1)):
        assert set(data.y[list(trace.customdata)]) == {label}
        np.testing.assert_array_equal(data.X[list(trace.customdata), 0], trace.x)


def test_the_loss_curve_is_the_history_on_a_logarithmic_axis():
    made = make(Request())
    figure = curve(made)
    np.testing.assert_array_equal(figure.data[0].y, made.history.losses)
    assert figure.layout.yaxis.type == "log"
    low, high = (10.0**v for v in figure.layout.yaxis.range)
    assert low < made.history.losses.min() <= made.history.losses.max() < high
    assert len(figure.layout.yaxis.tickvals) >= 2


def _without_ramp(text):
    figure = json.loads(text)
    ramp = figure["data"][0].pop("colorscale")
    assert [at for at, _ in ramp] == pytest.approx(np.linspace(0, 1, len(ramp)))
    return json.dumps(figure)


@pytest.mark.parametrize("draw", FIGURES)
def test_the_modes_differ_in_colours_alone(draw):
    made = make(Request(data="and"))
    light, dark = (json.dumps(draw(made, mode=m).to_plotly_json()) for m in ("light", "dark"))
    for role, colour in PALETTES["light"].items():
        light = light.replace(colour, f"@{role}")
    for role, colour in PALETTES["dark"].items():
        dark = dark.replace(colour, f"@{role}")
    if draw is contour:  # a ramp may have more stops in one mode
        light, dark = (_without_ramp(text) for text in (light, dark))
    assert light == dark


def test_a_run_of_no_steps_still_has_figures():
    made = make(Request(data="xor"))  # from zero the gradient is exactly zero
    assert len(made.history) == 0
    for draw in FIGURES:
        draw(made)
