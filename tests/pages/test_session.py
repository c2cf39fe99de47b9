"""What a page keeps of its link: which runs of the script bring a new one, and which an old one."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from lrviz import settings
from lrviz.live.component import Message
from lrviz.pages import session


class Ended(BaseException):
    """What Streamlit raises in a run when another has been asked for."""


class Query(dict):
    """Streamlit's query parameters, as far as a page uses them."""

    ends = False  #: whether another run has been asked for as a link is written

    def get_all(self, name):
        return self[name]

    def from_dict(self, given):
        if self.ends:
            self.ends = False
            raise Ended
        self.clear()
        self.update(given)


@pytest.fixture
def streamlit(monkeypatch):
    context = SimpleNamespace(headers={"Sec-WebSocket-Key": "one"})
    there = SimpleNamespace(session_state={}, query_params=Query(w1=["1"]), context=context)
    monkeypatch.setattr(session, "st", there)
    monkeypatch.setattr(session, "sync", lambda key, data: None)
    return there


def ended_in_a_choice(streamlit):
    """A run that chooses a view, and is ended by another as it writes the link."""
    page = opened()
    page.load()
    streamlit.query_params.ends = True
    with pytest.raises(Ended):
        page.put(view="vector")


def opened():
    return session.PageState("graph", settings.GRAPH, lambda _: ())


def test_a_run_that_the_page_asked_for_before_it_knew_its_new_link_undoes_nothing(streamlit):
    page = opened()
    page.load()
    page.put(view="vector")
    assert streamlit.query_params == {"w1": ["1"], "view": ["vector"]}
    revision = page.memory["revision"]
    streamlit.query_params.from_dict({"w1": ["1"]})
    page = opened()
    page.load(asked=True)
    assert (page.state["view"], page.memory["revision"]) == ("vector", revision)
    # What the run before has said may never come to the browser: that run had to give way.
    page.acknowledge()
    assert streamlit.query_params == {"w1": ["1"], "view": ["vector"]}


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
    # Also where another run ends the one that is to write it.
    streamlit.query_params.ends = True
    for ended in (pytest.raises(Ended), nullcontext()):
        opened().load()
        with ended:
            opened().acknowledge()
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


def test_a_choice_whose_run_was_ended_by_another_is_kept_and_its_link_written_by_that(streamlit):
    ended_in_a_choice(streamlit)
    page = opened()
    page.load()
    assert page.state["view"] == "vector"
    page.acknowledge()
    assert streamlit.query_params == {"w1": ["1"], "view": ["vector"]}
    # It is owed no longer: a step back is one.
    streamlit.query_params.from_dict({"w1": ["1"]})
    page = opened()
    page.load()
    page.acknowledge()
    assert (page.state["view"], streamlit.query_params) == ("features", {"w1": ["1"]})


def test_a_link_that_is_owed_gives_way_to_one_that_came_by_itself(streamlit):
    ended_in_a_choice(streamlit)
    streamlit.query_params.from_dict({"w1": ["2"]})
    page = opened()
    page.load()
    page.acknowledge()
    assert streamlit.query_params == {"w1": ["2"]}
    assert (page.state["view"], page.state["w1"]) == ("features", 2)


def test_what_was_asked_in_a_run_that_was_ended_by_another_is_answered_in_that(
    streamlit, monkeypatch
):
    told = Message("me", 1, rest=True, ask={"latex": "all"}, fields={"view": "vector"})
    monkeypatch.setattr(session, "heard", lambda key: told)
    page = opened()
    page.load()
    streamlit.query_params.ends = True
    with pytest.raises(Ended):
        page.receive()
    assert opened().receive() == {"latex": "all"}
    assert streamlit.query_params == {"w1": ["1"], "view": ["vector"]}
    assert opened().receive() == {}


def run(streamlit, *, ended=False):
    """One run of a page with a widget: what a hand chose there, and what it shows then."""
    page = opened()
    page.load()
    taken = page.taken()
    if taken:
        page.put(**taken)
    shown = streamlit.session_state[page.shown("w1")]
    if not ended:
        page.acknowledge()
    return taken, shown


def test_a_widget_shows_its_field_and_what_a_hand_chose_there_is_taken_once(streamlit):
    assert run(streamlit) == ({}, 1)
    streamlit.session_state["graph-w1"] = 3
    assert run(streamlit) == ({"w1": 3}, 3)
    assert streamlit.query_params == {"w1": ["3"]}
    assert run(streamlit) == ({}, 3)
    # Changed from elsewhere, or emptied, it shows the field.
    streamlit.query_params.from_dict({"w1": ["2"]})
    assert run(streamlit) == ({}, 2)
    streamlit.session_state["graph-w1"] = None
    assert run(streamlit) == ({}, 2)


def test_what_a_widget_says_that_has_not_heard_of_a_step_of_the_history_is_no_choice(streamlit):
    run(streamlit)
    streamlit.query_params.from_dict({"w1": ["2"]})
    assert run(streamlit, ended=True) == ({}, 2)
    # The run that ended it has been asked for by a browser that was never given the 2.
    streamlit.session_state["graph-w1"] = 1
    assert run(streamlit) == ({}, 2)
    assert streamlit.query_params == {"w1": ["2"]}
    streamlit.session_state["graph-w1"] = 1
    assert run(streamlit) == ({"w1": 1}, 1)


@pytest.mark.parametrize("ended", [True, False])
def test_a_choice_is_taken_once_though_its_run_is_ended_by_another(streamlit, ended):
    run(streamlit)
    streamlit.session_state["graph-w1"] = 3
    assert run(streamlit, ended=ended) == ({"w1": 3}, 3)
    assert run(streamlit) == ({}, 3)
    streamlit.session_state["graph-w1"] = 1
    assert run(streamlit) == ({"w1": 1}, 1)
