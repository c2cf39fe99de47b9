"""A nudge, steps on one example, the sentence that moves, and the path in one line."""

from __future__ import annotations

import math
import re

import pytest
from mpmath import mp

from lrviz import settings
from lrviz.core.graph import differentiate
from lrviz.text import sentence
from lrviz.text.act import SIZES
from lrviz.text.numbers import number
from tests.browser.conftest import apart, back, boxes, pick, settle, slide
from tests.samples import OPENING, some, thin

INPUTS = ("w1", "w2", "b")


def cells(page):
    """The table of the nudge, its rows of texts."""
    rows = page.locator("section.lv-nudge tbody tr").all()
    return [row.locator("th, td").all_inner_texts() for row in rows]


def changes(of, size, **inputs):
    here = differentiate(**(OPENING | inputs))
    there = differentiate(**(OPENING | inputs | {of: (OPENING | inputs)[of] + size}))
    return here, [float(there.values[n]) - float(here.values[n]) for n in (of, "z", "a", "L")]


@pytest.mark.parametrize(("size", "of"), thin([1.0, 0.01], INPUTS, by=2))
def test_a_nudge_travels_along_the_path(visit, of, size):
    page = visit(f"/?of={of}&nudge={size:g}")
    here, (moved, z, a, loss) = changes(of, size)
    found = cells(page)
    shown = [row[1] for row in found]
    assert shown == [number(v) for v in (moved, z, a, loss, loss / moved)]
    local = here.locals
    guesses = [local[of, "z"] * moved, local["z", "a"] * z, local["a", "L"] * a]
    assert [row[2].split(" ")[-1] for row in found[1:4]] == [number(v) for v in guesses]
    assert found[4][2].split(" ")[-1] == number(here.adjoints[of])
    assert page.locator(".lv-mark-name").text_content().endswith(f"≈ {number(loss / moved)}")


@pytest.mark.parametrize("y", [0, 1])
def test_what_a_moves_by_is_known_where_a_is_as_good_as_1(visit, y):
    inputs = {"x1": 5.0, "x2": 5.0, "w1": 4.5, "w2": 4.5, "b": 5.0, "y": y}
    link = "&".join(f"{name}={value:g}" for name, value in inputs.items())
    found = cells(visit(f"/?{link}&of=w2&nudge=0.1"))
    here, (_, z, a, loss) = changes("w2", 0.1, **inputs)
    assert a == 0  # float64 has lost it
    with mp.workdps(60):
        before = mp.mpf(float(here.values["z"]))
        by = [1 / (1 + mp.exp(-at)) for at in (before, before + mp.mpf(z))]
        lost = [-mp.log(one if y else 1 - one) for one in by]
        exact = {"a": by[1] - by[0], "L": lost[1] - lost[0]}
    assert exact["a"] > 0
    assert [row[1] for row in found[2:4]] == [number(float(exact[name])) for name in "aL"]
    guess = float(here.locals["a", "L"]) * float(exact["a"])
    assert found[3][2] == f"∂L/∂a × Δa ≈ {number(guess)}"
    assert loss == pytest.approx(float(exact["L"]), rel=1e-9)


@pytest.mark.parametrize(
    ("link", "lost"),
    [
        ("loss=squared&w1=5&x1=5&x2=5&w2=5&y=0", True),
        ("loss=squared&w1=5&x1=5&x2=5&w2=5&y=1", False),  # of a loss near 0 all digits are known
        ("w1=5&x1=5&x2=5&w2=5&y=0", False),
        ("loss=squared&w1=5&x1=0&x2=5&w2=5&y=0", False),  # nothing changes, and that is exact
    ],
)
def test_where_the_losses_differ_by_their_rounding_it_is_said(visit, link, lost):
    page = visit(f"/?{link}&nudge=1")
    inputs = {
        name: float(value)
        for name, _, value in (f.partition("=") for f in link.split("&"))
        if name != "loss"
    }
    loss = "squared" if "squared" in link else "log"
    here = differentiate(**OPENING | inputs, loss=loss)
    there = differentiate(**OPENING | inputs | {"w1": 6.0}, loss=loss)
    moved = abs(float(there.values["L"]) - float(here.values["L"]))
    assert (here.adjoints["w1"] != 0 and moved < 1e-15 * float(here.values["L"])) == lost
    assert ("beside ΔL is rounding" in page.locator(".lv-verdict").inner_text()) == lost


