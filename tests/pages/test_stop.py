"""*Stop* on the Training page gives up the run that was asked for, and nothing that came since."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from lrviz import settings
from lrviz.live.component import Message
from lrviz.pages import session, training


def message(seq, client="me", **fields):
    return Message(client, seq, rest=True, fields=fields, ask={})


@pytest.fixture
def page(monkeypatch):
    """A page whose run of step 1 is drawn, while one of step 2 is computed."""
    context = SimpleNamespace(headers={})
    query = type("Query", (dict,), {"get_all": dict.get, "from_dict": dict.update})()
    there = SimpleNamespace(session_state={}, query_params=query, context=context)
    monkeypatch.setattr(session, "st", there)
    state = session.PageState("training", settings.TRAINING, lambda _: ())
    state.load()
    state.memory["shown"] = state.state
    state.memory["state"] = {**state.state, "step": 2}
    return state


@pytest.mark.parametrize("stopped", [message(1), None])
def test_the_run_that_is_stopped_is_not_asked_for_again(page, monkeypatch, stopped):
    for module in (session, training):
        monkeypatch.setattr(module, "heard", lambda key: message(1, step=2))
    training._back(page, stopped)
    page.receive()
    assert page.state["step"] == 0


@pytest.mark.parametrize("newer", [message(2, opt="adam"), message(1, "other", opt="adam")])
def test_what_was_chosen_after_it_is_kept(page, monkeypatch, newer):
    for module in (session, training):
        monkeypatch.setattr(module, "heard", lambda key: newer)
    training._back(page, message(1))
    page.receive()
    assert (page.state["opt"], page.state["step"]) == ("adam", 0)
