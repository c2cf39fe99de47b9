"""The view "operations": σ and the loss split, and two ways from a to the log loss."""

from __future__ import annotations

import math
from itertools import pairwise

import mpmath
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lrviz import settings
from lrviz.core.expression import compiled
from lrviz.core.graph import (
    LOSSES,
    SPLIT_LIMITS,
    VIEWS,
    Loss,
    between,
    build,
    differentiate,
    path,
    stages,
)
from lrviz.core.numerics import Probability
from lrviz.core.ops import OPS
from tests.core.test_expression import EXACT
from tests.core.test_graph import WORKED, at_logit
from tests.reference import relative

labels = st.sampled_from([0, 1])
losses = st.sampled_from(LOSSES)
REACH = 2 * settings.HIGH**2 + settings.HIGH  # of z, by the sliders

MP = mpmath.mp.clone()
MP.dps = 500  # 1 − a at z = 354 has 153 zeros, and a³ three times as many
TRUE = EXACT | {"log": MP.log, "exp": MP.exp, "sigma": lambda z: 1 / (1 + MP.exp(-z))}


def truly(p):
    """Values, local derivatives and adjoints of a pass from its own z on, as they are written."""
    with MP.workdps(500):
        values = {name: MP.mpf(float(p.values[name])) for name in (*p.inputs, "z")}
        plan = [one for one in p.graph.graph["plan"] if one.op and one.name not in values]
        plan = [one for one in plan if one.name not in ("u1", "u2", "s")]
        local, adjoint = {}, {"L": MP.mpf(1)}
        for one in plan:
            rule = compiled(one.op.formula, one.op.arguments, TRUE)
            values[one.name] = rule(*(values[arg] for arg in one.args))
        for one in reversed(plan):
            rates = compiled(one.op.rates, (*one.op.arguments, one.op.out), TRUE)
            found = rates(*(values[arg] for arg in one.args), values[one.name])
            for arg, slope in zip(one.args, found, strict=True):
                local[arg, one.name] = slope
                adjoint[arg] = adjoint.get(arg, 0) + adjoint[one.name] * slope
        return values, local, adjoint


def agree(p):
    values, local, adjoint = truly(p)
    for name, truth in adjoint.items():
        assert relative(p.adjoints[name], truth) < 2e-15, name
    for edge, truth in local.items():
        assert relative(p.locals[edge], truth) < 2e-15, edge
    for name in ("L", "a", "c", "l1", "l0", "t"):
        if name in p.values:
            assert relative(p.values[name], values[name]) < 2e-15, name


@given(st.floats(-REACH, REACH), labels, losses)
@example(1e-9, 1, "log")
@example(-36.8, 0, "log")
@example(40.0, 0, "log")
@example(40.0, 1, "squared")
def test_every_number_is_exact_where_the_sliders_go(z, y, loss):
    agree(at_logit(z, y, view="operations", loss=loss))


@pytest.mark.parametrize("loss", LOSSES)
@given(st.floats(0, 1), labels, st.sampled_from([-1, 1]))
@example(1.0, 0, -1)
@example(1.0, 1, -1)
@example(1.0, 0, 1)
@example(1.0, 1, 1)
def test_and_up_to_the_limit(loss, share, y, side):
    agree(at_logit(side * share * SPLIT_LIMITS[loss], y, view="operations", loss=loss))


@pytest.mark.parametrize("loss", LOSSES)
def test_just_beyond_the_limit_a_number_would_leave_float64(loss):
    # a² or a³ on the way back, within one unit of z.
    power = {"log": 2, "squared": 3}[loss]
    assert math.exp(-power * SPLIT_LIMITS[loss]) > 2.2250738585072014e-308
    assert math.exp(-power * (SPLIT_LIMITS[loss] + 1)) < 2.2250738585072014e-308


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("side", [-1, 1])
def test_beyond_it_a_sentence_and_the_other_views_go_on(loss: Loss, side):
    z = side * (SPLIT_LIMITS[loss] + 1)
    with pytest.raises(ValueError, match=r'^These inputs give z = .* "operations" .*\.$'):
        at_logit(z, 1, view="operations", loss=loss)
    for view in ("vector", "features"):
        assert at_logit(z, 1, view=view, loss=loss).values["z"] == z