def test_the_secant_turns_into_the_tangent(visit):
    page = visit("/?nudge=1")
    slider = page.get_by_role("slider", name="nudge", exact=True)

    def angle(kind):
        d = page.locator(f".lv-mark-{kind}[data-plot=of]").get_attribute("d")
        x0, y0, x1, y1 = map(float, re.findall(r"-?[\d.]+", d))
        return math.atan2(y0 - y1, x1 - x0)

    apart_by = []
    slider.focus()
    for _ in range(7):
        apart_by.append(abs(angle("secant") - angle("tangent")))
        page.keyboard.press("ArrowRight")
    assert apart_by == sorted(apart_by, reverse=True)
    assert apart_by[0] > 0.02
    assert apart_by[-1] < 0.001
    settle(page)
    assert f"nudge={SIZES[7]:g}" in page.url
    # To the end: float64 has lost the difference, and the page says so.
    page.keyboard.press("End")
    note = page.locator("section.lv-nudge .lv-verdict")
    assert "Too small" in note.inner_text()
    settle(page)
    page.keyboard.press("Home")
    assert page.locator(".lv-mark-secant[data-plot=of]").get_attribute("d") == ""
    settle(page)
    assert "nudge" not in page.url


def choose_rate(page, rate):
    rates = page.get_by_role("radiogroup", name="Learning rate η")
    rates.get_by_text(str(rate), exact=True).click()


def test_steps_go_downhill_and_back(visit):
    page = visit()
    take = page.get_by_role("button", name="Take one step")
    undo = page.get_by_role("button", name="Undo", exact=True)
    state = dict(OPENING)
    before = [dict(state)]
    for _ in range(3):
        take.click()
        p = differentiate(**state)
        state |= {name: state[name] - p.adjoints[name] for name in INPUTS}
        before.append(dict(state))
    settle(page)
    fields = page.evaluate("document.querySelector('.lv').parentNode.lrviz.fields")
    for name in INPUTS:
        assert fields[name] == pytest.approx(state[name], rel=1e-14)
    losses = [differentiate(**one).values["L"] for one in (before[0], state)]
    said = page.locator(".lv-onestep [role=status]").inner_text()
    assert said == f"3 steps: the loss went from {number(losses[0])} to {number(losses[1])}."
    assert f"w1={fields['w1']!r}" in page.url
    for _ in range(3):
        undo.click()
    settle(page)
    assert undo.is_disabled()
    fields = page.evaluate("document.querySelector('.lv').parentNode.lrviz.fields")
    assert {name: fields[name] for name in INPUTS} == {name: OPENING[name] for name in INPUTS}


def test_of_another_loss_no_step_was_taken(visit):
    page = visit("/?w1=1")
    said = page.locator(".lv-onestep [role=status]")
    for leave in (
        lambda: page.get_by_role("radio", name="squared error").check(force=True),
        lambda: back(page),
    ):
        page.get_by_role("button", name="Take one step").click()
        settle(page)
        assert said.inner_text().startswith("One step: the loss went from ")
        leave()
        settle(page)
        assert said.inner_text() == ""
        assert page.get_by_role("button", name="Undo", exact=True).is_disabled()


def test_a_step_out_of_range_is_not_taken(visit):
    page = visit("/?x1=5&w1=-4&x2=5&w2=-4&b=0")
    choose_rate(page, settings.STEP_RATES[-1])
    assert page.get_by_role("button", name="Take one step").is_disabled()
    assert "it is not taken" in page.locator(".lv-onestep [role=status]").inner_text()
    choose_rate(page, settings.STEP_RATES[0])
    assert page.get_by_role("button", name="Take one step").is_enabled()
    settle(page)
    assert "lr=0.1" in page.url


def test_the_sentence_moves_with_the_hand_and_says_what_a_drag_did(visit):
    page = visit()
    heading = page.get_by_role("heading", level=1)
    box = page.get_by_role("slider", name="w1", exact=True).bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.55, y)
    page.mouse.down()
    for part in (0.4, 0.7, 0.9):
        page.mouse.move(box["x"] + box["width"] * part, y)
        value = float(page.get_by_role("slider", name="w1", exact=True).input_value())
        p = differentiate(**(OPENING | {"w1": value}))
        assert heading.inner_text() == sentence.say(sentence.now("log", "w1"), p.read)
    page.mouse.up()
    settle(page)
    start = differentiate(**OPENING)
    by, loss = value - OPENING["w1"], p.values["L"] - start.values["L"]
    promise = start.adjoints["w1"] * by
    numbers = {
        "moved.by": by,
        "moved.loss": loss,
        "moved.promise": promise,
        "moved.off": loss / promise - 1,
    }
    said = sentence.say(sentence.moved("w1"), numbers.__getitem__)
    assert page.locator(".lv-bridge").inner_text() == said
    # The next drag begins where this one ended.
    slide(page, "w1", 0.0)
    assert f"w₁ went down by {number(value)}" in page.locator(".lv-bridge").inner_text()


def test_nothing_is_given_away_while_walking_or_where_numbers_are_left_out(visit):
    question = "How does changing w₁ change the loss?"
    page = visit("/?stage=2")
    assert page.get_by_role("heading", level=1).inner_text() == question
    page = visit("/?hide=values")
    assert page.get_by_role("heading", level=1).inner_text() == question
    assert page.locator("section.lv-nudge").is_hidden()
    assert page.locator("section.lv-onestep").is_hidden()
    page = visit("/?nudge=0.1&stage=2")
    assert "lv-not-yet" in page.locator(".lv-mark-name").get_attribute("class")
    # The page before had a nudge: nothing of it is left where numbers are left out.
    page = visit("/?nudge=0.1&hide=values")
    assert page.locator(".lv-mark-name").all_text_contents() in ([], [""])
    hidden = ".lv-mark-tangent, .lv-mark-secant, .lv-mark-dot, .lv-mark-bar"
    drawn = "(found) => [...document.querySelectorAll(found)].map((node) => node.getAttribute('d'))"
    assert set(page.evaluate(drawn, hidden)) <= {""}


