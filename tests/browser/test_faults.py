"""What breaks while somebody is at work: a sentence and a way on, and then the right numbers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import new_context, settle, slide, table
from tests.samples import LONG

LATER = pytest.mark.skipif(not LONG, reason="every night")

#: Back and forward in a row, each as soon as the one before has arrived.
STEPS = """(times) => (async () => {
  for (let n = 0; n < times; n += 1) await new Promise((done) => {
    addEventListener("popstate", done, { once: true });
    history.go(n % 2 ? 1 : -1);
  });
})()"""


@pytest.mark.parametrize("name", ["index", "BidiComponent"])
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


@LATER
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


@LATER
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
