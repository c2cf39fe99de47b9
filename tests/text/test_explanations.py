import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lrviz.core.expression import compiled, plain
from lrviz.core.graph import LOSSES, VIEWS, build, differentiate, stages
from lrviz.text import explanations
from lrviz.text.numbers import fill
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
        assert "{" not in fill(line, p.read)


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
