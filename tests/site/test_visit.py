"""A first visit and a second one, in the order in which they happen: one visit for all tests."""

from __future__ import annotations

import pytest

from tests.browser.conftest import table
from tests.site.hosting import StaticHost, write

#: Where everything stands that has a place of its own.
PLACES = """() => [...document.querySelectorAll(".lv, .lv *")].map((node) => {
  const { left, top, width, height } = node.getBoundingClientRect();
  return [`${node.tagName} ${node.getAttribute("class")}`, left, top, width, height];
})"""
#: Resolves when the worker that keeps the visit has all of it, under a name that begins like this.
KEPT = """async (name) => {
  for (;;) {
    const { active, installing, waiting } = await navigator.serviceWorker.ready;
    const there = (await caches.keys()).some((one) => one.startsWith(`lrviz-${name}`));
    if (active.state === "activated" && !installing && !waiting && there) return;
    await new Promise((done) => setTimeout(done, 100));
  }
}"""


def rest(page):
    """Wait until Python has drawn what was asked for last."""
    page.wait_for_function(
        """() => document.querySelector("[data-testid=stApp]").dataset.testScriptState
          === "notRunning" && document.documentElement.dataset.lrviz !== "busy" """
    )


def test_the_graph_is_alive_before_python_is_there(visit):
    visit.host.sent.clear()
    visit.early("/?w2=1")
    page = visit.page
    slider = page.get_by_role("slider", name="w1", exact=True)
    before = page.locator(".lv-head h1").inner_text()
    slider.press("ArrowRight")
    slider.press("ArrowRight")
    assert (slider.input_value(), page.locator(".lv-head h1").inner_text() != before) == (
        "0.52",
        True,
    )
    assert page.get_by_role("slider", name="w2", exact=True).input_value() == "1"
    assert page.locator("#early").count() == 1, "Python was there before the hand"
    assert "Python is loading" in page.get_by_role("status").all_inner_texts()[0]


def test_python_takes_over_and_nothing_moves(visit):
    page = visit.page
    page.get_by_role("slider", name="w1", exact=True).focus()
    page.evaluate("() => { window.places = null; }")
    # As late as can be: what is measured is the frame before and the one after.
    page.evaluate(
        f"""() => {{
          const places = {PLACES};
          const look = () => {{
            if (document.querySelector("#early")) {{
              window.places = places();
              requestAnimationFrame(look);
            }} else window.after = places();
          }};
          look();
        }}"""
    )
    visit.python()
    assert sum(size for _, size in visit.host.sent) < 30e6
    page.wait_for_function("() => window.after")
    before, after = page.evaluate("() => [window.places, window.after]")
    assert len(before) == len(after)
    moved = [
        (one, two)
        for one, two in zip(before, after, strict=True)
        if max(abs(a - b) for a, b in zip(one[1:], two[1:], strict=True)) >= 1
    ]
    assert moved == []
    assert page.evaluate("() => document.activeElement.type") == "range"
    rest(page)
    assert dict(row[:2] for row in table(page, "Values"))["w₁"] == "0.52"
    assert "w1=0.52" in page.url
    page.get_by_role("slider", name="w1", exact=True).press("ArrowRight")
    page.wait_for_function("() => location.search.includes('w1=0.53')")


def test_every_page_works(visit):
    page = visit.page
    base = visit.host.url
    for name, path, shown in (
        ("Practice", "/practice", "Check"),
        # What is shared is the page that one comes from.
        ("Share", "/share", "Hints, solutions and mistakes"),
        ("Training", "/training", "Play"),
    ):
        page.get_by_role("link", name=name, exact=True).first.click()
        page.get_by_role("button", name=shown, exact=True).first.wait_for(timeout=30_000)
        rest(page)
        assert page.url.partition("?")[0] == base + path
        assert page.locator("[data-testid=stException]").count() == 0
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("() => Number(document.querySelector('.lvt-scrub input').value) > 3")
    page.get_by_role("combobox").first.select_option(label="XOR")
    page.wait_for_function("() => location.search.includes('data=xor')", timeout=60_000)
    page.get_by_role("link", name="About", exact=True).first.click()
    page.get_by_text("Every formula on one sheet").wait_for()
    page.get_by_role("link", name="Graph", exact=True).first.click()
    page.locator(".lv-ready").wait_for()
    rest(page)
    assert page.url.partition("?")[0] == base + "/"
    links = page.evaluate("() => [...document.querySelectorAll('#root a')].map((a) => a.href)")
    assert all(link.startswith(base) for link in links)


