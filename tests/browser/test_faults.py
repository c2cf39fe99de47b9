"""What breaks while somebody is at work: a sentence and a way on, and then the right numbers."""

from __future__ import annotations

import re
import time
import urllib.request

import pytest
from playwright.sync_api import expect

from lrviz.core.graph import differentiate
from lrviz.pages import tables
from lrviz.text.numbers import number
from lrviz.training.playback import Request, make
from tests.browser.conftest import new_context, settle, slide, table
from tests.browser.line import line
from tests.browser.test_own_file import SMALL, confirm, offer
from tests.deploy.protocol import cells
from tests.samples import NIGHT, OPENING, some
from tests.servers import served

#: Back and forward in a row, each as soon as the one before has arrived.
STEPS = """(times) => (async () => {
  for (let n = 0; n < times; n += 1) await new Promise((done) => {
    addEventListener("popstate", done, { once: true });
    history.go(n % 2 ? 1 : -1);
  });
})()"""


@pytest.mark.parametrize("name", some(1, ["index", "BidiComponent"]))
def test_a_script_of_streamlits_that_did_not_load_is_said_and_loaded_anew(page, address, name):
    script = re.compile(rf"/static/js/{name}\.[^/]+\.js$")
    page.route(script, lambda route: route.abort())
    page.goto(address + "/?w1=2", wait_until="commit")
    page.locator(".lv-lost", has_text="did not load").wait_for()
    page.unroute(script)
    page.get_by_role("button", name="Reload").click()
    page.wait_for_selector(".lv-ready")
    settle(page)
    assert page.locator(".lv-lost").count() == 0
    assert page.get_by_role("slider", name="w1", exact=True).input_value() == "2"


def test_a_network_that_is_cut_while_python_works_leaves_no_blank_page(page, address):
    page.goto(address + "/training?data=blobs", wait_until="commit")
    page.wait_for_selector(".lv-ready")
    settle(page)
    page.context.set_offline(True)
    page.get_by_label("Optimizer").select_option("newton")
    page.locator(".lv-lost", has_text="You are offline").wait_for()
    page.context.set_offline(False)
    page.locator(".lv-lost", has_text="answers again").wait_for()
    page.wait_for_function("() => location.search.includes('opt=newton')")
    page.wait_for_selector(".lv-ready")
    page.get_by_text("Newton’s method takes its step from the curvature").wait_for()
    expect(page.get_by_label("Optimizer")).to_have_value("newton")
    settle(page)
    assert table(page, "History")