@pytest.mark.parametrize("width", some(3, [390, 1920, 1440, 1280, 1024]))
def test_sentence_controls_and_picture_keep_apart(visit, width):
    page = visit("/?nudge=0.1", width=width)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    names = "head h1, bridge, tools, picture, inputs, onestep, product, nudge"
    found = [box for name in names.split(", ") for box in boxes(page, f".lv-{name}")]
    assert len(found) == 8
    for i, one in enumerate(found):
        for other in found[i + 1 :]:
            assert apart(one, other), (one, other)


def test_the_path_stays_in_view_while_the_derivation_is_read(visit):
    page = visit("/?part=3&line=5")
    (strip,) = boxes(page, ".lv-strip")
    assert strip[3] - strip[1] <= 140
    page.locator(".lv-lines").hover()
    page.mouse.wheel(0, 500)
    page.wait_for_function(
        "() => document.querySelector('.lv-strip').getBoundingClientRect().top < 70"
    )
    assert "∂L/∂w₁ ≈ −0.5948" in page.locator(".lv-strip").inner_text()
    page.get_by_role("button", name="Previous line").click()
    assert page.locator(".lv-strip .lv-lit").count() > 0


def test_on_a_phone_a_tap_on_a_parameter_puts_its_slider_in_the_dock(visit):
    page = visit("/", width=390, height=844)
    for name in ("w2", "b", "w1"):
        page.locator(f".lv-hit[data-name='{name}']").click()
        slider = page.locator(f".lv-dock input[type=range][aria-label={name}]")
        slider.wait_for()
        assert page.locator(".lv-dock input[type=range]").count() == 1
        assert page.locator("input[type=range][aria-label]").count() == 6
    # The picture's chain, the slider and the gradient are in one view.
    (dock,) = boxes(page, ".lv-dock")
    cards = boxes(page, ".lv-hit[data-name=w1], .lv-hit[data-name=z], .lv-hit[data-name=a]")
    assert all(box[1] >= 0 and box[3] <= dock[1] for box in cards)
    assert dock[3] <= 844


def test_a_term_explains_itself_on_hover_and_on_focus(visit):
    page = visit("/")
    term = page.locator(".lv-legend .lv-term", has_text="local derivative")
    bubble = page.locator(".lv-legend [role=tooltip]").first
    for show in (term.hover, term.focus):
        show()
        bubble.wait_for(state="visible")
        assert "the slope of the tangent" in bubble.inner_text()
        page.mouse.move(5, 5)
        page.evaluate("document.activeElement.blur()")
        bubble.wait_for(state="hidden")


def test_reset_is_in_plain_view(visit):
    page = visit("/?w1=3&b=-2&x1=0")
    page.get_by_role("button", name="Reset", exact=True).click()
    settle(page)
    assert "?" not in page.url
    fields = page.evaluate("document.querySelector('.lv').parentNode.lrviz.fields")
    assert {name: fields[name] for name in OPENING} == OPENING


GHOSTS = """() => {
  window.ghosts = 0;
  new MutationObserver((all) => {
    for (const { addedNodes } of all) {
      for (const node of addedNodes) {
        ghosts += node.querySelectorAll?.(".lv-ghost-card").length ?? 0;
      }
    }
  }).observe(document.querySelector(".lv-figure"), { childList: true });
}"""


@pytest.mark.parametrize("still", [False, True])
def test_cards_move_from_one_view_to_the_next_or_stand_there_at_once(visit, still):
    page = visit()
    page.emulate_media(reduced_motion="reduce" if still else "no-preference")
    page.evaluate(GHOSTS)
    for name in ("Every operation", "Vector", "Two features"):
        before = page.evaluate("ghosts")
        page.get_by_role("radio", name=name).check(force=True)
        settle(page)
        assert page.locator(".lv-ghost-card").count() == 0
        assert (page.evaluate("ghosts") > before) == (not still)
    # Another target of the same view moves no card.
    before = page.evaluate("ghosts")
    page.get_by_role("radio", name="∂L/∂b").check(force=True)
    settle(page)
    assert page.evaluate("ghosts") == before


def test_a_nudge_goes_along_from_view_to_view(visit):
    page = visit("/?view=operations&nudge=0.5")
    for view in ("Vector", "Every operation", "Two features"):
        pick(page, view)
        settle(page)
        assert page.locator(".lv-failure:visible").count() == 0, view
        assert page.locator(".lv-mark-secant[d^=M]").count() >= 1, view
