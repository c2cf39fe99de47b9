"""The Graph page as a person meets it."""

from __future__ import annotations

import random
import re

import pytest

from lrviz.core.graph import VIEWS, build, differentiate
from lrviz.figures.graph import build_figure
from lrviz.pages import tables
from lrviz.text import explanations
from lrviz.text.numbers import fill
from tests.browser.conftest import (
    apart,
    back,
    barriers,
    boxes,
    labels,
    pick,
    settle,
    slide,
    table,
)
from tests.samples import OPENING, sample, some, thin

WRONG = "x1=3&w1=-4&x2=2&w2=-4&b=0"  # z = -20
FAR = "x1=5&w1=5&x2=5&w2=5&b=5"  # z = 55


def shown_by_python(view="features", shape=None, of="w1", loss="log", **inputs):
    """Every label as Python writes it, in the picture for a window of 1440 px."""
    shape = shape or ("wide" if view == "operations" else "broad")
    p = differentiate(**(OPENING | inputs), view=view, loss=loss)
    trace = build_figure(view, of=of, shape=shape, loss=loss, read=p.read).data[0]
    return dict(zip(trace.meta["templates"], trace.text, strict=True))


def rows(html, name):
    """A table of the page as Python writes it, cell by cell."""
    part = html[html.index(f'aria-label="{name}"') :].split("<tbody>")[1].split("</tbody>")[0]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in part.split("</tr>") if row]
    return [[cell.replace("&#x27;", "'") for cell in row] for row in cells]


def test_the_page_opens_with_the_worked_example(open_page):
    page = open_page()
    assert labels(page) == shown_by_python()
    assert page.get_by_role("heading", level=1).inner_text() == (
        "The model says 60.3 %, and the answer is 1. "
        "Raise w₁: the loss falls, at first by 0.5948 for each unit."
    )


def test_the_product_says_equal_where_it_is_and_nowhere_else(visit):
    page = visit("/?w1=0&w2=0&b=0")
    signs = page.locator(".lv-product .lv-sign > :last-child")
    assert signs.all_inner_texts() == ["=", "×", "×", "="]  # −0.75 = 1.5 × 0.25 × −2 = −0.5 × 1.5
    slide(page, "w1", 0.5)
    assert signs.all_inner_texts() == ["≈", "×", "×", "≈"]


@pytest.mark.parametrize("view", some(1, ["operations", "features", "vector"]))
def test_every_number_moves_while_the_hand_is_still_on_the_slider(visit, view):
    page = visit(f"/?view={view}")
    plot = page.query_selector(".lv-plot")
    slider = page.get_by_role("slider", name="w1", exact=True)
    box = slider.bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.55, y)
    page.mouse.down()
    for step in range(1, 6):
        page.mouse.move(box["x"] + box["width"] * (0.55 + 0.05 * step), y)
        value = float(slider.input_value())
        assert labels(page) == shown_by_python(view, w1=value)
    page.mouse.up()
    settle(page)
    assert plot.evaluate("node => node === document.querySelector('.lv-plot')")
    p = differentiate(**(OPENING | {"w1": value}), view=view)
    assert table(page, "Values") == rows(tables.values(p), "Values")
    assert table(page, "Local derivatives") == rows(
        tables.local_derivatives(p), "Local derivatives"
    )
    assert f"w1={value:g}" in page.url


def test_the_link_opens_the_same_screen_elsewhere_and_back_goes_back(open_page, visit, address):
    page = visit()
    for name, value in (("w1", -1.25), ("x2", 3.5)):
        slide(page, name, value)
        settle(page)
    pick(page, "∂L/∂b")
    settle(page)
    page.get_by_role("button", name="Copy link").click()
    page.get_by_text("Copied.").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url == f"{address}/?x2=3.5&w1=-1.25&of=b"
    other = open_page(link.removeprefix(address))
    assert labels(other) == labels(page) == shown_by_python(of="b", w1=-1.25, x2=3.5)
    back(page)
    assert labels(page) == shown_by_python(w1=-1.25, x2=3.5)
    back(page)
    assert labels(page) == shown_by_python(w1=-1.25)
    back(page, -1)
    assert labels(page) == shown_by_python(w1=-1.25, x2=3.5)
    page.reload()
    page.wait_for_selector(".lv-ready")
    settle(page)
    assert labels(page) == shown_by_python(w1=-1.25, x2=3.5)


