import copy
import dataclasses
import itertools
import json
import math
import pickle
import re
from types import MappingProxyType

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import lrviz
from lrviz.core import gradient_check as checking
from lrviz.core.expression import compiled
from lrviz.core.gradient_check import gradient_check
from lrviz.core.graph import (
    LOSSES,
    VIEWS,
    backward,
    between,
    build,
    differentiate,
    forward,
    holder,
    path,
    stages,
)
from lrviz.core.ops import OPS
from lrviz.core.program import Planned, programs
from tests.reference import exact, relative
from tests.samples import sample
from tests.training.torch_reference import TABLE

WORKED = {"x1": 1.5, "x2": 2, "w1": 0.5, "w2": -0.25, "b": 0.1, "y": 1}
numbers = st.floats(-18, 18).map(lambda v: v if abs(v) > 1e-9 else 0.0)
states = st.fixed_dictionaries(
    dict.fromkeys(("x1", "x2", "w1", "w2", "b"), numbers) | {"y": st.sampled_from([0, 1])}
)

# y, z, loss, dL/dz: mpmath at 60 digits, rounded to float64.
REFERENCE = """
1,-500,500,-1
1,-32,32.000000000000014,-0.9999999999999873
1,-10,10.000045398899218,-0.9999546021312976
1,-1,1.3132616875182228,-0.7310585786300049
1,0,0.6931471805599453,-0.5
1,3,0.04858735157374206,-0.04742587317756678
1,10,4.539889921686465e-5,-4.5397868702434395e-5
1,33.3,3.4513877443742103e-15,-3.4513877443742044e-15
1,100,3.720075976020836e-44,-3.720075976020836e-44
0,-37,8.533047625744066e-17,8.533047625744065e-17
0,10,10.000045398899218,0.9999546021312976
0,37,37,0.9999999999999999
"""


def fits(state, view, loss):
    """Whether a view can carry the logit of a state; all can where the sliders reach."""
    z = sum(state[f"w{i}"] * state[f"x{i}"] for i in (1, 2)) + state["b"]
    return abs(z) < build(view, loss).graph["limit"]


def at_logit(z, y, **kwargs):
    """A pass whose z is exactly the float64 given."""
    return differentiate(x1=1, x2=0, w1=z, w2=0, b=0, y=y, **kwargs)


@pytest.mark.parametrize("row", REFERENCE.split())
def test_reference_table(row):
    y, z, loss, slope = row.split(",")
    p = at_logit(float(z), int(y))
    assert p.values["L"] == pytest.approx(float(loss), rel=2e-15, abs=0)
    assert p.adjoints["z"] == pytest.approx(float(slope), rel=2e-15, abs=0)


def test_the_worked_example():
    # Computed by hand from the formulas, to the digits written.
    p = lrviz.differentiate(**WORKED)
    assert p.values["z"] == 0.35
    assert p.values["a"] == pytest.approx(0.5866175789173301, rel=1e-15)
    assert p.values["L"] == pytest.approx(0.533382155418777, rel=3e-15)
    assert p.locals["z", "a"] == pytest.approx(0.24249739502250015, rel=1e-15)
    assert p.locals["a", "L"] == pytest.approx(-1.7046880897187133, rel=1e-15)
    assert p.locals["w1", "z"] == 1.5
    for name, slope in (("w1", -0.6200736316), ("w2", -0.8267648422), ("b", -0.41338242108)):
        assert p.adjoints[name] == pytest.approx(slope, abs=5e-11)


@given(st.floats(-700, 700), st.sampled_from([0, 1]))
def test_every_product_of_edges_agrees_with_mpmath(z, y):
    p, truth = at_logit(z, y), exact(z, y)
    assert relative(p.values["L"], truth["L"]) < 2e-15
    assert relative(p.adjoints["a"], truth["dL/da"]) < 2e-15
    assert relative(p.locals["z", "a"], truth["da/dz"]) < 2e-15
    assert relative(p.adjoints["z"], truth["dL/dz"]) < 2e-15
    if z:
        assert relative(p.adjoints["y"], truth["dL/dy"]) < 2e-15


