"""What stays at hand: the walk on a low window, the keyboard's way, a phone's tabs and sheets."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

import lrviz
from lrviz.core.graph import INPUTS, VIEWS
from lrviz.text.numbers import equation, number
from tests.browser.conftest import apart, boxes, labels, resize, settle, slide
from tests.browser.test_graph_page import faded
from tests.samples import OPENING, thin

PHONE = {"width": 390, "height": 844}
WALK = ("Back", "Step", "Play", "Restart")


def chain(page):
    """What can be seen of the line at the foot: the gradient, its factors, their names."""
    (line,) = boxes(page, ".lv-dock-rate")
    seen = boxes(page, ".lv-dock-rate > span")
    texts = page.locator(".lv-dock-rate > span").all_inner_texts()
    whole = [box[1] >= line[1] - 1 and box[3] <= line[3] + 1 and box[2] <= line[2] for box in seen]
    gone = [box[1] >= line[3] - 1 for box in seen]
    assert [not one for one in gone] == whole, "cut off"
    assert line[3] <= page.viewport_size["height"]
    return [text for text, shown in zip(texts, whole, strict=True) if shown]


def product(**moved):
    """The same by Python: ∂L/∂w₁ and its factors from w₁ on, where a factor is rounded."""
    p = lrviz.differentiate(**OPENING | moved)
    x1, by_z, by_a = p.locals["w1", "z"], p.locals["z", "a"], p.locals["a", "L"]
    assert x1 > 0 > by_a
    return [
        equation("∂L/∂w₁", p.adjoints["w1"]),
        f"≈ {number(x1)} × {number(by_z)} × ({number(by_a)})",
    ]


@pytest.mark.parametrize(
    ("view", "size"), thin(VIEWS, [(1280, 720), (1440, 900), (1920, 1080), (390, 844)])
)
def test_the_walk_is_in_view_with_the_picture(visit, view, size):
    width, height = size
    page = visit(f"/?view={view}", width=width, height=height)
    (picture,) = boxes(page, ".lv-figure")
    for name in WALK:
        box = page.get_by_role("button", name=name, exact=True).bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= height
    (dock,) = boxes(page, ".lv-dock")
    if width >= 1280:
        assert picture[3] <= dock[1] + 24  # the whole picture, but for the room below it
        assert page.locator(".lv").get_attribute("data-shape") != "tall"


@pytest.mark.parametrize(("wanted", "link"), [("b", "of=b"), ("w1", "guide=way")])
def test_on_a_low_window_the_wanted_slider_is_in_view_with_the_picture(visit, wanted, link):
    page = visit(f"/?view=operations&{link}", width=1366, height=768)
    (picture,) = boxes(page, ".lv-figure")
    (box,) = boxes(page, f".lv-dock input[type=range][aria-label={wanted}]")
    assert picture[3] <= box[1] < box[3] <= 768
    slide(page, wanted, 1.25)
    assert labels(page)[f"{{_value.{wanted}}}"].strip() == "1.25"
    # Where they are in view, it stands among the others.
    resize(page, 1440, 900)
    assert page.locator(".lv-dock input").count() == 0
    names = page.locator("input[type=range][aria-label]").evaluate_all(
        "all => all.map(n => n.ariaLabel)"
    )
    assert [name for name in names if name in INPUTS] == ["w1", "w2", "b", "x1", "x2"]


@pytest.mark.parametrize("width", [720, 800])
def test_every_page_is_one_click_away_on_a_window_of_any_width(visit, width):
    page = visit("/", width=width, height=900)
    for name in ("Training", "Practice", "Share", "About"):
        links = page.get_by_role("link", name=name, exact=True).all()
        seen = [link.bounding_box() for link in links if link.is_visible()]
        assert len([box for box in seen if box["y"] + box["height"] < 70]) == 1, name


def test_arrow_keys_walk_along_the_edges_and_the_focus_is_seen(visit):
    page = visit("/")
    page.locator(".lv-hit[data-name='x1']").focus()
    here = lambda: page.evaluate("document.activeElement.dataset.name")  # noqa: E731
    for key, there in (
        ("ArrowDown", "w1"),
        ("ArrowRight", "w1-z"),
        ("ArrowRight", "z"),
        ("ArrowRight", "z-a"),
        ("ArrowRight", "a"),
        ("ArrowUp", "y"),
        ("ArrowDown", "a"),
        ("ArrowLeft", "z-a"),
        ("ArrowLeft", "z"),
        ("ArrowLeft", "w1-z"),
        ("ArrowDown", "x2-z"),
    ):
        page.keyboard.press(key)
        assert here() == there
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
    # One tab stop: where the keys have led.
    assert page.locator(".lv-hit[tabindex='0']").get_attribute("data-name") == "x2-z"
    group = page.get_by_role("group", name="Nodes and edges of the graph")
    how = page.locator(f"#{group.get_attribute('aria-describedby')}").inner_text()
    assert "right follows an edge forward" in how


def test_the_caption_tells_a_result_when_its_tokens_have_arrived(visit):
    page = visit()
    page.get_by_role("button", name="Restart").click()
    settle(page)
    # What is seen of the caption before the tokens have gone half their way, and after.
    watched = """(name) => new Promise((done) => {
      const all = (found) => [...document.querySelectorAll(found)];
      const seen = () => all('.lv-caption span span:not(.lv-not-yet)')
        .map((one) => one.textContent).join('');
      all('.lv-player button').find((one) => one.textContent === name).click();
      const under = seen();
      const tokens = document.querySelectorAll('.lv-token').length;
      const wait = () => (document.querySelector('.lv-token') ? requestAnimationFrame(wait)
        : requestAnimationFrame(() => done({ under, tokens, after: seen() })));
      wait();
    })"""
    for name, stage in (("Step", "z"), ("Step", "a"), ("Back", "z")):
        found = page.evaluate(watched, name)
        assert found["tokens"] > 0
        assert found["under"].strip() == f"Forward: all that flows into {stage} is known."
        assert found["after"].startswith(found["under"])
        assert ("0.42" if stage == "z" else "0.6035") in found["after"]
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("button", name="Step", exact=True).click()
    assert "0.6035" in page.locator(".lv-caption").inner_text()


def test_a_long_value_is_rounded_with_a_sign_and_there_in_full_to_be_changed(visit):
    page = visit()
    page.get_by_role("button", name="Take one step").click()
    settle(page)
    fields = lambda: page.evaluate("document.querySelector('.lv').parentNode.lrviz.fields")  # noqa: E731
    before = fields()
    for name in ("w1", "w2", "b"):
        value = before[name]
        assert value != OPENING[name]
        field = page.get_by_role("textbox", name=f"{name} exact value")
        assert field.input_value() == f"≈ {number(value)}"
        assert field.evaluate("node => node.scrollWidth <= node.clientWidth")
        full = repr(value).replace("-", "−")
        assert field.get_attribute("title") == full
        field.focus()
        assert field.input_value() == full
        assert field.evaluate("node => node.scrollWidth <= node.clientWidth")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert field.input_value() == f"≈ {number(value)}"
    settle(page)
    assert fields() == before


def test_the_picture_stays_where_it_is_when_a_drag_is_spoken_of(visit):
    for view in ("vector", "operations"):
        for width in (1440, 1366, 1280):
            page = visit(f"/?view={view}", width=width, height=768)
            before = boxes(page, ".lv-figure")
            slide(page, "w1", 3.18)
            settle(page)
            assert boxes(page, ".lv-figure") == before, (view, width)
            assert page.locator(".lv-moved").is_visible()


def test_on_a_phone_the_pages_stand_in_a_bar_and_keep_their_state(open_page):
    page = open_page("/?w1=2&view=vector", **PHONE)
    bar = boxes(page, ".st-key-tabs a")
    assert len(bar) >= 4
    assert all(box[0] >= 0 and box[2] <= 390 and box[3] <= 48 for box in bar)
    assert all(apart(a, b) for i, a in enumerate(bar) for b in bar[i + 1 :])
    page.get_by_role("link", name="About").click()
    page.get_by_role("heading", level=1, name="About").wait_for()
    page.get_by_role("link", name="Graph", exact=True).click()
    page.wait_for_selector(".lv-ready")
    settle(page)
    assert "w1=2" in page.url
    assert "view=vector" in page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_on_a_phone_who_is_new_finds_the_guide_before_the_picture(open_page):
    page = open_page("/", **PHONE)
    offer = page.get_by_role("button", name="New here? Take the guide")
    for _ in range(2):
        ((_, _, _, bottom),) = boxes(page, ".lv-guide-offer")
        ((_, top, _, _),) = boxes(page, ".lv-figure")
        assert bottom <= top
        slide(page, "w1", 2.0)  # the words are others now, and come back
        settle(page)
        page.get_by_role("button", name="Reset", exact=True).click()
        settle(page)
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(offer).to_be_visible()
    assert offer.evaluate("(node) => Boolean(node.closest('.lv-tools'))")


def test_on_a_phone_picture_slider_and_gradient_share_one_view_while_the_thumb_drags(visit):
    page = visit("/", **PHONE)
    for value in (-3.0, 4.0):
        slide(page, "w1", value)
        settle(page)
        (dock,) = boxes(page, ".lv-dock")
        (picture,) = boxes(page, ".lv-figure")
        assert picture[1] >= 40
        assert picture[3] <= dock[1]
        assert dock[3] <= 844
        assert chain(page) == product(w1=value)
        assert page.locator(".lv-dock").get_by_role("button", name="Play").is_visible()


@pytest.mark.parametrize("size", [(1366, 768), (1024, 700)])
def test_on_a_low_window_the_product_is_in_view_with_the_picture(visit, size):
    width, height = size
    page = visit("/", width=width, height=height)
    for value in (-3.0, 4.0):
        slide(page, "w1", value)
        settle(page)
        assert chain(page) == [*product(w1=value), "= ∂z/∂w₁ ④ × ∂a/∂z ② × ∂L/∂a ①"]
    # What the walk has not come to is not said yet.
    page.get_by_role("button", name="Restart", exact=True).click()
    settle(page)
    assert page.locator(".lv-dock-rate").evaluate("(node) => getComputedStyle(node).opacity") == "0"


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_where_the_product_is_left_out_what_it_comes_to_stays(visit, size):
    page = visit("/?hide=product", width=size[0], height=size[1])
    assert chain(page) == product()[:1]


def test_on_a_phone_factors_that_have_no_room_on_the_line_are_not_cut_off(visit):
    extreme = {"x1": 4.999, "w1": -4.999, "x2": 4.997, "w2": -4.999, "b": -4.99}
    link = "&".join(f"{name}={value}" for name, value in extreme.items())
    page = visit(f"/?{link}", width=320, height=844)
    assert chain(page) == product(**extreme)[:1]


def test_on_a_phone_details_come_in_a_sheet_from_below(visit):
    page = visit("/", **PHONE)
    for name in ("z", "L"):
        page.locator(f".lv-hit[data-name='{name}']").click()
        faded(page)
        (sheet,) = boxes(page, ".lv-panel")
        assert sheet[3] == pytest.approx(844, abs=1)
        assert sheet[1] >= 844 * 0.5
        (hit,) = boxes(page, f".lv-hit[data-name='{name}']")
        assert hit[1] >= 44
        assert hit[3] <= sheet[1]
        page.keyboard.press("Escape")
        assert boxes(page, ".lv-panel") == []
    settle(page)
    page = visit("/?part=3&line=2", **PHONE)
    page.get_by_role("button", name="Read it beside the picture").click()
    faded(page)
    (sheet,) = boxes(page, ".lv-derivation-sheet")
    assert sheet[3] == pytest.approx(844, abs=1)
    assert sheet[1] >= 844 * 0.5
    page.get_by_role("button", name="Next line").click()
    settle(page)
    assert "line=3" in page.url
    page.get_by_role("button", name="Close the derivation").click()
    assert boxes(page, ".lv-derivation-sheet") == []


def test_a_panel_does_not_say_what_the_walk_has_not_computed(visit):
    page = visit("/?stage=1&at=a")
    seen = """() => [...document.querySelectorAll('.lv-panel p:not(.lv-not-yet)')]
      .map((one) => one.textContent).join(' ')"""
    assert "0.6035" not in page.evaluate(seen)
    page = visit("/?stage=2&at=a")
    assert "0.6035" in page.evaluate(seen)
    assert "−1.657" not in page.evaluate(seen)
    page = visit("/?at=a")
    assert "−1.657" in page.evaluate(seen)
