import math
import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lrviz.core.expression import compiled, plain
from lrviz.core.graph import LOSSES, VIEWS, build, differentiate, holder, stages
from lrviz.text import explanations
from lrviz.text.derivation import part_of
from lrviz.text.numbers import fill, number
from tests.core.test_graph import WORKED, fits, states

every = pytest.mark.parametrize(("view", "loss"), [(v, k) for v in VIEWS for k in LOSSES])


@every
@pytest.mark.parametrize("of", explanations.TARGETS)
def test_the_product_of_the_factors_is_the_adjoint(view, loss, of):
    p = differentiate(**WORKED, view=view, loss=loss)
    product = explanations.product(p.graph, of)
    value = 1.0
    for factor in product.factors:
        value *= p.read(factor.key)
    assert value == pytest.approx(p.read(product.key), rel=1e-15)


@given(states, st.sampled_from(LOSSES), st.sampled_from(explanations.TARGETS))
def test_the_identity_that_is_shown_is_the_adjoint(state, loss, of):
    p = differentiate(**state, loss=loss)
    identity = explanations.product(p.graph, of).identity
    letters = {**p.inputs, "a": p.values["a"]}
    found = compiled(identity)(*(letters[name] for name in identity.symbols))
    assert float(found) == pytest.approx(p.adjoints[of], rel=2e-15, abs=0)


@given(states, st.sampled_from(VIEWS), st.sampled_from(LOSSES))
def test_every_sentence_can_be_filled_in_every_state(state, view, loss):
    assume(fits(state, view, loss))
    p = differentiate(**state, view=view, loss=loss)
    lines = list(explanations.captions(p.graph))
    for name in explanations.names(p.graph):
        lines += explanations.panel(p.graph, name)["lines"]
    for line in lines:
        said = fill(line, p.read)
        assert "{" not in said
        # Signs have room on both sides, but for that of a power of ten.
        assert not re.search(r"\S×(?!10)|×(?!10|\s)|\S[=≈→+]|[=≈→+]\S|  ", said), said


@every
def test_there_is_a_caption_for_every_stage(view, loss):
    graph = build(view, loss)
    assert len(explanations.captions(graph)) == len(stages(graph))


@every
def test_nothing_appears_before_what_it_needs(view, loss):
    graph = build(view, loss)
    value, local, adjoint = explanations.stages_shown(graph)
    for tail, head in graph.edges:
        assert value[tail] < value[head] or "op" not in graph.nodes[tail]
        assert value[head] <= adjoint["L"] <= adjoint[head] <= local[tail, head]
        assert adjoint[tail] >= local[tail, head]
    assert max(adjoint.values()) == len(stages(graph)) - 1


def test_symbols_read_as_they_are_written_by_hand():
    graph = build("features")
    assert explanations.local_formula(graph, ("z", "a")) == "a(1 − a)"
    assert explanations.local_formula(graph, ("a", "L")) == "(1 − y)/(1 − a) − y/a"
    assert explanations.value_formula(graph, "z") == "w₁x₁ + w₂x₂ + b"
    assert plain(explanations.product(graph, "w1").identity) == "(a − y)·x₁"
    assert plain(explanations.product(graph, "b").identity) == "a − y"
    squared = build("features", "squared")
    assert explanations.value_formula(squared, "L") == "½(a − y)²"
    assert explanations.local_formula(squared, ("a", "L")) == "a − y"
    assert explanations.local_formula(squared, ("y", "L")) == "y − a"
    assert plain(explanations.product(squared, "w2").identity) == "(a − y)·a(1 − a)·x₂"
    assert explanations.value_formula(graph, "L") == "−(y log a + (1 − y) log(1 − a))"
    assert explanations.local_formula(graph, ("y", "L")) == "log(1 − a) − log a"
    assert [explanations.local_formula(graph, (n, "z")) for n in ("x1", "w1", "x2", "w2", "b")] == [
        *("w₁", "x₁", "w₂", "x₂", "1")
    ]
    finest = build("operations")
    assert explanations.value_formula(finest, "u1") == "w₁x₁"
    assert explanations.value_formula(finest, "s") == "u₁ + u₂"
    assert explanations.value_formula(build("vector"), "z") == "w·x + b"


