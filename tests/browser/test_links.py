"""The link is the state: random states are encoded, opened elsewhere and read back."""

from __future__ import annotations

import os
import random
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from lrviz import settings
from tests.browser.conftest import SITE, frames, settle, slide
from tests.browser.held import held
from tests.browser.states import GRAPH, TRAINING, Linked, State
from tests.deploy.protocol import Session, run
from tests.samples import sample

#: States of each page, through the server's own protocol and in Chromium.
STATES, IN_CHROMIUM = sample(6, 500), sample(1, 500)

PAGES = [pytest.param(GRAPH, id="graph"), pytest.param(TRAINING, id="training")]


def states(linked: Linked, count: int) -> list[State]:
    rng = random.Random(20170812)
    return [linked.make(rng) for _ in range(count)]


def link(linked: Linked, state: State) -> str:
    """The path and query of a state, as Python writes them."""
    query = urlencode(settings.encode(linked.fields, state), safe=",-")
    return f"/{linked.path}" + (f"?{query}" if query else "")


def frozen(value: Any) -> Any:
    """JSON's lists as the tuples they were."""
    return tuple(map(frozen, value)) if isinstance(value, list) else value


@pytest.mark.parametrize("linked", PAGES)
def test_every_state_survives_its_link_in_another_session(linked, address):
    """Through a real server: what any browser would be sent."""

    async def visit() -> None:
        for state in states(linked, STATES):
            session = Session(
                address,
                settings.encode(linked.fields, state),
                mount=linked.mount,
                path=linked.path,
            )
            await session.open(timeout=60)
            try:
                assert session.errors == [], state
                linked.sent(session, state)
                given = session.data["fields"]
                assert {name: frozen(value) for name, value in given.items()} == state
            finally:
                await session.close()

    run(visit())


#: Zero but for rounding, as a gradient is after Newton's steps: another build of NumPy, as the
#: static site has it, rounds otherwise.
NOISE = re.compile(r"−?\d(\.\d+)?×10⁻¹[⁵⁶⁷⁸⁹]")


def without_noise(shown: Any) -> Any:
    """What is on a screen, with 0 for such a number."""
    if isinstance(shown, dict):
        return {name: without_noise(one) for name, one in shown.items()}
    if isinstance(shown, list):
        return [without_noise(one) for one in shown]
    return NOISE.sub("0", shown) if isinstance(shown, str) else shown


@pytest.mark.parametrize("linked", PAGES)
def test_every_state_survives_its_link_in_another_browser(linked, address, empty_page):
    """The same states on the screen of a Chromium, each in a visit of its own."""
    page = empty_page(width=1200, height=800)
    wrong = []
    for n, state in enumerate(states(linked, IN_CHROMIUM)):
        if n % 100 == 99:  # a process that has drawn hundreds of pages is large and slow
            page.close()
            page = empty_page(width=1200, height=800)
        where = link(linked, state)
        page.goto(address + where, wait_until="commit")
        # A long run takes Python a moment, a surface in 3D the browser.
        page.wait_for_selector(".lv-ready", state="attached")
        settle(page)
        wanted = linked.shown(state) | {"link": address + where, "alerts": 0}
        found = linked.seen(page, state)
        found |= {"link": page.url, "alerts": page.get_by_test_id("stAlert").count()}
        assert set(found) == set(wanted)
        if SITE in os.environ:
            found, wanted = without_noise(found), without_noise(wanted)
        if found != wanted:
            differs = {k: (found[k], wanted[k]) for k in wanted if found[k] != wanted[k]}
            wrong.append(f"{where}: {differs}")
    assert not wrong, "\n".join(wrong)


def test_a_link_of_too_many_fields_is_read_and_says_what_was_left_out(address):
    """More than Streamlit reads: it would leave out all of them, and say nothing."""

    async def visit() -> None:
        query = {f"junk{i}": "1" for i in range(1200)} | {"w1": "2"}
        session = Session(address, query, mount="graph")
        await session.open(timeout=60)
        try:
            assert session.data["fields"]["w1"] == 2
            said = [one for one in session.said if "junk0, which is no field of this page" in one]
            assert any("; junk1" in one and "and others" in one for one in said)
        finally:
            await session.close()

    run(visit())


def test_a_step_back_overtaken_by_a_link_on_its_way_ends_where_it_led(browser, address):
    """A choice, and Back before the link to it has come: the page and its link are one state."""
    page, line = held(browser, address + "/?w1=1")
    slide(page, "w1", 2.0)
    page.wait_for_function("() => location.search === '?w1=2'")
    settle(page)
    line.back = True
    slide(page, "w1", 3.0)
    for _ in range(5000):  # frames: a minute or more, and not for ever
        if "page_info_changed" in line.kinds():
            break
        frames(page, 1)
    assert "page_info_changed" in line.kinds()
    page.evaluate("history.back()")
    page.wait_for_function("() => location.search === '?w1=1'")
    line.let_go()
    page.wait_for_function(
        "() => document.querySelector('.lv').parentNode.lrviz.fields.w1 === 1 "
        "&& location.search === '?w1=1'"
    )
    settle(page)
    assert page.url == address + "/?w1=1"
    assert page.get_by_role("slider", name="w1", exact=True).input_value() == "1"
    slide(page, "b", 1.5)  # from here it goes on
    page.wait_for_function("() => location.search.includes('b=1.5')")
    settle(page)
    assert "w1=1" in page.url
    page.context.close()


def test_until_another_run_is_there_the_words_are_those_of_the_run_that_is_drawn(browser, address):
    page, line = held(browser, address + "/training?data=and&lr=0.5&step=3")
    line.back = True
    page.get_by_label("Optimizer").select_option("adam")
    page.get_by_text("Raw", exact=True).click()
    page.get_by_role("button", name="Step", exact=True).click()
    said = page.locator(".lvt-told").first
    expect(said).to_have_text(re.compile(r"^Step 4: .* η times the gradient, 0\.5 × "))
    expect(page.get_by_text("Step 4, for the standardised features")).to_have_count(1)
    line.let_go()
    expect(said).to_have_text(re.compile("each parameter took a step of its own size"))
    settle(page)
    assert "opt=adam" in page.url
    page.context.close()
