"""What a page keeps of its link: which runs of the script bring a new one, and which an old one."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from lrviz import settings
from lrviz.pages import session


class Query(dict):
    """Streamlit's query parameters, as far as a page uses them."""

    def get_all(self, name):
        return self[name]

    def from_dict(self, given):
        self.clear()
        self.update(given)


@pytest.fixture
def streamlit(monkeypatch):
    context = SimpleNamespace(headers={"Sec-WebSocket-Key": "one"})
    there = SimpleNamespace(session_state={}, query_params=Query(w1=["1"]), context=context)
    monkeypatch.setattr(session, "st", there)
    return there


def opened():
    return session.PageState("graph", settings.GRAPH, lambda _: ())


def test_a_run_that_the_page_asked_for_before_it_knew_its_new_link_undoes_nothing(streamlit):
    page = opened()
    page.load()
    page.put(view="vector")
    assert streamlit.query_params == {"w1": ["1"], "view": ["vector"]}
    revision = page.memory["revision"]
    streamlit.query_params.from_dict({"w1": ["1"]})
    opened().load(asked=True)
    assert (page.state["view"], page.memory["revision"]) == ("vector", revision)


def test_a_step_back_leads_to_the_same_link(streamlit):
    page = opened()
    page.load()
    page.put(view="vector")
    streamlit.query_params.from_dict({"w1": ["1"]})
    opened().load()
    assert (page.state["view"], page.state["w1"]) == ("features", 1)


def test_a_run_that_the_page_asked_for_brings_a_link_that_is_new(streamlit):
    page = opened()
    page.load()
    page.put(view="vector")
    streamlit.query_params.from_dict({"w1": ["2"]})
    opened().load(asked=True)
    assert (page.state["view"], page.state["w1"]) == ("features", 2)


def test_a_link_that_a_cut_line_kept_from_the_browser_is_written_again(streamlit):
    page = opened()
    page.load()
    page.put(view="vector")
    revision = page.memory["revision"]
    streamlit.query_params.from_dict({"w1": ["1"]})
    streamlit.context.headers["Sec-WebSocket-Key"] = "two"
    opened().load()
    assert (page.state["view"], page.memory["revision"]) == ("vector", revision)
    assert streamlit.query_params == {"w1": ["1"], "view": ["vector"]}
    # On the new line a step back is one.
    streamlit.query_params.from_dict({"w1": ["1"]})
    opened().load()
    assert page.state["view"] == "features"


def test_a_step_back_is_one_where_no_line_has_a_key(streamlit):
    streamlit.context.headers = {}
    page = opened()
    page.load()
    page.put(view="vector")
    streamlit.query_params.from_dict({"w1": ["1"]})
    opened().load()
    assert page.state["view"] == "features"