@every
def test_each_number_appears_at_the_stage_that_computes_it(view, loss):
    graph = build(view, loss)
    at = stages(graph).index
    value, local, adjoint = explanations.stages_shown(graph)
    for name, node in graph.nodes.items():
        assert value[name] == (at(f"+{name}") if "op" in node else 0)
    for tail, head in graph.edges:
        assert local[tail, head] == at(f"-{head}")
        if len(list(graph.successors(tail))) == 1:
            assert adjoint[tail] == at(f"-{head}")
    assert adjoint["L"] == at("-L")
    captions = explanations.captions(graph)
    assert captions[0] == "The inputs are known; nothing is computed yet."
    for stage, caption in zip(stages(graph)[1:], captions[1:], strict=True):
        name = explanations.letter(stage[1:])
        forward = f"Forward: all that flows into {name} is known. {name} = "
        start = forward if stage[0] == "+" else f"Backward through {name}: "
        assert caption.startswith(start)
        logs = {"+L"} if view != "operations" else {"+l1", "+l0"}
        assert ("natural log" in caption) == (stage in logs and loss == "log")
    for of in explanations.TARGETS:
        product = explanations.product(graph, of)
        assert [factor.stage for factor in product.factors] == [
            # A factor over several edges is there with the last of them.
            max(local[explanations.edge_of(one)] for one in factor.names if "-" in one)
            for factor in product.factors
        ]
        assert product.stage == product.factors[-1].stage
        assert product.symbol == f"∂L/∂{explanations.letter(of)}"


@pytest.mark.parametrize("view", VIEWS)
def test_an_edge_has_the_number_of_the_part_that_derives_it(view):
    graph = build(view)
    for tail, head in graph.edges:
        mark = explanations.mark((tail, head))
        derived = (tail, head) in {("a", "L"), ("z", "a"), ("b", "z")} or tail[0] == "w"
        assert bool(mark) == derived
        if mark:
            assert mark == "①②③④⑤"[int(part_of(f"{tail}-{head}")) - 1]
            assert explanations.panel(graph, f"{tail}-{head}")["title"].endswith(f" {mark}")


def computed(text):
    """What a line's numbers come to."""
    for old, new in {"−": "-", "×": "*", "·": "*", "½": "0.5", "²": "**2", "log (": "log("}.items():
        text = text.replace(old, new)
    text = re.sub(r"log ([\d.]+)", r"log(\1)", text)
    return eval(text, {"log": math.log})


@every
def test_the_numbers_of_a_sentence_come_to_its_total(view, loss):
    # A state in which no number needs a power of ten.
    p = differentiate(x1=1.5, x2=-2.25, w1=0.5, w2=-0.75, b=-1.25, y=1, view=view, loss=loss)
    lines = list(explanations.captions(p.graph))
    for name in explanations.names(p.graph):
        lines += explanations.panel(p.graph, name)["lines"]
    seen = 0
    for line in lines:
        for piece in fill(line, p.read, 12).partition(", with")[0].split("; "):
            sides = re.split(r" [=≈] ", piece.partition(", passed on")[0])
            numbers = [s for s in sides if re.fullmatch(r"[\d.−×·½²()/+ log]+", s)]
            numbers = [s for s in numbers if "[" not in s]
            for one, other in pairwise(numbers):
                assert computed(one) == pytest.approx(computed(other), rel=1e-9), piece
                seen += 1
    assert seen > 20