@given(states)
def test_adjoints_of_the_inputs_agree_with_mpmath_at_the_pass_own_z(state):
    p = differentiate(**state)
    truth = exact(p.values["z"], state["y"])["dL/dz"]
    for name, factor in (("w1", "x1"), ("x1", "w1"), ("w2", "x2"), ("x2", "w2")):
        assume(state[factor] == 0 or abs(truth * state[factor]) > 1e-300)
        assert relative(p.adjoints[name], truth * state[factor]) < 2e-15
    assert relative(p.adjoints["b"], truth) < 2e-15


@given(states, st.sampled_from(LOSSES))
def test_the_three_views_agree_to_a_few_units_in_the_last_place(state, loss):
    views = [view for view in VIEWS if fits(state, view, loss)]
    passes = {view: differentiate(**state, view=view, loss=loss) for view in views}
    for name in ("z", "a", "L", "b"):
        found = [(p.values[name], p.adjoints[name]) for p in passes.values()]
        for one, other in itertools.combinations(found, 2):
            np.testing.assert_array_max_ulp(np.array(one), np.array(other), maxulp=4)
    for vector, (first, second) in {"w": ("w1", "w2"), "x": ("x1", "x2")}.items():
        whole = passes["vector"].adjoints[vector]
        for split in (p.adjoints for view, p in passes.items() if view != "vector"):
            np.testing.assert_array_max_ulp(
                whole, np.array([split[first], split[second]]), maxulp=4
            )


@given(st.floats(-353, 353), st.sampled_from([0, 1]))
def test_squared_error_keeps_the_factor_that_dies(z, y):
    p = at_logit(z, y, loss="squared")
    a = exact(z, y)["a"]
    assert relative(p.adjoints["z"], (a - y) * a * (1 - a)) < 3e-15
    assert relative(p.values["L"], (a - y) ** 2 / 2) < 3e-15


@given(states, st.sampled_from(VIEWS), st.sampled_from(LOSSES))
def test_every_number_is_finite_and_every_pass_is_read_only(state, view, loss):
    assume(fits(state, view, loss))
    p = differentiate(**state, view=view, loss=loss)
    for table in (p.values, p.locals, p.adjoints):
        assert isinstance(table, MappingProxyType)
        for value in table.values():
            assert np.all(np.isfinite(value))
            if isinstance(value, np.ndarray):
                assert not value.flags.writeable


def test_torch_agrees_with_the_same_expression():
    p = differentiate(**WORKED)
    for name, slope in json.loads(TABLE.read_text())["worked"].items():
        assert p.adjoints[name] == pytest.approx(slope, rel=1e-14)


@pytest.mark.parametrize("view", VIEWS)
def test_the_graph_is_frozen_and_its_edges_are_its_arguments(view):
    graph = build(view, "log")
    assert nx.is_frozen(graph)
    with pytest.raises(nx.NetworkXError):
        graph.add_node("another")
    for name, node in graph.nodes.items():
        assert set(graph.predecessors(name)) == set(node.get("args", ()))
    order = graph.graph["order"]
    assert all(order.index(tail) < order.index(head) for tail, head in graph.edges)


def test_paths_and_stages():
    assert path(build("operations"), "w1") == ("L", "a", "z", "w1")
    ways = ("w1", "u1"), ("u1", "s"), ("s", "z")
    assert between(build("operations"), "w1", "z") == ways
    assert path(build("vector"), "w2") == ("L", "a", "z", "w")
    assert stages(build("features")) == ("inputs", "+z", "+a", "+L", "-L", "-a", "-z")


