"""The derivation on the Graph page, as a person reads it."""

from __future__ import annotations

import pytest

from lrviz.core.graph import differentiate
from lrviz.live import derivation_payload
from lrviz.text.derivation import KEYS, parts, steps
from lrviz.text.latex import to_latex
from lrviz.text.numbers import fill, number
from lrviz.text.substitution import SLOT, evaluate, numeric
from tests.browser.conftest import pick, settle, slide
from tests.samples import OPENING, thin


def lines(page):
    """Numbers, value and place on the screen of every revealed line."""
    return page.evaluate(
        """() => [...document.querySelectorAll('.lv-line:not([hidden])')].map((node) => ({
          slots: [...node.querySelectorAll('[data-q]')].map((s) => s.textContent),
          value: node.querySelector('.lv-value-cell .lv-digits').textContent,
          top: node.offsetTop, height: node.offsetHeight,
          formula: node.querySelector('.lv-formula-cell .katex-html').textContent,
          error: node.querySelector('.katex-error') !== null,
        }))"""
    )


def by_python(part, loss="log", **inputs):
    """The same numbers as Python writes them."""
    p = differentiate(**(OPENING | inputs), loss=loss)
    out = []
    for chain, line, _ in steps(parts(loss)[part]):
        text = numeric(line) or ""
        slots = [
            fill("{" + (m["open"] or "") + m["key"] + (")" if m["open"] else "") + "}", p.read)
            for m in SLOT.finditer(text)
        ]
        out.append((slots, number(evaluate(chain.value, p.read))))
    return out


def shown(page):
    # Lines that take a derivative say where they stand; `by_python` leaves those out.
    return [(line["slots"], line["value"]) for line in lines(page)]


@pytest.mark.parametrize(("part", "loss"), thin(KEYS, ["log", "squared"], by=3))
def test_every_line_is_set_and_carries_the_learners_numbers(visit, part, loss):
    last = derivation_payload.length(part, loss) - 1
    page = visit(f"/?part={part}&loss={loss}&line={last}".replace("&line=0", ""))
    assert not any(line["error"] for line in lines(page))
    slide(page, "w1", -1.37)
    for (slots, value), (expected, total) in zip(
        shown(page), by_python(part, loss, w1=-1.37), strict=True
    ):
        assert value == total
        if expected:
            # A bare line is its value; a fraction's denominator may come first in the page.
            assert sorted(slots) in ([], sorted(expected))


def test_numbers_follow_in_the_same_frame_and_no_formula_is_set_anew(visit):
    page = visit("/?part=3&line=9")
    page.evaluate("window.first = document.querySelector('.lv-line .katex-html')")
    slider = page.get_by_role("slider", name="x1", exact=True)
    box = slider.bounding_box()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    before = None
    for i in range(4):
        page.mouse.move(box["x"] + (0.62 + 0.04 * i) * box["width"], box["y"] + box["height"] / 2)
        expected = by_python("3", x1=float(slider.input_value()))
        assert [value for _, value in shown(page)] == [value for _, value in expected]
        now = [(line["top"], line["height"], line["formula"]) for line in lines(page)]
        assert before in (None, now)
        before = now
    page.mouse.up()
    assert page.evaluate("window.first === document.querySelector('.lv-line .katex-html')")


def test_nothing_above_a_revealed_line_moves(visit):
    page = visit("/?part=1")
    page.evaluate("document.querySelector('.lv-derivation').scrollIntoView()")
    seen = []
    for i in range(8):
        now = [(line["top"], line["height"]) for line in lines(page)]
        assert len(now) == i + 1
        assert now[: len(seen)] == seen
        seen = now
        page.get_by_role("button", name="Next line").click()
    page.get_by_role("button", name="Previous line").click()
    settle(page)
    assert "line=7" in page.url
    page.get_by_role("button", name="Show all").click()
    assert len(lines(page)) == derivation_payload.length("1", "log")
    page.get_by_role("group", name="Lines;").focus()
    page.keyboard.press("Home")
    assert len(lines(page)) == 1
    page.keyboard.press("ArrowDown")
    assert len(lines(page)) == 2
    settle(page)
    assert "part=1" in page.url
    assert "line=1" in page.url


def test_tied_both_ways(visit):
    page = visit()
    page.locator(".lv-hit[data-name='z-a']").click()
    settle(page)
    assert page.get_by_role("radio", name="② ∂a/∂z").is_checked()
    assert "part=2" in page.url
    page.get_by_role("button", name="Next line").click()
    assert page.locator(".lv-hit[data-name='z-a']").evaluate("n => n.classList.contains('lv-lit')")
    pick(page, "⑤ ∂z/∂b")
    page.get_by_role("button", name="Next line").click()
    lit = page.evaluate("[...document.querySelectorAll('.lv-hit.lv-lit')].map(n => n.dataset.name)")
    assert lit == ["b-z"]


def test_the_cancellation_can_be_seen_where_it_is_plain(visit):
    page = visit("/?part=3&line=9")
    page.get_by_role("button", name="Show it at z = −20").click()
    page.get_by_role("region", name="Saturation").wait_for()
    settle(page)
    assert "w1=-4" in page.url
    assert [v for _, v in shown(page)] == ["−1.000"] * 10


@pytest.mark.parametrize("scope", ["part", "all"])
@pytest.mark.parametrize("numbers", [False, True])
def test_latex_can_be_taken_away(visit, scope, numbers):
    page = visit("/?part=3&w1=2")
    page.get_by_label("with numbers").set_checked(numbers)
    page.evaluate("navigator.clipboard.writeText('')")
    page.get_by_role(
        "button", name="Copy this part as LaTeX" if scope == "part" else "Copy everything"
    ).click()
    copied = page.evaluate(
        """async () => {
          for (;;) {
            const text = await navigator.clipboard.readText();
            if (text) return text;
            await new Promise(requestAnimationFrame);
          }
        }"""
    )
    page.get_by_text("Copied.").wait_for()
    read = differentiate(**(OPENING | {"w1": 2})).read if numbers else None
    assert copied == to_latex("3" if scope == "part" else None, "log", read, 1)


def test_why_this_loss(open_page):
    page = open_page()
    page.get_by_text("Why this loss?").click()
    page.wait_for_selector(".lv-dot")
    slide(page, "w1", -5)
    slide(page, "x1", 4)
    text = page.locator("details", has_text="Why this loss?").inner_text()
    z = differentiate(**(OPENING | {"w1": -5, "x1": 4}))
    squared = differentiate(**(OPENING | {"w1": -5, "x1": 4}), loss="squared")
    assert f"∂L/∂z = a − y ≈ {number(z.adjoints['z'])}" in text
    assert f"≈ {number(squared.adjoints['z'])}" in text
    pick(page, "squared error")
    settle(page)
    assert "loss=squared" in page.url


def test_parts_of_the_page_can_be_left_out(visit):
    page = visit("/?hide=derivation,product,check,try,player")
    for name in ("The derivation", "The chain rule", "Forward and backward pass"):
        assert page.get_by_role("region", name=name).count() == 0
    assert page.get_by_text("Try", exact=True).is_hidden()
    assert page.get_by_role("table", name="Values").count() == 1
