"""That a file went with its server is said until another is there, or another link is read."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from lrviz import settings
from lrviz.pages import session, training


@pytest.fixture
def streamlit(monkeypatch):
    context = SimpleNamespace(headers={})
    query = type("Query", (dict,), {"get_all": dict.get, "from_dict": dict.update})()
    query.update(data=["file"], opt=["adam"])
    there = SimpleNamespace(session_state={}, query_params=query, context=context)
    monkeypatch.setattr(session, "st", there)
    monkeypatch.setattr(training, "st", there)
    return there


def run():
    """A run of the page: its state, and whether it says that the file is gone."""
    state = session.PageState("training", settings.TRAINING, training.mismatched)
    before = state.memory["revision"]
    state.load()
    return state, training._lost(state, state.memory["revision"] != before)


def test_it_is_said_when_the_page_has_another_link_already(streamlit):
    state, lost = run()
    assert lost
    assert state.memory["bad"] == []
    # What was on the screen is said to the new server, and its link written.
    state.put(opt="newton")
    streamlit.query_params.pop("data")
    assert streamlit.query_params == {"opt": ["newton"]}
    state, lost = run()
    assert (lost, state.state["opt"]) == (True, "newton")


def test_it_is_not_said_of_another_link(streamlit):
    run()
    streamlit.query_params.pop("data")
    _, lost = run()
    assert not lost


def test_it_is_not_said_when_there_is_a_file(streamlit):
    run()
    streamlit.session_state[training.FILE_KEY] = SimpleNamespace(data=[0])
    assert not run()[1]


def test_a_link_without_a_file_says_nothing(streamlit):
    streamlit.query_params.pop("data")
    assert not run()[1]