@pytest.mark.parametrize(
    "change",
    [
        {"x1": math.nan},
        {"w2": math.inf},
        {"b": "0.1"},
        {"b": None},
        {"y": 2},
        {"y": 0.5},
        {"y": math.nan},
        {"w1": 1e308, "x1": 1e308},
        {"b": 700.1, "w1": 0, "w2": 0},
        {"view": "matrix"},
        {"loss": "hinge"},
        {"x1": 10**400},
    ],
)
def test_bad_input_is_refused_with_a_sentence(change):
    with pytest.raises(ValueError, match=r"^[A-Za-z].{20,}\.$"):
        differentiate(**(WORKED | change))


@given(states, st.sampled_from(VIEWS), st.sampled_from(LOSSES))
def test_the_gradient_check_agrees_with_itself(state, view, loss):
    assume(abs(sum(state[f"w{i}"] * state[f"x{i}"] for i in (1, 2)) + state["b"]) < 5)
    for check in gradient_check(differentiate(**state, view=view, loss=loss)):
        # Truncation grows with the curvature, x², up to 625 here.
        assert check.central == pytest.approx(check.graph, rel=1e-5, abs=1e-9)


@given(states, st.sampled_from(VIEWS), st.sampled_from(LOSSES))
def test_the_gradient_check_takes_any_input_of_any_graph(state, view, loss):
    assume(abs(sum(state[f"w{i}"] * state[f"x{i}"] for i in (1, 2)) + state["b"]) < 5)
    p = differentiate(**state, view=view, loss=loss)
    for check in gradient_check(p, ("x1", "x2")):
        assert check.central == pytest.approx(check.graph, rel=1e-5, abs=1e-9)


def test_the_gradient_check_says_equal_where_both_are_zero():
    first, _, _ = gradient_check(differentiate(**(WORKED | {"x1": 0})))
    assert first.graph == first.central == 0
    assert first.difference is None


def test_an_adjoint_is_the_sum_over_every_way_out_of_a_node():
    # L = pq + p·(pq): p and u lead to L on several ways, as no input of the model does.
    graph = nx.DiGraph()
    mul, add = OPS["mul"], OPS["add"]

    def operation(name, op, args):
        return Planned(name, (), op, args, None, None)

    plan = (
        Planned("p", ("p",), None, (), None, None),
        Planned("q", ("q",), None, (), None, None),
        operation("u", mul, ("p", "q")),
        operation("v", mul, ("u", "p")),
        operation("L", add, ("u", "v")),
    )
    graph.graph["programs"] = programs(plan, math.inf)
    p, q = 3.0, 5.0
    values = forward(graph, {"p": p, "q": q})
    _, adjoints = backward(graph, values)
    assert values["L"] == p * q + p * p * q
    assert adjoints["u"] == 1 + p
    assert adjoints["p"] == q + 2 * p * q
    assert adjoints["q"] == p + p * p


def walked(graph, inputs):
    """Both passes node by node, each formula evaluated by itself."""
    values, local, adjoint = dict(inputs), {}, {"L": 1.0}

    def evaluated(e):
        return compiled(e)(*(values[name] for name in e.symbols))

    computed = [one for one in graph.graph["plan"] if one.op is not None]
    for one in computed:
        values[one.name] = evaluated(one.value or graph.nodes[one.name]["formula"])
    for one in reversed(computed):
        for arg, rate in zip(one.args, graph.nodes[one.name]["computed"], strict=True):
            local[arg, one.name] = evaluated(rate)
            term = adjoint[one.name] * local[arg, one.name]
            adjoint[arg] = adjoint[arg] + term if arg in adjoint else term
    for one in graph.graph["plan"]:
        if one.adjoint is not None:
            adjoint[one.name] = evaluated(one.adjoint)
    return values, local, adjoint


@given(states, st.sampled_from(("features", "operations")), st.sampled_from(LOSSES))
def test_the_written_programs_are_the_walk_over_the_graph_to_the_last_bit(state, view, loss):
    assume(fits(state, view, loss))
    p = differentiate(**state, view=view, loss=loss)
    assert (p.values, p.locals, p.adjoints) == walked(p.graph, p.inputs)


