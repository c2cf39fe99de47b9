"""Links into the view of every operation, old ones too."""

import pytest

from lrviz import settings
from lrviz.core.graph import LOSSES, build, stages
from lrviz.pages.graph import mismatched


def opened(loss="log", **fields):
    query = {"view": ["operations"], "loss": [loss]} | {k: [v] for k, v in fields.items()}
    return settings.decode(settings.GRAPH, query, mismatched)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    "at", ["z", "a", "L", "y", "s", "u1", "w1-u1", "u1-s", "s-z", "b-z", "z-a", "a-L"]
)
def test_what_an_old_link_selected_is_still_there(loss, at):
    state, bad = opened(loss, at=at)
    assert state["at"] == at
    assert not bad


@pytest.mark.parametrize("at", ["y-L", "w1-z"])
def test_what_has_gone_is_named(at):
    state, bad = opened(at=at)
    assert state["at"] is None
    assert bad == ["at"]


def test_a_node_of_the_other_loss_is_named():
    assert opened("squared", at="c")[1] == opened("log", at="r")[1] == ["at"]


@pytest.mark.parametrize("loss", LOSSES)
def test_a_stage_out_of_range_falls_back_with_the_notice(loss):
    last = len(stages(build("operations", loss))) - 1
    assert opened(loss, stage=str(last)) == (
        settings.defaults(settings.GRAPH) | {"view": "operations", "loss": loss, "stage": last},
        [],
    )
    state, bad = opened(loss, stage=str(last + 1))
    assert state["stage"] is None
    assert "stage" in settings.notice(bad)


def test_the_first_stages_mean_what_they_meant():
    # z is still what stage 4 computes.
    assert stages(build("operations"))[:5] == ("inputs", "+u1", "+u2", "+s", "+z")