@every
def test_a_total_is_the_quantity_that_the_sentence_is_about(view, loss):
    p = differentiate(**WORKED, view=view, loss=loss)
    inputs = {"x1", "x2", "w1", "w2", "b"}
    for name, node in p.graph.nodes.items():
        lines = explanations.panel(p.graph, name)["lines"]
        assert explanations.panel(p.graph, name)["title"] == f"Node {explanations.letter(name)}"
        for held in node.get("inputs", ()):
            key = holder(p.graph, held)
            own = explanations.letter(held)
            assert f"{own} {{~value.{key}}} {{value.{key}}}" in lines
            (way,) = (line for line in lines if line.startswith(f"∂L/∂{own} {{"))
            assert way.endswith(f" {{adjoint.{key}}}")
            if held in inputs:
                slope = differentiate(**WORKED, loss=loss).adjoints[held]
                assert p.read(f"adjoint.{key}") == pytest.approx(slope)
        if name == "L":
            assert any(line.startswith("∂L/∂L = 1:") for line in lines)
        elif list(p.graph.successors(name)) == ["L"]:
            assert any("feeds L directly, so upstream is ∂L/∂L = 1" in line for line in lines)
        else:
            several = len(list(p.graph.successors(name))) > 1
            ways = "the sum over its ways to L of " if several else ""
            assert any(f"= {ways}upstream gradient × local derivative = " in one for one in lines)


def ways(graph, tail, head="L"):
    """How many ways lead from a node to another."""
    if tail == head:
        return 1
    return sum(ways(graph, step, head) for step in graph.successors(tail))


@every
def test_a_panel_of_an_edge_has_every_entry_and_says_how_many_ways_there_are(view, loss):
    p = differentiate(**WORKED, view=view, loss=loss)
    graph = p.graph
    for name in explanations.names(graph):
        tail, _, head = name.partition("-")
        if not head:
            continue
        lines = [fill(line, p.read) for line in explanations.panel(graph, name)["lines"]]
        to, of = explanations.letter(head), explanations.letter(tail)
        if not graph.has_edge(tail, head):
            rule = (
                "The rates multiply: there is one way, and each step passes the move on."
                if ways(graph, tail, head) == 1
                else "The rates multiply along each of the two ways, and the two products add."
            )
            assert ways(graph, tail, head) <= 2
            assert lines[1] == f"How fast {to} changes when {of} alone changes. {rule}"
            if name == "a-L":
                assert (
                    lines[-1] == "∂L/∂a is a gradient already: it is what goes on back through σ."
                )
            else:
                said, *sides = re.split(r" [=≈] ", lines[-1].removesuffix(", which is ∂L/∂z"))
                assert said == f"upstream gradient × local derivative: ∂L/∂{to} × ∂{to}/∂{of}"
                assert sides[-1] == number(p.read("adjoint.z"))
                assert computed(sides[0]) == pytest.approx(computed(sides[-1]), rel=1e-3)
            continue
        inputs = graph.nodes[tail].get("inputs", (tail,))
        for n, held in enumerate(inputs):
            own = explanations.letter(held)
            shown = f"∂{to}/∂{own}"
            (rate,) = (line for line in lines[2:] if re.match(rf"{re.escape(shown)} [=≈] ", line))
            local = p.read(f"local.{name}" + (f".{n}" if len(inputs) > 1 else ""))
            assert rate.endswith(f" {number(local)}")
            # The rule's own numbers stand before it, where it is more than one letter.
            rule = explanations.local_formula(graph, (tail, head))
            worked = len(rule) > 1 + (rule[-1] in "₀₁₂") and rule not in ("−1", "w", "x")
            assert (len(re.findall(" [=≈] ", rate)) == 2) == worked, (rate, rule)
            said = f"upstream gradient × local derivative: ∂L/∂{to} × {shown} "
            (way,) = (line for line in lines if line.startswith(said))
            if len(list(graph.successors(tail))) == 1:
                assert way.endswith(f", passed on to ∂L/∂{own}")
            else:
                assert way.endswith(f": the share of this way in ∂L/∂{own}")
                key = f"adjoint.{holder(graph, held)}" if held != tail else f"adjoint.{tail}"
                (total,) = (line for line in lines if line.startswith(f"∂L/∂{own} "))
                assert total.endswith(f" {number(p.read(key))}")