@pytest.mark.parametrize(
    ("factor", "difference"), [(2.0, 0.5), (0.5, 0.5), (0.0, 1.0), (-1.0, 2.0), (1.0, 0.0)]
)
def test_the_difference_of_a_check_is_relative_to_the_larger(monkeypatch, factor, difference):
    slope = differentiate(**WORKED).adjoints["w1"]
    monkeypatch.setattr(checking, "central_difference", lambda *_: factor * slope)
    (check,) = gradient_check(differentiate(**WORKED), ("w1",))
    assert check.difference == difference


@given(states, st.sampled_from(LOSSES))
@settings(max_examples=sample(100, 2000))
def test_a_check_is_lost_where_the_digits_of_the_loss_do_not_reach(state, loss):
    p = differentiate(**state, loss=loss)
    for check in gradient_check(p):
        step = checking.STEP * max(1.0, abs(state[check.input]))
        off = check.difference is not None and check.difference > 1e-3
        if off:  # the change of the loss is some thousand units in its last place, or in z's
            assert check.lost is True
            terms = abs(state["x1"] * state["w1"]) + abs(state["x2"] * state["w2"])
            units = np.spacing(terms + abs(state["b"])) * abs(p.adjoints["z"])
            assert abs(check.graph) * step < 2100 * (np.spacing(p.values["L"]) + units)
        else:
            assert not check.lost


@pytest.mark.parametrize(
    ("state", "loss", "view", "name"),
    [
        # A small feature moves z by few of its digits, where those of the loss would do.
        ({"x1": 0, "x2": 2.0**-24, "w1": 0, "w2": 0, "b": 9, "y": 1}, "log", "features", "w2"),
        # The loss is one of the smallest numbers there are: its last digit is its first.
        ({"x1": 9, "x2": -50, "w1": 41.07, "w2": 0, "b": 0, "y": 1}, "squared", "vector", "w2"),
    ],
)
def test_what_the_digits_of_z_or_of_the_smallest_numbers_lose_is_lost(state, loss, view, name):
    (check,) = gradient_check(differentiate(**state, loss=loss, view=view), (name,))
    assert check.difference > 1e-3
    assert check.lost is True
    assert type(check.difference) is float


@pytest.mark.parametrize("factor", [0.998, 1.002, 1.0])
def test_a_wrong_derivative_is_not_laid_on_rounding(monkeypatch, factor):
    slope = differentiate(**WORKED).adjoints["w1"]
    monkeypatch.setattr(checking, "central_difference", lambda *_: factor * slope)
    (check,) = gradient_check(differentiate(**WORKED), ("w1",))
    assert check.lost is False


@pytest.mark.parametrize("b", [-5.0, 0.5])
def test_rounding_explains_what_it_can_reach_and_no_more(monkeypatch, b):
    p = differentiate(x1=5, x2=5, w1=-50, w2=-50, b=b, y=1, loss="squared")
    of_z = 1.5 * (500 + abs(b)) * abs(p.adjoints["z"])
    off = np.finfo(float).eps * (2 * p.values["L"] + of_z)
    reach = float(off / (max(1, -b) * checking.STEP))
    slope = float(p.adjoints["b"])
    told = [(0.99 * reach, True), (reach, True), (1.01 * reach, False)]
    told += [(slope * (1 + 9e-4), False), (slope * (1 + 1.1e-3), True)]
    for central, lost in told:
        monkeypatch.setattr(checking, "central_difference", lambda *_, central=central: central)
        (check,) = gradient_check(p, ("b",))
        assert check.lost is lost