def test_the_sliders_stay_far_within_every_limit():
    assert REACH == 55
    for view in VIEWS:
        for loss in LOSSES:
            assert build(view, loss).graph["limit"] > 4 * REACH


@given(st.floats(-REACH, REACH), labels)
def test_a_and_its_complement_are_pairs(z, y):
    p = at_logit(z, y, view="operations")
    a, c = p.values["a"], p.values["c"]
    assert isinstance(a, Probability)
    assert isinstance(c, Probability)
    assert (float(a), a.complement) == (c.complement, float(c))
    assert a == pytest.approx(1 / p.values["d"], rel=1e-15)
    assert c == pytest.approx(p.values["t"] / p.values["d"], rel=1e-15)
    assert c > 0


@given(st.floats(-REACH, REACH), labels)
def test_what_a_does_to_the_loss_is_the_sum_of_two_ways(z, y):
    p = at_logit(z, y, view="operations")
    assert set(p.graph.successors("a")) == {"l1", "c"}
    ways = [p.adjoints[head] * p.locals["a", head] for head in ("l1", "c")]
    assert sum(ways) == p.adjoints["a"]
    # The label lets one of the two through.
    assert ways[y] == 0
    assert ways[1 - y] == p.adjoints["a"]


@given(st.floats(-REACH, REACH), labels, losses)
def test_a_longer_way_has_the_product_of_its_edges(z, y, loss):
    p, whole = (at_logit(z, y, view=v, loss=loss) for v in ("operations", "features"))
    assert p.read("local.z-n-t-d-a") == pytest.approx(whole.read("local.z-a"), rel=2e-15)
    assert p.read("local.w1-u1-s-z") == whole.read("local.w1-z")
    assert p.read("adjoint.a") == pytest.approx(whole.read("local.a-L"), rel=2e-15)


@pytest.mark.parametrize("loss", LOSSES)
def test_only_edges_have_a_local_derivative(loss):
    p = differentiate(**WORKED, view="operations", loss=loss)
    assert set(p.locals) == set(p.graph.edges)
    assert not {("z", "a"), ("a", "L"), ("y", "L")} & set(p.locals)
    for key in ("local.z-a", "local.a-L", "local.w1-z"):
        with pytest.raises(KeyError):
            p.read(key)


def test_the_names_and_the_order():
    computed = ["u1", "u2", "s", "z", "n", "t", "d", "a", "l1", "c", "l0", "m1", "m0", "m", "L"]
    assert stages(build("operations"))[1:16] == tuple(f"+{name}" for name in computed)
    assert "".join(build("operations", "squared").graph["order"][-2:]) == "rL"


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("of", ["w1", "w2", "b"])
def test_all_that_lies_between_the_nodes_of_the_path_is_every_way(loss, of):
    for view in VIEWS:
        graph = build(view, loss)
        nodes = path(graph, of)
        assert nodes[:3] == ("L", "a", "z")
        parts = [between(graph, tail, head) for head, tail in pairwise(nodes)]
        whole = between(graph, nodes[-1], "L")
        assert sorted(whole) == sorted(edge for part in parts for edge in part)
    if loss == "log":
        assert {("a", "l1"), ("a", "c"), ("m1", "m"), ("m0", "m")} < set(whole)


def test_the_pieces_of_sigma_multiply_to_its_slope():
    a = MP.mpf("0.3")
    d = 1 / a
    (slope,) = OPS["reciprocal"].rates
    chain = compiled(slope, functions=TRUE)(a) * (d - 1) * -1
    assert abs(chain - a * (1 - a)) < MP.mpf(10) ** -45