@every
def test_a_caption_says_what_goes_back_and_to_whom(view, loss):
    p = differentiate(**WORKED, view=view, loss=loss)
    graph = p.graph
    nodes = [name for name in graph.graph["order"] if "op" in graph.nodes[name]]
    said = [fill(line, p.read) for line in explanations.captions(graph)]
    _, forward, backward = said[:1], said[1 : 1 + len(nodes)], said[1 + len(nodes) :]
    for name, line in zip(nodes, forward, strict=True):
        natural = graph.nodes[name]["op"] in ("log", "log_loss")
        assert line.endswith(", with the natural log") == natural
    for name, line in zip(nodes[::-1], backward, strict=True):
        letter = explanations.letter(name)
        begun = (
            "the way back begins with ∂L/∂L = 1. "
            if name == "L"
            else f"each arrow into {letter} multiplies ∂L/∂{letter} by its own slope. "
        )
        assert line.startswith(f"Backward through {letter}: {begun}")
        told = re.findall(r"∂L/∂(\S+) (?:[=≈]|gets)", line.removeprefix(begun).split(". ")[-1])
        args = [arg for arg in graph.nodes[name]["args"] if graph.nodes[arg]["role"] != "data"]
        assert told == [
            explanations.letter(held)
            for arg in args
            for held in graph.nodes[arg].get("inputs", (arg,))
        ]
        waiting = re.findall(r"∂L/∂(\S+) gets (.*?), here (.*?), and waits", line)
        by_letter = {explanations.letter(arg): arg for arg in args}
        for to, _, worked in waiting:
            share = p.adjoints[name] * p.locals[by_letter[to], name]
            assert computed(worked) == pytest.approx(share, rel=1e-3)


def test_a_node_that_feeds_the_loss_says_so():
    (line,) = (
        line for line in explanations.panel(build(), "a")["lines"] if "feeds L directly" in line
    )
    assert line == (
        "∂L/∂a: a feeds L directly, so upstream is ∂L/∂L = 1 and the local derivative is all there "
        "is."
    )


def test_who_plays_which_part_is_said():
    graph = build()
    said = {name: explanations.panel(graph, name)["lines"] for name in graph.nodes}
    assert "Data: part of the example. The model cannot change it." in said["x1"]
    assert "A parameter: what training changes." in said["w2"]
    assert "The label: the true answer, 0 or 1. The loss compares a with it." in said["y"]
    assert "The sigmoid σ(z) = 1/(1 + e⁻ᶻ) turns any number into a probability." in said["a"]
    half = explanations.panel(build("features", "squared"), "L")["lines"]
    assert "Half the squared distance between the probability and the label." in half
    edge = explanations.panel(graph, "w1-z")
    assert edge["title"] == "Edge w₁ → z ④"
    assert edge["lines"][:2] == [
        "∂z/∂w₁ = x₁",
        "The local derivative: how fast z changes when w₁ alone changes.",
    ]


@every
def test_factors_are_written_by_the_entry_of_a_vector(view, loss):
    p = differentiate(**WORKED, view=view, loss=loss)
    for of in explanations.TARGETS:
        product = explanations.product(p.graph, of)
        edges = [factor.edge for factor in product.factors]
        assert [head for _, head in edges] == ["L", *(tail for tail, _ in edges[:-1])]
        own = explanations.letter(of)
        for factor in product.factors:
            tail, head = map(explanations.letter, factor.edge)
            by = own if factor is product.factors[-1] else tail
            assert factor.symbol == f"∂{head}/∂{by}"
        # ∂L/∂z times the feature: it comes to the derivative.
        said = fill(product.identity_numbers, p.read, 15)
        assert computed(said) == pytest.approx(p.read(product.key), rel=1e-12)


