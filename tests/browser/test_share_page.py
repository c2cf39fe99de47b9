"""The Share page, embeds and paper, as a teacher meets them."""

from __future__ import annotations

import urllib.request

import pytest

from tests.browser.conftest import settle, slide


def test_a_teacher_takes_a_state_leaves_parts_out_and_sees_what_students_will_see(
    open_page, address
):
    page = open_page("/?w1=-1.25")
    page.get_by_role("link", name="Share").click()
    page.get_by_role("heading", level=1, name="Share").wait_for()
    settle(page)
    assert (
        page.get_by_role("textbox", name="The state to share").input_value()
        == f"{address}/?w1=-1.25"
    )
    for part in ("The derivation", "Computed numbers"):
        page.get_by_role("button", name=part).click()
        settle(page)
    page.get_by_role("radio", name="Dark").click()
    settle(page)
    link, snippet = (code.inner_text() for code in page.locator("code").all())
    assert link == f"{address}/?w1=-1.25&hide=derivation,values"
    assert "embed_options=dark_theme" in snippet
    frame = page.frame_locator(".st-key-share-preview iframe")
    frame.locator(".lv-ready").wait_for(timeout=30_000)
    assert frame.get_by_role("slider", name="w1", exact=True).input_value() == "-1.25"
    assert frame.locator(".lv-lesson").is_hidden()
    assert frame.locator(".lv-player").is_hidden()
    assert frame.locator(".lv").get_attribute("data-mode") == "dark"
    assert frame.get_by_test_id("stHeader").is_hidden()
    shown = frame.locator(".lv-plot .textpoint text:not(.lv-not-yet)").evaluate_all(
        "all => all.map(one => one.dataset.kind)"
    )
    assert "adjoint" not in shown
    assert "symbol" in shown


def test_the_embed_keeps_its_parts_while_it_is_used(open_page):
    page = open_page("/?w1=-1.25&hide=derivation&embed=true&embed_options=dark_theme")
    slide(page, "b", 2.0)
    settle(page)
    for part in ("hide=derivation", "b=2", "embed=true", "embed_options=dark_theme"):
        assert part in page.url


def test_nothing_on_any_page_breaks_the_policy_it_is_served_with(browser, address):
    page = browser.new_page()
    page.add_init_script(
        "window.broken = []; addEventListener('securitypolicyviolation',"
        " e => broken.push(`${e.effectiveDirective} ${e.blockedURI}`))"
    )
    for path in ("/", "/training", "/training?surface=3d", "/share", "/about"):
        with urllib.request.urlopen(address + path) as answer:
            assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        page.goto(address + path)
        where = "h1" if path in ("/share", "/about") else ".lv-ready"
        page.wait_for_selector(where, timeout=30_000)
        settle(page)
        assert page.evaluate("broken") == []
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_paper_the_picture_fits_the_sheet_and_nothing_is_left_to_press(open_page, scheme):
    page = open_page("/?w1=-1.25&part=3&line=3", scheme=scheme, width=1440)
    page.emulate_media(media="print")
    # A4 less margins of 12 mm.
    page.set_viewport_size({"width": 703, "height": 1000})
    page.wait_for_timeout(500)
    edges = page.evaluate(
        """() => [...document.querySelectorAll('.lv-plot .textpoint text, .lv-lesson .katex')]
          .filter((node) => node.getClientRects().length)
          .map((node) => node.getBoundingClientRect().right)"""
    )
    assert len(edges) > 20
    assert max(edges) <= 703
    pressed = page.locator(
        "button:not(.lv-hit):visible, summary:visible, input[type=range]:visible"
    )
    assert pressed.count() == 0