def test_the_number_field_takes_exact_values_and_refuses_with_a_sentence(visit):
    page = visit()
    field = page.get_by_role("textbox", name="w1 exact value")
    field.fill("1.23456")
    field.press("Enter")
    settle(page)  # Firefox answers before it has painted
    assert labels(page) == shown_by_python(w1=1.23456)
    for wrong in ("6", "abc", "", "1e400", "nan"):
        field.fill(wrong)
        field.press("Enter")
        assert (
            "takes a number from −5 to 5; it stays at 1.23456"
            in page.get_by_role("alert").inner_text()
        )
        assert labels(page) == shown_by_python(w1=1.23456)
    field.fill("−2,5")
    field.press("Enter")
    settle(page)
    assert labels(page) == shown_by_python(w1=-2.5)
    assert page.get_by_role("alert").count() == 0


def test_a_slider_moves_by_keyboard(visit):
    page = visit()
    page.get_by_role("slider", name="b", exact=True).focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert labels(page) == shown_by_python(b=0.2)


@pytest.mark.parametrize("at", some(2, ["z", "w1-z", "a-L"]))
def test_a_node_or_an_edge_is_explained_by_mouse_and_by_keyboard(visit, at):
    page = visit()
    button = page.locator(f".lv-hit[data-name='{at}']")
    button.click()
    panel = page.locator("section.lv-panel").first
    assert panel.is_visible()
    text = panel.inner_text()
    assert "upstream gradient × local derivative" in text
    settle(page)
    assert f"at={at}" in page.url
    page.get_by_role("button", name="Close").click()
    assert panel.is_hidden()
    button.focus()
    page.keyboard.press("Enter")
    assert panel.inner_text() == text
    page.keyboard.press("Escape")
    assert panel.is_hidden()
    page.keyboard.press("Enter")
    slide(page, "w1", 2.0)
    assert panel.inner_text() != text


@pytest.mark.parametrize(
    ("view", "at"), some(2, [("features", "x1"), ("features", "a-L"), ("operations", "t")])
)
def test_what_is_explained_stays_in_view_where_it_was(visit, view, at):
    page = visit(f"/?view={view}")
    button = page.locator(f".lv-hit[data-name='{at}']")
    there = button.bounding_box()
    button.click()
    settle(page)
    assert button.bounding_box() == there
    panel = page.locator("section.lv-panel").first.bounding_box()
    assert there["y"] + there["height"] < panel["y"]
    assert panel["y"] + panel["height"] <= 900


def faded(page):
    """Wait until nothing travels or fades any more: what arrives begins to fade in."""
    page.evaluate(
        """async () => {
          const frame = () => new Promise(requestAnimationFrame);
          for (let calm = 0; calm < 3; calm += 1) {
            const running = document.getAnimations().map((one) => one.finished);
            if (running.length) calm = 0;
            await Promise.allSettled(running);
            await frame();
          }
        }"""
    )


def test_forward_and_backward_one_node_at_a_time(visit):
    page = visit()
    seen = lambda: page.evaluate(  # noqa: E731
        "[...document.querySelectorAll('.lv-plot .textpoint text')]"
        ".filter(t => getComputedStyle(t).opacity > 0.5 && !t.dataset.kind.startsWith('legend'))"
        ".map(t => t.textContent.trim())"
    )
    page.get_by_role("button", name="Restart").click()
    faded(page)
    assert "0.42" not in seen()
    assert "1.5" in seen()
    page.get_by_role("button", name="Step", exact=True).click()
    faded(page)
    assert "0.42" in seen()
    assert "0.6035" not in seen()
    for _ in range(3):
        page.get_by_role("button", name="Step", exact=True).click()
    faded(page)
    assert "−1.657" in seen()
    assert "−0.3965" not in seen()
    page.get_by_role("button", name="Back", exact=True).click()
    faded(page)
    assert "−1.657" not in seen()
    settle(page)
    assert "stage=3" in page.url
    for _ in range(2):
        page.get_by_role("button", name="Step", exact=True).click()
    page.get_by_role("button", name="Play").click()
    assert page.get_by_role("button", name="Pause").is_visible()
    page.get_by_role("button", name="Play").wait_for()
    settle(page)
    assert "stage" not in page.url
    assert "−0.5948" in seen()