def test_terms_that_cancel_in_z_take_its_digits_with_them(monkeypatch):
    p = differentiate(x1=1e4, w1=3e4, x2=-2e4, w2=1.5e4, b=9, y=1)
    slope, loss = float(p.adjoints["b"]), float(p.values["L"])
    off = np.finfo(float).eps * (2 * loss + 1.5 * (6e8 + 9) * abs(slope))
    reach = float(off / (9 * checking.STEP))
    assert reach > 2e-3 * abs(slope)
    for part, lost in ((0.99, True), (-0.99, True), (1.01, False), (-1.01, False)):
        central = slope + part * reach
        monkeypatch.setattr(checking, "central_difference", lambda *_, central=central: central)
        (check,) = gradient_check(p, ("b",))
        assert check.lost is lost


def test_the_step_of_the_check_is_where_its_two_errors_balance():
    assert pytest.approx(np.cbrt(np.finfo(float).eps), rel=0.02) == checking.STEP
    # It grows with the input, or it would be lost in the rounding of w + step.
    large = {"x1": 1e-9, "x2": 0, "w1": 1e9, "w2": 0, "b": 0, "y": 0}
    (check,) = gradient_check(differentiate(**large), ("w1",))
    assert check.difference < 1e-9


def test_a_quantity_is_read_by_its_key():
    p = differentiate(**WORKED)
    assert p.read("value.z") == p.values["z"]
    assert p.read("complement.a") == p.values["a"].complement
    assert p.read("adjoint.w1") == p.adjoints["w1"]
    assert p.read("local.w1-z") == p.locals["w1", "z"]
    vector = differentiate(**WORKED, view="vector")
    assert [vector.read(f"value.w.{n}") for n in (0, 1)] == [WORKED["w1"], WORKED["w2"]]
    assert vector.read("adjoint.w.1") == p.adjoints["w2"]
    assert vector.read("local.x-z.1") == WORKED["w2"]
    for wrong in ("values.z", "value.nothing", "local.z-w1", "z", "", "local.z", "value.z.0"):
        with pytest.raises(KeyError, match=f"^'{wrong}'$"):
            p.read(wrong)
    for wrong in ("value.w.2", "value.w.x", "value.w.0.0"):
        with pytest.raises(KeyError, match=f"^'{wrong}'$"):
            vector.read(wrong)


def test_where_an_input_is_held():
    assert [holder(build(), name) for name in ("x1", "w2", "b", "y")] == ["x1", "w2", "b", "y"]
    vector = build("vector")
    assert [holder(vector, n) for n in ("x1", "x2", "w1", "w2", "b")] == [
        *("x.0", "x.1", "w.0", "w.1", "b")
    ]
    for name in ("z", "x", "w3"):
        with pytest.raises(KeyError):
            holder(vector, name)


