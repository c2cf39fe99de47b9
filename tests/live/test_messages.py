"""A message of the browser is of its form, or none."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrviz import settings
from lrviz.live.component import Message, read_message
from lrviz.pages.session import home

GOOD = {"client": "abc", "seq": 3, "rest": True, "fields": {"w1": 2}, "ask": {"latex": "part"}}
#: What JSON can hold, as Python reads it.
json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(10**390, 10**400)
    | st.floats()
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_a_message_is_read():
    assert read_message(GOOD) == Message("abc", 3, True, {"w1": 2}, {"latex": "part"})
    # Without a question, as most are.
    assert read_message({"client": "a", "seq": 0.0}) == Message("a", 0, False, {}, {})


@pytest.mark.parametrize("sent", [None, [], "text", 1, {}, [GOOD]])
def test_what_is_no_mapping_is_none(sent):
    assert read_message(sent) is None


@pytest.mark.parametrize(
    "wrong",
    [
        *({"seq": seq} for seq in (None, "1", True, -1, 0.5, math.nan, math.inf, 10**400, [1])),
        *({"client": client} for client in (None, 1, "x" * 65, ["a"])),
    ],
)
def test_a_wrong_envelope_is_none(wrong):
    assert read_message({**GOOD, **wrong}) is None


@given(st.dictionaries(st.sampled_from([*GOOD]), json) | json)
def test_anything_at_all_is_a_message_or_none(sent):
    message = read_message(sent)
    if message is not None:
        assert (message.client, message.seq) == (sent["client"], sent["seq"])
        assert isinstance(message.fields, dict)
        assert isinstance(message.ask, dict)


names = [field.name for field in (*settings.GRAPH, *settings.TRAINING)]


@given(st.dictionaries(st.sampled_from(names), json))
def test_any_fields_at_all_give_a_state(fields):
    for table in (settings.GRAPH, settings.TRAINING):
        state = settings.accept(table, settings.defaults(table), fields)
        assert settings.accept(table, settings.defaults(table), state) == state


@pytest.mark.parametrize("url", ["http://[", "http://[::1", "javascript:alert(1)", "", "a\nb"])
def test_an_address_that_is_none(url):
    assert home(url, "share") == ""


def test_an_address():
    assert (
        home("https://school.example/lrviz/share?w1=1", "share") == "https://school.example/lrviz"
    )
