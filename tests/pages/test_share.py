"""Links and embeds that the Share page makes."""

from html.parser import HTMLParser

import pytest

from lrviz import settings
from lrviz.pages import share
from lrviz.pages.graph import structure


def test_a_pasted_link_is_read_whatever_host_it_names_and_however_it_was_embedded():
    key, state, bad = share.read(
        " https://elsewhere.example/app/?w1=-1.25&hide=check&embed=true&embed_options=dark_theme "
    )
    assert (key, bad) == ("graph", [])
    assert state == settings.defaults(settings.GRAPH) | {"w1": -1.25, "hide": ("check",)}
    key, state, bad = share.read("http://localhost:8501/training?opt=adam&foo=1")
    assert (key, bad, state["opt"]) == ("training", ["foo"], "adam")


@pytest.mark.parametrize(
    "text", ["", "nonsense", "http://[", "https://x.example/?w1=nan", "?" * 999]
)
def test_anything_else_is_the_page_as_it_opens(text):
    try:
        key, state, _ = share.read(text)
    except ValueError:
        return  # the page says that it is not a link
    assert (key, state) == ("graph", settings.defaults(settings.GRAPH))


@pytest.mark.parametrize(
    "parts", [settings.HIDEABLE, settings.TRAINING_HIDEABLE, settings.PRACTICE_HIDEABLE]
)
def test_every_part_that_can_be_left_out_has_a_name_of_its_own(parts):
    names = [share.PARTS[part] for part in parts]
    assert len(set(names)) == len(parts)
    every = (settings.HIDEABLE, settings.TRAINING_HIDEABLE, settings.PRACTICE_HIDEABLE)
    assert set(share.PARTS) == {name for one in every for name in one}


def test_a_state_of_either_page_comes_back_from_its_shared_link():
    for path, fields, given in (
        ("", settings.GRAPH, {"w1": -1.25, "hide": ("values", "derivation")}),
        ("training", settings.TRAINING, {"start": (1.0, -2.5, 0.0), "hide": ("rule", "history")}),
    ):
        state = settings.defaults(fields) | given
        # As the table writes it, whatever the order it was chosen in.
        state["hide"] = next(f for f in fields if f.name == "hide").check(state["hide"])
        address = share.link("https://x.example/sub", path, settings.encode(fields, state))
        assert share.read(address) == (path or "graph", state, [])


def test_the_snippet_is_one_frame_with_that_address():
    address = share.link("https://x.example", "", {"w1": "-1.25", "hide": "check,try"})
    assert address == "https://x.example/?w1=-1.25&hide=check,try"
    assert share.link("https://x.example/sub", "training", {}) == "https://x.example/sub/training"
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: found.append((tag, dict(attrs)))
    parser.feed(share.snippet(address + '"><script>', 'a "title"'))
    ((tag, attributes),) = found
    assert tag == "iframe"
    assert attributes["src"] == address + '"><script>'
    assert attributes["title"] == 'a "title"'


@pytest.mark.parametrize("hide", [(), *((name,) for name in settings.HIDEABLE)])
def test_what_goes_with_what_is_left_out_is_said(hide):
    state = settings.defaults(settings.GRAPH) | {"hide": hide}
    said = share._gone_with(state)
    shown = structure(state["view"], state["loss"], state["of"], hide)
    # What the page is given for them is empty where they are said to be gone.
    assert ("the sentence on the model" in said) == (not shown["said"]["now"])
    assert ("the guide" in said) == (not shown["guide"]["cards"])
    assert ("the nudge" in said) == ("nudge" in shown["without"] and "try" not in hide)
    assert ("step by step" in said) == ("player" in shown["without"] and hide != ("player",))
    assert bool(said) == bool(hide)
