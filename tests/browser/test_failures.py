"""What does not load or cannot be drawn is said, and can be tried again."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import settle
from tests.samples import some

#: How a page tells that something is missing, and the page that needs it.
ASSETS = {
    r"/live/[^/]+/live\.js": ("/", "This part of the page did not load"),
    r"/live/[^/]+/numbers\.js": ("/training", "This part of the page did not load"),
    r"/live/[^/]+/live\.css": ("/", "a style sheet did not load from"),
    r"/live/[^/]+/training\.css": ("/training", "a style sheet did not load from"),
    r"/plotly/[^/]+/plotly\.min\.js": ("/training", "the drawing library did not load from"),
    r"/static/js/katex\.[^/]+\.js": ("/", "The formulas are shown as LaTeX"),
}
#: Plotly's next drawing of a kind fails: at once, or as a promise that is broken.
BREAK = """([name, thrown]) => {
  const from = name in Plotly ? Plotly : CanvasRenderingContext2D.prototype;
  const one = from[name];
  from[name] = () => {
    from[name] = one;
    const error = new Error("broken on purpose");
    if (thrown) throw error;
    return Promise.reject(error);
  };
}"""
SHOWN = """(sentence) => [...document.querySelectorAll(".lv-failure[role=alert]")].some((node) =>
  node.textContent.includes(sentence)
  && node.checkVisibility({ opacityProperty: true, visibilityProperty: true }))"""


def retry(page):
    page.locator(".lv-failure button:visible", has_text="Retry").first.click()


@pytest.mark.parametrize(
    "asset", some(2, list(ASSETS)), ids=lambda asset: asset.split("/")[-1].replace("\\", "")
)
def test_what_did_not_load_once_is_loaded_by_retry(page, address, asset):
    path, sentence = ASSETS[asset]
    asked = []

    def once(route):
        asked.append(route.request.url)
        route.abort() if len(asked) == 1 else route.continue_()

    page.route(re.compile(asset + r"(\?\d)?$"), once)
    page.goto(address + path, wait_until="commit")
    page.wait_for_function(SHOWN, arg=sentence)
    # What stands beside another asset is there at once, and not asked for again.
    typeset = "katex" not in asset
    assert page.locator(".lv-ready").count() == (0 if typeset else 1)
    # The next try is at the same place, or below the number of the try.
    page.unroute(re.compile(asset + r"(\?\d)?$"))
    retry(page)
    page.wait_for_selector(".lv-ready")
    settle(page)
    page.wait_for_function("() => !document.querySelector('.lv-failure:not([hidden])')")
    if path == "/":
        assert "z = 0.42" in page.locator(".lv-figure .lv-plot").get_attribute("aria-label")
        assert page.locator(".lv-derivation .katex").count() > 0
        assert page.locator(".lv-derivation code").count() == 0


def test_a_drawing_that_fails_is_said_and_the_next_one_is_right(open_page):
    page = open_page("/training?data=blobs")
    page.evaluate(BREAK, ["react", True])
    page.get_by_label("Data").first.select_option("xor")
    said = page.get_by_role("alert").filter(has_text="could not be drawn: broken on purpose")
    said.wait_for()
    settle(page)
    # Pictures of the data before stand there: not under the name of these.
    assert not page.locator(".lvt-data").is_visible()
    assert page.get_by_label("Data").first.is_visible()
    page.get_by_label("Data").first.select_option("separable")
    settle(page)
    assert said.count() == 0
    assert page.locator(".lvt-data").is_visible()
    assert page.get_by_label("Data").first.input_value() == "separable"


def test_a_drawing_that_fails_can_be_tried_again(open_page):
    page = open_page("/training?data=blobs")
    said = page.get_by_role("alert").filter(has_text="could not be drawn: broken on purpose")
    # A drawing of everything, of the surface alone, and at another size.
    for name, act in (
        ("react", lambda: page.get_by_label("Data").first.select_option("xor")),
        ("fill", lambda: page.locator(".lv-choice label", has_text="3D").click()),
        ("relayout", lambda: page.set_viewport_size({"width": 1500, "height": 900})),
    ):
        page.evaluate(BREAK, [name, name == "fill"])
        act()
        said.wait_for()
        settle(page)
        retry(page)
        said.wait_for(state="detached")
        settle(page)
        assert page.locator(".lvt-data").is_visible()
    assert page.get_by_label("Data").first.input_value() == "xor"


def test_so_it_is_on_the_graph_page(open_page):
    page = open_page("/")
    page.evaluate(BREAK, ["react", True])
    page.locator(".lv-choice label", has_text="Vector").first.click()
    page.get_by_role("alert").filter(has_text="broken on purpose").wait_for()
    settle(page)
    retry(page)
    page.get_by_role("alert").filter(has_text="broken on purpose").wait_for(state="detached")
    settle(page)
    assert "view=vector" in page.url
    assert page.locator(".lv-hit[data-name=x]").is_visible()


@pytest.mark.parametrize("path", some(1, ["/share", "/training"]))
def test_half_a_character_is_replaced_before_it_is_sent(page, address, path):
    page.goto(address + path, wait_until="commit")
    if path == "/share":
        field = page.get_by_role("textbox", name="The state to share")
        field.wait_for()
        page.wait_for_function("() => Object.keys(window.lrvizLoading?.loads ?? {}).length")
        page.evaluate("() => Promise.all(Object.values(lrvizLoading.loads)).then(() => null)")
        # The preview is a page with a connection of its own.
        page.frame_locator(".st-key-share-preview iframe").locator(".lv-ready").wait_for()
    else:
        page.wait_for_selector(".lv-ready")
        settle(page)
        page.get_by_role("button", name="Your data…").click()
        page.get_by_text("Paste", exact=False).first.click()
        field = page.get_by_role("textbox", name="Rows, with the columns")
        field.wait_for()
    settle(page)
    sockets = []
    page.on("websocket", lambda one: sockets.append(one.url))
    field.evaluate(
        """(node) => {
          node.focus();
          node.select();
          document.execCommand("insertText", false, "a,b,y\\ud83d\\n1,2,😀\\udc00");
        }"""
    )
    field.blur()
    settle(page)
    assert "\ufffd" in field.input_value()
    assert "😀" in field.input_value()
    assert sockets == []
