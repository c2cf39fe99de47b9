"""What is drawn as a slope is the slope that is said."""

import math
import random
import re
from itertools import pairwise

import pytest

import lrviz
from lrviz.core.graph import LOSSES, differentiate
from lrviz.figures import plots
from lrviz.figures.geometry import FRAMES
from lrviz.text import explanations
from tests.samples import thin

VIEWS = ("features", "vector")
SHAPES = ("wide", "tall")
TARGETS = ("w1", "w2", "b")


def states(count, seed):
    dice = random.Random(seed)
    grid = [round(-5 + 0.01 * i, 2) for i in range(1001)]
    for _ in range(count):
        inputs = {name: dice.choice(grid) for name in ("x1", "x2", "w1", "w2", "b")}
        yield inputs | {"y": dice.randint(0, 1)}


def drawn(view, shape, of, p):
    stages = explanations.stages_shown(p.graph)
    return plots.plots(p.graph, of, FRAMES[view, shape].boxes, stages)


def points(d):
    return [tuple(map(float, pair)) for pair in re.findall(r"(-?[\d.]+),(-?[\d.]+)", d)]


def scale(plot, p):
    """Pixels to a unit, across and up; the top of a scale that follows its curve from its point."""
    low, high = plot.x
    across = plot.box[2] / (high - low)
    if plot.y:
        return across, plot.box[3] / (plot.y[1] - plot.y[0])
    # Loss at the two ends, by passes of their own: the curve is convex or bounded by its ends.
    found = []
    name = plot.at.split(".")[1] if plot.at.count(".") == 1 else f"w{int(plot.at[-1]) + 1}"
    for n in range(plots.SAMPLES + 1):
        value = low + (high - low) * n / plots.SAMPLES
        moved = differentiate(**{**p.inputs, name: value}, view=p.view, loss=p.loss)
        found.append(moved.values["L"])
    top = plots.SPARE * max(plots.LEAST, p.values["L"], *found)
    return across, plot.box[3] / top


@pytest.mark.parametrize(("view", "loss"), thin(list(VIEWS), list(LOSSES), by=2))
def test_a_tangent_has_the_slope_that_is_said(view, loss):
    for n, state in enumerate(states(125, 12)):
        p = differentiate(**state, view=view, loss=loss)
        for plot in drawn(view, SHAPES[n % 2], TARGETS[n % 3], p):
            if plot.kind == "bars":
                continue
            found = {mark.kind: points(mark.d) for mark in plots.marks(plot, p.read)}
            (x0, y0), (x1, y1) = found["tangent"]
            long = math.hypot(x1 - x0, y1 - y0)
            across, up = scale(plot, p)
            wanted = math.atan(p.read(plot.slope) * up / across)
            # The ends are written to a hundredth of a pixel.
            assert abs(math.atan2(y0 - y1, x1 - x0) - wanted) < 0.02 / long, (plot.name, state)
            left, top, width, height = plot.box
            for x, y in (*found["tangent"], *found["curve"]):
                assert left - 0.01 <= x <= left + width + 0.01
                assert top - 0.01 <= y <= top + height + 0.01


def test_the_point_lies_where_the_numbers_say_or_on_the_edge():
    for state in states(200, 13):
        p = differentiate(**state)
        sigma = next(one for one in drawn("features", "wide", "w1", p) if one.name == "a")
        dot = points(next(m.d for m in plots.marks(sigma, p.read) if m.kind == "dot"))
        x = (min(x for x, _ in dot) + max(x for x, _ in dot)) / 2
        left, _, width, _ = sigma.box
        wanted = left + width * (p.values["z"] + 8) / 16
        if left - 0.4 <= wanted <= left + width + 0.4:
            assert x == pytest.approx(max(left, min(left + width, wanted)), abs=0.02)
        elif not left - 0.6 < wanted < left + width + 0.6:
            # Beyond the edge an arrow leads there, with its tip on it and all of it inside.
            tip, *rest = dot
            assert tip[0] == pytest.approx(left if wanted < left else left + width, abs=0.02)
            assert all(abs(x - left - width / 2) < width / 2 - 1 for x, _ in rest)
            assert len(rest) == 3


@pytest.mark.parametrize("y", [0, 1])
def test_a_loss_above_its_plot_has_an_arrow_upwards(y):
    wrong = 5 - 10 * y
    p = differentiate(x1=5, x2=5, w1=wrong, w2=wrong, b=wrong, y=y)
    loss = next(one for one in drawn("features", "wide", "w1", p) if one.name == "L")
    tip, *rest = points(next(m.d for m in plots.marks(loss, p.read) if m.kind == "dot"))
    left, top, width, _ = loss.box
    assert tip == pytest.approx((left + width * float(p.values["a"]), top), abs=0.02)
    assert all(y > top + 1 for _, y in rest)