@every
def test_a_token_carries_the_numbers_of_the_pass(view, loss):
    p = differentiate(**WORKED, view=view, loss=loss)
    graph = p.graph
    nodes = [name for name in graph.graph["order"] if "op" in graph.nodes[name]]
    first, *rest = explanations.walk(graph)
    assert first == {"node": None, "moves": []}
    assert [stage["node"] for stage in rest] == [*nodes, *nodes[::-1]]

    def numbers(value):
        return ", ".join(map(number, np.ravel(value).tolist()))

    def read(key):
        kind, head, *tail = key.split(".")  # a share of an adjoint is known to the browser alone
        if kind != "share":
            return p.read(key)
        arg, *index = tail
        share = p.adjoints[head] * np.asarray(p.locals[arg, head])
        return float(share[int(index[0])] if index else share)

    for n, stage in enumerate(rest):
        head, back = stage["node"], n >= len(nodes)
        args = graph.nodes[head]["args"]
        if back:
            args = [arg for arg in args if graph.nodes[arg]["role"] != "data"]
        assert [move["edge"] for move in stage["moves"]] == [f"{arg}-{head}" for arg in args]
        for arg, move in zip(args, stage["moves"], strict=True):
            share = p.adjoints[head] * np.asarray(p.locals[arg, head])
            wanted = [p.adjoints[head], share] if back else [p.values[arg]] * 2
            assert move["back"] == back
            assert [fill(one, read) for one in move["carries"]] == list(map(numbers, wanted))


@pytest.mark.parametrize("label", [0, 1])
def test_what_is_said_of_single_operations_is_so(label):
    p = differentiate(x1=1.3, x2=-0.7, w1=0.4, w2=1.1, b=-0.2, y=label, view="operations")
    v, rate = p.values, p.locals
    said = {name: explanations.panel(p.graph, name)["lines"] for name in p.graph.nodes}
    assert "Adding 1 moves the value and changes no rate." in said["d"]
    assert v["d"] - v["t"] == pytest.approx(1)
    assert rate["t", "d"] == 1
    assert (
        "1/d changes by −1/d², which is −a². With that, negate, exp, 1 + and 1/d make the sigmoid "
        "σ(z) = 1/(1 + e⁻ᶻ)." in said["a"]
    )
    assert rate["d", "a"] == pytest.approx(-1 / v["d"] ** 2)
    assert rate["d", "a"] == pytest.approx(-(v["a"] ** 2))
    assert v["a"] == pytest.approx(1 / (1 + math.exp(-v["z"])))
    assert "What the model leaves for the label 0; here a goes its second way to L." in said["c"]
    assert v["c"] == pytest.approx(1 - v["a"])
    assert list(p.graph.successors("a")) == ["l1", "c"]
    assert "1 − y lets this term through where y is 0; the other passes where y is 1." in said["m0"]
    assert (v["m0"] != 0, v["m1"] != 0) == (label == 0, label == 1)
    assert explanations.panel(p.graph, "a-L")["title"] == "a → L ①"
    assert explanations.panel(p.graph, "z-a")["title"] == "z → a ②"
    # A way of one edge is an edge; only longer ones are spans.
    assert build().has_edge("z", "a")
    assert explanations.names(build()).count("z-a") == 1
    assert [name for name in explanations.names(build()) if "a-L" in name] == ["a-L"]


def test_a_slot_has_parentheses_where_it_is_a_factor():
    assert explanations.slot("value.z") == "{value.z}"
    assert explanations.slot("value.z", "(") == "{(value.z)}"
    assert explanations.slot("value.z", "_") == "{_value.z}"
    assert explanations.equals("{value.z} {(local.z-a)}", "{value.z}{_value.a}") == (
        "{~value.z local.z-a value.a}"
    )
