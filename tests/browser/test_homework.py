"""A link that leaves something out, as a student meets it: on screen, heard and on paper."""

from __future__ import annotations

import random
from urllib.parse import quote

import pytest

from lrviz import settings
from lrviz.core.graph import LOSSES, VIEWS
from tests.browser.conftest import barriers, boxes, settle, slide, table
from tests.samples import LONG, OPENING, sample, some, thin
from tests.withheld import ALL, hidden_formulas, hidden_numbers, leaks, subsets, telling_state

#: Every text of the page and every attribute, but for those that only place or draw.
_DOM = """() => {
  const places = new Set(["d", "x", "y", "x1", "x2", "y1", "y2", "width", "height", "transform",
    "viewBox", "style"]);
  const found = [];
  const walk = (root) => {
    for (const node of root.querySelectorAll("*")) {
      if (["SCRIPT", "STYLE"].includes(node.tagName)) continue;
      for (const { name, value } of node.attributes) if (!places.has(name)) found.push(value);
      if (node.value) found.push(String(node.value));
      if (node.shadowRoot) walk(node.shadowRoot);
      const own = [...node.childNodes].filter((one) => one.nodeType === 3).map((one) => one.data);
      if (own.length) found.push(own.join(""));
    }
    // What stands in several elements side by side is one text to a reader.
    const whole = "p, td, th, h1, h2, h3, label, annotation, .katex, .lv-factor";
    for (const node of root.querySelectorAll(whole)) found.push(node.textContent);
  };
  walk(document.body);
  return found.filter((text) => text.trim());
}"""
#: Give all inputs at once; the live component listens to its sliders and choices.
_MOVE = """({ y, ...rest }) => {
  for (const [name, value] of Object.entries(rest)) {
    const slider = document.querySelector(`input[type=range][aria-label="${name}"]`);
    slider.value = value;
    const tell = (kind) => slider.dispatchEvent(new Event(kind, { bubbles: true }));
    ["input", "change"].forEach(tell);
  }
  document.querySelectorAll("[aria-label=y] label")[y].click();
}"""
_PAPER = """(paper) => { dispatchEvent(new Event(paper ? "beforeprint" : "afterprint")); }"""