def test_reset_leads_to_what_the_page_opens_with(open_page):
    page = open_page()
    caption = page.locator(".lv-caption")
    opening = caption.inner_text()
    step = page.get_by_role("button", name="Step", exact=True)
    for _ in range(2):
        step.click()
    assert caption.inner_text() != opening
    page.get_by_role("button", name="Reset", exact=True).click()
    settle(page)
    assert caption.inner_text() == opening
    assert step.is_enabled()


def test_presets_and_the_saturation_panel(open_page):
    page = open_page()
    page.get_by_text("Try", exact=True).click()
    page.get_by_role("button", name="confident and wrong").click()
    settle(page)
    panel = page.get_by_role("region", name="Saturation")
    assert "the two cancel" in panel.inner_text()
    assert table(page, "Naive and exact")[1][1:] == ["−4.852×10⁸", "−4.852×10⁸"]
    page.get_by_role("button", name="past float64, y = 0").click()
    settle(page)
    assert "∞ × 0 has no value" in panel.inner_text()
    assert table(page, "Naive and exact")[3][1:] == ["no number", "1"]
    page.get_by_role("button", name="past float64, y = 1").click()
    settle(page)
    assert table(page, "Naive and exact")[3][1:] == ["0", "−4.248×10⁻¹⁸"]
    page.get_by_role("button", name="worked example").click()
    settle(page)
    assert panel.count() == 0
    assert labels(page) == shown_by_python()


@pytest.mark.parametrize(
    "query",
    some(
        5,
        [
            "w1=nan&w2=1",
            "w1=inf&w2=1",
            "w1=1e400&w2=1",
            "w1=text&w2=1",
            "w1=&w2=1",
            "w1=2&w1=3&w2=1",
            "w1=9&w2=1",
            "y=2&w2=1",
            "foo=1&w2=1",
            "at=q&w2=1",
            "stage=50&w2=1",
            # The server itself answers 400 to a request line above 64 kB, where it comes in pieces.
            f"w1={'1' * 50_000}&w2=1",
            "w1=%00&w2=1",
            "hide=all&w2=1",
        ],
    ),
)
def test_a_bad_link_keeps_its_good_fields_and_says_so(open_page, visit, query):
    # What is long is asked of the server by its whole address.
    page = (open_page if len(query) > 1000 else visit)(f"/?{query}")
    assert labels(page) == shown_by_python(w2=1)
    notice = page.get_by_test_id("stAlert")
    assert notice.count() == 1
    assert query.split("=")[0] in notice.inner_text()
    body = page.locator("body").inner_text()
    assert "Traceback" not in body
    assert not re.search(r"\b(nan|inf|undefined|null)\b", body, re.IGNORECASE)


SHOWN = ("", WRONG, FAR, "nudge=1", "loss=squared&of=b", f"loss=squared&of=w2&{WRONG}")


# Widths follow each other on one page, which is made wider and narrower.
@pytest.mark.parametrize(
    ("width", "view", "query"), thin([1920, 1440, 1280, 1024, 390], VIEWS, SHOWN, by=11)
)
def test_no_label_overlaps_or_is_clipped(visit, width, view, query):
    height = {1280: 720, 390: 844}.get(width, 900)
    page = visit(f"/?view={view}&{query}".rstrip("&"), width=width, height=height)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    written = page.evaluate(
        """() => [...document.querySelectorAll(
          '.lv-plot .textpoint text, .lv-mark-tick, .lv-mark-name')]
          // Before the first touch gradients are there for the eye to come, and not seen.
          .filter((node) => node.textContent && Number(getComputedStyle(node).opacity) > 0)
          .map((node) => {
          const {left, top, right, bottom} = node.getBoundingClientRect();
          const kind = node.dataset.kind ?? 'tick';
          return {text: node.textContent, kind, box: [left, top, right, bottom]};
        })"""
    )
    (host,) = boxes(page, ".lv-figure")
    cards = boxes(page, ".lv-hit:not(.lv-hit-edge)")
    assert len(written) > 20
    for i, one in enumerate(written):
        left, top, right, bottom = one["box"]
        clipped = left < host[0] or right > host[2] or top < host[1] - 1 or bottom > host[3] + 1
        assert not clipped, one
        inside = [c for c in cards if not apart(one["box"], c)]
        if one["kind"] in ("symbol", "value", "adjoint", "term"):
            assert len(inside) == 1, one
            assert inside[0][0] <= left <= right <= inside[0][2], one
        elif one["kind"] == "tick":
            assert len(inside) < 2, one
        else:
            assert not inside, one
        for other in written[i + 1 :]:
            assert apart(one["box"], other["box"]), (one, other)