def test_bars_add_up():
    for state in states(200, 14):
        p = differentiate(**state)
        bars = next(one for one in drawn("features", "wide", "w1", p) if one.name == "z")
        terms = [p.read(term) for term in bars.terms]
        wanted = [state["w1"] * state["x1"], state["w2"] * state["x2"], state["b"]]
        assert terms == pytest.approx(wanted, abs=1e-15)
        marks = {mark.kind: points(mark.d) for mark in plots.marks(bars, p.read)}
        corners = marks["bar"]
        zero = marks["axis"][0][0]
        spans = [sorted({x for x, _ in corners[4 * i : 4 * i + 4]}) for i in range(3)]
        total = sorted({x for x, _ in marks["total"]})
        signs = [1 if term > 0 else -1 for term in terms]
        at = zero
        for span, sign, term in zip(spans, signs, terms, strict=True):
            if abs(span[-1] - span[0]) > 3:
                assert (span[0] if sign > 0 else span[-1]) == pytest.approx(at, abs=0.05)
            width = bars.box[2] / max(1.0, max(0, *sums(terms)) - min(0, *sums(terms)))
            at += term * width
        if total[-1] - total[0] > 3:
            assert (total[-1] if p.values["z"] > 0 else total[0]) == pytest.approx(at, abs=0.05)


def sums(terms):
    return [sum(terms[:n]) for n in range(1, len(terms) + 1)]


def test_the_scale_of_the_loss_is_round_sparse_and_true():
    for n, state in enumerate(states(200, 16)):
        p = differentiate(**state, loss=("log", "squared")[n % 2])
        of = TARGETS[n % 3]
        plot = next(one for one in drawn("features", SHAPES[n % 2], of, p) if one.name == "of")
        found = plots.scale(plot, p.read)
        _, top, _, height = plot.box
        _, up = scale(plot, p)
        assert 2 <= len(found) <= 6
        assert found[0] == (0, top + height)
        step = found[1][0]
        assert re.fullmatch(r"[125]e[+-]\d+", f"{step:.0e}")
        assert float(f"{step:.0e}") == step
        for k, (value, y) in enumerate(found):
            assert value == k * step
            assert y == pytest.approx(top + height - value * up)
            assert top <= y <= top + height
        gaps = [a[1] - b[1] for a, b in pairwise(found)]
        assert min(gaps) >= plots.APART - 1e-9
        # A mark stands where its number is written.
        axis = next(m.d for m in plots.marks(plot, p.read) if m.kind == "axis")
        ends = {y for x, y in points(axis) if x < plot.box[0]}
        assert sorted(ends) == pytest.approx(sorted(y for _, y in found), abs=0.006)


@pytest.mark.parametrize(
    ("w1", "far"),
    [(0.5, 5), (-5, 5), (5.01, 10), (5.645, 10), (-9.2, 20), (45.4, 50), (-45.5, 100), (46, 100)],
)
def test_the_point_is_drawn_where_the_axis_has_its_number(w1, far):
    p = differentiate(x1=0.9, x2=0.8, w1=w1, w2=1.6, b=-0.2, y=1)
    plot = next(one for one in drawn("features", "wide", "w1", p) if one.name == "of")
    (low, _), (high, _) = plots.ends(plot, p.read)
    assert (low, high) == (-far, far)
    left, _, width, _ = plot.box
    found = {mark.kind: points(mark.d) for mark in plots.marks(plot, p.read)}
    middle = (found["dot"][0][0] + max(x for x, _ in found["dot"])) / 2
    assert middle == pytest.approx(left + width * (w1 - low) / (high - low), abs=0.02)
    # Half way along the axis the curve is at w₁ = 0.
    _, top, _, height = plot.box
    ceiling = (
        plots.scale(plot, p.read)[1][0]
        * height
        / (plots.scale(plot, p.read)[0][1] - plots.scale(plot, p.read)[1][1])
    )
    y = next(y for x, y in found["curve"] if x == pytest.approx(left + width / 2, abs=0.02))
    at_0 = differentiate(**{**p.inputs, "w1": 0.0}).values["L"]
    assert (top + height - y) * ceiling / height == pytest.approx(at_0, abs=0.01 * ceiling)
    figure = lrviz.graph_figure(p)
    written = figure.data[1]
    assert [t for t, x in zip(written.text, written.x, strict=True) if x > left - 5] == [
        f"−{far}",
        str(far),
    ]


def test_a_notebook_draws_the_slopes_too():
    p = lrviz.differentiate(x1=1.5, x2=2, w1=0.5, w2=-0.25, b=0.1, y=1)
    figure = lrviz.graph_figure(p)
    paths = {shape.path for shape in figure.layout.shapes}
    for plot in drawn("features", "wide", "w1", p):
        for mark in plots.marks(plot, p.read):
            assert mark.d in paths
