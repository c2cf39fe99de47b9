"""The line at the head of the Graph page says what the graph computes."""

from __future__ import annotations

import pytest

from lrviz.core.expression import compiled, plain
from lrviz.core.graph import LOSSES, VIEWS, build, differentiate
from lrviz.core.ops import LOSS, OPS
from lrviz.text.bridge import LOG_LOSS, bridge
from tests.samples import OPENING


@pytest.mark.parametrize("label", [0, 1])
def test_with_the_label_put_in_it_is_the_log_loss(label):
    for a in (1e-9, 0.25, 0.5, 0.9, 1 - 1e-9):
        whole = compiled(LOSS["log"], ("a", "y"))(a, label)
        assert compiled(LOG_LOSS[label], ("a",))(a) == pytest.approx(whole, rel=1e-15)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_opening_view_names_all_three_formulas(loss):
    said = bridge("features", loss)
    assert f"z = {plain(OPS['affine'].formula)}" in said
    assert "a = σ(z)" in said
    if loss == "log":
        assert all(f"{plain(one)} if y is {label}" in said for label, one in LOG_LOSS.items())
    else:
        assert f"the loss: {plain(LOSS[loss])}," in said


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("view", ["vector", "features"])
def test_a_is_the_probability_of_the_label_that_makes_the_logit_grow(view, loss):
    # More of z, more of a; and of the two labels it is 1 whose loss then falls.
    low, high = (differentiate(**OPENING | {"b": b}, loss=loss) for b in (-1, 1))
    assert low.values["a"] < high.values["a"]
    assert OPENING["y"] == 1
    assert low.values["L"] > high.values["L"]
    assert "a = σ(z), the predicted probability that y is 1 → L" in bridge(view, loss)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("view", VIEWS)
def test_two_ways_are_spoken_of_where_there_are_two(view, loss):
    assert ("two ways" in bridge(view, loss)) == (build(view, loss).out_degree("a") > 1)