def test_the_browser_writes_what_python_writes(visit):
    """Random states and the awkward ones, string for string, all three views."""
    rng = random.Random(20170812)
    grid = [round(-5 + 0.01 * i, 2) for i in range(1001)]
    states = [
        {k: rng.choice(grid) for k in ("x1", "x2", "w1", "w2", "b")} | {"y": rng.randint(0, 1)}
        for _ in range(sample(60, 1000))
    ]
    zero = dict.fromkeys(("x1", "x2", "w1", "w2", "b"), 0.0)
    # Products of grid values have up to four decimals: here their fourth digit ties.
    ties = [
        zero | {"x1": x, "w1": w, "y": i % 2}
        for i, x in enumerate(grid)
        for w in (0.05, 0.25, 1.25, 3.75, -2.05)
        if abs(round(x * w * 1e4)) > 10_000 and abs(round(x * w * 1e4)) % 10 == 5
    ]
    assert len(ties) > 100
    states += rng.sample(ties, sample(100, len(ties)))
    for z, y in ((0.0, 0), (5.0, 0), (-5.0, 0), (5.0, 1), (-5.0, 1)):
        states.append(zero | {"x1": z, "w1": 5.0, "y": y})
        states.append({"x1": z, "w1": 5.0, "x2": z, "w2": 5.0, "b": z, "y": y})
    states.append(zero | {"x1": -1.0, "y": 1})  # products are negative zeros
    page = visit()
    for view in VIEWS:
        for loss in ("log", "squared"):
            figure = build_figure(view, loss=loss)
            templates = list(figure.data[0].meta["templates"])
            found = page.evaluate(
                """async ([graph, templates, states]) => {
                  const sheet = document.querySelector('link[href*="/live/"]').href;
                  const {evaluate, reader} = await import(new URL('pass.js', sheet));
                  const {fill} = await import(new URL('numbers.js', sheet));
                  return states.map((state) => {
                    const read = reader(evaluate(graph, state));
                    return templates.map((t) => fill(t, read));
                  });
                }""",
                [explain_spec(view, loss), templates, states],
            )
            for state, got in zip(states, found, strict=True):
                p = differentiate(**state, view=view, loss=loss)
                assert got == [fill(t, p.read) for t in templates], state


def explain_spec(view, loss):
    return explanations.spec(build(view, loss))


@pytest.mark.parametrize(
    ("scheme", "path"),
    thin(["light", "dark"], ["/?at=z", f"/?{WRONG}&view=operations", "/about"], by=3),
)
def test_axe_finds_nothing(open_page, visit, scheme, path):
    about = path == "/about"
    page = open_page(path, scheme=scheme, stands="h1") if about else visit(path, scheme=scheme)
    assert barriers(page) == []


def test_the_picture_says_what_it_shows(visit):
    page = visit()
    name = page.get_by_role("img").first.get_attribute("aria-label")
    assert "z = 0.42" in name
    assert "∂L/∂w₁ = −0.5948" in name
    button = page.locator(".lv-hit[data-name='z']")
    assert button.get_attribute("aria-label") == "node z, value 0.42, gradient −0.3965"


def test_a_visit_to_another_page_loses_nothing(open_page):
    page = open_page("/?w1=2&view=vector")
    page.get_by_role("link", name="About").click()
    page.get_by_role("heading", level=1, name="About").wait_for()
    page.get_by_role("link", name="Graph").click()
    page.wait_for_selector(".lv-ready")
    settle(page)
    assert labels(page) == shown_by_python("vector", w1=2)
    assert "w1=2" in page.url