def test_a_pass_says_how_it_ended():
    said = repr(differentiate(**WORKED))
    assert said.startswith("<Pass: z = 0.35, L = 0.533382, ")
    # From mpmath, to six decimals.
    assert said.endswith("dL/dw1 = -0.620074, dL/dw2 = -0.826765, dL/db = -0.413382>")
    third = differentiate(x1=1 / 3, x2=0, w1=1, w2=0, b=0, y=1)
    loss = math.log1p(math.exp(-1 / 3))
    assert repr(third).startswith(f"<Pass: z = 0.333333, L = {loss:.6f}, ")
    assert "dL/dw = [-0.620074, -0.826765]" in repr(differentiate(**WORKED, view="vector"))
    assert "-0," not in repr(differentiate(x1=0, x2=0, w1=-1, w2=-1, b=-0.0, y=0))
    # What is small is not 0: from mpmath, to six digits.
    sure = differentiate(x1=1, x2=0, w1=40, w2=0, b=0, y=1)
    assert repr(sure).endswith("dL/dw1 = -4.24835e-18, dL/dw2 = 0, dL/db = -4.24835e-18>")


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("again", [lambda p: pickle.loads(pickle.dumps(p)), copy.deepcopy])
def test_a_pass_is_pickled_and_copied(view, again):
    p = differentiate(**WORKED, view=view, loss="squared")
    other = again(p)
    assert repr(other) == repr(p)
    assert (other.inputs, other.view, other.loss) == (p.inputs, view, "squared")
    assert other.values["a"].complement == p.values["a"].complement
    assert p == p
    assert p != other
    assert len({p, other}) == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"view": "3d"}, r"The view must be one of .*vector, .*features.*, not '3d'\."),
        ({"loss": "mse"}, r"The loss must be one of log, squared, not 'mse'\."),
        ({"b": 800.5}, r"These inputs give z = 800\.75, and beyond \|z\| = 700 the factors"),
        ({"b": -1e200}, r"z = -1e\+200"),
        ({"w1": 0, "w2": 0, "b": 700.00001}, r"give z = 700\.00001, and beyond \|z\| = 700 the"),
        ({"x1": 10**5000}, r"x1 must be a finite number, not an integer of thousands of digits\."),
        ({"y": 2}, r"y is a label and must be 0 or 1, not 2\."),
        ({"x2": "2"}, r"x2 must be a finite number, not '2'\."),
        ({"w1": np.float64("nan")}, r"w1 must be a finite number, not nan\."),
        ({"x1": b"1.5"}, r"x1 must be a finite number, not b'1.5'\."),
        ({"x1": True}, r"x1 must be a finite number, not True\."),
        ({"w2": np.complex128(1 + 1j)}, r"w2 must be a finite number, not \(1\+1j\)\."),
        ({"b": np.array([1.0])}, r"b must be a finite number, not \[1\.0\]\."),
        ({"b": np.array("0.1")}, r"b must be a finite number, not '0\.1'\."),
        ({"b": np.array(True)}, r"b must be a finite number, not True\."),
        ({"b": np.timedelta64(1, "D")}, r"b must be a finite number, not "),
        ({"view": []}, r"The view must be one of vector, features, operations, not \[\]\."),
    ],
)
def test_a_refusal_says_what_was_given_and_what_may_be(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        differentiate(**(WORKED | change))


def test_a_label_may_be_a_truth_value():
    assert differentiate(**(WORKED | {"y": True})).inputs["y"] == 1.0
    assert differentiate(**(WORKED | {"y": np.bool_(False)})).inputs["y"] == 0.0


def test_the_largest_logits_are_taken():
    for z in (700.0, -700.0):
        assert at_logit(z, 1).values["z"] == z


@pytest.mark.parametrize("view", VIEWS)
def test_every_node_has_its_role(view):
    roles = {name: node["role"] for name, node in build(view).nodes.items()}
    for name, role in roles.items():
        leaf = {"x": "data", "y": "data", "w": "parameter", "b": "parameter"}
        held = "op" not in build(view).nodes[name]
        assert role == (leaf[name[0]] if held else "computed")


def test_what_was_computed_and_the_rules_of_it_cannot_be_changed():
    given = differentiate(x1=1.0, w1=0.5, x2=2.0, w2=-0.25, b=0.1, y=1.0)
    for one in (given, *gradient_check(given), *OPS.values()):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(one, dataclasses.fields(one)[0].name, None)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("loss", LOSSES)
def test_edges_come_in_the_order_in_which_their_tails_are_computed(view, loss):
    graph = build(view, loss)
    place = graph.graph["order"].index
    for tail, head in itertools.permutations(graph.nodes, 2):
        edges = between(graph, tail, head)
        tails = [place(one) for one, _ in edges]
        assert tails == sorted(tails)
        # A tail is computed before its head is.
        assert all(place(one) < place(other) for one, other in edges)


def test_inputs_beyond_the_factors_are_told_their_logit():
    said = (
        "These inputs give z = 1234.57, and beyond |z| = 700 the factors of the chain rule no "
        "longer fit a float64. Choose smaller inputs."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        differentiate(x1=1.0, w1=1234.56789, x2=0.0, w2=0.0, b=0.0, y=1.0)