#: Notes every sentence that stands over the page from now on.
NOTE = """() => {
  window.told = [];
  new MutationObserver(() => {
    const text = document.querySelector(".lv-lost")?.textContent;
    if (text && text !== told.at(-1)) told.push(text);
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


@NIGHT
def test_a_dialog_and_a_card_are_there_again_after_a_cut(empty_page, address):
    with line(address) as one:
        pages = [empty_page() for _ in range(2)]
        dialog, guide = pages
        dialog.goto(one.url + "/training?data=blobs")
        guide.goto(one.url + "/?guide=way")
        for page in pages:
            page.wait_for_selector(".lv-ready")
            settle(page)
            page.evaluate(NOTE)
        offer(dialog, SMALL)
        dialog.get_by_role("dialog").get_by_text("80 rows").first.wait_for()
        settle(dialog)
        card = guide.get_by_role("region", name="Guide")
        title = guide.locator("h1:visible").inner_text()
        card.get_by_role("button", name="down", exact=True).click()
        settle(guide)
        said = card.get_by_role("status").inner_text()
        one.cut()
        for page in pages:
            page.locator(".lv-lost", has_text="does not answer").wait_for()
        # The card goes on meanwhile: it needs nobody.
        assert guide.locator("h1:visible").inner_text() == title
        assert card.get_by_role("status").inner_text() == said
        one.mend()
        for page in pages:
            # The sentence goes by itself, before the next page is looked at perhaps.
            page.wait_for_function("() => told.some((text) => text.includes('answers again'))")
            settle(page)
            page.locator(".lv-lost:empty").wait_for(state="attached")
        # The file is there, and what was told of it is true: it went nowhere.
        assert dialog.get_by_role("dialog").get_by_text("80 rows").first.is_visible()
        assert not any("open it once more" in text for text in dialog.evaluate("told"))
        confirm(dialog, "mine.csv")
        assert table(dialog, "Contributions")[-1][0] == "mean of 80 = ∂J"
        assert guide.locator("h1:visible").inner_text() == title
        assert card.get_by_role("status").inner_text() == said
        card.get_by_role("button", name="Next", exact=True).click()
        settle(guide)
        assert guide.locator("h1:visible").inner_text() != title
        assert "guide=" in guide.url


#: The pages, what stands there, and a link that they keep.
PAGES = {
    "/?w1=2&b=-1": ".lv-ready",
    "/training?data=blobs&opt=adam": ".lv-ready",
    "/practice?seed=4": "[data-testid=stMain]:has(.katex):has(.lv-task-picture svg)",
    "/share?link=/?w1=2": ".lv-copy-button",
    "/about": "h1",
}


@NIGHT
def test_thirty_seconds_without_a_line_are_survived_by_every_page(empty_page, address):
    with line(address) as one:
        pages = {path: empty_page() for path in PAGES}
        before = {}
        for path, page in pages.items():
            page.goto(one.url + path)
            page.wait_for_selector(PAGES[path])
            settle(page)
            page.evaluate(NOTE)
            before[path] = page.locator("[data-testid=stMain]").inner_text()
        one.cut()
        for page in pages.values():
            page.locator(".lv-lost", has_text="does not answer").wait_for()
        pages["/about"].wait_for_timeout(30_000)
        one.mend()
        for path, page in pages.items():
            page.wait_for_function("() => told.some((text) => text.includes('answers again'))")
            settle(page)
            page.wait_for_selector(PAGES[path])
            assert page.locator("[data-testid=stMain]").inner_text() == before[path], path
            assert page.url == one.url + path
        slide(pages["/?w1=2&b=-1"], "b", 1.25)
        pages["/?w1=2&b=-1"].wait_for_function("() => location.search.includes('b=1.25')")


def await_no_visit(url, seconds):
    """Wait until a server has no line to anybody, and so long that it has forgotten them all."""
    while True:
        with urllib.request.urlopen(f"{url}/_stcore/metrics") as answer:
            if re.search(r"^active_sessions 0(\.0)?$", answer.read().decode(), re.MULTILINE):
                break
        time.sleep(0.1)
    # Its own clock is what counts.
    time.sleep(seconds)


@NIGHT
def test_a_tab_that_slept_until_its_visit_was_forgotten_goes_on(empty_page, tmp_path):
    environ = {"STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL": "1"}
    with served("app.py", log=tmp_path / "log", **environ) as server, line(server.url) as one:
        graph, training, practice = pages = [empty_page() for _ in range(3)]
        for page, path, stands in (
            (graph, "/?w1=2", ".lv-ready"),
            (training, "/training?data=blobs&step=5", ".lv-ready"),
            (practice, "/practice?seed=4", ".st-key-practice-answer"),
        ):
            page.goto(one.url + path)
            page.wait_for_selector(stands)
            settle(page)
        slide(graph, "b", 1)
        settle(graph)
        practice.get_by_role("button", name="Hint 1 of 3").click()
        practice.get_by_text("Hint 1 ·").wait_for()
        settle(practice)
        wires = [page.context.new_cdp_session(page) for page in pages]
        for wire in wires:
            wire.send("Page.setWebLifecycleState", {"state": "frozen"})
        one.cut()
        await_no_visit(server.url, 1.5)
        one.mend()
        for wire in wires:
            wire.send("Page.setWebLifecycleState", {"state": "active"})
        for page in pages:
            page.wait_for_selector("[data-test-connection-state=CONNECTED]", state="attached")
            settle(page)
        slide(graph, "b", 1.25)
        graph.wait_for_function("() => location.search.includes('b=1.25')")
        settle(graph)
        p = differentiate(**OPENING | {"w1": 2.0, "b": 1.25})
        assert table(graph, "Values") == cells(tables.values(p), "Values")
        training.get_by_label("Optimizer").select_option("newton")
        training.wait_for_function("() => location.search.includes('opt=newton')")
        settle(training)
        made = make(Request(data="blobs", opt="newton"))
        assert training.get_by_role("slider", name="step", exact=True).input_value() == "5"
        reached = made.history.params[5]
        row = next(row for row in table(training, "History") if row[0] == "5")
        assert row[1:4] == [number(float(v)) for v in reached]
        practice.get_by_role("button", name="Hint 2 of 3").click()
        practice.get_by_text("Hint 2 ·").wait_for()
        for page in pages:
            assert page.get_by_test_id("stAlert").count() == 0
            page.locator(".lv-lost:empty, html:not(:has(.lv-lost))").first.wait_for(
                state="attached"
            )


def test_thirty_steps_back_and_forth_end_where_the_link_says(open_page):
    page = open_page("/training?data=blobs")
    for name in ("newton", "adam", "sgd", "momentum"):
        page.get_by_label("Optimizer").select_option(name)
        settle(page)
    page.evaluate(STEPS, 31)
    page.wait_for_function("() => location.search.includes('opt=sgd')")
    page.wait_for_function(
        "() => document.querySelector('.lvt').parentNode.lrvizTraining.fields.opt === 'sgd'"
    )
    settle(page)
    assert page.get_by_label("Optimizer").input_value() == "sgd"
    assert page.locator("[data-test-connection-state=CONNECTED]").count() == 1


@NIGHT
def test_two_tabs_on_one_link_do_not_touch_each_other(browser, address):
    context = new_context(browser, viewport={"width": 1440, "height": 900})
    tabs = [context.new_page() for _ in range(2)]
    for tab in tabs:
        tab.goto(address + "/?w1=2", wait_until="commit")
        tab.wait_for_selector(".lv-ready")
    for tab, b in zip(tabs, (1, -1), strict=True):
        tab.bring_to_front()
        settle(tab)
        slide(tab, "b", b)
        settle(tab)
    for tab, b in zip(tabs, (1, -1), strict=True):
        tab.bring_to_front()
        settle(tab)
        assert f"b={b}" in tab.url
        assert ["b", str(b).replace("-", "−")] in [row[:2] for row in table(tab, "Values")]
    context.close()


@NIGHT
def test_another_theme_and_size_while_it_plays(open_page):
    page = open_page("/training?data=blobs")
    page.get_by_role("button", name="Play").click()
    for scheme, width in (("dark", 390), ("light", 1440)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_function(
            "(mode) => document.querySelector('.lvt').dataset.mode === mode", arg=scheme
        )
    page.get_by_role("button", name="Pause").click()
    settle(page)
    step = int(page.get_by_role("slider", name="step", exact=True).input_value())
    assert 0 < step < 200
    assert f"step={step}" in page.url
    assert page.locator(".lv-failure").count() == 0