def test_what_is_taken_away_arrives(visit):
    page = visit.page
    page.get_by_role("link", name="Share", exact=True).first.click()
    page.get_by_role("button", name="The derivation", exact=True).wait_for()
    rest(page)
    page.get_by_role("button", name="Code").click()
    with page.expect_download(timeout=60_000) as caught:
        page.get_by_role("button", name="Python", exact=True).click()
    assert caught.value.suggested_filename == "lrviz-graph-python.py"
    assert "0.53" in caught.value.path().read_text()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Graph", exact=True).first.click()
    page.locator(".lv-ready").wait_for()
    rest(page)


def test_nothing_went_wrong_and_nobody_else_was_asked(visit):
    assert (visit.errors, visit.outside) == ([], [])


def test_the_second_visit_needs_no_network_and_opens_a_page_by_its_path(visit):
    page, host = visit.page, visit.host
    page.evaluate(KEPT, "")
    host.away = True
    try:
        visit.early("/training?step=7")
        assert page.get_by_role("slider", name="step", exact=True).input_value() == "7"
        visit.python()
        rest(page)
        assert page.get_by_role("slider", name="step", exact=True).input_value() == "7"
    finally:
        host.away = False
    assert visit.errors == []


def test_a_new_version_replaces_the_old_one_whole(visit, offline, tmp_path):
    old = visit.host
    page = offline["index.html"].replace(b'<html lang="en">', b'<html lang="en" class="new">')
    files = {name: page if name.endswith(".html") else content for name, content in offline.items()}
    files["sw.js"] = files["sw.js"].replace(b'{"version": "', b'{"version": "new')
    folder = old.folder
    old.folder = write(files, tmp_path)
    try:
        visit.page.evaluate("async () => (await navigator.serviceWorker.ready).update()")
        visit.page.evaluate(KEPT, "new")
        old.away = True
        visit.early("/")
        assert "new" in visit.page.evaluate("() => [...document.documentElement.classList]")
    finally:
        old.away, old.folder = False, folder


def test_a_path_that_is_no_file_opens_the_app(host: StaticHost, browser):
    page = browser.new_page()
    page.goto(host.url + "/training/", wait_until="commit")
    page.wait_for_selector("#early .lvt.lv-ready", timeout=60_000)
    assert page.evaluate("() => lrvizSite.home") == "/lrviz/"
    assert page.locator(".early-missing").count() == 0
    page.close()


@pytest.mark.parametrize("path", ["/a/b", "/training/b/", "/nothing"])
def test_a_path_that_is_no_page_opens_the_graph_and_says_so(host: StaticHost, browser, path):
    page = browser.new_page()
    page.goto(host.url + path + "?w1=2", wait_until="commit")
    page.wait_for_selector("#early .lv:not(.lvt).lv-ready", timeout=60_000)
    assert page.url == host.url + "/?w1=2"
    said = page.get_by_role("alert")
    wanted = f"There is no page “{path.strip('/')}” here: this is the Graph page."
    assert said.inner_text() == wanted
    page.get_by_role("slider", name="w1", exact=True).press("ArrowRight")
    assert said.count() == 0
    page.close()


def test_so_it_does_where_the_worker_that_keeps_the_visit_answers(visit):
    visit.early("/a/b")
    assert visit.page.evaluate("() => lrvizSite.home") == "/lrviz/"
    assert "a/b" in visit.page.locator(".early-missing").inner_text()
