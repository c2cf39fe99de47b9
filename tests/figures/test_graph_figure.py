import itertools

import numpy as np
import pytest

import lrviz
from lrviz.core.graph import LOSSES, VIEWS, build
from lrviz.figures import plots
from lrviz.figures.geometry import FRAMES, frame_of
from lrviz.figures.graph import build_figure
from lrviz.figures.palette import PALETTES
from lrviz.text import explanations
from tests.core.test_graph import WORKED

pictures = pytest.mark.parametrize(("view", "shape"), list(FRAMES))


@pytest.mark.parametrize("view", VIEWS)
def test_a_notebook_figure_shows_every_number_of_the_pass(view):
    p = lrviz.differentiate(**WORKED, view=view)
    text = " ".join(lrviz.graph_figure(p).data[0].text)
    for shown in ("0.35", "0.5866", "0.5334", "−1.705", "0.2425", "−0.4134", "−0.6201", "−0.8268"):
        assert shown in text
    for mark in "①②③④⑤":
        assert mark in text


@pictures
def test_every_node_and_edge_can_be_selected(view, shape):
    hits = [hit["name"] for hit in build_figure(view, shape=shape).layout.meta["hits"]]
    graph = build(view)
    assert sorted(hits) == sorted(set(explanations.names(graph)) - {"y-L"})


@pictures
def test_cards_do_not_overlap_and_stay_inside_the_picture(view, shape):
    frame = FRAMES[view, shape]
    boxes = {}
    for name in build(view):
        (x, y), (w, h) = frame.at[name], frame.size(name)
        boxes[name] = (x - w / 2, y - h / 2, x + w / 2, y + h / 2)
        left, top, right, bottom = boxes[name]
        assert left >= 0
        assert top >= 0
        assert right <= frame.width
        assert bottom <= frame.height
    for a, b in itertools.combinations(boxes.values(), 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


@pictures
def test_labels_and_shapes_know_their_stage(view, shape):
    figure = build_figure(view, shape=shape)
    trace = figure.data[0]
    assert len(trace.meta["templates"]) == len(trace.meta["stages"]) == len(trace.x)
    assert len(figure.layout.meta["shape_stages"]) == len(figure.layout.shapes)
    assert all(trace.meta["templates"])


@pytest.mark.parametrize("loss", ["log", "squared"])
@pytest.mark.parametrize("shape", ["wide", "vast", "tall"])
def test_a_card_of_a_single_operation_says_which(loss, shape):
    figure = build_figure("operations", loss=loss, shape=shape)
    frame = frame_of("operations", shape, loss)
    trace = figure.data[0]
    said = {t: (x, y) for t, x, y in zip(trace.meta["templates"], trace.x, trace.y, strict=True)}
    alike = {"u1": "w₁x₁", "u2": "w₂x₂", "s": "u₁ + u₂", "z": "s + b", "n": "−z", "t": "eⁿ"}
    alike |= {"d": "1 + t", "a": "1/d"}
    own = {"l1": "log a", "c": "1 − a", "l0": "log c", "m1": "yℓ₁", "m0": "(1 − y)ℓ₀"}
    own |= {"m": "m₁ + m₀", "L": "−m"}
    for name, formula in (alike | (own if loss == "log" else {"r": "a − y", "L": "½r²"})).items():
        x, y = said[f"= {formula}"]
        (cx, cy), (w, h) = frame.at[name], frame.size(name)
        assert cx - w / 2 < x < cx + w / 2 - 8 * len(formula)
        assert cy - h / 2 < y < cy


@pytest.mark.parametrize("of", ["w1", "w2", "b"])
def test_the_path_to_the_target_is_lit(of):
    figure = build_figure("features", of=of)
    colours = PALETTES["light"]
    # The ends of a curve's path are a number each: arrows and cards are closed.
    lines = [s for s in figure.layout.shapes if not s.path.endswith("Z") and s.line.width >= 2]
    lit = sorted(s.line.color for s in lines)
    # Forward and back.
    assert lit == sorted([colours["value"]] * 3 + [colours["gradient"]] * 3)


def test_an_edge_is_as_wide_as_its_local_derivative_is_large():
    widths = [plots.stroke([size], lit=False) for size in (0, 0.25, 1, 5, 1e3, 1e300)]
    assert widths == sorted(widths)
    assert widths[0] >= 1.2
    assert widths[-1] == widths[-2] == plots.THICK
    p = lrviz.differentiate(**WORKED)
    figure = build_figure("features", read=p.read)
    drawn = {
        keys[0]: figure.layout.shapes[shape].line.width
        for shape, keys, _ in figure.layout.meta["widths"]
    }
    assert drawn["local.a-L"] > drawn["local.w1-z"] > drawn["local.z-a"] >= 2


def test_an_unknown_target_is_refused():
    with pytest.raises(ValueError, match="of must be one of"):
        lrviz.graph_figure(lrviz.differentiate(**WORKED), of="x1")


def _along(way):
    """Points of a cubic Bézier curve."""
    n = np.linspace(0, 1, 101)[:, None]
    weights = np.hstack([(1 - n) ** 3, 3 * (1 - n) ** 2 * n, 3 * (1 - n) * n**2, n**3])
    return weights @ np.array(way)


@pytest.mark.parametrize("loss", LOSSES)
@pictures
def test_no_arrow_goes_through_a_card_that_it_does_not_belong_to(view, shape, loss):
    graph, frame = build(view, loss), frame_of(view, shape, loss)
    for edge in graph.edges:
        points = np.vstack([_along(frame.edge(edge)), _along(frame.back(edge))])
        for name in set(graph) - set(edge):
            apart = np.abs(points - frame.at[name]) >= np.array(frame.size(name)) / 2
            assert apart.any(axis=1).all(), (edge, name)


@pytest.mark.parametrize("of", ["w1", "w2", "b"])
@pytest.mark.parametrize("view", ["features", "vector"])
@pytest.mark.parametrize("shape", ["wide", "broad", "vast", "tall"])
def test_no_arrow_goes_through_the_number_of_another(view, shape, of):
    graph, frame = build(view), FRAMES[view, shape]
    lit = [(of if view == "features" else of[0], "z"), ("z", "a"), ("a", "L")]
    ways = [frame.edge(edge) for edge in graph.edges] + [frame.back(edge) for edge in lit]
    points = np.vstack([_along(way) for way in ways])
    trace = build_figure(view, of=of, shape=shape).data[0]
    found = 0
    for text, kind, x, y in zip(
        trace.meta["templates"], trace.meta["kinds"], trace.x, trace.y, strict=True
    ):
        if kind in ("local", "local-lit"):
            found += 1
            # Five digits' room: what is longer has a halo of its own where an arrow turns.
            near = (points > (x, y - 5)).all(axis=1) & (points < (x + 35, y + 5)).all(axis=1)
            assert not near.any(), text
    assert found == len(graph.edges) - 1 + 2 * (shape != "tall")
