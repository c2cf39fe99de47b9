"""What is said where a has two ways to L."""

import itertools
import re

import pytest

from lrviz.core.graph import LOSSES, VIEWS, between, build, differentiate, stages
from lrviz.figures.geometry import frame_of
from lrviz.figures.graph import build_figure
from lrviz.figures.palette import PALETTES
from lrviz.live import derivation_payload
from lrviz.pages import tables
from lrviz.text import explanations
from lrviz.text.derivation import places
from lrviz.text.numbers import fill
from tests.core.test_graph import WORKED, at_logit

GRAPH = build("operations")


def said(template, **change):
    p = differentiate(**(WORKED | change), view="operations")
    return fill(template, p.read)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("of", explanations.TARGETS)
def test_the_product_has_three_factors_in_every_view(view, loss, of):
    graph = build(view, loss)
    product = explanations.product(graph, of)
    assert [f.mark for f in product.factors] == ["①", "②", "⑤" if of == "b" else "④"]
    shown = [f.symbol for f in product.factors]
    assert shown == ["∂L/∂a", "∂a/∂z", f"∂z/∂{explanations.letter(of)}"]
    assert set().union(*(f.names for f in product.factors)) <= set(explanations.names(graph))
    assert all(f.stage <= product.stage for f in product.factors)


def test_the_gradient_of_a_is_shown_as_a_sum_over_two_ways():
    for at in ("a", "a-L"):
        lines = explanations.panel(GRAPH, at)["lines"]
        assert any("∂L/∂ℓ₁ × ∂ℓ₁/∂a + ∂L/∂c × ∂c/∂a" in line for line in lines)
        assert said(lines[-2 if at == "a-L" else -1]) == "∂L/∂a ≈ −1 × 1.705 + 0 × (−1) ≈ −1.705"
    lines = explanations.panel(build("operations", "squared"), "a-L")["lines"]
    assert lines[0] == "∂L/∂a = ∂L/∂r × ∂r/∂a"


def test_the_slope_of_sigma_is_shown_as_a_product():
    panel = explanations.panel(GRAPH, "z-a")
    assert panel["title"] == "z → a ②"
    assert panel["lines"][0] == "∂a/∂z = ∂a/∂d × ∂d/∂t × ∂t/∂n × ∂n/∂z"
    assert said(panel["lines"][2]) == "∂a/∂z ≈ −0.3441 × 1 × 0.7047 × (−1) ≈ 0.2425"


def test_an_edge_of_two_says_its_share_and_not_the_whole():
    for at in ("a-c", "a-l1", "y-m0"):
        text = [said(line, y=0) for line in explanations.panel(GRAPH, at)["lines"]]
        assert any("the share of this way" in line for line in text)
        assert not any("passed on to" in line for line in text)
    share = [said(line) for line in explanations.panel(GRAPH, "a-c")["lines"]][3]
    assert share.endswith("= 0 × (−1): the share of this way in ∂L/∂a")


def test_the_walk_waits_for_the_second_way():
    steps = dict(zip(stages(GRAPH), explanations.captions(GRAPH), strict=True))
    assert "waits for what its other way brings" in said(steps["-c"])
    assert "−1.705" not in said(steps["-c"])
    assert said(steps["-l1"]).endswith("∂L/∂a ≈ −1 × 1.705 + 0 × (−1) ≈ −1.705")
    _, _, adjoint = explanations.stages_shown(GRAPH)
    assert stages(GRAPH)[adjoint["a"]] == "-l1"


def test_one_plus_almost_nothing_is_not_said_to_be_one():
    steps = dict(zip(stages(GRAPH), explanations.captions(GRAPH), strict=True))
    p = at_logit(40.0, 1, view="operations")
    assert fill(steps["+d"], p.read) == (
        "Forward: all that flows into d is known. d = 1 + t ≈ 1 + 4.248×10⁻¹⁸ ≈ 1"
    )


@pytest.mark.parametrize("loss", LOSSES)
def test_every_edge_on_any_way_is_lit(loss):
    graph = build("operations", loss)
    for of in explanations.TARGETS:
        layout = build_figure("operations", loss=loss, of=of).layout
        lit = {keys[0]: shape for shape, keys, on in layout.meta["widths"] if on}
        assert set(lit) == {f"local.{tail}-{head}" for tail, head in between(graph, of, "L")}
        colours = PALETTES["light"]
        shapes = layout.shapes
        assert {shapes[shape].line.color for shape in lit.values()} == {colours["value"]}
        # What comes back has a lane of its own, after the way forward and its arrow.
        assert {shapes[shape + 2].line.color for shape in lit.values()} == {colours["gradient"]}


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("shape", ["wide", "tall"])
def test_cards_of_both_losses_have_room(loss, shape):
    frame = frame_of("operations", shape, loss)
    boxes = []
    for name in build("operations", loss):
        (x, y), (w, h) = frame.at[name], frame.size(name)
        boxes.append((x - w / 2, y - h / 2, x + w / 2, y + h / 2))
        assert boxes[-1][0] >= 0
        assert boxes[-1][1] >= 0
        assert boxes[-1][2] <= frame.width
        assert boxes[-1][3] <= frame.height
    for a, b in itertools.combinations(boxes, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
    hits = [
        hit["name"]
        for hit in build_figure("operations", loss=loss, shape=shape).layout.meta["hits"]
    ]
    assert sorted(hits) == sorted(explanations.names(build("operations", loss)))


@pytest.mark.parametrize("loss", LOSSES)
def test_the_derivation_lights_all_that_an_edge_became(loss):
    graph = build("operations", loss)
    lit = places(("z-a",), "operations", loss)
    assert lit == ("z-n", "n-t", "t-d", "d-a")
    assert set(places(("a-L",), "operations", loss)) == {
        "-".join(e) for e in between(graph, "a", "L")
    }
    made = derivation_payload.payload("operations", loss, "w1")["part_of"]
    inside = [name for name in graph if name in ("l1", "c", "l0", "m1", "m0", "m", "r")]
    assert {made[name] for name in inside} == {made["a-L"]} == {"1"}
    assert {made[name] for name in ("n", "t", "d", "z-a")} == {"2"}


@pytest.mark.parametrize("loss", LOSSES)
def test_the_tables_have_every_node_and_edge(loss):
    p = differentiate(**WORKED, view="operations", loss=loss)
    for html, wanted in (
        (tables.values(p), [explanations.letter(name) for name in p.graph]),
        (
            tables.local_derivatives(p),
            [" → ".join(map(explanations.letter, edge)) for edge in p.graph.edges],
        ),
    ):
        assert sorted(re.findall(r'<th scope="row">(.*?)</th>', html)) == sorted(wanted)


@pytest.mark.parametrize(("z", "y"), [(-20.0, 1), (40.0, 0), (40.0, 1), (-40.0, 0), (12.0, 1)])
def test_saturation_is_said_alike_in_every_view(z, y):
    texts = {tables.saturation(at_logit(z, y, view=view)) for view in VIEWS}
    assert len(texts) == 1
    assert "Naive and exact" in texts.pop()
