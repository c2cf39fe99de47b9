"""A page that is left is forgotten: what it heard, and the data that it held."""

from __future__ import annotations

from playwright.sync_api import CDPSession, Page

from tests.browser.conftest import settle, slide

#: A weak hold on the page that is drawn now.
NOTE = """() => {
  const { lrviz, lrvizTraining } = document.querySelector(".lv-ready").parentElement;
  (window.visited ??= []).push(new WeakRef(lrviz ?? lrvizTraining));
}"""
PLAYING = """() => window.visited.map((one) => one.deref())
  .filter((one) => one && !one.root.isConnected)
  .filter(({ player }) => player.playing || player.timer).length"""
HELD = "() => window.visited.filter((one) => one.deref()).length"


def to(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()
    # No handle of an element is kept here, because that would keep its page.
    ready = ".lv.lvt.lv-ready" if name == "Training" else ".lv.lv-ready:not(.lvt)"
    page.wait_for_function("(ready) => document.querySelector(ready) !== null", arg=ready)
    settle(page)
    page.evaluate(NOTE)


def heard(client: CDPSession) -> int:
    """How many listeners window and document have."""
    count = 0
    for name in ("window", "document"):
        found = client.send("Runtime.evaluate", {"expression": name})["result"]["objectId"]
        answer = client.send("DOMDebugger.getEventListeners", {"objectId": found})
        count += len(answer["listeners"])
    return count


def test_a_page_that_is_left_is_forgotten(open_page):
    page = open_page("/")
    client = page.context.new_cdp_session(page)
    for name in ("Training", "Graph"):
        to(page, name)
    first = heard(client)
    for name in ("Training", "Graph") * 3:
        to(page, name)
        # What plays when it is left stands still.
        page.get_by_role("button", name="Play", exact=True).first.click()
    to(page, "Training")
    assert page.evaluate(PLAYING) == 0
    to(page, "Graph")
    assert heard(client) == first
    client.send("HeapProfiler.enable")
    client.send("HeapProfiler.collectGarbage")
    # The page in view, and those whose element Streamlit has not let go yet.
    assert page.evaluate(HELD) <= 3


#: The page says something in the moment in which another is asked for.
LATE = """(name) => {
  const { queue } = document.querySelector(".lv-ready").parentElement.lrviz;
  const [link] = [...document.querySelectorAll("a")].filter((one) => one.textContent === name);
  link.click();
  queue.rested();
}"""


def test_what_a_page_says_as_it_is_left_does_not_take_the_next_one_away(open_page):
    page = open_page("/?w1=2")
    page.evaluate(LATE, "Training")
    page.wait_for_selector(".lv.lvt.lv-ready")
    settle(page)
    assert page.locator(".lv.lvt.lv-ready").is_visible()
    assert page.url.endswith("/training")


def test_a_click_on_the_name_of_the_page_one_is_on_undoes_nothing(open_page):
    page = open_page("/?w1=2")
    asked = page.evaluate("watch.asked")
    for link in page.get_by_role("link", name="Graph", exact=True).all():
        link.evaluate("(node) => node.click()")
    settle(page)
    assert page.evaluate("watch.asked") == asked
    slide(page, "b", 1.25)
    page.get_by_role("link", name="Graph", exact=True).first.click()
    page.wait_for_function("() => location.search.includes('b=1.25')")
    settle(page)
    assert page.get_by_role("slider", name="b", exact=True).input_value() == "1.25"
    assert "w1=2" in page.url
    # Another page's name still leads there.
    to(page, "Training")
    assert page.url.endswith("/training")
    for name in ("Practice", "Share", "About"):
        page.get_by_role("link", name=name, exact=True).first.click()
        page.wait_for_function("(name) => document.title.startsWith(name)", arg=name)
        settle(page)
        asked = page.evaluate("watch.asked")
        page.get_by_role("link", name=name, exact=True).first.click()
        settle(page)
        assert page.evaluate("watch.asked") == asked, name