def heard(page):
    """Every name, value and description of the accessibility tree."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [
        str(node[kind]["value"])
        for node in nodes
        for kind in ("name", "value", "description")
        if kind in node and node[kind].get("value")
    ]


def printed(page):
    """Every text and attribute as the page is drawn for a sheet."""
    page.emulate_media(media="print")
    page.evaluate(_PAPER, True)
    settle(page)
    found = page.evaluate(_DOM)
    page.evaluate(_PAPER, False)
    page.emulate_media(media="screen")
    settle(page)
    return found


def query(hide, state, **more):
    fields = settings.defaults(settings.GRAPH) | {**state, **more, "hide": hide}
    made = settings.encode(settings.GRAPH, fields)
    return "/?" + "&".join(f"{name}={quote(value, safe=',-')}" for name, value in made.items())


def test_what_was_told_of_a_part_is_forgotten_by_a_link_that_leaves_it_out(visit):
    rate, session = "∂L/∂a=(1−y)/(1−a)−y/a", visit("/")
    session.locator(".lv-hit[data-name='a-L']").click()
    settle(session)
    assert leaks(heard(session), set(), {rate})
    page = visit("/?hide=formulas")
    assert page == session
    assert leaks(heard(page), set(), {rate}) == []


@pytest.mark.parametrize("share", some(2, range(4)))
def test_what_is_left_out_is_nowhere(visit, share):
    dice = random.Random(share)
    every = [ALL, *subsets(40)][share::4]
    for hide in every if LONG else [dice.choice(every) if share else ALL]:
        loss, view = dice.choice(LOSSES), dice.choice(VIEWS)
        state = telling_state(dice, hide, loss, view)
        at = dice.choice(("z", "a", "L", "b"))
        part = dice.choice(("3", "result", "2", "strategy"))
        more = {"part": part, "line": 1 if at == "z" else 0}
        page = visit(query(hide, state, loss=loss, view=view, at=at, **more))
        hidden = hidden_numbers(hide, state, loss, view), hidden_formulas(hide, loss)
        for found in (page.evaluate(_DOM), heard(page), printed(page)):
            assert len(found) > 60
            assert leaks(found, *hidden) == [], (hide, state, loss, view)
        # Plotly notes there what it has drawn, which later is of a state before.
        page.evaluate(
            "() => document.querySelectorAll('[data-unformatted]')"
            ".forEach((node) => node.removeAttribute('data-unformatted'))"
        )
        for n in range(1, sample(3, 40)):
            state = telling_state(dice, hide, loss, view)
            page.evaluate(_MOVE, state)
            # What is still said of the state before may be written like what is hidden in this one.
            settle(page)
            assert state["b"] == OPENING["b"] or f"b={state['b']:g}" in page.url
            found = [*page.evaluate(_DOM), *(heard(page) if n % 10 == 2 else ())]
            hidden = hidden_numbers(hide, state, loss, view), hidden_formulas(hide, loss)
            assert leaks(found, *hidden) == [], (hide, state, loss, view)


def test_the_search_finds_what_is_not_left_out(visit):
    state = OPENING
    page = visit(query((), state, part="result", line=2, at="z-a"))
    for found in (page.evaluate(_DOM), heard(page), printed(page)):
        for name in ("forward", "number1", "number2", "number3", "gradients"):
            assert leaks(found, hidden_numbers((name,), state, "log", "features"), set()), name


def test_nothing_is_told_while_a_hand_moves_or_the_page_is_walked_through(visit):
    dice = random.Random(5)
    hide = ("number2", "number3", "gradients", "formula3")
    page = visit("/?hide=" + ",".join(hide))
    state = telling_state(dice, hide, "log", "features")
    for name, value in state.items():
        if name != "y":
            slide(page, name, value)
    page.locator(f"[aria-label=y] label:has-text('{state['y']:.0f}')").click()
    settle(page)
    hidden = hidden_numbers(hide, state, "log", "features"), hidden_formulas(hide, "log")
    assert leaks(page.evaluate(_DOM), *hidden) == []
    for _ in range(6):
        page.get_by_role("button", name="Step", exact=True).click()
        settle(page)
        assert leaks([*page.evaluate(_DOM), *heard(page)], *hidden) == []
    page.get_by_role("button", name="More digits").click()
    assert leaks(page.evaluate(_DOM), *hidden) == []


def fill(page, name, typed):
    field = page.get_by_role("textbox", name=f"{name}, to fill in", exact=True).first
    field.fill(typed)
    field.press("Enter")
    settle(page)
    return field


def test_a_student_fills_in_what_is_missing_on_the_picture(open_page):
    # What is typed stays typed: no other test is to find it.
    page = open_page("/?hide=number1,number3,gradients")
    section = page.get_by_role("region", name="Fill in what is left out")
    assert "0 of 5 right" in section.inner_text()
    field = fill(page, "∂L/∂z", "0.3965")
    assert field.get_attribute("aria-invalid") == "true"
    said = section.get_by_role("status").inner_text()
    assert "the sign flipped" in said
    assert "−0.3965" not in section.inner_text()
    # It leads to the line that settles it.
    section.get_by_role("button", name="The line that settles it").first.click()
    settle(page)
    assert "part=3&line=9" in page.url
    field = fill(page, "∂L/∂z", "-0.3965")
    assert field.get_attribute("aria-invalid") == "false"
    assert section.get_by_role("status").inner_text() == "Right: ∂L/∂z ≈ −0.3965."
    assert "1 of 5 right" in section.inner_text()
    # An expression may use what is shown; the same number elsewhere follows.
    fill(page, "∂L/∂w₁", "(a-y)*x1")
    assert "2 of 5 right" in section.inner_text()
    fields = page.get_by_role("textbox", name="∂L/∂w₁, to fill in", exact=True)
    assert {one.input_value() for one in fields.all()} == {"(a-y)*x1"}
    # ① and what comes back to a are one number: filled in once, it stands in both places.
    fill(page, "∂L/∂a", "-1/a")
    assert "3 of 5 right" in section.inner_text()
    fields = page.get_by_role("textbox", name="∂L/∂a, to fill in", exact=True)
    assert fields.count() >= 2
    assert {one.input_value() for one in fields.all()} == {"-1/a"}
    # With other inputs it is to be found anew.
    slide(page, "b", 1.0)
    settle(page)
    assert "0 of 5 right" in section.inner_text()
    assert "data-judged" not in page.url


def test_on_a_phone_what_is_said_of_an_answer_is_in_view(open_page):
    page = open_page("/?hide=gradients,formula3", width=390, height=844)
    for name in ("∂L/∂w₂", "∂L/∂b"):
        fill(page, name, "-1.87")
        said = page.locator(".lv-fill-said").bounding_box()
        dock = page.locator(".lv-dock").bounding_box()
        assert said["height"] > 0
        assert said["y"] + said["height"] <= dock["y"]


def test_no_answer_moves_the_picture(open_page):
    page = open_page("/?hide=derivation,gradients,number3", width=1366, height=768)
    top = page.locator(".lv-figure").bounding_box()["y"]
    for n, name in enumerate(("∂L/∂w₁", "∂L/∂b", "∂L/∂w₂")):
        fill(page, name, ["1", "-0.3965", "0.25"][n])
        assert page.locator(".lv-figure").bounding_box()["y"] == top
        said = page.locator(".lv-fill-said").bounding_box()
        assert said["height"] > 0
        assert said["y"] + said["height"] <= page.locator(".lv-dock").bounding_box()["y"]


def test_what_was_filled_in_is_there_after_a_reload(open_page):
    page = open_page("/?hide=gradients,formula3")
    section = page.get_by_role("region", name="Fill in what is left out")
    fill(page, "∂L/∂z", "-0.3965")
    fill(page, "∂L/∂b", "17")
    fill(page, "∂L/∂z, the formula", "a-y")
    assert "2 of" in section.inner_text()
    page.reload()
    page.wait_for_selector(".lv-ready")
    settle(page)
    assert "2 of" in section.inner_text()
    right = page.get_by_role("textbox", name="∂L/∂z, to fill in", exact=True).first
    wrong = page.get_by_role("textbox", name="∂L/∂b, to fill in", exact=True).first
    assert (right.input_value(), right.get_attribute("aria-invalid")) == ("-0.3965", "false")
    assert (wrong.input_value(), wrong.get_attribute("aria-invalid")) == ("17", "true")
    # Of other inputs nothing is known yet.
    slide(page, "b", 1.0)
    settle(page)
    page.reload()
    page.wait_for_selector(".lv-ready")
    settle(page)
    assert right.input_value() == ""
    assert "0 of" in section.inner_text()


def test_formulas_are_filled_in_too(open_page):
    page = open_page("/?hide=formulas")
    section = page.get_by_role("region", name="Fill in what is left out")
    # Five formulas, and the number that the last of them is.
    assert "0 of 6 right" in section.inner_text()
    fill(page, "∂a/∂z, the formula", "a*a")
    assert section.get_by_role("status").inner_text().startswith("Not yet.")
    fill(page, "∂a/∂z, the formula", "a(1-a)")
    assert "1 of 6 right" in section.inner_text()


@pytest.mark.parametrize(("width", "view"), thin([1440, 390], VIEWS, by=2))
def test_blanks_keep_apart_and_in_the_picture(visit, view, width):
    page = visit(f"/?hide=values&view={view}", width=width)
    ((left, top, right, bottom),) = boxes(page, ".lv-figure")
    found = boxes(page, ".lv-blanks .lv-blank")
    assert len(found) >= 9
    for n, one in enumerate(found):
        assert left <= one[0] < one[2] <= right, one
        assert top <= one[1] < one[3] <= bottom, one
        for other in found[n + 1 :]:
            across = min(one[2], other[2]) - max(one[0], other[0])
            down = min(one[3], other[3]) - max(one[1], other[1])
            assert min(across, down) <= 2, (one, other)


@pytest.mark.parametrize("scheme", some(1, ["dark", "light"]))
def test_axe_finds_nothing_where_something_is_left_out(visit, scheme):
    page = visit("/?hide=values,formulas", scheme=scheme)
    assert barriers(page) == []


_SHEET = """() => matchMedia("print").addEventListener("change", () => {
  const root = document.querySelector(".lv").getBoundingClientRect();
  const seen = (where) => [...document.querySelectorAll(where)]
    .filter((node) => node.checkVisibility()).map((node) => node.getBoundingClientRect())
    .map(({ left, right }) => [left - root.left, right - root.left]);
  const [blanks, room] = [".lv-blanks .lv-blank", ".lv-room div"].map(seen);
  window.sheet = { width: root.width, blanks, room };
}, { once: true })"""


@pytest.mark.parametrize("width", [1440, 390])
def test_on_paper_there_is_room_to_write(visit, width):
    page = visit("/?hide=values", width=width)
    assert page.locator(".lv-room").is_hidden()
    on_screen = boxes(page, ".lv-blanks .lv-blank")
    page.evaluate(_SHEET)
    page.pdf(format="A4", margin=dict.fromkeys(("top", "right", "bottom", "left"), "12mm"))
    sheet = page.evaluate("sheet")
    assert len(sheet["room"]) >= 5
    assert len(sheet["blanks"]) >= 12
    for left, right in sheet["blanks"]:
        assert -1 <= left < right <= sheet["width"] + 1
    # Across the sheet, however narrow the screen is.
    assert max(right for _, right in sheet["blanks"]) > 0.75 * sheet["width"]
    settle(page)
    assert boxes(page, ".lv-blanks .lv-blank") == on_screen


def test_without_anything_left_out_there_is_no_room(visit):
    page = visit("/")
    page.emulate_media(media="print")
    assert page.locator(".lv-room").is_hidden()
    page.emulate_media(media="screen")


def test_tables_say_what_is_left_out(visit):
    page = visit("/?hide=number2,gradients,formula2")
    values = {row[0]: row[1:] for row in table(page, "Values")}
    assert values["w₁"] == ["0.5", "left out"]
    assert values["z"] == ["0.42", "left out"]
    rates = {row[0]: row[1:] for row in table(page, "Local derivatives")}
    assert rates["z → a"] == ["∂a/∂z = left out", "left out"]
    assert page.get_by_role("table", name="Gradient check").count() == 0
