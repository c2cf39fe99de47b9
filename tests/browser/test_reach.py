"""Who reads with a small window, a keyboard, other colours or other spacing reads it all."""

from __future__ import annotations

import pytest

from lrviz.text.numbers import number
from lrviz.text.onward import onward
from lrviz.training.playback import Request, make
from tests.browser.conftest import frames, resize, settle
from tests.samples import LONG, some

LIVE = (
    "/",
    "/training",
    "/?view=operations&stage=15",
    "/?guide=chain",
    "/training?opt=adam&lr=0.1&step=4&guide=large",
    "/?hide=values",
)
OTHERS = ("/practice", "/share", "/about")
#: What makes the page wider than its window.
WIDER = """() => [document.querySelector("[data-testid=stMain]"), document.documentElement]
  .filter((main) => main.scrollWidth > main.clientWidth)
  .flatMap((main) => {
    const wide = main.scrollWidth;
    const without = (node) => {
      const { display } = node.style;
      node.style.setProperty("display", "none", "important");
      const now = main.scrollWidth;
      node.style.display = display;
      return now;
    };
    const all = [...main.querySelectorAll("*")].filter((node) =>
      node.getBoundingClientRect().right > main.clientWidth && without(node) < wide);
    return [`${wide - main.clientWidth} px`, ...all.map((node) => node.outerHTML.slice(0, 120))];
  })"""
#: Targets below 24 px that another one is too near to (WCAG 2.2, 2.5.8). A check box of Streamlit's
#: is its whole label.
SMALL = """() => {
  const all = [...document.querySelectorAll("button, a[href], input, select, summary")]
    .filter((node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true })
      && !node.disabled && !node.closest("[inert]") && node.tabIndex >= 0
      && getComputedStyle(node).display !== "inline" && node.type !== "checkbox")
    .map((node) => [node, node.getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && box.height > 1);
  return all.filter(([node, box]) => box.width < 24 || box.height < 24).filter(([node, box]) => {
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const far = (its) => Math.hypot(Math.max(its.left - x, 0, x - its.right),
      Math.max(its.top - y, 0, y - its.bottom));
    return all.some(([other, its]) => other !== node && !other.contains(node)
      && !node.contains(other) && far(its) < 12);
  }).map(([node]) => node.outerHTML.slice(0, 120));
}"""


@pytest.mark.parametrize("path", LIVE + OTHERS if LONG else LIVE[:2] + OTHERS[:1])
def test_nothing_is_wider_than_a_narrow_window_or_too_small_to_hit(visit, open_page, path):
    if path in LIVE:
        page = visit(path, width=390, height=844)
    else:
        page = open_page(path, stands="h1", width=390, height=844)
    assert page.evaluate(WIDER) == []
    assert page.evaluate(SMALL) == []
    # As wide as 1280 px are at 400 %.
    resize(page, 320, 640)
    assert page.evaluate(WIDER) == []


def test_an_explanation_is_in_view_wherever_its_term_stands_and_goes_by_escape(visit):
    # A link of its own: what a hand did there before takes the place of the words with most terms.
    page = visit("/?x1=1.25", width=320, height=640)
    terms = page.locator(".lv-gloss")
    lefts = set()
    for n in range(terms.count()):
        term = terms.nth(n)
        term.scroll_into_view_if_needed()
        term.locator(".lv-term").hover()
        box = term.get_by_role("tooltip").bounding_box()
        assert 0 <= box["x"] < box["x"] + box["width"] <= 320
        lefts.add(round(box["x"]))
        page.keyboard.press("Escape")
        assert term.get_by_role("tooltip").count() == 0
        page.mouse.move(2, 2)
    assert len(lefts) > 1
    term.locator(".lv-term").hover()
    assert term.get_by_role("tooltip").is_visible()


#: What has the focus, whether nothing lies over all of it, and whether it shows that it has it.
FOCUS = """() => {
  const node = document.activeElement;
  if (!node || node === document.body || node.tagName === "IFRAME") return null;
  const box = node.getBoundingClientRect();
  const owns = (other) => other && (other.contains(node) || node.contains(other)
    || [...(node.labels ?? [])].some((one) => one.contains(other) || other.contains(one)));
  const spots = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.1], [0.5, 0.9]];
  const seen = spots.some(([x, y]) =>
    owns(document.elementFromPoint(box.x + box.width * x, box.y + box.height * y)));
  const around = (one) => {
    const look = getComputedStyle(one);
    return (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0)
      || look.boxShadow !== "none";
  };
  // Streamlit's text fields change the colour of the frame around them.
  const field = node.closest("[data-testid=stTextInputRootElement], [data-testid=stNumberInput]");
  return { node: node.outerHTML.slice(0, 120), seen, shown: Boolean(field) || around(node),
    at: [box.x, box.y, box.width] };
}"""


@pytest.mark.parametrize(
    ("path", "width", "height"),
    [
        ("/training?guide=pull", 390, 844),
        *[(p, w, h) for p in LIVE for w, h in ((390, 844), (900, 1000), (1440, 900)) if LONG],
    ],
)
def test_what_has_the_focus_is_seen_and_not_covered(open_page, path, width, height):
    page = open_page(path, width=width, height=height)  # no sheet is open
    met = []
    for _ in range(90):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUS)
        if found is None or found["node"] in met:
            continue
        met.append(found["node"])
        assert found["seen"], found
        assert found["shown"], found
    assert len(met) > 20


#: The spacing of WCAG 2.2, 1.4.12.
SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
  word-spacing: 0.16em !important } p { margin-bottom: 2em !important }"""
#: Words that are cut off: by their own box, or by one around them.
CUT = """() => [...document.querySelectorAll("button, label, p, h1, h2, td, th, output, a, legend")]
  .filter((node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && node.textContent.trim()
    && !node.closest(".lv-unseen, .katex, [data-testid=stSkipToContent]")
    && getComputedStyle(node).clipPath === "none")
  .filter((node) => ["hidden", "clip"].includes(getComputedStyle(node).overflowX)
    && node.scrollWidth > node.clientWidth + 1)
  .map((node) => node.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("path", some(1, LIVE))
def test_with_wider_spacing_no_words_are_cut_off(visit, path):
    page = visit(path, width=1440)
    style = page.add_style_tag(content=SPACED)
    try:
        frames(page, 3)
        assert page.evaluate(CUT) == []
        assert page.evaluate(WIDER) == []
    finally:
        style.evaluate("(node) => node.remove()")


#: What a screen reader is given to say, from now on.
LISTEN = """() => {
  window.heard = [];
  const said = "[role=status], [role=alert], [aria-live=polite], [aria-live=assertive], output";
  window.listening?.disconnect();
  window.listening = new MutationObserver((all) => all.forEach(({ target }) => {
    const region = (target.nodeType === 1 ? target : target.parentElement)?.closest(said);
    if (region) heard.push(region.textContent);
  }));
  listening.observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


def heard_of_a_drag(page, name, still=0):
    """What is said when a slider has been dragged, where nothing may be said on the way."""
    page.evaluate(LISTEN)
    slider = page.get_by_role("slider", name=name, exact=True)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for n in range(20):
        page.mouse.move(x + n, y)
        frames(page, 1)
    frames(page, still)  # a hand may stand still before it lets go
    assert set(page.evaluate("heard")) <= {"", "Computing…"}
    page.mouse.up()
    return heard_once(page)


def heard_once(page):
    """The one thing that is said; that Python takes a moment is no news."""
    news = "heard.filter((text) => text !== '' && text !== 'Computing…')"
    page.wait_for_function(f"() => {news}.length > 0")
    settle(page)
    (heard,) = page.evaluate(news)
    return heard


@pytest.mark.parametrize(
    ("path", "still"), [("/", 0), ("/", 30), ("/?stage=5", 0), ("/?at=z&nudge=0.1", 30)]
)
def test_a_drag_is_heard_once_and_when_it_has_ended(open_page, path, still):
    page = open_page(path)  # where nobody has begun to walk, or where a walk stands
    heard = heard_of_a_drag(page, "w1", still)
    assert page.get_by_role("heading", level=1).inner_text() in heard
    assert "w₁" in heard
    if "stage" in path:
        assert page.locator(".lv-caption").text_content() in heard


def test_a_panel_and_a_stage_are_heard_when_they_open_and_a_nudge_when_it_rests(open_page):
    page = open_page("/")
    page.evaluate(LISTEN)
    node = page.get_by_role("button", name="Node z,")
    node.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => heard.length === 1")
    assert page.evaluate("heard[0]").startswith("Node z")
    assert "upstream gradient × local derivative" in page.evaluate("heard[0]")
    nudge = page.get_by_role("slider", name="nudge", exact=True)
    nudge.focus()
    page.keyboard.press("End")
    page.wait_for_function("() => heard.length === 2")
    assert "Too small" in page.evaluate("heard[1]")
    page.get_by_role("button", name="Restart").click()
    page.wait_for_function("() => heard.length === 3")
    assert page.evaluate("heard[2]").startswith("0 of ")


def test_what_a_threshold_comes_to_is_heard_when_the_hand_rests(open_page):
    heard = heard_of_a_drag(open_page("/training?step=5"), "threshold")
    assert "misjudged" in heard


def test_what_another_run_comes_to_is_heard_when_it_has_been_drawn(open_page):
    page = open_page("/training?data=penguins&steps=20")
    heard = heard_of_a_drag(page, "Learning rate", 30)
    losses = "() => document.querySelector('.lv').parentNode.lrvizTraining.playback.losses"
    first, *_, last = page.evaluate(f"[...({losses})()]")
    verb = "fell" if last < first else "rose"
    rate = page.evaluate("document.querySelector('.lv').parentNode.lrvizTraining.fields.lr")
    came = onward(make(Request(lr=rate, steps=20)))
    assert heard == f"20 steps: J {verb} from {number(first)} to {number(last)}. {came}"
    page.evaluate(LISTEN)
    page.get_by_role("combobox", name="Optimizer").select_option("newton")
    page.wait_for_function("() => heard.at(-1)?.includes('J fell from')")
    settle(page)
    assert len(page.evaluate("heard.filter((text) => text.includes('J fell from'))")) == 1


def test_every_page_has_a_title_of_its_own(open_page):
    page = open_page("/")
    titles = {page.title()}
    for name in ("Training", "Practice", "Share", "About"):
        page.get_by_role("link", name=name, exact=True).first.click()
        page.wait_for_function("(name) => document.title.startsWith(name)", arg=name)
        titles.add(page.title())
    assert len(titles) == 5
    assert all(title.endswith("lrviz") for title in titles)
